"""`sqlalchemy.dialects.mysql.base`, `.pymysql` and `.mysqldb`: the dialect's classes, and what the database's types are called."""

from sublimate.dialects.mysql import *
from sublimate.dialects.mysql.ddl import MySQLDDLCompiler, MySQLTypeCompiler
from sublimate.dialects.mysql.dialect import (
    MySQLDialect,
    MySQLDialect_aiomysql,
    MySQLDialect_asyncmy,
    MySQLDialect_pymysql,
    MySQLIdentifierPreparer,
)
from sublimate.dialects.mysql.types import ISCHEMA_NAMES

ischema_names = ISCHEMA_NAMES
MySQLCompiler = MySQLDialect.statement_compiler
MySQLCompiler_pymysql = MySQLCompiler_mysqldb = MySQLCompiler


class MySQLDialect_mysqldb(MySQLDialect_pymysql):
    """There is no such driver here: PyMySQL stands in for it."""


__all__ = [
    "MySQLDDLCompiler", "MySQLDialect", "MySQLDialect_aiomysql", "MySQLDialect_asyncmy", "MySQLDialect_pymysql", "MySQLIdentifierPreparer",
    "MySQLTypeCompiler",
]  # fmt: skip
