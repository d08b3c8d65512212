"""Textual selects: text() with columns, and entities read from another statement's rows."""

from __future__ import annotations

from typing import Any, ClassVar

from sublimate.expression.coerce import column_argument
from sublimate.expression.column import ColumnClause
from sublimate.expression.node import Field, child, nested, token
from sublimate.types.base import to_instance

from .columns import ColumnCollection
from .executable import Statement
from .select_base import SelectBase


class TextualSelect(SelectBase):
    """`text("SELECT …").columns(…)`."""

    __visit_name__ = "textual_select"
    _fields: ClassVar[tuple[Field, ...]] = (
        child("element"),
        nested("column_args"),
        token("positional"),
        nested("_independent_ctes"),
        nested("_with_options"),
    )

    def __init__(self, element: Any, columns: Any, positional: bool = False) -> None:
        self.element = element
        self.column_args = tuple(columns)
        self.positional = positional

    @classmethod
    def of(cls, text: Any, cols: tuple[Any, ...], types: dict[str, Any]) -> TextualSelect:
        named = dict(types)
        columns = []
        for col in cols:
            column = column_argument(col)
            if column.key in named:
                column = ColumnClause(column.key, named.pop(column.key))
            columns.append(column)
        columns += [ColumnClause(name, to_instance(type_)) for name, type_ in named.items()]
        return cls(text, columns, positional=bool(cols) and not types)

    @property
    def selected_columns(self) -> ColumnCollection:
        return ColumnCollection([(c.key, c) for c in self.column_args])

    def _subquery_columns(self) -> list[tuple[Any, Any, Any]]:
        return [(c.key, c.name, c) for c in self.column_args]

    @property
    def _raw_columns(self) -> tuple[Any, ...]:
        return self.column_args

    def bindparams(self, *binds: Any, **bind_as_values: Any) -> TextualSelect:
        return self._with(element=self.element.bindparams(*binds, **bind_as_values))


class FromStatement(Statement):
    """Entities and the statement whose rows they are read from."""

    __visit_name__ = "from_statement"
    _fields: ClassVar[tuple[Field, ...]] = (nested("_raw_columns"), child("element"), nested("_with_options"))
    returns_rows = True

    def __init__(self, entities: Any, element: Any) -> None:
        self._raw_columns = tuple(entities)
        self.element = element

    @property
    def is_select(self) -> bool:  # type: ignore[override]
        return not getattr(self.element, "is_dml", False)
