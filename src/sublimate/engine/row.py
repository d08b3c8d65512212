"""Rows: tuples with names. One generated class per list of columns; driver rows become rows lazily, in bulk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any, ClassVar, Generic, Literal, NoReturn, TypeAlias, TypeVarTuple, cast

from sublimate import exc
from sublimate.util import kernel
from sublimate.util.collector import uncollected
from sublimate.util.generated import define
from sublimate.util.warnings import warn_deprecated

Ts = TypeVarTuple("Ts")
#: what the class below, which has a method of the name, cannot call `tuple`
Plain: TypeAlias = tuple[*Ts]
Processor = Callable[[Any], Any]
RawRow = Sequence[Any]


LIKE_A_TUPLE = "The {} is deprecated, Row now behaves like a tuple and can unpack types directly. (deprecated since: 2.1.0)"
_UNDERSCORED = (
    "The Row.{0} is deprecated in favor of Row.{1}; all Row methods and library-level attributes are intended to be underscored to avoid "
    "name conflicts.  Please use Row.{1}. (deprecated since: 2.0.19)"
)


class Row(tuple[*Ts], Generic[*Ts]):
    """One row of a result: a tuple whose values are also attributes, named as the columns are.

    >>> row = result_tuple(["id", "name"])([1, "ada"])
    >>> row.name, row[0], row._mapping["id"]
    ('ada', 1, 1)
    """

    __slots__ = ()
    _metadata: ClassVar[ResultMetaData]

    @property
    def _fields(self) -> tuple[str, ...]:
        return self._metadata.keys

    @property
    def _mapping(self) -> RowMapping:
        return RowMapping(self)

    def _asdict(self) -> dict[str, Any]:
        return dict(self._mapping)

    def _tuple(self) -> tuple[*Ts]:
        warn_deprecated(LIKE_A_TUPLE.format("Row._tuple() method"))
        return self

    @property
    def _t(self) -> tuple[*Ts]:
        warn_deprecated(LIKE_A_TUPLE.format("Row._t attribute"))
        return self

    def tuple(self) -> Plain[*Ts]:
        warn_deprecated(_UNDERSCORED.format("tuple() method", "_tuple()"))
        return self._tuple()

    @property
    def t(self) -> Plain[*Ts]:
        warn_deprecated(_UNDERSCORED.format("t attribute", "_t"))
        return self._t

    def __getattr__(self, name: str) -> Any:
        # Reached only by names that are no column of this row, or several.
        metadata = self._metadata
        if name in metadata.ambiguous:
            raise_ambiguous(name)
        if name[:2] == "__":
            raise AttributeError(f"'Row' object has no attribute {name!r}")
        raise AttributeError(
            f"Could not locate column in row for column '{name}'; the row has {', '.join(map(repr, metadata.keys))}"
        )

    def __reduce__(self) -> Any:
        return _restore_row, (self._metadata.keys, (*self,))


AnyRow: TypeAlias = Row[*tuple[Any, ...]]
Source = Literal["raw", "scalar", "ready"]
_RESERVED = frozenset(name for name in dir(Row) if name.startswith("_"))


class RowMapping(Mapping[Any, Any]):
    """A row seen as a read-only mapping, keyed by name or by the column that was selected."""

    __slots__ = ("_row",)

    def __init__(self, row: AnyRow) -> None:
        self._row = row

    def __getitem__(self, key: Any) -> Any:
        return self._row[self._row._metadata.index_of_key(key)]

    def __contains__(self, key: object) -> bool:
        return self._row._metadata.find(key) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._row._metadata.names)

    def __len__(self) -> int:
        return len(self._row._metadata.names)

    def __repr__(self) -> str:
        return repr(dict(self))

    def __reduce__(self) -> Any:
        return RowMapping, (self._row,)


def raise_ambiguous(name: object) -> NoReturn:
    raise exc.InvalidRequestError(f"Ambiguous column name '{name}' in result set column descriptions")


class ResultMetaData:
    """What a result's columns are called, what they were selected from, and how raw rows become `Row`s.

    Made once per plan and shared by all its results. `objects[i]` are the expressions column `i` answers to;
    `unique_filters[i]` gives the hashable that stands for a value in `unique()`; `source` says what raw rows are: "raw"
    (sequences), "scalar" (each is the value of the only column) or "ready" (`Row`s already); with `strict`, a name
    shared by several columns is refused instead of meaning the last one; `needs_unique` says why rows may only be read
    after `unique()`.
    """

    __slots__ = (
        "_by_id", "_by_shape", "_getters", "_row_class", "_rows", "ambiguous", "index", "indexes", "keys", "names", "needs_unique",
        "objects", "processors", "source", "strict", "unique_filters", "width",
    )  # fmt: skip

    def __init__(
        self,
        keys: Sequence[str],
        objects: Sequence[Sequence[Any]] | None = None,
        processors: Sequence[Processor | None] | None = None,
        unique_filters: Sequence[Callable[[Any], Hashable] | None] | None = None,
        *,
        strict: bool = False,
        source: Source = "raw",
        needs_unique: str | None = None,
        indexes: Sequence[int] | None = None,
        width: int | None = None,
    ) -> None:
        self.keys: tuple[str, ...] = tuple(keys)
        self.objects = objects
        self.processors = processors if processors is not None and any(processors) else None
        self.unique_filters = unique_filters if unique_filters is not None and any(unique_filters) else None
        self.strict = strict
        self.source: Source = source
        self.needs_unique = needs_unique
        self.indexes = indexes
        self.width = len(self.keys) if width is None else width
        self.index: dict[str, int] = {key: i for i, key in enumerate(self.keys)}
        self.names: Collection[str] = self.index.keys()
        self.ambiguous: frozenset[str] = frozenset()
        if strict and len(self.index) < len(self.keys):
            self._drop_ambiguous()
        self._by_id: dict[int, int] | None = None
        self._by_shape: dict[int, int | None] | None = None
        self._row_class: type[AnyRow] | None = None
        self._rows: Callable[[Iterable[Any]], list[AnyRow]] | None = None
        self._getters: dict[int, Callable[[Iterable[Any]], list[Any]]] = {}

    def _drop_ambiguous(self) -> None:
        self.ambiguous = frozenset(key for key, times in Counter(self.keys).items() if times > 1)
        self.names = tuple(dict.fromkeys(self.keys))
        for name in self.ambiguous:
            del self.index[name]

    def find(self, key: Any) -> int | None:
        """The position of a name or column expression; None if this result does not have it."""
        if isinstance(key, str):
            return self.index.get(key)
        by_id = self._by_id
        if by_id is None:
            by_id = self._by_id = {id(o): i for i, group in enumerate(self.objects or ()) for o in group}
        position = by_id.get(id(key))
        if position is None:
            factory = getattr(key, "__clause_element__", None)
            node = key if factory is None else factory()
            position = by_id.get(id(node))
            if position is None:
                position = self._find_alike(node)
        return position

    def _find_alike(self, node: Any) -> int | None:
        """The column selected by an expression built like `node`: plans outlive the statement they were made for."""
        shape = getattr(node, "shape", None)
        if not isinstance(shape, int):
            return None
        if self._by_shape is None:
            found: dict[int, int | None] = {}
            for i, group in enumerate(self.objects or ()):
                for known in {o.shape for o in group if isinstance(getattr(o, "shape", None), int)}:
                    found[known] = (
                        None if known in found else i
                    )  # several alike: which one is meant, nobody can say
            self._by_shape = found
        return self._by_shape.get(shape)

    def index_of_key(self, key: Any) -> int:
        position = self.find(key)
        if position is None:
            if key in self.ambiguous if isinstance(key, str) else False:
                raise_ambiguous(key)
            raise exc.NoSuchColumnError(f"Could not locate column in row for column '{key}'")
        return position

    def index_of(self, key: Any) -> int:
        """As `index_of_key`, for the methods that also take positions."""
        if type(key) is int:
            if not -len(self.keys) <= key < len(self.keys):
                raise IndexError(
                    f"column index {key} is out of range: the result has {len(self.keys)} columns"
                )
            return key % len(self.keys)
        return self.index_of_key(key)

    def reduce(self, keys: Sequence[Any]) -> ResultMetaData:
        """The metadata of only these columns, still read from the same raw rows."""
        chosen = [self.index_of(key) for key in keys]
        if not chosen:
            raise IndexError("columns() needs at least one column")
        pick = itemgetter(*chosen, chosen[0])
        positions = self.indexes or range(self.width)
        return ResultMetaData(
            pick(self.keys)[:-1],
            pick(self.objects)[:-1] if self.objects else None,
            self.processors,
            pick(self.unique_filters)[:-1] if self.unique_filters else None,
            strict=self.strict,
            source="scalar" if self.source == "scalar" else "raw",
            needs_unique=self.needs_unique,
            indexes=[positions[i] for i in chosen],
            width=self.width,
        )

    @property
    def row_class(self) -> type[AnyRow]:
        row_class = self._row_class
        if row_class is None:
            row_class = self._row_class = _make_row_class(self)
        return row_class

    @property
    def rows(self) -> Callable[[Iterable[Any]], list[AnyRow]]:
        """The function that turns raw rows into a list of `Row`s."""
        rows = self._rows
        if rows is None:
            rows = self._rows = self._make_rows()
            if self.source != "ready":
                rows = self._rows = partial(uncollected, rows)
        return rows

    def _make_rows(self) -> Callable[[Iterable[Any]], list[AnyRow]]:
        if self.source == "ready":
            return lambda raw: raw if type(raw) is list else list(raw)
        row_class = self.row_class
        if self.processors is None and self.indexes is None and self.source == "raw":
            return partial(kernel.rows, row_class)
        positions = self.indexes or range(self.width)
        values = self._compile("(" + "".join(f"{self._value(i)}, " for i in positions) + ")", {})
        return lambda raw: kernel.rows(row_class, values(raw))

    def column(self, position: int) -> Callable[[Iterable[Any]], list[Any]]:
        """The function that turns raw rows into the list of one column's values."""
        getter = self._getters.get(position)
        if getter is None:
            getter = self._getters[position] = self._make_getter(position)
        return getter

    def _make_getter(self, position: int) -> Callable[[Iterable[Any]], list[Any]]:
        at = position if self.indexes is None else self.indexes[position]
        if self.source == "scalar":
            return lambda raw: raw if type(raw) is list else list(raw)
        if self.processors is None or self.processors[at] is None:
            get = itemgetter(at)
            return lambda raw: list(map(get, raw))
        return self._compile(self._value(at), {})

    def ready(self) -> ResultMetaData:
        """The same columns for rows that are `Row`s already."""
        if self.source == "ready":
            return self
        return ResultMetaData(
            self.keys,
            self.objects,
            None,
            self.unique_filters,
            strict=self.strict,
            source="ready",
        )

    def _value(self, i: int) -> str:
        return f"process{i}(value{i})" if self.processors and self.processors[i] else f"value{i}"

    def _compile(self, expression: str, namespace: dict[str, Any]) -> Callable[[Iterable[Any]], list[Any]]:
        target = ", ".join(f"value{i}" for i in range(self.width)) + ("" if self.source == "scalar" else ",")
        namespace |= {f"process{i}": p for i, p in enumerate(self.processors or ()) if p}
        source = f"def rows(raw):\n    return [{expression} for {target} in raw]\n"
        return cast("Callable[[Iterable[Any]], list[Any]]", define(source, "rows", namespace, "rows"))


