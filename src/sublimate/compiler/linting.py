"""FROM elements that no condition joins: the product of their rows, which is seldom meant. Pure; looks at nodes only."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from typing import Any

from sublimate.operators.table import is_comparison
from sublimate.util.warnings import warn


class Linting(enum.IntFlag):
    """What `compile(linting=…)` looks for."""

    NO_LINTING = 0
    COLLECT_CARTESIAN_PRODUCTS = 1
    WARN_LINTING = 2
    FROM_LINTING = COLLECT_CARTESIAN_PRODUCTS | WARN_LINTING


NO_LINTING, FROM_LINTING = Linting.NO_LINTING, Linting.FROM_LINTING
COLLECT_CARTESIAN_PRODUCTS, WARN_LINTING = Linting.COLLECT_CARTESIAN_PRODUCTS, Linting.WARN_LINTING


def product_of(froms: Iterable[Any], criteria: Iterable[Any]) -> tuple[list[Any], Any] | None:
    """The elements that are not joined to the last one, and that one; None if all are."""
    elements: dict[int, Any] = {}
    edges: list[tuple[int, int]] = []
    for from_ in froms:
        _gather(from_, elements, edges)
    if len(elements) < 2:
        return None
    for condition in criteria:
        edges.extend(_edges(condition))
    start = next(reversed(elements))
    reached = _reached(start, edges)
    rest = [element for key, element in elements.items() if key not in reached]
    return (rest, elements[start]) if rest else None


def _gather(from_: Any, elements: dict[int, Any], edges: list[tuple[int, int]]) -> list[int]:
    """Note the tables of a FROM element; what a join has on its sides is joined, whatever its condition says."""
    kind = from_.__visit_name__
    if kind == "join":
        left, right = _gather(from_.left, elements, edges), _gather(from_.right, elements, edges)
        edges.extend((a, b) for a in left for b in right)
        edges.extend(_edges(from_.onclause))
        return left + right
    if kind == "from_grouping":
        return _gather(from_.element, elements, edges)
    if kind == "function" or getattr(from_, "is_text", False):
        return []  # neither has columns that a condition could name
    known = list(elements)
    elements[id(from_)] = from_
    if getattr(from_, "_is_lateral", False) or getattr(from_, "joins_implicitly", False):
        edges.extend((id(from_), other) for other in known)
    return [id(from_)]


def _edges(condition: Any) -> Iterator[tuple[int, int]]:
    """The pairs of FROM elements whose columns a comparison compares."""
    if condition is None:
        return
    waiting = [condition]
    while waiting:
        node = waiting.pop()
        if node.__visit_name__ == "binary" and is_comparison(node.operator):
            for left in _froms_of(node.left):
                yield from ((id(left), id(right)) for right in _froms_of(node.right))
        if node.__visit_name__ not in ("column", "scalar_select", "select", "exists"):
            waiting.extend(node.get_children())


def _froms_of(expression: Any) -> tuple[Any, ...]:
    return tuple(expression._from_objects)


def _reached(start: int, edges: list[tuple[int, int]]) -> set[int]:
    beside: dict[int, list[int]] = {}
    for one, other in edges:
        beside.setdefault(one, []).append(other)
        beside.setdefault(other, []).append(one)
    reached, waiting = {start}, [start]
    while waiting:
        for other in beside.get(waiting.pop(), ()):
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    return reached


def message(word: str, rest: list[str], start: str) -> str:
    """What is said of a product, with the names of the elements."""
    names = ", ".join(f'"{name}"' for name in rest)
    return (
        f'{word} statement has a cartesian product between FROM element(s) {names} and FROM element "{start}".  '
        "Apply join condition(s) between each element to resolve."
    )


def warn_of(messages: list[str]) -> None:
    for text in messages:
        warn(text)


__all__ = [
    "COLLECT_CARTESIAN_PRODUCTS",
    "FROM_LINTING",
    "NO_LINTING",
    "WARN_LINTING",
    "Linting",
    "message",
    "product_of",
    "warn_of",
]
