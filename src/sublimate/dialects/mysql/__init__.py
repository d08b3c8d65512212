"""MySQL and MariaDB: their types and dialects."""

from sublimate.dialects.mysql.dialect import (
    MariaDBDialect,
    MariaDBDialect_aiomysql,
    MariaDBDialect_asyncmy,
    MariaDBDialect_pymysql,
    MySQLDialect,
    MySQLDialect_aiomysql,
    MySQLDialect_asyncmy,
    MySQLDialect_pymysql,
)
from sublimate.dialects.mysql.dml import Insert, insert
from sublimate.dialects.mysql.expressions import limit, match
from sublimate.dialects.mysql.types import (
    BIGINT,
    BIT,
    CHAR,
    DATETIME,
    DECIMAL,
    DOUBLE,
    ENUM,
    FLOAT,
    INET4,
    INET6,
    INTEGER,
    JSON,
    LONGBLOB,
    LONGTEXT,
    MEDIUMBLOB,
    MEDIUMINT,
    MEDIUMTEXT,
    NCHAR,
    NUMERIC,
    NVARCHAR,
    REAL,
    SET,
    SMALLINT,
    TEXT,
    TIME,
    TIMESTAMP,
    TINYBLOB,
    TINYINT,
    TINYTEXT,
    VARCHAR,
    YEAR,
)
from sublimate.types import BINARY, BLOB, BOOLEAN, DATE, VARBINARY

dialect = MySQLDialect_pymysql

__all__ = [
    "BIGINT", "BINARY", "BIT", "BLOB", "BOOLEAN", "CHAR", "DATE", "DATETIME", "DECIMAL", "DOUBLE", "ENUM", "FLOAT",
    "INET4", "INET6",
    "INTEGER", "JSON", "LONGBLOB", "LONGTEXT", "MEDIUMBLOB", "MEDIUMINT", "MEDIUMTEXT", "NCHAR", "NUMERIC", "NVARCHAR",
    "REAL", "SET", "SMALLINT", "TEXT", "TIME", "TIMESTAMP", "TINYBLOB", "TINYINT", "TINYTEXT", "VARBINARY", "VARCHAR",
    "YEAR", "Insert", "MariaDBDialect", "MariaDBDialect_aiomysql", "MariaDBDialect_asyncmy", "MariaDBDialect_pymysql", "MySQLDialect",
    "MySQLDialect_aiomysql", "MySQLDialect_asyncmy", "MySQLDialect_pymysql", "dialect", "insert", "limit", "match",
]  # fmt: skip
