"""SQLite: its types and dialect."""

from sublimate.dialects.sqlite.dialect import SQLiteDialect, SQLiteDialect_aiosqlite, SQLiteDialect_pysqlite
from sublimate.dialects.sqlite.dml import Insert, insert
from sublimate.dialects.sqlite.types import DATE, DATETIME, JSON, JSONB, TIME
from sublimate.types import (
    BLOB,
    BOOLEAN,
    CHAR,
    DECIMAL,
    FLOAT,
    INTEGER,
    NUMERIC,
    REAL,
    SMALLINT,
    TEXT,
    TIMESTAMP,
    VARCHAR,
)

dialect = SQLiteDialect_pysqlite

__all__ = [
    "BLOB",
    "BOOLEAN",
    "CHAR",
    "DATE",
    "DATETIME",
    "DECIMAL",
    "FLOAT",
    "INTEGER",
    "JSON",
    "JSONB",
    "NUMERIC",
    "REAL",
    "SMALLINT",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "VARCHAR",
    "Insert",
    "SQLiteDialect",
    "SQLiteDialect_aiosqlite",
    "SQLiteDialect_pysqlite",
    "dialect",
    "insert",
]  # fmt: skip
