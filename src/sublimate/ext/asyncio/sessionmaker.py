"""async_sessionmaker: asynchronous sessions that are set up alike; and which session an object belongs to."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, overload

from sublimate.orm.session.factory import object_session
from sublimate.orm.session.session import Session

from .connection import AsyncConnection
from .engine import AsyncEngine
from .session import AsyncSession

S = TypeVar("S", bound=AsyncSession)


class async_sessionmaker(Generic[S]):
    """Makes asynchronous sessions that are set up alike.

    >>> make_session = async_sessionmaker(engine, expire_on_commit=False)
    >>> async with make_session() as session:
    ...     user = await session.get(User, 1)
    """

    @overload
    def __init__(
        self,
        bind: AsyncEngine | AsyncConnection | None = None,
        *,
        class_: type[S],
        autoflush: bool = True,
        expire_on_commit: bool = True,
        info: dict[Any, Any] | None = None,
        **kw: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: async_sessionmaker[AsyncSession],
        bind: AsyncEngine | AsyncConnection | None = None,
        *,
        autoflush: bool = True,
        expire_on_commit: bool = True,
        info: dict[Any, Any] | None = None,
        **kw: Any,
    ) -> None: ...
    def __init__(
        self,
        bind: AsyncEngine | AsyncConnection | None = None,
        *,
        class_: type[Any] = AsyncSession,
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
        self.class_: type[S] = type(class_.__name__, (class_,), {"__module__": class_.__module__})

    def __call__(self, **local_kw: Any) -> S:
        """A new session; keyword arguments override those of the maker."""
        kw = self.kw
        if local_kw:
            if "info" in local_kw and "info" in kw:
                local_kw["info"] = {**kw["info"], **local_kw["info"]}
            kw = {**kw, **local_kw}
        return self.class_(**kw)

    def begin(self) -> AsyncSessionBegin[S]:
        """A new session in a transaction, for `async with`: committed and closed at the end."""
        return AsyncSessionBegin(self())

    def configure(self, **new_kw: Any) -> None:
        """Change the arguments of sessions made from now on."""
        self.kw.update(new_kw)

    def __repr__(self) -> str:
        arguments = ", ".join(f"{k}={v!r}" for k, v in self.kw.items())
        return f"{type(self).__name__}(class_={self.class_.__name__!r}, {arguments})"


class AsyncSessionBegin(Generic[S]):
    """`async_sessionmaker.begin()`."""

    __slots__ = ("_session", "_transaction")

    def __init__(self, session: S) -> None:
        self._session = session
        self._transaction = session.begin()

    async def __aenter__(self) -> S:
        await self._transaction.start(is_ctxmanager=True)
        return self._session

    async def __aexit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            await self._transaction.__aexit__(kind, *rest)
        finally:
            await self._session.__aexit__()


def async_object_session(instance: Any) -> AsyncSession | None:
    """The asynchronous session an object belongs to, or None."""
    session = object_session(instance)
    return None if session is None else async_session(session)


def async_session(session: Session) -> AsyncSession | None:
    """The asynchronous face of a session, or None."""
    found: AsyncSession | None = session._async_session
    return found
