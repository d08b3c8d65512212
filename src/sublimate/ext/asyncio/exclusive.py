"""One task at a time: the second user of a connection or session is refused, by name, before anything interleaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NoReturn, TypeVar

from sublimate.engine.run import run_async
from sublimate.engine.steps import Steps
from sublimate.exc import IllegalStateChangeError
from sublimate.util.lazy import asyncio

T = TypeVar("T")


class Exclusive:
    """Runs steps for whichever task asks, one at a time; `what` is how the error calls the thing shared."""

    __slots__ = ("_close", "_closer", "_user", "_what")

    def __init__(self, what: str) -> None:
        self._what = what
        self._user: asyncio.Task[Any] | None = None
        self._closer: asyncio.Task[Any] | None = None
        self._close: Callable[[], Awaitable[None]] | None = None

    async def run(self, steps: Steps[T]) -> T:
        """Carry the steps out; `IllegalStateChangeError` while another task is at it."""
        if self._user is not None:
            self._refuse()
        if self._closer is not None:
            self._refuse_closed()
        self._user = asyncio.current_task()
        try:
            return await run_async(steps)
        finally:
            self._user = None
            if self._close is not None:
                await self._close_behind()

    def enter(self) -> None:
        """Take it for longer than one run; awaiting `leave()` ends that."""
        if self._user is not None:
            self._refuse()
        if self._closer is not None:
            self._refuse_closed()
        self._user = asyncio.current_task()

    async def leave(self) -> None:
        """The end of `enter()`."""
        self._user = None
        if self._close is not None:
            await self._close_behind()

    def ending(self, close: Callable[[], Awaitable[None]] | None = None) -> None:
        """Called before it is closed or rolled back. Closing is refused while another task is at it, who then does it instead:
        whoever gave it up must not have to try again.
        """
        if self._user is None:
            self._closer = None
        elif close is not None:
            self._closer, self._close = asyncio.current_task(), close
            self._refuse()

    async def _close_behind(self) -> None:
        """Close for the task that was refused. Everyone else is told at the next use, for their work is undone."""
        close, closer = self._close, self._closer
        self._close = None
        try:
            if close is not None:
                await close()
        finally:
            self._closer = closer

    def _refuse_closed(self) -> None:
        closer, self._closer = self._closer, None
        if closer is not asyncio.current_task():
            raise IllegalStateChangeError(
                f"{_name(closer)} closed this {self._what} while another task was using it: what was not committed "
                f"is rolled back. A {self._what} serves one task at a time: give each task its own."
            )

    def _refuse(self) -> NoReturn:
        first, second = self._user, asyncio.current_task()
        raise IllegalStateChangeError(
            f"{_name(second)} used this {self._what} while {_name(first)} was still using it. "
            f"A {self._what} serves one task at a time: give each task its own."
        )


def _name(task: asyncio.Task[Any] | None) -> str:
    if task is None:
        return "a callback"
    coroutine = getattr(task.get_coro(), "__qualname__", "")
    coroutine = coroutine.replace("AsyncReading.", "AsyncSession.")  # the half of it that users do not see
    return f"task {task.get_name()!r} ({coroutine})"
