"""The rows a result has yet to give: in memory, or still coming from a stream. Shared by all views of one result."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol

from sublimate import exc

CLOSED = "This result object is closed."
NO_ROWS = "This result object does not return rows. It has been closed automatically."


class RowStream(Protocol):
    """More raw rows on demand. Both verbs are steps; an empty batch is the end."""

    def fetch_steps(self, size: int | None) -> Generator[Any, Any, Sequence[Any]]: ...

    def close_steps(self) -> Generator[Any, Any, None]: ...


class RowBuffer:
    """Raw rows and how far they have been read. `refusal` is why no row can be fetched; None while some can."""

    __slots__ = ("page", "position", "refusal", "rows", "stream")
    is_left_on_server = False

    def __init__(
        self, rows: Sequence[Any], stream: RowStream | None = None, refusal: str | None = None
    ) -> None:
        self.rows = rows
        self.position = 0
        self.stream = stream
        self.refusal = refusal
        self.page: int | None = None

    def take(self, size: int | None) -> Sequence[Any]:
        """The next rows in memory, at most `size` of them."""
        if self.refusal is not None:
            raise exc.ResourceClosedError(self.refusal)
        rows, start = self.rows, self.position
        if size is None:
            self.rows, self.position = (), 0
            return rows[start:] if start else rows
        end = self.position = min(start + size, len(rows))
        return rows[start:end]

    def rest(self) -> Sequence[Any]:
        """The rows in memory that have not been read, left in place."""
        if self.refusal is not None:
            raise exc.ResourceClosedError(self.refusal)
        if self.position:
            self.rows, self.position = self.rows[self.position :], 0
        return self.rows

    def load_steps(self, size: int | None) -> Generator[Any, Any, None]:
        """Get rows from the stream until `size` of them (None: all) are in memory, or the stream has ended."""
        batches: list[Any] = list(self.rest())
        while self.stream is not None and (size is None or len(batches) < size):
            batch = yield from self.stream.fetch_steps(
                self.page if self.page or size is None else size - len(batches)
            )
            if not batch:
                yield from self.end_steps()
            batches.extend(batch)
        self.rows = batches

    def end_steps(self) -> Generator[Any, Any, None]:
        stream, self.stream = self.stream, None
        if stream is not None:
            yield from stream.close_steps()

    def close_steps(self) -> Generator[Any, Any, None]:
        self.close()
        yield from self.end_steps()

    def close(self) -> None:
        self.rows, self.position, self.refusal = (), 0, CLOSED


class ServerBuffer(RowBuffer):
    """Rows that the server keeps: who asks for some without saying how many gets all, not one as from a cursor."""

    __slots__ = ()
    is_left_on_server = True


class IteratorStream:
    """A stream over a plain iterator of rows: no steps, no I/O."""

    __slots__ = ("iterator",)

    def __init__(self, iterator: Iterator[Any]) -> None:
        self.iterator = iterator

    def fetch_steps(self, size: int | None) -> Generator[Any, Any, Sequence[Any]]:
        return list(islice(self.iterator, size))
        yield

    def close_steps(self) -> Generator[Any, Any, None]:
        return
        yield
