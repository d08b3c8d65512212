"""What an association proxy shows of a collection: a list, a set or a dictionary of the related objects' values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping, MutableSequence, MutableSet, Set
from typing import Any

from sublimate import exc


def kind_of(collection: Any) -> type:
    for kind in (dict, set, list):
        if isinstance(collection, kind):
            return kind
    for kind, method in ((dict, "items"), (set, "add"), (list, "append")):
        if hasattr(collection, method):
            return kind
    raise exc.ArgumentError(
        f"could not guess which interface to use for collection_class {type(collection).__name__!r} backing a proxy; specify a "
        "proxy_factory and proxy_bulk_set manually"
    )


class _View:
    """What the views share: the collection, and how values become related objects and back."""

    def __init__(self, lazy_collection: Callable[[], Any], creator: Any, getter: Any, setter: Any) -> None:
        self.lazy_collection = lazy_collection
        self.creator = creator
        self.getter = getter
        self.setter = setter

    @property
    def col(self) -> Any:
        return self.lazy_collection()

    def __len__(self) -> int:
        return len(self.col)

    def __bool__(self) -> bool:
        return bool(self.col)

    __hash__ = None  # type: ignore[assignment]


class _AssociationList(_View, MutableSequence[Any]):
    """A list of related objects' values."""

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self.getter(member) for member in self.col[index]]
        return self.getter(self.col[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(index, slice):
            self.col[index] = [self.creator(v) for v in value]
        else:
            self.setter(self.col[index], value)

    def __delitem__(self, index: Any) -> None:
        del self.col[index]

    def insert(self, index: int, value: Any) -> None:
        self.col[index:index] = [self.creator(value)]

    def append(self, value: Any) -> None:
        self.col.append(self.creator(value))

    def __iter__(self) -> Iterator[Any]:
        return iter([self.getter(member) for member in self.col])

    def clear(self) -> None:
        del self.col[0 : len(self.col)]

    def copy(self) -> list[Any]:
        return list(self)

    def _replace(self, values: Iterable[Any]) -> None:
        self.clear()
        self.extend(values)

    def sort(self, **_: Any) -> Any:
        raise NotImplementedError("an association list cannot be sorted in place")

    def __eq__(self, other: object) -> bool:
        return list(self) == (list(other) if isinstance(other, _AssociationList) else other)

    def __lt__(self, other: Any) -> bool:
        return list(self) < list(other)

    def __gt__(self, other: Any) -> bool:
        return list(self) > list(other)

    def __add__(self, other: Iterable[Any]) -> list[Any]:
        return [*self, *other]

    def __radd__(self, other: Iterable[Any]) -> list[Any]:
        return [*other, *self]

    def __mul__(self, n: int) -> list[Any]:
        return list(self) * n

    def __repr__(self) -> str:
        return repr(list(self))


class _AssociationSet(_View, MutableSet[Any]):
    """A set of related objects' values."""

    def __contains__(self, value: object) -> bool:
        return any(self.getter(member) == value for member in self.col)

    def __iter__(self) -> Iterator[Any]:
        return iter([self.getter(member) for member in self.col])

    def add(self, value: Any) -> None:
        if value not in self:
            self.col.add(self.creator(value))

    def discard(self, value: Any) -> None:
        for member in self.col:
            if self.getter(member) == value:
                self.col.discard(member)
                break

    def remove(self, value: Any) -> None:
        for member in self.col:
            if self.getter(member) == value:
                self.col.discard(member)
                return
        raise KeyError(value)

    def update(self, *others: Iterable[Any]) -> None:
        for other in others:
            for value in other:
                self.add(value)

    def difference_update(self, *others: Iterable[Any]) -> None:
        for other in others:
            for value in list(other):
                self.discard(value)

    def intersection_update(self, *others: Iterable[Any]) -> None:
        self._replace(self.intersection(*others))

    def symmetric_difference_update(self, other: Iterable[Any]) -> None:
        self._replace(self.symmetric_difference(other))

    def union(self, *others: Iterable[Any]) -> set[Any]:
        return set(self).union(*others)

    def intersection(self, *others: Iterable[Any]) -> set[Any]:
        return set(self).intersection(*others)

    def difference(self, *others: Iterable[Any]) -> set[Any]:
        return set(self).difference(*others)

    def symmetric_difference(self, other: Iterable[Any]) -> set[Any]:
        return set(self).symmetric_difference(other)

    def issubset(self, other: Iterable[Any]) -> bool:
        return set(self).issubset(other)

    def issuperset(self, other: Iterable[Any]) -> bool:
        return set(self).issuperset(other)

    def copy(self) -> set[Any]:
        return set(self)

    def _replace(self, values: Iterable[Any]) -> None:
        wanted = set(values)
        present = set(self)
        for value in wanted - present:
            self.add(value)
        for value in present - wanted:
            self.remove(value)

    def __or__(self, other: Any) -> Any:
        return self.union(other) if isinstance(other, Set) else NotImplemented

    def __and__(self, other: Any) -> Any:
        return self.intersection(other) if isinstance(other, Set) else NotImplemented

    def __xor__(self, other: Any) -> Any:
        return self.symmetric_difference(other) if isinstance(other, Set) else NotImplemented

    def __sub__(self, other: Any) -> Any:
        return self.difference(other) if isinstance(other, Set) else NotImplemented

    __ror__, __rand__, __rxor__ = __or__, __and__, __xor__

    def __rsub__(self, other: Any) -> Any:
        return set(other) - set(self) if isinstance(other, Set) else NotImplemented

    def __ior__(self, other: Any) -> Any:
        return self._changed(self.update, other)

    def __iand__(self, other: Any) -> Any:
        return self._changed(self.intersection_update, other)

    def __ixor__(self, other: Any) -> Any:
        return self._changed(self.symmetric_difference_update, other)

    def __isub__(self, other: Any) -> Any:
        return self._changed(self.difference_update, other)

    def _changed(self, update: Callable[[Any], None], other: Any) -> Any:
        if not isinstance(other, Set):
            return NotImplemented
        update(other)
        return self

    def __eq__(self, other: object) -> bool:
        return set(self) == (set(other) if isinstance(other, _AssociationSet) else other)

    def __repr__(self) -> str:
        return repr(set(self))


class _AssociationDict(_View, MutableMapping[Any, Any]):
    """A dictionary of related objects' values, under the collection's keys."""

    def __getitem__(self, key: Any) -> Any:
        return self.getter(self.col[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        if key in self.col:
            self.setter(self.col[key], key, value)
        else:
            self.col[key] = self.creator(key, value)

    def __delitem__(self, key: Any) -> None:
        del self.col[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.col)

    def __contains__(self, key: object) -> bool:
        return key in self.col

    def clear(self) -> None:
        self.col.clear()

    def copy(self) -> dict[Any, Any]:
        return dict(self.items())

    def _replace(self, values: Any) -> None:
        wanted = dict(values)
        for key in [k for k in self if k not in wanted]:
            del self[key]
        self.update(wanted)

    def __eq__(self, other: object) -> bool:
        return dict(self) == (dict(other) if isinstance(other, _AssociationDict) else other)

    def __repr__(self) -> str:
        return repr(dict(self))


VIEWS: dict[type, Any] = {list: _AssociationList, set: _AssociationSet, dict: _AssociationDict}


class HandedOut(dict[tuple[int, int], Any]):
    """The views an object has handed out; they are made again where it is pickled or deeply copied."""

    def __reduce__(self) -> Any:
        return HandedOut, ()
