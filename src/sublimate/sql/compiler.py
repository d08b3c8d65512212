"""Facade: the names of `sqlalchemy.sql.compiler`. Imports only."""

from sublimate.compiler.compiled import Compiled, ExpandedState
from sublimate.compiler.ddl import DDLCompiler
from sublimate.compiler.linting import (
    COLLECT_CARTESIAN_PRODUCTS,
    FROM_LINTING,
    NO_LINTING,
    WARN_LINTING,
    Linting,
)
from sublimate.compiler.rendering import Rendering
from sublimate.compiler.types import StringTypeCompiler, TypeCompiler
from sublimate.dialects.identifiers import IdentifierPreparer

SQLCompiler = StrSQLCompiler = Rendering
GenericTypeCompiler = TypeCompiler
StrSQLTypeCompiler = StringTypeCompiler

__all__ = [
    "COLLECT_CARTESIAN_PRODUCTS",
    "FROM_LINTING",
    "NO_LINTING",
    "WARN_LINTING",
    "Compiled",
    "DDLCompiler",
    "ExpandedState",
    "GenericTypeCompiler",
    "IdentifierPreparer",
    "Linting",
    "SQLCompiler",
    "StrSQLCompiler",
    "StrSQLTypeCompiler",
    "TypeCompiler",
]  # fmt: skip
