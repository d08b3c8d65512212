"""What a mapper keeps its attributes in: read-only views of them, and a mapping from columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Generic, Self, TypeVar

_T = TypeVar("_T", covariant=True)
_D = TypeVar("_D")


class ReadOnlyProperties(Generic[_T]):
    """Mapped attributes by key; iterating gives the attributes themselves.

    `inspect(User).attrs.email`, `inspect(User).relationships["posts"]`, `list(inspect(User).column_attrs)`.
    """

    __slots__ = ("_data",)
    _data: dict[str, _T]

    def __init__(self, data: dict[str, _T]) -> None:
        object.__setattr__(self, "_data", data)

    def __getattr__(self, key: str) -> _T:
        if key.startswith("__"):
            raise AttributeError(key)
        try:
            return self._data[key]
        except KeyError:
            raise AttributeError(key) from None

    def __setattr__(self, key: str, value: Any) -> None:
        raise TypeError(f"{type(self).__name__} object is immutable and/or readonly")

    def __getitem__(self, key: str) -> _T:
        return self._data[key]

    def __iter__(self) -> Iterator[_T]:
        return iter(list(self._data.values()))

    def __len__(self) -> int:
        return len(self._data)

    def __contains__(self, key: object) -> bool:
        return key in self._data

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self._data]

    def keys(self) -> list[str]:
        return list(self._data)

    def values(self) -> list[_T]:
        return list(self._data.values())

    def items(self) -> list[tuple[str, _T]]:
        return list(self._data.items())

    def get(self, key: str, default: _D | None = None) -> _T | _D | None:
        return self._data.get(key, default)

    def as_readonly(self) -> Self:
        return self


class ByIdentity(dict[int, Any]):
    """A mapping from columns, which compare as SQL, by their identity."""

    def __init__(self) -> None:
        super().__init__()
        self._keep: dict[int, Any] = {}

    def __setitem__(self, column: Any, value: Any) -> None:
        self._keep[id(column)] = column
        super().__setitem__(id(column), value)

    def __getitem__(self, column: Any) -> Any:
        return super().__getitem__(id(column))

    def __contains__(self, column: object) -> bool:
        return super().__contains__(id(column))

    def get(self, column: Any, default: Any = None) -> Any:
        return super().get(id(column), default)
