"""An asynchronous driver's connection with blocking methods, for event listeners; usable where ``run_sync`` runs them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from ...exc import MissingGreenlet
from .driver import DriverConnection, Outcome
from .worker import current_bridge


class _Await:
    __slots__ = ("awaitable",)
    cleans = False

    def __init__(self, awaitable: Awaitable[Any]) -> None:
        self.awaitable = awaitable

    def perform(self) -> Awaitable[Any]:
        return self.awaitable


def await_only(awaitable: Awaitable[Any]) -> Any:
    """Wait for it from blocking code that a worker of ours runs."""
    bridge = current_bridge()
    if bridge is None:
        close = getattr(awaitable, "close", None)
        if close is not None:
            close()
        raise MissingGreenlet(
            "this connection can be used in blocking code only inside run_sync() or an event listener of the pool"
        )
    return bridge.perform(_Await(awaitable))


class AdaptedConnection:
    """Looks like a DBAPI connection. ``run_async`` reaches what only the driver has.

    >>> dbapi_connection.run_async(lambda connection: connection.set_type_codec("json", ...))
    """

    __slots__ = ("_begins", "_connection")

    def __init__(self, connection: DriverConnection, begins: bool = False) -> None:
        self._connection = connection
        self._begins = begins
        """A statement begins a transaction, as a DBAPI says it should."""

    @property
    def driver_connection(self) -> Any:
        return self._connection.raw

    def run_async(self, fn: Callable[[Any], Awaitable[Any]]) -> Any:
        return await_only(fn(self._connection.raw))

    def cursor(self) -> AdaptedCursor:
        return AdaptedCursor(self._connection, self._begins)

    def execute(self, operation: str, parameters: Any = None) -> AdaptedCursor:
        cursor = self.cursor()
        cursor.execute(operation, parameters)
        return cursor

    def commit(self) -> None:
        if self._connection.in_transaction:
            await_only(self._connection.commit())

    def rollback(self) -> None:
        if self._connection.in_transaction:
            await_only(self._connection.rollback())

    def close(self) -> None:
        await_only(self._connection.close())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection.raw, name)


class AdaptedCursor:
    """Looks like a DBAPI cursor; rows are fetched with the statement."""

    def __init__(self, connection: DriverConnection, begins: bool = False) -> None:
        self._connection = connection
        self._begins = begins
        self._rows: list[Sequence[Any]] = []
        self.description: list[tuple[Any, ...]] | None = None
        self.rowcount = -1
        self.lastrowid: Any = None
        self.arraysize = 1

    def execute(self, operation: str, parameters: Any = None) -> None:
        self._begin()
        outcome: Outcome = await_only(self._connection.query(operation, parameters))
        self._rows = list(outcome.rows)
        self.description = [(name, *[None] * 6) for name in outcome.columns] or None
        self.rowcount = outcome.rowcount
        self.lastrowid = outcome.lastrowid

    def _begin(self) -> None:
        if self._begins and not self._connection.in_transaction:
            await_only(self._connection.begin())

    def executemany(self, operation: str, seq_of_parameters: Sequence[Any]) -> None:
        self._begin()
        self.rowcount = await_only(self._connection.executemany(operation, seq_of_parameters))

    def fetchone(self) -> Sequence[Any] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Sequence[Any]]:
        count = size or self.arraysize
        taken, self._rows = self._rows[:count], self._rows[count:]
        return taken

    def fetchall(self) -> list[Sequence[Any]]:
        taken, self._rows = self._rows, []
        return taken

    def __iter__(self) -> Iterator[Sequence[Any]]:
        return iter(self.fetchall())

    def close(self) -> None:
        self._rows = []
