"""Facade: the names of `sqlalchemy.future`. Imports only."""

from sublimate.engine import Connection, Engine, create_engine
from sublimate.statements.select import select

__all__ = ["Connection", "Engine", "create_engine", "select"]
