"""The engine: a dialect, a pool and a cache of plans. Made once per database by `create_engine()`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sublimate import exc
from sublimate.dialects.contract.driver import TransactionOptions
from sublimate.engine.connection import Connection
from sublimate.engine.dispatching import tell_error
from sublimate.engine.events import EVENTS, ConnectionFamily, EngineFamily
from sublimate.engine.logging import RAW, EngineLog
from sublimate.engine.replicas import ReplicaReads
from sublimate.engine.run import run
from sublimate.engine.steps import Acquire, Fetch, Lend, Release, Steps
from sublimate.engine.tell import tell_steps
from sublimate.engine.url import URL
from sublimate.event import Dispatch, register
from sublimate.log import EchoFlag
from sublimate.pool import Pool, PoolProxiedConnection
from sublimate.util.immutabledict import immutabledict
from sublimate.util.switches import switches

if TYPE_CHECKING:
    from sublimate.engine.reflection import Inspector


class Engine:
    """Where connections to one database come from.

    >>> with engine.begin() as connection:
    ...     connection.execute(insert(users), [{"name": "ada"}, {"name": "bob"}])
    """

    if TYPE_CHECKING:

        def _sa_inspect_instance(self) -> Inspector: ...

    dispatch: Dispatch | None = None
    translate = None
    """The translation of schema names that plans made for it contain (a `TranslatedEngine` has one)."""

    def __init__(
        self,
        pool: Pool,
        dialect: Any,
        url: URL,
        plans: Any,
        logging_name: str | None = None,
        echo: EchoFlag = None,
        execution_options: Mapping[str, Any] | None = None,
        hide_parameters: bool = False,
        lazy_begin: bool | None = None,
    ) -> None:
        self.pool = pool
        self.dialect = dialect
        dialect.serves(self)
        self.url = url
        self.plans = plans
        self.logging_name = logging_name
        self.log = EngineLog(logging_name, echo, hide_parameters)
        self.hide_parameters = hide_parameters
        self._lazy_begin = lazy_begin
        self.lazy_begin = self._begins_lazily()
        self._default_level: str | None = None
        self.replicas: ReplicaReads | None = None
        self.reads: ReplicaReads | None = None
        """Where plain reads go that need no transaction; None is the pool."""
        self._set_options(execution_options or {})
        level = self._options.get("isolation_level")
        self.given_level: str | None = None if level == "AUTOCOMMIT" else level

    def _begins_lazily(self) -> bool:
        """Whether plain reads go without BEGIN: as asked for, else where that cannot be noticed at the usual isolation level."""
        if self._lazy_begin is not None:
            return self._lazy_begin
        return switches.lazy_begin and not self.dialect.reads_one_moment

    # ---- facts

    @property
    def engine(self) -> Engine:
        return self

    @property
    def name(self) -> str:
        found: str = self.dialect.name
        return found

    @property
    def driver(self) -> str:
        found: str = self.dialect.driver
        return found

    @property
    def echo(self) -> EchoFlag:
        return self.log.echo

    @echo.setter
    def echo(self, value: EchoFlag) -> None:
        self.log.echo = value

    def __repr__(self) -> str:
        return f"Engine({self.url!r})"

    # ---- options

    def _set_options(self, options: Mapping[str, Any]) -> None:
        options = dict(options)
        if options.get("isolation_level") is not None:
            options["isolation_level"] = self.check_isolation_level(options["isolation_level"])
        self._options: Mapping[str, Any] = immutabledict(options)
        self._transaction_options = self.transaction_options(options)
        self._choose_reads()

    def read_from(self, replicas: ReplicaReads) -> None:
        """Let plain reads go to replicas, unless the options say `replicas=False` or autocommit."""
        self.replicas = replicas
        self._choose_reads()

    def _choose_reads(self) -> None:
        options = self._options
        apart = options.get("replicas", True) and options.get("isolation_level") != "AUTOCOMMIT"
        self.reads = self.replicas if apart else None

    @property
    def transaction_option_names(self) -> tuple[str, ...]:
        """The execution options that say how a transaction begins."""
        name = self.dialect.name
        return ("isolation_level", f"{name}_readonly", f"{name}_deferrable")

    def check_isolation_level(self, level: str) -> str:
        """The level in its usual spelling; `ArgumentError` if the database does not know it."""
        name = level.replace("_", " ").upper()
        valid = self.dialect.get_isolation_level_values()
        if name not in valid:
            raise exc.ArgumentError(
                f"Invalid value {name!r} for isolation_level. "
                f"Valid isolation levels for {self.name!r} are {', '.join(valid)}"
            )
        return name

    def transaction_options(self, options: Mapping[str, Any]) -> TransactionOptions | None:
        """How BEGIN is said under these execution options; None for the plain way."""
        level = options.get("isolation_level")
        if level == "AUTOCOMMIT":
            level = None
        prefix = f"{self.dialect.name}_"
        readonly, deferrable = options.get(f"{prefix}readonly"), options.get(f"{prefix}deferrable")
        if level is None and readonly is None and deferrable is None:
            return None
        return TransactionOptions(level, readonly, deferrable)

    def get_execution_options(self) -> Mapping[str, Any]:
        return self._options

    def update_execution_options(self, **opt: Any) -> None:
        """Change the options all later connections start with."""
        self._set_options({**self._options, **opt})
        if self.dispatch is not None:
            self.dispatch.set_engine_execution_options(self, opt)

    def execution_options(self, **opt: Any) -> OptionEngine:
        """An engine with other options over the same pool and plans."""
        return OptionEngine(self, opt)

    def clear_compiled_cache(self) -> None:
        """Forget all plans."""
        self.plans.clear()

    # ---- connections

    def connect_steps(self) -> Steps[Connection]:
        entry = yield from self._acquire_steps()
        if not self.dialect.initialized:
            yield from self._initialize_steps(entry)
        connection = Connection(self, entry)
        if self.dispatch is not None:
            yield from tell_steps(entry.is_async, self.dispatch.engine_connect, connection)
        return connection

    def reading_steps(self) -> Steps[Connection]:
        """A connection for one plain read: to a replica, if there are any."""
        reads = self.reads
        if reads is None or not self.dialect.initialized:
            return (yield from self.connect_steps())
        for pool in reads.pools():
            try:
                entry = yield Acquire(pool)
                break
            except (exc.DBAPIError, exc.TimeoutError) as error:
                reads.refused(pool, error)
        return Connection(self, entry)

    def _acquire_steps(self) -> Steps[Any]:
        try:
            return (yield Acquire(self.pool))
        except Exception as error:
            if self.dispatch is None or not isinstance(error, exc.DBAPIError):
                raise
            told = tell_error(self.dispatch, self, None, error, None, None, None, False)
            raise told.exception from told.cause or error.__cause__

    def ping_failed(self, error: exc.DBAPIError) -> bool:
        """Tell listeners of a failed ping. One who says that it is no disconnect, or has another error, has it raised."""
        if self.dispatch is None:
            return True
        lost = error.connection_invalidated
        told = tell_error(self.dispatch, self, None, error, None, None, None, lost, pre_ping=True)
        if told.chained_exception is not None or (lost and not told.is_disconnect):
            raise told.exception from told.cause or error.__cause__
        return told.invalidate_pool_on_disconnect

    def _initialize_steps(self, entry: Any) -> Steps[None]:
        """Let the dialect learn what the server is, on the first connection."""

        def fetch(sql: str) -> Steps[Any]:
            return (yield Fetch(entry, sql, ()))

        try:
            yield from self.dialect.initialize_steps(fetch)
        except BaseException:
            yield Release(entry)
            raise
        self.dialect.initialized = True
        self.lazy_begin = self._begins_lazily()

    def connect(self) -> Connection:
        """Take a connection from the pool."""
        return run(self.connect_steps())

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A connection inside a transaction, which is committed at the end of the block, or rolled back on an error."""
        with self.connect() as connection, connection.begin():
            yield connection

    def _run_schema_steps(self, make_steps: Any, item: Any, *args: Any) -> None:
        with self.begin() as connection:
            connection._run_schema_steps(make_steps, item, *args)

    def _reflect_table_into(self, table: Any, **options: Any) -> None:
        with self.connect() as connection:
            connection._reflect_table_into(table, **options)

    def _reflect_metadata_into(self, metadata: Any, **options: Any) -> None:
        with self.connect() as connection:
            connection._reflect_metadata_into(metadata, **options)

    def raw_connection_steps(self) -> Steps[PoolProxiedConnection]:
        entry = yield Acquire(self.pool)
        if self._options.get("isolation_level") != "AUTOCOMMIT":
            try:
                yield Lend(entry, self._transaction_options)
            except BaseException:
                yield Release(entry)
                raise
        return PoolProxiedConnection(entry)

    def raw_connection(self) -> PoolProxiedConnection:
        """A connection of the driver, for what only the driver can do; give it back with `close()`.

        >>> raw = engine.raw_connection()
        >>> raw.driver_connection, raw.close()
        """
        return run(self.raw_connection_steps())

    def default_isolation_level_steps(self, entry: Any) -> Steps[str]:
        """The level the database gives to new transactions; asked once."""
        level: str | None = self.dialect.default_isolation_level or self._default_level
        if level is None:
            rows = yield Fetch(entry, self.dialect.isolation_level_query, ())
            level = self._default_level = str(rows[0][0]).replace("-", " ").upper()
        return level

    def dispose_steps(self, close: bool = True) -> Steps[None]:
        old = self.pool
        self.pool = old.recreate()
        yield from old.retire_steps(close)
        for replica in self.replicas.replicas if self.replicas is not None else ():
            yield from replica.engine.dispose_steps(close)
        if self.dispatch is not None:
            self.dispatch.engine_disposed(self)

    def dispose(self, close: bool = True) -> None:
        """Close the pool's connections; the engine can be used again and opens new ones."""
        run(self.dispose_steps(close))

    # ---- what sending tells the engine

    def log_statement(
        self,
        sql: str,
        args: Any,
        plan: Any,
        many: bool = False,
        token: str | None = None,
        origin: str | None = None,
    ) -> None:
        """Log SQL and its arguments, with where its plan came from."""
        if origin is None:
            origin = RAW if plan is None else self.origin_of(plan)
        self.log.statement(sql, origin, tuple(args) if type(args) is list and not many else args, many, token)

    def origin_of(self, plan: Any) -> str:
        """Where a plan came from, as the log says it: made for this statement, or found in the cache."""
        now = perf_counter()
        if not plan.logged:
            plan.logged = now
            return f"generated in {plan.seconds:.5f}s"
        return f"cached since {now - plan.logged:.4g}s ago"

    def event_pool(self) -> Any:
        """The target of pool events."""
        return self.pool


