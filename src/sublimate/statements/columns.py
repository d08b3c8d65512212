"""ColumnCollection: the columns of a FROM element, by key and by position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Generic, overload

from sublimate import exc
from sublimate.expression.element import ClauseElement, ColumnElement
from sublimate.expression.node import Field, children
from sublimate.util.subscriptable import subscriptable

if TYPE_CHECKING:  # which know defaults of type variables on every Python; Python itself from 3.13 on
    from typing_extensions import TypeVar

    _Key = TypeVar("_Key", default=str)
    _Column = TypeVar("_Column", bound=ColumnElement[Any], default=ColumnElement[Any], covariant=True)
    _Other = TypeVar("_Other")
else:
    from typing import TypeVar

    _Key, _Column = TypeVar("_Key"), TypeVar("_Column", covariant=True)


class ColumnGroup(ClauseElement):
    """The columns of a collection, selected together: `select(users.c)`."""

    _fields: ClassVar[tuple[Field, ...]] = (children("columns"),)

    def __init__(self, columns: Iterable[Any]) -> None:
        self.columns = tuple(columns)

    @property
    def _all_selected_columns(self) -> tuple[Any, ...]:
        return self.columns

    def as_operand(self) -> Any:
        raise exc.ArgumentError(f"SQL expression element expected, got the columns {self.columns!r}.")


@subscriptable
class ColumnCollection(Generic[_Key, _Column]):
    """Columns by key (`c.name`, `c["name"]`), by position (`c[0]`) and in order; several may share a key.

    The columns are attributes in the instance's own `__dict__`, where Python finds them by itself; but for those whose
    key is the name of a method here.
    """

    __slots__ = ("__dict__", "_index", "_list")

    def __init__(self, columns: Iterable[tuple[Any, Any]] = ()) -> None:
        self._list: list[tuple[Any, Any]] = list(columns)
        self._reindex()

    def _reindex(self) -> None:
        self._index: dict[Any, Any] = {}
        for key, column in self._list:
            self._index.setdefault(key, column)
        attributes = self.__dict__
        attributes.clear()
        attributes.update(
            {str(k): c for k, c in self._index.items() if isinstance(k, str) and k not in _METHODS}
        )

    if TYPE_CHECKING:

        def __getattr__(self, key: str) -> _Column: ...

    @overload
    def __getitem__(self, key: str | int) -> _Column: ...
    @overload
    def __getitem__(self, key: tuple[str | int, ...] | slice) -> ColumnCollection[_Key, _Column]: ...
    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, int):
            return self._list[key][1]
        if isinstance(key, slice):
            return type(self)(self._list[key]).as_readonly()
        if isinstance(key, tuple):
            return type(self)([self._list[k] if isinstance(k, int) else (k, self[k]) for k in key])
        try:
            return self._index[key]
        except KeyError:
            raise KeyError(key) from None

    def __clause_element__(self) -> ColumnGroup:
        return ColumnGroup(self)

    def __iter__(self) -> Iterator[_Column]:
        return iter([column for _, column in self._list])

    def __len__(self) -> int:
        return len(self._list)

    def __bool__(self) -> bool:
        return bool(self._list)

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str):
            raise exc.ArgumentError("__contains__ requires a string argument")
        return key in self._index

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(str(k) for k in self._index)]

    def keys(self) -> list[_Key]:
        return [key for key, _ in self._list]

    def values(self) -> list[_Column]:
        return [column for _, column in self._list]

    def items(self) -> list[tuple[_Key, _Column]]:
        return list(self._list)

    @overload
    def get(self, key: str, default: None = None) -> _Column | None: ...
    @overload
    def get(self, key: str, default: _Other) -> _Column | _Other: ...
    def get(self, key: str, default: Any = None) -> Any:
        return self._index.get(key, default)

    def add(self, column: Any, key: Any = None) -> None:
        key = column.key if key is None else key
        if key in self._index:
            for position, (known, _) in enumerate(self._list):
                if known == key:
                    self._list[position] = (key, column)
        else:
            self._list.append((key, column))
        self._reindex()

    def remove(self, column: Any) -> None:
        self._list = [(k, c) for k, c in self._list if c is not column]
        self._reindex()

    def move(self, column: Any, index: int) -> None:
        """Put a column that is here at another place."""
        entry = next(entry for entry in self._list if entry[1] is column)
        self._list = [each for each in self._list if each is not entry]
        self._list.insert(index, entry)
        self._reindex()

    def contains_column(self, column: Any) -> bool:
        if isinstance(column, str):
            raise exc.ArgumentError(
                "contains_column cannot be used with string arguments. Use ``col_name in table.c`` instead."
            )
        return any(c is column for _, c in self._list)

    def corresponding_column(self, column: Any, require_embedded: bool = False) -> _Column | None:
        """The column here that stands for `column`: itself, or the one nearest to it through aliases.

        Another that comes from the same column of a table stands for it too, unless `require_embedded`.
        """
        best: Any = None
        distance = 1 << 30
        for _, candidate in self._list:
            chain = candidate._proxy_chain()
            for steps, link in enumerate(chain):
                if link is column and steps < distance:
                    best, distance = candidate, steps
        if best is None and not require_embedded:
            targets = {id(c) for c in column._proxy_chain()}
            for _, candidate in self._list:
                if any(id(link) in targets for link in candidate._proxy_chain()):
                    best = candidate
                    break
        found: _Column | None = best
        return found

    def as_readonly(self) -> ColumnCollection[_Key, _Column]:
        return self

    def compare(self, other: Any) -> bool:
        return len(self) == len(other) and all(a is b for a, b in zip(self, other, strict=True))

    def __str__(self) -> str:
        return f"{type(self).__name__}({', '.join(str(c) for c in self)})"

    def __repr__(self) -> str:
        return str(self)


_METHODS = frozenset(dir(ColumnCollection))
ReadOnlyColumnCollection = ColumnCollection
DedupeColumnCollection = WriteableColumnCollection = ColumnCollection
