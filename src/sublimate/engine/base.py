"""Facade: the names of `sqlalchemy.engine.base`. Imports only."""

from sublimate.engine.connection import Connection
from sublimate.engine.engine import Engine, OptionEngine
from sublimate.engine.transaction import NestedTransaction, RootTransaction, Transaction, TwoPhaseTransaction

__all__ = [
    "Connection",
    "Engine",
    "NestedTransaction",
    "OptionEngine",
    "RootTransaction",
    "Transaction",
    "TwoPhaseTransaction",
]
