"""After a set operation a query reads from its subquery: what is said of the entities from then on means its columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sublimate.expression.coerce import element_of
from sublimate.expression.node import Node
from sublimate.inspection import inspect
from sublimate.orm.mapping.aliased import AliasedClass
from sublimate.statements.adapt import ClauseAdapter
from sublimate.statements.select import expand_columns


class Adaption:
    """Rewrites arguments on mapped classes into arguments on one subquery."""

    def __init__(self, subquery: Any, entities: tuple[Any, ...]) -> None:
        self._adapter = ClauseAdapter(subquery)
        self._aliases: dict[Any, Any] = {}
        remaining = iter(subquery.c)
        self.columns = tuple(self._column(element, subquery, remaining) for element in entities)

    def _column(self, element: Any, subquery: Any, remaining: Iterator[Any]) -> Any:
        """What stands for one of the selected things; `remaining` are the subquery's columns from its own on."""
        columns = [next(remaining) for _ in expand_columns(element)]
        if not hasattr(element, "inspected"):
            return columns[0]
        alias: Any = AliasedClass(element.entity, subquery, use_mapper_path=True)
        self._aliases[element.inspected] = alias
        return element_of(alias)

    def __call__(self, argument: Any) -> Any:
        """An argument of a query's method, on the subquery."""
        node = argument if isinstance(argument, Node) else element_of(argument)
        if node is None or isinstance(argument, str):
            return argument
        if node.__visit_name__ == "relationship":
            return self._relationship(argument, node)
        alias = self._aliases.get(getattr(node, "inspected", None))
        return self._expression(node) if alias is None else alias

    def _relationship(self, argument: Any, node: Any) -> Any:
        alias = self._aliases.get(node.parent.inspected)
        return argument if alias is None else getattr(alias, node.key)

    def _expression(self, node: Any) -> Any:
        for alias in self._aliases.values():
            node = inspect(alias)._adapt(node)
        return self._adapter.traverse(node)
