"""Refresh, and what rollback does to objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sublimate import exc
from sublimate.engine.steps import Steps
from sublimate.orm.exc import describe
from sublimate.orm.loading.carried import carried
from sublimate.orm.loading.strategies.follow_up import relationship_steps
from sublimate.orm.loading.strategies.refresh import column_loader
from sublimate.orm.loading.touch import options_of
from sublimate.orm.state import expire_state, state_of
from sublimate.orm.unitofwork import FlushRecord, cascade

from .getting import _by_statement_steps, for_update, load_by_identity_steps
from .membership import contains, require_persistent
from .tokens import TOKEN


def refresh_steps(
    session: Any, obj: Any, attribute_names: Iterable[str] | None, with_for_update: Any, source: Any
) -> Steps[None]:
    """Load an object's attributes again: all columns and eager relationships, or those named."""
    state = require_persistent(session, obj)
    session._use()
    if with_for_update == {}:
        raise exc.ArgumentError(
            "with_for_update should be the boolean value True, or a dictionary with options.  A blank dictionary is ambiguous."
        )
    changed = [key for key in state.mapper.pk_keys if key in (state.committed or ())]
    if changed and attribute_names is not None and not session._autoflushes():
        raise exc.InvalidRequestError(
            f"Please flush pending primary key changes on attributes {changed!r} for {describe(obj)} before proceeding with a refresh"
        )
    if attribute_names is None:
        yield from _refresh_all_steps(session, obj, state, with_for_update, source)
    else:
        yield from _refresh_some_steps(session, obj, state, list(attribute_names), with_for_update, source)


def _autoflush_steps(session: Any) -> Steps[None]:
    """Flush once the refreshed object has lost its changes: they are not written."""
    if session._autoflushes():
        yield from session._autoflush_steps()


def expire_with_cascade(session: Any, obj: Any) -> None:
    """Forget an object's values, and those of the rows that the cascade reaches from it."""
    for other in [obj, *cascade.refresh_expire(obj)]:
        state = state_of(other)
        if state.pk is not None and contains(session, other):
            expire_state(other)
            session._dirty.pop(state, None)


def _refresh_all_steps(session: Any, obj: Any, state: Any, with_for_update: Any, source: Any) -> Steps[None]:
    expire_with_cascade(session, obj)
    yield from _autoflush_steps(session)
    options, token = options_of(state).reread(), state.link.token
    if with_for_update or options or session.dispatch is not None or token is not None:
        found = yield from _by_statement_steps(
            session,
            state.mapper,
            state.pk,
            carried(options),
            True,
            with_for_update or None,
            {} if token is None else {TOKEN: token},
            None,
            source,
            refreshes=True,
        )
    else:
        found = yield from load_by_identity_steps(
            session, state.mapper, state.pk, source, populate_existing=True
        )
    if found is not obj:
        raise exc.InvalidRequestError(f"Could not refresh instance '{describe(obj)}'")
    yield from _refresh_circles_steps(session, obj, state, source)


def _refresh_circles_steps(session: Any, obj: Any, state: Any, source: Any) -> Steps[None]:
    """Relationships to the object's own class, which queries do not load by themselves: of one object they are."""
    options = options_of(state)
    for prop in state.mapper.relationships:
        selfish = prop.mapper.base_mapper is state.mapper.base_mapper and prop.key not in obj.__dict__
        if selfish and options.relationship(prop).strategy in ("selectin", "subquery"):
            bind = session._bind_for_mapper(state.mapper)
            yield from relationship_steps(session, bind, prop, [obj], options, source, obj)


def _refresh_some_steps(
    session: Any, obj: Any, state: Any, names: list[str], with_for_update: Any, source: Any
) -> Steps[None]:
    mapper = state.mapper
    relationships, columns = [], []
    for name in names:
        if name not in mapper.class_state.impls:
            if not mapper.has_property(name):
                raise KeyError(name)
            prop = mapper.get_property(name)
            columns += [p.key for p in getattr(prop, "props", ())] or [getattr(prop, "name", name)]
        elif name in mapper.column_props:
            columns.append(name)
        else:
            relationships.append(mapper.class_state.impls[name].prop)
    expire_state(obj, [*columns, *[p.key for p in relationships]])
    if state.committed is None:
        session._dirty.pop(state, None)
    yield from _autoflush_steps(session)
    bind = session._bind_for_mapper(mapper)
    lock = for_update(with_for_update) if with_for_update else None
    if columns or lock is not None or not relationships:
        yield from _refresh_columns_steps(session, bind, obj, state, tuple(columns), lock)
    for prop in relationships:
        yield from relationship_steps(session, bind, prop, [obj], options_of(state), source, obj)
    if not columns and lock is None and not any(_is_referred_to(obj, prop) for prop in relationships):
        yield from _refresh_columns_steps(session, bind, obj, state, (), None)


def _refresh_columns_steps(
    session: Any, bind: Any, obj: Any, state: Any, columns: tuple[str, ...], lock: Any
) -> Steps[None]:
    loader = column_loader(session._planning(bind), state.mapper, columns, lock)
    if (yield from loader.load_steps(session._under(state.link.token), bind, [obj], overwrite=True)):
        raise exc.InvalidRequestError(f"Could not refresh instance '{describe(obj)}'")


def _is_referred_to(obj: Any, prop: Any) -> bool:
    """Whether rows were found that refer to the object's own, which is there then."""
    return prop.direction.name != "MANYTOONE" and bool(obj.__dict__.get(prop.key))


def restore(session: Any, transaction: Any) -> None:
    """Give objects the state they had before a transaction or savepoint that was rolled back."""
    record = transaction.record
    transaction.record = None
    if record is not None:
        record.undo(session)
    if session.dispatch is not None:
        _tell_undone(session, record or FlushRecord())
    session._deleted.clear()
    if transaction.nested:
        modified = dict(session._dirty)
        if record is not None:
            modified.update(record.all_dirty())
        for state, obj in modified.items():
            if state.pk is not None and state.link.session is session:
                expire_state(obj)
    else:
        for obj in session.identity_map.objects():
            expire_state(obj)
    session._dirty.clear()


def _tell_undone(session: Any, record: Any) -> None:
    dispatch = session.dispatch
    for state, obj in record.new.items():
        told = dispatch.deleted_to_detached if state in record.deleted else dispatch.persistent_to_transient
        told(session, obj)
    for state, obj in {**record.deleted, **session._deleted}.items():  # those that were only marked, too
        if state not in record.new:
            dispatch.deleted_to_persistent(session, obj)


def forget_pending(session: Any) -> None:
    """After a rollback, what was never flushed belongs to no session."""
    pending = list(session._new.items())
    session._new.clear()
    for state, obj in pending:
        state.link = state.link.detached()
        if session.dispatch is not None:
            session.dispatch.pending_to_transient(session, obj)
