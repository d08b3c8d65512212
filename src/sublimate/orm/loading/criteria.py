"""Conditions that entities bring with them: single-table inheritance, and `with_loader_criteria()`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .options import LoaderCriteriaOption


class Criteria:
    """The conditions of each entity of one statement, given out once per entity."""

    __slots__ = ("_given", "_options")

    def __init__(self, options: tuple[LoaderCriteriaOption, ...]) -> None:
        self._options = options
        self._given: set[int] = set()

    def of(self, entity: Any) -> list[Any]:
        """Conditions on an entity, for an ON or WHERE clause; none the second time."""
        if id(entity) in self._given:
            return []
        self._given.add(id(entity))
        return self.again(entity)

    def again(self, entity: Any, for_loader: bool = False) -> list[Any]:
        """The conditions, however often; `for_loader`: the entity is an alias that an eager load made."""
        found = []
        around = getattr(entity, "_parent", None)  # of a subclass inside with_polymorphic()
        single = None if around is not None else entity._single_table_criterion()
        for option in self._options:
            if for_loader and not option.propagate_to_loaders:
                continue
            if around is not None and option.condition(around, for_loader) is not None:
                continue  # said once, for the whole
            condition = option.condition(entity, for_loader)
            if condition is not None:
                found.append(condition)
        if single is not None:
            found.append(single)
        return found


def entities_in(nodes: Iterable[Any]) -> list[Any]:
    """The mappers and aliases that expressions mention, nested statements left out."""
    found: dict[int, Any] = {}
    stack = list(nodes)[::-1]
    while stack:
        node = stack.pop()
        if node is None or getattr(node, "is_select", False) or getattr(node, "is_dml", False):
            continue
        kind = node.__visit_name__
        if kind == "entity_column":
            entity = getattr(node, "entity", None)
            if entity is not None:
                found.setdefault(id(entity), entity)
            continue
        if hasattr(node, "inspected"):
            found.setdefault(id(node.inspected), node.inspected)
            continue
        if kind == "relationship":
            found.setdefault(id(node.parent.inspected), node.parent.inspected)
            continue
        if kind in ("subquery", "cte", "lateral", "alias", "cte_alias", "table"):
            continue
        stack.extend(list(node.get_children())[::-1])
    return list(found.values())
