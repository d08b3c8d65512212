"""scoped_session: one session per thread or other scope, used as if it were the session."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from sublimate import exc
from sublimate.engine.connection import Connection
from sublimate.engine.engine import Engine
from sublimate.expression.element import ClauseElement
from sublimate.orm.mapping.mapper import Mapper
from sublimate.orm.state import IdentityMap
from sublimate.util.warnings import warn

from .factory import identity_key, sessionmaker
from .objects import IdentitySet
from .proxies import FACTS, READING, proxied
from .session import Session, object_session
from .transaction import SessionTransaction

if TYPE_CHECKING:
    from sublimate.orm.query import Query

    from .reading import Reading as _Verbs  # what reads is typed as in the session itself
else:
    _Verbs = object

S = TypeVar("S", bound=Session)
T = TypeVar("T", bound=Any)


class ThreadLocalRegistry(Generic[T]):
    """One value per thread."""

    def __init__(self, createfunc: Callable[[], T]) -> None:
        self.createfunc = createfunc
        self._local = threading.local()

    def __call__(self) -> T:
        try:
            value: T = self._local.value
        except AttributeError:
            value = self._local.value = self.createfunc()
        return value

    def has(self) -> bool:
        return hasattr(self._local, "value")

    def set(self, obj: T) -> None:
        self._local.value = obj

    def clear(self) -> None:
        if self.has():
            del self._local.value


class ScopedRegistry(Generic[T]):
    """One value per whatever `scopefunc` returns."""

    def __init__(self, createfunc: Callable[[], T], scopefunc: Callable[[], Any]) -> None:
        self.createfunc = createfunc
        self.scopefunc = scopefunc
        self.registry: dict[Any, T] = {}

    def __call__(self) -> T:
        key = self.scopefunc()
        if key not in self.registry:
            self.registry[key] = self.createfunc()
        return self.registry[key]

    def has(self) -> bool:
        return self.scopefunc() in self.registry

    def set(self, obj: T) -> None:
        self.registry[self.scopefunc()] = obj

    def clear(self) -> None:
        self.registry.pop(self.scopefunc(), None)


class QueryPropertyDescriptor(Protocol):
    """The class attribute that `scoped_session.query_property()` gives."""

    def __get__(self, instance: Any, owner: type[T]) -> Query[T]: ...


class _QueryProperty:
    def __init__(self, scoped: scoped_session[Any], query_cls: Any) -> None:
        self._scoped = scoped
        self._query_cls = query_cls

    def __get__(self, instance: Any, owner: type[T]) -> Query[T]:
        session = self._scoped()
        found: Query[T] = (
            session.query(owner) if self._query_cls is None else self._query_cls(owner, session=session)
        )
        return found


@proxied(Session, (*READING, "query"), FACTS)
class scoped_session(Generic[S], _Verbs):
    """One session per thread (or per `scopefunc()`), used as if it were the session."""

    session_factory: sessionmaker[S]
    registry: ThreadLocalRegistry[S] | ScopedRegistry[S]
    identity_map: IdentityMap
    new: IdentitySet
    dirty: IdentitySet
    deleted: IdentitySet
    is_active: bool
    autoflush: bool
    no_autoflush: AbstractContextManager[Session]
    info: dict[Any, Any]
    bind: Engine | Connection | None
    execution_options: Mapping[str, Any]

    def __init__(self, session_factory: sessionmaker[S], scopefunc: Callable[[], Any] | None = None) -> None:
        self.session_factory = session_factory
        if scopefunc is None:
            self.registry = ThreadLocalRegistry(session_factory)
        else:
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

    def __event_target__(self) -> Any:
        return self.session_factory

    # ---- the scope

    def configure(self, **kwargs: Any) -> None:
        """Change the arguments of the session factory."""
        if self.registry.has():
            warn(
                "At least one scoped session is already present.  configure() can not affect sessions that have already been created."
            )
        self.session_factory.configure(**kwargs)

    def remove(self) -> None:
        """Close the session of this scope and forget it."""
        if self.registry.has():
            self.registry().close()
        self.registry.clear()

    def query_property(self, query_cls: type[Query[Any]] | None = None) -> QueryPropertyDescriptor:
        """A class attribute that gives a `Query` of the class in this scope's session."""
        return _QueryProperty(self, query_cls)

    # ---- what is done with the session of this scope

    def __contains__(self, instance: object) -> bool:
        return instance in self()

    def __iter__(self) -> Iterator[object]:
        return iter(self())

    def add(self, instance: object, *, _warn: bool = True) -> None:
        """Put an object into the session, to be inserted by the next flush (or tracked again)."""
        self.registry().add(instance)

    def add_all(self, instances: Iterable[object]) -> None:
        """`add()` for each."""
        self.registry().add_all(instances)

    def delete(self, instance: object) -> None:
        """Mark an object to be deleted by the next flush."""
        self.registry().delete(instance)

    def delete_all(self, instances: Iterable[object]) -> None:
        """`delete()` for each."""
        self.registry().delete_all(instances)

    def merge(self, instance: T, *, load: bool = True, options: Sequence[Any] | None = None) -> T:
        """Copy an object's state onto the session's own object with that key, which is returned."""
        return self.registry().merge(instance, load=load, options=options)

    def merge_all(
        self, instances: Iterable[T], *, load: bool = True, options: Sequence[Any] | None = None
    ) -> Sequence[T]:
        """`merge()` for each, after one flush."""
        return self.registry().merge_all(instances, load=load, options=options)

    def expunge(self, instance: object) -> None:
        """Take an object out of the session."""
        self.registry().expunge(instance)

    def expunge_all(self) -> None:
        """Take all objects out of the session, at once."""
        self.registry().expunge_all()

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write all changes to the database, inside the transaction."""
        self.registry().flush(objects)

    def refresh(
        self, instance: object, attribute_names: Iterable[str] | None = None, with_for_update: Any = None
    ) -> None:
        """Load an object's attributes again."""
        self.registry().refresh(instance, attribute_names, with_for_update)

    def expire(self, instance: object, attribute_names: Iterable[str] | None = None) -> None:
        """Forget an object's values, to be loaded again when read."""
        self.registry().expire(instance, attribute_names)

    def expire_all(self) -> None:
        """Forget the values of all persistent objects."""
        self.registry().expire_all()

    def is_modified(self, instance: object, include_collections: bool = True) -> bool:
        """Whether the object has net changes."""
        return self.registry().is_modified(instance, include_collections)

    def begin(self, nested: bool = False) -> SessionTransaction:
        """Begin explicitly; as a context manager it commits at the end, or rolls back on an error."""
        return self.registry().begin(nested)

    def begin_nested(self) -> SessionTransaction:
        """Begin a savepoint."""
        return self.registry().begin_nested()

    def commit(self) -> None:
        """Flush, and keep everything since the transaction began."""
        self.registry().commit()

    def rollback(self) -> None:
        """Undo everything since the transaction began."""
        self.registry().rollback()

    def close(self) -> None:
        """Give connections back without commit, and let go of all objects; the session can be used again."""
        self.registry().close()

    def reset(self) -> None:
        """As `close()`, even where close is for good."""
        self.registry().reset()

    def connection(
        self,
        bind_arguments: Mapping[str, Any] | None = None,
        execution_options: Mapping[str, Any] | None = None,
    ) -> Connection:
        """The connection that the session's transaction uses."""
        return self.registry().connection(bind_arguments, execution_options)

    def get_bind(
        self,
        mapper: type[Any] | Mapper[Any] | None = None,
        *,
        clause: ClauseElement | None = None,
        bind: Engine | Connection | None = None,
        **kw: Any,
    ) -> Engine | Connection:
        """The engine or connection for a mapper or statement."""
        return self.registry().get_bind(mapper, clause=clause, bind=bind, **kw)

    def bulk_save_objects(
        self,
        objects: Iterable[object],
        return_defaults: bool = False,
        update_changed_only: bool = True,
        preserve_order: bool = True,
    ) -> None:
        """Insert or update objects without most of the unit of work."""
        self.registry().bulk_save_objects(objects, return_defaults, update_changed_only, preserve_order)

    def bulk_insert_mappings(
        self,
        mapper: type[Any] | Mapper[Any],
        mappings: Iterable[dict[str, Any]],
        return_defaults: bool = False,
        render_nulls: bool = False,
    ) -> None:
        """Insert rows given as dictionaries."""
        self.registry().bulk_insert_mappings(mapper, mappings, return_defaults, render_nulls)

    def bulk_update_mappings(
        self, mapper: type[Any] | Mapper[Any], mappings: Iterable[dict[str, Any]]
    ) -> None:
        """Update rows given as dictionaries with their primary keys."""
        self.registry().bulk_update_mappings(mapper, mappings)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return getattr(self.registry(), name)

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

    @classmethod
    def object_session(cls, instance: object) -> Session | None:
        """The session an object belongs to."""
        return object_session(instance)
