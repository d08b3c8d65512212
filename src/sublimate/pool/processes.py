"""What becomes of pools when their process forks or ends."""

from __future__ import annotations

import atexit
import os
import weakref
from typing import Any

_pools: weakref.WeakSet[Any] = weakref.WeakSet()
ending = False
"""Nothing is tidied up from now on: what it takes may be gone, and the process takes its connections with it."""


def watch(pool: Any) -> None:
    """Tell a pool of forks and of the end."""
    _pools.add(pool)


def _after_fork() -> None:
    for pool in list(_pools):
        pool._forked()


def _at_exit() -> None:
    global ending
    ending = True
    for pool in list(_pools):
        pool._process_ends()


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
