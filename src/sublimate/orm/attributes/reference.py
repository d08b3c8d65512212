"""References to one object: many-to-one, and the scalar side of one-to-one."""

from __future__ import annotations

from typing import Any

from sublimate.engine.run import run
from sublimate.engine.steps import Steps
from sublimate.orm.attributes.backref import (
    adopt,
    attach,
    cascade_into_session,
    detach,
    drop_pending_orphan,
    orphan,
    reverse_of,
    started_by,
)
from sublimate.orm.attributes.base import own_state, remember
from sublimate.orm.attributes.history import HISTORY_BLANK, History, reference_history
from sublimate.orm.attributes.relation import RelationAttribute
from sublimate.orm.attributes.single_parent import claim
from sublimate.orm.state.expiry import forget_change
from sublimate.orm.state.instance import InstanceState
from sublimate.orm.state.symbols import NO_VALUE, STATE


class ReferenceAttribute(RelationAttribute):
    """A relationship whose value is one object or None."""

    is_reference = True

    def needs_history(self) -> bool:
        """The old object must be known before another takes its place: it is to be deleted, or no foreign key tells of it."""
        return self.prop.active_history or self.deletes_orphans or self.is_no_lookup

    is_no_lookup = False
    """It refers to something else than a primary key."""
    is_one_to_one = False
    """The other object has the foreign key: the flush has to know the old one, whose row changes too."""

    def configure(self) -> None:
        super().configure()
        direction = self.prop.direction.name
        self.is_no_lookup = direction == "MANYTOONE" and self.fk_keys is None
        self.is_one_to_one = direction == "ONETOMANY" and not self.prop.viewonly

    def set(self, obj: Any, value: Any) -> None:
        state = own_state(obj)
        if value is not None:
            own_state(value)
        old = self._old(obj, state)
        if self.watched:
            value = self.ask("set", obj, value, old, self)
        if self.single_parent and value is not None and value is not old:
            claim(self, obj, value)
        self._store(obj, state, value, old)
        if old is value:
            return
        if value is not None:
            cascade_into_session(obj, self, value)
        if old is not NO_VALUE and old is not None:
            self._part(obj, old, value)
        if value is not None:
            try:
                attach(obj, self, value)
            except BaseException:  # the other side has refused it: it is not stored
                self._keep(obj, old)
                raise
            adopt(obj, self, value)

    def _keep(self, obj: Any, old: Any) -> None:
        if old is NO_VALUE:
            obj.__dict__.pop(self.key, None)
        else:
            obj.__dict__[self.key] = old

    def _part(self, obj: Any, old: Any, value: Any) -> None:
        """The old object lets `obj` go; whoever may not live without the other leaves the session if it is new."""
        orphan(obj, self, old)
        detach(obj, self, old)
        drop_pending_orphan(self, obj, old)
        if value is None and self.reverse_key is not None:
            drop_pending_orphan(reverse_of(old, self.reverse_key), old, obj)

    def link(self, obj: Any, value: Any) -> None:
        """The other side says that it refers to `obj`; what `obj` belonged to before lets it go."""
        state = own_state(obj)
        old = self._old(obj, state)
        if self.watched:
            value = self.ask("set", obj, value, old, started_by(self, value), backref=True)
        if self.single_parent and value is not old:
            claim(self, obj, value)
        self._store(obj, state, value, old)
        if old is not NO_VALUE and old is not None and old is not value:
            orphan(obj, self, old)
            if self.reverse_key is not None and reverse_of(old, self.reverse_key).is_collection:
                detach(obj, self, old)
            drop_pending_orphan(self, obj, old)
        adopt(obj, self, value)

    def unlink(self, obj: Any, value: Any) -> None:
        """The other side says that it has let `obj` go."""
        state = own_state(obj)
        old = self._old(obj, state)
        if old is not NO_VALUE and old is not value:
            return
        if self.watched:
            self.ask("set", obj, None, value, started_by(self, value), backref=True)
        self._store(obj, state, None, value)
        orphan(obj, self, value)

    def delete(self, obj: Any) -> None:
        state = own_state(obj)
        if self.key not in obj.__dict__:
            if state.pk is None:
                self.tell_removed("remove", obj, None if self.active_history else NO_VALUE, self)
                raise AttributeError(f"{self.mapper.class_.__name__}.{self.key} object does not have a value")
            if state.committed is not None and self.key in state.committed:
                return
        old = self._old(obj, state)
        self.tell_removed("remove", obj, old, self)
        if self.tracks:
            remember(obj, state, self.key, old)
        obj.__dict__.pop(self.key, None)
        if old is not NO_VALUE and old is not None:
            self._part(obj, old, None)
            if self.watched and self.reverse_key is not None:
                reverse = reverse_of(old, self.reverse_key)
                if not reverse.is_collection:  # which tells it back, as SQLAlchemy's does
                    self.ask("set", obj, None, old, reverse, backref=True)

    def _store(self, obj: Any, state: InstanceState[Any], value: Any, old: Any) -> None:
        if self.tracks:
            remember(obj, state, self.key, old)
        obj.__dict__[self.key] = value

    def _old(self, obj: Any, state: InstanceState[Any]) -> Any:
        """The present object; loaded where it must be known at once."""
        if self.prop.active_history and self.key not in obj.__dict__:
            return self.known_actively(obj, state)
        old = self._known(obj, state)
        return self.known_actively(obj, state) if old is NO_VALUE and self.active_history else old

    def _known(self, obj: Any, state: InstanceState[Any]) -> Any:
        """The present object as far as memory knows: loaded, or in the identity map under our foreign key."""
        values = obj.__dict__
        if self.key in values:
            return values[self.key]
        session = state.link.session
        if state.pk is None or session is None or self.fk_keys is None:
            return NO_VALUE
        committed = state.committed or {}
        found = [committed.get(key, values.get(key, NO_VALUE)) for key in self.fk_keys]
        if any(part is NO_VALUE for part in found):
            return NO_VALUE
        if any(part is None for part in found):
            return None
        target = session.identity_map.of(state.link.token).find(
            self.prop.mapper.base_mapper, found[0] if len(found) == 1 else tuple(found)
        )
        return NO_VALUE if target is None or _is_expired(target) else target

    def set_committed(self, obj: Any, value: Any) -> Any:
        """Store a value as if it had been loaded."""
        state = own_state(obj)
        forget_change(state, self.key)
        obj.__dict__[self.key] = value
        return value

    def history(self, obj: Any) -> History:
        values = obj.__dict__
        state = values.get(STATE)
        committed = getattr(state, "committed", None)
        current = values.get(self.key, NO_VALUE)
        if committed is not None and self.key in committed:
            old = committed[self.key]
            if old is NO_VALUE and self.is_one_to_one and state.link.session is not None:
                old = committed[self.key] = self._load_old(obj, state)
            return reference_history(old, current)
        if current is NO_VALUE:
            return HISTORY_BLANK
        new = getattr(state, "pk", "loaded") is None and self.tracks
        if new and not (current is None and self.active_history):
            return History([current], (), ())
        return History((), [current], ())

    def _load_old(self, obj: Any, state: InstanceState[Any]) -> Any:
        """The object that the database has, for an attribute that was changed unloaded."""
        return run(self.load_old_steps(obj, state))

    def load_old_steps(self, obj: Any, state: InstanceState[Any]) -> Steps[Any]:
        """As above, as steps."""
        values = obj.__dict__
        current = values.pop(self.key, NO_VALUE)
        try:
            yield from state.link.session._load_attribute_steps(obj, self.key)
            return values.get(self.key)
        finally:
            values.pop(self.key, None)
            if current is not NO_VALUE:
                values[self.key] = current


def _is_expired(obj: Any) -> bool:
    state = obj.__dict__[STATE]
    return state.__class__ is InstanceState and state.expired is not None and state.expired_all
