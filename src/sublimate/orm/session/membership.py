"""Which objects belong to a session: adding, deleting, expunging, and the cascades of these."""

from __future__ import annotations

from functools import partial
from typing import Any

from sublimate import exc
from sublimate.engine.steps import Steps
from sublimate.orm.exc import UnmappedClassError, UnmappedInstanceError, describe
from sublimate.orm.state import NO_SESSION, STATE, InstanceState, state_of
from sublimate.orm.unitofwork import FlushRecord, cascade


def instance_state(obj: Any) -> InstanceState[Any]:
    """The own state of a mapped object; `UnmappedInstanceError` for anything else."""
    try:
        if getattr(type(obj), "__mapper__", None) is None or isinstance(obj, type):
            raise UnmappedInstanceError(obj)
        return state_of(obj)
    except AttributeError:
        raise UnmappedInstanceError(obj) from None


def check_mapped(obj: Any) -> None:
    """Refuse an object whose class is a subclass of a mapped one, and not mapped itself."""
    cls = type(obj)
    if "__mapper__" not in cls.__dict__:
        raise UnmappedClassError(
            cls,
            f"Class '{cls.__module__}.{cls.__name__}' is not mapped, only the class above it. Map it, too.",
        )


def add(session: Any, obj: Any) -> None:
    """Put an object, and what it reaches, into the session."""
    state = getattr(obj, STATE, None)
    if state.__class__ is not InstanceState:
        state = instance_state(obj)
    if state.mapper.class_ is not obj.__class__:
        check_mapped(obj)
    if state.pk is None and state.link is NO_SESSION and session.dispatch is None:
        state.link = session._link  # `attach` for what nobody watches: a new object that is nowhere yet
        session._new[state] = obj
        if (
            state.committed is None
            and state.queued is None
            and state.mapper.class_state.cascade_keys.isdisjoint(obj.__dict__)
        ):
            return  # as `reaches_nothing` says
    else:
        attach(session, state, obj)
    if cascade.reaches_nothing(state, obj.__dict__):
        return
    for reached in cascade.save_update(obj, partial(contains, session)):
        attach(session, state_of(reached), reached)


def attach(session: Any, state: InstanceState[Any], obj: Any) -> None:
    """Make one object pending or persistent."""
    if state.pk is None:
        if state in session._new:
            return
        check_free(session, state, obj)
        event = session.dispatch
        if event is not None:
            event.before_attach(session, obj)
        state.link = session._link_of(state.link.token)
        session._new[state] = obj
        if event is not None:
            event.after_attach(session, obj)
            event.transient_to_pending(session, obj)
        return
    if state.link.session is session:
        if state.was_deleted:
            raise exc.InvalidRequestError(
                f"Instance '{describe(obj)}' has been deleted.  Use the make_transient() function to send this object back to the "
                "transient state."
            )
        session._deleted.pop(state, None)
        return
    check_free(session, state, obj)
    _attach_detached(session, state, obj)


def _attach_detached(session: Any, state: InstanceState[Any], obj: Any) -> None:
    if state.was_deleted:
        raise exc.InvalidRequestError(
            f"Instance '{describe(obj)}' has been deleted.  Use the make_transient() function to send this object back to the "
            "transient state."
        )
    base = state.mapper.base_mapper
    identity_map = session.identity_map.of(state.link.token)
    known = identity_map.find(base, state.pk)
    if known is not None and known is not obj:
        raise exc.InvalidRequestError(
            f"Can't attach instance {describe(obj)}; another instance with key {state.identity_key} is already present in this session."
        )
    event = session.dispatch
    if event is not None:
        event.before_attach(session, obj)
    state.link = session._link_of(state.link.token)
    identity_map.add(obj, base, state.pk)
    if state.committed is not None or state.queued:
        session._dirty[state] = obj
    if event is not None:
        event.after_attach(session, obj)
        event.detached_to_persistent(session, obj)


def check_free(session: Any, state: InstanceState[Any], obj: Any) -> None:
    """An object belongs to one session at a time."""
    other = state.link.session
    if other is not None and other is not session:
        raise exc.InvalidRequestError(
            f"Object '{describe(obj)}' is already attached to session '{other.hash_key}' (this is '{session.hash_key}')"
        )


