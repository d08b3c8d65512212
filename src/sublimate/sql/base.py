"""Facade: the names of `sqlalchemy.sql.base`. Imports only."""

from sublimate.schema.base import NO_ARG, DialectKWArgs
from sublimate.schema.base import DialectArguments as _DialectArgView
from sublimate.schema.naming import NONE_NAME as _NONE_NAME
from sublimate.schema.naming import NoneName as _NoneName
from sublimate.statements.columns import (
    ColumnCollection,
    DedupeColumnCollection,
    ReadOnlyColumnCollection,
    WriteableColumnCollection,
)
from sublimate.statements.executable import Executable, ExecutableOption
from sublimate.statements.syntax_extension import HasSyntaxExtensions, SyntaxExtension

ExecutableStatement = Executable

__all__ = [
    "NO_ARG",
    "_NONE_NAME",
    "ColumnCollection",
    "DedupeColumnCollection",
    "DialectKWArgs",
    "Executable",
    "ExecutableOption",
    "ExecutableStatement",
    "HasSyntaxExtensions",
    "ReadOnlyColumnCollection",
    "SyntaxExtension",
    "WriteableColumnCollection",
    "_DialectArgView",
    "_NoneName",
]  # fmt: skip
