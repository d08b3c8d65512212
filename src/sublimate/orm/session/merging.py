"""merge(): the state of an object from elsewhere, copied onto the session's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sublimate import exc
from sublimate.engine.steps import Steps
from sublimate.orm.attributes.base import mark_changed
from sublimate.orm.exc import StaleDataError, UnmappedInstanceError, describe
from sublimate.orm.loading.touch import touch_steps
from sublimate.orm.state import STATE, InstanceState, LoadContext, is_outdated, lacks, state_of
from sublimate.orm.unitofwork.persist import is_never_filled

from .getting import get_steps
from .membership import instance_state


def merge_steps(session: Any, given: Any, load: bool, options: Sequence[Any] | None) -> Steps[Any]:
    """The session's object with the given one's values."""
    if getattr(type(given), "__mapper__", None) is None or isinstance(given, type):
        raise UnmappedInstanceError(given)
    if load and session._autoflushes():
        yield from session._autoflush_steps()
    before, session.autoflush = session.autoflush, False
    try:
        return (yield from Merge(session, load, options).object_steps(given))
    finally:
        session.autoflush = before


def merge_all_steps(
    session: Any, given: Iterable[Any], load: bool, options: Sequence[Any] | None
) -> Steps[list[Any]]:
    """The session's objects with the given ones' values, after a single flush."""
    if load and session._autoflushes():
        yield from session._autoflush_steps()
    before, session.autoflush = session.autoflush, False
    found: list[Any] = []
    try:
        for each in given:
            found += [(yield from merge_steps(session, each, load, options))]
    finally:
        session.autoflush = before
    return found


class Merge:
    """One merge with its cascades."""

    __slots__ = ("_came_along", "_done", "_options", "load", "session")

    def __init__(self, session: Any, load: bool, options: Sequence[Any] | None) -> None:
        self.session = session
        self.load = load
        self._options = options
        self._done: dict[int, tuple[Any, Any]] = {}
        self._came_along: set[tuple[int, str]] = set()
        """Objects and the relationships on which they were reached: seen from there, these are left as they are."""

    def object_steps(self, given: Any) -> Steps[Any]:
        known = self._done.get(id(given))
        if known is not None:
            return known[1]
        state = instance_state(given)
        mapper = state.mapper
        if not self.load and state.pk is None:
            raise exc.InvalidRequestError(
                "merge() with load=False option does not support objects transient (i.e. unpersisted) objects.  flush() all "
                "changes on mapped instances before merging with load=False."
            )
        key = state.pk if state.pk is not None else _complete_key(mapper, given)
        target = yield from self._target_steps(mapper, given, state, key)
        if target is given:
            self._done[id(given)] = (given, given)
            return given
        created = target is None
        if created:
            self._check_clean(state)
            target = self._create(mapper, key, state.link.token)
        self._done[id(given)] = (given, target)
        yield from self._copy_steps(mapper, given, state, target, created)
        if not self.load:
            self._forget_changes(target)
            if mapper._dispatch is not None:
                mapper._dispatch.merged_without_load(target)
        return target

    def _forget_changes(self, target: Any) -> None:
        """What was merged without loading is what the database has."""
        state = target.__dict__[STATE]
        if state.__class__ is InstanceState:
            state.committed = None
            self.session._dirty.pop(state, None)

    def _check_clean(self, state: Any) -> None:
        if not self.load and state.committed is not None:
            raise exc.InvalidRequestError(
                "merge() with load=False option does not support objects marked as 'dirty'.  flush() all changes on mapped instances "
                "before merging with load=False."
            )

    def _target_steps(self, mapper: Any, given: Any, state: Any, key: Any) -> Steps[Any]:
        session = self.session
        if state.link.session is session and state.pk is not None and not state.was_deleted:
            return given
        if key is None:
            return None
        token = state.link.token
        found = session.identity_map.of(token).find(mapper.base_mapper, key)
        if found is None and self.load:
            identity = key if isinstance(key, tuple) else (key,)
            found = yield from get_steps(
                session, mapper.class_, identity, self._options, False, None, {}, None, None, token
            )
        return found

    def _create(self, mapper: Any, key: Any, token: Any) -> Any:
        session = self.session
        target = mapper.class_.__new__(mapper.class_)
        if self.load:
            state_of(target)
            session.add(target)
        else:
            target.__dict__[STATE] = LoadContext(session._link_of(token), mapper)
            for name, value in zip(mapper.pk_keys, key if isinstance(key, tuple) else (key,), strict=True):
                target.__dict__[name] = value
            state_of(target)
            session.identity_map.of(token).add(target, mapper.base_mapper, key)
            if session.dispatch is not None:
                session.dispatch.detached_to_persistent(session, target)
        return target

    def _copy_steps(self, mapper: Any, given: Any, state: Any, target: Any, created: bool) -> Steps[None]:
        values = given.__dict__
        if not created and self.load:
            self._check_version(mapper, state, target)
            if any(key in values and not is_outdated(given, key) for key in mapper.column_props):
                mark_changed(target, state_of(target))
        for key in mapper.column_props:
            if key in values and not is_outdated(given, key):
                if self.load:
                    same = key in target.__dict__ and target.__dict__[key] is values[key]
                    if not same or mapper.class_state.impls[key].watched:
                        yield from self._set_steps(target, key, values[key], created)
                else:
                    target.__dict__[key] = values[key]
        for impl in mapper.class_state.relations:
            prop = impl.prop
            if impl.write_only and prop.cascade.merge:
                yield from self._written_steps(impl, given, state, target, created)
            if (
                impl.key not in values
                or (id(given), impl.key) in self._came_along
                or is_outdated(given, impl.key)
                or not prop.cascade.merge
                or (impl.is_collection and is_never_filled(state, given, impl))
            ):
                continue
            yield from self._relation_steps(impl, values[impl.key], target, created)

    def _set_steps(self, target: Any, key: str, value: Any, created: bool) -> Steps[None]:
        if not created and lacks(target, key):
            yield from touch_steps(self.session, target, key, autoflush=False)
        setattr(target, key, value)

    def _relation_steps(self, impl: Any, value: Any, target: Any, created: bool) -> Steps[None]:
        if self.load and not created and lacks(target, impl.key):
            yield from touch_steps(self.session, target, impl.key, autoflush=False)
        items = impl.items_of(value) if impl.is_collection else [value] if value is not None else []
        if impl.reverse_key is not None:
            self._came_along.update((id(item), impl.reverse_key) for item in items)
        found = yield from self._objects_steps(items)
        merged: Any = found if impl.is_collection else found[0] if found else None
        if not self.load or impl.prop.viewonly:  # what it shows is nothing to be written
            impl.set_committed(target, merged)
            return
        if impl.is_collection:
            self._replace(impl, target, merged, value)
        elif created or target.__dict__.get(impl.key) is not merged:
            setattr(target, impl.key, merged)

    def _written_steps(self, impl: Any, given: Any, state: Any, target: Any, created: bool) -> Steps[None]:
        """A dynamic or write-only collection that something was put into takes the place of the target's."""
        if impl.changes(state) is None or not self.load:
            return
        if not created:
            if impl.prop.lazy == "write_only":
                impl.refuse_replacing()
            yield from touch_steps(self.session, target, impl.key, autoflush=False)
        merged = yield from self._objects_steps(impl.related(given))
        setattr(target, impl.key, merged)

    def _objects_steps(self, items: Any) -> Steps[list[Any]]:
        found: list[Any] = []
        for item in list(items):
            found += [(yield from self.object_steps(item))]
        return found

    def _replace(self, impl: Any, target: Any, items: list[Any], like: Any) -> None:
        current = target.__dict__.get(impl.key)
        if current is not None and [id(i) for i in impl.items_of(current)] == [id(i) for i in items]:
            return
        if isinstance(like, dict):
            setattr(target, impl.key, dict(zip(like.keys(), items, strict=True)))
        else:
            setattr(target, impl.key, set(items) if isinstance(like, (set, frozenset)) else items)

    def _check_version(self, mapper: Any, state: Any, target: Any) -> None:
        column = mapper.version_id_col
        if column is None:
            return
        key = mapper.key_of.get(column)
        mine, theirs = target.__dict__.get(key), state.dict.get(key)
        if mine is not None and theirs is not None and mine != theirs:
            raise StaleDataError(
                f"Version id '{theirs}' on merged state {describe(state.obj())} does not match existing version '{mine}'. Leave the version "
                "attribute unset when merging to update the most recent version."
            )


def _complete_key(mapper: Any, given: Any) -> Any:
    """The primary key that a transient object was given, or None."""
    values = [given.__dict__.get(key) for key in mapper.pk_keys]
    if any(v is None for v in values):
        return None
    return values[0] if len(values) == 1 else tuple(values)
