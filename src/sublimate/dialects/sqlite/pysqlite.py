"""The sqlite3 module as a driver: blocking, always in autocommit, BEGIN is ours to send."""

from __future__ import annotations

import math
import os
import re
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ... import exc
from ...util.warnings import warn
from ..contract.driver import Args, Driver, Outcome, Rows, TransactionOptions, URLParts, simple_name
from . import errors
from .dialect import SQLiteDialect_pysqlite as dialect
from .profile import apply_profile
from .transactions import begin, may_write, pragma_for, rollback

__all__ = ["PysqliteConnection", "PysqliteCursor", "PysqliteDriver", "dialect"]

Raw = sqlite3.Connection

# How the text of URL parameters becomes what sqlite3.connect() wants; others belong to SQLite's own file: URL.
_PARAMETERS: dict[str, Any] = {
    "timeout": float,
    "detect_types": int,
    "cached_statements": int,
    "check_same_thread": lambda text: text.lower() in ("1", "true", "yes", "on"),
    "isolation_level": str,
    "uri": lambda text: text.lower() in ("1", "true", "yes", "on"),
    "sqlite_profile": str,
}


class PysqliteDriver(Driver):
    """sqlite3, blocking."""

    name = "pysqlite"
    package = "python (built with sqlite3)"
    module = "sqlite3"
    paramstyle = "qmark"
    positional: ClassVar[tuple[str, ...]] = ("database",)

    def connect_arguments(self, url: URLParts) -> dict[str, Any]:
        if url.username or url.host or url.password or url.port:
            raise exc.ArgumentError(
                f"Invalid SQLite URL: {url}\nValid SQLite URL forms are"
                " sqlite:///:memory: or sqlite:////absolute/path/to/file.db"
            )
        arguments: dict[str, Any] = {"check_same_thread": False}
        passed_on = []
        for key, value in url.query.items():
            text = value if isinstance(value, str) else value[-1]
            if key in _PARAMETERS:
                arguments[key] = _PARAMETERS[key](text)
            else:
                passed_on.append(f"{key}={text}")
        if passed_on and not arguments.get("uri"):
            names = ", ".join(repr(each.partition("=")[0]) for each in passed_on)
            warn(
                f"Query string argument(s) {names} are not accepted by the pysqlite driver and are being ignored; "
                "SQLite URI arguments require that 'uri=true' also be present in the URL."
            )
        arguments["database"] = _database(url.database, arguments.get("uri", False), passed_on)
        return arguments

    def connect(self, arguments: Mapping[str, Any]) -> PysqliteConnection:
        try:
            connection = self.adopt(open_database(dict(arguments)))
            connection.level = arguments.get("isolation_level", "")
            return connection
        except Exception as error:
            raise self.translate(error, None, None) from error

    def adopt(self, raw: Raw) -> PysqliteConnection:
        raw.isolation_level = None
        return PysqliteConnection(self, raw)

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
            error, statement, params, hide_parameters=self.hide_parameters, ismulti=ismulti, lost=lost
        )


def _database(database: str | None, uri: bool, query: Sequence[str]) -> str:
    name = database or ":memory:"
    if uri or name.startswith("file:"):
        return f"{name}?{'&'.join(query)}" if query else name
    return name if name == ":memory:" else os.path.abspath(name)


def is_memory(arguments: Mapping[str, Any]) -> bool:
    """Whether the database lives in its connection only, so that a pool must keep to one."""
    name = str(arguments.get("database", ":memory:"))
    return name in ("", ":memory:") or (
        name.startswith("file:") and ("mode=memory" in name or ":memory:" in name)
    )


def open_database(arguments: dict[str, Any]) -> Raw:
    """A sqlite3 connection in autocommit, free to move between threads, with REGEXP, and a FLOOR that gives integers."""
    arguments.setdefault("check_same_thread", False)
    if str(arguments.get("database", "")).startswith("file:"):
        arguments.setdefault("uri", True)
    arguments["isolation_level"] = None
    profile = arguments.pop("sqlite_profile", None)
    raw: Raw = sqlite3.connect(**arguments)
    raw.create_function("regexp", 2, _regexp, deterministic=True)
    raw.create_function("floor", 1, _floor, deterministic=True)
    apply_profile(raw, profile, arguments)
    return raw


def _regexp(pattern: str, value: str | None) -> bool | None:
    return None if value is None else re.search(pattern, value) is not None


def _floor(value: float | None) -> int | None:
    return None if value is None else math.floor(value)


def names_of(cursor: sqlite3.Cursor) -> list[str]:
    description = cursor.description
    return [] if description is None else [column[0] for column in description]


def fetch(raw: Raw, sql: str, args: Any) -> Rows:
    return raw.execute(sql, args or ()).fetchall()


def query(raw: Raw, sql: str, args: Any) -> Outcome:
    cursor = raw.execute(sql, args or ())
    names = names_of(cursor)
    return Outcome(names, cursor.fetchall(), cursor.rowcount, cursor.lastrowid)


def execute(raw: Raw, sql: str, args: Any) -> Outcome:
    cursor = raw.execute(sql, args or ())
    return Outcome((), (), cursor.rowcount, cursor.lastrowid)


