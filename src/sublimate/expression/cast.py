"""CAST, TRY_CAST, type_coerce and EXTRACT."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from sublimate.types import Integer
from sublimate.types.base import TypeArgument, to_instance

from .coerce import expression
from .element import ColumnElement
from .literal import literal
from .node import Field, child, token, typ

_T = TypeVar("_T")


class TypeClause(ColumnElement[Any]):
    """A type's name in SQL."""

    __visit_name__ = "typeclause"
    _fields: ClassVar[tuple[Field, ...]] = (typ(),)

    def __init__(self, type_: Any) -> None:
        self.type = type_


class Cast(ColumnElement[_T]):
    """`CAST(expression AS type)`."""

    __visit_name__ = "cast"
    _fields: ClassVar[tuple[Field, ...]] = (child("clause"), typ())

    def __init__(self, expression_: Any, type_: TypeArgument[_T]) -> None:
        self.type = to_instance(type_)
        self.clause = expression(expression_, type_=self.type)

    @property
    def _proxied(self) -> Any:
        return self.clause

    @property
    def key(self) -> Any:
        return getattr(self.clause, "key", None) if not self.clause._is_bind_parameter else None

    @property
    def _label_base(self) -> str | None:
        return getattr(self.clause, "_label_base", "anon") if self.key else "anon"

    @property
    def typeclause(self) -> TypeClause:
        return TypeClause(self.type)


class TryCast(Cast[_T]):
    """`TRY_CAST(expression AS type)`."""

    __visit_name__ = "try_cast"


class TypeCoerce(ColumnElement[_T]):
    """The expression itself, with another type on the Python side."""

    __visit_name__ = "type_coerce"
    _is_atomic = False
    _fields: ClassVar[tuple[Field, ...]] = (child("clause"), typ())

    def __init__(self, expression_: Any, type_: TypeArgument[_T]) -> None:
        self.type = to_instance(type_)
        none = expression_ is None and self.type.should_evaluate_none
        self.clause = literal(None, self.type) if none else expression(expression_, type_=self.type)
        if self.clause._is_bind_parameter:
            self.clause = self.clause._with(type=self.type)

    @property
    def typed_expression(self) -> Any:
        return self.clause

    @property
    def _proxied(self) -> Any:
        return self.clause

    @property
    def key(self) -> Any:
        return getattr(self.clause, "key", None) if not self.clause._is_bind_parameter else None

    @property
    def _label_base(self) -> str | None:
        return getattr(self.clause, "_label_base", "anon") if self.key else "anon"

    def self_group(self, against: Any = None) -> Any:
        grouped = self.clause.self_group(against=against)
        return self if grouped is self.clause else self._with(clause=grouped)


class Extract(ColumnElement[int]):
    """`EXTRACT(field FROM expression)`."""

    __visit_name__ = "extract"
    _fields: ClassVar[tuple[Field, ...]] = (token("field"), child("expr"))

    def __init__(self, field: str, expr: Any) -> None:
        self.type = Integer()
        self.field = field
        self.expr = expression(expr)


def cast(expression: Any, type_: TypeArgument[_T]) -> Cast[_T]:
    """`CAST(expression AS type)`: `cast(User.id, String)`."""
    return Cast(expression, type_)


def try_cast(expression: Any, type_: TypeArgument[_T]) -> TryCast[_T]:
    """`TRY_CAST(expression AS type)`, where the database has it."""
    return TryCast(expression, type_)


def type_coerce(expression: Any, type_: TypeArgument[_T]) -> TypeCoerce[_T]:
    """The expression with another Python-side type, without CAST in the SQL."""
    return TypeCoerce(expression, type_)


def extract(field: str, expr: Any) -> Extract:
    """`EXTRACT(year FROM expr)`."""
    return Extract(field, expr)