def _make_row_class(metadata: ResultMetaData) -> type[AnyRow]:
    namespace: dict[str, Any] = {"__slots__": (), "__module__": Row.__module__, "_metadata": metadata}
    for name, i in metadata.index.items():
        if name not in _RESERVED:
            namespace[name] = property(itemgetter(i))
    for name in metadata.ambiguous & {"count", "index", "t", "tuple"}:
        namespace[name] = property(partial(_refuse, name))
    return type("Row", (Row,), namespace)


def _refuse(name: str, row: AnyRow) -> NoReturn:
    raise_ambiguous(name)


@lru_cache(maxsize=1024)
def named_metadata(keys: tuple[str, ...]) -> ResultMetaData:
    """The metadata of plain named columns, as results of driver SQL have them."""
    return ResultMetaData(keys)


def result_tuple(fields: Sequence[str], extra: Any = None) -> Callable[[Iterable[Any]], AnyRow]:
    """A function that makes rows with these field names."""
    return (named_metadata(tuple(fields)) if extra is None else ResultMetaData(fields, extra)).row_class


def _restore_row(keys: tuple[str, ...], values: tuple[Any, ...]) -> AnyRow:
    return named_metadata(keys).row_class(values)


def SimpleResultMetaData(keys: Sequence[str], extra: Sequence[Any] | None = None) -> ResultMetaData:
    """The metadata of a result built by hand, for `IteratorResult`."""
    return ResultMetaData(keys, extra)
