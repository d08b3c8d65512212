"""What the drivers share that prepare statements: when the schema has changed, all their connections forget them."""

from __future__ import annotations

import weakref
from typing import Any, Protocol, TypeVar

from ..contract.driver import Driver


class _Preparing(Protocol):
    def forget_statements(self) -> None: ...


C = TypeVar("C", bound=_Preparing)


class PreparingDriver(Driver):
    """A driver that knows its connections."""

    def __init__(self, *, hide_parameters: bool = False) -> None:
        super().__init__(hide_parameters=hide_parameters)
        self._connections: weakref.WeakSet[Any] = weakref.WeakSet()

    def known(self, connection: C) -> C:
        """Remember a connection, for `forget_statements()`."""
        self._connections.add(connection)
        return connection

    def forget_statements(self) -> None:
        """The schema has changed: every connection prepares anew, rather than meet a plan that no longer fits."""
        for connection in list(self._connections):
            connection.forget_statements()
