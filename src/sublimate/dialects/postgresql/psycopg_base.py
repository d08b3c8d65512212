"""What psycopg's blocking and awaited connections share: everything that does not wait."""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import Any, ClassVar

from ... import exc
from ..contract.driver import (
    Outcome,
    Rows,
    TransactionOptions,
)
from . import errors
from .preparing import PreparingDriver

cursor_numbers = count(1)
"""Names of cursors on the server."""


@cache
def quiet_cursor(kind: type) -> Any:
    """psycopg's kind of cursor on the server, without its complaint that nobody closed it.

    Ours end with their transaction; one whose caller was cancelled ends with its connection, which is given up.
    """
    return type(kind.__name__, (kind,), {"__del__": lambda self: None})


_JSON_OIDS = frozenset({114, 3802})


def can_retry(error: Any) -> bool:
    return error.sqlstate in errors.CAN_RETRY or is_stale_plan(error)


def is_stale_plan(error: Any) -> bool:
    sqlstate = getattr(error, "sqlstate", None)
    return sqlstate is not None and errors.is_stale_plan(sqlstate, error.diag.source_function)


def names_of(cursor: Any) -> list[str]:
    description = cursor.description
    return [] if description is None else [column.name for column in description]


def outcome_of(cursor: Any, rows: Rows) -> Outcome:
    description = cursor.description or ()
    json = [place for place, column in enumerate(description) if column.type_code in _JSON_OIDS]
    return Outcome([column.name for column in description], rows, cursor.rowcount, None, json)


class PsycopgBase:
    """What the blocking and the awaited connection share: everything that does not wait."""

    __slots__ = ("__weakref__", "_active", "_lent", "cursor", "driver", "in_exchange", "raw")

    loop_bound: ClassVar[bool] = True

    def __init__(self, driver: PreparingDriver, raw: Any) -> None:
        self.driver = driver
        self.raw = raw
        self.cursor = raw.cursor()
        self.in_exchange = False
        self._active = driver.load().pq.TransactionStatus.IDLE
        self._lent: TransactionOptions | None = None
        """How the driver begins transactions by itself, while it does."""

    @property
    def closed(self) -> bool:
        found: bool = self.raw.closed
        return found

    @property
    def in_transaction(self) -> bool:
        found: bool = self.raw.pgconn.transaction_status != self._active
        return found

    def reset_now(self) -> bool:
        return not self.in_transaction

    def terminate(self) -> None:
        self.raw.pgconn.finish()

    def _translated(self, error: Exception, sql: str, args: Any, ismulti: bool = False) -> Exception:
        self.in_exchange = False
        return self.driver.translate(error, sql, args, ismulti=ismulti, lost=self.raw.closed)

    def forget_statements(self) -> None:
        """Have psycopg drop what it has prepared, at its next statement."""
        prepared = getattr(self.raw, "_prepared", None)
        if prepared is not None and not self.raw.closed:
            prepared.clear()

    def _outdated(self, error: Exception) -> bool:
        """Whether a prepared statement no longer fits the schema and the call can simply be made again."""
        if not is_stale_plan(error):
            return False
        self.driver.forget_statements()
        return not (self.raw.closed or self.in_transaction)

    def _own_transactions(self, options: TransactionOptions) -> dict[str, Any]:
        """What is set on the driver's connection so that it begins as we would."""
        levels = self.driver.load().IsolationLevel
        level = options.isolation_level
        return {
            "isolation_level": levels[level.upper().replace(" ", "_")] if level else None,
            "read_only": options.readonly,
            "deferrable": options.deferrable,
            "autocommit": False,
        }

    def _commit_failed(self, error: exc.DBAPIError) -> exc.DBAPIError:
        if not error.connection_invalidated:
            return error
        return exc.CommitUnknownError("COMMIT", None, error.orig, connection_invalidated=True)
