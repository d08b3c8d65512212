"""Pools whose connection has several holders at once: for databases that live in one connection, such as ``:memory:``."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Hashable, Iterable, MutableMapping
from time import monotonic
from typing import Any

from .. import exc
from ..dialects.contract.driver import Args
from ..util.lazy import asyncio
from .checkout import accepted_works
from .entry import STALE, Entry
from .events import fire_works, has_listeners
from .ledger import current_owner
from .pool import Creator, Pool
from .returning import release_works, reset_works
from .waiting import Works, carry_out, carry_out_async


class SharedPool(Pool):
    """Each holder has an entry of its own over a connection that stays open; the last to leave cleans it."""

    def __init__(self, creator: Creator, **kw: Any) -> None:
        for name in ("max_overflow", "timeout", "use_lifo"):
            kw.pop(name, None)
        super().__init__(creator, timeout=None, **kw)
        self._plain = False
        self._bases: MutableMapping[Hashable, Entry] = {}
        self._opening: dict[Hashable, asyncio.Task[None]] = {}
        self._lock_to_open = threading.RLock()
        self._held: dict[Entry, Entry] = {}

    def _key(self) -> Hashable:
        """Who shares with whom."""
        return None

    def _held_entries(self) -> Iterable[Entry]:
        return list(self._held)

    def _acquire_sync(self) -> Entry:
        base = self._base()
        if base.connection.closed or self._is_old(base):
            with self._lock_to_open:
                if base.connection.closed or self._is_old(base):
                    carry_out(self._opening_works(base))
        entry = self._hold(base)
        if self._checks():
            carry_out(self._checkout_works(entry))
        return entry

    async def _acquire_async(self) -> Entry:
        self._in_this_loop()
        base = self._base()
        if base.connection.closed or self._is_old(base):
            key = self._key()
            await asyncio.shield(self._opening.get(key) or self._start(key, base))
        entry = self._hold(base)
        if self._checks():
            await carry_out_async(self._checkout_works(entry))
        return entry

    def _checks(self) -> bool:
        return self._pre_ping or self._watched()

    def _base(self) -> Entry:
        """The place whose connection the caller shares."""
        key = self._key()
        base = self._bases.get(key)
        if base is None:
            with self._lock:
                base = self._bases.get(key)
                if base is None:
                    base = self._bases[key] = Entry(self)
                    self._state.entries.add(base)
        return base

    def _start(self, key: Hashable, base: Entry) -> asyncio.Task[None]:
        task = self._opening[key] = self._tasks.spawn(carry_out_async(self._opening_works(base)))
        task.add_done_callback(lambda _: self._opening.pop(key, None))
        return task

    def _opening_works(self, entry: Entry) -> Works[None]:
        yield from super()._opening_works(entry)
        if hasattr(entry.connection, "shared"):
            entry.connection.shared = True

    def _is_old(self, entry: Entry) -> bool:
        return entry.generation == STALE or super()._is_old(entry)

    def _leave(self, entry: Entry) -> None:
        """Places are not counted here."""

    def _hold(self, base: Entry) -> Entry:
        entry = Entry(self)
        entry.install(base.connection, base.opened, base.generation)
        entry._info, entry._record_info = base.info, base.record_info
        entry.fresh = base.fresh
        base.fresh = False
        entry.owner, entry.since = current_owner(self.is_async), monotonic()
        self._held[entry] = base
        return entry

    def _checkout_works(self, entry: Entry) -> Works[None]:
        """Have the connection accepted; replace it twice at most."""
        try:
            for tries in range(3):
                if tries:
                    yield from self._replace_works(entry)
                if (yield from accepted_works(self, entry)):
                    return
            raise exc.InvalidRequestError(
                "This connection is closed: it and the two that replaced it were refused at check-out"
            )
        except BaseException as error:
            self.drop(entry, error)
            raise

    def _replace_works(self, entry: Entry) -> Works[None]:
        base = self._held[entry]
        yield from self._open_works(base)
        entry.install(base.connection, base.opened, base.generation)
        entry._info, entry.fresh, base.fresh = base.info, base.fresh, False

    async def _open_owned(self, entry: Entry) -> None:
        await self._tasks.shielded(carry_out_async(self._opening_works(entry)))

    def release_clean(self, entry: Entry) -> bool:
        base = self._held.get(entry)
        if base is None and not entry.detached:
            return True
        if entry.detached or self._watched() or base is None:
            return False
        if not (self._others(entry, base) or entry.connection.reset_now()):
            return False
        self._leave_quietly(entry)
        return True

    def _others(self, entry: Entry, base: Entry) -> bool:
        return any(other is base for holder, other in list(self._held.items()) if holder is not entry)

    def _leave_quietly(self, entry: Entry) -> None:
        self._held.pop(entry, None)
        entry.owner = None

    def _release_works(self, entry: Entry) -> Works[None]:
        if entry.detached:
            yield from release_works(self, entry)
            return
        base = self._held.get(entry)
        if base is None:
            return
        try:
            if not self._others(entry, base):
                yield from reset_works(self, entry)
            if has_listeners(self.dispatch, "checkin"):
                yield from fire_works(self, "checkin", entry)
        except Exception as error:
            self._log.logger.error("Exception during reset or similar", exc_info=error)
            self.drop(entry, error)
        finally:
            self._leave_quietly(entry)

    def _knows(self, entry: Entry) -> bool:
        return entry in self._held or super()._knows(entry)

    def _gone(self, entry: Entry) -> None:
        self._held.pop(entry, None)
        super()._gone(entry)

    def _lost(self, entry: Entry, error: BaseException | None = None) -> None:
        self.drop(entry, error)

    def invalidate_softly(self, entry: Entry, error: BaseException | None = None) -> None:
        super().invalidate_softly(entry, error)
        base = self._held.get(entry)
        if base is not None:
            base.generation = STALE

    def detach(self, entry: Entry) -> None:
        base = self._held.get(entry)
        if base is not None and self._others(entry, base):
            raise exc.InvalidRequestError(
                f"this connection of a {type(self).__name__} has other holders; it cannot be detached"
            )
        for key, known in list(self._bases.items()):
            if known is base:
                del self._bases[key]
        self._held.pop(entry, None)
        super().detach(entry)

    def _fetch_sync(self, sql: str, args: Args) -> Any:
        base = self._bases.get(self._key())
        if base is not None and not base.connection.closed and not self._checks() and not self._is_old(base):
            return base.connection.fetch(sql, args)
        return super()._fetch_sync(sql, args)

    async def _fetch_async(self, sql: str, args: Args) -> Any:
        self._in_this_loop()
        base = self._bases.get(self._key())
        if base is not None and not base.connection.closed and not self._checks() and not self._is_old(base):
            return await base.connection.fetch(sql, args)
        return await self._fetch_slowly(sql, args)

    def dispose(self, close: bool = True) -> Any:
        bases = [base for base in self._bases.values() if not base.connection.closed]
        self._bases.clear()
        self._held.clear()
        self._state.entries.clear()
        if not close:
            self._abandoned.extend(bases)
            bases = []
        if not self.is_async:
            return carry_out(self._close_works(bases))
        return self._tasks.shielded(carry_out_async(self._close_works(bases)))

    def _change_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        super()._change_loop(loop)
        self._opening.clear()
        for key, base in list(self._bases.items()):
            if base.connection.loop_bound:
                del self._bases[key]
                base.connection.terminate()

    def _forked(self) -> None:
        for entry in [*self._bases.values(), *self._held]:
            self._disown(entry)
        self._state.entries.clear()
        super()._forked()
        self._lock_to_open = threading.RLock()
        self._bases.clear()
        self._held.clear()
        self._opening.clear()

    def recreate(self) -> Pool:
        other = super().recreate()
        assert isinstance(other, SharedPool)
        other._bases, other._opening, other._held = type(self._bases)(), {}, {}
        other._lock_to_open = threading.RLock()
        return other


class StaticPool(SharedPool):
    """One connection for everybody."""

    def __init__(self, creator: Creator, **kw: Any) -> None:
        kw.pop("pool_size", None)
        super().__init__(creator, **kw)

    @property
    def connection(self) -> Any:
        """The driver's connection, if it is open."""
        base = self._bases.get(None)
        return None if base is None or base.connection.closed else base.connection.raw

    def status(self) -> str:
        return "StaticPool"


class SingletonThreadPool(SharedPool):
    """One connection for each thread; it is closed when the thread has ended."""

    only_async = False

    def __init__(self, creator: Creator, pool_size: int = 5, **kw: Any) -> None:
        super().__init__(creator, **kw)
        self.size = pool_size
        self._bases = weakref.WeakKeyDictionary()

    def _key(self) -> Hashable:
        return threading.current_thread()

    def status(self) -> str:
        return f"SingletonThreadPool id:{id(self)} size: {len(self._bases)}"
