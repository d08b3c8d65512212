"""aiosqlite as a driver: one hop to its thread for each call, however many sqlite3 calls that makes there."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar, cast

from ..contract.driver import Args, Outcome, Rows, TransactionOptions, simple_name
from . import pysqlite
from .adapted import AdaptedSQLiteConnection
from .dialect import SQLiteDialect_aiosqlite as dialect
from .pysqlite import PysqliteDriver, Raw
from .transactions import begin, may_write, pragma_for, rollback

__all__ = ["AiosqliteConnection", "AiosqliteCursor", "AiosqliteDriver", "dialect"]


class AiosqliteDriver(PysqliteDriver):
    """sqlite3 in a thread of its own."""

    name = "aiosqlite"
    package = "aiosqlite"
    module = "aiosqlite"
    is_async = True

    async def connect(self, arguments: Mapping[str, Any]) -> AiosqliteConnection:  # type: ignore[override]
        options = dict(arguments)
        opened: list[Raw] = []

        def connector() -> Raw:
            opened.append(pysqlite.open_database(options))
            return opened[0]

        raw = self.load().Connection(connector, iter_chunk_size=64)
        _let_exit(raw)
        try:
            connection = AiosqliteConnection(self, await raw, opened[0])
            connection.level = arguments.get("isolation_level", "")
            return connection
        except Exception as error:
            raise self.translate(error, None, None) from error

    def adopt(self, raw: Any) -> AiosqliteConnection:  # type: ignore[override]
        return AiosqliteConnection(self, raw, raw._conn)

    async def adopt_async(self, raw: Any) -> AiosqliteConnection:
        connection = self.adopt(raw)
        await connection.take_back()
        return connection


def _let_exit(raw: Any) -> None:
    """A program that ends with an open connection must end: its thread waits for work forever."""
    thread = getattr(raw, "_thread", raw)
    with suppress(AttributeError, RuntimeError):
        thread.daemon = True


def _any_thread() -> Any:
    """How to reach the connection should aiosqlite's own way (not public) change: any thread, one at a time."""
    lock = threading.Lock()

    def alone(function: Any, *args: Any) -> Any:
        with lock:
            return function(*args)

    async def hop(function: Any, *args: Any) -> Any:
        return await asyncio.to_thread(alone, function, *args)

    return hop


