"""ExcludeConstraint: no two rows for which all the operators hold."""

from __future__ import annotations

from typing import Any

from sublimate.schema.base import clause_of
from sublimate.schema.constraints import ColumnCollectionConstraint, _moved
from sublimate.statements.text import text


class ExcludeConstraint(ColumnCollectionConstraint):
    """`EXCLUDE USING gist (room WITH =, during WITH &&)`, given as `(column, operator)` pairs."""

    __visit_name__ = "exclude_constraint"
    where: Any = None

    def __init__(self, *elements: Any, **kw: Any) -> None:
        self.using = kw.pop("using", "gist")
        where = kw.pop("where", None)
        self.where = text(where) if isinstance(where, str) else where
        self.ops = kw.pop("ops", {})
        self._given = [(e if isinstance(e, str) else clause_of(e), operator) for e, operator in elements]
        self.operators = {getattr(e, "name", e): operator for e, operator in self._given}
        columns = [e for e, _ in self._given if isinstance(e, str) or hasattr(e, "_after_table")]
        super().__init__(
            *columns,
            name=kw.pop("name", None),
            deferrable=kw.pop("deferrable", None),
            initially=kw.pop("initially", None),
            **kw,
        )

    @property
    def _render_exprs(self) -> list[tuple[Any, str | None, str]]:
        table = self.table
        found = []
        for element, operator in self._given:
            expression = table.c[element] if isinstance(element, str) else element
            found.append((expression, getattr(expression, "name", None), operator))
        return found

    def _copy(self, *, target_table: Any = None, **kw: Any) -> Any:
        def moved(element: Any) -> Any:
            if isinstance(element, str) or target_table is None or self.parent is None:
                return element
            return (
                element.key if hasattr(element, "_after_table") else _moved(element, self.table, target_table)
            )

        elements = [(moved(e), operator) for e, operator in self._given]
        where = None if self.where is None else moved(self.where)
        copied = type(self)(*elements, using=self.using, where=where, ops=self.ops, **self._common())
        return self._finish_copy(copied)
