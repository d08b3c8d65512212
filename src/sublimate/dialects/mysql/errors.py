"""MySQL's errors as ours. Every driver has classes of the DBAPI's names; what Python itself refuses is bad data."""

from __future__ import annotations

import asyncio
from typing import Any

from ... import exc

LOST = frozenset({1053, 1927, 2006, 2013, 2014, 2045, 2055, 4031})
"""The connection is gone: server shut down, connection killed, gone away, lost, out of step, idle for too long."""

DEADLOCK = 1213
"""The server has rolled the whole transaction back."""

CAN_RETRY = frozenset({DEADLOCK, 1205, 1020})
"""Deadlock, a lock not had in time, a row that changed since it was read."""

_BAD_VALUES = (TypeError, ValueError, OverflowError, AttributeError, KeyError)


def code_of(error: BaseException) -> int | None:
    """The server's or the client library's number for an error."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, int) else None


def is_disconnect(error: BaseException) -> bool:
    """Whether this error means that the connection is gone."""
    return code_of(error) in LOST


def translate(
    error: Exception,
    base: type[Exception],
    statement: str | None,
    params: Any,
    *,
    hide_parameters: bool,
    ismulti: bool,
    lost: bool,
) -> Exception:
    """Our error for one of a driver's, of the network's, or of Python's own about a value; others stay as they are."""
    if isinstance(error, base):
        found = exc.DBAPIError.instance(
            statement,
            params,
            error,
            base,
            hide_parameters,
            connection_invalidated=lost or is_disconnect(error),
            ismulti=ismulti,
        )
        if isinstance(found, exc.DBAPIError) and code_of(error) in CAN_RETRY:
            found.can_retry = True
        return found if isinstance(found, Exception) else error
    if isinstance(error, OSError | asyncio.TimeoutError):
        return exc.OperationalError(statement, params, error, hide_parameters, True, ismulti=ismulti)
    if lost:
        return exc.InterfaceError(statement, params, error, hide_parameters, True, ismulti=ismulti)
    if isinstance(error, _BAD_VALUES):
        return exc.DataError(statement, params, error, hide_parameters, ismulti=ismulti)
    return error
