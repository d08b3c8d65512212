"""`sqlalchemy.dialects.postgresql.base` and `.psycopg2`: the dialect's classes, and what the database's types are called."""

from sublimate.dialects.postgresql import *
from sublimate.dialects.postgresql import BIT
from sublimate.dialects.postgresql.ddl import PGDDLCompiler, PGTypeCompiler
from sublimate.dialects.postgresql.dialect import PGDialect, PGDialect_psycopg, PGIdentifierPreparer
from sublimate.dialects.postgresql.types import ISCHEMA_NAMES

ischema_names = ISCHEMA_NAMES
PGCompiler = PGDialect.statement_compiler
PGBit = BIT


class PGDialect_psycopg2(PGDialect_psycopg):
    """There is no such driver here: psycopg's successor has the name `psycopg`."""


__all__ = [
    "PGDDLCompiler",
    "PGDialect",
    "PGDialect_psycopg2",
    "PGIdentifierPreparer",
    "PGTypeCompiler",
    "ischema_names",
]
