"""Waiting, in threads and in tasks: the only difference between a blocking and an awaited pool."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeAlias, TypeVar

from ..util.lazy import asyncio
from .entry import Entry
from .state import Grant

T = TypeVar("T")

Work: TypeAlias = Callable[[], Any]
Works: TypeAlias = Generator[Work, Any, T]
"""Pool logic: yields calls to make (and to await, where the pool is asynchronous), receives what they return."""


def carry_out(works: Works[T]) -> T:
    """Make the calls, blocking."""
    try:
        work = next(works)
        while True:
            try:
                value = work()
            except BaseException as error:
                work = works.throw(error)
            else:
                work = works.send(value)
    except StopIteration as stop:
        result: T = stop.value
        return result


async def carry_out_async(works: Works[T]) -> T:
    """Make the calls and await what they return."""
    try:
        work = next(works)
        while True:
            try:
                value = work()
                if isinstance(value, Awaitable):
                    value = await value
            except BaseException as error:
                work = works.throw(error)
            else:
                work = works.send(value)
    except StopIteration as stop:
        result: T = stop.value
        return result


class ThreadWaiter:
    """A thread in the queue."""

    __slots__ = ("_event", "granted", "owner")

    def __init__(self, owner: object) -> None:
        self.owner = owner
        self.granted: Entry | Grant | None = None
        self._event = threading.Event()

    def grant(self, value: Entry | Grant) -> bool:
        self.granted = value
        self._event.set()
        return True

    def wait(self, timeout: float | None) -> Entry | Grant:
        self._event.wait(timeout)
        return self.granted or Grant.TIMEOUT


class TaskWaiter:
    """A task in the queue."""

    __slots__ = ("_future", "_loop", "granted", "owner")

    def __init__(self, owner: object, loop: asyncio.AbstractEventLoop) -> None:
        self.owner = owner
        self.granted: Entry | Grant | None = None
        self._loop = loop
        self._future: asyncio.Future[Entry | Grant] = loop.create_future()

    def grant(self, value: Entry | Grant) -> bool:
        if self._future.done():
            return False
        self.granted = value
        self._future.set_result(value)
        return True

    async def wait(self, timeout: float | None) -> Entry | Grant:  # noqa: ASYNC109 (a timer is cheaper)
        if timeout is None:
            return await self._future
        timer = self._loop.call_later(timeout, self._expire)
        try:
            return await self._future
        finally:
            timer.cancel()

    def _expire(self) -> None:
        if not self._future.done():
            self._future.set_result(Grant.TIMEOUT)
