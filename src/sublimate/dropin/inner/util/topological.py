"""Members in an order in which each comes after those it depends on."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence
from typing import TypeVar

from sublimate import exc

T = TypeVar("T", bound=Hashable)


def sort_as_subsets(tuples: Collection[tuple[T, T]], allitems: Collection[T]) -> Iterator[Sequence[T]]:
    """Members layer by layer, each layer in the given order. `tuples` are pairs (earlier, later)."""
    parents: dict[T, set[T]] = {}
    for parent, child in tuples:
        parents.setdefault(child, set()).add(parent)
    waiting = dict.fromkeys(allitems)
    while waiting:
        ready = [item for item in waiting if not any(p in waiting for p in parents.get(item, ()))]
        if not ready:
            edges = [(p, c) for p, c in tuples if p in waiting and c in waiting]
            raise exc.CircularDependencyError("Circular dependency detected.", set(waiting), edges)
        for item in ready:
            del waiting[item]
        yield ready


def sort(
    tuples: Collection[tuple[T, T]], allitems: Collection[T], deterministic_order: bool = True
) -> Iterator[T]:
    """The members in an order that keeps `tuples`, pairs (earlier, later).

    >>> list(sort([(1, 2), (2, 3)], [3, 2, 1, 4]))
    [1, 4, 2, 3]
    """
    for ready in sort_as_subsets(tuples, allitems):
        yield from ready
