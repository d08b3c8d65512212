"""Synchronous code that waits for awaitables: in a worker thread, while the event loop carries out what it asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sublimate.dialects.contract.worker import current_bridge, run_in_worker
from sublimate.exc import MissingGreenlet

T = TypeVar("T")


class _Awaiting:
    """An awaitable as work for the loop."""

    cleans = False

    def __init__(self, awaitable: Awaitable[Any]) -> None:
        self.awaitable = awaitable

    async def perform(self) -> Any:
        return await self.awaitable


async def greenlet_spawn(fn: Callable[..., T], *args: Any, _require_await: bool = False, **kwargs: Any) -> T:
    """Run a function that may call `await_only()`. It runs in a worker thread, as `run_sync()` does; no greenlet."""
    return await run_in_worker(fn, *args, **kwargs)


def await_only(awaitable: Awaitable[T]) -> T:
    """Wait for an awaitable, in a function that `greenlet_spawn()` or `run_sync()` runs."""
    bridge = current_bridge()
    if bridge is None:
        if asyncio.iscoroutine(awaitable):
            awaitable.close()
        raise MissingGreenlet(
            "await_only() waits only in a function that greenlet_spawn() or run_sync() runs; "
            "use 'await' here, or run the whole function with 'await session.run_sync(function)'"
        )
    result: T = bridge.perform(_Awaiting(awaitable))
    return result


await_ = await_only
