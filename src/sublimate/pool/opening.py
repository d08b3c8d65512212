"""A place gets a connection: it is made, told of, and kept for the next if its caller has gone meanwhile."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import Any

from ..util.lazy import asyncio
from .entry import Entry
from .events import fire_works, has_listeners
from .returning import close_connection_works
from .waiting import Works


def opening_works(pool: Any, entry: Entry) -> Works[None]:
    """A new connection in the entry's place, whose old one is closed first; the place is lost if that fails."""
    try:
        if not entry.connection.closed:
            yield from close_connection_works(pool, entry)
        generation = pool._state.generation
        connection = yield partial(pool._create, entry)
        entry.install(pool._adapt(connection), monotonic(), generation)
        yield from _introduce_works(pool, entry)
    except BaseException:
        entry.connection.terminate()
        with pool._lock:
            pool._leave(entry)
        raise


def _introduce_works(pool: Any, entry: Entry) -> Works[None]:
    first, pool._connected_before = not pool._connected_before, True
    if first and has_listeners(pool.dispatch, "first_connect"):
        yield from fire_works(pool, "first_connect", entry)
    if has_listeners(pool.dispatch, "connect"):
        yield from fire_works(pool, "connect", entry)


async def open_in_task(pool: Any, entry: Entry) -> None:
    """Open in a task of the pool's: if the caller is cancelled, the new connection serves the next."""
    entry.owner = pool
    task = pool._tasks.spawn(pool._in_time(pool._opening_works(entry)))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(partial(_opened_for_nobody, pool, entry))
        raise
    pool._own(entry)


def _opened_for_nobody(pool: Any, entry: Entry, task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is None:
        pool._pass_on(entry)
