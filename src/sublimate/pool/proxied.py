"""A pool's connection in the hands of a user: looks like the driver's own, and ``close()`` gives it back."""

from __future__ import annotations

import warnings
from types import TracebackType
from typing import Any, Self

from sublimate.util.warnings import warn_deprecated

from .. import exc
from .entry import Entry


class PoolProxiedConnection:
    """What ``engine.raw_connection()`` and ``pool.connect()`` return; all else comes from the driver's connection.

    >>> with pool.connect() as connection:
    ...     connection.cursor().execute("VACUUM")
    """

    def __init__(self, entry: Entry, owned: bool = True) -> None:
        """``owned=False`` only looks at a connection that someone else will give back."""
        self._entry: Entry | None = entry
        self._owned = owned

    def _held(self) -> Entry:
        entry = self._entry
        if entry is None:
            raise AssertionError("this connection was given back to its pool")
        return entry

    def _alive(self) -> Entry | None:
        entry = self._entry
        return None if entry is None or entry.connection.closed else entry

    @property
    def is_valid(self) -> bool:
        return self._alive() is not None

    @property
    def is_detached(self) -> bool:
        return self._entry is not None and self._entry.detached

    @property
    def info(self) -> dict[Any, Any]:
        """A dictionary that lives as long as the driver's connection."""
        return {} if self._entry is None else self._entry.info

    @property
    def record_info(self) -> dict[Any, Any] | None:
        """A dictionary that lives as long as the place in the pool; None once detached."""
        entry = self._entry
        return None if entry is None or entry.detached else entry.record_info

    @property
    def dbapi_connection(self) -> Any:
        """The connection as a DBAPI has it; None once given back or invalidated."""
        entry = self._alive()
        return None if entry is None else entry.pool.face_of(entry.connection, entry.lent)

    @property
    def connection(self) -> Any:
        """The older name of `dbapi_connection`."""
        warn_deprecated(
            "The _ConnectionFairy.connection attribute is deprecated; please use 'driver_connection' (deprecated since: 2.0)"
        )
        return self.dbapi_connection

    @property
    def driver_connection(self) -> Any:
        """The driver's own connection; None once given back or invalidated."""
        entry = self._alive()
        return None if entry is None else entry.connection.raw

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        """A cursor of the driver's."""
        return self._face().cursor(*args, **kwargs)

    def _face(self) -> Any:
        entry = self._held()
        if entry.connection.closed:
            raise AssertionError("this connection was invalidated")
        return entry.pool.face_of(entry.connection, entry.lent)

    def detach(self) -> None:
        """Keep it: the pool forgets it, and ``close()`` closes it."""
        if self._entry is not None:
            self._entry.pool.detach(self._entry)

    def invalidate(self, e: BaseException | None = None, soft: bool = False) -> None:
        """Close it instead of giving it back; ``soft``: when it is given back."""
        if self._entry is None:
            warnings.warn("Can't invalidate an already-closed connection.", exc.SAWarning, stacklevel=2)
            return
        self._entry.invalidate(e, soft)

    def close(self) -> None:
        """Give the connection back. An asynchronous one that has to be cleaned first is, in a task of the pool's."""
        entry, self._entry = self._entry, None
        if entry is not None and self._owned:
            entry.pool.give_back(entry)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._face(), name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: object, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        entry = getattr(self, "_entry", None)
        if entry is not None and self._owned:
            entry.pool.forgotten(entry)
