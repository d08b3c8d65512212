"""asyncpg as a driver: every statement is prepared once per connection and kept, so a call is one round trip."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from ... import exc
from ..contract.driver import (
    Args,
    CopyTarget,
    Outcome,
    Rows,
    TransactionOptions,
    URLParts,
    simple_name,
)
from . import errors
from .dialect import PGDialect_asyncpg as dialect
from .preparing import PreparingDriver
from .transactions import begin_sql
from .urls import credentials, hosts_of, options_of

__all__ = ["AsyncpgConnection", "AsyncpgCursor", "AsyncpgDriver", "PooledAsyncpgConnection", "dialect"]

T = TypeVar("T")

_JSON = frozenset({"json", "jsonb"})
_INTEGERS = ("statement_cache_size", "max_cached_statement_lifetime", "max_cacheable_statement_size")
_SECONDS = ("timeout", "command_timeout")
_OUTDATED = frozenset(
    ["InvalidCachedStatementError", "OutdatedSchemaCacheError", "InvalidSQLStatementNameError"]
)
LONGEST_REQUEST = 1.0
"""Seconds for a request to stop."""
_DDL = ("CREATE", "DROP", "ALTER")
_NOT_IN_A_TRANSACTION = re.compile(
    r"\s*(?:VACUUM|ALTER\s+SYSTEM|(?:CREATE|DROP)\s+(?:DATABASE|TABLESPACE)|.*\bCONCURRENTLY\b)", re.I | re.S
)


class AsyncpgDriver(PreparingDriver):
    """asyncpg."""

    name = "asyncpg"
    package = "asyncpg"
    module = "asyncpg"
    is_async = True
    paramstyle = "numeric_dollar"

    def __init__(self, *, hide_parameters: bool = False) -> None:
        super().__init__(hide_parameters=hide_parameters)
        self._ending: set[asyncio.Task[None]] = set()

    def terminate_after(self, raw: Any, asking: list[asyncio.Task[None]]) -> None:
        """Terminate when the server was asked to stop, or after a second: best effort, and nobody waits."""

        async def finish() -> None:
            try:
                await asyncio.wait(asking, timeout=LONGEST_REQUEST)
            finally:
                raw.terminate()

        task = asyncio.get_running_loop().create_task(finish())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def connect_arguments(self, url: URLParts) -> dict[str, Any]:
        hosts, ports = hosts_of(url)
        arguments = credentials(url, "database")
        if hosts:
            arguments["host"] = hosts if len(hosts) > 1 else hosts[0]
            if any(ports):
                arguments["port"] = [port or 5432 for port in ports] if len(hosts) > 1 else ports[0]
        for key, text in options_of(url).items():
            arguments[key] = _typed(key, text)
        return arguments

    async def connect(self, arguments: Mapping[str, Any]) -> AsyncpgConnection:
        module = self.load()
        options = dict(arguments)
        keep = int(options.pop("prepared_statement_cache_size", options.get("statement_cache_size", 100)))
        naming = options.pop("prepared_statement_name_func", None)
        pooled = options.pop("pooler", None) == "transaction"
        creator = options.pop("async_creator_fn", module.connect)
        try:
            raw = await creator(**options)
        except Exception as error:
            raise self.translate(error, None, None) from error
        if pooled:
            return self.known(PooledAsyncpgConnection(self, raw, 0, naming or str))
        return self.known(AsyncpgConnection(self, raw, keep, naming))

    def adopt(self, raw: Any) -> AsyncpgConnection:
        return self.known(AsyncpgConnection(self, raw))

    def translate(
        self,
        error: Exception,
        statement: str | None,
        params: Any,
        *,
        ismulti: bool = False,
        lost: bool = False,
    ) -> Exception:
        sqlstate: str | None = getattr(error, "sqlstate", None)
        found = _class_for(error, sqlstate)
        if found is None:
            return error
        lost = lost or errors.is_disconnect(sqlstate) or isinstance(error, ConnectionError)
        lost = lost or type(error).__name__ == _OUT_OF_STEP
        orig = errors.EMULATED[found](str(error) or type(error).__name__, error)
        translated = found(statement, params, orig, self.hide_parameters, lost, ismulti=ismulti)
        if sqlstate in errors.CAN_RETRY or type(error).__name__ in _OUTDATED:
            translated.can_retry = True
        if sqlstate == errors.NO_TEXT:
            errors.name_nul(translated, params)
        return translated


#: asyncpg lost the thread of the protocol, as when the server said farewell while nobody listened
_OUT_OF_STEP = "InternalClientError"


def _typed(key: str, text: str) -> Any:
    if key in _SECONDS:
        return float(text)
    if key in _INTEGERS or key == "prepared_statement_cache_size":
        return int(text)
    if key == "direct_tls":
        return text.lower() in ("1", "true", "yes", "on")
    return text


def _class_for(error: Exception, sqlstate: str | None) -> type[exc.DBAPIError] | None:
    """Our class for an error of asyncpg's, of the network, or of Python about a value; None for any other."""
    if sqlstate is not None:
        return errors.class_for(sqlstate)
    home = type(error).__module__
    if home.startswith("asyncpg."):
        return exc.OperationalError if type(error).__name__ == _OUT_OF_STEP else exc.InterfaceError
    if isinstance(
        error, OSError | asyncio.TimeoutError
    ):  # a connection refused, a name not found, a time-out
        return exc.OperationalError
    if isinstance(error, TypeError | ValueError | OverflowError):
        return exc.DataError
    return None


