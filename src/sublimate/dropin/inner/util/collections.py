"""Collections that remember their order, know objects by identity, or cannot be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from sublimate.util.immutabledict import immutabledict as immutabledict

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


EMPTY_DICT: immutabledict[Any, Any] = immutabledict()
EMPTY_SET: frozenset[Any] = frozenset()


class OrderedSet(set[T]):
    """A set that is read in the order in which its members came.

    >>> OrderedSet([3, 1, 3]) | [2]
    OrderedSet([3, 1, 2])
    """

    def __init__(self, members: Iterable[T] = (), /) -> None:
        self._list: list[T] = list(dict.fromkeys(members))
        super().__init__(self._list)

    def __iter__(self) -> Iterator[T]:
        return iter(self._list)

    def __getitem__(self, position: int) -> T:
        return self._list[position]

    def __repr__(self) -> str:
        return f"OrderedSet({self._list!r})"

    def copy(self) -> OrderedSet[T]:
        return OrderedSet(self._list)

    def add(self, member: T, /) -> None:
        if member not in self:
            super().add(member)
            self._list.append(member)

    append = add

    def insert(self, position: int, member: T) -> None:
        if member not in self:
            super().add(member)
            self._list.insert(position, member)

    def remove(self, member: T, /) -> None:
        super().remove(member)
        self._list.remove(member)

    def discard(self, member: object, /) -> None:
        if member in self:
            super().discard(member)
            self._list.remove(member)  # type: ignore[arg-type]

    def pop(self) -> T:
        member = self._list.pop()
        super().remove(member)
        return member

    def clear(self) -> None:
        super().clear()
        self._list.clear()

    def _become(self, members: Iterable[T]) -> OrderedSet[T]:
        self._list = list(dict.fromkeys(members))
        super().clear()
        super().update(self._list)
        return self

    def union(self, *others: Iterable[Any]) -> OrderedSet[Any]:
        return OrderedSet([*self._list, *(member for other in others for member in other)])

    def intersection(self, *others: Iterable[Any]) -> OrderedSet[T]:
        common = set(self._list).intersection(*others)
        return OrderedSet(member for member in self._list if member in common)

    def difference(self, *others: Iterable[Any]) -> OrderedSet[T]:
        left = set(self._list).difference(*others)
        return OrderedSet(member for member in self._list if member in left)

    def symmetric_difference(self, other: Iterable[Any]) -> OrderedSet[Any]:
        others = OrderedSet(other)
        return OrderedSet([*self.difference(others), *others.difference(self._list)])

    def update(self, *others: Iterable[T]) -> None:
        self._become(self.union(*others))

    def intersection_update(self, *others: Iterable[Any]) -> None:
        self._become(self.intersection(*others))

    def difference_update(self, *others: Iterable[Any]) -> None:
        self._become(self.difference(*others))

    def symmetric_difference_update(self, other: Iterable[T]) -> None:
        self._become(self.symmetric_difference(other))

    def __or__(self, other: AbstractSet[Any]) -> OrderedSet[Any]:
        return self.union(other)

    def __and__(self, other: AbstractSet[Any]) -> OrderedSet[T]:
        return self.intersection(other)

    def __sub__(self, other: AbstractSet[Any]) -> OrderedSet[T]:
        return self.difference(other)

    def __xor__(self, other: AbstractSet[Any]) -> OrderedSet[Any]:
        return self.symmetric_difference(other)

    def __ior__(self, other: AbstractSet[Any]) -> OrderedSet[T]:  # type: ignore[override]
        return self._become(self.union(other))

    def __iand__(self, other: AbstractSet[Any]) -> OrderedSet[T]:
        return self._become(self.intersection(other))

    def __isub__(self, other: AbstractSet[Any]) -> OrderedSet[T]:
        return self._become(self.difference(other))

    def __ixor__(self, other: AbstractSet[Any]) -> OrderedSet[T]:  # type: ignore[override]
        return self._become(self.symmetric_difference(other))


class IdentitySet:
    """A set of objects that compares them by identity."""

    def __init__(self, members: Iterable[Any] = ()) -> None:
        self._members = {id(member): member for member in members}

    def add(self, member: Any) -> None:
        self._members[id(member)] = member

    def discard(self, member: Any) -> None:
        self._members.pop(id(member), None)

    def remove(self, member: Any) -> None:
        del self._members[id(member)]

    def update(self, members: Iterable[Any]) -> None:
        self._members.update((id(member), member) for member in members)

    def union(self, members: Iterable[Any]) -> IdentitySet:
        return IdentitySet([*self, *members])

    def difference(self, members: Iterable[Any]) -> IdentitySet:
        others = {id(member) for member in members}
        return IdentitySet(member for member in self if id(member) not in others)

    def intersection(self, members: Iterable[Any]) -> IdentitySet:
        others = {id(member) for member in members}
        return IdentitySet(member for member in self if id(member) in others)

    __or__, __sub__, __and__ = union, difference, intersection

    def __contains__(self, member: object) -> bool:
        return id(member) in self._members

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._members.values()))

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        return f"IdentitySet({list(self._members.values())!r})"


class PopulateDict(dict[K, V]):
    """A dictionary that computes what is missing from its key."""

    def __init__(self, creator: Callable[[K], V]) -> None:
        super().__init__()
        self.creator = creator

    def __missing__(self, key: K) -> V:
        self[key] = value = self.creator(key)
        return value


def to_list(x: Any, default: list[Any] | None = None) -> Any:
    """A list of one thing or of many; `default` for None. A string is one thing."""
    if x is None:
        return default
    if isinstance(x, list):
        return x
    return list(x) if isinstance(x, Iterable) and not isinstance(x, str | bytes) else [x]


def to_set(x: Any) -> set[Any]:
    """A set of one thing or of many; the empty set for None."""
    return x if isinstance(x, set) else set(to_list(x, []))


def unique_list(seq: Iterable[T], hashfunc: Callable[[T], Any] | None = None) -> list[T]:
    """The members in their order, each once."""
    if hashfunc is None:
        return list(dict.fromkeys(seq))
    return list({hashfunc(member): member for member in reversed(list(seq))}.values())[::-1]


def flatten_iterator(x: Iterable[Any]) -> Iterator[Any]:
    """All members of nested collections; strings are members."""
    for member in x:
        if isinstance(member, Iterable) and not isinstance(member, str | bytes):
            yield from flatten_iterator(member)
        else:
            yield member


def update_copy(d: dict[Any, Any], _new: dict[Any, Any] | None = None, **kw: Any) -> dict[Any, Any]:
    """A copy with further entries."""
    return {**d, **(_new or {}), **kw}
