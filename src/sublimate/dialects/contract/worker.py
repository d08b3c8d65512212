"""``run_sync``: a blocking function runs in a worker thread; the steps it asks for are carried out by the awaiting task."""

from __future__ import annotations

import contextvars
import os
import threading
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar

from ...exc import InvalidRequestError
from ...util.lazy import asyncio, queue

P = ParamSpec("P")
T = TypeVar("T")

_thread = threading.local()


class Work(Protocol):
    """Something the loop can carry out for a worker."""

    @property
    def cleans(self) -> bool:
        """Carried out even after a cancellation that the worker does not know of yet."""
        ...

    def perform(self) -> Any: ...


def current_bridge() -> Bridge | None:
    """The bridge of the thread that asks, if ``run_in_worker`` started it."""
    return getattr(_thread, "bridge", None)


async def run_in_worker(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a blocking function in a thread; what it asks of an asynchronous driver happens here, in this task.

    A cancellation reaches the function as ``CancelledError`` at its current or next step; the call returns only when
    the function has ended, so that no connection is left in the middle of an exchange.
    """
    context = contextvars.copy_context()
    bridge = Bridge(asyncio.get_running_loop(), lambda: context.run(function, *args, **kwargs))
    _hire().put(bridge)
    found: T = await bridge.serve()
    return found


class Bridge:
    """Two mailboxes between one worker thread and one task: steps go to the loop, values come back."""

    __slots__ = ("_arrived", "_closed", "_inbox", "_loop", "_replies", "_work", "task")

    def __init__(self, loop: asyncio.AbstractEventLoop, work: Callable[[], Any]) -> None:
        self._loop = loop
        self.task = asyncio.current_task(loop)  # who awaits the worker
        self._work = work
        self._inbox: list[Work | Finished] = []
        self._arrived: asyncio.Future[None] | None = None
        self._replies: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
        self._closed = False

    # the worker's side

    def perform(self, step: Work) -> Any:
        """Have the step carried out on the loop; block until it is."""
        if self._closed:
            raise InvalidRequestError(
                "the event loop no longer serves this run_sync() call; it was closed or abandoned"
            )
        self._loop.call_soon_threadsafe(self._deliver, step)
        value, error = self._replies.get()
        if error is not None:
            raise error
        return value

    def work(self) -> None:
        """Run the function and send its end; called once, by the worker."""
        _thread.bridge = self
        try:
            finished = Finished(self._work(), None)
        except BaseException as error:
            finished = Finished(None, error)
        finally:
            _thread.bridge = None
        if not self._closed:
            try:
                self._loop.call_soon_threadsafe(self._deliver, finished)
            except RuntimeError:  # the loop was closed while the function ran: nobody is left to hear
                return

    # the loop's side

    def _deliver(self, message: Work | Finished) -> None:
        self._inbox.append(message)
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    async def serve(self) -> Any:
        """Carry out the worker's steps until it is finished."""
        cancelled: asyncio.CancelledError | None = None
        undelivered = False
        try:
            while True:
                try:
                    message = await self._next()
                except asyncio.CancelledError as error:
                    cancelled, undelivered = error, True
                    continue
                if isinstance(message, Finished):
                    return message.outcome(cancelled)
                if undelivered and not message.cleans:
                    undelivered = False
                    self._replies.put((None, asyncio.CancelledError()))
                    continue
                cancelled = await self._carry_out(message) or cancelled
        except GeneratorExit:
            self._closed = True
            error_ = InvalidRequestError(
                "the task that awaited run_sync() was abandoned before the function ended"
            )
            self._replies.put((None, error_))
            raise

    async def _next(self) -> Work | Finished:
        while not self._inbox:
            self._arrived = self._loop.create_future()
            await self._arrived
        return self._inbox.pop(0)

    async def _carry_out(self, step: Work) -> asyncio.CancelledError | None:
        try:
            value = await step.perform()
        except asyncio.CancelledError as error:
            self._replies.put((None, error))
            return error
        except GeneratorExit:
            raise
        except BaseException as error:
            self._replies.put((None, error))
        else:
            self._replies.put((value, None))
        return None


class Finished:
    """The end of the worker's function."""

    __slots__ = ("error", "value")

    def __init__(self, value: Any, error: BaseException | None) -> None:
        self.value = value
        self.error = error

    def outcome(self, cancelled: asyncio.CancelledError | None) -> Any:
        """The value or the error; a cancellation asked for meanwhile wins."""
        if cancelled is not None:
            raise cancelled from self.error if self.error is not cancelled else None
        if self.error is not None:
            try:
                raise self.error
            finally:
                self.error = (
                    None  # an error that holds its own frame would live until the next garbage collection
                )
        return self.value


_idle: list[queue.SimpleQueue[Bridge]] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # threads do not follow into a child process


def _hire() -> queue.SimpleQueue[Bridge]:
    """The mailbox of an idle worker thread, or of a new one: never waits, so functions cannot block each other."""
    try:
        return _idle.pop()
    except IndexError:
        jobs: queue.SimpleQueue[Bridge] = queue.SimpleQueue()
        threading.Thread(target=_worker, args=(jobs,), name="sublimate-run-sync", daemon=True).start()
        return jobs


def _worker(jobs: queue.SimpleQueue[Bridge]) -> None:
    while True:
        jobs.get().work()
        if len(_idle) >= 8:
            return
        _idle.append(jobs)
