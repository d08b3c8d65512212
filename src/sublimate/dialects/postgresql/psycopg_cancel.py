"""A psycopg connection whose cancellation does not wait for the server.

psycopg itself asks the server to stop and waits for seconds. A cancelled call gives its connection up anyway, so here the
cancellation goes on at once; the request to stop is sent by a task of its own, bounded and best effort.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import cache
from typing import Any

LONGEST = 1.0
"""Seconds for a request to stop."""

_asking: set[asyncio.Task[None]] = set()


@cache
def prompt_connection_class(module: Any) -> Any:
    """`psycopg.AsyncConnection`, cancelled without delay."""

    class PromptAsyncConnection(module.AsyncConnection):  # type: ignore[misc]
        async def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
            if not args:
                kwargs.setdefault("interval", 0.1)
            try:
                return await module.waiting.wait_async(gen, self.pgconn.socket, *args, **kwargs)
            except asyncio.CancelledError:
                ask_to_stop(module, self.pgconn)
                raise

    return PromptAsyncConnection


def hidden_cancellation(error: BaseException | None) -> asyncio.CancelledError | None:
    """The cancellation that an error stands in front of: leaving a pipeline that was cancelled fails."""
    while error is not None:
        if isinstance(error, asyncio.CancelledError):
            return error
        error = error.__context__
    return None


def ask_to_stop(module: Any, pgconn: Any) -> None:
    """Have the server stop what it is doing for this connection; waits for nothing."""
    busy = pgconn.transaction_status == module.pq.TransactionStatus.ACTIVE
    if not busy or not module.capabilities.has_cancel_safe():
        return
    with suppress(module.Error):
        request = pgconn.cancel_conn()
        request.start()
        task = asyncio.get_running_loop().create_task(_carry_out(module, request))
        _asking.add(task)
        task.add_done_callback(_asking.discard)


async def _carry_out(module: Any, request: Any) -> None:
    with suppress(Exception):
        async with asyncio.timeout(LONGEST):
            await module.waiting.wait_conn_async(module.generators.cancel(request))
