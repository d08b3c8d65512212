"""`retrying()` for asyncio."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from sublimate.engine.retrying import BaseAttempt, Policy, refuse_unused
from sublimate.util.lazy import asyncio

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


class AsyncBegins(Protocol[S_co]):
    """What makes units of work: an `async_sessionmaker`, or an `AsyncEngine`."""

    def begin(self) -> AbstractAsyncContextManager[S_co, Any]: ...


class AsyncAttempt(BaseAttempt[S]):
    """One attempt: `async with attempt as session` is a transaction of a new session (or connection)."""

    __slots__ = ()

    async def __aenter__(self) -> S:
        target: S = await self._block.__aenter__()
        self._started(target)
        return target

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        own = self._own_transaction()
        try:
            await self._block.__aexit__(kind, error, traceback)
        except BaseException as failed:
            error = failed
        return self._ended(own, error)


class AsyncRetrying(Generic[S]):
    """See `retrying()`."""

    def __init__(self, source: AsyncBegins[S], policy: Policy) -> None:
        self._source = source
        self._policy = policy

    async def __aiter__(self) -> AsyncIterator[AsyncAttempt[S]]:
        for number in range(1, self._policy.attempts + 1):
            attempt: AsyncAttempt[S] = AsyncAttempt(self._policy, self._source.begin(), number)
            yield attempt
            refuse_unused(attempt)
            if attempt.done:
                return
            await asyncio.sleep(self._policy.pause(number))

    async def run(
        self, function: Callable[Concatenate[S, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Await `function(session, …)` in an attempt, until one succeeds; its value."""
        async for attempt in self:
            async with attempt as target:
                value = await function(target, *args, **kwargs)
        return value


def retrying(
    source: AsyncBegins[S],
    *,
    attempts: int = 5,
    delay: float = 0.02,
    longest: float = 2.0,
    lost: bool = True,
    retry_on: Callable[[Exception], bool] | None = None,
) -> AsyncRetrying[S]:
    """`sublimate.orm.retrying()` for an `async_sessionmaker` or `AsyncEngine`.

    >>> async for attempt in retrying(make_session):
    ...     async with attempt as session:
    ...         account = await session.get_one(Account, 1, with_for_update=True)
    ...         account.balance -= 10
    """
    return AsyncRetrying(source, Policy(attempts, delay, longest, lost, retry_on))
