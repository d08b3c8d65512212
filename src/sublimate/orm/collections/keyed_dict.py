"""Dictionaries whose keys come from the objects in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from sublimate import exc
from sublimate.orm.collections.tracked_dict import InstrumentedDict
from sublimate.util.warnings import warn

K = TypeVar("K")
V = TypeVar("V")

_MISSING: Any = object()


def _no_key(value: Any) -> Any:
    return _MISSING


class KeyFuncDict(InstrumentedDict[K, V]):
    """A dictionary of related objects keyed by a function of the object.

    `KeyFuncDict(lambda note: note.keyword)`, or more often `attribute_keyed_dict("keyword")`.
    """

    def __init__(
        self, keyfunc: Callable[[V], Any], *dict_args: Any, ignore_unpopulated_attribute: bool = False
    ) -> None:
        if not callable(keyfunc):  # made like any dictionary, as dataclasses.asdict() does
            keyfunc, dict_args = _no_key, (keyfunc, *dict_args)
        self.keyfunc = keyfunc
        self.ignore_unpopulated_attribute = ignore_unpopulated_attribute
        super().__init__(*dict_args)

    def _key_of(self, value: V) -> Any:
        key = self.keyfunc(value)
        if key is _MISSING:
            if self.ignore_unpopulated_attribute:
                return _MISSING
            raise exc.InvalidRequestError(
                f"In event triggered from {getattr(self._impl, 'label', 'a collection')} attribute, can't populate value "
                "for mapped collection; dictionary key attribute is not populated on the object. Set it before the object "
                "is added to the collection, or pass ignore_unpopulated_attribute=True"
            )
        return key

    def held_under_key_of(self, value: V) -> V | None:
        """What the dictionary has under an object's key."""
        key = self._key_of(value)
        return None if key is _MISSING else self.get(key)

    def set(self, value: V, _sa_initiator: Any = None) -> None:
        """Add an object under its key."""
        key = self._key_of(value)
        if key is None and isinstance(self.keyfunc, (_AttributeKey, _ColumnKey)):
            if self.ignore_unpopulated_attribute:
                return
            warn(
                f"Attribute keyed dictionary value for attribute {getattr(self._impl, 'label', 'of a collection')} was None; this will raise "
                "in a future release. To skip this assignment entirely, set the 'ignore_unpopulated_attribute=True' parameter on the mapped "
                "collection factory."
            )
        if key is not _MISSING:
            self.__setitem__(key, value)

    def remove(self, value: V, _sa_initiator: Any = None) -> None:
        """Remove an object, which must still have the key it was added under."""
        key = self._key_of(value)
        if key is _MISSING:
            return
        if self.get(key) != value:
            raise exc.InvalidRequestError(
                f"Can not remove '{value}' from collection for key '{key}'. Possibly a key was changed since it was added"
            )
        self.__delitem__(key)


MappedCollection = KeyFuncDict


class _AttributeKey:
    """The key function of `attribute_keyed_dict`."""

    __slots__ = ("get", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.get = attrgetter(name)

    def __call__(self, value: Any) -> Any:
        if self.name not in value.__dict__ and getattr(value, self.name, None) is None:
            return _MISSING
        return self.get(value)

    def __reduce__(self) -> Any:
        return _AttributeKey, (self.name,)


class _ColumnKey:
    """The key function of `column_keyed_dict`: a value, or a tuple where there are several columns."""

    __slots__ = ("columns",)

    def __init__(self, columns: Sequence[Any]) -> None:
        self.columns = columns

    def __call__(self, value: Any) -> Any:
        key_of = type(value).__mapper__.key_of
        found = [
            getattr(value, key_of[getattr(column, "__clause_element__", lambda c=column: c)()])
            for column in self.columns
        ]
        if all(part is None for part in found):
            return _MISSING
        return found[0] if len(found) == 1 else tuple(found)


def keyfunc_mapping(
    keyfunc: Callable[[Any], Any], *, ignore_unpopulated_attribute: bool = False
) -> type[KeyFuncDict[Any, Any]]:
    """A dictionary keyed by any function of the object, for `relationship(collection_class=…)`."""

    def make() -> Any:
        return KeyFuncDict(keyfunc, ignore_unpopulated_attribute=ignore_unpopulated_attribute)

    return make  # type: ignore[return-value]  # called like the class


def attribute_keyed_dict(
    attr_name: str, *, ignore_unpopulated_attribute: bool = False
) -> type[KeyFuncDict[Any, Any]]:
    """A dictionary keyed by an attribute: `relationship(collection_class=attribute_keyed_dict("keyword"))`."""
    return keyfunc_mapping(
        _AttributeKey(attr_name), ignore_unpopulated_attribute=ignore_unpopulated_attribute
    )


def column_keyed_dict(
    mapping_spec: Any, *, ignore_unpopulated_attribute: bool = False
) -> type[KeyFuncDict[Any, Any]]:
    """A dictionary keyed by a column, or by several as a tuple."""
    columns = list(mapping_spec) if isinstance(mapping_spec, (list, tuple)) else [mapping_spec]
    return keyfunc_mapping(_ColumnKey(columns), ignore_unpopulated_attribute=ignore_unpopulated_attribute)


mapped_collection = keyfunc_mapping
attribute_mapped_collection = attribute_keyed_dict
column_mapped_collection = column_keyed_dict
