"""Carries a flush plan out: batches become statements, generated values go to the objects. Steps only, no planning."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

from sublimate.engine.steps import Steps
from sublimate.orm.exc import FlushError, describe
from sublimate.orm.state.expiry import expire_state
from sublimate.orm.state.instance import InstanceState, state_of
from sublimate.orm.unitofwork.batches import (
    AssociationDelete,
    AssociationInsert,
    AssociationUpdate,
    DeleteBatch,
    FlushPlan,
    InsertBatch,
    PostUpdate,
    SyncKeys,
    UpdateBatch,
    Watch,
)
from sublimate.orm.unitofwork.deletes import delete_rows_steps
from sublimate.orm.unitofwork.inserts import insert_rows_steps
from sublimate.orm.unitofwork.keys import synchronize
from sublimate.orm.unitofwork.links import insert_links_steps, move_links_steps, remove_links_steps
from sublimate.orm.unitofwork.mapper_events import announce, announce_all, announce_refreshed, is_watched
from sublimate.orm.unitofwork.record import FlushRecord
from sublimate.orm.unitofwork.row_switch import leave_out, take_over
from sublimate.orm.unitofwork.updates import post_update_steps, update_rows_steps
from sublimate.util.collector import uncollected
from sublimate.util.warnings import warn

_ref = weakref.ref
_committed = attrgetter("committed")


def carry_out_steps(
    session: Any, plan: FlushPlan, before_the_end: Callable[[], None] | None = None
) -> Steps[FlushRecord]:
    """Send the batches in order. If one fails, the objects are as they were before."""
    before = _Before({**plan.inserts, **plan.updates} if plan.updates else plan.inserts)
    try:
        for batch in session._divided(plan.batches) if session._sharded else plan.batches:
            if batch.__class__ is SyncKeys:
                for sync in batch.syncs:
                    synchronize(sync)
            else:
                yield from _batch_steps(session, plan, batch)
        if before_the_end is not None:
            before_the_end()
        return _finish(session, plan)
    except BaseException:
        _explain(session, plan.inserts)
        before.restore()
        raise


def _copied(dicts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(map(dict.copy, dicts))


class _Before:
    """What objects were before a flush."""

    __slots__ = ("_changes", "_copies", "_dicts", "_states")

    def __init__(self, states: dict[InstanceState[Any], Any]) -> None:
        self._states = list(states)
        self._dicts = [obj.__dict__ for obj in states.values()]
        self._copies = uncollected(_copied, self._dicts)
        self._changes = [
            None if committed is None else committed.copy() for committed in map(_committed, states)
        ]

    def restore(self) -> None:
        for state, values, copy, committed in zip(
            self._states, self._dicts, self._copies, self._changes, strict=True
        ):
            values.clear()
            values.update(copy)
            state.committed = committed


def _batch_steps(session: Any, plan: FlushPlan, batch: Any) -> Steps[None]:
    kind = batch.__class__
    if kind in _LINKS:
        connection = yield from session._connection_steps(batch.impl.mapper, batch.pairs[0][0])
        yield from _LINKS[kind](connection, batch, plan)
        return
    connection = yield from session._connection_steps(batch.mapper, batch.rows[0][1])
    if kind is PostUpdate:
        yield from post_update_steps(connection, batch, plan)
        return
    if plan.deletes:
        if batch.watch is not None and not batch.watch.begun:
            _begin_watch(batch.watch, plan, connection)
        yield from _switch_rows_steps(connection, plan, batch)
        if not batch.rows:
            if batch.watch is not None:
                _end_watch(batch.watch, connection)
            return
    if not batch.mapper.batch and kind in (InsertBatch, UpdateBatch) and len(batch.rows) > 1:
        for row in list(batch.rows):  # each with its events, before the next
            batch.rows = [row]
            yield from _rows_steps(connection, plan, batch, *_WORK[kind])
        return
    plan.alone = (
        len(plan.batches) == 1 == len(batch.rows)
        and not session._sharded
        and session._transaction.ends_with(connection)
    )
    yield from _rows_steps(connection, plan, batch, *_WORK[kind])


def _switch_rows_steps(connection: Any, plan: FlushPlan, batch: Any) -> Steps[None]:
    """New objects that take over deleted rows are written by an UPDATE, which spares the DELETE."""
    if batch.__class__ is InsertBatch:
        rows = take_over(plan, batch)
        if rows:
            update = UpdateBatch(batch.mapper, batch.table, rows, batch.watch)
            if batch.watch is not None:
                batch.watch.batches.append(update)
                batch.watch.left += 1
            yield from _rows_steps(connection, plan, update, "update", update_rows_steps, "insert")
    elif batch.__class__ is DeleteBatch and plan.switched_rows:
        leave_out(plan, batch)


def _rows_steps(
    connection: Any, plan: FlushPlan, batch: Any, verb: str, work: Any, before: str | None = None
) -> Steps[None]:
    watch = batch.watch
    if watch is not None:
        plan.alone = False
        if not watch.begun:
            _begin_watch(watch, plan, connection)
        yield from work(connection, batch, plan)
        announce_refreshed(verb, batch)
        _end_watch(watch, connection)
        return
    watched = any(is_watched(mapper, before or verb) for mapper in batch.mappers())
    if watched:
        plan.alone = False
        announce(f"before_{before or verb}", batch, connection)
    yield from work(connection, batch, plan)
    if watched:
        announce_refreshed(verb, batch)
        announce(f"after_{verb}", batch, connection)


def _begin_watch(watch: Watch, plan: FlushPlan, connection: Any) -> None:
    watch.begun = True
    for batch in watch.batches:
        if batch.__class__ is DeleteBatch:
            leave_out(plan, batch)
    announce_all("before", watch.batches, connection)


def _end_watch(watch: Watch, connection: Any) -> None:
    watch.left -= 1
    if not watch.left:
        announce_all("after", watch.batches, connection)


_LINKS: dict[Any, Any] = {
    AssociationInsert: insert_links_steps,
    AssociationUpdate: move_links_steps,
    AssociationDelete: remove_links_steps,
}
_WORK: dict[Any, tuple[str, Any]] = {
    InsertBatch: ("insert", insert_rows_steps),
    UpdateBatch: ("update", update_rows_steps),
    DeleteBatch: ("delete", delete_rows_steps),
}


# ---- what objects are afterwards


def _finish(session: Any, plan: FlushPlan) -> FlushRecord:
    for state, obj in plan.inserts.items():
        key = state.mapper.class_state.pk_of(obj.__dict__)
        if key is None or key.__class__ is tuple:
            _check_key(obj, key)
    record = FlushRecord()
    for state, obj in plan.deletes.items():
        _finish_delete(session, state, obj, record)
    for token, inserts in _by_token(session, plan.inserts):
        _finish_inserts(session, inserts, session._link_of(token), session.identity_map.of(token))
    record.new = plan.inserts
    _finish_updates(session, plan.updates, record)
    return record


def _by_token(
    session: Any, inserts: dict[InstanceState[Any], Any]
) -> Iterable[tuple[Any, dict[InstanceState[Any], Any]]]:
    """The new objects of each identity token."""
    if not session._knows_tokens:
        return ((None, inserts),)
    found: dict[Any, dict[InstanceState[Any], Any]] = {}
    for state, obj in inserts.items():
        found.setdefault(state.link.token, {})[state] = obj
    return found.items()


def _finish_inserts(
    session: Any, inserts: dict[InstanceState[Any], Any], link: Any, identity_map: Any
) -> None:
    """New objects are persistent now: they have a key, and stand in the identity map."""
    new, dirty = session._new, session._dirty
    current: Any = None
    pk_of: Any = None
    entries: dict[Any, Any] = {}
    for state, obj in inserts.items():
        mapper = state.mapper
        if mapper is not current:
            current, pk_of = mapper, mapper.class_state.pk_of
            entries = identity_map.by_mapper[mapper.base_mapper]
        key = pk_of(obj.__dict__)
        other = entries[key]() if key in entries else None
        if other is not None and other is not obj and not state_of(other).expired_all:
            _warn_of_conflict(obj, other, mapper, key)
        state.pk = key
        state.link = link
        if state.queued is not None:
            forget_empty(state, obj)
        state.committed = state.queued = None
        entries[key] = state.obj
    if dirty:
        for state in inserts:
            dirty.pop(state, None)
    if len(new) == len(inserts):
        new.clear()
    else:
        for state in inserts:
            new.pop(state, None)


def forget_empty(state: InstanceState[Any], obj: Any) -> None:
    """Collections that were read and never filled: what belongs to the new row is loaded when somebody asks again."""
    impls = state.mapper.class_state.impls
    for key in state.queued or ():
        if is_never_filled(state, obj, impls[key]):
            del obj.__dict__[key]


def is_never_filled(state: InstanceState[Any], obj: Any, impl: Any) -> bool:
    """Whether a new object's collection is there only because somebody read it."""
    if state.queued is None or impl.key not in state.queued:
        return False
    items = obj.__dict__.get(impl.key)
    return items is not None and not impl.items_of(items)


