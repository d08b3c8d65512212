"""AsyncSessionTransaction: a session's transaction or savepoint, for `async with`."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Self

from sublimate.orm.session.transaction import SessionTransaction
from sublimate.util.subscriptable import subscriptable

from .exc import AsyncContextNotStarted

if TYPE_CHECKING:
    from .session import AsyncSession


@subscriptable
class AsyncSessionTransaction:
    """A session's transaction, for `async with`."""

    __slots__ = ("nested", "session", "sync_transaction")

    def __init__(self, session: AsyncSession, nested: bool = False) -> None:
        self.session = session
        self.nested = nested
        self.sync_transaction: SessionTransaction | None = None

    @classmethod
    def _of(cls, session: AsyncSession, transaction: Any) -> AsyncSessionTransaction | None:
        if transaction is None:
            return None
        made: AsyncSessionTransaction | None = session._transactions.get(transaction)
        if made is None:
            made = session._transactions[transaction] = cls(session, transaction.nested)
            made.sync_transaction = transaction
        return made

    @property
    def is_active(self) -> bool:
        return bool(self._started().is_active)

    def _started(self) -> SessionTransaction:
        if self.sync_transaction is None:
            raise AsyncContextNotStarted(
                "AsyncSessionTransaction context has not been started and object has not been awaited."
            )
        return self.sync_transaction

    async def start(self, is_ctxmanager: bool = False) -> Self:
        """Begin; `await transaction` and `async with` do this too."""
        sync = self.session.sync_session
        if self.nested:
            self.sync_transaction = await self.session._run(sync.begin_nested_steps())
        else:
            self.sync_transaction = sync._begin_explicitly()
        self.session._transactions[self.sync_transaction] = self
        if is_ctxmanager:
            self.sync_transaction.enter()
        return self

    def __await__(self) -> Generator[Any, Any, Self]:
        return self.start().__await__()

    async def commit(self) -> None:
        """Flush and keep the work."""
        await self.session._run(self._started().commit_steps())

    async def rollback(self) -> None:
        """Undo the work."""
        await self.session._run(self._started().rollback_steps())

    async def __aenter__(self) -> Self:
        return await self.start(is_ctxmanager=True)

    async def __aexit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        await self.session._run(self._started().exit_steps(kind is not None))

    def __enter__(self) -> Self:
        raise TypeError(
            "AsyncSession.begin() is asynchronous: use 'async with session.begin()' instead of 'with'"
        )

    def __exit__(self, *error: object) -> None:
        return None
