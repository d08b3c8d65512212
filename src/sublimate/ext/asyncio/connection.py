"""The asynchronous faces of connection and transaction: they await steps and decide nothing."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    NoReturn,
    ParamSpec,
    Self,
    TypeVar,
    TypeVarTuple,
    overload,
)
from weakref import WeakValueDictionary

from sublimate import exc
from sublimate.engine.connection import Connection
from sublimate.engine.cursor import CursorResult
from sublimate.engine.execute import driver_sql_steps, execute_steps, stream_steps
from sublimate.engine.result import ScalarResult
from sublimate.engine.run import run_in_worker
from sublimate.engine.steps import Steps
from sublimate.engine.transaction import Transaction
from sublimate.expression.element import ClauseElement
from sublimate.ext.asyncio.exc import AsyncContextAlreadyStarted, AsyncContextNotStarted, AsyncMethodRequired
from sublimate.ext.asyncio.exclusive import Exclusive
from sublimate.ext.asyncio.result import AsyncResult, AsyncScalarResult
from sublimate.pool import PoolProxiedConnection
from sublimate.schema.defaults import DefaultGenerator
from sublimate.statements.executable import TypedReturnsRows
from sublimate.util.subscriptable import subscriptable

if TYPE_CHECKING:
    from sublimate.ext.asyncio.engine import AsyncEngine

Ts = TypeVarTuple("Ts")
P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S")
Options = Mapping[str, Any] | None
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
Statement = ClauseElement | DefaultGenerator
AnyCursorResult = CursorResult[*tuple[Any, ...]]


@subscriptable
class StartableContext(Generic[S]):
    """What can be awaited or entered by `async with`, and says so when entered by a plain `with`."""

    __slots__ = ()

    async def start(self, is_ctxmanager: bool = False) -> S:
        raise NotImplementedError

    def __await__(self) -> Generator[Any, Any, S]:
        return self.start().__await__()

    async def __aenter__(self) -> S:
        return await self.start(is_ctxmanager=True)

    def __enter__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is asynchronous: use 'async with' instead of 'with'")

    def __exit__(self, *error: object) -> None:
        return None


class AsyncConnection(StartableContext["AsyncConnection"]):
    """A `Connection` for one asyncio task.

    >>> async with engine.connect() as connection:
    ...     result = await connection.execute(text("select 1"))
    """

    __slots__ = ("__weakref__", "_exclusive", "_faces", "engine", "sync_connection", "sync_engine")

    def __init__(self, async_engine: AsyncEngine, sync_connection: Connection | None = None) -> None:
        self.engine = async_engine
        self.sync_engine = async_engine.sync_engine
        self.sync_connection = sync_connection
        self._exclusive = Exclusive("connection")
        self._faces: WeakValueDictionary[Transaction, AsyncTransaction] = WeakValueDictionary()

    @property
    def _started(self) -> Connection:
        connection = self.sync_connection
        if connection is None:
            raise AsyncContextNotStarted(
                "AsyncConnection context has not been started and object has not been awaited."
            )
        return connection

    async def start(self, is_ctxmanager: bool = False) -> AsyncConnection:
        """Take the connection from the pool; `await connection` and `async with` do this too."""
        if self.sync_connection is not None:
            raise AsyncContextAlreadyStarted("connection is already started")
        self.sync_connection = await self._exclusive.run(self.sync_engine.connect_steps())
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def _load_in_bulk(self, make_steps: Any, into: Any) -> int:
        found: int = await self._exclusive.run(make_steps(self._started))
        return found

    # ---- facts

    @property
    def dialect(self) -> Any:
        return self.sync_engine.dialect

    @property
    def closed(self) -> bool:
        return self._started.closed

    @property
    def invalidated(self) -> bool:
        return self._started.invalidated

    @property
    def info(self) -> dict[Any, Any]:
        return self._started.info

    @property
    def connection(self) -> NoReturn:
        raise exc.InvalidRequestError(
            "AsyncConnection.connection accessor is not implemented as the attribute may need to reconnect on an "
            "invalidated connection.  Use the get_raw_connection() method."
        )

    @property
    def default_isolation_level(self) -> str:
        level = self.sync_engine._default_level
        return level if level is not None else self._started.default_isolation_level

    def in_transaction(self) -> bool:
        return self._started.in_transaction()

    def in_nested_transaction(self) -> bool:
        return self._started.in_nested_transaction()

    def get_transaction(self) -> AsyncTransaction | None:
        return self._face(self._started.get_transaction())

    def get_nested_transaction(self) -> AsyncTransaction | None:
        return self._face(self._started.get_nested_transaction())

    def _face(self, transaction: Transaction | None) -> AsyncTransaction | None:
        if transaction is None:
            return None
        face = self._faces.get(transaction)
        if face is None:
            face = self._faces[transaction] = AsyncTransaction(self)
            face.sync_transaction = transaction
        return face

    def get_execution_options(self) -> Mapping[str, Any]:
        return self._started.get_execution_options()

    async def execution_options(self, **opt: Any) -> Self:
        """Set options for what this connection executes from now on."""
        self._started.execution_options(**opt)
        return self

    async def get_isolation_level(self) -> str:
        """The isolation level in force."""
        return await self._exclusive.run(self._started.isolation_level_steps())

    async def get_raw_connection(self) -> PoolProxiedConnection:
        """The connection of the driver, as the pool holds it."""
        return await self._exclusive.run(self._started.raw_steps())

    # ---- transactions

    def begin(self) -> AsyncTransaction:
        """Start a transaction: `await` it or use it by `async with`."""
        return AsyncTransaction(self)

    def begin_nested(self) -> AsyncTransaction:
        """Start a savepoint: `await` it or use it by `async with`."""
        return AsyncTransaction(self, nested=True)

    async def commit(self) -> None:
        """Commit the transaction in progress, if there is one."""
        await self._exclusive.run(self._started.commit_steps())

    async def rollback(self) -> None:
        """Roll the transaction in progress back, if there is one."""
        self._exclusive.ending()
        await self._exclusive.run(self._started.rollback_steps())

    async def invalidate(self, exception: BaseException | None = None) -> None:
        """Close the database connection at once, because it is known to be broken."""
        await self._exclusive.run(self._started.invalidate_steps(exception))

    async def close(self) -> None:
        """Give the connection back to the pool; what was not committed is rolled back.

        Raises `IllegalStateChangeError` while another task uses it; it is then closed as soon as that use ends.
        """
        self._exclusive.ending(self.close)
        await self._exclusive.run(self._started.close_steps())

    async def aclose(self) -> None:
        """`close()`, by the name that `contextlib.aclosing` calls."""
        await self.close()

    # ---- statements

    @overload
    async def execute(
        self,
        statement: TypedReturnsRows[*Ts],
        parameters: Parameters = None,
        *,
        execution_options: Options = None,
    ) -> CursorResult[*Ts]: ...
    @overload
    async def execute(
        self, statement: Statement, parameters: Parameters = None, *, execution_options: Options = None
    ) -> AnyCursorResult: ...
    async def execute(
        self, statement: Any, parameters: Parameters = None, *, execution_options: Options = None
    ) -> Any:
        """Execute a statement: once, or for each of a list of parameter dictionaries. The rows are in memory."""
        connection = self._started
        options = (
            connection._options if execution_options is None else {**connection._options, **execution_options}
        )
        if options.get("stream_results") or options.get("yield_per"):
            raise AsyncMethodRequired(
                "Can't use the AsyncConnection.execute() method with a server-side cursor. "
                "Use the AsyncConnection.stream() method for an async streaming result set."
            )
        return await self._exclusive.run(execute_steps(connection, statement, parameters, execution_options))

    @overload
    async def scalar(
        self,
        statement: TypedReturnsRows[T, *tuple[Any, ...]],
        parameters: Mapping[str, Any] | None = None,
        *,
        execution_options: Options = None,
    ) -> T | None: ...
    @overload
    async def scalar(
        self,
        statement: Statement,
        parameters: Mapping[str, Any] | None = None,
        *,
        execution_options: Options = None,
    ) -> Any: ...
    async def scalar(
        self,
        statement: Any,
        parameters: Mapping[str, Any] | None = None,
        *,
        execution_options: Options = None,
    ) -> Any:
        """The first column of the first row, or None."""
        return (await self.execute(statement, parameters, execution_options=execution_options)).scalar()

    @overload
    async def scalars(
        self,
        statement: TypedReturnsRows[T, *tuple[Any, ...]],
        parameters: Parameters = None,
        *,
        execution_options: Options = None,
    ) -> ScalarResult[T]: ...
    @overload
    async def scalars(
        self, statement: Statement, parameters: Parameters = None, *, execution_options: Options = None
    ) -> ScalarResult[Any]: ...
    async def scalars(
        self, statement: Any, parameters: Parameters = None, *, execution_options: Options = None
    ) -> ScalarResult[Any]:
        """The first column of every row."""
        return (await self.execute(statement, parameters, execution_options=execution_options)).scalars()

    async def exec_driver_sql(
        self, statement: str, parameters: Any = None, execution_options: Options = None
    ) -> AnyCursorResult:
        """Send SQL text as it is, in the driver's own parameter style."""
        steps = driver_sql_steps(self._started, statement, parameters, execution_options)
        return await self._exclusive.run(steps)

    @overload
    def stream(
        self,
        statement: TypedReturnsRows[*Ts],
        parameters: Parameters = None,
        *,
        execution_options: Options = None,
    ) -> Streaming[AsyncResult[*Ts]]: ...
    @overload
    def stream(
        self, statement: Statement, parameters: Parameters = None, *, execution_options: Options = None
    ) -> Streaming[AsyncResult[*tuple[Any, ...]]]: ...
    def stream(
        self, statement: Any, parameters: Parameters = None, *, execution_options: Options = None
    ) -> Streaming[Any]:
        """Rows that stay on the server until asked for: `await` it or use it by `async with`."""
        return Streaming(
            self, stream_steps(self._started, statement, parameters, execution_options), AsyncResult
        )

    @overload
    def stream_scalars(
        self,
        statement: TypedReturnsRows[T, *tuple[Any, ...]],
        parameters: Parameters = None,
        *,
        execution_options: Options = None,
    ) -> Streaming[AsyncScalarResult[T]]: ...
    @overload
    def stream_scalars(
        self, statement: Statement, parameters: Parameters = None, *, execution_options: Options = None
    ) -> Streaming[AsyncScalarResult[Any]]: ...
    def stream_scalars(
        self, statement: Any, parameters: Parameters = None, *, execution_options: Options = None
    ) -> Streaming[Any]:
        """The first column of `stream()`."""
        return Streaming(
            self, stream_steps(self._started, statement, parameters, execution_options), AsyncScalarResult
        )

    async def run_sync(self, fn: Callable[Concatenate[Connection, P], T], *arg: P.args, **kw: P.kwargs) -> T:
        """Run a blocking function with the synchronous connection, in a thread; its SQL is carried out here.

        >>> await connection.run_sync(metadata.create_all)
        """
        connection = self._started
        self._exclusive.enter()
        try:
            return await run_in_worker(fn, connection, *arg, **kw)
        finally:
            await self._exclusive.leave()


