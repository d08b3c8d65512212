"""The pools to choose from: a queue of a size, none at all, or one connection at most."""

from __future__ import annotations

from typing import Any

from sublimate.util.switches import switches

from .ledger import describe
from .pool import Creator, Pool


class QueuePool(Pool):
    """Keeps up to ``pool_size`` connections and opens up to ``max_overflow`` more while they are needed.

    ``pool_size=0`` keeps any number, ``max_overflow=-1`` opens any number. Of the free ones the last used comes first;
    ``use_lifo=False`` gives them in turn.
    """

    only_async = False

    def __init__(
        self,
        creator: Creator,
        pool_size: int = 5,
        max_overflow: int = 10,
        timeout: float = 30.0,
        use_lifo: bool | None = None,
        **kw: Any,
    ) -> None:
        limit = None if max_overflow < 0 or pool_size == 0 else pool_size + max_overflow
        self._pool_size = pool_size
        self._max_overflow = max_overflow
        super().__init__(
            creator,
            keep=pool_size or None,
            limit=limit,
            timeout=timeout,
            lifo=switches.pool_lifo if use_lifo is None else use_lifo,
            **kw,
        )

    def size(self) -> int:
        """How many connections it keeps."""
        return self._pool_size

    def checkedin(self) -> int:
        """How many are free."""
        return len(self._state.idle)

    def checkedout(self) -> int:
        """How many are in use."""
        return self._state.checked_out

    def overflow(self) -> int:
        """How many are open beyond ``size()``; negative where fewer are."""
        return self._state.open - self._pool_size if self._pool_size else 0

    def timeout(self) -> float:
        return self._timeout or 0.0

    def status(self) -> str:
        return (
            f"Pool size: {self.size()}  Connections in pool: {self.checkedin()} "
            f"Current Overflow: {self.overflow()} Current Checked out connections: {self.checkedout()}"
        )


class AsyncAdaptedQueuePool(QueuePool):
    """``QueuePool`` for asynchronous drivers."""

    async_by_default = True
    only_async = True


class NullPool(Pool):
    """Opens a connection for each use and closes it afterwards."""

    def __init__(self, creator: Creator, **kw: Any) -> None:
        for name in ("pool_size", "max_overflow", "timeout", "use_lifo"):
            kw.pop(name, None)
        super().__init__(creator, keep=0, limit=None, timeout=None, **kw)

    def status(self) -> str:
        return "NullPool"


class AssertionPool(Pool):
    """Allows one connection at a time, and says where it was taken when a second is asked for."""

    def __init__(self, creator: Creator, **kw: Any) -> None:
        super().__init__(creator, keep=1, limit=1, timeout=0, **kw)

    def _exhausted(self) -> Exception:
        return AssertionError(f"connection is already checked out at:{describe(self._held_entries())}")
