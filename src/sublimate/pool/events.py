"""The events of pools, and how their listeners are called where the driver is asynchronous."""

from __future__ import annotations

from functools import partial
from typing import Any

from .. import event
from ..dialects.contract.worker import run_in_worker
from .entry import UNOPENED, Entry
from .waiting import Works

EVENTS: dict[str, tuple[str, ...]] = {
    "connect": ("dbapi_connection", "connection_record"),
    "first_connect": ("dbapi_connection", "connection_record"),
    "checkout": ("dbapi_connection", "connection_record", "connection_proxy"),
    "checkin": ("dbapi_connection", "connection_record"),
    "reset": ("dbapi_connection", "connection_record", "reset_state"),
    "invalidate": ("dbapi_connection", "connection_record", "exception"),
    "soft_invalidate": ("dbapi_connection", "connection_record", "exception"),
    "close": ("dbapi_connection", "connection_record"),
    "detach": ("dbapi_connection", "connection_record"),
    "close_detached": ("dbapi_connection",),
}


class PoolFamily(event.Family):
    """Pool events."""

    def __init__(self) -> None:
        super().__init__("pool", EVENTS)


class PoolResetState:
    """What the ``reset`` event is told of how a connection comes back."""

    __slots__ = ("asyncio_safe", "terminate_only", "transaction_was_reset")

    def __init__(self, transaction_was_reset: bool, terminate_only: bool, asyncio_safe: bool) -> None:
        self.transaction_was_reset = transaction_was_reset
        self.terminate_only = terminate_only
        self.asyncio_safe = asyncio_safe


def has_listeners(dispatch: Any, *names: str) -> bool:
    """Whether anyone listens to one of these events."""
    return dispatch is not None and any(getattr(dispatch, name) for name in names)


def fire_works(pool: Any, name: str, entry: Entry, *more: Any) -> Works[None]:
    """Call the listeners where they may use the connection; for an asynchronous driver that is a worker's thread."""
    listeners = getattr(pool.dispatch, name)
    connection: Any = entry.connection
    record = None if entry.detached else entry
    face = pool.face_of(connection)
    if not pool.is_async:
        yield partial(listeners, face, record, *more)
    else:
        yield partial(run_in_worker, listeners, face, record, *more)


def tell_closing(pool: Any, entry: Entry) -> None:
    """A connection is about to be closed."""
    if pool.dispatch is None:
        return
    if entry.detached:
        pool.dispatch.close_detached(pool.face_of(entry.connection))
    elif not entry.connection.closed:
        pool.dispatch.close(pool.face_of(entry.connection), entry)


def tell_dropping(pool: Any, entry: Entry, error: BaseException | None) -> None:
    """A connection is about to be closed because it is of no more use, or has broken in its holder's hands."""
    broken = entry.owner is not None and entry.connection.closed and entry.connection is not UNOPENED
    if pool.dispatch is not None and (broken or not entry.connection.closed):
        pool.dispatch.invalidate(pool.face_of(entry.connection), entry, error)
        tell_closing(pool, entry)
