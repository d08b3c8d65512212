"""psycopg's awaited connection and cursor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from ... import exc
from ..contract.driver import (
    Args,
    CopyTarget,
    Outcome,
    Rows,
    TransactionOptions,
    simple_name,
)
from .psycopg_base import PsycopgBase, cursor_numbers, names_of, outcome_of, quiet_cursor
from .psycopg_cancel import hidden_cancellation
from .transactions import begin_sql


class PsycopgAsyncConnection(PsycopgBase):
    """One psycopg connection, awaited."""

    __slots__ = ()

    is_async: ClassVar[bool] = True

    async def lend(self, options: TransactionOptions | None = None) -> None:
        self._lent = options or TransactionOptions()
        await self._let_begin()

    async def take_back(self) -> None:
        self._lent = None
        await self.raw.set_autocommit(True)
        for name in ("isolation_level", "read_only", "deferrable"):
            await getattr(self.raw, f"set_{name}")(None)

    async def _let_begin(self) -> None:
        if self._lent is not None and self.raw.autocommit and not self.in_transaction:
            for name, value in self._own_transactions(self._lent).items():
                await getattr(self.raw, f"set_{name}")(value)

    async def fetch(self, sql: str, args: Args) -> Rows:
        await self._send(sql, args)
        return await self._rows(sql, args)

    async def query(self, sql: str, args: Args) -> Outcome:
        await self._send(sql, args)
        return outcome_of(self.cursor, await self._rows(sql, args) if self.cursor.description else ())

    async def execute(self, sql: str, args: Args) -> Outcome:
        await self._send(sql, args)
        return Outcome((), (), self.cursor.rowcount)

    async def executemany(self, sql: str, args_list: Sequence[Args]) -> int:
        self.in_exchange = True
        try:
            await self.cursor.executemany(sql, args_list)
        except Exception as error:
            cancelled = hidden_cancellation(error) if self.raw.pgconn.pipeline_status else None
            if cancelled is not None:
                raise cancelled from None
            raise self._translated(error, sql, args_list, ismulti=True) from error
        self.in_exchange = False
        found: int = self.cursor.rowcount
        return found

    async def copy_rows(self, target: CopyTarget, rows: Sequence[Any]) -> None:
        self.in_exchange = True
        try:
            async with self.cursor.copy(target.sql) as copy:
                for row in rows:
                    await copy.write_row(row)
        except Exception as error:
            raise self._translated(error, target.sql, None, ismulti=True) from error
        self.in_exchange = False

    async def stream(self, sql: str, args: Args, size: int) -> PsycopgAsyncCursor:
        """A cursor lives in a transaction: where there is none, it brings one of its own."""
        own = not self.in_transaction
        if own:
            await self._send("BEGIN", None)
        kind = quiet_cursor(self.driver.load().AsyncServerCursor)
        cursor = kind(self.raw, f"sublimate_{next(cursor_numbers)}")
        self.in_exchange = True
        try:
            await cursor.execute(sql, args)
        except Exception as error:
            failure = self._translated(error, sql, args)
            with suppress(self.driver.load().Error, exc.DBAPIError):  # the first error is the one to tell
                if not self.closed:
                    await cursor.close()
                if own and not self.closed:
                    await self._send("ROLLBACK", None)
            raise failure from error
        self.in_exchange = False
        return PsycopgAsyncCursor(self, cursor, sql, own)

    async def begin(self, options: TransactionOptions | None = None) -> None:
        if self._lent is None:
            await self._send(begin_sql(options), None)

    async def commit(self) -> None:
        try:
            await self._send("COMMIT", None)
        except exc.DBAPIError as error:
            raise self._commit_failed(error) from error.driver_exception
        if self._lent is not None:
            await self._let_begin()

    async def rollback(self) -> None:
        await self._send("ROLLBACK", None)
        if self._lent is not None:
            await self._let_begin()

    async def savepoint(self, name: str) -> None:
        await self._send(f"SAVEPOINT {simple_name(name)}", None)

    async def rollback_to(self, name: str) -> None:
        await self._send(f"ROLLBACK TO SAVEPOINT {simple_name(name)}", None)

    async def release(self, name: str) -> None:
        await self._send(f"RELEASE SAVEPOINT {simple_name(name)}", None)

    async def ping(self) -> None:
        await self._send("", None)

    async def close(self) -> None:
        await self.raw.close()

    async def call(self, function: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        """Await ``function(psycopg_connection, *args)``."""
        return await function(self.raw, *args)

    async def _send(self, sql: str, args: Args, prepare: bool | None = None) -> None:
        self.in_exchange = True
        try:
            await self.cursor.execute(sql, args, prepare=prepare)
        except Exception as error:
            if prepare is None and self._outdated(error):
                await self._send(sql, args, False)
                return
            raise self._translated(error, sql, args) from error
        self.in_exchange = False

    async def _rows(self, sql: str, args: Args) -> Rows:
        try:
            found: Rows = await self.cursor.fetchall()
            return found
        except Exception as error:
            raise self._translated(error, sql, args) from error


class PsycopgAsyncCursor:
    """A named cursor on the server, awaited."""

    __slots__ = ("columns", "connection", "cursor", "own", "sql")

    is_async = True

    def __init__(self, connection: PsycopgAsyncConnection, cursor: Any, sql: str, own: bool) -> None:
        self.connection = connection
        self.cursor = cursor
        self.columns = names_of(cursor)
        self.sql = sql
        self.own = own

    async def fetch(self, size: int) -> Rows:
        connection = self.connection
        connection.in_exchange = True
        try:
            rows: Rows = await self.cursor.fetchmany(size)
        except Exception as error:
            raise connection._translated(error, self.sql, None) from error
        connection.in_exchange = False
        return rows

    async def close(self) -> None:
        connection = self.connection
        if connection.closed:
            return
        connection.in_exchange = True
        try:
            await self.cursor.close()
        except Exception as error:
            raise connection._translated(error, self.sql, None) from error
        connection.in_exchange = False
        if self.own:
            self.own = False
            await connection.commit()
