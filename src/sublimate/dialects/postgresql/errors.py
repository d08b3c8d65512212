"""PostgreSQL's errors as ours, by SQLSTATE class; the same for every driver that tells the SQLSTATE."""

from __future__ import annotations

from typing import Any

from ... import exc

# The first two characters of SQLSTATE -> the DBAPI's class (PostgreSQL, appendix A; the mapping is psycopg's, documented).
BY_SQLSTATE_CLASS: dict[str, type[exc.DBAPIError]] = {
    "08": exc.OperationalError,
    "0A": exc.NotSupportedError,
    "20": exc.ProgrammingError,
    "21": exc.ProgrammingError,
    "22": exc.DataError,
    "23": exc.IntegrityError,
    "24": exc.InternalError,
    "25": exc.InternalError,
    "26": exc.OperationalError,
    "27": exc.OperationalError,
    "28": exc.OperationalError,
    "2B": exc.InternalError,
    "2D": exc.InternalError,
    "2F": exc.InternalError,
    "34": exc.OperationalError,
    "38": exc.InternalError,
    "39": exc.InternalError,
    "3B": exc.InternalError,
    "3D": exc.ProgrammingError,
    "3F": exc.ProgrammingError,
    "40": exc.OperationalError,
    "42": exc.ProgrammingError,
    "44": exc.ProgrammingError,
    "53": exc.OperationalError,
    "54": exc.OperationalError,
    "55": exc.OperationalError,
    "57": exc.OperationalError,
    "58": exc.OperationalError,
    "F0": exc.OperationalError,
    "HV": exc.OperationalError,
    "P0": exc.InternalError,
    "XX": exc.InternalError,
}

LOST = frozenset({"57P01", "57P02", "57P03", "57P05"})
"""The server says good-bye: shut down by an administrator, crashed, not yet up, idle for too long."""


CAN_RETRY = frozenset({"40001", "40P01"})
"""Serialization failure, deadlock."""


def is_stale_plan(sqlstate: str | None, function: str | None) -> bool:
    """Whether the statement was refused only because it was prepared before the schema changed."""
    return sqlstate == "26000" or (sqlstate == "0A000" and function == "RevalidateCachedQuery")


def class_for(sqlstate: str | None) -> type[exc.DBAPIError]:
    """Our class for an SQLSTATE.

    >>> class_for("23505").__name__
    'IntegrityError'
    """
    return BY_SQLSTATE_CLASS.get((sqlstate or "")[:2], exc.DatabaseError)


def is_disconnect(sqlstate: str | None) -> bool:
    """Whether this SQLSTATE means that the connection is gone."""
    return sqlstate is not None and (sqlstate[:2] == "08" or sqlstate in LOST)


class Error(exc.EmulatedDBAPIException):
    """An asyncpg error under a DBAPI name; its own attributes can be read from here, and it is ``__cause__``."""

    @property
    def sqlstate(self) -> str | None:
        return getattr(self.orig, "sqlstate", None)

    @property
    def pgcode(self) -> str | None:
        return self.sqlstate


class InterfaceError(Error):
    """See ``sublimate.exc.InterfaceError``."""


class DatabaseError(Error):
    """See ``sublimate.exc.DatabaseError``."""


class DataError(DatabaseError):
    """See ``sublimate.exc.DataError``."""


class OperationalError(DatabaseError):
    """See ``sublimate.exc.OperationalError``."""


class IntegrityError(DatabaseError):
    """See ``sublimate.exc.IntegrityError``."""


class InternalError(DatabaseError):
    """See ``sublimate.exc.InternalError``."""


class ProgrammingError(DatabaseError):
    """See ``sublimate.exc.ProgrammingError``."""


class NotSupportedError(DatabaseError):
    """See ``sublimate.exc.NotSupportedError``."""


EMULATED: dict[type[exc.DBAPIError], type[Error]] = {
    exc.InterfaceError: InterfaceError,
    exc.DatabaseError: DatabaseError,
    exc.DataError: DataError,
    exc.OperationalError: OperationalError,
    exc.IntegrityError: IntegrityError,
    exc.InternalError: InternalError,
    exc.ProgrammingError: ProgrammingError,
    exc.NotSupportedError: NotSupportedError,
}


#: what PostgreSQL says of bytes that are no text
NO_TEXT = "22021"


def nul_in(params: Any) -> str | None:
    """Where among the parameters a text has a NUL character, which PostgreSQL cannot store; None if nowhere."""
    rows = (
        params if isinstance(params, list) and params and isinstance(params[0], dict | list | tuple) else None
    )
    for number, row in enumerate(rows or [params], 1):
        named = row.items() if isinstance(row, dict) else enumerate(row or (), 1)
        for name, value in named:
            if _has_nul(value):
                place = f"parameter {name!r}" if isinstance(row, dict) else f"parameter ${name}"
                return f"{place} of row {number}" if rows is not None and len(rows) > 1 else place
    return None


def _has_nul(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_has_nul, value))
    return isinstance(value, str) and "\0" in value


def name_nul(error: Any, params: Any) -> None:
    """Say in an error which value the driver or the server refused for its NUL character."""
    place = nul_in(params)
    if place is not None:
        error.add_detail(f"The text in {place} has a NUL character (\\0), which PostgreSQL cannot store.")
