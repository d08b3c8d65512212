"""psycopg 3 as two drivers, blocking and awaited: in autocommit underneath, BEGIN is ours to send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ... import exc
from ..contract.driver import (
    URLParts,
)
from . import errors
from .dialect import PGDialect_psycopg as dialect
from .preparing import PreparingDriver
from .psycopg_awaited import PsycopgAsyncConnection
from .psycopg_base import can_retry
from .psycopg_blocking import PsycopgConnection
from .psycopg_cancel import prompt_connection_class
from .urls import credentials, hosts_of, options_of

__all__ = ["PsycopgAsyncDriver", "PsycopgDriver", "dialect"]

_NUMBERS = ("prepare_threshold", "connect_timeout", "prepared_max")


class PsycopgDriver(PreparingDriver):
    """psycopg, blocking."""

    name = "psycopg"
    package = "'psycopg[binary]'"
    module = "psycopg"
    paramstyle = "pyformat"

    def connect_arguments(self, url: URLParts) -> dict[str, Any]:
        hosts, ports = hosts_of(url)
        arguments = credentials(url, "dbname")
        if hosts:
            arguments["host"] = ",".join(hosts)
            if any(ports):
                arguments["port"] = ",".join("" if port is None else str(port) for port in ports)
        for key, text in options_of(url).items():
            arguments[key] = int(text) if key in _NUMBERS else text
        return arguments

    def connect(self, arguments: Mapping[str, Any]) -> Any:
        module = self.load()
        options = {**arguments, "autocommit": True}
        try:
            return self.adopt(module.Connection.connect(**options))
        except Exception as error:
            raise self.translate(error, None, None) from error

    def adopt(self, raw: Any) -> Any:
        if not raw.autocommit:
            raw.autocommit = True
        return self.known(PsycopgConnection(self, prepared(self.load(), raw)))

    def translate(
        self,
        error: Exception,
        statement: str | None,
        params: Any,
        *,
        ismulti: bool = False,
        lost: bool = False,
    ) -> Exception:
        base = self.load().Error
        if isinstance(error, base):
            lost = lost or errors.is_disconnect(getattr(error, "sqlstate", None))
            found = exc.DBAPIError.instance(
                statement,
                params,
                error,
                base,
                self.hide_parameters,
                connection_invalidated=lost,
                ismulti=ismulti,
            )
            if isinstance(found, exc.DBAPIError) and can_retry(error):
                found.can_retry = True
            if isinstance(found, exc.DataError):
                errors.name_nul(found, params)
            return found if isinstance(found, Exception) else error
        if isinstance(error, OSError):
            return exc.OperationalError(statement, params, error, self.hide_parameters, lost, ismulti=ismulti)
        if isinstance(error, TypeError | ValueError | OverflowError):
            return exc.DataError(statement, params, error, self.hide_parameters, ismulti=ismulti)
        return error


class PsycopgAsyncDriver(PsycopgDriver):
    """psycopg, awaited."""

    name = "psycopg_async"
    is_async = True

    async def connect(self, arguments: Mapping[str, Any]) -> PsycopgAsyncConnection:
        module = self.load()
        options = {**arguments, "autocommit": True}
        try:
            return self.adopt(await prompt_connection_class(module).connect(**options))
        except Exception as error:
            raise self.translate(error, None, None) from error

    def adopt(self, raw: Any) -> PsycopgAsyncConnection:
        return self.known(PsycopgAsyncConnection(self, prepared(self.load(), raw)))

    async def adopt_async(self, raw: Any) -> PsycopgAsyncConnection:
        if not raw.autocommit:
            await raw.set_autocommit(True)
        return self.adopt(raw)


def prepared(module: Any, raw: Any) -> Any:
    """The connection with JSON left as text: our types decode it, as they do for every driver."""
    loader = module.types.string.TextLoader
    for name in ("json", "jsonb"):
        raw.adapters.register_loader(name, loader)
    return raw
