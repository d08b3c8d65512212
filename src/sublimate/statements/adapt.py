"""ClauseAdapter: the columns of one FROM element replaced by those that stand for them in another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate.expression.column import ColumnClause
from sublimate.expression.traverse import replacement_traverse


class ClauseAdapter:
    """Rewrites expressions on a table into expressions on an alias or subquery of it.

    >>> from sublimate import column, table
    >>> t = table("t", column("x"))
    >>> str(ClauseAdapter(t.alias("a")).traverse(t.c.x > 5))
    'a.x > :x_1'
    """

    def __init__(
        self, selectable: Any, equivalents: Any = None, include: Callable[[Any], bool] | None = None
    ) -> None:
        self.selectable = selectable
        self.include = include
        self._next: ClauseAdapter | None = None

    def chain(self, other: ClauseAdapter) -> ClauseAdapter:
        last = self
        while last._next is not None:
            last = last._next
        last._next = other
        return self

    def replace(self, node: Any) -> Any | None:
        adapter: ClauseAdapter | None = self
        while adapter is not None:
            found = adapter._replace_one(node)
            if found is not None:
                return found
            adapter = adapter._next
        return None

    def _replace_one(self, node: Any) -> Any | None:
        selectable = self.selectable
        if node.is_selectable and not isinstance(node, ColumnClause):
            return selectable if getattr(selectable, "element", None) is node else None
        if not isinstance(node, ColumnClause) or (self.include is not None and not self.include(node)):
            return None
        if node.table is selectable:
            return node
        return selectable.corresponding_column(node)

    def traverse(self, element: Any) -> Any:
        return None if element is None else replacement_traverse(element, {}, self.replace)

    __call__ = traverse
