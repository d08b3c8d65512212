"""The order in which tables can be created and dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sublimate import exc
from sublimate.util.warnings import warn as emit


def sort_tables(
    tables: Iterable[Any],
    skip_fn: Callable[[Any], bool] | None = None,
    extra_dependencies: Iterable[tuple[Any, Any]] | None = None,
) -> list[Any]:
    """The tables, each after those its foreign keys point at; a cycle is warned of and left in the given order."""

    def constraint_skip(constraint: Any) -> bool | None:
        return True if skip_fn is not None and any(skip_fn(fk) for fk in constraint.elements) else None

    sorted_ = sort_tables_and_constraints(tables, constraint_skip, extra_dependencies, _warn_for_cycles=True)
    return [table for table, _ in sorted_ if table is not None]


def sort_tables_and_constraints(
    tables: Iterable[Any],
    filter_fn: Callable[[Any], bool | None] | None = None,
    extra_dependencies: Iterable[tuple[Any, Any]] | None = None,
    _warn_for_cycles: bool = False,
) -> list[tuple[Any, Any]]:
    """Pairs of a table and the foreign keys to create with it; last `(None, [...])`, those to add afterwards."""
    tables = list(tables)
    fixed: dict[Any, set[Any]] = {table: set() for table in tables}
    movable: dict[Any, dict[Any, list[Any]]] = {table: {} for table in tables}
    for parent, child in extra_dependencies or ():
        fixed.setdefault(child, set()).add(parent)
    remaining: set[Any] = set()
    for table in tables:
        for constraint in table.foreign_key_constraints:
            decision = filter_fn(constraint) if filter_fn is not None else None
            if constraint.use_alter is True or decision is True:
                remaining.add(constraint)
                continue
            referred = constraint.referred_table
            if referred is table:
                continue
            if decision is False:
                fixed[table].add(referred)
            else:
                movable[table].setdefault(referred, []).append(constraint)
        fixed[table] |= set(table._extra_dependencies)
    ordered, cycle = _topological(tables, fixed, movable)
    if cycle:
        remaining |= _break_cycle(tables, cycle, movable, _warn_for_cycles)
        ordered, cycle = _topological(tables, fixed, movable)
        if cycle:
            raise exc.CircularDependencyError(
                "Circular dependency detected.",
                set(cycle),
                [(p, t) for t in cycle for p in fixed[t] if p in cycle],
            )
    pairs: list[tuple[Any, Any]] = [(table, table.foreign_key_constraints - remaining) for table in ordered]
    pairs.append((None, sorted(remaining, key=lambda c: c._creation_order)))
    return pairs


def _topological(tables: list[Any], fixed: Any, movable: Any) -> tuple[list[Any], list[Any]]:
    """Tables in order of dependency, layer by layer as given; what is left over lies on or behind a cycle."""
    known = set(tables)
    waiting = {
        table: {p for p in (*fixed[table], *movable[table]) if p in known and p is not table}
        for table in tables
    }
    ordered: list[Any] = []
    todo = list(tables)
    while todo:
        ready = [table for table in todo if not waiting[table]]
        if not ready:
            return ordered, todo
        ordered += ready
        gone = set(ready)
        todo = [table for table in todo if table not in gone]
        for table in todo:
            waiting[table] -= gone
    return ordered, []


def _break_cycle(tables: list[Any], cycle: list[Any], movable: Any, warn: bool) -> set[Any]:
    """Take the foreign keys between tables of a cycle out of the order."""
    on_cycle = _on_cycle(cycle, movable)
    if warn:
        names = ", ".join(sorted(table.fullname for table in on_cycle))
        emit(
            f'Cannot correctly sort tables; there are unresolvable cycles between tables "{names}", which is usually '
            "caused by mutually dependent foreign key constraints.  Foreign key constraints involving these tables will "
            "not be considered; this warning may raise an error in a future release."
        )
    removed: set[Any] = set()
    for table in on_cycle:
        for referred in [r for r in movable[table] if r in on_cycle or warn]:
            removed.update(movable[table].pop(referred))
    return removed


def _on_cycle(tables: list[Any], movable: Any) -> set[Any]:
    """The tables that can reach themselves."""
    inside = set(tables)
    found = set()
    for start in tables:
        seen: set[Any] = set()
        todo = [p for p in movable[start] if p in inside]
        while todo:
            table = todo.pop()
            if table is start:
                found.add(start)
                break
            if table not in seen:
                seen.add(table)
                todo += [p for p in movable[table] if p in inside]
    return found