def executemany(raw: Raw, sql: str, args_list: Sequence[Any]) -> int:
    """Outside a transaction, all or nothing: one transaction of its own."""
    if raw.in_transaction:
        return raw.executemany(sql, args_list).rowcount
    begin(raw)
    try:
        count = raw.executemany(sql, args_list).rowcount
        raw.execute("COMMIT")
    except BaseException:
        rollback(raw)
        raise
    return count


def set_level(raw: Raw, level: str | None) -> None:
    """`""` has the module begin by itself, None does not."""
    raw.isolation_level = level  # type: ignore[assignment]


class PysqliteConnection:
    """One sqlite3 connection. BEGIN waits for the first statement that may write."""

    __slots__ = (
        "__weakref__", "_begun", "_closed", "_lent", "_uncommitted", "driver", "in_exchange", "level", "raw", "shared",
    )  # fmt: skip

    is_async: ClassVar[bool] = False
    loop_bound: ClassVar[bool] = False

    def __init__(self, driver: PysqliteDriver, raw: Raw) -> None:
        self.driver = driver
        self.raw = raw
        self.in_exchange = False
        self.shared = False  # several holders at once: what one of them ends, another may be in the middle of
        self._begun = False
        self._uncommitted = 0
        self._closed = False
        self._lent = False
        self.level: str | None = ""
        """How the module begins by itself, while it may."""

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def in_transaction(self) -> bool:
        return self._begun or self.raw.in_transaction

    def reset_now(self) -> bool:
        self._begun = False
        try:
            return not self.raw.in_transaction
        except sqlite3.ProgrammingError:  # collected together with all that used it, and closed first
            self._closed = True
            return True

    def lend(self, options: TransactionOptions | None = None) -> None:
        self._lent = True
        if not self.raw.in_transaction:
            set_level(self.raw, self.level)

    def fetch(self, sql: str, args: Args) -> Rows:
        try:
            if self._begun and not self.raw.in_transaction and may_write(sql):
                begin(self.raw)
            return self.raw.execute(sql, args or ()).fetchall()
        except Exception as error:
            raise self.driver.translate(error, sql, args) from error

    def query(self, sql: str, args: Args) -> Outcome:
        try:
            if self._begun and may_write(sql):
                begin(self.raw)
            return query(self.raw, sql, args)
        except Exception as error:
            raise self.driver.translate(error, sql, args) from error

    def execute(self, sql: str, args: Args) -> Outcome:
        try:
            if self._begun and may_write(sql):
                begin(self.raw)
            return execute(self.raw, sql, args)
        except Exception as error:
            raise self.driver.translate(error, sql, args) from error

    def executemany(self, sql: str, args_list: Sequence[Args]) -> int:
        try:
            if self._begun and may_write(sql):
                begin(self.raw)
            return executemany(self.raw, sql, args_list)
        except Exception as error:
            raise self.driver.translate(error, sql, args_list, ismulti=True) from error

    def stream(self, sql: str, args: Args, size: int) -> PysqliteCursor:
        try:
            if self._begun and may_write(sql):
                begin(self.raw)
            cursor = self.raw.execute(sql, args or ())
        except Exception as error:
            raise self.driver.translate(error, sql, args) from error
        return PysqliteCursor(self.driver, cursor, sql)

    def begin(self, options: TransactionOptions | None = None) -> None:
        uncommitted = pragma_for(options)
        if uncommitted != self._uncommitted:
            self._call(Raw.execute, f"PRAGMA read_uncommitted = {uncommitted}")
            self._uncommitted = uncommitted
        self._begun = True

    def lock(self) -> None:
        if self._begun:
            self._call(begin)

    def commit(self) -> None:
        self._begun = self.shared
        if self.raw.in_transaction:
            self._call(Raw.execute, "COMMIT")
        if self._lent:
            set_level(self.raw, self.level)

    def rollback(self) -> None:
        self._begun = self.shared
        self._call(rollback)
        if self._lent:
            set_level(self.raw, self.level)

    def take_back(self) -> None:
        self._lent = False
        self.raw.isolation_level = None

    def savepoint(self, name: str) -> None:
        self.lock()
        self._call(Raw.execute, f"SAVEPOINT {simple_name(name)}")

    def rollback_to(self, name: str) -> None:
        self._call(Raw.execute, f"ROLLBACK TO SAVEPOINT {simple_name(name)}")

    def release(self, name: str) -> None:
        self._call(Raw.execute, f"RELEASE SAVEPOINT {simple_name(name)}")

    def ping(self) -> None:
        self._call(Raw.execute, "SELECT 1")

    def close(self) -> None:
        self._closed = True
        self.raw.close()

    def terminate(self) -> None:
        self._closed = True
        try:
            self.raw.close()
        except sqlite3.Error:
            self.raw.interrupt()

    def _call(self, function: Any, *args: Any) -> None:
        try:
            function(self.raw, *args)
        except Exception as error:
            raise self.driver.translate(error, args[0] if args else None, None) from error


class PysqliteCursor:
    """Rows as SQLite finds them."""

    __slots__ = ("columns", "cursor", "driver", "sql")

    is_async = False

    def __init__(self, driver: PysqliteDriver, cursor: sqlite3.Cursor, sql: str) -> None:
        self.driver = driver
        self.cursor = cursor
        self.sql = sql
        self.columns = names_of(cursor)

    def fetch(self, size: int) -> Rows:
        try:
            return self.cursor.fetchmany(size)
        except Exception as error:
            raise self.driver.translate(error, self.sql, None) from error

    def close(self) -> None:
        self.cursor.close()
