"""Making thousands of objects at once without the garbage collector walking over them again and again meanwhile."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

MANY = 500

_lock = threading.Lock()
_pauses = 0


def uncollected(make: Callable[[Sequence[Any]], T], items: Sequence[Any]) -> T:
    """`make(items)`, with the cyclic collector paused if there are many items; it is not touched where it is off.

    Pays because the new objects are all alive: each collection in between would visit them in vain.

    >>> uncollected(list, (1, 2))
    [1, 2]
    """
    if len(items) < MANY or not (_pauses or gc.isenabled()):
        return make(items)
    _pause()
    try:
        return make(items)
    finally:
        _resume()


def _pause() -> None:
    global _pauses
    with _lock:
        _pauses += 1
        gc.disable()


def _resume() -> None:
    global _pauses
    with _lock:
        _pauses -= 1
        if not _pauses:
            gc.enable()
