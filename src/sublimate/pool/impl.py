"""Facade: the names of `sqlalchemy.pool.impl`. Imports only."""

from sublimate.pool.shared import SingletonThreadPool, StaticPool
from sublimate.pool.variants import AssertionPool, AsyncAdaptedQueuePool, NullPool, QueuePool

__all__ = [
    "AssertionPool",
    "AsyncAdaptedQueuePool",
    "NullPool",
    "QueuePool",
    "SingletonThreadPool",
    "StaticPool",
]
