"""What scalar, reference and collection attributes have in common: change records, listeners, and reads of nothing."""

from __future__ import annotations

from typing import Any, NoReturn

from sublimate.orm.attributes.history import HISTORY_BLANK, History
from sublimate.orm.exc import DetachedInstanceError, describe
from sublimate.orm.state.instance import InstanceState, promote
from sublimate.orm.state.symbols import NO_VALUE, STATE


def own_state(obj: Any) -> InstanceState[Any]:
    """The instance's own state; AttributeError for what is no mapped instance."""
    state = obj._sa_instance_state
    if state.__class__ is InstanceState:
        return state
    return promote(obj, state)


def remember(obj: Any, state: InstanceState[Any], key: str, old: Any) -> None:
    """Keep the value that an attribute had at first. New objects have nothing to remember."""
    committed = state.committed
    if state.expired_keys is not None and key in state.expired_keys:
        state.expired_keys.discard(key)
        if key in state.mapper.class_state.column_keys:
            old = NO_VALUE  # readable, but nobody knows what the row holds by now
    if committed is None:
        if state.pk is None:
            return
        state.committed = {key: old}
        session = state.link.session
        if session is not None:
            session._dirty[state] = obj
    elif key not in committed:
        committed[key] = old


def mark_changed(obj: Any, state: InstanceState[Any]) -> None:
    """The object counts as modified, though no value of its own has changed."""
    if state.committed is None and state.pk is not None:
        state.committed = {}
        session = state.link.session
        if session is not None:
            session._dirty[state] = obj


class Attribute:
    """How one attribute of one mapper behaves on instances. Subclasses know their kind of value."""

    is_collection = False
    is_reference = False
    write_only = False
    unset: Any = None
    """What an attribute is that a new object never got."""

    def __init__(self, mapper: Any, key: str, prop: Any) -> None:
        self.mapper = mapper
        self.key = key
        self.prop = prop
        self.validators: tuple[Any, ...] = ()
        self.listeners: dict[str, list[Any]] = {}
        self.early: frozenset[int] = frozenset()
        """The listeners (by id) that were there before the mapper was configured: they come before validators."""

    @property
    def label(self) -> str:
        return f"'{self.mapper.class_.__name__}.{self.key}'"

    @property
    def watched(self) -> bool:
        """Somebody must be asked or told about changes."""
        return bool(self.validators or self.listeners)

    @property
    def active_history(self) -> bool:
        """A change needs to know the value before it, which is loaded if need be."""
        return self.needs_history()

    @active_history.setter
    def active_history(self, value: bool) -> None:
        from .instrument import install

        self.prop.active_history = value
        for each in self.mapper.self_and_descendants:
            install(each)

    def needs_history(self) -> bool:
        return bool(getattr(self.prop, "active_history", False))

    # ---- reading

    def missing(self, obj: Any) -> Any:
        """The value of an attribute that is not in the object's `__dict__`."""
        values = obj.__dict__
        state = values.get(STATE)
        if state is None:
            state = promote(obj, None)
        if state.__class__ is InstanceState and state.pk is None:
            if state.expired_keys is not None and self.key in state.expired_keys:
                self.detached(obj, state)
            return self.first_read(obj, state)
        if (
            state.__class__ is InstanceState
            and state.committed is not None
            and self.key in state.committed
            and not self.is_collection
        ):
            return None  # the value was deleted
        session = state.link.session
        if session is None:
            self.detached(obj, state)
        return session._load_missing(obj, state, self.key)

    def first_read(self, obj: Any, state: InstanceState[Any]) -> Any:
        """The value of an attribute that a new object never got, for somebody who reads it."""
        return self.initial(obj, state)

    def initial(self, obj: Any, state: InstanceState[Any]) -> Any:
        """The value of an attribute that a new object never got."""
        value = self.unset
        for listener in self.listeners.get("init_scalar", ()):
            answer = listener(obj, value, obj.__dict__)
            if listener.retval:
                value = answer
        return value

    def detached(self, obj: Any, state: Any) -> NoReturn:
        expired = (
            state.__class__ is InstanceState
            and state.expired_keys is not None
            and self.key in state.expired_keys
        )
        if expired or not getattr(self.prop, "deferred", False):
            message = f"Instance {describe(obj)} is not bound to a Session; attribute refresh operation cannot proceed"
        else:
            message = (
                f"Parent instance {describe(obj)} is not bound to a Session; "
                f"deferred load operation of attribute '{self.key}' cannot proceed"
            )
        raise DetachedInstanceError(message)

    def blank(self) -> History:
        """The history of an attribute whose object is gone."""
        return HISTORY_BLANK

    def history(self, obj: Any) -> History:
        raise NotImplementedError

    def complete(self, obj: Any) -> None:
        """Load what its history lacks."""
        if self.key not in obj.__dict__ and not self.history(obj).has_changes():
            getattr(obj, self.key)

    def old_value(self, obj: Any, values: dict[str, Any], state: InstanceState[Any]) -> Any:
        """The value before a change: loaded first only if the mapping asks for that."""
        if self.key in values:
            return values[self.key]
        return self.known_actively(obj, state) if state.pk is not None and self.active_history else NO_VALUE

    def known_actively(self, obj: Any, state: InstanceState[Any]) -> Any:
        """The value before a change, of which the mapping says that it must be known then."""
        if state.pk is None:
            return None
        if state.link.session is None:
            self.detached(obj, state)
        return self.load_quietly(obj, state.link.session)

    def load_quietly(self, obj: Any, session: Any) -> Any:
        """The present value, loaded where needed, for a change that is about to be made: no reason to flush."""
        before, session.autoflush = session.autoflush, False
        try:
            return getattr(obj, self.key)
        finally:
            session.autoflush = before

    # ---- validators and listeners

    def ask(
        self, event: str, obj: Any, value: Any, *more: Any, backref: bool = False, validated: bool = False
    ) -> Any:
        """Show a value on its way in to validators (unless they have seen it) and listeners, who may give another."""
        first, then = self._in_order(event)
        value = _answered(first, obj, value, more)
        for validator in () if validated else self.validators:
            if validator.include_backrefs or not backref:
                value = validator(obj, self.key, value, False)
        return _answered(then, obj, value, more)

    def _in_order(self, event: str) -> tuple[list[Any], list[Any]]:
        """The listeners that come before validators, and those that come after."""
        found = self.listeners.get(event, [])
        if not self.early or not self.validators:
            return [], found
        return [x for x in found if id(x) in self.early], [x for x in found if id(x) not in self.early]

    def tell_removed(self, event: str, obj: Any, value: Any, *more: Any, backref: bool = False) -> None:
        """Show a value on its way out."""
        first, then = self._in_order(event)
        for listener in first:
            listener(obj, value, *more)
        for validator in self.validators:
            if validator.include_removes and (validator.include_backrefs or not backref):
                validator(obj, self.key, value, True)
        for listener in then:
            listener(obj, value, *more)


def _answered(listeners: list[Any], obj: Any, value: Any, more: tuple[Any, ...]) -> Any:
    for listener in listeners:
        answer = listener(obj, value, *more)
        if listener.retval:
            value = answer
    return value
