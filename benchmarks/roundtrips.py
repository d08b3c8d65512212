"""Count round trips: a proxy before PostgreSQL counts the server's ReadyForQuery messages."""

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit, urlunsplit

READY = ord("Z")
SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"


class CountingProxy:
    """Forwards to one PostgreSQL server and counts how often it said it was ready for the next request."""

    def __init__(self, dsn: str) -> None:
        self.target = urlsplit(dsn)
        self.ready = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "CountingProxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        user = self.target.username or "postgres"
        self.dsn = urlunsplit(self.target._replace(netloc=f"{user}@127.0.0.1:{port}"))
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: Any, writer: Any) -> None:
        upstream = await asyncio.open_connection(self.target.hostname, self.target.port or 5432)
        first = await reader.readexactly(8)
        if first == SSL_REQUEST:
            writer.write(b"N")
        else:
            upstream[1].write(first)
        for pump in (self._requests(reader, upstream[1]), self._replies(upstream[0], writer)):
            self._tasks.add(asyncio.create_task(pump))

    async def _requests(self, reader: Any, writer: Any) -> None:
        with suppress(ConnectionError):
            while chunk := await reader.read(65536):
                writer.write(chunk)
        writer.close()

    async def _replies(self, reader: Any, writer: Any) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readexactly(5)
                body = await reader.readexactly(int.from_bytes(head[1:], "big") - 4)
                self.ready += head[0] == READY
                writer.write(head + body)
        writer.close()


async def one_row_read(contender: Any, proxy: CountingProxy, reads: int = 10) -> float:
    """Round trips of one warm `get` by primary key."""
    await contender.open()
    try:
        for key in (1, 2, 3):
            await contender.get(key)
        before = proxy.ready
        for key in range(10, 10 + reads):
            await contender.get(key)
        return (proxy.ready - before) / reads
    finally:
        await contender.close()
