"""Which tables must be written before which: from foreign keys and from relationships. Kept per set of mappers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sublimate.orm.unitofwork.order import components


def table_edges(mappers: Iterable[Any]) -> set[tuple[Any, Any]]:
    """(referred table, referring table) pairs; a table that refers to itself has an edge to itself."""
    mappers = list(mappers)
    late = _post_update_columns(mappers)
    edges: set[tuple[Any, Any]] = set()
    for mapper in mappers:
        for table in mapper.written_tables:
            edges.update(_foreign_key_edges(table, late))
        for first, second in zip(mapper.written_tables, mapper.written_tables[1:], strict=False):
            edges.add((first, second))
        edges.update(_relationship_edges(mapper))
    return edges


def base_edges(mappers: Iterable[Any]) -> tuple[set[tuple[Any, Any]], set[tuple[Any, Any]]]:
    """(referred class, referring class) pairs of different classes (by base mapper): by foreign keys, and by relationships."""
    mappers = list(mappers)
    late = _post_update_columns(mappers)
    owners = {table: mapper.base_mapper for mapper in mappers for table in mapper.written_tables}
    bases = set(owners.values())
    by_key = {
        (owners[first], owner)
        for table, owner in owners.items()
        for first, _ in _foreign_key_edges(table, late)
        if first in owners and owners[first] is not owner
    }
    by_relationship: set[tuple[Any, Any]] = set()
    for mapper in mappers:
        here = mapper.base_mapper
        for impl in mapper.class_state.relations:
            prop = impl.prop
            there = prop.mapper.base_mapper
            if (
                prop.viewonly
                or prop.post_update
                or prop.secondary is not None
                or there not in bases
                or there is here
            ):
                continue
            by_relationship.add((there, here) if prop.direction.name == "MANYTOONE" else (here, there))
    return by_key, by_relationship


class Ranks(NamedTuple):
    """When the rows of each class (by base mapper) are saved, and when deleted: what may go together is ordered by the
    classes' names, as SQLAlchemy does.
    """

    saving: dict[Any, tuple[int, str]]
    deleting: dict[Any, tuple[int, str]]


def ranks_of(mappers: Iterable[Any], referring: set[Any]) -> Ranks:
    """The depth of each class: a class that others refer to is saved before these, and deleted after them. Those `referring`
    to any class are no first ones, though it may have no part in this flush.
    """
    mappers = list(mappers)
    bases = list(dict.fromkeys(mapper.base_mapper for mapper in mappers))
    by_key, by_relationship = base_edges(mappers)
    groups = components(bases, by_key | by_relationship)
    place = {base: i for i, group in enumerate(groups) for base in group}
    steps = {(place[first], place[second]): 1 for first, second in by_key}
    steps.update({(place[first], place[second]): 2 for first, second in by_relationship})
    down, up = [0] * len(groups), [0] * len(groups)
    for i in range(len(groups)):
        least = 0 if referring.isdisjoint(groups[i]) else 2
        down[i] = max([least, *[down[a] + step for (a, b), step in steps.items() if b == i and a != i]])
    for i in reversed(range(len(groups))):
        up[i] = max([down[i] + 1, *[up[b] + 1 for a, b in steps if a == i and b != i]])
    names = [min(_name(base) for base in group) for group in groups]
    return Ranks(
        {base: (down[i], names[i]) for base, i in place.items()},
        {base: (up[i], names[i]) for base, i in place.items()},
    )


def tables_of(mappers: Iterable[Any]) -> list[Any]:
    """The tables of mappers: those at the top of a hierarchy first, on one level as their classes were defined."""
    mappers = list(mappers)
    found = dict.fromkeys(table for mapper in mappers for table in mapper.written_tables)
    if len(mappers) < 2:
        return list(found)
    bases = dict.fromkeys(mapper.base_mapper for mapper in mappers)
    whole = [
        table for base in bases for mapper in base.self_and_descendants for table in mapper.written_tables
    ]
    return [table for table in dict.fromkeys(whole) if table in found]


def _name(mapper: Any) -> str:
    return f"{mapper.class_.__module__}.{mapper.class_.__name__}"


def table_order(groups: Iterable[list[Any]], mappers: Iterable[Any]) -> list[Any]:
    """Tables in an order for saving: parents first; in circles of foreign keys as relationships and inheritance say."""
    found: list[Any] = []
    for group in groups:
        if len(group) == 1:
            found += group
            continue
        edges = _strict_edges(mappers)
        depth = {table: i for mapper in mappers for i, table in enumerate(mapper.written_tables)}
        for part in components(group, edges):
            found += sorted(part, key=lambda table: depth.get(table, 0))
    return found


def _strict_edges(mappers: Iterable[Any]) -> set[tuple[Any, Any]]:
    edges: set[tuple[Any, Any]] = set()
    for mapper in mappers:
        edges.update(zip(mapper.written_tables, mapper.written_tables[1:], strict=False))
        edges.update(edge for edge in _relationship_edges(mapper) if edge[0] is not edge[1])
    return edges


def _foreign_key_edges(table: Any, late: set[Any]) -> Iterator[tuple[Any, Any]]:
    for column in table.c:
        if column in late:
            continue
        for foreign_key in column.foreign_keys:
            yield foreign_key.column.table, table


def _relationship_edges(mapper: Any) -> Iterator[tuple[Any, Any]]:
    for impl in mapper.class_state.relations:
        prop = impl.prop
        if prop.viewonly or prop.post_update or prop.secondary is not None:
            continue
        for source, target in prop.synchronize_pairs:
            yield source.table, target.table


def _post_update_columns(mappers: Iterable[Any]) -> set[Any]:
    """Foreign keys that a second UPDATE sets, so that the order need not care for them."""
    return {
        target
        for mapper in mappers
        for impl in mapper.class_state.relations
        if impl.prop.post_update and impl.prop.secondary is None
        for _, target in impl.prop.synchronize_pairs
    }
