"""PyMySQL as a driver: blocking, in autocommit underneath."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar

from ... import exc
from ..contract.driver import Args, Outcome, ParamStyle, Rows, TransactionOptions, simple_name
from .dialect import MySQLDialect_pymysql as dialect
from .transactions import LEVEL_SQL, begin_sql, session_sql
from .wire import CONNECT_TIMEOUT, WireConnection, WireDriver

__all__ = ["PyMySQLConnection", "PyMySQLCursor", "PyMySQLDriver", "dialect"]


class PyMySQLDriver(WireDriver):
    """PyMySQL, blocking."""

    name = "pymysql"
    package = "pymysql"
    module = "pymysql"
    paramstyle: ClassVar[ParamStyle] = "pyformat"

    @cached_property
    def error_class(self) -> type[Exception]:
        found: type[Exception] = self.load().err.MySQLError
        return found

    def connect(self, arguments: Mapping[str, Any]) -> PyMySQLConnection:
        module = self.load()
        options = self.options(arguments)
        usual = options.pop("read_timeout", None)
        seconds = options.get("connect_timeout", CONNECT_TIMEOUT)
        try:
            raw = module.connect(read_timeout=seconds, **options)
        except Exception as error:
            raise self.translate(error, None, None) from error
        raw._read_timeout = usual
        return self.adopt(raw)

    def adopt(self, raw: Any) -> PyMySQLConnection:
        return PyMySQLConnection(self, raw, raw.escape, raw.encoding)


class PyMySQLConnection(WireConnection):
    """One PyMySQL connection."""

    __slots__ = ()

    is_async: ClassVar[bool] = False
    loop_bound: ClassVar[bool] = False

    @property
    def closed(self) -> bool:
        return not self.raw.open

    def terminate(self) -> None:
        sock = self.raw._sock
        if sock is not None:
            with suppress(OSError):  # wakes a thread that waits for the server
                sock.shutdown(socket.SHUT_RDWR)
        self.raw._force_close()

    def lend(self, options: TransactionOptions | None = None) -> None:
        self._autocommit_due = False
        if options is not None:
            self._restoring = self._restoring_sql(options, self.fetch(LEVEL_SQL, None))
        for statement in (*session_sql(options), "SET autocommit = 0"):
            self._exchange(statement, None)

    def take_back(self) -> None:
        statements, self._restoring = ("SET autocommit = 1", *self._restoring), ()
        for statement in statements:
            self._exchange(statement, None)

    def fetch(self, sql: str, args: Args) -> Rows:
        return self._exchange(sql, args).rows or ()

    def query(self, sql: str, args: Args) -> Outcome:
        return self._outcome(self._exchange(sql, args))

    def execute(self, sql: str, args: Args) -> Outcome:
        result = self._exchange(sql, args)
        return Outcome((), (), result.affected_rows, result.insert_id)

    def executemany(self, sql: str, args_list: Sequence[Args]) -> int:
        """Outside a transaction, all or nothing: one transaction of its own."""
        if self.in_transaction:
            return self._send_many(sql, args_list)
        self.begin()
        try:
            count = self._send_many(sql, args_list)
            self.commit()
        except BaseException:
            if not self.closed and not self.in_exchange:
                self.rollback()
            raise
        return count

    def _send_many(self, sql: str, args_list: Sequence[Args]) -> int:
        count = 0
        for text in self._prepared_many(sql, args_list):
            count += self._send(text, sql, args_list, ismulti=True).affected_rows
        return count

    def stream(self, sql: str, args: Args, size: int) -> PyMySQLCursor:
        text = self._prepared(sql, args)
        self._settle()
        cursor = self.raw.cursor(self.driver.load().cursors.SSCursor)
        self.in_exchange = True
        try:
            cursor.execute(text)
        except Exception as error:
            raise self._translated(error, sql, args) from error
        self.in_exchange = False
        self._stream = stream = PyMySQLCursor(self, cursor, sql)
        return stream

    def begin(self, options: TransactionOptions | None = None) -> None:
        statements = begin_sql(options)
        self._begun = None
        for statement in statements:
            self._exchange(statement, None)
        self._begun = statements

    def commit(self) -> None:
        self._begun = None
        try:
            self._exchange("COMMIT", None)
        except exc.DBAPIError as error:
            raise self._commit_failed(error) from error.driver_exception

    def rollback(self) -> None:
        self._begun = None
        self._exchange("ROLLBACK", None)

    def savepoint(self, name: str) -> None:
        self._exchange(f"SAVEPOINT {simple_name(name, '`')}", None)

    def rollback_to(self, name: str) -> None:
        self._exchange(f"ROLLBACK TO SAVEPOINT {simple_name(name, '`')}", None)

    def release(self, name: str) -> None:
        self._exchange(f"RELEASE SAVEPOINT {simple_name(name, '`')}", None)

    def ping(self) -> None:
        self._settle()
        self.in_exchange = True
        try:
            self.raw.ping(reconnect=False)
        except Exception as error:
            raise self._translated(error, "ping", None) from error
        self.in_exchange = False

    def close(self) -> None:
        if self.raw.open:
            self.raw.close()

    # -- one exchange

    def _exchange(self, sql: str, args: Args) -> Any:
        return self._send(self._prepared(sql, args), sql, args)

    def _send(self, text: bytes, sql: str, args: Any, ismulti: bool = False) -> Any:
        """Send a statement and read all it answers; the driver's result, the first if there are several."""
        if self._unsettled:
            self._settle()
        raw = self.raw
        self.in_exchange = True
        try:
            raw.query(text)
            result = raw._result
            while raw._result.has_next:
                raw.next_result()
        except Exception as error:
            raise self._translated(error, sql, args, ismulti) from error
        self.in_exchange = False
        return result

    def _settle(self) -> None:
        """Read what an open stream has left on the wire, and begin again where the server has ended the transaction."""
        if self._stream is not None:
            self._stream.keep_rest()
        if self._autocommit_due:
            self._autocommit_due = False
            self._exchange("SET autocommit = 1", None)
        if self._unsettled:
            statements, self._begun = self._begun, None
            for statement in statements or ():
                self._exchange(statement, None)
            self._begun = statements


class PyMySQLCursor:
    """Rows as the server sends them; nothing else can be asked meanwhile, so another statement reads the rest first."""

    __slots__ = ("_kept", "columns", "connection", "cursor", "sql")

    is_async = False

    def __init__(self, connection: PyMySQLConnection, cursor: Any, sql: str) -> None:
        self.connection = connection
        self.cursor = cursor
        self.columns = [column[0] for column in cursor.description or ()]
        self.sql = sql
        self._kept: Iterator[Any] = iter(())

    def fetch(self, size: int) -> Rows:
        if self.cursor is None:
            return list(islice(self._kept, size))
        rows = list(self._call(self.cursor.fetchmany, size))
        if not rows:
            self._finish()
        return rows

    def keep_rest(self) -> None:
        """Read the rest into memory."""
        self._kept = iter(list(self._call(self.cursor.fetchall)))
        self._finish()

    def close(self) -> None:
        self._kept = iter(())
        if self.cursor is not None and not self.connection.closed:
            self._call(self.cursor.close)
            self._finish()

    def _finish(self) -> None:
        self.cursor = self.connection._stream = None

    def _call(self, function: Any, *args: Any) -> Any:
        connection = self.connection
        connection.in_exchange = True
        try:
            found = function(*args)
        except Exception as error:
            self._finish()
            raise connection._translated(error, self.sql, None) from error
        connection.in_exchange = False
        return found
