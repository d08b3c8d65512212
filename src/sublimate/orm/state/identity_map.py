"""Which instance stands for which row in a session. Holds nobody alive; dead entries are swept now and then."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

from sublimate.orm.state.instance import InstanceState, state_of

_ref = weakref.ref
_SWEEP_AT = 2000


class _ByMapper(dict[Any, dict[Any, "weakref.ref[Any]"]]):
    """The entries of each base mapper. What one query loaded waits as two lists until somebody looks a key up: many sessions
    load once and end, and lists take a third of a dictionary's time and memory.
    """

    __slots__ = ("waiting",)

    def __init__(self) -> None:
        super().__init__()
        self.waiting: dict[Any, tuple[list[Any], list[weakref.ref[Any]]]] = {}

    def __missing__(self, mapper: Any) -> dict[Any, weakref.ref[Any]]:
        keys, references = self.waiting.pop(mapper, _NONE)
        entries = self[mapper] = dict(zip(keys, references, strict=True))
        return entries


_NONE: tuple[list[Any], list[Any]] = ([], [])


class IdentityMap:
    """Primary keys to weak references, a dictionary per base mapper; for each identity token a map of its own.

    The mapping face takes SQLAlchemy's identity keys: `(class, (pk, ...), token)`.
    """

    __slots__ = ("_limit", "_others", "by_mapper", "token")

    def __init__(self, token: Any = None) -> None:
        self.by_mapper = _ByMapper()
        self.token = token
        self._others: dict[Any, IdentityMap] = {}
        self._limit = _SWEEP_AT

    def of(self, token: Any) -> IdentityMap:
        """The map of the objects with this identity token."""
        if token == self.token:
            return self
        found = self._others.get(token)
        if found is None:
            found = self._others[token] = IdentityMap(token)
        return found

    def find(self, base: Any, key: Any) -> Any:
        """The living instance with this key (scalar, or tuple where composite), or None."""
        reference = self.by_mapper[base].get(key)
        return None if reference is None else reference()

    def add(self, obj: Any, base: Any, key: Any) -> None:
        self.by_mapper[base][key] = _ref(obj)

    def is_empty(self, base: Any) -> bool:
        """Whether no object of this base mapper was entered."""
        return not self.by_mapper.get(base) and base not in self.by_mapper.waiting

    def admit(self, base: Any, keys: list[Any], objects: list[Any]) -> list[Any]:
        """Enter new objects where there is none yet. The objects; of those with one key, the first. `keys` are each once then."""
        if len(set(keys)) < len(keys):
            first: dict[Any, Any] = {}
            objects = [first.setdefault(key, obj) for key, obj in zip(keys, objects, strict=True)]
            keys[:] = first
            references = list(map(_ref, first.values()))
        else:
            references = list(map(_ref, objects))
        by_mapper = self.by_mapper
        if base in by_mapper:
            by_mapper[base].update(zip(keys, references, strict=True))
        else:
            by_mapper.waiting[base] = keys, references
        self._limit = max(self._limit, _SWEEP_AT + 2 * len(keys))  # all of these are alive
        return objects

    def _all(self) -> list[tuple[Any, dict[Any, weakref.ref[Any]]]]:
        """Base mappers and their entries."""
        by_mapper = self.by_mapper
        for base in list(by_mapper.waiting):
            by_mapper[base]
        return list(by_mapper.items())

    def discard(self, base: Any, key: Any) -> None:
        self.by_mapper[base].pop(key, None)

    def discard_object(self, obj: Any, base: Any, key: Any) -> None:
        """Take `obj` out, unless another instance has its place by now."""
        entries = self.by_mapper[base]
        reference = entries.get(key)
        if reference is not None and reference() in (obj, None):
            del entries[key]

    def clear(self) -> None:
        self.by_mapper.clear()
        self.by_mapper.waiting.clear()
        self._others.clear()

    def sweep_if_grown(self) -> None:
        """Drop dead entries once there may be as many of them as living ones."""
        waiting = self.by_mapper.waiting
        if (
            sum(map(len, self.by_mapper.values())) + sum([len(keys) for keys, _ in waiting.values()])
            > self._limit
        ):
            self.sweep()

    def sweep(self) -> int:
        """Drop dead entries; the number that remain."""
        alive = 0
        for _, entries in self._all():
            for key in [key for key, reference in entries.items() if reference() is None]:
                del entries[key]
            alive += len(entries)
        self._limit = max(_SWEEP_AT, 2 * alive)
        return alive + sum(other.sweep() for other in self._others.values())

    def objects(self) -> Iterator[Any]:
        """The living instances. Safe against changes of the map meanwhile."""
        for _, entries in self._all():
            for reference in list(entries.values()):
                obj = reference()
                if obj is not None:
                    yield obj
        for other in list(self._others.values()):
            yield from other.objects()

    def objects_of(self, base: Any) -> Iterator[Any]:
        """The living instances of one base mapper, whatever their tokens."""
        for reference in list(self.by_mapper[base].values()):
            obj = reference()
            if obj is not None:
                yield obj
        for other in list(self._others.values()):
            yield from other.objects_of(base)

    # ---- the public mapping

    def get(self, key: Any, default: Any = None) -> Any:
        base, pk = _split(key)
        token = key[2] if len(key) > 2 else None
        obj = self.of(token).find(base, pk) if token == self.token or token in self._others else None
        return default if obj is None else obj

    def __getitem__(self, key: Any) -> Any:
        obj = self.get(key)
        if obj is None:
            raise KeyError(key)
        return obj

    def __contains__(self, key: Any) -> bool:
        return self.get(key) is not None

    def contains_state(self, state: Any) -> bool:
        if state.pk is None:
            return False
        return self.of(state.link.token).find(state.mapper.base_mapper, state.pk) is state.obj()

    def __len__(self) -> int:
        return self.sweep()

    def __bool__(self) -> bool:
        return next(self.objects(), None) is not None

    def items(self) -> list[tuple[Any, Any]]:
        """Identity keys and instances."""
        found = []
        for base, entries in self._all():
            composite = len(base.primary_key) > 1
            for key, reference in list(entries.items()):
                obj = reference()
                if obj is not None:
                    found.append(((base.class_, key if composite else (key,), self.token), obj))
        for other in self._others.values():
            found += other.items()
        return found

    def keys(self) -> list[Any]:
        return [key for key, _ in self.items()]

    def values(self) -> list[Any]:
        return list(self.objects())

    def all_states(self) -> list[InstanceState[Any]]:
        """The states of all objects."""
        return [state_of(obj) for obj in self.objects()]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.keys())


def _split(key: Any) -> tuple[Any, Any]:
    """Base mapper and our key of a public identity key."""
    base = key[0].__mapper__.base_mapper
    pk = tuple(key[1])
    return base, pk if len(base.primary_key) > 1 else pk[0]
