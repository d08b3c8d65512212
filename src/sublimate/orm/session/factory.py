"""Where sessions come from: sessionmaker; and functions on sessions and their objects."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar, overload

from sublimate import exc
from sublimate.engine.connection import Connection
from sublimate.engine.engine import Engine
from sublimate.inspection import inspect
from sublimate.orm.mapping.lookup import object_mapper
from sublimate.orm.mapping.mapper import IdentityKey, Mapper
from sublimate.orm.unitofwork.persist import forget_empty

from .membership import detach, instance_state
from .session import Session, live_sessions
from .session import object_session as object_session

S = TypeVar("S", bound=Session)
T = TypeVar("T", bound=Any)


class sessionmaker(Generic[S]):
    """Makes sessions that are set up alike.

    >>> make_session = sessionmaker(engine, expire_on_commit=False)
    >>> with make_session.begin() as session:
    ...     session.add(user)
    """

    @overload
    def __init__(
        self,
        bind: Engine | Connection | None = None,
        *,
        class_: type[S],
        autoflush: bool = True,
        expire_on_commit: bool = True,
        info: dict[Any, Any] | None = None,
        **kw: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: sessionmaker[Session],
        bind: Engine | Connection | None = None,
        *,
        autoflush: bool = True,
        expire_on_commit: bool = True,
        info: dict[Any, Any] | None = None,
        **kw: Any,
    ) -> None: ...
    def __init__(
        self,
        bind: Engine | Connection | None = None,
        *,
        class_: type[Any] = Session,
        autoflush: bool = True,
        expire_on_commit: bool = True,
        info: dict[Any, Any] | None = None,
        **kw: Any,
    ) -> None:
        self.kw: dict[str, Any] = {
            "bind": bind,
            "autoflush": autoflush,
            "expire_on_commit": expire_on_commit,
            **kw,
        }
        if info is not None:
            self.kw["info"] = info
        # a class of its own, so that events can be listened to for the sessions made here
        self.class_: type[S] = type(class_.__name__, (class_,), {"__module__": class_.__module__})

    def __call__(self, **local_kw: Any) -> S:
        """A new session; keyword arguments override those of the maker."""
        kw = self.kw
        if local_kw:
            if "info" in local_kw and "info" in kw:
                local_kw["info"] = {**kw["info"], **local_kw["info"]}
            kw = {**kw, **local_kw}
        return self.class_(**kw)

    def begin(self) -> AbstractContextManager[S]:
        """A new session in a transaction, for `with`: committed and closed at the end."""
        return self()._maker_context_manager()

    def __event_target__(self) -> Any:
        return self.class_

    def configure(self, **new_kw: Any) -> None:
        """Change the arguments of sessions made from now on."""
        self.kw.update(new_kw)

    def __repr__(self) -> str:
        arguments = ", ".join(f"{k}={v!r}" for k, v in self.kw.items())
        return f"{type(self).__name__}(class_={self.class_.__name__!r}, {arguments})"


def create_session(bind: Any = None, **kwargs: Any) -> Session:
    """A session that neither flushes by itself nor expires at commit, as old test suites want it."""
    return Session(bind=bind, **{"autoflush": False, "expire_on_commit": False, **kwargs})


def close_all_sessions() -> None:
    """Close every session of the process."""
    for session in live_sessions():
        session.close()


def make_transient(instance: Any) -> None:
    """Forget that an object has a row: adding it to a session inserts it anew."""
    state = instance_state(instance)
    session = state.link.session
    if session is not None:
        detach(session, state, instance)
    if state.pk is None:
        forget_empty(state, instance)
    state.link = state.link.detached()
    state.pk = None
    state.was_deleted = False
    state.committed = state.expired_keys = state.queued = state.context = None


def make_transient_to_detached(instance: Any) -> None:
    """Make a new object count as one with a row and no session; what it lacks is loaded once it has a session."""
    state = instance_state(instance)
    if state.link.session is not None or state.pk is not None:
        raise exc.InvalidRequestError("Given object must be transient")
    forget_empty(state, instance)
    values = instance.__dict__
    state.pk = state.mapper.class_state.pk_of(values)
    state.committed = state.queued = None
    state.expired_keys = {key for key in state.mapper.class_state.column_keys if key not in values} or None


def has_identity(object_: Any) -> bool:
    """Whether the object has a row (it is persistent, deleted or detached)."""
    return bool(inspect(object_).has_identity)


def was_deleted(object_: Any) -> bool:
    """Whether the object's row was deleted in a flush."""
    return bool(inspect(object_).was_deleted)


def identity_key(
    class_: type[T] | None = None,
    ident: Any = None,
    *,
    instance: T | None = None,
    row: Any = None,
    identity_token: Any = None,
) -> IdentityKey[T]:
    """The identity key `(class, primary key, token)` of an object, or of a class with a primary key or row."""
    if instance is not None:
        return object_mapper(instance).identity_key_from_instance(instance)
    if class_ is None:
        raise exc.ArgumentError("identity_key() takes a class and a primary key, or instance=")
    mapper: Mapper[T] = inspect(class_).mapper
    if row is not None:
        return mapper.identity_key_from_row(row, identity_token=identity_token)
    return mapper.identity_key_from_primary_key(
        ident if isinstance(ident, (tuple, list)) else (ident,), identity_token
    )
