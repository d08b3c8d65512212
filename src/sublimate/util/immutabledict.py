"""A dictionary that cannot be changed, for options that are shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, Self, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class immutabledict(dict[K, V]):
    """A `dict` whose methods that would change it raise `TypeError`; `union()` makes another.

    >>> immutabledict({"a": 1}).union({"b": 2})
    immutabledict({'a': 1, 'b': 2})
    """

    __slots__ = ()

    def union(self, *dicts: Mapping[K, V] | None) -> Self:
        """This and others as one; of equal keys the last counts."""
        merged: dict[Any, Any] = dict(self)
        for each in dicts:
            merged.update(each or {})
        return type(self)(merged)

    def merge_with(self, *dicts: Mapping[K, V] | None) -> Self:
        """As `union()`."""
        return self.union(*dicts)

    def copy(self) -> Self:
        return self

    def _refuse(self, *args: Any, **kw: Any) -> NoReturn:
        raise TypeError(f"{type(self).__name__} object is immutable")

    __setitem__ = __delitem__ = _refuse
    clear = pop = popitem = setdefault = update = __ior__ = _refuse

    def __or__(self, other: Any) -> Any:
        return self.union(other)

    def __ror__(self, other: Any) -> Any:
        return type(self)({**other, **self})

    def __repr__(self) -> str:
        return f"immutabledict({dict.__repr__(self)})"

    def __reduce__(self) -> Any:
        return type(self), (dict(self),)
