"""What a flush must know before it can be planned: which objects, which orphans, and unloaded children of deleted parents."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.engine.steps import Steps
from sublimate.orm.exc import describe
from sublimate.orm.state.copying import originals
from sublimate.orm.state.expiry import lacks
from sublimate.orm.state.instance import InstanceState, state_of
from sublimate.orm.state.symbols import NO_VALUE
from sublimate.orm.unitofwork.cascade import delete_steps, removed
from sublimate.orm.unitofwork.keys import identity_value, key_changed

States = dict[InstanceState[Any], Any]


class Work:
    """The objects of one flush."""

    __slots__ = ("deletes", "inserts", "updates")

    def __init__(self) -> None:
        self.inserts: States = {}
        self.updates: States = {}
        self.deletes: States = {}

    def mappers(self) -> set[Any]:
        """The mappers of all objects."""
        return {state.mapper for states in (self.inserts, self.updates, self.deletes) for state in states}


def gather_steps(session: Any, objects: Any = None) -> Steps[Work]:
    """Collect the objects to flush. Loads only what deletes need."""
    work = Work()
    chosen = None if objects is None else {state_of(obj) for obj in objects}
    _choose(work, session, chosen)
    yield from _one_to_one_steps(work)
    yield from _key_switch_steps(work, session)
    yield from _orphan_steps(work, session)
    for state, obj in list(work.deletes.items()):
        yield from _load_for_delete_steps(session, state, obj)
    for (
        state,
        obj,
    ) in work.deletes.items():  # listeners, and the program after the commit, read what an expired object was
        key = state.mapper.pk_keys[0]
        if state.expired_keys is not None and key not in obj.__dict__:
            yield from session._load_attribute_steps(obj, key)
    return work


def _choose(work: Work, session: Any, chosen: set[InstanceState[Any]] | None) -> None:
    for target, source in (
        (work.inserts, originals(session._new)),
        (work.updates, originals(session._dirty)),
        (work.deletes, originals(session._deleted)),
    ):
        target.update(
            source if chosen is None else {state: obj for state, obj in source.items() if state in chosen}
        )
    for state in [state for state in work.inserts if state.orphaned or state.expired_keys]:
        if state.orphaned:
            del work.inserts[state], session._new[state]
            state.link = state.link.detached()
        else:
            _require_values(state)
    for state in work.deletes:
        work.updates.pop(state, None)
    for state in [state for state in work.updates if state.pk is None or state.was_deleted]:
        del work.updates[state]
        if state.was_deleted:  # changed when its row was gone: there is nothing to write, now or later
            session._dirty.pop(state, None)


def _require_values(state: InstanceState[Any]) -> None:
    """An object whose INSERT was rolled back after its values had been expired has nothing to write."""
    columns = state.mapper.class_state.column_keys
    lost = sorted(key for key in state.expired_keys or () if key in columns and key not in state.dict)
    if lost:
        raise exc.InvalidRequestError(
            f"Instance {describe(state.obj())} is not persistent within this Session, and cannot be inserted: its attributes "
            f"({', '.join(lost)}) were expired before the transaction that inserted it was rolled back. Set them again first."
        )
    state.expired_keys = None


def _one_to_one_steps(work: Work) -> Steps[None]:
    """What the database has where the one side of a one-to-one was changed unloaded: that row changes too."""
    for states in (work.updates, work.deletes):
        for state, obj in list(states.items()):
            for impl in state.mapper.class_state.one_to_ones:
                committed = state.committed
                if committed is not None and committed.get(impl.key) is NO_VALUE:
                    committed[impl.key] = yield from impl.load_old_steps(obj, state)


def _key_switch_steps(work: Work, session: Any) -> Steps[None]:
    """Where the session must carry a changed primary key on, the objects that refer to it have to be known."""
    for state, obj in list(work.updates.items()):
        if not state.mapper.class_state.relations or not key_changed(state, obj):
            continue
        for impl in state.mapper.class_state.relations:
            prop = impl.prop
            if prop.viewonly or prop.passive_updates or impl.key in obj.__dict__:
                continue
            if prop.secondary is not None or prop.direction.name == "ONETOMANY":
                yield from _load_as_stored_steps(session, state, obj, impl.key)


def _load_as_stored_steps(session: Any, state: InstanceState[Any], obj: Any, key: str) -> Steps[None]:
    """Load a relationship by the values that the database has, not by those that are yet to be written."""
    values, columns = obj.__dict__, state.mapper.class_state.column_keys
    committed = state.committed or {}
    now = {k: values[k] for k in columns if k in committed and k in values}
    values.update({k: identity_value(state, obj, k) for k in now})
    try:
        yield from session._load_attribute_steps(obj, key)
    finally:
        values.update(now)


def _orphan_steps(work: Work, session: Any) -> Steps[None]:
    """Objects taken off the parent they may not live without are deleted, with what they cascade to."""
    for obj in [obj for state, obj in work.updates.items() if state.orphaned]:
        yield from _delete_steps(work, session, obj)
    if not any(mapper.class_state.orphaning for mapper in work.mappers()):
        return
    for state, obj in [*work.updates.items(), *work.inserts.items(), *work.deletes.items()]:
        orphaning = state.mapper.class_state.orphaning
        if not orphaning or state.committed is None:
            continue
        for impl in orphaning:
            if impl.key in state.committed or impl.write_only:
                for child in removed(impl, obj, state):
                    if state_of(child).orphaned:
                        yield from _delete_steps(work, session, child)


def _delete_steps(work: Work, session: Any, obj: Any) -> Steps[None]:
    also = yield from delete_steps(session, obj)
    for each in (obj, *also):
        state = state_of(each)
        if state.pk is None:
            work.inserts.pop(state, None)
        elif not state.was_deleted:
            work.updates.pop(state, None)
            work.deletes[state] = each


def _load_for_delete_steps(session: Any, state: InstanceState[Any], obj: Any) -> Steps[None]:
    """Children that must let go of a deleted parent have to be known."""
    for impl in state.mapper.class_state.relations:
        prop = impl.prop
        if prop.viewonly or prop.passive_deletes or not (impl.write_only or lacks(obj, impl.key)):
            continue
        if prop.direction.name == "MANYTOONE" and not prop.post_update:
            continue
        yield from _load_as_stored_steps(session, state, obj, impl.key)
