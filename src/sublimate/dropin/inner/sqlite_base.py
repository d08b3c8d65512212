"""`sqlalchemy.dialects.sqlite.base`: the dialect's classes, and what the database's types are called."""

from sublimate.dialects.sqlite import *
from sublimate.dialects.sqlite.ddl import SQLiteDDLCompiler, SQLiteTypeCompiler
from sublimate.dialects.sqlite.dialect import SQLiteDialect, SQLiteIdentifierPreparer
from sublimate.dialects.sqlite.types import ISCHEMA_NAMES

ischema_names = ISCHEMA_NAMES
SQLiteCompiler = SQLiteDialect.statement_compiler

__all__ = [
    "SQLiteDDLCompiler",
    "SQLiteDialect",
    "SQLiteIdentifierPreparer",
    "SQLiteTypeCompiler",
]
