"""Time as the program took it: without what the machine kept it from running, and without the collector's pauses."""

import gc
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Self

#: nanoseconds on a processor, nanoseconds in the queue for one, turns; of the thread that reads it (Linux)
SCHEDULE = Path("/proc/thread-self/schedstat")


def queued() -> float:
    """Seconds this thread was ready and others had the processor."""
    return int(SCHEDULE.read_text().split()[1]) / 1e9 if SCHEDULE.exists() else 0.0


TRIES = 3
"""A machine may stand still for reasons that it does not count; what is slow by itself is slow each time."""


class Stopwatch:
    """``with Stopwatch() as watch: ...`` then ``watch.seconds``: what is waited for counts, a busy machine does not."""

    seconds: float

    def __enter__(self) -> Self:
        self._collects = gc.isenabled()
        gc.disable()
        self._started = time.monotonic() - queued()
        return self

    def __exit__(self, *error: object) -> None:
        self.seconds = time.monotonic() - queued() - self._started
        if self._collects:
            gc.enable()


async def ends_within(seconds: float, attempt: Callable[[], Awaitable[None]]) -> None:
    """One of three attempts took less than this."""
    taken = []
    for _ in range(TRIES):
        with Stopwatch() as watch:
            await attempt()
        if watch.seconds < seconds:
            return
        taken.append(watch.seconds)
    raise AssertionError(f"each took longer than {seconds} s: {taken}")
