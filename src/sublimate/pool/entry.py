"""One place in a pool: its connection, what is known of it, and who has it."""

from __future__ import annotations

import warnings
from typing import Any

from .. import exc
from ..dialects.contract.driver import DriverConnection

STALE = -1
"""A generation that no pool has: the connection is closed when it comes back."""


class Unopened:
    """Stands where a connection will be."""

    is_async = loop_bound = in_exchange = in_transaction = False
    closed = True
    raw = None

    def reset_now(self) -> bool:
        return True

    def terminate(self) -> None:
        return None


UNOPENED: Any = Unopened()


class Entry:
    """A place in a pool and its driver connection. The holder has it alone until it is released."""

    __slots__ = (
        "__weakref__",
        "_info",
        "_record_info",
        "connection",
        "detached",
        "fresh",
        "generation",
        "is_async",
        "leaving",
        "lent",
        "opened",
        "origin",
        "owner",
        "pool",
        "rolled_back",
        "since",
    )

    def __init__(self, pool: Any, record_info: dict[Any, Any] | None = None) -> None:
        self.pool = pool
        self.connection: DriverConnection = UNOPENED
        self.is_async: bool = pool.is_async
        self.opened = 0.0
        self.generation = STALE
        self.owner: object | None = None
        self.since = 0.0
        self.origin: tuple[str, int] | None = None
        self.detached = False
        self.leaving = False
        """Given back, and being cleaned or closed: a second release changes nothing."""
        self.lent = False
        """The driver's own connection is in the user's hands, and begins transactions by itself."""
        self.rolled_back = False
        """The holder has rolled back at the last moment, and says so to listeners."""
        self.fresh = True
        self._info: dict[Any, Any] | None = None
        self._record_info = record_info

    def install(self, connection: DriverConnection, opened: float, generation: int) -> None:
        """Put a new connection in this place."""
        self.connection = connection
        self.is_async = connection.is_async
        self.opened = opened
        self.generation = generation
        self.fresh = True
        self._info = None

    @property
    def in_transaction(self) -> bool:
        return self.connection.in_transaction

    @property
    def in_use(self) -> bool:
        return self.owner is not None

    @property
    def info(self) -> dict[Any, Any]:
        """A dictionary for the user's notes; lives as long as the connection."""
        if self._info is None:
            self._info = {}
        return self._info

    @property
    def record_info(self) -> dict[Any, Any]:
        """A dictionary that lives as long as this place in the pool, whichever connection is in it."""
        if self._record_info is None:
            self._record_info = {}
        return self._record_info

    @property
    def driver_connection(self) -> Any:
        """The driver's own connection; None while there is none."""
        return None if self.detached or self.connection.closed else self.connection.raw

    @property
    def dbapi_connection(self) -> Any:
        """What event listeners get as ``dbapi_connection``; None while there is none."""
        return None if self.detached or self.connection.closed else self.pool.face_of(self.connection)

    def invalidate(self, e: BaseException | None = None, soft: bool = False) -> None:
        """Close the connection now, or (``soft``) when it comes back."""
        if soft:
            self.pool.invalidate_softly(self, e)
        else:
            self.pool.drop(self, e)

    def close(self) -> None:
        """Close the connection; the next use of this place opens another."""
        self.pool.drop(self)

    def __repr__(self) -> str:
        state = "free" if self.owner is None else f"held by {self.owner!r}"
        return f"<Entry {self.connection.raw!r} {state}>"


def warn_not_given_back(entry: Entry) -> None:
    """Tell of a connection of an asynchronous driver that was collected, and had to be dropped."""
    warnings.warn(
        f"The garbage collector is trying to clean up non-checked-in connection {entry!r}, which will be terminated.  "
        "Please ensure that connections are returned to the pool explicitly, either by calling ``close()`` or by "
        "using appropriate context managers to manage their lifecycle.",
        exc.SAWarning,
        stacklevel=3,
    )
