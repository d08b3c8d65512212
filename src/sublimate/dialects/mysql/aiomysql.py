"""aiomysql as a driver."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from .arguments import tls_context
from .awaited import AwaitedConnection, AwaitedDriver, drop
from .dialect import MySQLDialect_aiomysql as dialect

__all__ = ["AiomysqlConnection", "AiomysqlDriver", "dialect"]


class AiomysqlDriver(AwaitedDriver):
    """aiomysql, awaited."""

    name = "aiomysql"
    package = "aiomysql"
    module = "aiomysql"

    @cached_property
    def error_class(self) -> type[Exception]:
        found: type[Exception] = importlib.import_module("pymysql.err").MySQLError
        return found

    @staticmethod
    def options(arguments: Mapping[str, Any]) -> dict[str, Any]:
        options = AwaitedDriver.options(arguments)
        if isinstance(options.get("ssl"), dict):  # the others make the context themselves
            options["ssl"] = tls_context(options["ssl"])
        return options

    def adopt(self, raw: Any) -> AiomysqlConnection:
        return AiomysqlConnection(self, raw, raw.literal, raw.encoding)


class AiomysqlConnection(AwaitedConnection):
    """One aiomysql connection."""

    __slots__ = ()

    @property
    def closed(self) -> bool:
        found: bool = self.raw.closed
        return found

    def terminate(self) -> None:
        writer = self.raw._writer
        drop(self.raw, None if writer is None else writer.transport)
