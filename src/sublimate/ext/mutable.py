"""Mutable values: changes inside a dict, list, set or composite are noticed and written at the next flush."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from typing import Any, Generic, Self, SupportsIndex, TypeVar

from sublimate import event
from sublimate.inspection import inspect
from sublimate.orm.attributes.functions import flag_modified
from sublimate.orm.mapping.mapper import Mapper
from sublimate.types import TypeEngine, to_instance

_KT = TypeVar("_KT")
_VT = TypeVar("_VT")
_T = TypeVar("_T", bound=Any)


class Parents:
    """The objects that hold a mutable value, each with the attribute's key; keeps none of them alive."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: dict[int, tuple[weakref.ref[Any], str]] = {}

    def add(self, obj: Any, key: str) -> None:
        identity = id(obj)
        self._held[identity] = (weakref.ref(obj, lambda _: self._held.pop(identity, None)), key)

    def discard(self, obj: Any) -> None:
        self._held.pop(id(obj), None)

    def items(self) -> Iterator[tuple[Any, str]]:
        for reference, key in list(self._held.values()):
            obj = reference()
            if obj is not None:
                yield obj, key

    def __len__(self) -> int:
        return len(self._held)


class MutableBase:
    """What mutable scalars and composites share: they know who holds them."""

    @property
    def _parents(self) -> Parents:
        found = self.__dict__.get("_sa_parents")
        if found is None:
            found = self.__dict__["_sa_parents"] = Parents()
        return found

    @classmethod
    def coerce(cls, key: str, value: Any) -> Any:
        """Turn a plain value into one that notices changes."""
        if value is None:
            return None
        raise ValueError(f"Attribute '{key}' does not accept objects of type {type(value)}")


class Mutable(MutableBase):
    """Mixin for values that tell the object holding them when they change.

    >>> class Thing(Base):
    ...     data: Mapped[dict[str, str]] = mapped_column(MutableDict.as_mutable(JSON))
    """

    def changed(self) -> None:
        """Call this after each change."""
        for obj, key in self._parents.items():
            flag_modified(obj, key)

    @classmethod
    def as_mutable(cls, sqltype: Any) -> TypeEngine[Any]:
        """The type, with this class watching the values of columns that have it."""
        type_ = to_instance(sqltype)

        def found(mapper: Any, class_: type) -> None:
            for prop in mapper.column_props.values():
                if getattr(prop.columns[0], "type", None) is type_:
                    cls.associate_with_attribute(getattr(class_, prop.key))

        event.listen(Mapper, "mapper_configured", found)
        return type_

    @classmethod
    def associate_with(cls, sqltype: type) -> None:
        """Watch all columns of this type, in all classes."""

        def found(mapper: Any, class_: type) -> None:
            for prop in mapper.column_props.values():
                if isinstance(getattr(prop.columns[0], "type", None), sqltype):
                    cls.associate_with_attribute(getattr(class_, prop.key))

        event.listen(Mapper, "mapper_configured", found)

    @classmethod
    def associate_with_attribute(cls, attribute: Any) -> None:
        """Watch one attribute."""
        key = attribute.key
        target = attribute.class_

        def take(obj: Any, *_: Any) -> None:
            value = obj.__dict__.get(key)
            if value is None:
                return
            watched = value if isinstance(value, cls) else cls.coerce(key, value)
            if watched is not value:
                obj.__dict__[key] = watched
            watched._parents.add(obj, key)

        def refreshed(obj: Any, context: Any, attrs: Any) -> None:
            if attrs is None or key in attrs:
                take(obj)

        def pickled(obj: Any, state: Any) -> None:
            value = obj.__dict__.get(key)
            if value is not None:
                state.setdefault("mutable_values", {})[key] = value

        def unpickled(obj: Any, state: Any) -> None:  # the object itself may not have its values yet
            value = state.get("mutable_values", {}).get(key)
            if value is not None:
                value._parents.add(obj, key)

        def assigned(obj: Any, value: Any, old: Any, initiator: Any) -> Any:
            if value is old:
                return value
            if not isinstance(value, cls):
                value = cls.coerce(key, value)
            if value is not None:
                value._parents.add(obj, key)
            if isinstance(old, cls):
                old._parents.discard(obj)
            return value

        event.listen(target, "load", take, propagate=True)
        event.listen(target, "merged_without_load", take, propagate=True)
        event.listen(target, "refresh", refreshed, propagate=True)
        event.listen(target, "refresh_flush", refreshed, propagate=True)
        event.listen(target, "pickle", pickled, propagate=True)
        event.listen(target, "unpickle", unpickled, propagate=True)
        event.listen(attribute, "set", assigned, retval=True, propagate=True)

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        reduced = super().__reduce_ex__(protocol)
        if isinstance(reduced, tuple) and len(reduced) > 2 and isinstance(reduced[2], dict):
            kept = {k: v for k, v in reduced[2].items() if k != "_sa_parents"}
            return (*reduced[:2], kept or None, *reduced[3:])
        return reduced


