"""A DBAPI connection that a pool was given as it is, behind the interface that drivers have."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from ..util.lazy import inspect


def is_adapted(made: Any) -> bool:
    """Whether a creator's product is a ``DriverConnection`` already: its class says if it is asynchronous."""
    return isinstance(getattr(type(made), "is_async", None), bool)


def adapted(made: Any) -> Any:
    """A ``DriverConnection`` for whatever a creator made."""
    return made if is_adapted(made) else PlainConnection(made)


def wants_record(creator: Callable[..., Any]) -> bool:
    """Whether a creator has a positional parameter without default, which is the entry the connection is for."""
    try:
        parameters = inspect.signature(creator).parameters.values()
    except (TypeError, ValueError):
        return False
    needed = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return sum(p.default is p.empty for p in needed) == 1


class PlainConnection:
    """Only what a pool needs: reset, ping, close. Its transaction is the driver's, and of unknown state."""

    __slots__ = ("__weakref__", "_closed", "in_exchange", "raw")

    is_async: ClassVar[bool] = False
    loop_bound: ClassVar[bool] = False
    in_transaction: ClassVar[bool] = True

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.in_exchange = False
        self._closed = False

    @property
    def closed(self) -> bool:
        return self._closed

    def reset_now(self) -> bool:
        return False

    def lend(self, options: Any = None) -> None:
        """It does begin by itself."""

    def take_back(self) -> None:
        """Nothing was changed."""

    def commit(self) -> None:
        self.raw.commit()

    def rollback(self) -> None:
        self.raw.rollback()

    def ping(self) -> None:
        cursor = self.raw.cursor()
        try:
            cursor.execute("SELECT 1")
        finally:
            cursor.close()

    def close(self) -> None:
        self._closed = True
        self.raw.close()

    def terminate(self) -> None:
        if not self._closed:
            self._closed = True
            with suppress(Exception):
                self.raw.close()
