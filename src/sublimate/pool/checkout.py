"""Taking a connection: the queue for one, and making it ready, until ping and listeners accept it."""

from __future__ import annotations

from functools import partial
from typing import Any

from .. import exc
from .entry import Entry
from .events import (
    fire_works,
    has_listeners,
    tell_dropping,
)
from .ledger import current_owner
from .proxied import PoolProxiedConnection
from .state import Grant, PoolState
from .waiting import TaskWaiter, ThreadWaiter, Works


def obtain_works(pool: Any) -> Works[Entry]:
    """A connection that is free by now, a place for a new one, or the next that someone gives back."""
    state: PoolState = pool._state
    with pool._lock:
        entry = state.take()
        may_open = entry is None and state.reserve()
        waiter = None if entry is not None or may_open else _enqueue(pool)
    if waiter is not None:
        granted = yield from _wait_works(pool, waiter)
        if isinstance(granted, Entry):
            entry = granted
    if entry is None:
        entry = Entry(pool, pool._record_infos.pop() if pool._record_infos else None)
        state.entries.add(entry)
    pool._own(entry)
    return entry


def _enqueue(pool: Any) -> ThreadWaiter | TaskWaiter:
    owner = current_owner(pool.is_async)
    waiter = TaskWaiter(owner, pool._current_loop()) if pool.is_async else ThreadWaiter(owner)
    pool._state.waiters.append(waiter)
    return waiter


def _wait_works(pool: Any, waiter: ThreadWaiter | TaskWaiter) -> Works[Entry | Grant]:
    try:
        granted: Entry | Grant = yield partial(waiter.wait, pool._timeout)
    except BaseException:  # cancelled: what was handed over meanwhile goes to the next
        with pool._lock:
            if not pool._state.withdraw(waiter):
                pool._pass_on(waiter.granted)
        raise
    if granted is not Grant.TIMEOUT:
        return granted
    with pool._lock:
        withdrawn = pool._state.withdraw(waiter)
    if not withdrawn and waiter.granted is not None:
        return waiter.granted
    raise pool._exhausted()


def ready_works(pool: Any, entry: Entry) -> Works[None]:
    """Open what is not open; replace, twice at most, what is too old or refused by the ping or a listener."""
    for _ in range(3):
        if entry.connection.closed or pool._is_old(entry):
            yield from pool._open_works(entry)
        if (yield from accepted_works(pool, entry)):
            return
    raise exc.InvalidRequestError(
        "This connection is closed: it and the two that replaced it were refused at check-out"
    )


def accepted_works(pool: Any, entry: Entry) -> Works[bool]:
    """Whether ping and listeners let the connection go out; if not, it is closed."""
    if pool._pre_ping and not entry.fresh:
        try:
            yield entry.connection.ping
        except exc.DBAPIError as error:
            ping_failed = getattr(pool._dialect, "ping_failed", None)
            _discredit(pool, entry, error, ping_failed is None or ping_failed(error))
            return False
    entry.fresh = False
    if has_listeners(pool.dispatch, "checkout"):
        try:
            view = PoolProxiedConnection(entry, owned=False)
            yield from fire_works(pool, "checkout", entry, view)
        except exc.DisconnectionError as error:
            _discredit(pool, entry, error, error.invalidate_pool)
            return False
    return True


def _discredit(pool: Any, entry: Entry, error: BaseException, everywhere: bool = True) -> None:
    """Close a connection that was found dead; its place stays the caller's. The free ones are as old."""
    tell_dropping(pool, entry, error)
    entry.connection.terminate()
    if everywhere:
        with pool._lock:
            free = pool._state.renounce()
        pool._close_at_once(free)
