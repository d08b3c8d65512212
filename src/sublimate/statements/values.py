"""VALUES as a FROM element."""

from __future__ import annotations

from typing import Any, ClassVar

from sublimate import exc
from sublimate.expression.coerce import expression
from sublimate.expression.column import ColumnClause
from sublimate.expression.element import ColumnElement
from sublimate.expression.node import AnonymousName, Field, children, naming, nested, token
from sublimate.types.base import shape_value

from .columns import ColumnCollection
from .executable import HasCTE
from .from_clause import FromClause


class Values(FromClause, HasCTE):
    """`values(column("a", Integer), name="v").data([(1,), (2,)])`."""

    __visit_name__ = "values"
    _fields: ClassVar[tuple[Field, ...]] = (
        nested("_described"),
        naming("name"),
        nested("_data"),
        token("literal_binds"),
        nested("_literals"),
        token("_is_lateral"),
        token("unnamed"),
        children("_independent_ctes"),
    )
    unnamed: bool = False
    _data: tuple[Any, ...] = ()
    #: the values themselves, where they are part of the SQL
    _literals: tuple[Any, ...] = ()
    _is_lateral = False

    def __init__(self, *columns: Any, name: str | None = None, literal_binds: bool = False) -> None:
        self._given = columns
        self._described = tuple((c.name, c.type.shape_key) for c in columns)
        self.name = name if name is not None else AnonymousName("anon")
        self.unnamed = name is None
        self.literal_binds = literal_binds

    def data(self, values: Any) -> Values:
        """Rows of plain values, each in the order of the columns."""
        values = [tuple(row) for row in values]
        types = [c.type for c in self._given]
        for row in values:
            if len(row) != len(types):
                raise exc.ArgumentError(f"Wrong number of elements for {len(types)}-tuple: {row!r}")
        rows = tuple(
            tuple(
                expression(v, type_=t) if not t._isnull else expression(v)
                for v, t in zip(row, types, strict=True)
            )
            for row in values
        )
        new = self._with(_data=self._data + rows)
        if self.literal_binds:
            new._literals = _literals_of(new._data)
        return new

    def alias(self, name: str | None = None, flat: bool = False) -> Values:  # type: ignore[override]
        return self._with(name=name if name is not None else AnonymousName("anon"), unnamed=False)

    def lateral(self, name: str | None = None) -> Values:  # type: ignore[override]
        new = self.alias(name if name is not None or self.unnamed else self.name)
        new._is_lateral = True
        return new

    def as_in_operand(self) -> Any:
        return self.scalar_values()

    def scalar_values(self) -> Any:
        return ScalarValues(self._given, self._data, self.literal_binds)

    def _make_columns(self) -> ColumnCollection:
        return ColumnCollection(
            [(c.key, ColumnClause(c.name, c.type, _selectable=self)) for c in self._given]
        )

    @property
    def named_with_column(self) -> bool:  # type: ignore[override]
        return not self.unnamed


def _literals_of(data: tuple[Any, ...]) -> tuple[Any, ...]:
    values = [v.value for row in data for v in row if v._is_bind_parameter]
    return tuple((value.__class__, str(value), shape_value(value)) for value in values)


class ScalarValues(ColumnElement[Any]):
    """VALUES as an operand: `(a, b) IN (VALUES …)`."""

    __visit_name__ = "scalar_values"
    _fields: ClassVar[tuple[Field, ...]] = (nested("_data"), token("literal_binds"), nested("_literals"))

    def __init__(self, columns: Any, data: Any, literal_binds: bool) -> None:
        self._given, self._data, self.literal_binds = columns, data, literal_binds
        self._literals = _literals_of(data) if literal_binds else ()

    def as_in_operand(self) -> Any:
        return self


def values(*columns: Any, name: str | None = None, literal_binds: bool = False) -> Values:
    return Values(*columns, name=name, literal_binds=literal_binds)
