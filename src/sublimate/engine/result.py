"""Results: views over one buffer of rows, as rows, as scalars or as mappings. Rows are converted when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, KeysView, Sequence
from typing import Any, Generic, Literal, Self, TypeAlias, TypeVar, TypeVarTuple, cast, overload

from sublimate import exc
from sublimate.engine.buffer import NO_ROWS, IteratorStream, RowBuffer
from sublimate.engine.row import LIKE_A_TUPLE, ResultMetaData, Row, RowMapping
from sublimate.engine.run import run
from sublimate.util.warnings import warn_deprecated

T = TypeVar("T")
V = TypeVar("V")
Ts = TypeVarTuple("Ts")
Strategy: TypeAlias = Callable[[Any], Hashable]

_NONE_FOUND = "No row was found when one was required"
_MANY_FOR_ONE = "Multiple rows were found when exactly one was required"
_MANY_FOR_NONE = "Multiple rows were found when one or none was required"


class RMKeyView(KeysView[str]):
    """The names of a result's columns; `in` also finds the expressions that were selected."""

    __slots__ = ("_metadata",)

    def __init__(self, metadata: ResultMetaData) -> None:
        self._metadata = metadata

    def __len__(self) -> int:
        return len(self._metadata.keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._metadata.keys)

    def __contains__(self, key: object) -> bool:
        return self._metadata.find(key) is not None

    def __repr__(self) -> str:
        return f"RMKeyView({list(self)!r})"


class _Unique:
    """Passes each value once, by what `key` makes of it; `strategy` is the caller's, if one was given."""

    __slots__ = ("key", "seen", "strategy")

    def __init__(self, key: Strategy | None, strategy: Strategy | None = None) -> None:
        self.key = key if strategy is None else strategy
        self.strategy = strategy
        self.seen: set[Hashable] = set()

    def filter(self, values: Iterable[V]) -> list[V]:
        key, seen, add = self.key, self.seen, self.seen.add
        kept = []
        for value in values:
            mark = cast(Hashable, value) if key is None else key(value)
            if mark not in seen:
                add(mark)
                kept.append(value)
        return kept


