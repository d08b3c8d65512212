"""Work of the pool's own: it is carried to its end, even if whoever waits for it is cancelled."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from ..util.lazy import asyncio


class Tasks(set["asyncio.Task[Any]"]):
    """The tasks that are at work."""

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Have it done; nobody needs to wait."""
        task = asyncio.get_running_loop().create_task(work)
        self.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.discard(task)
        if not task.cancelled():
            task.exception()  # its caller, if there still is one, has it

    async def shielded(self, work: Coroutine[Any, Any, None]) -> None:
        """Wait until it is done; being cancelled ends only the waiting."""
        await asyncio.shield(self.spawn(work))
