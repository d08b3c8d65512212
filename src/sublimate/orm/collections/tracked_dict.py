"""Dictionaries that report what enters and leaves them to their attribute; the related objects are the values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sublimate.orm.collections.base import Tracked

K = TypeVar("K")
V = TypeVar("V")

_MISSING: Any = object()


def dict_methods(base: type[dict[Any, Any]]) -> dict[str, Callable[..., Any]]:
    """The mutating methods of a dictionary class, telling `_impl` before they change anything."""

    def __setitem__(self: Any, key: Any, value: Any, _sa_initiator: Any = None) -> None:
        impl = self._impl
        if impl is not None:
            old = self.get(key, _MISSING)
            if old is value:
                return
            if old is not _MISSING:
                impl.removing(self, old)
            value = impl.appending(self, value)
        base.__setitem__(self, key, value)

    def __delitem__(self: Any, key: Any, _sa_initiator: Any = None) -> None:
        impl = self._impl
        if impl is not None and key in self:
            impl.removing(self, self[key])
        base.__delitem__(self, key)

    def clear(self: Any) -> None:
        for key in list(self):
            __delitem__(self, key)

    def pop(self: Any, key: Any, default: Any = _MISSING) -> Any:
        impl = self._impl
        if impl is not None and key in self:
            impl.removing(self, self[key])
        return base.pop(self, key) if default is _MISSING else base.pop(self, key, default)

    def popitem(self: Any) -> Any:
        impl = self._impl
        if impl is not None and self:
            impl.removing(self, self[next(reversed(self))])
        return base.popitem(self)

    def setdefault(self: Any, key: Any, default: Any = None) -> Any:
        if key not in self:
            __setitem__(self, key, default)
        return self[key]

    def update(self: Any, *args: Any, **kwargs: Any) -> None:
        for key, value in dict(*args, **kwargs).items():
            __setitem__(self, key, value)

    def __ior__(self: Any, other: Any) -> Any:
        update(self, other)
        return self

    methods = (__setitem__, __delitem__, clear, pop, popitem, setdefault, update, __ior__)
    return {method.__name__: method for method in methods}


class InstrumentedDict(Tracked, dict[K, V]):
    """A dictionary of related objects; `KeyFuncDict` adds the function that gives each its key."""

    __emulates__ = dict
    _sa_roles = ("set", "remove", "values")


for _name, _method in dict_methods(dict).items():
    setattr(InstrumentedDict, _name, _method)
