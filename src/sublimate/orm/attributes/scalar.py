"""Column values: set, delete, history. The plain set without listeners is inlined into the class's `__setattr__`."""

from __future__ import annotations

from operator import eq
from typing import Any

from sublimate.orm.attributes.base import Attribute, own_state, remember
from sublimate.orm.attributes.history import HISTORY_BLANK, History, scalar_history
from sublimate.orm.state.expiry import forget_change
from sublimate.orm.state.instance import state_of
from sublimate.orm.state.symbols import NO_VALUE, STATE


class ScalarAttribute(Attribute):
    """A column's value."""

    @property
    def plain(self) -> bool:
        """Setting it is nothing but storing a value and remembering the old one."""
        return not (self.validators or self.listeners or self.active_history)

    def equal(self, current: Any, old: Any) -> bool:
        if current is old:
            return True
        columns = getattr(self.prop, "columns", None)
        compare = getattr(columns[0].type, "compare_values", None) if columns else None
        return bool((compare or eq)(current, old))

    def set(self, obj: Any, value: Any) -> None:
        values = obj.__dict__
        state = own_state(obj) if STATE in values else _new_state(obj)
        if self.watched or self.active_history:
            old = self.old_value(obj, values, state)
            value = self.ask("set", obj, value, old, self)
        else:
            old = values.get(self.key, NO_VALUE)
        remember(obj, state, self.key, old)
        values[self.key] = value

    def delete(self, obj: Any) -> None:
        values = obj.__dict__
        state = own_state(obj)
        if self.key not in values:
            if state.pk is None or (state.committed is not None and self.key in state.committed):
                self.tell_removed("remove", obj, NO_VALUE, self)
                raise AttributeError(f"{self.mapper.class_.__name__}.{self.key} object does not have a value")
            getattr(obj, self.key)
        old = values.get(self.key, NO_VALUE)
        self.tell_removed("remove", obj, old, self)
        remember(obj, state, self.key, old)
        values.pop(self.key, None)

    def set_committed(self, obj: Any, value: Any) -> Any:
        """Store a value as if it had been loaded."""
        state = own_state(obj)
        forget_change(state, self.key)
        if state.expired_keys is not None:
            state.expired_keys.discard(self.key)
        obj.__dict__[self.key] = value
        return value

    def history(self, obj: Any) -> History:
        values = obj.__dict__
        state = values.get(STATE)
        committed = getattr(state, "committed", None)
        current = values.get(self.key, NO_VALUE)
        if committed is not None and self.key in committed:
            return scalar_history(committed[self.key], current, self.equal)
        if current is NO_VALUE:
            return HISTORY_BLANK
        return (
            History([current], (), ())
            if getattr(state, "pk", "loaded") is None
            else History((), [current], ())
        )


def _new_state(obj: Any) -> Any:
    return state_of(obj)
