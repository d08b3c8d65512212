"""The asynchronous face of the engine, and what makes one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from sublimate import exc
from sublimate.engine.create import create_engine, create_pool_from_url, engine_from_config
from sublimate.engine.engine import Engine
from sublimate.engine.run import run_async
from sublimate.engine.url import URL
from sublimate.ext.asyncio.connection import AsyncConnection as AsyncConnection
from sublimate.ext.asyncio.connection import AsyncTransaction as AsyncTransaction
from sublimate.ext.asyncio.exc import AsyncMethodRequired
from sublimate.inspection import inspects
from sublimate.log import EchoFlag
from sublimate.pool import Pool, PoolProxiedConnection


def create_async_engine(url: str | URL, **kw: Any) -> AsyncEngine:
    """An engine for asyncio; arguments as `create_engine()`.

    >>> engine = create_async_engine("postgresql+asyncpg://user@localhost/app", pool_size=10)
    """
    if kw.get("server_side_cursors"):
        raise AsyncMethodRequired(
            "Can't set server_side_cursors for async engine globally; use the connection.stream() method for an "
            "async streaming result set"
        )
    return AsyncEngine(create_engine(url, **{"_is_async": True, **kw}))


def async_engine_from_config(
    configuration: Mapping[str, Any], prefix: str = "sqlalchemy.", **kw: Any
) -> AsyncEngine:
    """An engine from a dictionary of strings, as configuration files have them."""
    return AsyncEngine(engine_from_config(configuration, prefix, **{"_is_async": True, **kw}))


def create_async_pool_from_url(url: str | URL, **kw: Any) -> Pool:
    """Only the pool of `create_async_engine()`."""
    pool: Pool = create_pool_from_url(url, **{"_is_async": True, **kw})
    return pool


class EngineBegin:
    """`AsyncEngine.begin()`: a connection inside a transaction."""

    __slots__ = ("_connection", "_engine", "_transaction")

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def __aenter__(self) -> AsyncConnection:
        self._connection = await self._engine.connect()
        self._transaction = self._connection.begin()
        try:
            await self._transaction.start(is_ctxmanager=True)
        except BaseException:
            await self._connection.close()
            raise
        return self._connection

    async def __aexit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            await self._transaction.__aexit__(kind, *rest)
        finally:
            await self._connection.__aexit__()

    def __enter__(self) -> NoReturn:
        raise TypeError(
            "AsyncEngine.begin() is asynchronous: use 'async with engine.begin()' instead of 'with'"
        )

    def __exit__(self, *error: object) -> None:
        return None


class AsyncEngine:
    """An `Engine` for asyncio.

    >>> async with engine.begin() as connection:
    ...     await connection.execute(insert(users), [{"name": "ada"}])
    """

    __slots__ = ("__weakref__", "sync_engine")

    def __init__(self, sync_engine: Engine) -> None:
        if not sync_engine.pool.is_async:
            raise exc.InvalidRequestError(
                "The asyncio extension requires an async driver to be used. "
                f"The loaded {sync_engine.driver!r} is not async."
            )
        self.sync_engine = sync_engine

    def __eq__(self, other: object) -> bool:
        """Two faces of one engine are equal."""
        return isinstance(other, AsyncEngine) and other.sync_engine is self.sync_engine

    def __hash__(self) -> int:
        return hash(self.sync_engine)

    @property
    def engine(self) -> AsyncEngine:
        return self

    @property
    def url(self) -> URL:
        url: URL = self.sync_engine.url
        return url

    @property
    def pool(self) -> Pool:
        pool: Pool = self.sync_engine.pool
        return pool

    @property
    def dialect(self) -> Any:
        return self.sync_engine.dialect

    @property
    def name(self) -> str:
        return self.sync_engine.name

    @property
    def driver(self) -> str:
        return self.sync_engine.driver

    @property
    def echo(self) -> EchoFlag:
        return self.sync_engine.echo

    @echo.setter
    def echo(self, value: EchoFlag) -> None:
        self.sync_engine.echo = value

    def __repr__(self) -> str:
        return f"AsyncEngine({self.url!r})"

    def connect(self) -> AsyncConnection:
        """A connection: `await` it or use it by `async with`."""
        return AsyncConnection(self)

    def begin(self) -> EngineBegin:
        """A connection inside a transaction, for `async with`: committed at its end, rolled back on an error."""
        return EngineBegin(self)

    async def raw_connection(self) -> PoolProxiedConnection:
        """A connection of the driver."""
        return await run_async(self.sync_engine.raw_connection_steps())

    async def dispose(self, close: bool = True) -> None:
        """Close the pool's connections; the engine can be used again and opens new ones."""
        await run_async(self.sync_engine.dispose_steps(close))

    def execution_options(self, **opt: Any) -> AsyncEngine:
        """An engine with other options over the same pool and plans."""
        return AsyncEngine(self.sync_engine.execution_options(**opt))

    def get_execution_options(self) -> Mapping[str, Any]:
        return self.sync_engine.get_execution_options()

    def update_execution_options(self, **opt: Any) -> None:
        """Change the options all later connections start with."""
        self.sync_engine.update_execution_options(**opt)

    def clear_compiled_cache(self) -> None:
        """Forget all plans."""
        self.sync_engine.clear_compiled_cache()


def _refuse_events(self: Any) -> NoReturn:
    raise NotImplementedError(
        "asynchronous events are not implemented at this time.  Apply synchronous listeners to the "
        "AsyncEngine.sync_engine or AsyncConnection.sync_connection attributes."
    )


AsyncEngine.__event_target__ = AsyncConnection.__event_target__ = _refuse_events  # type: ignore[attr-defined]


@inspects(AsyncEngine, AsyncConnection)
def _no_inspection(subject: Any) -> NoReturn:
    raise exc.NoInspectionAvailable(
        f"Inspection on an {type(subject).__name__} is currently not supported. Please obtain a connection then use "
        "``conn.run_sync`` to pass a callable where it's possible to call ``inspect`` on the passed connection.",
        code="xd3s",
    )
