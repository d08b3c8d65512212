"""AsyncSession: the asynchronous face of a session. Shells only: each verb awaits the session's own steps."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sublimate import exc
from sublimate.engine.connection import Connection
from sublimate.engine.engine import Engine
from sublimate.engine.run import run, run_in_worker
from sublimate.engine.steps import Steps
from sublimate.expression.element import ClauseElement
from sublimate.orm.mapping.mapper import Mapper
from sublimate.orm.session.binds import sync_bind
from sublimate.orm.session.factory import identity_key, object_session
from sublimate.orm.session.merging import merge_all_steps
from sublimate.orm.session.objects import IdentitySet
from sublimate.orm.session.reading import caller
from sublimate.orm.session.session import Session, live_sessions
from sublimate.orm.state import IdentityMap
from sublimate.statements.from_clause import TableClause
from sublimate.util.immutabledict import immutabledict
from sublimate.util.warnings import warn_deprecated

from .engine import AsyncConnection, AsyncEngine
from .exclusive import Exclusive
from .reading import AsyncReading
from .session_transaction import AsyncSessionTransaction

T = TypeVar("T")
P = ParamSpec("P")

#: what SQLModel's session adds to the options of its statements
_EXECUTE_OPTIONS: immutabledict[str, Any] = immutabledict({"prebuffer_rows": True})
_STREAM_OPTIONS: immutabledict[str, Any] = immutabledict({"stream_results": True})


class AsyncSession(AsyncReading):
    """A `Session` for asyncio. One task at a time: give each task a session of its own.

    >>> async with AsyncSession(engine) as session, session.begin():
    ...     session.add(User(name="ada"))
    """

    sync_session_class: type[Session] = Session
    dispatch: Any = None

    def __init__(
        self,
        bind: AsyncEngine | AsyncConnection | None = None,
        *,
        binds: dict[Any, Any] | None = None,
        sync_session_class: type[Session] | None = None,
        **kw: Any,
    ) -> None:
        for each in () if bind is None and not binds else (bind, *(binds or {}).values()):
            check_asynchronous(each)
        self.bind = bind
        self.binds = binds or {}
        self.sync_session: Session = (sync_session_class or self.sync_session_class)(
            bind=sync_bind(bind), binds=binds, **kw
        )
        self.sync_session._async_face = weakref.ref(self)
        self._exclusive = Exclusive("session")
        self._transactions: weakref.WeakKeyDictionary[Any, AsyncSessionTransaction] = (
            weakref.WeakKeyDictionary()
        )

    def __event_target__(self) -> Session:
        return self.sync_session

    async def _run(self, steps: Steps[T]) -> T:
        """Await steps, for this task alone. Listeners may ask the database, so with listeners it happens in a worker."""
        if self.sync_session.dispatch is None and not getattr(Mapper, "listened", False):
            return await self._exclusive.run(steps)
        self._exclusive.enter()
        try:
            return await run_in_worker(run, steps)
        finally:
            await self._exclusive.leave()

    # ---- writing

    def add(self, instance: Any) -> None:
        """Put an object into the session, to be inserted by the next flush."""
        self.sync_session.add(instance)

    def add_all(self, instances: Iterable[Any]) -> None:
        """`add()` for each."""
        self.sync_session.add_all(instances)

    async def delete(self, instance: Any) -> None:
        """Mark an object to be deleted by the next flush; may load what the deletion takes along."""
        await self._run(self.sync_session.delete_steps(instance))

    async def delete_all(self, instances: Iterable[Any]) -> None:
        """`delete()` for each."""
        for instance in instances:
            await self._run(self.sync_session.delete_steps(instance))

    async def merge(self, instance: T, *, load: bool = True, options: Sequence[Any] | None = None) -> T:
        """Copy an object's state onto the session's own object with that key, which is returned."""
        return await self._run(self.sync_session.merge_steps(instance, load, options))

    async def merge_all(
        self, instances: Iterable[T], *, load: bool = True, options: Sequence[Any] | None = None
    ) -> Sequence[T]:
        """`merge()` for each, after one flush."""
        found: Sequence[T] = await self._run(merge_all_steps(self.sync_session, instances, load, options))
        return found

    async def _load_in_bulk(self, make_steps: Any, into: Any) -> int:
        found: int = await self._run(self.sync_session._load_in_bulk_steps(make_steps, into))
        return found

    async def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write all changes to the database, inside the transaction."""
        await self._run(self.sync_session.flush_steps(objects))

    async def refresh(
        self, instance: Any, attribute_names: Iterable[str] | None = None, with_for_update: Any = None
    ) -> None:
        """Load an object's attributes again."""
        await self._run(self.sync_session.refresh_steps(instance, attribute_names, with_for_update, caller()))

    def expire(self, instance: Any, attribute_names: Iterable[str] | None = None) -> None:
        """Forget an object's values."""
        self.sync_session.expire(instance, attribute_names)

    def expire_all(self) -> None:
        """Forget the values of all persistent objects."""
        self.sync_session.expire_all()

    def expunge(self, instance: Any) -> None:
        """Take an object out of the session."""
        self.sync_session.expunge(instance)

    def expunge_all(self) -> None:
        """Take all objects out of the session."""
        self.sync_session.expunge_all()

    # ---- transactions

    def begin(self) -> AsyncSessionTransaction:
        """Begin explicitly: `async with session.begin():` commits at the end, or rolls back on an error."""
        return AsyncSessionTransaction(self)

    def begin_nested(self) -> AsyncSessionTransaction:
        """Begin a savepoint."""
        return AsyncSessionTransaction(self, nested=True)

    async def commit(self) -> None:
        """Flush, and keep everything since the transaction began."""
        await self._run(self.sync_session.commit_steps())

    async def rollback(self) -> None:
        """Undo everything since the transaction began."""
        self._exclusive.ending()
        await self._run(self.sync_session.rollback_steps())

    async def close(self) -> None:
        """Give connections back without commit, and let go of all objects.

        Raises `IllegalStateChangeError` while another task uses the session; it is then closed as soon as that use ends.
        """
        self._exclusive.ending(self.close)
        sync = self.sync_session
        if sync._transaction is None and sync.close_resets_only:
            sync.expunge_all()
            return
        await self._run(sync.close_steps())

    async def reset(self) -> None:
        """As `close()`, even where close is for good."""
        self._exclusive.ending(self.reset)
        await self._run(self.sync_session.reset_steps())

    async def aclose(self) -> None:
        """As `close()`."""
        await self.close()

    async def invalidate(self) -> None:
        """Close, and close the database connections with it."""
        self._exclusive.ending(self.invalidate)
        await self._run(self.sync_session.close_steps(invalidate=True))

    @classmethod
    async def close_all(cls) -> None:
        """Close every session of the process."""
        warn_deprecated(
            "The AsyncSession.close_all() method is deprecated and will be removed in a future release.  Please refer to "
            "close_all_sessions(). (deprecated since: 2.0)"
        )
        await close_all_sessions()

    def in_transaction(self) -> bool:
        return self.sync_session.in_transaction()

    def in_nested_transaction(self) -> bool:
        return self.sync_session.in_nested_transaction()

    def get_transaction(self) -> AsyncSessionTransaction | None:
        """The outermost transaction."""
        return AsyncSessionTransaction._of(self, self.sync_session.get_transaction())

    def get_nested_transaction(self) -> AsyncSessionTransaction | None:
        """The innermost savepoint."""
        return AsyncSessionTransaction._of(self, self.sync_session.get_nested_transaction())

    async def connection(
        self,
        bind_arguments: Mapping[str, Any] | None = None,
        execution_options: Mapping[str, Any] | None = None,
        **kw: Any,
    ) -> AsyncConnection:
        """The connection that the session's transaction uses."""
        found = await self._run(self.sync_session.connection_steps(bind_arguments, execution_options))
        return AsyncConnection(AsyncEngine(found.engine), found)

    def get_bind(
        self,
        mapper: type[Any] | Mapper[Any] | None = None,
        clause: ClauseElement | None = None,
        bind: Engine | Connection | None = None,
        **kw: Any,
    ) -> Engine | Connection:
        """The engine or connection for a mapper or statement."""
        return self.sync_session.get_bind(mapper=mapper, clause=clause, bind=bind, **kw)

    def get_async_bind(self) -> Any:
        """The engine or connection this session was given."""
        return self.bind

    def bind_mapper(self, mapper: type[Any] | Mapper[Any], bind: Engine | Connection) -> None:
        """Use this engine or connection for a mapper."""
        self.sync_session.bind_mapper(mapper, bind)

    def bind_table(self, table: TableClause, bind: Engine | Connection) -> None:
        """Use this engine or connection for a table."""
        self.sync_session.bind_table(table, bind)

    @property
    def execution_options(self) -> Mapping[str, Any]:
        """The options of every execution."""
        return self.sync_session.execution_options

    async def run_sync(self, fn: Callable[Concatenate[Session, P], T], *arg: P.args, **kw: P.kwargs) -> T:
        """Run a blocking function with the synchronous session; its waits happen in this task.

        >>> await session.run_sync(lambda session: session.query(User).first())
        """
        self._exclusive.enter()
        self.sync_session._in_run_sync = True
        try:
            return await run_in_worker(fn, self.sync_session, *arg, **kw)
        finally:
            self.sync_session._in_run_sync = False
            await self._exclusive.leave()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    def __enter__(self) -> Self:
        raise TypeError("AsyncSession is asynchronous: use 'async with' instead of 'with'")

    def __exit__(self, *error: object) -> None:
        return None

    # ---- facts

    def __contains__(self, instance: object) -> bool:
        return instance in self.sync_session

    def __iter__(self) -> Iterator[object]:
        return iter(self.sync_session)

    def is_modified(self, instance: Any, include_collections: bool = True) -> bool:
        return self.sync_session.is_modified(instance, include_collections)

    @property
    def new(self) -> IdentitySet:
        return self.sync_session.new

    @property
    def dirty(self) -> IdentitySet:
        return self.sync_session.dirty

    @property
    def deleted(self) -> IdentitySet:
        return self.sync_session.deleted

    @property
    def identity_map(self) -> IdentityMap:
        return self.sync_session.identity_map

    @property
    def is_active(self) -> bool:
        return self.sync_session.is_active

    @property
    def autoflush(self) -> bool:
        return self.sync_session.autoflush

    @autoflush.setter
    def autoflush(self, value: bool) -> None:
        self.sync_session.autoflush = value

    @property
    def no_autoflush(self) -> AbstractContextManager[Session]:
        """`with session.no_autoflush:` queries do not flush."""
        return self.sync_session.no_autoflush

    @property
    def info(self) -> dict[Any, Any]:
        return self.sync_session.info

    @classmethod
    def object_session(cls, instance: Any) -> Session | None:
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


def check_asynchronous(bind: Any) -> None:
    """Refuse a synchronous engine or connection."""
    if bind is not None and not hasattr(bind, "sync_engine") and not hasattr(bind, "sync_connection"):
        raise exc.ArgumentError(f"AsyncEngine expected, got {bind!r}")


async def close_all_sessions() -> None:
    """Close every session of the process."""
    for session in live_sessions():
        face = session._async_session
        if face is not None:
            await face.close()
        else:
            session.close()
