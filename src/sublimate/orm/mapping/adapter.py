"""Expressions on mapped tables, rewritten for the alias, subquery or union that an entity reads from."""

from __future__ import annotations

from typing import Any

from sublimate.expression.column import ColumnClause, ProxyColumn
from sublimate.statements.adapt import ClauseAdapter
from sublimate.statements.join import FromGrouping, Join


class EntityAdapter(ClauseAdapter):
    """Rewrites expressions on the mapped tables into expressions on the selectable that an entity reads from."""

    def __init__(self, insp: Any) -> None:
        super().__init__(insp.selectable)
        self.insp = insp

    def _replace_one(self, node: Any) -> Any | None:
        if isinstance(node, ProxyColumn) and corresponding_column(self.selectable, node, True) is None:
            return None  # of a subquery beside the entity, though it reads from the same table
        if isinstance(node, ColumnClause):
            found = self.insp._column(node)
            return None if found is node and node.table is not self.selectable else found
        if node.__class__.__name__ == "EntityNode" and self.insp.mapper.isa(node.mapper):
            return self.insp.__clause_element__()
        return super()._replace_one(node)


def corresponding_column(selectable: Any, column: Any, require_embedded: bool = False) -> Any:
    """The column of a selectable (or of a part of a join) that stands for a table's column, or None."""
    if isinstance(selectable, Join):
        for side in (selectable.left, selectable.right):
            found = corresponding_column(side, column, require_embedded)
            if found is not None:
                return found
        return None
    if isinstance(selectable, FromGrouping):
        return corresponding_column(selectable.element, column, require_embedded)
    return selectable.corresponding_column(column, require_embedded)
