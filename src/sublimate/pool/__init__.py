"""Connections that are kept and shared. ``state`` decides, ``pool`` waits."""

from typing import TYPE_CHECKING

from sublimate.util.lazy import submodules as _submodules

from .entry import Entry
from .events import PoolResetState
from .plain import wants_record
from .pool import Pool
from .proxied import PoolProxiedConnection
from .shared import SingletonThreadPool, StaticPool
from .variants import AssertionPool, AsyncAdaptedQueuePool, NullPool, QueuePool

ConnectionPoolEntry = Entry
ManagesConnection = Entry

__all__ = [
    "AssertionPool",
    "AsyncAdaptedQueuePool",
    "ConnectionPoolEntry",
    "Entry",
    "ManagesConnection",
    "NullPool",
    "Pool",
    "PoolProxiedConnection",
    "PoolResetState",
    "QueuePool",
    "SingletonThreadPool",
    "StaticPool",
    "wants_record",
]

if not TYPE_CHECKING:
    __getattr__ = _submodules(__name__, "base", "impl")
