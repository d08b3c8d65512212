"""Which rows are saved before which, where classes refer to themselves or to each other in a circle. Pure.

A row waits for those whose keys it takes, and a row that takes any key (or loses one) comes after those that do not: first come the rows
that need nothing, in the order in which they were added. That is SQLAlchemy's order too, and generated keys tell of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sublimate import exc
from sublimate.orm.state.instance import InstanceState, state_of
from sublimate.orm.unitofwork.batches import SyncKey
from sublimate.orm.unitofwork.graph import base_edges
from sublimate.orm.unitofwork.order import components, levels

Rows = dict[InstanceState[Any], Any]
Syncs = Mapping[InstanceState[Any], list[SyncKey]]
Edges = list[tuple[Any, Any]]


class Team(NamedTuple):
    """Classes (by base mapper) whose rows are saved together."""

    bases: set[Any]
    circular: bool
    """They refer to each other in a circle, or to themselves: the rows are to be put in order."""


class Taking(NamedTuple):
    """A row taking the keys of others: the step between them and the row."""

    state: InstanceState[Any]


_EARLIER, _FIRST = "the rows of other classes", "their keys"


def teams_of(mappers: Iterable[Any], changed: Iterable[Any]) -> list[Team]:
    """All classes of a flush, in the order in which they are saved. `changed`: the relationship attributes of which anything changed."""
    bases = list(dict.fromkeys(mapper.base_mapper for mapper in mappers))
    by_key, by_relationship = base_edges(mappers)
    selfish = {
        impl.mapper.base_mapper for impl in changed if impl.mapper.base_mapper is impl.prop.mapper.base_mapper
    }
    found: list[Team] = []
    for group in components(bases, by_key | by_relationship):
        parts = components(group, by_relationship)  # of a circle of foreign keys, if it is one
        found += [Team(set(part), len(part) > 1 or part[0] in selfish) for part in parts]
    return found


def row_levels(rows: Rows, bases: set[Any], syncs: Syncs, changed: Iterable[Any], new: Rows) -> list[Rows]:
    """The rows of a circular team, level by level. `CircularDependencyError` where new rows need each other's keys."""
    edges, late = _edges(rows, bases, syncs), _late_bases(bases, changed)
    if late:
        edges += [(_FIRST, state) for state in rows if state.mapper.base_mapper in late]
    takings = [Taking(state) for state in rows if state in syncs]
    nodes = [_EARLIER, _FIRST, *takings, *rows]
    edges.append((_EARLIER, _FIRST))
    try:
        found = levels(nodes, edges)
    except exc.CircularDependencyError:  # the keys of rows that are stored already are known
        found = levels(nodes, [edge for edge in edges if edge[0] not in rows or edge[0] in new])
    return [{state: rows[state] for state in level if state in rows} for level in found]


def _edges(rows: Rows, bases: set[Any], syncs: Syncs) -> Edges:
    found: Edges = []
    for state in rows:
        if state in syncs and not syncs[state]:  # it refers to an object that is in no session
            found.append((Taking(state), state))
        for sync in syncs.get(state, ()):
            prop = sync.impl.prop
            far = (prop if prop.direction.name == "MANYTOONE" else sync.impl).mapper.base_mapper
            taking = Taking(state)
            if far in bases:
                if sync.source is not None:
                    found.append((state_of(sync.source), taking))
            elif prop.direction.name == "MANYTOONE":
                found.append((_EARLIER, taking))
            else:
                continue
            found.append((taking, state))
    return found


def _late_bases(bases: set[Any], changed: Iterable[Any]) -> set[Any]:
    """The classes of a team whose rows, one and all, come after those of a class that is not in it and gave or took some."""
    return {
        impl.prop.mapper.base_mapper
        for impl in changed
        if impl.prop.direction.name == "ONETOMANY" and impl.mapper.base_mapper not in bases
    } & bases
