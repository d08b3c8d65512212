"""Columns by name: of a table, of an alias or subquery, or of nothing in particular."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar, overload

from sublimate.types.base import NULLTYPE, TypeArgument, TypeEngine, to_instance

from .element import ColumnElement
from .names import quoted_name
from .node import AnonymousName, Field, child, naming, token, typ
from .shape import intern

_T = TypeVar("_T")


class NamedColumn(ColumnElement[_T]):
    """An expression that has a name in its FROM element."""

    name: str
    key: str

    @property
    def description(self) -> str:
        return self.name

    @property
    def _bind_base(self) -> str:
        key = self.key
        return "param" if key is None else key

    @property
    def _label_base(self) -> str | None:
        return self.name


class ColumnClause(NamedColumn[_T]):
    """`column("x")`: a column by name, of a `table()` or free; `literal_column()` is rendered as it is written."""

    __visit_name__ = "column"
    _fields: ClassVar[tuple[Field, ...]] = (child("table"), naming("name"), typ(), token("is_literal"))
    is_literal: bool = False
    table: Any = None
    index: Any = None
    unique: Any = None
    nullable: bool | None = True
    server_default: Any = None
    default: Any = None
    onupdate: Any = None
    _proxied: Any = None

    def __init__(
        self,
        text: str,
        type_: TypeArgument[_T] | None = None,
        is_literal: bool = False,
        _selectable: Any = None,
    ) -> None:
        self.key = self.name = text
        self.table = _selectable
        self.type = to_instance(type_) if type_ is not None else NULLTYPE
        self.is_literal = is_literal

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        table = self.table
        return () if table is None else (table,)

    def get_children(self, **_: Any) -> Any:
        return iter(())

    def _map_children(self, fn: Any) -> Any:
        return self

    def params(self, *optionaldict: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("A column has no parameters, and is never copied")

    unique_params = params

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} at {id(self):#x}; {self.name}>"

    def __str__(self) -> str:
        return super().__str__()


class ProxyColumn(ColumnClause[_T]):
    """A column of an alias, subquery or CTE that stands for an expression inside it."""

    __visit_name__ = "column"
    foreign_keys: Any = frozenset()

    def __init__(
        self, table: Any, name: Any, key: str, type_: TypeEngine[Any], proxied: Any, position: int
    ) -> None:
        self.table = table
        self.name = name
        self.key = key
        self.type = type_
        self._proxied = proxied
        self._position = position
        self.primary_key = proxied.primary_key
        self.foreign_keys = proxied.foreign_keys
        self.nullable = getattr(proxied, "nullable", None)

    @property
    def _written_as(self) -> type[Any]:
        proxied = self._proxied
        while isinstance(proxied, ProxyColumn) or proxied.__visit_name__ == "label":
            proxied = proxied._proxied if isinstance(proxied, ProxyColumn) else proxied.element
        return type(proxied) if isinstance(proxied, ColumnClause) else ColumnClause

    def _resolve(self) -> int:
        table = self.table
        shape = table._shape or table._resolve()
        self._binds = table._binds
        name: Any = self.name
        self._anons = (*table._anons, name) if name.__class__ is AnonymousName else table._anons
        self._shape = shape = intern((2, shape, self._position))
        return shape

    @property
    def default(self) -> Any:
        return getattr(self._proxied, "default", None)

    @property
    def info(self) -> Any:
        return getattr(self._proxied, "info", {})


@overload
def column(
    text: str, type_: TypeArgument[_T], is_literal: bool = False, _selectable: Any = None
) -> ColumnClause[_T]: ...
@overload
def column(
    text: str, type_: None = None, is_literal: bool = False, _selectable: Any = None
) -> ColumnClause[Any]: ...
def column(
    text: str, type_: Any = None, is_literal: bool = False, _selectable: Any = None
) -> ColumnClause[Any]:
    """A column by name alone: `column("id", Integer)`."""
    return ColumnClause(text, type_, is_literal, _selectable)


@overload
def literal_column(text: str, type_: TypeArgument[_T]) -> ColumnClause[_T]: ...
@overload
def literal_column(text: str, type_: None = None) -> ColumnClause[Any]: ...
def literal_column(text: str, type_: Any = None) -> ColumnClause[Any]:
    """SQL text used as a column expression, rendered as it is: never give it a user's input."""
    return ColumnClause(text, type_, is_literal=True)


__all__ = ["ColumnClause", "NamedColumn", "ProxyColumn", "column", "literal_column", "quoted_name"]
