"""A connection taken from the pool: executes statements and keeps track of its transaction. Every verb is steps."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeVar, TypeVarTuple, overload

from sublimate import exc
from sublimate.compiler.compiled import NeedsTransaction
from sublimate.engine.boundaries import (
    close_streams_steps,
    end_twophase_steps,
    plain_statements_steps,
    roll_back_steps,
    send_begin_steps,
)
from sublimate.engine.cursor import CursorResult
from sublimate.engine.execute import default_value, driver_sql_steps, execute_steps
from sublimate.engine.result import ScalarResult
from sublimate.engine.run import run
from sublimate.engine.steps import (
    Acquire,
    CursorStep,
    EntryStep,
    Invalidate,
    Lend,
    Lock,
    Query,
    Release,
    Steps,
)
from sublimate.engine.stream import CursorStream
from sublimate.engine.tell import tell_steps
from sublimate.engine.transaction import NestedTransaction, RootTransaction, Transaction, TwoPhaseTransaction
from sublimate.event import Dispatch
from sublimate.pool import PoolProxiedConnection
from sublimate.schema.defaults import DefaultGenerator
from sublimate.statements.executable import TypedReturnsRows
from sublimate.util.immutabledict import immutabledict

if TYPE_CHECKING:
    from sublimate.engine.engine import Engine
    from sublimate.engine.reflection import Inspector

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Params = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None

_CLOSED = "This Connection is closed"
_BEGUN = (
    "This connection has already initialized a SQLAlchemy Transaction() object via begin() or autobegin; "
    "{} unless rollback() or commit() is called first."
)
_FINISHED = (
    "Can't operate on closed transaction inside context manager.  "
    "Please complete the context manager before emitting further commands."
)
_ROLLBACK_FIRST = (
    "Can't reconnect until invalid {}transaction is rolled back.  Please rollback() fully before proceeding"
)
_PLAIN_LEVELS = (None, "READ COMMITTED", "READ UNCOMMITTED")


class Connection:
    """One database connection in use.

    >>> with engine.connect() as connection:
    ...     connection.execute(text("select 1")).scalar()
    1
    """

    __slots__ = (
        "__dict__", "__weakref__", "_autocommit", "_begin_due", "_closed", "_dispatch", "_eager_begin", "_entry", "_nested", "_on_wire",
        "_options", "_raw", "_savepoints", "_scope", "_transaction", "engine", "open_streams", "token",
    )  # fmt: skip

    if TYPE_CHECKING:

        def _sa_inspect_instance(self) -> Inspector: ...

    def __init__(self, engine: Engine, entry: Any, options: Mapping[str, Any] | None = None) -> None:
        self.engine = engine
        self._entry = entry
        self._closed = False
        self._transaction: RootTransaction | None = None
        self._nested: NestedTransaction | None = None
        self._scope: Transaction | None = None
        self._begin_due = False
        self._on_wire = False
        self._savepoints = 0
        self._raw: PoolProxiedConnection | None = None
        self.open_streams: set[CursorStream] = set()
        self._dispatch: Dispatch | None = None
        self._set_options(engine.get_execution_options() if options is None else options)

    # ---- facts

    @property
    def dispatch(self) -> Dispatch | None:
        """Who listens to this connection or its engine; None if nobody does."""
        return self._dispatch or self.engine.dispatch

    @property
    def dialect(self) -> Any:
        return self.engine.dialect

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def invalidated(self) -> bool:
        """The database connection is gone, and a new one is taken at the next use."""
        return self._entry is None and not self._closed

    @property
    def info(self) -> dict[Any, Any]:
        """A dictionary that lives as long as the database connection does."""
        info: dict[Any, Any] = (self._entry or run(self.entry_steps())).info
        return info

    @property
    def connection(self) -> PoolProxiedConnection:
        """The connection of the driver, as the pool holds it, inside the transaction in progress if there is one."""
        return self._raw or run(self.raw_steps())

    def raw_steps(self) -> Steps[PoolProxiedConnection]:
        if self._raw is None:
            entry = yield from self.entry_steps()
            if self._begin_due:
                yield from send_begin_steps(self)
            if not self._autocommit:
                yield from self.guarded_steps(Lend(entry, self.engine.transaction_options(self._options)))
                self._eager_begin = True
            self._raw = PoolProxiedConnection(entry, owned=False)
        return self._raw

    def in_transaction(self) -> bool:
        return self._transaction is not None and self._transaction.is_active

    def in_nested_transaction(self) -> bool:
        return self._nested is not None and self._nested.is_active

    def get_transaction(self) -> RootTransaction | None:
        return self._transaction

    def get_nested_transaction(self) -> NestedTransaction | None:
        return self._nested

    def schema_for_object(self, obj: Any) -> str | None:
        """The schema of a table or sequence, after `schema_translate_map`."""
        translate = self._options.get("schema_translate_map")
        schema: str | None = obj.schema
        return translate.get(schema, schema) if translate else schema

    # ---- options

    def _set_options(self, options: Mapping[str, Any]) -> None:
        self._options = options
        level = options.get("isolation_level")
        self._autocommit = level == "AUTOCOMMIT"
        self._eager_begin = not self.engine.lazy_begin or level not in _PLAIN_LEVELS
        self.token: str | None = options.get("logging_token")

    def execution_options(self, **opt: Any) -> Self:
        """Set options for what this connection executes from now on."""
        for name in self.engine.transaction_option_names:
            if name in opt and self._transaction is not None:
                raise exc.InvalidRequestError(_BEGUN.format(f"{name} may not be altered"))
        if "isolation_level" in opt:
            opt["isolation_level"] = self.engine.check_isolation_level(opt["isolation_level"])
        self._set_options(immutabledict({**self._options, **opt}))
        if (dispatch := self.dispatch) is not None:
            dispatch.set_connection_execution_options(self, opt)
        return self

    def get_execution_options(self) -> Mapping[str, Any]:
        return self._options

    def get_isolation_level(self) -> str:
        """The isolation level in force."""
        return run(self.isolation_level_steps())

    def isolation_level_steps(self) -> Steps[str]:
        level: str | None = self._options.get("isolation_level")
        if level is not None and not self._autocommit:
            return level
        return (yield from self.default_isolation_level_steps())

    @property
    def default_isolation_level(self) -> str:
        """The isolation level that the engine or the database gives a new connection."""
        given: str | None = self.engine.given_level
        return given or run(self.default_isolation_level_steps())

    def default_isolation_level_steps(self) -> Steps[str]:
        entry = self._entry or (yield from self.entry_steps())
        found: str = yield from self.engine.default_isolation_level_steps(entry)
        return found

    # ---- the entry

    def refuse_invalid(self) -> None:
        """After the connection was lost, the open transaction must be rolled back before anything else."""
        if self._entry is None and not self._closed:
            if self._nested is not None:
                raise exc.PendingRollbackError(_ROLLBACK_FIRST.format("savepoint "), code="8s2b")
            if self._transaction is not None:
                raise exc.PendingRollbackError(_ROLLBACK_FIRST.format(""), code="8s2b")

    def entry_steps(self) -> Steps[Any]:
        """The pool entry; a new one after the last was lost."""
        if self._closed:
            raise exc.ResourceClosedError(_CLOSED)
        self.refuse_invalid()
        if self._entry is None:
            self._entry = yield Acquire(self.engine.pool)
        return self._entry

    def statement_steps(self, needs_transaction: NeedsTransaction) -> Steps[Any]:
        """The entry, ready for a statement: open, inside a transaction, BEGIN sent if the statement needs it."""
        entry = self._entry or (yield from self.entry_steps())
        if self._scope is not None and not self._scope.is_active:
            raise exc.InvalidRequestError(_FINISHED)
        if self._transaction is None:
            yield from self._autobegin_steps()
        if self._begin_due and (needs_transaction or self._eager_begin):
            yield from send_begin_steps(self)
        if needs_transaction == "lock":
            yield from self.guarded_steps(Lock(entry))
        return entry

    def skip_begin(self) -> bool:
        """Let the next statement, which is all that the transaction will do, go without BEGIN and COMMIT; whether it may.

        Nobody can tell the difference, but for listeners: they might send statements of their own.
        """
        if not self._begin_due or self._eager_begin or self.dispatch is not None:
            return False
        if self.engine.transaction_options(self._options) is not None:
            return False
        self._begin_due = False
        return True

    def expect_begin(self) -> None:
        """After `skip_begin`: should another statement come, it begins a transaction."""
        self._begin_due = True

    @property
    def pool_in_use(self) -> Any:
        """The pool that the database connection came from, None without one."""
        return None if self._entry is None else self._entry.pool

    def lost(self) -> None:
        """The database connection is of no more use; the next statement takes a new one."""
        self._entry = self._raw = None
        self._begin_due = self._on_wire = False
        self.open_streams.clear()

    def guarded_steps(self, step: EntryStep | CursorStep) -> Steps[Any]:
        """Perform a step; if that breaks or interrupts the database connection, give the connection up."""
        entry = self._entry
        try:
            return (yield step)
        except BaseException as error:
            yield from self.give_up_steps(entry, error)
            raise

    def give_up_steps(self, entry: Any, error: BaseException, everywhere: bool = True) -> Steps[bool]:
        """After an error: a connection that was lost, or whose call was cancelled, is not used any further.

        What a cancelled call has done is unknown, so its transaction ends here; the pool closes or cleans the rest.
        """
        cancelled = not isinstance(error, Exception)
        lost = cancelled or bool(getattr(error, "connection_invalidated", False))
        if lost and entry is not None and self._entry is entry:
            self.lost()
            broken = not cancelled or entry.connection.in_exchange or entry.connection.closed
            yield Invalidate(entry, error, everywhere and not cancelled) if broken else Release(entry)
        return lost

    def invalidate_steps(self, exception: BaseException | None = None) -> Steps[None]:
        if self._closed:
            raise exc.ResourceClosedError(_CLOSED)
        entry = self._entry
        if entry is not None:
            self.lost()
            yield Invalidate(entry, exception)

    def invalidate(self, exception: BaseException | None = None) -> None:
        """Close the database connection at once, because it is known to be broken."""
        run(self.invalidate_steps(exception))

    def detach(self) -> None:
        """Take the database connection out of the pool's accounts; it is closed with this object."""
        if self._closed:
            raise exc.ResourceClosedError(_CLOSED)
        if self._entry is not None:
            self._entry.pool.detach(self._entry)

    def close_steps(self) -> Steps[None]:
        if self._closed:
            return
        transaction = self._transaction
        try:
            yield from close_streams_steps(self)
            if transaction is not None:
                yield from transaction.close_steps()
        finally:
            entry = self._entry
            self._closed, self._entry, self._raw = True, None, None
            if entry is not None:
                entry.rolled_back = transaction is not None
                yield Release(entry)

    def close(self) -> None:
        """Give the connection back to the pool; what was not committed is rolled back."""
        run(self.close_steps())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        run(self.close_steps())

    def __del__(self) -> None:
        """Forgotten without `close()`: a blocking connection goes back to its pool, an asynchronous one is dropped."""
        entry = getattr(self, "_entry", None)
        if entry is None or self._closed:
            return
        self._closed, self._entry = True, None
        entry.pool.forgotten(entry)

    # ---- transactions

    def _autobegin_steps(self) -> Steps[RootTransaction]:
        if self._scope is not None and not self._scope.is_active:
            raise exc.InvalidRequestError(_FINISHED)
        transaction = RootTransaction(self)
        yield from self._announce_begin_steps()
        return transaction

    def begun_by_hand(self) -> None:
        """The user has sent a BEGIN of their own: it is the one of the transaction in progress."""
        self._begin_due, self._on_wire = False, True

    def _note_begin(self, words: str) -> None:
        self._begin_due = not self._autocommit and not self._on_wire
        log = self.engine.log
        if log.info_enabled():
            note = "; DBAPI should not BEGIN due to autocommit mode" if self._autocommit else ""
            log.line(f"{words} (implicit{note})", self.token)

    def _announce_begin_steps(self) -> Steps[None]:
        self._note_begin("BEGIN")
        if (dispatch := self.dispatch) is not None:
            yield from tell_steps(self.engine.pool.is_async, dispatch.begin, self)

    def _refuse_begun(self) -> None:
        if self._closed:
            raise exc.ResourceClosedError(_CLOSED)
        if self._transaction is not None:
            raise exc.InvalidRequestError(_BEGUN.format("can't call begin() here"))

    def begin_steps(self) -> Steps[RootTransaction]:
        self._refuse_begun()
        if self._entry is None:
            yield from self.entry_steps()
        return (yield from self._autobegin_steps())

    def begin(self) -> RootTransaction:
        """Start a transaction."""
        return run(self.begin_steps())

    def begin_nested_steps(self) -> Steps[NestedTransaction]:
        yield from self.statement_steps(True)
        self._savepoints += 1
        return (yield from NestedTransaction(self, f"sa_savepoint_{self._savepoints}").begin_steps())

    def begin_nested(self) -> NestedTransaction:
        """Start a savepoint, and a transaction around it if there is none."""
        return run(self.begin_nested_steps())

    def begin_twophase_steps(self, xid: Any = None) -> Steps[TwoPhaseTransaction]:
        self._refuse_begun()
        yield from self.entry_steps()
        name = xid if xid is not None else f"_sa_{uuid.uuid4().hex}"
        statements = self.dialect.twophase_sql("begin", name, False)
        transaction = TwoPhaseTransaction(self, name)
        self._note_begin("BEGIN TWOPHASE")
        if (dispatch := self.dispatch) is not None:
            yield from tell_steps(self.engine.pool.is_async, dispatch.begin_twophase, self, name)
        if statements is not None:
            self._begin_due, self._on_wire = False, True
            yield from plain_statements_steps(self, statements)
        elif self._begin_due:
            yield from send_begin_steps(self)
        return transaction

    def begin_twophase(self, xid: Any = None) -> TwoPhaseTransaction:
        """Start a transaction that can be prepared."""
        return run(self.begin_twophase_steps(xid))

    def commit_steps(self) -> Steps[None]:
        if self._transaction is not None:
            yield from self._transaction.commit_steps()

    def commit(self) -> None:
        """Commit the transaction in progress, if there is one."""
        run(self.commit_steps())

    def rollback_steps(self) -> Steps[None]:
        if self._transaction is not None:
            yield from self._transaction.rollback_steps()

    def rollback(self) -> None:
        """Roll the transaction in progress back, if there is one."""
        run(self.rollback_steps())

    # ---- what was prepared

    def recover_twophase(self) -> list[str]:
        """The names of transactions that were prepared and neither committed nor rolled back."""
        return run(self._recover_steps())

    def _recover_steps(self) -> Steps[list[str]]:
        entry = yield from self.entry_steps()
        sql = self.dialect.twophase_sql("recover", "", True)[0]
        outcome = yield from self.guarded_steps(Query(entry, sql, None))
        names: list[str] = self.dialect.recovered_names(outcome.rows)
        return names

    def commit_prepared(self, xid: str, recover: bool = False) -> None:
        """Commit a prepared transaction by name."""
        run(self._prepared_steps("commit", xid))

    def rollback_prepared(self, xid: str, recover: bool = False) -> None:
        """Roll a prepared transaction back by name."""
        run(self._prepared_steps("rollback", xid))

    def _prepared_steps(self, verb: str, xid: str) -> Steps[None]:
        """End a transaction that another connection has prepared: in no transaction of this one's."""
        yield from self.entry_steps()
        if self._on_wire:
            yield from roll_back_steps(self)
        yield from end_twophase_steps(self, verb, xid, True)

    def merged_options(self, statement: Any, options: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """Execution options of the engine and connection, of the statement, and of the call: later ones win."""
        own = getattr(statement, "_execution_options", None)
        if not own and not options:
            return self._options
        return immutabledict({**self._options, **(own or {}), **(options or {})})

    def _load_in_bulk(self, make_steps: Any, into: Any) -> int:
        found: int = run(make_steps(self))
        return found

    def _run_schema_steps(self, make_steps: Any, item: Any, *args: Any) -> None:
        run(make_steps(self, item, *args))

    def _reflect_table_into(self, table: Any, **options: Any) -> None:
        from sublimate.engine.reflection import Inspector

        Inspector.of(self).reflect_table(table, **options)

    def _reflect_metadata_into(self, metadata: Any, **options: Any) -> None:
        from sublimate.engine.reflection import reflect_metadata

        reflect_metadata(self, metadata, **options)

    # ---- statements

    def execute_steps(
        self, statement: Any, parameters: Any = None, execution_options: Mapping[str, Any] | None = None
    ) -> Steps[CursorResult[*tuple[Any, ...]]]:
        return execute_steps(self, statement, parameters, execution_options)

    @overload
    def execute(
        self,
        statement: TypedReturnsRows[*Ts],
        parameters: Any = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> CursorResult[*Ts]: ...
    @overload
    def execute(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> CursorResult[*tuple[Any, ...]]: ...
    def execute(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> Any:
        """Execute a statement: once, or for each of a list of parameter dictionaries."""
        result = run(execute_steps(self, statement, parameters, execution_options))
        return result if not isinstance(statement, DefaultGenerator) else default_value(result)

    @overload
    def scalar(
        self,
        statement: TypedReturnsRows[T, *tuple[Any, ...]],
        parameters: Any = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> T | None: ...
    @overload
    def scalar(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> Any: ...
    def scalar(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> Any:
        """The first column of the first row, or None."""
        return run(execute_steps(self, statement, parameters, execution_options)).scalar()

    @overload
    def scalars(
        self,
        statement: TypedReturnsRows[T, *tuple[Any, ...]],
        parameters: Any = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> ScalarResult[T]: ...
    @overload
    def scalars(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> ScalarResult[Any]: ...
    def scalars(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> ScalarResult[Any]:
        """The first column of every row."""
        return run(execute_steps(self, statement, parameters, execution_options)).scalars()

    def exec_driver_sql(
        self, statement: str, parameters: Any = None, execution_options: Mapping[str, Any] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Send SQL text as it is, in the driver's own parameter style."""
        return run(driver_sql_steps(self, statement, parameters, execution_options))