class AiosqliteConnection:
    """One aiosqlite connection. BEGIN travels with the first statement that may write, which saves a hop."""

    __slots__ = (
        "__weakref__",
        "_begun",
        "_closed",
        "_cursors",
        "_hop",
        "_sync",
        "_uncommitted",
        "_unsure",
        "driver",
        "in_exchange",
        "level",
        "raw",
        "shared",
    )

    is_async: ClassVar[bool] = True
    loop_bound: ClassVar[bool] = False
    adapted = AdaptedSQLiteConnection

    def __init__(self, driver: AiosqliteDriver, raw: Any, sync: Raw) -> None:
        self.driver = driver
        self.raw = raw
        self.in_exchange = (
            False  # never: the thread takes calls one after the other, whatever happens to the caller
        )
        self._sync = sync
        self._hop = getattr(raw, "_execute", None) or _any_thread()
        self._begun = False
        self._uncommitted = 0
        self._unsure = False
        self._closed = False
        self.level: str | None = ""
        self._cursors: set[sqlite3.Cursor] = set()
        self.shared = (
            False  # several holders at once: what runs now may be another's, so it is not interrupted
        )

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def in_transaction(self) -> bool:
        return self._begun or self._unsure or self._sync.in_transaction

    def reset_now(self) -> bool:
        self._begun = False
        return not (self._unsure or self._sync.in_transaction or self._cursors)

    async def lend(self, options: TransactionOptions | None = None) -> None:
        if not self._sync.in_transaction:
            await self._hop(pysqlite.set_level, self._sync, self.level)

    async def take_back(self) -> None:
        await self._hop(pysqlite.set_level, self._sync, None)

    async def fetch(self, sql: str, args: Args) -> Rows:
        try:
            if self._begun and may_write(sql):
                return cast("Rows", await self._hop(_begun, self._sync, pysqlite.fetch, sql, args))
            return cast("Rows", await self._hop(pysqlite.fetch, self._sync, sql, args))
        except asyncio.CancelledError:
            self._interrupt()
            raise
        except Exception as error:
            raise self.driver.translate(error, sql, args, lost=self._closed) from error

    async def query(self, sql: str, args: Args) -> Outcome:
        return cast("Outcome", await self._run(pysqlite.query, sql, args))

    async def execute(self, sql: str, args: Args) -> Outcome:
        return cast("Outcome", await self._run(pysqlite.execute, sql, args))

    async def executemany(self, sql: str, args_list: Sequence[Args]) -> int:
        return cast("int", await self._run(pysqlite.executemany, sql, args_list, ismulti=True))

    async def stream(self, sql: str, args: Args, size: int) -> AiosqliteCursor:
        cursor = cast("sqlite3.Cursor", await self._run(_open_cursor, sql, args, self._cursors))
        return AiosqliteCursor(self, cursor, sql)

    async def begin(self, options: TransactionOptions | None = None) -> None:
        uncommitted = pragma_for(options)
        if uncommitted != self._uncommitted:
            await self._run(Raw.execute, f"PRAGMA read_uncommitted = {uncommitted}")
            self._uncommitted = uncommitted
        self._begun = True

    async def lock(self) -> None:
        if self._begun and not self._sync.in_transaction:
            await self._run(_lock, "BEGIN IMMEDIATE")

    async def commit(self) -> None:
        self._begun = self.shared
        if self._unsure or self._sync.in_transaction:
            await self._run(_commit, "COMMIT")

    async def rollback(self) -> None:
        """Undo; after a cancelled call this also waits until the thread has let go of it."""
        self._begun = self.shared
        if self._unsure or self._sync.in_transaction or self._cursors:
            await self._run(_rollback, "ROLLBACK", self._cursors)
            self._unsure = False

    async def savepoint(self, name: str) -> None:
        await self._run(Raw.execute, f"SAVEPOINT {simple_name(name)}")

    async def rollback_to(self, name: str) -> None:
        await self._run(Raw.execute, f"ROLLBACK TO SAVEPOINT {simple_name(name)}")

    async def release(self, name: str) -> None:
        await self._run(Raw.execute, f"RELEASE SAVEPOINT {simple_name(name)}")

    async def ping(self) -> None:
        await self._run(Raw.execute, "SELECT 1")

    async def close(self) -> None:
        self._closed = True
        await self.raw.close()

    def terminate(self) -> None:
        self._closed = True
        with suppress(sqlite3.Error, ValueError):
            self._sync.interrupt()
        stop = getattr(self.raw, "stop", None)
        if stop is not None:
            with suppress(Exception):
                stop()

    async def call(self, function: Any, *args: Any) -> Any:
        """Run ``function(sqlite3_connection, *args)`` in the connection's thread."""
        return await self._hop(function, self._sync, *args)

    async def _run(self, function: Any, sql: str, *args: Any, ismulti: bool = False) -> Any:
        try:
            if self._begun and may_write(sql):
                return await self._hop(_begun, self._sync, function, sql, *args)
            return await self._hop(function, self._sync, sql, *args)
        except asyncio.CancelledError:
            self._interrupt()
            raise
        except Exception as error:
            params = args[0] if args else None
            raise self.driver.translate(error, sql, params, ismulti=ismulti, lost=self._closed) from error

    def _interrupt(self) -> None:
        """The caller is gone while the thread may still be at it: stop it, and look again before the next use."""
        self._unsure = True
        if not self.shared:
            with suppress(sqlite3.Error):
                self._sync.interrupt()


def _begun(raw: Raw, function: Any, sql: str, *args: Any) -> Any:
    begin(raw)
    return function(raw, sql, *args)


def _lock(raw: Raw, sql: str) -> None:
    begin(raw)


def _commit(raw: Raw, sql: str) -> None:
    if raw.in_transaction:
        raw.execute(sql)


def _open_cursor(raw: Raw, sql: str, args: Args, cursors: set[sqlite3.Cursor]) -> sqlite3.Cursor:
    cursor = raw.execute(sql, args or ())
    cursors.add(cursor)
    return cursor


def _rollback(raw: Raw, sql: str, cursors: set[sqlite3.Cursor]) -> None:
    """Undo, and close cursors first: one left open keeps its locks, and an interrupt would hit whatever comes next."""
    while cursors:
        cursors.pop().close()
    rollback(raw)


class AiosqliteCursor:
    """Rows as SQLite finds them, a batch for each hop."""

    __slots__ = ("columns", "connection", "cursor", "sql")

    is_async = True

    def __init__(self, connection: AiosqliteConnection, cursor: sqlite3.Cursor, sql: str) -> None:
        self.connection = connection
        self.cursor = cursor
        self.sql = sql
        self.columns = pysqlite.names_of(cursor)

    async def fetch(self, size: int) -> Rows:
        try:
            return cast("Rows", await self.connection.call(_fetchmany, self.cursor, size))
        except asyncio.CancelledError:
            self.connection._interrupt()
            raise
        except Exception as error:
            raise self.connection.driver.translate(error, self.sql, None) from error

    async def close(self) -> None:
        await self.connection.call(_close, self.cursor, self.connection._cursors)


def _fetchmany(raw: Raw, cursor: sqlite3.Cursor, size: int) -> Rows:
    return cursor.fetchmany(size)


def _close(raw: Raw, cursor: sqlite3.Cursor, cursors: set[sqlite3.Cursor]) -> None:
    cursors.discard(cursor)
    cursor.close()