class Streaming(StartableContext[T]):
    """A streaming result to come."""

    __slots__ = ("_connection", "_face", "_result", "_steps")

    def __init__(self, connection: AsyncConnection, steps: Steps[Any], face: Callable[[Any], T]) -> None:
        self._connection = connection
        self._steps = steps
        self._face = face
        self._result: Any = None

    async def start(self, is_ctxmanager: bool = False) -> T:
        self._result = self._face(await self._connection._exclusive.run(self._steps))
        found: T = self._result
        return found

    async def __aexit__(self, *error: object) -> None:
        if self._result is not None:
            await self._result.close()


class AsyncTransaction(StartableContext["AsyncTransaction"]):
    """A transaction of an `AsyncConnection`."""

    __slots__ = ("__weakref__", "connection", "nested", "sync_transaction")

    def __init__(self, connection: AsyncConnection, nested: bool = False) -> None:
        self.connection = connection
        self.nested = nested
        self.sync_transaction: Transaction | None = None

    @property
    def _started(self) -> Transaction:
        if self.sync_transaction is None:
            raise AsyncContextNotStarted(
                "AsyncTransaction context has not been started and object has not been awaited."
            )
        return self.sync_transaction

    async def start(self, is_ctxmanager: bool = False) -> AsyncTransaction:
        """Begin; `await transaction` and `async with` do this too."""
        connection = self.connection._started
        steps: Steps[Any] = connection.begin_nested_steps() if self.nested else connection.begin_steps()
        begun: Transaction = await self.connection._exclusive.run(steps)
        self.sync_transaction = begun
        self.connection._faces[begun] = self
        if is_ctxmanager:
            self._started.enter()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        await self.connection._exclusive.run(self._started.exit_steps(kind is not None))

    @property
    def is_valid(self) -> bool:
        return self._started.is_valid

    @property
    def is_active(self) -> bool:
        return self._started.is_active

    async def commit(self) -> None:
        """Keep the work."""
        await self.connection._exclusive.run(self._started.commit_steps())

    async def rollback(self) -> None:
        """Undo the work."""
        await self.connection._exclusive.run(self._started.rollback_steps())

    async def close(self) -> None:
        """Undo the work unless it was committed."""
        await self.connection._exclusive.run(self._started.close_steps())