class MutableComposite(MutableBase):
    """Mixin for composite classes whose values change in place: call `changed()` in `__setattr__`."""

    @classmethod
    def _coerce_composite(cls, key: str, value: Any) -> Any:
        return value if value is None or isinstance(value, cls) else cls.coerce(key, value)

    def _track_composite(self, obj: Any, key: str) -> None:
        self._parents.add(obj, key)

    def changed(self) -> None:
        """Write the values into the columns of all objects that hold this composite."""
        for obj, key in self._parents.items():
            prop = inspect(type(obj)).get_property(key)
            for attribute, value in zip(prop.attribute_keys, prop.values_of(self), strict=True):
                setattr(obj, attribute, value)


class MutableDict(Mutable, dict[_KT, _VT], Generic[_KT, _VT]):
    """A dict that notices changes to its own keys (not those inside its values)."""

    @classmethod
    def coerce(cls, key: str, value: Any) -> Any:
        if isinstance(value, cls):
            return value
        return cls(value) if isinstance(value, dict) else Mutable.coerce(key, value)

    def __setitem__(self, key: _KT, value: _VT) -> None:
        super().__setitem__(key, value)
        self.changed()

    def __delitem__(self, key: _KT) -> None:
        super().__delitem__(key)
        self.changed()

    def setdefault(self, *arg: Any) -> Any:
        result = super().setdefault(*arg)
        self.changed()
        return result

    def update(self, *a: Any, **kw: Any) -> None:
        super().update(*a, **kw)
        self.changed()

    def pop(self, *arg: Any) -> Any:
        result = super().pop(*arg)
        self.changed()
        return result

    def popitem(self) -> tuple[_KT, _VT]:
        result = super().popitem()
        self.changed()
        return result

    def clear(self) -> None:
        super().clear()
        self.changed()

    def __ior__(self, other: Any) -> Self:  # type: ignore[misc, override]
        self.update(other)
        return self


class MutableList(Mutable, list[_T], Generic[_T]):
    """A list that notices changes to itself (not those inside its members)."""

    @classmethod
    def coerce(cls, key: str, value: Any) -> Any:
        if isinstance(value, cls):
            return value
        return cls(value) if isinstance(value, list) else Mutable.coerce(key, value)

    def __setitem__(self, index: Any, value: Any) -> None:
        super().__setitem__(index, value)
        self.changed()

    def __delitem__(self, index: Any) -> None:
        super().__delitem__(index)
        self.changed()

    def append(self, x: _T) -> None:
        super().append(x)
        self.changed()

    def extend(self, x: Iterable[_T]) -> None:
        super().extend(x)
        self.changed()

    def __iadd__(self, x: Iterable[_T]) -> Self:  # type: ignore[override, misc]
        self.extend(x)
        return self

    def insert(self, i: SupportsIndex, x: _T) -> None:
        super().insert(i, x)
        self.changed()

    def remove(self, i: _T) -> None:
        super().remove(i)
        self.changed()

    def pop(self, *arg: SupportsIndex) -> _T:
        result = super().pop(*arg)
        self.changed()
        return result

    def clear(self) -> None:
        super().clear()
        self.changed()

    def sort(self, **kw: Any) -> None:
        super().sort(**kw)
        self.changed()

    def reverse(self) -> None:
        super().reverse()
        self.changed()


class MutableSet(Mutable, set[_T], Generic[_T]):
    """A set that notices changes to itself."""

    @classmethod
    def coerce(cls, key: str, value: Any) -> Any:
        if isinstance(value, cls):
            return value
        return cls(value) if isinstance(value, set) else Mutable.coerce(key, value)

    def add(self, elem: _T) -> None:
        super().add(elem)
        self.changed()

    def remove(self, elem: _T) -> None:
        super().remove(elem)
        self.changed()

    def discard(self, elem: object) -> None:
        super().discard(elem)
        self.changed()

    def pop(self, *arg: Any) -> _T:
        result = super().pop(*arg)
        self.changed()
        return result

    def clear(self) -> None:
        super().clear()
        self.changed()

    def update(self, *arg: Iterable[_T]) -> None:
        super().update(*arg)
        self.changed()

    def intersection_update(self, *arg: Iterable[Any]) -> None:
        super().intersection_update(*arg)
        self.changed()

    def difference_update(self, *arg: Iterable[Any]) -> None:
        super().difference_update(*arg)
        self.changed()

    def symmetric_difference_update(self, *arg: Iterable[_T]) -> None:
        super().symmetric_difference_update(*arg)
        self.changed()

    def __ior__(self, other: Any) -> Self:  # type: ignore[override, misc]
        self.update(other)
        return self

    def __iand__(self, other: Any) -> Self:  # type: ignore[misc]
        self.intersection_update(other)
        return self

    def __isub__(self, other: Any) -> Self:  # type: ignore[misc]
        self.difference_update(other)
        return self

    def __ixor__(self, other: Any) -> Self:  # type: ignore[override, misc]
        self.symmetric_difference_update(other)
        return self


__all__ = ["Mutable", "MutableBase", "MutableComposite", "MutableDict", "MutableList", "MutableSet"]
