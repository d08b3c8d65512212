"""The awaited connection, for asyncmy and aiomysql alike: in autocommit underneath."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, ClassVar

from ... import exc
from ..contract.driver import Args, Outcome, Rows, TransactionOptions, simple_name
from .transactions import LEVEL_SQL, begin_sql, session_sql
from .wire import CONNECT_TIMEOUT, WireConnection, WireDriver


class AwaitedDriver(WireDriver):
    """What asyncmy and aiomysql have in common: how a connection is opened."""

    is_async = True
    database_argument = "db"

    async def connect(self, arguments: Mapping[str, Any]) -> Any:
        options = self.options(arguments)
        creator = options.pop("async_creator_fn", None) or self.load().connect
        seconds = options.get("connect_timeout", CONNECT_TIMEOUT)
        try:
            async with asyncio.timeout(seconds):
                return self.adopt(await creator(**options))
        except TimeoutError as error:
            told = TimeoutError(str(error) or f"the server did not answer within {seconds} seconds")
            raise self.translate(told, None, None) from error
        except Exception as error:
            raise self.translate(error, None, None) from error


def drop(raw: Any, transport: Any) -> None:
    """Close a driver's connection without a word, and without waiting for what it still has to send."""
    with suppress(RuntimeError):  # its event loop is closed, and the socket with it
        if transport is not None:
            transport.abort()
        raw.close()


class AwaitedConnection(WireConnection):
    """One connection of asyncmy's or aiomysql's, which have one origin and one interface."""

    __slots__ = ()

    is_async: ClassVar[bool] = True

    async def lend(self, options: TransactionOptions | None = None) -> None:
        self._autocommit_due = False
        if options is not None:
            self._restoring = self._restoring_sql(options, await self.fetch(LEVEL_SQL, None))
        for statement in (*session_sql(options), "SET autocommit = 0"):
            await self._exchange(statement, None)

    async def take_back(self) -> None:
        statements, self._restoring = ("SET autocommit = 1", *self._restoring), ()
        for statement in statements:
            await self._exchange(statement, None)

    async def fetch(self, sql: str, args: Args) -> Rows:
        return (await self._exchange(sql, args)).rows or ()

    async def query(self, sql: str, args: Args) -> Outcome:
        return self._outcome(await self._exchange(sql, args))

    async def execute(self, sql: str, args: Args) -> Outcome:
        result = await self._exchange(sql, args)
        return Outcome((), (), result.affected_rows, result.insert_id)

    async def executemany(self, sql: str, args_list: Sequence[Args]) -> int:
        """Outside a transaction, all or nothing: one transaction of its own."""
        if self.in_transaction:
            return await self._send_many(sql, args_list)
        await self.begin()
        try:
            count = await self._send_many(sql, args_list)
            await self.commit()
        except BaseException:
            if not self.closed and not self.in_exchange:
                await self.rollback()
            raise
        return count

    async def _send_many(self, sql: str, args_list: Sequence[Args]) -> int:
        count = 0
        for text in self._prepared_many(sql, args_list):
            count += (await self._send(text, sql, args_list, ismulti=True)).affected_rows
        return count

    async def stream(self, sql: str, args: Args, size: int) -> AwaitedCursor:
        text = self._prepared(sql, args)
        await self._settle()
        cursor = await self.raw.cursor(self.driver.load().cursors.SSCursor)
        self.in_exchange = True
        try:
            await cursor.execute(text)
        except Exception as error:
            raise self._translated(error, sql, args) from error
        self.in_exchange = False
        self._stream = stream = AwaitedCursor(self, cursor, sql)
        return stream

    async def begin(self, options: TransactionOptions | None = None) -> None:
        statements = begin_sql(options)
        self._begun = None
        for statement in statements:
            await self._exchange(statement, None)
        self._begun = statements

    async def commit(self) -> None:
        self._begun = None
        try:
            await self._exchange("COMMIT", None)
        except exc.DBAPIError as error:
            raise self._commit_failed(error) from error.driver_exception

    async def rollback(self) -> None:
        self._begun = None
        await self._exchange("ROLLBACK", None)

    async def savepoint(self, name: str) -> None:
        await self._exchange(f"SAVEPOINT {simple_name(name, '`')}", None)

    async def rollback_to(self, name: str) -> None:
        await self._exchange(f"ROLLBACK TO SAVEPOINT {simple_name(name, '`')}", None)

    async def release(self, name: str) -> None:
        await self._exchange(f"RELEASE SAVEPOINT {simple_name(name, '`')}", None)

    async def ping(self) -> None:
        await self._settle()
        self.in_exchange = True
        try:
            await self.raw.ping(reconnect=False)
        except Exception as error:
            raise self._translated(error, "ping", None) from error
        self.in_exchange = False

    async def close(self) -> None:
        if not self.closed:
            await self.raw.ensure_closed()

    async def call(self, function: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        """Await ``function(driver_connection, *args)``."""
        return await function(self.raw, *args)

    # -- one exchange

    async def _exchange(self, sql: str, args: Args) -> Any:
        return await self._send(self._prepared(sql, args), sql, args)

    async def _send(self, text: bytes, sql: str, args: Any, ismulti: bool = False) -> Any:
        """Send a statement and read all it answers; the driver's result, the first if there are several."""
        if self._unsettled:
            await self._settle()
        raw = self.raw
        self.in_exchange = True
        try:
            await raw.query(text)
            result = raw._result
            while raw._result.has_next:
                await raw.next_result()
        except Exception as error:
            raise self._translated(error, sql, args, ismulti) from error
        self.in_exchange = False
        return result

    async def _settle(self) -> None:
        """Read what an open stream has left on the wire, and begin again where the server has ended the transaction."""
        if self._stream is not None:
            await self._stream.keep_rest()
        if self._autocommit_due:
            self._autocommit_due = False
            await self._exchange("SET autocommit = 1", None)
        if self._unsettled:
            statements, self._begun = self._begun, None
            for statement in statements or ():
                await self._exchange(statement, None)
            self._begun = statements


class AwaitedCursor:
    """Rows as the server sends them; nothing else can be asked meanwhile, so another statement reads the rest first."""

    __slots__ = ("_kept", "columns", "connection", "cursor", "sql")

    is_async = True

    def __init__(self, connection: AwaitedConnection, cursor: Any, sql: str) -> None:
        self.connection = connection
        self.cursor = cursor
        self.columns = [column[0] for column in cursor.description or ()]
        self.sql = sql
        self._kept: Iterator[Any] = iter(())

    async def fetch(self, size: int) -> Rows:
        if self.cursor is None:
            return list(islice(self._kept, size))
        rows = list(await self._call(self.cursor.fetchmany, size))
        if not rows:
            self._finish()
        return rows

    async def keep_rest(self) -> None:
        """Read the rest into memory."""
        self._kept = iter(list(await self._call(self.cursor.fetchall)))
        self._finish()

    async def close(self) -> None:
        self._kept = iter(())
        if self.cursor is not None and not self.connection.closed:
            await self._call(self.cursor.close)
            self._finish()

    def _finish(self) -> None:
        self.cursor = self.connection._stream = None

    async def _call(self, function: Any, *args: Any) -> Any:
        connection = self.connection
        connection.in_exchange = True
        try:
            found = await function(*args)
        except Exception as error:
            self._finish()
            raise connection._translated(error, self.sql, None) from error
        connection.in_exchange = False
        return found
