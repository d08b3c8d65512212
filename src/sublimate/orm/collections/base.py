"""What all collections of related objects have in common: their owner and attribute, and how they are pickled."""

from __future__ import annotations

import weakref
from typing import Any


class Tracked:
    """A collection that may belong to an attribute of an object."""

    __slots__ = ()

    _owner: Any = None
    _impl: Any = None
    _sa_instrumented = True

    @property
    def _sa_adapter(self) -> Any:
        from sublimate.orm.collections.adapter import CollectionAdapter

        return None if self._impl is None else CollectionAdapter(self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        values = dict(self.__dict__)
        owner, impl = values.pop("_owner", None), values.pop("_impl", None)
        where = None if impl is None or owner is None else (owner(), impl.key)
        return _empty, (_public_class(type(self)),), (values, where, _contents(self))

    def __setstate__(self, state: Any) -> None:
        values, where, contents = state
        self.__dict__.update(values)
        base = type(self)
        if isinstance(self, dict):
            dict.update(self, contents)
        elif isinstance(self, set):
            set.update(self, contents)
        elif isinstance(self, list):
            list.extend(self, contents)
        else:
            raise TypeError(f"{base.__name__} cannot be unpickled: define __reduce__ on it")
        if where is not None and where[0] is not None:
            self._owner = weakref.ref(where[0])
            self._impl = type(where[0]).__mapper__.class_state.impls[where[1]]


def _contents(tracked: Any) -> Any:
    return dict(tracked) if isinstance(tracked, dict) else list(tracked)


def _public_class(cls: Any) -> Any:
    """The class as the program wrote it."""
    return cls.__dict__.get("_sa_written_as", cls)


def _empty(cls: Any) -> Any:
    """An empty collection of the tracked form of a class, made without its constructor."""
    from sublimate.orm.collections.prepare import tracked_class

    tracked = tracked_class(cls)
    return tracked.__new__(tracked)