def _check_key(obj: Any, key: Any) -> None:
    if key is not None and not all(part is None for part in key):
        return
    raise FlushError(
        f"Instance {describe(obj)} has a NULL identity key.  If this is an auto-generated value, check that the database "
        "table allows generation of new primary key values, and that the mapped Column object is configured to expect these "
        "generated values.  Ensure also that this flush() is not occurring at an inappropriate time, such as within a load() "
        "event."
    )


def _explain(session: Any, inserts: dict[InstanceState[Any], Any]) -> None:
    """The flush failed: say which new objects have the primary key of another one that is here."""
    for state, obj in inserts.items():
        key = state.mapper.class_state.pk_of(obj.__dict__)
        other = (
            None
            if key is None
            else session.identity_map.of(state.link.token).find(state.mapper.base_mapper, key)
        )
        if other is not None and other is not obj:
            _warn_of_conflict(obj, other, state.mapper, key)


def _warn_of_conflict(obj: Any, other: Any, mapper: Any, key: Any) -> None:
    token = state_of(obj).link.token
    identity = (mapper.base_mapper.class_, key if key.__class__ is tuple else (key,), token)
    warn(
        f"New instance {describe(obj)} with identity key {identity} conflicts with persistent instance {describe(other)}"
    )


def _finish_updates(session: Any, updates: dict[InstanceState[Any], Any], record: FlushRecord) -> None:
    """Changed objects are clean now; those whose primary key changed stand elsewhere in the identity map."""
    dirty = session._dirty
    current: Any = None
    keeps_key: Any = None
    computed: Any = None
    for state, obj in updates.items():
        if state.mapper is not current:
            current = state.mapper
            keeps_key = current.class_state.pk_key_set.isdisjoint
            computed = current.class_state.computed_keys
        committed = state.committed
        if committed and not keeps_key(committed):
            _switch_key(session, state, obj, record)
        state.committed = state.queued = None
        if computed and not computed.isdisjoint(obj.__dict__):
            expire_state(obj, computed.intersection(obj.__dict__))
    if len(dirty) == len(updates):
        dirty.clear()
    else:
        for state in updates:
            dirty.pop(state, None)
    record.dirty = updates


def _switch_key(session: Any, state: InstanceState[Any], obj: Any, record: FlushRecord) -> None:
    mapper = state.mapper
    key = mapper.class_state.pk_of(obj.__dict__)
    if key != state.pk:
        record.switched[state] = state.pk
        identity_map = session.identity_map.of(state.link.token)
        identity_map.discard_object(obj, mapper.base_mapper, state.pk)
        state.pk = key
        identity_map.add(obj, mapper.base_mapper, key)


def _finish_delete(session: Any, state: InstanceState[Any], obj: Any, record: FlushRecord) -> None:
    state.was_deleted = True
    session.identity_map.of(state.link.token).discard_object(obj, state.mapper.base_mapper, state.pk)
    session._deleted.pop(state, None)
    session._dirty.pop(state, None)
    state.queued = None
    record.deleted[state] = obj
