"""Cancel a coroutine at its k-th suspension, in each of the ways that can happen."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

WAYS = ("before", "handover", "twice")
"""Cancelled while it waits; at the very moment its answer is there; and once more while it cleans up."""


class Interrupted:
    """Drives a coroutine inside the current task and cancels that task at suspension number ``at``."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], at: int, way: str) -> None:
        self.coroutine = coroutine
        self.at = at
        self.way = way
        self.seen = 0
        self.delivered = False

    def __await__(self) -> Any:
        task, step, value = asyncio.current_task(), self.coroutine.send, None
        while True:
            try:
                waits_for = step(value)
            except StopIteration as stop:
                return stop.value
            self.seen += 1
            if self.seen == self.at or (self.way == "twice" and self.seen == self.at + 1):
                self._cancel(task, waits_for)
            try:
                value = yield waits_for
            except BaseException as error:
                step, value = self.coroutine.throw, error
            else:
                step = self.coroutine.send

    def _cancel(self, task: Any, waits_for: Any) -> None:
        self.delivered = True
        if self.way != "handover" or waits_for is None:
            asyncio.get_running_loop().call_soon(task.cancel)
        else:
            blocking, waits_for._asyncio_future_blocking = waits_for._asyncio_future_blocking, False
            waits_for.add_done_callback(lambda _: task.cancel())
            waits_for._asyncio_future_blocking = blocking


async def cancel_everywhere(
    make: Callable[[], Awaitable[Callable[[], Coroutine[Any, Any, Any]]]],
    check: Callable[[int, str], Awaitable[None]],
    ways: tuple[str, ...] = WAYS,
    most: int = 200,
) -> int:
    """Run what ``make`` prepares once for each suspension and way, cancelled there; ``check`` after each run.

    Returns how many cancellations were delivered. A cancellation that is not raised is an error.
    """
    delivered = 0
    for way in ways:
        for at in range(1, most):
            run = Interrupted((await make())(), at, way)

            async def body(run: Interrupted = run) -> Any:
                return await run

            task = asyncio.ensure_future(body())
            done, _ = await asyncio.wait([task], timeout=60)
            assert done, f"hangs when cancelled ({way}) at await {at}: {task.get_stack()}"
            if not run.delivered:
                task.result()
                break
            delivered += 1
            if not task.cancelled():
                raise AssertionError(
                    f"cancellation ({way}) at await {at} was swallowed"
                ) from task.exception()
            await check(at, way)
        else:
            raise AssertionError(f"still suspends after {most} awaits")
    return delivered
