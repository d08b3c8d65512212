"""A TCP proxy that breaks the wire: at the k-th message of the client, in a chosen way."""

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Any

FAULTS = ("close", "reset", "truncate", "mute", "drip")
"""Close both sides; reset; pass on half of the message and close; pass it on and close before the answer; slow down."""


class Proxy:
    """Forwards to a server. ``arm(fault, at)`` breaks the connections at message ``at`` from now on, once."""

    def __init__(self, target: tuple[str, int] | str) -> None:
        """The server's host and port, or its socket file."""
        self.target = target
        self.fault: str | None = None
        self.countdown = 0
        self.fired = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def arm(self, fault: str, at: int) -> None:
        self.fault, self.countdown, self.fired = fault, at, False

    async def idle(self) -> None:
        """Wait until every wire has carried its good-bye, so that none is taken for a message to come."""
        async with asyncio.timeout(20):
            while self._tasks:  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    async def _serve(self, client: Any, to_client: asyncio.StreamWriter) -> None:
        if isinstance(self.target, str):
            server, to_server = await asyncio.open_unix_connection(self.target)
        else:
            server, to_server = await asyncio.open_connection(*self.target)
        pair = (to_client, to_server)
        up = asyncio.create_task(self._forward(client, to_server, pair, True))
        down = asyncio.create_task(self._forward(server, to_client, pair, False))
        for task in (up, down):
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _forward(self, reader: Any, writer: asyncio.StreamWriter, pair: Any, counted: bool) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if counted and self._due():
                    await self._break(data, writer, pair)
                    continue
                writer.write(data)
                await writer.drain()
        for each in pair:
            each.close()

    def _due(self) -> bool:
        if self.fault is None:
            return False
        self.countdown -= 1
        if self.countdown:
            return False
        self.fired = True
        return True

    async def _break(self, data: bytes, writer: asyncio.StreamWriter, pair: Any) -> None:
        fault, self.fault = self.fault, None
        if fault == "freeze":
            await asyncio.sleep(3600)
        if fault == "truncate":
            writer.write(data[: len(data) // 2])
            await writer.drain()
        if fault == "mute":  # the server gets it; the answer is lost
            pair[0].transport.abort()
            writer.write(data)
            await writer.drain()
            await asyncio.sleep(0.05)
        if fault == "drip":
            for place in range(len(data)):
                writer.write(data[place : place + 1])
                await asyncio.sleep(0)
            return
        if fault == "reset":
            for each in pair:
                linger = struct.pack("ii", 1, 0)
                each.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        for each in pair:
            each.close()
