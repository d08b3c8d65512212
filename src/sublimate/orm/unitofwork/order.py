"""Topological order with ties kept in their first order, and the cycles that have none."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from sublimate import exc

T = TypeVar("T", bound=Hashable)


def components(nodes: Sequence[T], edges: Iterable[tuple[T, T]]) -> list[list[T]]:
    """Groups of nodes in dependency order; a group of several nodes is a cycle (as is one with an edge to itself).

    >>> components(["child", "parent"], [("parent", "child")])
    [['parent'], ['child']]
    """
    before: dict[T, list[T]] = {node: [] for node in nodes}
    for first, second in edges:
        if first in before and second in before:
            before[second].append(first)
    index: dict[T, int] = {}
    low: dict[T, int] = {}
    stack: list[T] = []
    on_stack: set[T] = set()
    found: list[list[T]] = []
    for root in nodes:
        if root not in index:
            _visit(root, before, index, low, stack, on_stack, found)
    return found


def _visit(
    root: T,
    before: dict[T, list[T]],
    index: dict[T, int],
    low: dict[T, int],
    stack: list[T],
    on_stack: set[T],
    found: list[list[T]],
) -> None:
    """Tarjan's walk from one node, without recursion."""
    work: list[tuple[T, int]] = [(root, 0)]
    while work:
        node, position = work.pop()
        if position == 0:
            index[node] = low[node] = len(index)
            stack.append(node)
            on_stack.add(node)
        for i in range(position, len(before[node])):
            other = before[node][i]
            if other not in index:
                work.append((node, i + 1))
                work.append((other, 0))
                break
            if other in on_stack:
                low[node] = min(low[node], index[other])
        else:
            if low[node] == index[node]:
                _take_group(node, stack, on_stack, found)
            if work:
                parent = work[-1][0]
                low[parent] = min(low[parent], low[node])


def _take_group(node: T, stack: list[T], on_stack: set[T], found: list[list[T]]) -> None:
    group: list[T] = []
    while True:
        member = stack.pop()
        on_stack.discard(member)
        group.append(member)
        if member == node:
            break
    found.append(group[::-1])


def levels(nodes: Sequence[T], edges: Iterable[tuple[T, T]]) -> list[list[T]]:
    """Nodes by depth: those of a level depend on earlier levels only. `CircularDependencyError` for a cycle.

    A node that depends on itself is a cycle too.
    """
    position = {node: i for i, node in enumerate(nodes)}
    after: dict[T, set[T]] = {node: set() for node in nodes}
    for first, second in edges:
        if first in position and second in position:
            after[first].add(second)
    lacking = dict.fromkeys(nodes, 0)
    for others in after.values():
        for node in others:
            lacking[node] += 1
    found: list[list[T]] = []
    ready = [node for node in nodes if not lacking[node]]
    while ready:
        found.append(ready)
        ready = _released(ready, after, lacking)
        ready.sort(key=position.__getitem__)
    waiting = [node for node in nodes if lacking[node]]
    if waiting:
        edges_left = [(first, node) for first in waiting for node in after[first]]
        raise exc.CircularDependencyError("Circular dependency detected.", waiting, edges_left)
    return found


def _released(done: list[T], after: dict[T, set[T]], lacking: dict[T, int]) -> list[T]:
    """The nodes that waited for these only."""
    found: list[T] = []
    for node in done:
        for other in after[node]:
            lacking[other] -= 1
            if not lacking[other]:
                found.append(other)
    return found
