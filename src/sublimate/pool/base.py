"""Facade: the names of `sqlalchemy.pool.base`. Imports only."""

from sublimate.pool.events import PoolResetState
from sublimate.pool.pool import Pool
from sublimate.pool.proxied import PoolProxiedConnection

__all__ = ["Pool", "PoolProxiedConnection", "PoolResetState"]
