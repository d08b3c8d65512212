"""psycopg's blocking connection and cursor."""

from __future__ import annotations

from collections.abc import Sequence
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
from .transactions import begin_sql


class PsycopgConnection(PsycopgBase):
    """One psycopg connection."""

    __slots__ = ()

    is_async: ClassVar[bool] = False
    loop_bound: ClassVar[bool] = False

    def lend(self, options: TransactionOptions | None = None) -> None:
        self._lent = options or TransactionOptions()
        self._let_begin()

    def take_back(self) -> None:
        self._lent = None
        self.raw.autocommit = True
        for name in ("isolation_level", "read_only", "deferrable"):
            setattr(self.raw, name, None)

    def _let_begin(self) -> None:
        if self._lent is not None and self.raw.autocommit and not self.in_transaction:
            for name, value in self._own_transactions(self._lent).items():
                setattr(self.raw, name, value)

    def fetch(self, sql: str, args: Args) -> Rows:
        self._send(sql, args)
        return self._rows(sql, args)

    def query(self, sql: str, args: Args) -> Outcome:
        self._send(sql, args)
        return outcome_of(self.cursor, self._rows(sql, args) if self.cursor.description else ())

    def execute(self, sql: str, args: Args) -> Outcome:
        self._send(sql, args)
        return Outcome((), (), self.cursor.rowcount)

    def executemany(self, sql: str, args_list: Sequence[Args]) -> int:
        self.in_exchange = True
        try:
            self.cursor.executemany(sql, args_list)
        except Exception as error:
            raise self._translated(error, sql, args_list, ismulti=True) from error
        self.in_exchange = False
        found: int = self.cursor.rowcount
        return found

    def copy_rows(self, target: CopyTarget, rows: Sequence[Any]) -> None:
        self.in_exchange = True
        try:
            with self.cursor.copy(target.sql) as copy:
                for row in rows:
                    copy.write_row(row)
        except Exception as error:
            raise self._translated(error, target.sql, None, ismulti=True) from error
        self.in_exchange = False

    def stream(self, sql: str, args: Args, size: int) -> PsycopgCursor:
        """A cursor lives in a transaction: where there is none, it brings one of its own."""
        own = not self.in_transaction
        if own:
            self._send("BEGIN", None)
        kind = quiet_cursor(self.driver.load().ServerCursor)
        cursor = kind(self.raw, f"sublimate_{next(cursor_numbers)}")
        self.in_exchange = True
        try:
            cursor.execute(sql, args)
        except Exception as error:
            failure = self._translated(error, sql, args)
            with suppress(self.driver.load().Error, exc.DBAPIError):  # the first error is the one to tell
                if not self.closed:
                    cursor.close()
                if own and not self.closed:
                    self._send("ROLLBACK", None)
            raise failure from error
        self.in_exchange = False
        return PsycopgCursor(self, cursor, sql, own)

    def begin(self, options: TransactionOptions | None = None) -> None:
        if self._lent is None:
            self._send(begin_sql(options), None)

    def commit(self) -> None:
        try:
            self._send("COMMIT", None)
        except exc.DBAPIError as error:
            raise self._commit_failed(error) from error.driver_exception
        self._let_begin()

    def rollback(self) -> None:
        self._send("ROLLBACK", None)
        self._let_begin()

    def savepoint(self, name: str) -> None:
        self._send(f"SAVEPOINT {simple_name(name)}", None)

    def rollback_to(self, name: str) -> None:
        self._send(f"ROLLBACK TO SAVEPOINT {simple_name(name)}", None)

    def release(self, name: str) -> None:
        self._send(f"RELEASE SAVEPOINT {simple_name(name)}", None)

    def ping(self) -> None:
        self._send("", None)

    def close(self) -> None:
        self.raw.close()

    def _send(self, sql: str, args: Args, prepare: bool | None = None) -> None:
        self.in_exchange = True
        try:
            self.cursor.execute(sql, args, prepare=prepare)
        except Exception as error:
            if prepare is None and self._outdated(error):
                self._send(sql, args, False)
                return
            raise self._translated(error, sql, args) from error
        self.in_exchange = False

    def _rows(self, sql: str, args: Args) -> Rows:
        try:
            found: Rows = self.cursor.fetchall()
            return found
        except Exception as error:
            raise self._translated(error, sql, args) from error


class PsycopgCursor:
    """A named cursor on the server."""

    __slots__ = ("columns", "connection", "cursor", "own", "sql")

    is_async = False

    def __init__(self, connection: PsycopgConnection, cursor: Any, sql: str, own: bool) -> None:
        self.connection = connection
        self.cursor = cursor
        self.columns = names_of(cursor)
        self.sql = sql
        self.own = own

    def fetch(self, size: int) -> Rows:
        connection = self.connection
        connection.in_exchange = True
        try:
            rows: Rows = self.cursor.fetchmany(size)
        except Exception as error:
            raise connection._translated(error, self.sql, None) from error
        connection.in_exchange = False
        return rows

    def close(self) -> None:
        connection = self.connection
        if connection.closed:
            return
        connection.in_exchange = True
        try:
            self.cursor.close()
        except Exception as error:
            raise connection._translated(error, self.sql, None) from error
        connection.in_exchange = False
        if self.own:
            self.own = False
            connection.commit()