class AsyncpgConnection:
    """One asyncpg connection and the statements prepared on it."""

    __slots__ = (
        "__weakref__",
        "_given_up",
        "_keep",
        "_naming",
        "_retrying",
        "_schema_changed",
        "_statements",
        "driver",
        "in_exchange",
        "raw",
    )

    is_async: ClassVar[bool] = True
    loop_bound: ClassVar[bool] = True

    def __init__(
        self, driver: AsyncpgDriver, raw: Any, keep: int = 100, naming: Callable[[], str] | None = None
    ) -> None:
        self.driver = driver
        self.raw = raw
        self.in_exchange = False
        self._keep = keep
        self._naming = naming
        self._statements: dict[str, Any] = {}
        self._retrying = False
        self._schema_changed = False
        self._given_up = False

    def forget_statements(self) -> None:
        self._statements.clear()

    @property
    def closed(self) -> bool:
        return self._given_up or self.raw.is_closed()

    @property
    def in_transaction(self) -> bool:
        found: bool = self.raw.is_in_transaction()
        return found

    def reset_now(self) -> bool:
        return not self.raw.is_in_transaction()

    async def lend(self, options: TransactionOptions | None = None) -> None:
        """asyncpg never begins by itself."""

    async def take_back(self) -> None:
        """Nothing was changed."""

    async def fetch(self, sql: str, args: Args) -> Rows:
        self.in_exchange = True
        try:
            statement = self._statements.get(sql) or await self._prepare(sql)
            rows: Rows = await statement.fetch(*args or ())
        except Exception as error:
            if await self._outdated(error, sql):
                return await self._again(self.fetch, sql, args)
            raise self._translated(error, sql, args) from error
        self.in_exchange = False
        return rows

    async def query(self, sql: str, args: Args) -> Outcome:
        self.in_exchange = True
        try:
            statement = self._statements.get(sql) or await self._prepare(sql)
            rows = await statement.fetch(*args or ())
        except Exception as error:
            if await self._outdated(error, sql):
                return await self._again(self.query, sql, args)
            raise self._translated(error, sql, args) from error
        self.in_exchange = False
        attributes = statement.get_attributes()
        json = [place for place, attribute in enumerate(attributes) if attribute.type.name in _JSON]
        count = self._count(statement.get_statusmsg())
        return Outcome([one.name for one in attributes], rows, count, None, json)

    async def execute(self, sql: str, args: Args) -> Outcome:
        self.in_exchange = True
        try:
            statement = self._statements.get(sql) or await self._prepare(sql)
            await statement.fetch(*args or ())
        except Exception as error:
            if await self._outdated(error, sql):
                return await self._again(self.execute, sql, args)
            raise self._translated(error, sql, args) from error
        self.in_exchange = False
        return Outcome((), (), self._count(statement.get_statusmsg()))

    async def executemany(self, sql: str, args_list: Sequence[Args]) -> int:
        self.in_exchange = True
        try:
            statement = self._statements.get(sql) or await self._prepare(sql)
            await statement.executemany(args_list)
        except Exception as error:
            if await self._outdated(error, sql):
                return await self._again(self.executemany, sql, args_list)
            raise self._translated(error, sql, args_list, ismulti=True) from error
        self.in_exchange = False
        return -1

    async def copy_rows(self, target: CopyTarget, rows: Sequence[Any]) -> None:
        self.in_exchange = True
        try:
            await self.raw.copy_records_to_table(
                target.table, schema_name=target.schema, columns=target.columns, records=rows
            )
        except Exception as error:
            raise self._translated(error, target.sql, None, ismulti=True) from error
        self.in_exchange = False

    async def stream(self, sql: str, args: Args, size: int) -> AsyncpgCursor:
        """A cursor lives in a transaction: where there is none, it brings one of its own."""
        own = not self.raw.is_in_transaction()
        if own:
            await self._command("BEGIN")
        self.in_exchange = True
        try:
            statement = self._statements.get(sql) or await self._prepare(sql)
            cursor = await statement.cursor(*args or ())
        except Exception as error:
            failure = self._translated(error, sql, args)
            if own and not self.closed:
                await self._command("ROLLBACK")
            raise failure from error
        self.in_exchange = False
        return AsyncpgCursor(self, cursor, [one.name for one in statement.get_attributes()], sql, own)

    async def begin(self, options: TransactionOptions | None = None) -> None:
        await self._command(begin_sql(options))

    async def commit(self) -> None:
        try:
            await self._command("COMMIT")
        except exc.DBAPIError as error:
            if not error.connection_invalidated:
                raise
            raise exc.CommitUnknownError(
                "COMMIT", None, error.orig, connection_invalidated=True
            ) from error.driver_exception
        if self._schema_changed:
            self._end_of_schema_change()

    async def rollback(self) -> None:
        await self._command("ROLLBACK")
        if self._schema_changed:
            self._end_of_schema_change()

    async def savepoint(self, name: str) -> None:
        await self._command(f"SAVEPOINT {simple_name(name)}")

    async def rollback_to(self, name: str) -> None:
        await self._command(f"ROLLBACK TO SAVEPOINT {simple_name(name)}")
        if self._schema_changed:
            self.driver.forget_statements()

    async def release(self, name: str) -> None:
        await self._command(f"RELEASE SAVEPOINT {simple_name(name)}")

    async def ping(self) -> None:
        await self._command("SELECT 1")

    async def close(self) -> None:
        self._statements.clear()
        await self.raw.close(timeout=5)

    def terminate(self) -> None:
        """Give the connection up at once; a request to stop that asyncpg is sending for it may end first."""
        self._statements.clear()
        self._given_up = True
        asking = [task for task in getattr(self.raw, "_cancellations", ()) if not task.done()]
        try:
            if asking:
                self.driver.terminate_after(self.raw, asking)
            else:
                self.raw.terminate()
        except Exception:  # its event loop is closed, and the socket with it
            return

    async def call(self, function: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        """Await ``function(asyncpg_connection, *args)``."""
        return await function(self.raw, *args)

    def _count(self, status: str | None) -> int:
        if status is not None and status.startswith(_DDL):
            self._schema_changed = self.raw.is_in_transaction()
            self.driver.forget_statements()
        return _count(status)

    def _end_of_schema_change(self) -> None:
        """Others saw the old schema until now; and what was prepared since may be gone again."""
        self._schema_changed = False
        self.driver.forget_statements()

    async def _prepare(self, sql: str) -> Any:
        statements = self._statements
        if len(statements) >= self._keep > 0:
            del statements[next(iter(statements))]
        statement = (
            await self.raw.prepare(sql, name=self._naming()) if self._naming else await self.raw.prepare(sql)
        )
        if self._keep > 0:
            statements[sql] = statement
        return statement

    async def _command(self, sql: str) -> None:
        self.in_exchange = True
        try:
            await self.raw.execute(sql)
        except Exception as error:
            raise self._translated(error, sql, None) from error
        self.in_exchange = False

    async def _outdated(self, error: Exception, sql: str) -> bool:
        """Whether a prepared statement no longer fits the schema and the call can simply be made again."""
        name = type(error).__name__
        if name not in _OUTDATED:
            return False
        known = sql in self._statements
        self.driver.forget_statements()
        if self._retrying or self.closed or not known or self.raw.is_in_transaction():
            return False
        if name == "OutdatedSchemaCacheError":
            await self.raw.reload_schema_state()
        return True

    async def _again(self, method: Callable[[str, Any], Awaitable[T]], sql: str, args: Any) -> T:
        self._retrying = True
        try:
            return await method(sql, args)
        finally:
            self._retrying = False

    def _translated(self, error: Exception, sql: str, args: Any, ismulti: bool = False) -> Exception:
        lost: bool = self.raw.is_closed()
        # after a time-out the server may still be at work; everything else that is an error is also an answer
        self.in_exchange = isinstance(error, asyncio.TimeoutError) and not lost
        return self.driver.translate(error, sql, args, ismulti=ismulti, lost=lost)


class PooledAsyncpgConnection(AsyncpgConnection):
    """A connection through a pooler in transaction mode, where each transaction may meet another server connection.

    asyncpg prepares and executes in two exchanges: outside a transaction they could reach two servers, so a lone statement
    gets a transaction of its own. Statements have no name, which would stay behind on a server that others use.
    """

    __slots__ = ()

    async def fetch(self, sql: str, args: Args) -> Rows:
        return await self._together(super().fetch, sql, args)

    async def query(self, sql: str, args: Args) -> Outcome:
        if not args and not self.in_transaction and _NOT_IN_A_TRANSACTION.match(sql):
            await self._command(sql)  # the simple protocol: one exchange
            return Outcome((), (), -1)
        return await self._together(super().query, sql, args)

    async def execute(self, sql: str, args: Args) -> Outcome:
        return await self._together(super().execute, sql, args)

    async def executemany(self, sql: str, args_list: Sequence[Args]) -> int:
        return await self._together(super().executemany, sql, args_list)

    async def _together(self, method: Callable[[str, Any], Awaitable[T]], sql: str, args: Any) -> T:
        if self.in_transaction:
            return await method(sql, args)
        await self._command("BEGIN")
        try:
            value = await method(sql, args)
        except Exception:
            if not self.closed and not self.in_exchange:
                await self._command("ROLLBACK")
            raise
        await self.commit()
        return value


def _count(status: str | None) -> int:
    """
    >>> _count("INSERT 0 3"), _count("SELECT 2"), _count("CREATE TABLE")
    (3, 2, -1)
    """
    if status is None:
        return -1
    last = status.rpartition(" ")[2]
    return int(last) if last.isdigit() else -1


class AsyncpgCursor:
    """A portal on the server."""

    __slots__ = ("columns", "connection", "cursor", "own", "sql")

    is_async = True

    def __init__(
        self, connection: AsyncpgConnection, cursor: Any, columns: list[str], sql: str, own: bool
    ) -> None:
        self.connection = connection
        self.cursor = cursor
        self.columns = columns
        self.sql = sql
        self.own = own

    async def fetch(self, size: int) -> Rows:
        connection = self.connection
        connection.in_exchange = True
        try:
            rows: Rows = await self.cursor.fetch(size)
        except Exception as error:
            raise connection._translated(error, self.sql, None) from error
        connection.in_exchange = False
        return rows

    async def close(self) -> None:
        self.cursor = None
        if self.own and not self.connection.closed:
            self.own = False
            await self.connection.commit()
