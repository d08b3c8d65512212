"""A connection comes back: it is reset, told of, kept if there is room for it, or closed."""

from __future__ import annotations

from typing import Any

from .entry import Entry
from .events import (
    PoolResetState,
    fire_works,
    has_listeners,
    tell_closing,
)
from .waiting import Works


def release_works(pool: Any, entry: Entry) -> Works[None]:
    """Clean it and keep it; if that cannot be done or there are enough, close it."""
    connection = entry.connection
    try:
        if connection.closed or connection.in_exchange:
            pool.drop(entry)
            return
        if entry.owner is not pool:
            yield from reset_works(pool, entry)
            if not entry.detached and has_listeners(pool.dispatch, "checkin"):
                yield from fire_works(pool, "checkin", entry)
    except BaseException as error:
        pool._log.logger.error("Exception during reset or similar", exc_info=error)
        pool.drop(entry, error)
        if not isinstance(error, Exception):
            raise
        return
    if not entry.detached:
        with pool._lock:
            if entry.owner is not pool and pool._state.give(entry):
                return
    yield from _retire_works(pool, entry)


def reset_works(pool: Any, entry: Entry) -> Works[None]:
    """End what the holder left open."""
    if has_listeners(pool.dispatch, "reset"):
        state = PoolResetState(entry.rolled_back, entry.detached, True)
        yield from fire_works(pool, "reset", entry, state)
    entry.rolled_back = False
    if pool._reset_style and not entry.connection.reset_now():
        yield entry.connection.commit if pool._reset_style == "commit" else entry.connection.rollback
    if entry.lent:
        yield from _take_back_works(pool, entry)


def _take_back_works(pool: Any, entry: Entry) -> Works[None]:
    entry.lent = False
    if not entry.connection.reset_now():
        yield entry.connection.rollback
    yield entry.connection.take_back


def _retire_works(pool: Any, entry: Entry) -> Works[None]:
    """Close in good order, and give the place up."""
    pool._gone(entry)
    yield from close_connection_works(pool, entry)


def close_connection_works(pool: Any, entry: Entry) -> Works[None]:
    """Say good-bye to the server, or end at once if it does not answer."""
    tell_closing(pool, entry)
    try:
        yield entry.connection.close
    except Exception:
        entry.connection.terminate()
