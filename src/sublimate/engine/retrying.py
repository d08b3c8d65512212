"""Make a unit of work again when the database refused it only because of others: deadlocks, serialization failures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from sublimate import exc
from sublimate.engine.replicas import is_unreachable
from sublimate.util.lazy import random

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


class Begins(Protocol[S_co]):
    """What makes units of work: a `sessionmaker`, or an engine."""

    def begin(self) -> AbstractContextManager[S_co]: ...


class Policy:
    """Which errors are worth another attempt, how many there are, and how long to wait before each."""

    __slots__ = ("attempts", "delay", "longest", "lost", "retry_on")

    def __init__(
        self,
        attempts: int = 5,
        delay: float = 0.02,
        longest: float = 2.0,
        lost: bool = True,
        retry_on: Callable[[Exception], bool] | None = None,
    ) -> None:
        if attempts < 1:
            raise exc.ArgumentError("retrying() needs at least one attempt")
        self.attempts = attempts
        self.delay = delay
        self.longest = longest
        self.lost = lost
        self.retry_on = retry_on

    def wants(self, error: BaseException) -> bool:
        """Whether the same work may succeed if it is made again, and cannot have been done already."""
        if isinstance(error, exc.CommitUnknownError) or not isinstance(error, Exception):
            return False
        if self.retry_on is not None and self.retry_on(error):
            return True
        if not isinstance(error, exc.DBAPIError):
            return False
        return error.can_retry or (self.lost and is_unreachable(error))

    def pause(self, number: int) -> float:
        """Seconds to wait after attempt `number`: doubled each time, and anything between half and all of it."""
        most: float = min(self.longest, self.delay * 2 ** (number - 1))
        return most * (0.5 + random.random() / 2)


class BaseAttempt(Generic[S]):
    """One attempt at a unit of work."""

    __slots__ = ("_block", "_policy", "_target", "_transaction", "done", "entered", "number")

    def __init__(self, policy: Policy, block: Any, number: int) -> None:
        self._policy = policy
        self._block = block
        self._target: Any = None
        self._transaction: Any = None
        self.number = number
        """1 for the first."""
        self.done = False
        self.entered = False

    def _started(self, target: Any) -> None:
        self.entered = True
        self._target = target
        self._transaction = _inner(target).get_transaction()

    def _ended(self, own: bool, error: BaseException | None) -> bool:
        """Done, or to be done again; else the error goes on to the caller."""
        if error is None:
            self.done = True
        elif not (own and self._may_repeat(error)):
            raise error
        return True

    def _may_repeat(self, error: BaseException) -> bool:
        """False too if the block has ended its transaction itself: what it committed must not be done twice."""
        if not self._policy.wants(error):
            return False
        if self.number < self._policy.attempts:
            return True
        error.add_note(f"retrying() gave up after {self.number} attempts")
        return False

    def _own_transaction(self) -> bool:
        return _inner(self._target).get_transaction() is self._transaction


def _inner(target: Any) -> Any:
    """The synchronous session or connection behind an asynchronous one."""
    return getattr(target, "sync_session", None) or getattr(target, "sync_connection", None) or target


class Attempt(BaseAttempt[S]):
    """One attempt: `with attempt as session` is a transaction of a new session (or connection)."""

    __slots__ = ()

    def __enter__(self) -> S:
        target: S = self._block.__enter__()
        self._started(target)
        return target

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        own = self._own_transaction()
        try:
            self._block.__exit__(kind, error, traceback)
        except BaseException as failed:
            error = failed
        return self._ended(own, error)


class Retrying(Generic[S]):
    """See `retrying()`."""

    def __init__(self, source: Begins[S], policy: Policy) -> None:
        self._source = source
        self._policy = policy

    def __iter__(self) -> Iterator[Attempt[S]]:
        for number in range(1, self._policy.attempts + 1):
            attempt: Attempt[S] = Attempt(self._policy, self._source.begin(), number)
            yield attempt
            refuse_unused(attempt)
            if attempt.done:
                return
            time.sleep(self._policy.pause(number))

    def run(self, function: Callable[Concatenate[S, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `function(session, …)` in an attempt, until one succeeds; its value."""
        for attempt in self:
            with attempt as target:
                value = function(target, *args, **kwargs)
        return value


def refuse_unused(attempt: BaseAttempt[Any]) -> None:
    """An attempt that was not entered would be made again for ever."""
    if not attempt.entered:
        raise exc.InvalidRequestError("write 'with attempt as session:' inside the loop over retrying()")


def retrying(
    source: Begins[S],
    *,
    attempts: int = 5,
    delay: float = 0.02,
    longest: float = 2.0,
    lost: bool = True,
    retry_on: Callable[[Exception], bool] | None = None,
) -> Retrying[S]:
    """Make a unit of work again, in a new session, after a deadlock, a serialization failure or a lost connection.

    `source` is a `sessionmaker` or an engine. Between attempts it waits `delay` seconds, doubled each time up to
    `longest`, of which a random part. `lost=False` leaves lost connections alone; `retry_on(error)` may name other errors.
    The error of the last attempt is raised. Work whose commit has an unknown outcome (`CommitUnknownError`) is never
    repeated, nor work of which the block has committed a part itself.

    >>> for attempt in retrying(make_session):
    ...     with attempt as session:
    ...         session.get_one(Account, 1, with_for_update=True).balance -= 10
    """
    return Retrying(source, Policy(attempts, delay, longest, lost, retry_on))
