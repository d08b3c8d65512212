"""Events of mappers around the rows of a flush: before_insert, after_update and the like."""

from __future__ import annotations

from typing import Any

from sublimate.orm.unitofwork.batches import DeleteBatch, InsertBatch, TableBatch, UpdateBatch

_VERBS = ((InsertBatch, "insert"), (UpdateBatch, "update"), (DeleteBatch, "delete"))
_FIRST = frozenset({"before_insert", "before_update", "after_delete"})


def is_watched(mapper: Any, verb: str) -> bool:
    """Whether anybody wants to be told of rows that are inserted, updated or deleted."""
    dispatch = mapper._dispatch
    if dispatch is None:
        return False
    return bool(
        getattr(dispatch, f"before_{verb}")
        or getattr(dispatch, f"after_{verb}")
        or (verb != "delete" and dispatch.refresh_flush)
    )


def announce(name: str, batch: Any, connection: Any) -> None:
    """Tell the mapper's listeners about each object of a batch."""
    for state, obj in batch.rows:
        mapper = state.mapper
        if (
            mapper._dispatch is not None
            and (mapper.written_tables[0] if name in _FIRST else mapper.written_tables[-1]) is batch.table
        ):
            getattr(mapper._dispatch, name)(mapper, connection, obj)


def announce_all(when: str, batches: list[TableBatch], connection: Any) -> None:
    """Tell of each object of some batches, new ones first: in the order in which they were added, others in that of their keys."""
    for kind, verb in _VERBS:
        for batch in batches:
            if batch.__class__ is kind:
                for state, obj in batch.rows:
                    mapper = state.mapper
                    if mapper._dispatch is not None and mapper.written_tables[0] is batch.table:
                        getattr(mapper._dispatch, f"{when}_{verb}")(mapper, connection, obj)


def announce_refreshed(verb: str, batch: Any) -> None:
    """Tell listeners to `refresh_flush` of the values that defaults gave an object."""
    if verb == "delete":
        return
    for state, obj in batch.rows:
        mapper = state.mapper
        if mapper._dispatch is not None and mapper._dispatch.refresh_flush:
            keys = [key for key, prop in mapper.column_props.items() if _has_default(prop.columns[0], verb)]
            if keys:
                mapper._dispatch.refresh_flush(obj, None, keys)


def _has_default(column: Any, verb: str) -> bool:
    names = ("default", "server_default") if verb == "insert" else ("onupdate", "server_onupdate")
    return any(getattr(column, name, None) is not None for name in names)
