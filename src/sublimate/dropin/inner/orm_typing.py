"""`sqlalchemy.orm._typing` and `.decl_base`: what annotations of libraries say of entities and options."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, TypeVar

from sublimate.expression.element import ColumnElement, SQLCoreOperations
from sublimate.orm import AliasedClass, Mapper

_T = TypeVar("_T")
_O = TypeVar("_O", bound=object)

OrmExecuteOptionsParameter: TypeAlias = Mapping[str, Any]
SynchronizeSessionArgument: TypeAlias = Literal[False, "auto", "evaluate", "fetch"]
_EntityType: TypeAlias = type[_T] | AliasedClass[_T] | Mapper[_T]
_InternalEntityType: TypeAlias = Mapper[_T] | AliasedClass[_T]
_IdentityKeyType: TypeAlias = tuple[type[_T], tuple[Any, ...], Any]
_ORMColumnExprArgument: TypeAlias = ColumnElement[_T] | SQLCoreOperations[_T]
_TableArgsType: TypeAlias = tuple[Any, ...] | dict[str, Any]
