"""Who gets which connection: decided at once, with no I/O and no waiting. A pool of threads holds its lock meanwhile."""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import Protocol

from .entry import Entry


class Grant(Enum):
    """What a waiter can be given that is not a connection."""

    OPEN = "you may open a new connection"
    TIMEOUT = "you have waited long enough"


class Waiter(Protocol):
    """Someone in the queue."""

    owner: object

    def grant(self, value: Entry | Grant) -> bool:
        """Hand it over; False if nobody waits any more."""
        ...


class PoolState:
    """Free connections, how many are open, and the queue.

    ``open`` counts the connections that are there or being made; whoever adds one reserves its place first.
    """

    __slots__ = ("entries", "generation", "idle", "keep", "lifo", "limit", "open", "waiters")

    def __init__(self, keep: int | None, limit: int | None, lifo: bool = True, generation: int = 0) -> None:
        self.keep = keep
        """How many free connections to keep; None is all."""
        self.limit = limit
        """How many may be open; None is any number."""
        self.lifo = lifo
        self.open = 0
        self.idle: deque[Entry] = deque()
        self.entries: set[Entry] = set()
        self.waiters: deque[Waiter] = deque()
        self.generation = generation

    def take(self) -> Entry | None:
        """A free connection: the one used last, whose statements are prepared, or (FIFO) the one used first."""
        idle = self.idle
        if not idle:
            return None
        return idle.pop() if self.lifo else idle.popleft()

    def reserve(self) -> bool:
        """Whether one more may be opened; its place is taken."""
        if self.limit is not None and self.open >= self.limit:
            return False
        self.open += 1
        return True

    def give(self, entry: Entry) -> bool:
        """Take a clean connection back, or hand it to the first waiter; False if there are enough: close it."""
        entry.owner = entry.origin = None
        entry.leaving = False
        if entry.generation != self.generation:
            return False
        while self.waiters:
            waiter = self.waiters.popleft()
            entry.owner = waiter.owner
            if waiter.grant(entry):
                return True
            entry.owner = None
        if self.keep is not None and len(self.idle) >= self.keep:
            return False
        self.idle.append(entry)
        return True

    def vacate(self, entry: Entry | None = None) -> None:
        """A place became free: its connection is gone or was never made. The first waiter may open another."""
        if entry is not None:
            self.entries.discard(entry)
        while self.waiters:
            if self.waiters.popleft().grant(Grant.OPEN):
                return
        self.open -= 1

    def withdraw(self, waiter: Waiter) -> bool:
        """Leave the queue; False if something was handed over already."""
        try:
            self.waiters.remove(waiter)
        except ValueError:
            return False
        return True

    def renounce(self) -> list[Entry]:
        """Trust no connection opened until now: the free ones are returned, the others end when they come back."""
        self.generation += 1
        free = list(self.idle)
        self.idle.clear()
        self.open -= len(free)
        self.entries.difference_update(free)
        return free

    @property
    def checked_out(self) -> int:
        return self.open - len(self.idle)
