"""IdentitySet: objects compared by identity, as `session.new` and its kin show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


class IdentitySet:
    """A read-only set of objects, in order, that never asks them for `==` or hash."""

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[Any] = ()) -> None:
        self._items = {id(item): item for item in items}

    def __contains__(self, item: object) -> bool:
        return id(item) in self._items

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __bool__(self) -> bool:
        return bool(self._items)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, IdentitySet):
            return self._items.keys() == other._items.keys()
        if isinstance(other, (set, frozenset)):
            return {id(item) for item in other} == self._items.keys()
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __or__(self, other: Iterable[Any]) -> IdentitySet:
        return IdentitySet([*self, *other])

    union = __or__

    def __and__(self, other: Iterable[Any]) -> IdentitySet:
        known = {id(item) for item in other}
        return IdentitySet([item for item in self if id(item) in known])

    intersection = __and__

    def __sub__(self, other: Iterable[Any]) -> IdentitySet:
        known = {id(item) for item in other}
        return IdentitySet([item for item in self if id(item) not in known])

    difference = __sub__

    def __repr__(self) -> str:
        return f"IdentitySet({list(self)!r})"