class BaseResult(Generic[V]):
    """What all results and their filters share: reading values of one kind from a buffer."""

    __slots__ = ("_buffer", "_metadata", "_unique")
    _default_size: int | None = None

    def __init__(self, metadata: ResultMetaData, buffer: RowBuffer) -> None:
        self._metadata = metadata
        self._buffer = buffer
        self._unique: _Unique | None = None

    def _convert(self, raw: Sequence[Any]) -> list[V]:
        raise NotImplementedError

    def _default_key(self) -> Strategy | None:
        return None

    def _values(self, raw: Sequence[Any]) -> list[V]:
        values = self._convert(raw)
        return values if self._unique is None else self._unique.filter(values)

    def _check(self) -> None:
        if self._metadata.needs_unique is not None and self._unique is None:
            raise exc.InvalidRequestError(self._metadata.needs_unique)

    def _fetch(self, size: int | None) -> list[V]:
        buffer = self._buffer
        if buffer.stream is None and (size is None or self._unique is None):
            return self._values(buffer.take(size))
        return run(self._fetch_steps(size))

    def _fetch_steps(self, size: int | None) -> Generator[Any, Any, list[V]]:
        buffer = self._buffer
        found: list[V] = []
        while True:
            wanted = None if size is None else size - len(found)
            if buffer.stream is not None:
                yield from buffer.load_steps(wanted)
            raw = buffer.take(wanted)
            found.extend(self._values(raw))
            if size is None or len(found) >= size or not raw:
                return found

    def _size(self, size: int | None) -> int | None:
        if size is not None and size < 0:
            return None
        buffer = self._buffer
        return size or buffer.page or (None if buffer.is_left_on_server else self._default_size)

    def _one(self, values: list[V]) -> V:
        if len(values) != 1:
            raise exc.MultipleResultsFound(_MANY_FOR_ONE) if values else exc.NoResultFound(_NONE_FOUND)
        return values[0]

    def _one_or_none(self, values: list[V]) -> V | None:
        if len(values) > 1:
            raise exc.MultipleResultsFound(_MANY_FOR_NONE)
        return values[0] if values else None

    def all(self) -> Sequence[V]:
        """All remaining values, as a list."""
        self._check()
        return self._fetch(None)

    def fetchmany(self, size: int | None = None) -> Sequence[V]:
        """The next values, at most `size` of them."""
        return self._fetch(self._size(size))

    def partitions(self, size: int | None = None) -> Iterator[Sequence[V]]:
        """The remaining values in lists of `size` (the last may be shorter)."""
        self._check()
        while batch := self._fetch(self._size(size)):
            yield batch

    def first(self) -> V | None:
        """The first value, or None; the rest is discarded and the result closed."""
        values = self._fetch(1)
        self.close()
        return values[0] if values else None

    def one(self) -> V:
        """The only value; `NoResultFound` if there is none, `MultipleResultsFound` if there are more."""
        self._check()
        values = self._fetch(2)
        self.close()
        return self._one(values)

    def one_or_none(self) -> V | None:
        """The only value or None; `MultipleResultsFound` if there are more."""
        self._check()
        values = self._fetch(2)
        self.close()
        return self._one_or_none(values)

    def unique(self, strategy: Strategy | None = None) -> Self:
        """Give each value once only; `strategy` makes the hashable that tells values apart."""
        if getattr(self._buffer.stream, "refuses_unique", False):
            raise exc.InvalidRequestError("Can't use the ORM yield_per feature in conjunction with unique()")
        self._unique = _Unique(self._default_key(), strategy)
        return self

    def yield_per(self, num: int) -> Self:
        """Fetch and partition rows in batches of `num`."""
        self._buffer.page = num
        return self

    def close(self) -> None:
        """Discard what is left; later fetches raise `ResourceClosedError`."""
        buffer = self._buffer
        buffer.close()
        if buffer.stream is not None:
            run(buffer.end_steps())

    @property
    def closed(self) -> bool:
        return self._buffer.refusal is not None and self._buffer.refusal is not NO_ROWS

    def __iter__(self) -> Iterator[V]:
        self._check()
        buffer, unique = self._buffer, self._unique
        while True:
            rows = buffer.rest()
            if not rows and buffer.stream is not None:
                run(buffer.load_steps(buffer.page or 1))
                rows = buffer.rest()
            if not rows:
                return
            for at, value in enumerate(self._convert(rows)):
                if buffer.position != at or buffer.rows is not rows:
                    break  # rows were fetched by another call in between
                buffer.position = at + 1
                if unique is None or unique.filter((value,)):
                    yield value

    def __next__(self) -> V:
        self._check()
        values = self._fetch(1)
        if not values:
            raise StopIteration
        return values[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class _WithKeys:
    __slots__ = ()
    _metadata: ResultMetaData
    _buffer: RowBuffer

    def keys(self) -> RMKeyView:
        """The names of the columns."""
        if self._buffer.refusal is NO_ROWS:
            raise exc.ResourceClosedError(NO_ROWS)
        return RMKeyView(self._metadata)


def _row_key(metadata: ResultMetaData) -> Strategy | None:
    filters = metadata.unique_filters
    if filters is None:
        return None
    if len(filters) == 1:
        only = filters[0]
        return lambda row: row[0] if only is None else only(row[0])
    return lambda row: tuple(v if f is None else f(v) for f, v in zip(filters, row, strict=True))


class Result(_WithKeys, BaseResult[Row[*Ts]], Generic[*Ts]):
    """The rows of one execution.

    >>> rows = IteratorResult(SimpleResultMetaData(["id", "name"]), iter([(1, "ada"), (2, "bob")]))
    >>> rows.scalars("name").all()
    ['ada', 'bob']
    """

    __slots__ = ("__weakref__",)

    def _convert(self, raw: Sequence[Any]) -> list[Row[*Ts]]:
        return self._metadata.rows(raw)

    def _default_key(self) -> Strategy | None:
        return _row_key(self._metadata)

    def fetchone(self) -> Row[*Ts] | None:
        """The next row, or None."""
        self._check()
        values = self._fetch(1)
        return values[0] if values else None

    def fetchall(self) -> Sequence[Row[*Ts]]:
        return self.all()

    def columns(self, *col_expressions: Any) -> Self:
        """Keep only these columns (names, positions or expressions), in this order."""
        self._refuse_closed()
        self._metadata = self._metadata.reduce(col_expressions)
        return self

    def _refuse_closed(self) -> None:
        if self._buffer.refusal is NO_ROWS:
            raise exc.ResourceClosedError(NO_ROWS)

    @overload
    def scalars(self: Result[T, *tuple[Any, ...]], index: Literal[0]) -> ScalarResult[T]: ...
    @overload
    def scalars(self: Result[T, *tuple[Any, ...]]) -> ScalarResult[T]: ...
    @overload
    def scalars(self, index: Any = 0) -> ScalarResult[Any]: ...
    def scalars(self, index: Any = 0) -> ScalarResult[Any]:
        """The values of one column."""
        return ScalarResult(self, index)

    def mappings(self) -> MappingResult:
        """The rows as read-only mappings."""
        return MappingResult(self)

    def tuples(self) -> TupleResult[tuple[*Ts]]:
        """The same result, its rows typed as plain tuples."""
        warn_deprecated(LIKE_A_TUPLE.format("Result.tuples() method"))
        return cast("TupleResult[tuple[*Ts]]", self)

    @property
    def t(self) -> TupleResult[tuple[*Ts]]:
        warn_deprecated(LIKE_A_TUPLE.format("Result.t method"))
        return cast("TupleResult[tuple[*Ts]]", self)

    @overload
    def scalar(self: Result[T, *tuple[Any, ...]]) -> T | None: ...
    @overload
    def scalar(self) -> Any: ...
    def scalar(self) -> Any:
        """The first column of the first row, or None; closes the result."""
        return ScalarResult(self, 0).first()

    @overload
    def scalar_one(self: Result[T, *tuple[Any, ...]]) -> T: ...
    @overload
    def scalar_one(self) -> Any: ...
    def scalar_one(self) -> Any:
        """The first column of the only row; errors as `one()`."""
        return ScalarResult(self, 0).one()

    @overload
    def scalar_one_or_none(self: Result[T, *tuple[Any, ...]]) -> T | None: ...
    @overload
    def scalar_one_or_none(self) -> Any: ...
    def scalar_one_or_none(self) -> Any:
        """The first column of the only row, or None; errors as `one_or_none()`."""
        return ScalarResult(self, 0).one_or_none()

    def freeze(self) -> FrozenResult[*Ts]:
        """Read everything, to be replayed as often as needed (for caches)."""
        return FrozenResult(self)

    def merge(self, *others: Result[*tuple[Any, ...]]) -> MergedResult[*Ts]:
        """One result with the rows of this one and of others like it."""
        return MergedResult(self._metadata, (self, *others))


class FilterResult(BaseResult[V]):
    """A view of another result's rows; they share the position."""

    __slots__ = ("_default_size",)


class ScalarResult(FilterResult[T]):
    """The values of one column of a result."""

    __slots__ = ("_column", "_index")

    def __init__(self, result: Result[*tuple[Any, ...]], index: Any) -> None:
        metadata = self._metadata = result._metadata
        self._buffer = result._buffer
        self._default_size = result._default_size
        if result._buffer.refusal is NO_ROWS:
            raise exc.ResourceClosedError(NO_ROWS)
        self._index = metadata.index_of(index)
        self._column = metadata.column(self._index)
        self._unique = (
            None if result._unique is None else _Unique(self._default_key(), result._unique.strategy)
        )

    def _convert(self, raw: Sequence[Any]) -> list[T]:
        return self._column(raw)

    def _default_key(self) -> Strategy | None:
        filters = self._metadata.unique_filters
        return None if filters is None else filters[self._index]

    def fetchall(self) -> Sequence[T]:
        return self.all()


class MappingResult(_WithKeys, FilterResult[RowMapping]):
    """The rows of a result as mappings."""

    __slots__ = ()

    def __init__(self, result: Result[*tuple[Any, ...]]) -> None:
        self._metadata = result._metadata
        self._buffer = result._buffer
        self._default_size = result._default_size
        self._unique = (
            None if result._unique is None else _Unique(self._default_key(), result._unique.strategy)
        )

    def _convert(self, raw: Sequence[Any]) -> list[RowMapping]:
        return list(map(RowMapping, self._metadata.rows(raw)))

    def _default_key(self) -> Strategy | None:
        key = _row_key(self._metadata)
        return (lambda mapping: mapping._row) if key is None else (lambda mapping: key(mapping._row))

    def columns(self, *col_expressions: Any) -> Self:
        """Keep only these columns, in this order."""
        self._metadata = self._metadata.reduce(col_expressions)
        return self

    def fetchone(self) -> RowMapping | None:
        """The next mapping, or None."""
        self._check()
        values = self._fetch(1)
        return values[0] if values else None

    def fetchall(self) -> Sequence[RowMapping]:
        return self.all()


class TupleResult(_WithKeys, BaseResult[V]):
    """A `Result` whose rows are used as plain tuples; what `Result.tuples()` is typed as."""

    __slots__ = ()


class IteratorResult(Result[*Ts]):
    """A result over any iterator of rows."""

    __slots__ = ()

    def __init__(
        self,
        cursor_metadata: ResultMetaData,
        iterator: Iterator[Any],
        raw: Any = None,
        _source_supports_scalars: bool = False,
        context: Any = None,
    ) -> None:
        if _source_supports_scalars and cursor_metadata.source != "scalar":
            cursor_metadata = ResultMetaData(cursor_metadata.keys, cursor_metadata.objects, source="scalar")
        super().__init__(cursor_metadata, RowBuffer((), IteratorStream(iter(iterator))))


class ChunkedIteratorResult(IteratorResult[*Ts]):
    """A result over a function that gives an iterator of lists of rows, of about the size it is asked for."""

    __slots__ = ()

    def __init__(
        self,
        cursor_metadata: ResultMetaData,
        chunks: Callable[[int | None], Iterator[Sequence[Any]]],
        source_supports_scalars: bool = False,
        raw: Any = None,
        dynamic_yield_per: bool = False,
        context: Any = None,
    ) -> None:
        rows = (row for chunk in chunks(None) for row in chunk)
        super().__init__(cursor_metadata, rows, raw, source_supports_scalars, context)


class MergedResult(Result[*Ts]):
    """The rows of several results, one after the other; of statements that return none, how many rows they matched."""

    __slots__ = ("rowcount",)

    rowcount: int

    def __init__(self, cursor_metadata: ResultMetaData, results: Sequence[Result[*tuple[Any, ...]]]) -> None:
        counts = [result.rowcount for result in results if hasattr(result, "rowcount")]
        if counts:
            self.rowcount = sum(counts)
        refusal = results[0]._buffer.refusal
        rows = [] if refusal else [row for result in results for row in result._fetch(None)]
        super().__init__(cursor_metadata.ready(), RowBuffer(rows, None, refusal))
        if (unique := results[0]._unique) is not None:
            self.unique(unique.strategy)


class FrozenResult(Generic[*Ts]):
    """All rows of a result, kept; each call gives a new result over them."""

    __slots__ = ("_metadata", "data")

    def __init__(self, result: Result[*Ts]) -> None:
        self._metadata = result._metadata.ready()
        self.data: Sequence[Any] = result._fetch(None)

    @property
    def metadata(self) -> ResultMetaData:
        """What the columns are called."""
        return self._metadata

    def __call__(self) -> Result[*Ts]:
        return Result(self._metadata, RowBuffer(self.data))

    def with_new_rows(self, tuple_data: Sequence[Any]) -> FrozenResult[*Ts]:
        """The same columns with other rows."""
        frozen: FrozenResult[*Ts] = FrozenResult.__new__(FrozenResult)
        frozen._metadata = self._metadata
        frozen.data = [self._metadata.row_class(row) for row in tuple_data]
        return frozen
