"""Results of `stream()`: the same views as in `engine.result`, awaited row by row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Generic, Literal, Self, TypeVar, TypeVarTuple, cast, overload

from sublimate.engine.result import (
    BaseResult,
    FrozenResult,
    MappingResult,
    Result,
    RMKeyView,
    ScalarResult,
    Strategy,
)
from sublimate.engine.row import LIKE_A_TUPLE, Row, RowMapping
from sublimate.engine.run import run_async
from sublimate.util.warnings import warn_deprecated

T = TypeVar("T")
V = TypeVar("V")
Ts = TypeVarTuple("Ts")


class AsyncCommon(Generic[V]):
    """What all asynchronous results share: a view, and awaiting what it needs."""

    __slots__ = ("_view",)
    _view: BaseResult[V]

    async def _fetch(self, size: int | None, check: bool = True) -> list[V]:
        if check:
            self._view._check()
        return await run_async(self._view._fetch_steps(size))

    async def _only(self, size: int) -> list[V]:
        values = await self._fetch(size)
        await self.close()
        return values

    async def all(self) -> Sequence[V]:
        """All remaining values, as a list."""
        return await self._fetch(None)

    async def fetchmany(self, size: int | None = None) -> Sequence[V]:
        """The next values, at most `size` of them; all of them without a size or `yield_per`."""
        return await self._fetch(size or self._view._buffer.page, False)

    async def partitions(self, size: int | None = None) -> AsyncIterator[Sequence[V]]:
        """The remaining values in lists of `size` (the last may be shorter)."""
        while batch := await self._fetch(size or self._view._buffer.page):
            yield batch

    async def first(self) -> V | None:
        """The first value, or None; the rest is discarded and the result closed."""
        values = await self._fetch(1, False)
        await self.close()
        return values[0] if values else None

    async def one(self) -> V:
        """The only value; `NoResultFound` if there is none, `MultipleResultsFound` if there are more."""
        return self._view._one(await self._only(2))

    async def one_or_none(self) -> V | None:
        """The only value or None; `MultipleResultsFound` if there are more."""
        return self._view._one_or_none(await self._only(2))

    def unique(self, strategy: Strategy | None = None) -> Self:
        """Give each value once only."""
        self._view.unique(strategy)
        return self

    def yield_per(self, num: int) -> Self:
        """Fetch and partition rows in batches of `num`."""
        self._view.yield_per(num)
        return self

    async def close(self) -> None:
        """Discard what is left."""
        await run_async(self._view._buffer.close_steps())

    @property
    def closed(self) -> bool:
        return self._view.closed

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> V:
        values = await self._fetch(1)
        if not values:
            raise StopAsyncIteration
        return values[0]


class AsyncResult(AsyncCommon[Row[*Ts]], Generic[*Ts]):
    """The rows of `stream()`.

    >>> async with engine.connect() as connection:
    ...     async for row in await connection.stream(select(users)):
    ...         print(row.name)
    """

    __slots__ = ()
    _view: Result[*Ts]

    def __init__(self, real_result: Result[*Ts]) -> None:
        self._view = real_result

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    def keys(self) -> RMKeyView:
        """The names of the columns."""
        return self._view.keys()

    async def fetchone(self) -> Row[*Ts] | None:
        """The next row, or None."""
        values = await self._fetch(1)
        return values[0] if values else None

    async def fetchall(self) -> Sequence[Row[*Ts]]:
        return await self.all()

    def columns(self, *col_expressions: Any) -> Self:
        """Keep only these columns, in this order."""
        self._view.columns(*col_expressions)
        return self

    @overload
    def scalars(self: AsyncResult[T, *tuple[Any, ...]], index: Literal[0]) -> AsyncScalarResult[T]: ...
    @overload
    def scalars(self: AsyncResult[T, *tuple[Any, ...]]) -> AsyncScalarResult[T]: ...
    @overload
    def scalars(self, index: Any = 0) -> AsyncScalarResult[Any]: ...
    def scalars(self, index: Any = 0) -> AsyncScalarResult[Any]:
        """The values of one column."""
        return AsyncScalarResult(self._view, index)

    def mappings(self) -> AsyncMappingResult:
        """The rows as read-only mappings."""
        return AsyncMappingResult(self._view)

    def tuples(self) -> AsyncTupleResult[*Ts]:
        """The same result, its rows typed as plain tuples."""
        warn_deprecated(LIKE_A_TUPLE.format("AsyncResult.tuples() method"))
        return cast("AsyncTupleResult[*Ts]", self)

    @property
    def t(self) -> AsyncTupleResult[*Ts]:
        warn_deprecated(LIKE_A_TUPLE.format("AsyncResult.t method"))
        return cast("AsyncTupleResult[*Ts]", self)

    @overload
    async def scalar(self: AsyncResult[T, *tuple[Any, ...]]) -> T | None: ...
    @overload
    async def scalar(self) -> Any: ...
    async def scalar(self) -> Any:
        """The first column of the first row, or None; closes the result."""
        return await self.scalars().first()

    @overload
    async def scalar_one(self: AsyncResult[T, *tuple[Any, ...]]) -> T: ...
    @overload
    async def scalar_one(self) -> Any: ...
    async def scalar_one(self) -> Any:
        """The first column of the only row; errors as `one()`."""
        return await self.scalars().one()

    @overload
    async def scalar_one_or_none(self: AsyncResult[T, *tuple[Any, ...]]) -> T | None: ...
    @overload
    async def scalar_one_or_none(self) -> Any: ...
    async def scalar_one_or_none(self) -> Any:
        """The first column of the only row, or None; errors as `one_or_none()`."""
        return await self.scalars().one_or_none()

    async def freeze(self) -> FrozenResult[*Ts]:
        """Read everything, to be replayed as often as needed (for caches)."""
        await run_async(self._view._buffer.load_steps(None))
        return FrozenResult(self._view)


class AsyncTupleResult(AsyncResult[*Ts]):
    """An `AsyncResult` whose rows are used as plain tuples; what `AsyncResult.tuples()` is typed as."""

    __slots__ = ()


class AsyncScalarResult(AsyncCommon[T]):
    """The values of one column of a stream."""

    __slots__ = ()

    def __init__(self, real_result: Result[*tuple[Any, ...]], index: Any = 0) -> None:
        self._view = ScalarResult(real_result, index)


class AsyncMappingResult(AsyncCommon[RowMapping]):
    """The rows of a stream as mappings."""

    __slots__ = ()
    _view: MappingResult

    def __init__(self, result: Result[*tuple[Any, ...]]) -> None:
        self._view = MappingResult(result)

    def keys(self) -> RMKeyView:
        """The names of the columns."""
        return self._view.keys()

    def columns(self, *col_expressions: Any) -> Self:
        """Keep only these columns, in this order."""
        self._view.columns(*col_expressions)
        return self

    async def fetchone(self) -> RowMapping | None:
        """The next mapping, or None."""
        values = await self._fetch(1)
        return values[0] if values else None

    async def fetchall(self) -> Sequence[RowMapping]:
        return await self.all()


async def _ensure_sync_result(result: T, calling_method: Any) -> T:
    """The result as it is, for sessions of libraries that make sure of it: rows of `execute()` are never a stream."""
    return result
