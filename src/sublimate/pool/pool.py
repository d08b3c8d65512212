"""Pools: they carry out what the state decides. Written once, for threads and for tasks; waits only where it must.

Whatever happens to a caller, its connection ends up clean in the pool or closed: cleaning runs in a task of the pool's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any, ClassVar, Literal, TypeVar, cast

from .. import event, exc
from ..dialects.contract.adapted import AdaptedConnection, await_only
from ..dialects.contract.driver import Args, DriverConnection, Rows
from ..dialects.contract.worker import current_bridge
from ..util.lazy import asyncio
from . import processes
from .checkout import obtain_works, ready_works
from .echo import log_pool
from .entry import STALE, Entry, warn_not_given_back
from .events import (
    EVENTS,
    PoolFamily,
    tell_closing,
    tell_dropping,
)
from .forked import ForkedConnection
from .ledger import Holding, describe, holdings, origin
from .opening import open_in_task, opening_works
from .plain import PlainConnection, adapted, wants_record
from .proxied import PoolProxiedConnection
from .returning import close_connection_works, release_works
from .state import Grant, PoolState
from .tasks import Tasks
from .waiting import Works, carry_out, carry_out_async

T = TypeVar("T")
Creator = Callable[..., Any]
ResetStyle = Literal[True, False, None, "commit", "rollback"]

LEAST_FOR_CONNECTING = 0.5
"""Seconds: a shorter timeout of a pool only shortens its queue."""


class Pool:
    """What all pools have in common. ``creator`` makes a DBAPI connection or a ``DriverConnection``.

    It may take the ``ConnectionPoolEntry`` that the connection is for. Where ``is_async``, it returns an awaitable.
    """

    dispatch: event.Dispatch | None = None
    #: True for a pool of asynchronous drivers alone, False for one of blocking drivers alone
    only_async: ClassVar[bool | None] = None
    async_by_default: ClassVar[bool] = False

    def __init__(
        self,
        creator: Creator,
        recycle: float = -1,
        echo: Any = None,
        logging_name: str | None = None,
        reset_on_return: ResetStyle = True,
        events: Iterable[tuple[Callable[..., Any], str]] | None = None,
        dialect: Any = None,
        pre_ping: bool = False,
        *,
        is_async: bool | None = None,
        keep: int | None = None,
        limit: int | None = None,
        lifo: bool = True,
        timeout: float | None = 30.0,
    ) -> None:
        self.is_async = self.async_by_default if is_async is None else is_async
        self.logging_name = logging_name
        self.echo = echo
        self._creator = creator
        self._recycle = recycle
        self._creator_wants_record = wants_record(creator)
        self._adapt: Callable[[Any], DriverConnection] = adapted
        self._reset_style = _reset_style(reset_on_return)
        self._pre_ping = pre_ping
        self._dialect = dialect
        self._timeout = timeout
        self._sizes = (keep, limit, lifo)
        self._state = PoolState(keep, limit, lifo)
        self._plain = recycle < 0 and not pre_ping
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks = Tasks()
        self._abandoned: list[Entry] = []
        self._connected_before = False
        self._record_infos: list[dict[Any, Any]] = []
        for function, name in events or ():
            event.listen(self, name, function)
        self._log = log_pool(self, echo, logging_name)
        processes.watch(self)

    # taking

    def acquire(self) -> Any:
        """An entry for the caller alone (awaitable where ``is_async``); give it back with ``release``."""
        return self._acquire_async() if self.is_async else self._acquire_sync()

    def _acquire_sync(self) -> Entry:
        with self._lock:
            entry = self._state.take()
        if entry is not None:
            self._own(entry)
            if self._plain and not entry.connection.closed and not self._watched():
                return entry
        return carry_out(self._acquire_works(entry))

    async def _acquire_async(self) -> Entry:
        self._in_this_loop()
        entry = self._state.take()
        if entry is not None:
            self._own(entry)
            if self._plain and not entry.connection.closed and not self._watched():
                return entry
        return await self._in_time(self._acquire_works(entry))

    def _own(self, entry: Entry) -> Entry:
        entry.owner = asyncio.current_task() if self.is_async else threading.current_thread()
        entry.since = monotonic()
        limit = self._state.limit
        if limit is not None and self._state.checked_out * 2 > limit:
            entry.origin = origin()
        return entry

    async def _in_time(self, works: Works[T]) -> T:
        """Within the pool's timeout: queue, connect, ping and check-out together."""
        if not self._timeout:
            return await carry_out_async(works)
        try:
            async with asyncio.timeout(max(self._timeout, LEAST_FOR_CONNECTING)) as limit:
                return await carry_out_async(works)
        except TimeoutError:
            if limit.expired():
                raise self._too_late() from None
            raise

    def _acquire_works(self, entry: Entry | None) -> Works[Entry]:
        if entry is None:
            entry = yield from obtain_works(self)
        try:
            yield from ready_works(self, entry)
        except BaseException as error:
            if entry.owner is not self:  # else the pool is at it, and keeps what it opens
                self.drop(entry, error)
            raise
        return entry

    def _pass_on(self, granted: Entry | Grant | None) -> None:
        if isinstance(granted, Entry):
            if not self._state.give(granted):
                self._end(granted)
        elif granted is Grant.OPEN:
            self._state.vacate()

    def _exhausted(self) -> Exception:
        keep, limit, _ = self._sizes
        overflow = -1 if limit is None else limit - (keep or 0)
        return exc.TimeoutError(
            f"QueuePool limit of size {keep} overflow {overflow} reached, connection timed out, "
            f"timeout {self._timeout or 0:.2f}{describe(self._held_entries())}",
            code="3o7r",
        )

    def _too_late(self) -> Exception:
        return exc.TimeoutError(
            f"no connection was ready within the pool's timeout of {self._timeout or 0:.2f} s: "
            f"the database does not answer{describe(self._held_entries())}"
        )

    # making ready

    def _is_old(self, entry: Entry) -> bool:
        return self._recycle >= 0 and monotonic() - entry.opened > self._recycle

    def _close_at_once(self, entries: list[Entry]) -> None:
        for entry in entries:
            tell_closing(self, entry)
            entry.connection.terminate()

    # opening

    def adopt_with(self, adapt: Callable[[Any], DriverConnection]) -> None:
        """Have the connections that the creator makes adapted by an engine's driver."""
        self._adapt = adapt

    def _create(self, entry: Entry) -> Any:
        return self._creator(entry) if self._creator_wants_record else self._creator()

    def _open_works(self, entry: Entry) -> Works[None]:
        if self.is_async:
            yield partial(self._open_owned, entry)
        else:
            yield from self._opening_works(entry)

    async def _open_owned(self, entry: Entry) -> None:
        await open_in_task(self, entry)

    def _opening_works(self, entry: Entry) -> Works[None]:
        return opening_works(self, entry)

    # giving back

    def release(self, entry: Entry) -> Any:
        """Take an entry back (awaitable where ``is_async``): cleaned, or closed if that cannot be done."""
        if self.is_async:
            return self._release_async(entry)
        if not entry.leaving and not self.release_clean(entry):
            entry.leaving = True
            carry_out(self._release_works(entry))
        return None

    async def _release_async(self, entry: Entry) -> None:
        if not entry.leaving and not self.release_clean(entry):
            entry.leaving = True
            await self._tasks.shielded(carry_out_async(self._release_works(entry)))

    def give_back(self, entry: Entry) -> None:
        """``release`` for callers that cannot wait: an asynchronous connection is cleaned in a task of the pool's."""
        if entry.leaving or self.release_clean(entry):
            return
        entry.leaving = True
        if not self.is_async:
            carry_out(self._release_works(entry))
        elif current_bridge() is not None:
            await_only(self._tasks.shielded(carry_out_async(self._release_works(entry))))
        else:
            self._tasks.spawn(carry_out_async(self._release_works(entry)))

    def forgotten(self, entry: Entry) -> None:
        """The holder was collected without giving the entry back."""
        if processes.ending:
            return
        if not self.is_async:
            self.release(entry)
        else:
            self.drop(entry)
            warn_not_given_back(entry)

    def release_clean(self, entry: Entry) -> bool:
        """Take an entry back if that takes no waiting; False if ``release`` is needed."""
        connection = entry.connection
        if entry.owner is None or entry.leaving:
            return True
        if (
            connection.in_exchange
            or entry.lent
            or entry.detached
            or self._watched()
            or (self._reset_style and not connection.reset_now())
            or connection.closed
        ):
            return False
        with self._lock:
            return self._state.give(entry) or self._keep_owned(entry)

    def _keep_owned(self, entry: Entry) -> bool:
        entry.owner = self  # enough are free: it is closed, by the caller or in the pool's task
        return False

    def _release_works(self, entry: Entry) -> Works[None]:
        return release_works(self, entry)

    def lend(self, entry: Entry, options: Any) -> Any:
        """Let the driver begin transactions by itself until the entry is released (awaitable where ``is_async``)."""
        entry.lent = not isinstance(entry.connection, PlainConnection)  # which does so anyway
        return entry.connection.lend(options)

    def _gone(self, entry: Entry) -> None:
        entry.owner = entry.origin = None
        with self._lock:
            if entry.detached:
                self._state.entries.discard(entry)
            else:
                self._leave(entry)

    def _leave(self, entry: Entry) -> None:
        if entry in self._state.entries:
            if entry._record_info and self._state.keep != 0:
                self._record_infos.append(entry._record_info)  # for whoever takes the place next
            self._state.vacate(entry)

    def _end(self, entry: Entry) -> None:
        """Close without waiting; the caller holds the lock."""
        self._leave(entry)
        entry.connection.terminate()

    def drop(self, entry: Entry, error: BaseException | None = None) -> None:
        """Close the connection at once; never waits. A free one leaves its place in the queue to its successor."""
        known = self._knows(entry)
        if known:
            tell_dropping(self, entry, error)
        if entry.owner is None and entry in self._state.idle:
            entry.connection.terminate()
            return
        self._gone(entry)
        entry.connection.terminate()
        if known and self.dispatch is not None and not entry.detached:
            self.dispatch.checkin(None, entry)

    def _knows(self, entry: Entry) -> bool:
        return entry.detached or entry in self._state.entries

    def invalidate(self, entry: Entry, error: BaseException | None = None, everywhere: bool = True) -> Any:
        """``drop`` as a step: awaitable where ``is_async``. A connection found dead takes the free ones with it."""
        if everywhere and (error is not None or entry.connection.closed):
            self._lost(entry, error)
        else:
            self.drop(entry, error)
        return _nothing() if self.is_async else None

    def invalidate_softly(self, entry: Entry, error: BaseException | None = None) -> None:
        """Have the connection closed when it comes back, or before its next use."""
        if self.dispatch is not None:
            self.dispatch.soft_invalidate(entry.dbapi_connection, entry, error)
        entry.generation = STALE
        if entry.owner is None:
            self._close_at_once([entry])

    def _lost(self, entry: Entry, error: BaseException | None = None) -> None:
        """The server hung up: whatever else is open from before is not to be trusted."""
        with self._lock:
            free = self._state.renounce()
            entry.generation = STALE
        self.drop(entry, error)
        self._close_at_once(free)

    def detach(self, entry: Entry) -> None:
        """Take the entry out of the pool's accounts; it is closed when released."""
        if not entry.detached:
            with self._lock:
                self._leave(entry)
            entry.detached = True
            if self.dispatch is not None:
                self.dispatch.detach(self.face_of(entry.connection), entry)

    # one statement

    def fetch_once(self, sql: str, args: Args) -> Any:
        """The rows of one plain read on a free connection (awaitable where ``is_async``).

        A free connection that turns out to be dead is replaced: nothing was read yet, so nothing is lost.
        """
        return self._fetch_async(sql, args) if self.is_async else self._fetch_sync(sql, args)

    def _fetch_sync(self, sql: str, args: Args) -> Rows:
        pooled = bool(self._state.idle)
        entry = self._acquire_sync()
        try:
            rows: Rows = entry.connection.fetch(sql, args)
        except BaseException as error:
            self._failed(entry, error)
            if pooled and isinstance(error, exc.DBAPIError) and error.connection_invalidated:
                return self._fetch_sync(sql, args)
            raise
        if not self.release_clean(entry):
            self.release(entry)
        return rows

    async def _fetch_async(self, sql: str, args: Args) -> Rows:
        self._in_this_loop()
        state = self._state
        if not (self._plain and state.idle) or self._watched():
            return await self._fetch_slowly(sql, args)
        entry = state.idle.pop() if state.lifo else state.idle.popleft()
        entry.owner = asyncio.current_task()
        entry.since = monotonic()
        try:
            rows: Rows = await entry.connection.fetch(sql, args)
        except BaseException as error:
            self._failed(entry, error)
            if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
                return await self._fetch_async(sql, args)
            raise
        if state.waiters or entry.generation != state.generation:
            if not self.release_clean(entry):
                await self._release_async(entry)
        else:
            entry.owner = None
            state.idle.append(entry)
        return rows

    async def _fetch_slowly(self, sql: str, args: Args) -> Rows:
        entry = await self._acquire_async()
        try:
            rows: Rows = await entry.connection.fetch(sql, args)
        except BaseException as error:
            self._failed(entry, error)
            raise
        if not self.release_clean(entry):
            await self._release_async(entry)
        return rows

    def _failed(self, entry: Entry, error: BaseException) -> None:
        """A statement failed or was cancelled: give the connection back, or close it, without waiting."""
        if entry.connection.closed:
            self._lost(entry, error)
        elif entry.connection.in_exchange:
            self.drop(entry, error)
        elif not entry.leaving and not self.release_clean(entry):
            entry.leaving = True
            if not self.is_async:
                carry_out(self._release_works(entry))
            elif isinstance(error, GeneratorExit):  # its loop is closing: nothing can be awaited any more
                self.drop(entry, error)
            else:
                self._tasks.spawn(carry_out_async(self._release_works(entry)))

    # events

    def _watched(self) -> bool:
        """Whether someone listens to what happens at every use of a connection."""
        dispatch = self.dispatch
        return dispatch is not None and bool(dispatch.checkout or dispatch.checkin or dispatch.reset)

    def face_of(self, connection: DriverConnection, begins: bool = False) -> Any:
        """The connection as event listeners and the holders of a raw connection see it: blocking."""
        if not self.is_async:
            return connection.raw
        adapt = getattr(connection, "adapted", AdaptedConnection)
        return adapt(connection, begins)

    # the end

    def dispose(self, close: bool = True) -> Any:
        """Close the free connections (awaitable where ``is_async``); those in use are closed when they come back.

        ``close=False`` only forgets them, for a child process that must not touch its parent's.
        """
        with self._lock:
            free = self._state.renounce()
        if not close:
            self._abandoned.extend(free)
            free = []
        works = self._dispose_works(free)
        if not self.is_async:
            return carry_out(works)
        return self._tasks.shielded(carry_out_async(works))

    def retire_steps(self, close: bool = True) -> Any:
        """``dispose`` for the engine's runner, when another pool has taken over: nothing is kept from now on."""
        self._state.keep = 0
        yield _Dispose(self, close)
        if self._log.info_enabled():
            self._log.info("Pool recreating")

    def _close_works(self, entries: list[Entry]) -> Works[None]:
        for entry in entries:
            yield from close_connection_works(self, entry)

    def _dispose_works(self, entries: list[Entry]) -> Works[None]:
        yield from self._close_works(entries)
        keeps, _, _ = self._sizes
        if keeps != 0 and self._log.info_enabled():
            self._log.info("Pool disposed. %s", self.status())

    def recreate(self) -> Pool:
        """An empty pool with the same settings and listeners."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._state = PoolState(*self._sizes)
        other._lock = threading.Lock()
        other._loop = None
        other._tasks, other._abandoned = Tasks(), []
        other._connected_before, other._record_infos = False, []
        processes.watch(other)
        return other

    # tasks, loops, processes

    def _in_this_loop(self) -> None:
        if asyncio.get_running_loop() is not self._loop:
            self._change_loop(asyncio.get_running_loop())

    def _current_loop(self) -> asyncio.AbstractEventLoop:
        return cast("asyncio.AbstractEventLoop", self._loop)

    def _change_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Connections made in a loop that has ended are of no use; one pool cannot serve two loops that run."""
        old, self._loop = self._loop, loop
        if old is None:
            return
        if old.is_running():
            self._loop = old
            raise exc.InvalidRequestError(
                "this pool serves an event loop that is still running in another thread; make an engine for each loop"
            )
        free = self._state.renounce()
        kept = [entry for entry in free if not entry.connection.loop_bound]
        self._state = PoolState(*self._sizes, generation=self._state.generation)
        for entry in kept:
            entry.generation = self._state.generation
            self._state.open += 1
            self._state.entries.add(entry)
            self._state.idle.append(entry)
        for entry in free:
            if entry.connection.loop_bound:
                entry.connection.terminate()

    def _forked(self) -> None:
        """In a child process the connections are the parent's: keep them from being closed, use none of them."""
        for entry in self._state.entries:
            self._disown(entry)
        self._state = PoolState(*self._sizes, generation=self._state.generation + 1)
        self._lock = threading.Lock()
        self._loop = None
        self._tasks = Tasks()

    def _process_ends(self) -> None:
        """Drivers that need their loop to say good-bye would complain: they get no chance to."""
        if self.is_async and (self._loop is None or not self._loop.is_running()):
            for entry in self._held_entries():
                with suppress(Exception):
                    entry.connection.terminate()

    def _disown(self, entry: Entry) -> None:
        self._abandoned.append(entry)
        entry.connection = cast("DriverConnection", ForkedConnection(entry.connection))

    # facts

    def status(self) -> str:
        """One line about the pool."""
        return type(self).__name__

    def ledger(self) -> list[Holding]:
        """Who holds a connection, since when, from which line, and where the holder is now; the longest held first.

        >>> [(held.holder, held.seconds, held.taken_at) for held in pool.ledger()]
        """
        return holdings(self._held_entries())

    def _held_entries(self) -> Iterable[Entry]:
        return list(self._state.entries)

    def connect(self) -> PoolProxiedConnection:
        """A driver connection for direct use; ``close()`` gives it back.

        The pool of an asynchronous driver has it inside ``run_sync()`` only: elsewhere ``await engine.raw_connection()``.
        """
        if not self.is_async:
            entry = self._acquire_sync()
            self.lend(entry, None)
            return PoolProxiedConnection(entry)
        if current_bridge() is None:
            raise exc.MissingGreenlet(
                "the pool of an asynchronous driver has no blocking connect(); await engine.raw_connection()"
            )
        entry = await_only(self._acquire_async())
        await_only(self.lend(entry, None))
        return PoolProxiedConnection(entry)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status()}>"


class _Dispose:
    """``dispose`` as a step."""

    __slots__ = ("close", "is_async", "pool")
    cleans = True

    def __init__(self, pool: Pool, close: bool) -> None:
        self.pool = pool
        self.close = close
        self.is_async = pool.is_async

    def perform(self) -> Any:
        return self.pool.dispose(self.close)


async def _nothing() -> None:
    return None


def _reset_style(given: Any) -> ResetStyle:
    if given in (True, "rollback"):
        return True
    if given in (None, False):
        return None
    if given == "commit":
        return "commit"
    raise exc.ArgumentError(f"Invalid value for 'reset_on_return': {given!r}")


event.register(Pool, PoolFamily())

__all__ = ["EVENTS", "Pool"]
