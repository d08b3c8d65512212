"""asyncmy as a driver."""

from __future__ import annotations

import importlib
from functools import cached_property
from typing import Any

from .awaited import AwaitedConnection, AwaitedDriver, drop
from .dialect import MySQLDialect_asyncmy as dialect

__all__ = ["AsyncmyConnection", "AsyncmyDriver", "dialect"]


class AsyncmyDriver(AwaitedDriver):
    """asyncmy, awaited."""

    name = "asyncmy"
    package = "asyncmy"
    module = "asyncmy"

    @cached_property
    def error_class(self) -> type[Exception]:
        found: type[Exception] = importlib.import_module("asyncmy.errors").MySQLError
        return found

    def adopt(self, raw: Any) -> AsyncmyConnection:
        return AsyncmyConnection(self, raw, raw.literal, raw._encoding)


class AsyncmyConnection(AwaitedConnection):
    """One asyncmy connection."""

    __slots__ = ()

    @property
    def closed(self) -> bool:
        transport = self.raw._transport
        return transport is None or transport.is_closing()

    def terminate(self) -> None:
        drop(self.raw, self.raw._transport)
