"""Facade: the names of `sqlalchemy.future.engine`. Imports only."""

from sublimate.engine import Connection, Engine, create_engine

__all__ = ["Connection", "Engine", "create_engine"]