def cascade_add(session: Any, obj: Any) -> None:
    """An object became reachable from one of the session's: it joins too."""
    state = obj.__dict__.get(STATE)
    here = state is not None and state.link.session is session
    if here and not (state.__class__ is InstanceState and state.was_deleted):
        return
    add(session, obj)


def contains(session: Any, obj: Any) -> bool:
    if getattr(type(obj), "__mapper__", None) is None or isinstance(obj, type):
        raise UnmappedInstanceError(obj)
    state = obj.__dict__.get(STATE)
    if state is None or state.link.session is not session:
        return False
    if state.__class__ is InstanceState and (state.pk is None or state.was_deleted):
        return state in session._new
    if state.__class__ is InstanceState:  # a new object may have taken its key
        return (
            session.identity_map.of(state.link.token).find(state.mapper.base_mapper, state.pk) is state.obj()
        )
    return True


def expunge(session: Any, obj: Any) -> None:
    """Take an object, and what the expunge cascade reaches, out of the session."""
    state = instance_state(obj)
    if state.link.session is not session:
        raise exc.InvalidRequestError(f"Instance {describe(obj)} is not present in this Session")
    for each in [obj, *cascade.expunge(obj)]:
        own = state_of(each)
        if own.link.session is session:
            detach(session, own, each)


def drop_pending(session: Any, state: InstanceState[Any], obj: Any) -> None:
    """A new object that lost the parent it may not live without leaves, and with it what its cascade reaches."""
    for each in [obj, *cascade.expunge(obj)]:
        own = state_of(each)
        if own.pk is None and own.link.session is session:
            detach(session, own, each)


def detach(session: Any, state: InstanceState[Any], obj: Any) -> None:
    """Take one object out of the session."""
    pending = state.pk is None
    told = (
        "pending_to_transient"
        if pending
        else "deleted_to_detached"
        if state.was_deleted
        else "persistent_to_detached"
    )
    session._new.pop(state, None)
    session._dirty.pop(state, None)
    session._deleted.pop(state, None)
    if not pending:
        session.identity_map.of(state.link.token).discard_object(obj, state.mapper.base_mapper, state.pk)
    state.link = state.link.detached()
    if session.dispatch is not None:
        getattr(session.dispatch, told)(session, obj)


def delete_steps(session: Any, obj: Any) -> Steps[None]:
    """Mark an object, and what the delete cascade reaches, to be deleted by the next flush."""
    state = instance_state(obj)
    if state.pk is None:
        raise exc.InvalidRequestError(f"Instance '{describe(obj)}' is not persisted")
    if state.was_deleted and state.link.session is session:
        return
    if state.link.session is not session:
        gone, state.was_deleted = state.was_deleted, False
        attach(session, state, obj)
        state.was_deleted = gone
    if state in session._deleted:
        return
    reached = yield from cascade.delete_steps(session, obj, autoflush=True)
    session._deleted[state] = obj
    for each in reached:
        own = state_of(each)
        if own.pk is not None and own not in session._deleted and not own.was_deleted:
            session._deleted[own] = each


def forget_rows(session: Any, objects: list[Any]) -> None:
    """These objects' rows are gone, though no flush deleted them: they count as deleted in this transaction."""
    transaction = session._use()
    if transaction.record is None:
        transaction.record = FlushRecord()
    for obj in objects:
        state = state_of(obj)
        session._dirty.pop(state, None)
        session._deleted.pop(state, None)
        session.identity_map.of(state.link.token).discard_object(obj, state.mapper.base_mapper, state.pk)
        state.was_deleted = True
        transaction.record.deleted[state] = obj
        if session.dispatch is not None:
            session.dispatch.persistent_to_deleted(session, obj)


def require_persistent(session: Any, obj: Any) -> InstanceState[Any]:
    """The state of an object that must be persistent here."""
    state = instance_state(obj)
    if state.link.session is not session or state.pk is None or state.was_deleted:
        raise exc.InvalidRequestError(f"Instance '{describe(obj)}' is not persistent within this Session")
    return state
