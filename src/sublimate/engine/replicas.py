"""Reads that need no transaction go to replicas, in turn. One that does not answer is left out for a while; the primary stands in."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from itertools import count
from time import monotonic
from typing import Any

from sublimate import exc


class Replica:
    """One replica's pool, and until when it is left out."""

    __slots__ = ("engine", "left_out_until")

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.left_out_until = 0.0

    @property
    def pool(self) -> Any:
        return self.engine.pool


class ReplicaReads:
    """Stands where a pool would for one plain read (`fetch_once`)."""

    def __init__(self, primary: Callable[[], Any], engines: Sequence[Any], retry_after: float) -> None:
        self._primary = primary
        self.replicas = [Replica(engine) for engine in engines]
        self.retry_after = retry_after
        self.is_async: bool = engines[0].pool.is_async
        self._turn = count()

    def fetch_once(self, sql: str, args: Any) -> Any:
        """The rows of one plain read, from wherever they can be had (awaitable where `is_async`)."""
        return self._fetch_async(sql, args) if self.is_async else self._fetch_sync(sql, args)

    def _fetch_sync(self, sql: str, args: Any) -> Any:
        for replica in self._in_turn():
            try:
                return replica.pool.fetch_once(sql, args)
            except (exc.DBAPIError, exc.TimeoutError) as error:
                self._note(replica, error)
        return self._primary().fetch_once(sql, args)

    async def _fetch_async(self, sql: str, args: Any) -> Any:
        for replica in self._in_turn():
            fetching: Coroutine[Any, Any, Any] = replica.pool.fetch_once(sql, args)
            try:
                return await fetching
            except (exc.DBAPIError, exc.TimeoutError) as error:
                self._note(replica, error)
        return await self._primary().fetch_once(sql, args)

    def _in_turn(self) -> list[Replica]:
        """The replicas to try, the next in turn first."""
        now, replicas = monotonic(), self.replicas
        start = next(self._turn) % len(replicas)
        return [one for one in (*replicas[start:], *replicas[:start]) if one.left_out_until <= now]

    def pools(self) -> list[Any]:
        """The pools to try for a connection on which something is to be seen of a read; the primary's last."""
        return [*(replica.pool for replica in self._in_turn()), self._primary()]

    def refused(self, pool: Any, error: Exception) -> None:
        """A pool of `pools()` gave no connection: raises unless another may."""
        for replica in self.replicas:
            if replica.pool is pool:
                self._note(replica, error)
                return
        raise error

    def _note(self, replica: Replica, error: Exception) -> None:
        """Leave out what does not answer; raise what the primary would say too. A read that was in the way of replication
        (`can_retry`) only goes on elsewhere.
        """
        if is_unreachable(error):
            replica.left_out_until = monotonic() + self.retry_after
        elif not getattr(error, "can_retry", False):
            raise error

    def status(self) -> list[tuple[str, float]]:
        """Each replica's address, and for how many more seconds it is left out."""
        now = monotonic()
        return [(str(one.engine.url), max(0.0, one.left_out_until - now)) for one in self.replicas]


def is_unreachable(error: Exception) -> bool:
    """Whether the server is gone or cannot be reached, rather than unwilling to answer this question."""
    if isinstance(error, exc.TimeoutError):
        return True
    if not isinstance(error, exc.DBAPIError):
        return False
    return error.connection_invalidated or (
        isinstance(error, exc.OperationalError) and error.statement is None
    )
