"""Sets that report what enters and leaves them to their attribute."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from sublimate.orm.collections.base import Tracked

T = TypeVar("T")


def set_methods(base: type[set[Any]]) -> dict[str, Callable[..., Any]]:
    """The mutating methods of a set class, telling `_impl` before they change anything."""

    def add(self: Any, item: Any, _sa_initiator: Any = None) -> None:
        impl = self._impl
        if impl is not None and item not in self:
            item = impl.appending(self, item)
        base.add(self, item)

    def discard(self: Any, item: Any, _sa_initiator: Any = None) -> None:
        impl = self._impl
        if impl is not None and item in self:
            impl.removing(self, item)
        base.discard(self, item)

    def remove(self: Any, item: Any, _sa_initiator: Any = None) -> None:
        impl = self._impl
        if impl is not None and item in self:
            impl.removing(self, item)
        base.remove(self, item)

    def pop(self: Any) -> Any:
        impl = self._impl
        if impl is None or not self:
            return base.pop(self)
        item = next(iter(self))
        remove(self, item)
        return item

    def clear(self: Any) -> None:
        for item in list(self):
            remove(self, item)

    def update(self: Any, *others: Iterable[Any]) -> None:
        for item in [item for other in others for item in other]:
            add(self, item)

    def difference_update(self: Any, *others: Iterable[Any]) -> None:
        for item in [item for other in others for item in other]:
            discard(self, item)

    def intersection_update(self: Any, *others: Iterable[Any]) -> None:
        _become(self, set(self).intersection(*others))

    def symmetric_difference_update(self: Any, other: Iterable[Any]) -> None:
        _become(self, set(self).symmetric_difference(other))

    def _become(self: Any, wanted: set[Any]) -> None:
        for item in set(self) - wanted:
            remove(self, item)
        for item in wanted - set(self):
            add(self, item)

    def in_place(change: Callable[[Any, Any], None]) -> Callable[[Any, Any], Any]:
        def operator(self: Any, other: Any) -> Any:
            if not isinstance(other, AbstractSet):
                return NotImplemented
            change(self, other)
            return self

        return operator

    named = (
        add, discard, remove, pop, clear, update, difference_update, intersection_update, symmetric_difference_update,
    )  # fmt: skip
    methods: dict[str, Callable[..., Any]] = {method.__name__: method for method in named}
    methods["__ior__"] = in_place(update)
    methods["__isub__"] = in_place(difference_update)
    methods["__iand__"] = in_place(intersection_update)
    methods["__ixor__"] = in_place(symmetric_difference_update)
    return methods


class InstrumentedSet(Tracked, set[T]):
    """The set behind a relationship such as `Mapped[set["Tag"]]`."""

    __emulates__ = set
    _sa_roles = ("add", "remove", "__iter__")


for _name, _method in set_methods(set).items():
    setattr(InstrumentedSet, _name, _method)
