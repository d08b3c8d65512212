"""`sqlalchemy.sql._typing`: what annotations of libraries say of arguments."""

from typing import Any, Literal, TypeAlias, TypeVar

from sublimate.expression.element import ColumnElement, SQLCoreOperations
from sublimate.schema import Table
from sublimate.statements.from_clause import FromClause
from sublimate.types import TypeEngine

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)

_ColumnExpressionArgument: TypeAlias = ColumnElement[_T] | SQLCoreOperations[_T]
_ColumnExpressionOrLiteralArgument: TypeAlias = Any | ColumnElement[_T] | SQLCoreOperations[_T]
_ColumnExpressionOrStrLabelArgument: TypeAlias = str | ColumnElement[_T] | SQLCoreOperations[_T]
_ColumnsClauseArgument: TypeAlias = type[_T] | ColumnElement[_T] | SQLCoreOperations[_T] | Literal["*", 1]
_TypedColumnClauseArgument: TypeAlias = type[_T] | SQLCoreOperations[_T]
_ByArgument: TypeAlias = str | ColumnElement[Any] | SQLCoreOperations[Any]
_OnClauseArgument: TypeAlias = ColumnElement[Any] | SQLCoreOperations[Any]
_FromClauseArgument: TypeAlias = FromClause | type[Any]
_JoinTargetArgument: TypeAlias = FromClause | type[Any] | SQLCoreOperations[Any]
_SelectStatementForCompoundArgument: TypeAlias = Any
_TypeEngineArgument: TypeAlias = type[TypeEngine[_T]] | TypeEngine[_T]
_DMLColumnArgument: TypeAlias = str | SQLCoreOperations[Any]
_DMLTableArgument: TypeAlias = Table | FromClause | type[Any]
_DDLColumnArgument: TypeAlias = Any
_LimitOffsetType: TypeAlias = int | ColumnElement[int] | None
_AutoIncrementType: TypeAlias = bool | Literal["auto", "ignore_fk"]
_InfoType: TypeAlias = dict[Any, Any]
_HasClauseElement: TypeAlias = Any | SQLCoreOperations[_T]
ForUpdateParameter: TypeAlias = bool | dict[str, Any] | None
