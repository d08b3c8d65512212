"""Collections of related objects as attributes: change records, bulk replacement, changes to unloaded ones."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from typing import Any

from sublimate.orm.attributes.backref import (
    adopt,
    attach,
    cascade_into_session,
    detach,
    drop_pending_orphan,
    orphan,
    started_by,
)
from sublimate.orm.attributes.base import mark_changed, own_state, remember
from sublimate.orm.attributes.history import HISTORY_BLANK, History, collection_history
from sublimate.orm.attributes.relation import RelationAttribute
from sublimate.orm.attributes.single_parent import claim
from sublimate.orm.collections.adapter import CollectionAdapter
from sublimate.orm.collections.keyed_dict import KeyFuncDict
from sublimate.orm.collections.prepare import duck_type, roles_of, tracked_class, without_events
from sublimate.orm.collections.tracked_list import InstrumentedList
from sublimate.orm.exc import ObjectDereferencedError
from sublimate.orm.state.expiry import forget_change
from sublimate.orm.state.instance import InstanceState
from sublimate.orm.state.symbols import STATE

_ref = weakref.ref


class Queued:
    """What was put into and taken out of a collection that is not loaded."""

    __slots__ = ("added", "removed")

    def __init__(self) -> None:
        self.added: list[Any] = []
        self.removed: list[Any] = []

    def add(self, item: Any) -> None:
        kept = [other for other in self.removed if other is not item]
        if len(kept) == len(self.removed):
            self.added.append(item)
        self.removed = kept

    def remove(self, item: Any) -> None:
        kept = [other for other in self.added if other is not item]
        if len(kept) == len(self.added):
            self.removed.append(item)
        self.added = kept


class CollectionAttribute(RelationAttribute):
    """A relationship whose value is a list, set, dictionary or custom collection."""

    is_collection = True

    def __init__(self, mapper: Any, key: str, prop: Any) -> None:
        super().__init__(mapper, key, prop)
        self._make: Callable[[], Any] | None = None
        self.is_plain_list = False
        self._iterator = self._appender = self._remover = ""

    # ---- making collections

    def _factory(self) -> Callable[[], Any]:
        """What makes an empty collection; found at first use, since it may need the mapping to be complete."""
        make = self._make
        if make is None:
            chosen = self.prop.collection_class or list
            cls: Any = chosen if isinstance(chosen, type) else type(chosen())
            tracked = tracked_class(cls)
            if isinstance(chosen, type):
                make = tracked
            elif tracked is cls:
                make = chosen
            else:
                make = _converting(chosen, tracked)
            roles = roles_of(tracked)
            self._appender, self._remover, self._iterator = roles.appender, roles.remover, roles.iterator
            self.is_plain_list = tracked is InstrumentedList
            self._make = make
        return make

    def _own(self, obj: Any, items: Any) -> Any:
        obj.__dict__[self.key] = items
        return self._owned(obj, items)

    def _owned(self, obj: Any, items: Any) -> Any:
        items._owner = _ref(obj)
        items._impl = self
        for listener in self.listeners.get("init_collection", ()):
            listener(obj, items, CollectionAdapter(items))
        return items

    def initial(self, obj: Any, state: InstanceState[Any]) -> Any:
        return self._own(obj, self._factory()())

    def first_read(self, obj: Any, state: InstanceState[Any]) -> Any:
        """An empty collection that was only read does not count as loaded once its object has a row."""
        made = self.initial(obj, state)
        if state.queued is None:
            state.queued = {}
        state.queued[self.key] = Queued()
        return made

    def load(self, obj: Any, items: Iterable[Any]) -> Any:
        """Store a loaded collection, with the changes that were made before it was loaded."""
        made = self._filled(items)
        self._own(obj, made)
        state = obj.__dict__.get(STATE)
        if state.__class__ is InstanceState:
            if state.queued is not None and self.key in state.queued:
                self._apply_queued(obj, state, made)
            if state.expired_keys is not None:
                state.expired_keys.discard(self.key)
        return made

    def _filled(self, items: Iterable[Any]) -> Any:
        make = self._factory()
        if self.is_plain_list:
            return InstrumentedList(items)
        made = make()
        append = getattr(made, self._appender)
        for item in items:
            append(item)
        return made

    def _apply_queued(self, obj: Any, state: InstanceState[Any], made: Any) -> None:
        queued = (state.queued or {}).pop(self.key)
        remember(obj, state, self.key, self.items_of(made))
        present = {id(item) for item in self.items_of(made)}
        for item in queued.added:
            if id(item) not in present:
                without_events(made, getattr(made, self._appender), item)
        for item in queued.removed:
            if id(item) in present:
                without_events(made, getattr(made, self._remover), item)

    def items_of(self, items: Any) -> list[Any]:
        """The objects in a collection of this attribute."""
        if not self._iterator:
            self._factory()
        return list(items) if self._iterator == "__iter__" else list(getattr(items, self._iterator)())

    # ---- changes made through the collection

    def appending(self, items: Any, item: Any) -> Any:
        """An object is about to enter: record that, ask listeners, show it on the other side."""
        obj = items._owner()
        if obj is None:
            raise self._dereferenced()
        state = own_state(obj)
        self._record(obj, state, items)
        if self.watched:
            item = self.ask("append", obj, item, self, validated=getattr(items, "_validated", False))
        if self.single_parent and item is not None:
            claim(self, obj, item)
        if item is not None:
            own_state(item)
            if state.link.session is not None:
                cascade_into_session(obj, self, item)
            if self.reverse_key is not None:
                attach(obj, self, item)
            adopt(obj, self, item)
        return item

    def removing(self, items: Any, item: Any, before: list[Any] | None = None) -> None:
        """An object is about to leave."""
        obj = items._owner()
        if obj is None:
            raise self._dereferenced()
        self._record(obj, own_state(obj), items, before)
        if self.watched:
            self.tell_removed("remove", obj, item, self)
        if item is not None:
            orphan(obj, self, item)
            detach(obj, self, item)
            drop_pending_orphan(self, obj, item)

    def _record(
        self, obj: Any, state: InstanceState[Any], items: Any, before: list[Any] | None = None
    ) -> None:
        committed = state.committed
        if not self.tracks:
            return
        if state.pk is None:
            if state.queued is not None:
                state.queued.pop(self.key, None)  # it was read before, and is filled now
        elif committed is None or self.key not in committed:
            remember(obj, state, self.key, self.items_of(items) if before is None else before)

    def _dereferenced(self) -> ObjectDereferencedError:
        return ObjectDereferencedError(
            f"Can't emit change event for attribute {self.label} - parent object of type {self.mapper.class_.__name__} "
            "has been garbage collected."
        )

    # ---- changes that come from the other side

    def link(self, obj: Any, item: Any) -> None:
        """The other side says that it belongs to `obj`. An unloaded collection takes note and stays unloaded."""
        state = own_state(obj)
        adopt(obj, self, item)
        items = obj.__dict__.get(self.key)
        if items is None:
            if state.pk is not None:
                if self.watched:
                    item = self.ask("append", obj, item, started_by(self, item), backref=True)
                self._queue(obj, state).add(item)
                return
            items = self.initial(obj, state)
        self._record(obj, state, items)
        if not self.is_plain_list and isinstance(items, KeyFuncDict):
            self._displace(obj, items, item)
        if self.watched:
            item = self.ask("append", obj, item, started_by(self, item), backref=True)
        if not self._appender:
            self._factory()
        without_events(items, getattr(items, self._appender), item)

    def _displace(self, obj: Any, items: KeyFuncDict[Any, Any], item: Any) -> None:
        """An object whose key another one has now is let go."""
        old = items.held_under_key_of(item)
        if old is None or old is item:
            return
        if self.watched:
            self.tell_removed("remove", obj, old, started_by(self, item), backref=True)
        orphan(obj, self, old)
        drop_pending_orphan(self, obj, old)

    def unlink(self, obj: Any, item: Any) -> None:
        """The other side says that it has left `obj`."""
        orphan(obj, self, item)
        state = own_state(obj)
        items = obj.__dict__.get(self.key)
        if items is None:
            if state.pk is not None:
                if self.watched:
                    self.tell_removed("remove", obj, item, started_by(self, item), backref=True)
                self._queue(obj, state).remove(item)
            return
        present = self.items_of(items)
        if not any(other is item for other in present):
            return
        self._record(obj, state, items, present)
        if self.watched:
            self.tell_removed("remove", obj, item, started_by(self, item), backref=True)
        without_events(items, getattr(items, self._remover), item)

    def _queue(self, obj: Any, state: InstanceState[Any]) -> Queued:
        mark_changed(obj, state)
        if state.queued is None:
            state.queued = {}
        queued = state.queued.get(self.key)
        if queued is None:
            queued = state.queued[self.key] = Queued()
        return queued

    # ---- replacement of the whole

    def set(self, obj: Any, value: Any) -> None:
        state = own_state(obj)
        old = obj.__dict__.get(self.key)
        if old is value and value is not None:
            return
        new = self._convert(value)
        made = self._owned(obj, self._factory()())
        new = [self._validated(obj, item) for item in new] if self.validators else new
        for listener in self.listeners.get("bulk_replace", ()):
            listener(obj, new, self)
        if state.pk is None and state.queued is not None:
            state.queued.pop(self.key, None)  # it was read before, and is filled now
        if old is None:
            old = getattr(obj, self.key) if state.pk is not None else self.initial(obj, state)
        self._replace(obj, state, old, made, new)

    def _convert(self, value: Any) -> list[Any]:
        """The objects in an assigned value, which must be the same kind of collection."""
        make = self._factory()
        roles = roles_of(make) if isinstance(make, type) else roles_of(type(make()))
        if roles.converter is not None:
            return list(getattr(make(), roles.converter)(value))
        if duck_type(value) is not roles.kind:
            given = "None" if value is None else type(value).__name__
            wanted = roles.kind.__name__ if roles.kind is not None else type(make()).__name__
            raise TypeError(f"Incompatible collection type: {given} is not {wanted}-like")
        if roles.kind is dict:
            return self._values_of(value)
        return self.items_of(value) if hasattr(value, "_sa_instrumented") else list(value)

    def _values_of(self, value: Any) -> list[Any]:
        """The objects of a dictionary; the collection finds keys for them itself."""
        return list(value.values())

    def _replace(self, obj: Any, state: InstanceState[Any], old: Any, made: Any, new: list[Any]) -> None:
        before = self.items_of(old)
        kept = set(map(id, before))
        if self.tracks:
            remember(obj, state, self.key, before)
        obj.__dict__[self.key] = made
        try:
            self._refill(obj, made, new, kept)
        except BaseException:  # somebody refused an object: the collection stays what it was
            obj.__dict__[self.key] = old
            raise
        old._impl = None
        staying = set(map(id, new))
        for item in before:
            if id(item) not in staying:
                self.removing(made, item)
                told = item is not obj or not started_by(self, item).is_collection
                if self.watched and self.reverse_key is not None and told:
                    self.tell_removed(
                        "remove", obj, item, started_by(self, item), backref=True
                    )  # as SQLAlchemy does
        for listener in self.listeners.get("dispose_collection", ()):
            listener(obj, old, CollectionAdapter(old))

    def _validated(self, obj: Any, item: Any) -> Any:
        for validator in self.validators:
            item = validator(obj, self.key, item, False)
        return item

    def _refill(self, obj: Any, made: Any, new: list[Any], kept: Any) -> None:
        append = getattr(made, self._appender)
        staying = []
        if self.validators:
            made._validated = True
        for item in new:
            if item is not None:
                own_state(item)
            if id(item) not in kept:
                append(item)
                continue
            without_events(made, append, item)
            cascade_into_session(obj, self, item)
            staying.append(item)
        if self.validators:
            del made._validated
        for item in staying:
            for listener in self.listeners.get("append_wo_mutation", ()):
                listener(obj, item, self)

    def delete(self, obj: Any) -> None:
        items = obj.__dict__.get(self.key)
        if items is None:
            return
        if self.tracks:
            mark_changed(obj, own_state(obj))
        for item in self.items_of(items):
            getattr(items, self._remover)(item)
        del obj.__dict__[self.key]

    def set_committed(self, obj: Any, value: Any) -> Any:
        """Store objects as if they had been loaded."""
        forget_change(own_state(obj), self.key)
        return self.load(obj, self._values_of(value) if isinstance(value, dict) else list(value))

    def history(self, obj: Any) -> History:
        values = obj.__dict__
        items = values.get(self.key)
        if items is None:
            return HISTORY_BLANK
        state = values.get(STATE)
        committed = getattr(state, "committed", None)
        current = self.items_of(items)
        if committed is not None and self.key in committed:
            return collection_history(committed[self.key], current)
        if getattr(state, "pk", "loaded") is None and self.tracks:
            return History(current, [], [])
        return History((), current, ())


def _converting(make: Callable[[], Any], tracked: Any) -> Callable[[], Any]:
    """Makes collections by a function of the program's, in their tracked form."""

    def made() -> Any:
        plain = make()
        plain.__class__ = tracked
        return plain

    return made
