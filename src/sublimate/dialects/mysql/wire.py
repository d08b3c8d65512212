"""What the blocking and the awaited connections share: everything that does not wait.

Values become part of the text here, by the driver's own escaping, so a value that cannot be sent is found out before anything is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from ... import exc
from ..contract.driver import Args, Driver, Outcome, ParamStyle, TransactionOptions, URLParts
from . import errors
from .arguments import FOUND_ROWS, connect_arguments
from .many import statements_for_many
from .transactions import session_sql

CONNECT_TIMEOUT = 10
"""Seconds for connecting, greeting and signing in, unless `connect_timeout` says otherwise: the drivers mean the first only."""

IN_TRANSACTION = 1
"""The bit of the server's status that says so."""


def escape_with(escape: Callable[[Any], str]) -> Callable[[Any], str]:
    """The driver's way to write a value, but bytes as digits: not every driver's text for them can be encoded."""

    def written(value: Any) -> str:
        if isinstance(value, bytes | bytearray | memoryview):
            return f"X'{value.hex()}'"
        return escape(value)

    return written


class WireDriver(Driver):
    """What the drivers share: they differ in how a connection is opened and where their errors are."""

    paramstyle: ClassVar[ParamStyle] = "format"
    database_argument: ClassVar[str] = "database"

    @cached_property
    def error_class(self) -> type[Exception]:
        """The base of the driver's errors."""
        raise NotImplementedError

    def connect_arguments(self, url: URLParts) -> dict[str, Any]:
        return connect_arguments(url, self.database_argument)

    @staticmethod
    def options(arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What every connection is opened with, beside the caller's arguments."""
        flags = arguments.get("client_flag", 0) | FOUND_ROWS
        return {**arguments, "autocommit": True, "client_flag": flags}

    def translate(
        self,
        error: Exception,
        statement: str | None,
        params: Any,
        *,
        ismulti: bool = False,
        lost: bool = False,
    ) -> Exception:
        return errors.translate(
            error,
            self.error_class,
            statement,
            params,
            hide_parameters=self.hide_parameters,
            ismulti=ismulti,
            lost=lost,
        )


class WireConnection:
    """The state of one connection.

    The driver is in autocommit underneath and BEGIN is ours to send. Some statements end a transaction on the server
    (DDL, a deadlock); the next one then begins it again, as it would without autocommit.
    """

    __slots__ = (
        "__weakref__",
        "_autocommit_due",
        "_begun",
        "_encoding",
        "_error_class",
        "_escape",
        "_restoring",
        "_stream",
        "driver",
        "in_exchange",
        "raw",
    )

    loop_bound: ClassVar[bool] = True

    def __init__(self, driver: WireDriver, raw: Any, escape: Callable[[Any], str], encoding: str) -> None:
        self.driver = driver
        self.raw = raw
        self.in_exchange = False
        self._error_class = (
            driver.error_class
        )  # found now: when the interpreter ends, nothing can be imported
        self._encoding = encoding
        self._escape = escape_with(escape)
        self._autocommit_due = not raw.get_autocommit()
        self._begun: tuple[str, ...] | None = None
        self._restoring: tuple[str, ...] = ()
        self._stream: Any = None

    @property
    def closed(self) -> bool:
        raise NotImplementedError

    def terminate(self) -> None:
        raise NotImplementedError

    @property
    def in_transaction(self) -> bool:
        return self._begun is not None or bool(self.raw.server_status & IN_TRANSACTION)

    def reset_now(self) -> bool:
        return self._stream is None and not self.in_transaction

    @property
    def _unsettled(self) -> bool:
        """Something comes before the next statement: rows are left on the wire, or the transaction is gone.

        Or somebody else opened the connection, and not in autocommit.
        """
        return (
            self._stream is not None
            or (self._begun is not None and not self.raw.server_status & IN_TRANSACTION)
            or self._autocommit_due
        )

    def _restoring_sql(self, options: TransactionOptions, rows: Any) -> tuple[str, ...]:
        """What takes the session back to where it is now; the rows are those of `LEVEL_SQL`."""
        level = str(rows[0][1]).replace("-", " ") if options.isolation_level is not None else None
        return session_sql(TransactionOptions(level, None if options.readonly is None else False))

    # -- text

    def _text(self, sql: str, args: Args) -> bytes:
        """The statement with its values in it, as it is sent."""
        if args is None:
            return sql.encode(self._encoding)
        escape = self._escape
        if isinstance(args, dict):
            return (sql % {name: escape(value) for name, value in args.items()}).encode(self._encoding)
        return (sql % tuple([escape(value) for value in args])).encode(self._encoding)

    def _prepared(self, sql: str, args: Args) -> bytes:
        try:
            return self._text(sql, args)
        except Exception as error:
            raise self._refused(error, sql, args) from error

    def _prepared_many(self, sql: str, args_list: Sequence[Args]) -> Iterator[bytes]:
        try:
            yield from statements_for_many(sql, args_list, self._text)
        except Exception as error:
            raise self._refused(error, sql, args_list, ismulti=True) from error

    def _refused(self, error: Exception, sql: str, args: Any, ismulti: bool = False) -> Exception:
        """A value, or the marks for values, that cannot be made into text: nothing was sent."""
        return self.driver.translate(error, sql, args, ismulti=ismulti)

    # -- outcomes

    @staticmethod
    def _outcome(result: Any) -> Outcome:
        description = result.description
        if description is None:
            return Outcome((), (), result.affected_rows, result.insert_id)
        return Outcome([column[0] for column in description], result.rows, result.affected_rows)

    def _translated(self, error: Exception, sql: str, args: Any, ismulti: bool = False) -> Exception:
        """Our error. One that is not the driver's came in the middle of reading: the connection is of no more use."""
        if not isinstance(error, self._error_class):
            self.terminate()
        elif errors.code_of(error) == errors.DEADLOCK:
            self.raw.server_status &= ~IN_TRANSACTION
        self.in_exchange = False
        return self.driver.translate(error, sql, args, ismulti=ismulti, lost=self.closed)

    def _commit_failed(self, error: exc.DBAPIError) -> exc.DBAPIError:
        if not error.connection_invalidated:
            return error
        return exc.CommitUnknownError("COMMIT", None, error.orig, connection_invalidated=True)
