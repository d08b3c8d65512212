"""async_scoped_session: one session per scope (usually the task), used as if it were the session."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sublimate import exc
from sublimate.engine.connection import Connection
from sublimate.engine.engine import Engine
from sublimate.expression.element import ClauseElement
from sublimate.orm.mapping.mapper import Mapper
from sublimate.orm.session.factory import identity_key, object_session
from sublimate.orm.session.objects import IdentitySet
from sublimate.orm.session.proxies import FACTS, READING, proxied
from sublimate.orm.session.scoped import ScopedRegistry
from sublimate.orm.session.session import Session
from sublimate.orm.state import IdentityMap
from sublimate.util.warnings import warn

from .connection import AsyncConnection
from .engine import AsyncEngine
from .session import AsyncSession
from .session_transaction import AsyncSessionTransaction
from .sessionmaker import async_sessionmaker

if TYPE_CHECKING:
    from .reading import AsyncReading as _Verbs  # what reads is typed as in the session itself
else:
    _Verbs = object

S = TypeVar("S", bound=AsyncSession)
T = TypeVar("T", bound=Any)


@proxied(AsyncSession, (*READING, "stream", "stream_scalars"), (*FACTS, "binds"))
class async_scoped_session(Generic[S], _Verbs):
    """One asynchronous session per `scopefunc()`, for instance `asyncio.current_task`."""

    session_factory: async_sessionmaker[S]
    registry: ScopedRegistry[S]
    identity_map: IdentityMap
    new: IdentitySet
    dirty: IdentitySet
    deleted: IdentitySet
    is_active: bool
    autoflush: bool
    no_autoflush: AbstractContextManager[Session]
    info: dict[Any, Any]
    bind: AsyncEngine | AsyncConnection | None
    binds: Mapping[Any, AsyncEngine | AsyncConnection]
    execution_options: Mapping[str, Any]

    def __init__(self, session_factory: async_sessionmaker[S], scopefunc: Callable[[], Any]) -> None:
        self.session_factory = session_factory
        self.registry = ScopedRegistry(session_factory, scopefunc)

    def __call__(self, **kw: Any) -> S:
        """The session of this scope."""
        if kw:
            if self.registry.has():
                raise exc.InvalidRequestError(
                    "Scoped session is already present; no new arguments may be specified."
                )
            self.registry.set(self.session_factory(**kw))
        return self.registry()

    # ---- the scope

    def configure(self, **kwargs: Any) -> None:
        """Change the arguments of the session factory."""
        if self.registry.has():
            warn(
                "At least one scoped session is already present.  configure() can not affect sessions that have already been created."
            )
        self.session_factory.configure(**kwargs)

    async def remove(self) -> None:
        """Close the session of this scope and forget it."""
        if self.registry.has():
            await self.registry().close()
        self.registry.clear()

    @classmethod
    async def close_all(cls) -> None:
        """Close every session of the process."""
        await AsyncSession.close_all()

    # ---- what is done with the session of this scope

    def __contains__(self, instance: object) -> bool:
        return instance in self.registry()

    def __iter__(self) -> Iterator[object]:
        return iter(self.registry())

    def add(self, instance: object) -> None:
        """Put an object into the session, to be inserted by the next flush."""
        self.registry().add(instance)

    def add_all(self, instances: Iterable[object]) -> None:
        """`add()` for each."""
        self.registry().add_all(instances)

    async def delete(self, instance: object) -> None:
        """Mark an object to be deleted by the next flush; may load what the deletion takes along."""
        await self.registry().delete(instance)

    async def delete_all(self, instances: Iterable[object]) -> None:
        """`delete()` for each."""
        await self.registry().delete_all(instances)

    async def merge(self, instance: T, *, load: bool = True, options: Sequence[Any] | None = None) -> T:
        """Copy an object's state onto the session's own object with that key, which is returned."""
        return await self.registry().merge(instance, load=load, options=options)

    async def merge_all(
        self, instances: Iterable[T], *, load: bool = True, options: Sequence[Any] | None = None
    ) -> Sequence[T]:
        """`merge()` for each, after one flush."""
        return await self.registry().merge_all(instances, load=load, options=options)

    def expunge(self, instance: object) -> None:
        """Take an object out of the session."""
        self.registry().expunge(instance)

    def expunge_all(self) -> None:
        """Take all objects out of the session."""
        self.registry().expunge_all()

    async def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write all changes to the database, inside the transaction."""
        await self.registry().flush(objects)

    async def refresh(
        self, instance: object, attribute_names: Iterable[str] | None = None, with_for_update: Any = None
    ) -> None:
        """Load an object's attributes again."""
        await self.registry().refresh(instance, attribute_names, with_for_update)

    def expire(self, instance: object, attribute_names: Iterable[str] | None = None) -> None:
        """Forget an object's values."""
        self.registry().expire(instance, attribute_names)

    def expire_all(self) -> None:
        """Forget the values of all persistent objects."""
        self.registry().expire_all()

    def is_modified(self, instance: object, include_collections: bool = True) -> bool:
        """Whether the object has net changes."""
        return self.registry().is_modified(instance, include_collections)

    def begin(self) -> AsyncSessionTransaction:
        """Begin explicitly: `async with session.begin():` commits at the end, or rolls back on an error."""
        return self.registry().begin()

    def begin_nested(self) -> AsyncSessionTransaction:
        """Begin a savepoint."""
        return self.registry().begin_nested()

    async def commit(self) -> None:
        """Flush, and keep everything since the transaction began."""
        await self.registry().commit()

    async def rollback(self) -> None:
        """Undo everything since the transaction began."""
        await self.registry().rollback()

    async def close(self) -> None:
        """Give connections back without commit, and let go of all objects."""
        await self.registry().close()

    async def aclose(self) -> None:
        """As `close()`."""
        await self.registry().aclose()

    async def reset(self) -> None:
        """As `close()`, even where close is for good."""
        await self.registry().reset()

    async def invalidate(self) -> None:
        """Close, and close the database connections with it."""
        await self.registry().invalidate()

    async def connection(
        self,
        bind_arguments: Mapping[str, Any] | None = None,
        execution_options: Mapping[str, Any] | None = None,
        **kw: Any,
    ) -> AsyncConnection:
        """The connection that the session's transaction uses."""
        return await self.registry().connection(bind_arguments, execution_options, **kw)

    def get_bind(
        self,
        mapper: type[Any] | Mapper[Any] | None = None,
        clause: ClauseElement | None = None,
        bind: Engine | Connection | None = None,
        **kw: Any,
    ) -> Engine | Connection:
        """The engine or connection for a mapper or statement."""
        return self.registry().get_bind(mapper, clause, bind, **kw)

    def get_async_bind(self) -> Any:
        """The engine or connection this session was given."""
        return self.registry().get_async_bind()

    @classmethod
    def object_session(cls, instance: object) -> Session | None:
        """The session an object belongs to."""
        return object_session(instance)

    @classmethod
    def identity_key(
        cls,
        class_: type[Any] | None = None,
        ident: Any = None,
        *,
        instance: Any = None,
        row: Any = None,
        identity_token: Any = None,
    ) -> tuple[type[Any], tuple[Any, ...], Any | None]:
        """The identity key of an object, or of a class and primary key."""
        return identity_key(class_, ident, instance=instance, row=row, identity_token=identity_token)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return getattr(self.registry(), name)