class OptionEngine(Engine):
    """An engine with execution options of its own; all else belongs to the engine it was made from."""

    def __init__(self, proxied: Engine, options: Mapping[str, Any]) -> None:
        self._proxied = proxied
        self._dispatch: Dispatch | None = None
        self.__dict__.update(
            {
                name: value
                for name, value in proxied.__dict__.items()
                if name not in ("_proxied", "_dispatch", "dispatch")
            }
        )
        self._set_options({**proxied._options, **options})
        if (dispatch := self.dispatch) is not None:
            dispatch.set_engine_execution_options(self, options)

    @property
    def dispatch(self) -> Dispatch | None:
        return self._dispatch or self._proxied.dispatch

    @dispatch.setter
    def dispatch(self, value: Dispatch | None) -> None:
        self._dispatch = value

    @property
    def pool(self) -> Any:
        return self._proxied.pool

    @pool.setter
    def pool(self, value: Any) -> None:
        self._proxied.pool = value


class OptionEngineFamily(EngineFamily):
    """Events of an engine with options of its own; those of the engine below come after them."""

    def dispatch_of(self, target: Any) -> Dispatch:
        if isinstance(target, type):
            return super().dispatch_of(target)
        if target._dispatch is None:
            target._dispatch = Dispatch(self.events, lambda: target._proxied.dispatch, own_first=True)
        found: Dispatch = target._dispatch
        return found


register(Engine, EngineFamily("engine", EVENTS))
register(OptionEngine, OptionEngineFamily("engine", EVENTS))
register(Connection, ConnectionFamily("connection", EVENTS, Engine))
