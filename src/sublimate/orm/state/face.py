"""The attributes of one instance, as `inspect(instance).attrs` shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sublimate.orm.state.history import History
from sublimate.orm.state.symbols import NO_VALUE


class AttributeState:
    """One attribute of one instance.

    >>> inspect(user).attrs.name.history
    History(added=['new'], unchanged=(), deleted=['old'])
    """

    __slots__ = ("key", "state")

    def __init__(self, state: Any, key: str) -> None:
        self.state = state
        self.key = key

    @property
    def loaded_value(self) -> Any:
        """The value, or NO_VALUE if it is not loaded."""
        return self.state.dict.get(self.key, NO_VALUE)

    @property
    def value(self) -> Any:
        """The value, loaded if need be."""
        return getattr(self.state.obj(), self.key)

    @property
    def history(self) -> History:
        """What changed since the last flush; loads nothing."""
        obj = self.state.obj()
        mapper = self.state.mapper
        impl = mapper.class_state.impls.get(self.key)
        found: History
        if impl is None:  # a composite or synonym
            found = mapper._props[self.key].history_of(obj)
        else:
            found = impl.blank() if obj is None else impl.history(obj)
        return found

    def load_history(self) -> History:
        """What changed since the last flush; loads the value if need be."""
        getattr(self.state.obj(), self.key)
        return self.history


class AttributeStates:
    """Attribute name -> `AttributeState`, by item or by attribute."""

    __slots__ = ("_state",)

    def __init__(self, state: Any) -> None:
        self._state = state

    def _props(self) -> Any:
        return self._state.mapper._props

    def __getattr__(self, key: str) -> AttributeState:
        if key in self._props():
            return AttributeState(self._state, key)
        raise AttributeError(key)

    def __getitem__(self, key: str) -> AttributeState:
        if key not in self._props():
            raise KeyError(key)
        return AttributeState(self._state, key)

    def get(self, key: str, default: Any = None) -> AttributeState | Any:
        return AttributeState(self._state, key) if key in self._props() else default

    def __contains__(self, key: object) -> bool:
        return key in self._props()

    def __iter__(self) -> Iterator[AttributeState]:
        return iter(self.values())

    def __len__(self) -> int:
        return len(self._props())

    def keys(self) -> list[str]:
        return list(self._props())

    def values(self) -> list[AttributeState]:
        return [AttributeState(self._state, key) for key in self._props()]

    def items(self) -> list[tuple[str, AttributeState]]:
        return [(key, AttributeState(self._state, key)) for key in self._props()]
