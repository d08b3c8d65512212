"""An aiosqlite connection with blocking methods, for event listeners."""

from __future__ import annotations

import sqlite3
from typing import Any

from ..contract.adapted import AdaptedConnection, await_only


class AdaptedSQLiteConnection(AdaptedConnection):
    """Looks like a ``sqlite3`` connection; what it is asked for happens in the connection's own thread.

    >>> @event.listens_for(engine.sync_engine, "connect")
    ... def add_functions(connection, record):
    ...     connection.create_function("double", 1, lambda value: value * 2)
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        found = getattr(sqlite3.Connection, name, None)
        if not callable(found):
            return getattr(self._connection.raw, name) if found is None else self._call(getattr, name)

        def method(*args: Any, **kwargs: Any) -> Any:
            return self._call(lambda raw: found(raw, *args, **kwargs))

        return method

    def __setattr__(self, name: str, value: Any) -> None:
        if name in AdaptedConnection.__slots__:
            object.__setattr__(self, name, value)
        else:
            self._call(setattr, name, value)

    def _call(self, function: Any, *args: Any) -> Any:
        connection: Any = self._connection
        return await_only(connection.call(function, *args))
