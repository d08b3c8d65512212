"""SQLite's errors as ours. The classes have the same names; what Python itself refuses is bad data."""

from __future__ import annotations

import sqlite3
from typing import Any

from ... import exc

BAD_VALUES = (OverflowError, ValueError, TypeError)
CAN_RETRY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
"""Another connection is writing."""
_CLOSED = "Cannot operate on a closed database"


def translate(
    error: Exception, statement: str | None, params: Any, *, hide_parameters: bool, ismulti: bool, lost: bool
) -> Exception:
    """Our error for one of sqlite3's, or of Python's own about a value; others come back as they are."""
    if isinstance(error, sqlite3.Error):
        found = exc.DBAPIError.instance(
            statement,
            params,
            error,
            sqlite3.Error,
            hide_parameters=hide_parameters,
            connection_invalidated=lost or is_disconnect(error),
            ismulti=ismulti,
        )
        if isinstance(found, exc.DBAPIError) and getattr(error, "sqlite_errorcode", 0) & 0xFF in CAN_RETRY:
            found.can_retry = True
        return found if isinstance(found, Exception) else error
    if lost:
        return exc.InterfaceError(statement, params, error, hide_parameters, True, ismulti=ismulti)
    if isinstance(error, BAD_VALUES):
        return exc.DataError(statement, params, error, hide_parameters, ismulti=ismulti)
    return error


def is_disconnect(error: BaseException) -> bool:
    return isinstance(error, sqlite3.ProgrammingError) and _CLOSED in str(error)
