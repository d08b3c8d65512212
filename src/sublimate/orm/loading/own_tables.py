"""Conditions name single tables: a column of a joined class brings its own table, not the join of the whole class.

So a condition of an UPDATE or DELETE adds no second copy of the table it changes, and EXISTS finds the tables around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sublimate.expression.traverse import replacement_traverse
from sublimate.orm.mapping.entity import EntityColumn


def on_own_tables(conditions: Iterable[Any]) -> tuple[Any, ...]:
    """The conditions with such columns; subqueries see to theirs when their turn comes."""
    return tuple([replacement_traverse(condition, {}, _on_own_table) for condition in conditions])


def _on_own_table(node: Any) -> Any:
    if node.__class__ is EntityColumn:
        entity = node.entity
        if entity.is_aliased_class or len(entity.tables) < 2 or entity._read_from is not None:
            return node
        return EntityColumn(node.column, node.key, entity, node.prop)
    return node if node.is_select else None
