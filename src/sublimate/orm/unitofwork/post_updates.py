"""Second UPDATEs (`post_update`): the keys that rows could not have when they were written. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sublimate.orm.state.instance import InstanceState, state_of
from sublimate.orm.unitofwork.batches import PostUpdate, SyncKey, SyncKeys
from sublimate.orm.unitofwork.facts import facts_of
from sublimate.orm.unitofwork.updates import changed_keys


def late_updates(syncs: list[SyncKey]) -> Iterator[Any]:
    """Second UPDATEs, per class and set of keys."""
    if not syncs:
        return
    yield SyncKeys(syncs)
    found: dict[Any, dict[InstanceState[Any], Any]] = {}
    for sync in syncs:
        state = state_of(sync.target)
        keys = tuple(target for _, target in sync.pairs)
        found.setdefault((state.mapper, keys), {})[state] = sync.target
    for (mapper, keys), rows in found.items():
        for table in mapper.written_tables:
            facts = facts_of(mapper, table)
            own = tuple(key for key in keys if key in facts.by_key)
            if own:
                for kept, alike in _by_given_onupdates(facts, rows).items():
                    yield PostUpdate(mapper, table, alike, own, kept)


def _by_given_onupdates(
    facts: Any, rows: dict[InstanceState[Any], Any]
) -> dict[tuple[str, ...], list[tuple[InstanceState[Any], Any]]]:
    """The rows by the attributes with `onupdate` that the program gave values: these stay what they are."""
    having = [fact for fact in facts.columns if fact.update_default is not None]
    if not having:
        return {(): list(rows.items())}
    found: dict[tuple[str, ...], list[tuple[InstanceState[Any], Any]]] = {}
    for state, obj in rows.items():
        values = obj.__dict__
        if state.pk is None:
            given = {
                f.key
                for f in having
                if f.key in values and (values[f.key] is not None or f.column.default is None)
            }
        else:
            given = set(changed_keys(facts, state, values))
        found.setdefault(tuple(f.key for f in having if f.key in given), []).append((state, obj))
    return found
