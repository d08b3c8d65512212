"""Lists that report what enters and leaves them to their attribute."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sublimate.orm.collections.base import Tracked

T = TypeVar("T")


def list_methods(base: type[list[Any]]) -> dict[str, Callable[..., Any]]:
    """The mutating methods of a list class, telling `_impl` before they change anything."""

    def append(self: Any, item: Any, _sa_initiator: Any = None) -> None:
        impl = self._impl
        base.append(self, item if impl is None else impl.appending(self, item))

    def remove(self: Any, value: Any, _sa_initiator: Any = None) -> None:
        impl = self._impl
        if impl is not None:
            impl.removing(self, self[self.index(value)] if value in self else _absent(self, value))
        base.remove(self, value)

    def insert(self: Any, index: Any, value: Any) -> None:
        impl = self._impl
        base.insert(self, index, value if impl is None else impl.appending(self, value))

    def extend(self: Any, iterable: Iterable[Any]) -> None:
        if self._impl is None:
            base.extend(self, iterable)
            return
        for item in list(iterable):
            append(self, item)

    def __iadd__(self: Any, iterable: Iterable[Any]) -> Any:
        extend(self, iterable)
        return self

    def pop(self: Any, index: Any = -1) -> Any:
        impl = self._impl
        if impl is not None and len(self):
            impl.removing(self, self[index])
        return base.pop(self, index)

    def clear(self: Any) -> None:
        impl = self._impl
        if impl is not None:
            for item in list(self):
                impl.removing(self, item)
        base.clear(self)

    def __delitem__(self: Any, index: Any) -> None:
        impl = self._impl
        if impl is not None:
            for item in self[index] if isinstance(index, slice) else [self[index]]:
                impl.removing(self, item)
        base.__delitem__(self, index)

    def __setitem__(self: Any, index: Any, value: Any) -> None:
        impl = self._impl
        if impl is None:
            base.__setitem__(self, index, value)
        elif isinstance(index, slice):
            _set_slice(self, impl, index, list(value))
        elif self[index] is not value:
            impl.removing(self, self[index])
            base.__setitem__(self, index, impl.appending(self, value))

    def _set_slice(self: Any, impl: Any, index: slice, new: list[Any]) -> None:
        old = self[index]
        if index.step not in (None, 1) and len(old) != len(new):
            raise ValueError(
                f"attempt to assign sequence of size {len(new)} to extended slice of size {len(old)}"
            )
        kept = set(map(id, new)) & set(map(id, old))
        for item in old:
            if id(item) not in kept:
                impl.removing(self, item)
        base.__setitem__(
            self, index, [item if id(item) in kept else impl.appending(self, item) for item in new]
        )

    methods = (append, remove, insert, extend, __iadd__, pop, clear, __delitem__, __setitem__)
    return {method.__name__: method for method in methods}


def _absent(items: list[Any], value: Any) -> Any:
    raise ValueError("list.remove(x): x not in list")


class InstrumentedList(Tracked, list[T]):
    """The list behind a relationship such as `Mapped[list["Post"]]`."""

    __emulates__ = list
    _sa_roles = ("append", "remove", "__iter__")


for _name, _method in list_methods(list).items():
    setattr(InstrumentedList, _name, _method)
