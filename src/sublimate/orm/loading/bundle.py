"""Bundle: several columns or entities under one name in the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, Self, TypeVar

from sublimate import exc
from sublimate.expression.binary import ClauseList
from sublimate.expression.coerce import column_argument
from sublimate.expression.element import ClauseElement
from sublimate.expression.node import children, token
from sublimate.statements.columns import ColumnCollection
from sublimate.statements.select import expand_columns

from .statement import lower_statement

_T = TypeVar("_T", bound=Any)


class Bundle(ClauseElement, Generic[_T]):
    """Columns that come back as one named tuple.

    >>> for row in session.execute(select(Bundle("who", User.id, User.name))):
    ...     print(row.who.name)
    """

    __visit_name__ = "bundle"
    _fields = (token("name"), children("parts"), token("single_entity"))
    is_bundle = True
    single_entity = False

    def __init__(self: Bundle[Any], name: str, *exprs: Any, single_entity: bool | None = None) -> None:
        self.name = self._label = self.key = name
        self.exprs = exprs
        self.parts = tuple(column_argument(e) for e in exprs)
        if single_entity is not None:
            self.single_entity = single_entity
        self.c = self.columns = ColumnCollection(
            [(getattr(p, "key", None), e) for p, e in zip(self.parts, exprs, strict=True)]
        )

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        return tuple(f for part in self.parts for f in part._from_objects)

    @property
    def _all_selected_columns(self) -> list[Any]:
        return [c for part in self.parts for c in expand_columns(part)]

    def lower_statement(self, statement: Any, nested: bool = False) -> Any:
        return lower_statement(statement, nested)

    def as_operand(self) -> Any:
        raise exc.ArgumentError(f"a Bundle can be selected, sorted and grouped by, and no more; got {self!r}")

    def as_ordering(self) -> Any:
        return ClauseList(*self._all_selected_columns, group=False)

    def with_label(self, name: str) -> Self:
        return type(self)(name, *self.exprs)

    label = with_label

    @property
    def entity_namespace(self) -> Any:
        return self.parts[0].entity_namespace

    def describe(self) -> dict[str, Any]:
        first = self.parts[0].describe() if self.parts and hasattr(self.parts[0], "describe") else {}
        entity = first.get("entity")
        return {"name": self.name, "type": type(self), "aliased": False, "expr": self, "entity": entity}


class DictBundle(Bundle[_T]):
    """Columns that come back as one dictionary.

    >>> for row in session.execute(select(DictBundle("who", User.id, User.name))):
    ...     print(row.who["name"])
    """

    def create_row_processor(
        self, query: Any, procs: Sequence[Callable[[Any], Any]], labels: Sequence[str]
    ) -> Callable[[Any], dict[str, Any]]:
        pairs = list(zip(labels, procs, strict=True))
        return lambda row: {label: value(row) for label, value in pairs}
