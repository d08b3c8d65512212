"""Rows that stay on the server: a result's stream over a driver's cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sublimate import exc
from sublimate.engine.steps import CloseCursor, FetchMany, Steps

PAGE = 1000


class CursorStream:
    """Batches of rows from a driver's cursor."""

    __slots__ = ("closed", "connection", "cursor", "page")

    def __init__(self, cursor: Any, page: int, connection: Any) -> None:
        self.cursor = cursor
        self.page = page
        self.connection = connection
        self.closed = False
        connection.open_streams.add(self)

    def fetch_steps(self, size: int | None) -> Steps[Sequence[Any]]:
        if self not in self.connection.open_streams:
            if self.closed:
                return ()
            raise exc.ResourceClosedError(
                "The rows not read so far are gone: the transaction of this streaming result has ended. "
                "Read them before commit(), rollback() or close()."
            )
        step = FetchMany(self.cursor, size or self.page)
        rows: Sequence[Any] = yield from self.connection.guarded_steps(step)
        return rows

    def close_steps(self) -> Steps[None]:
        self.closed = True
        open_streams = self.connection.open_streams
        if self in open_streams:
            open_streams.discard(self)
            yield from self.connection.guarded_steps(CloseCursor(self.cursor))
