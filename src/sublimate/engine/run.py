"""The one place that waits: performs the steps a generator yields, blocking (``run``) or awaiting (``run_async``)."""

from __future__ import annotations

from typing import Any, TypeVar

from ..dialects.contract.worker import current_bridge, run_in_worker
from ..exc import MissingGreenlet
from .steps import Invalidate, Release, Step, Steps

T = TypeVar("T")

__all__ = ["current_bridge", "perform_on_loop", "run", "run_async", "run_in_worker"]


def run(steps: Steps[T]) -> T:
    """Perform the steps one after the other and return what the generator returns.

    In a thread that ``run_sync()`` started, steps of asynchronous drivers are carried out on the event loop.
    """
    try:
        step = next(steps)
        while True:
            try:
                value = perform_on_loop(step) if step.is_async else step.perform()
            except BaseException as error:
                step = steps.throw(error)
            else:
                step = steps.send(value)
    except StopIteration as stop:
        result: T = stop.value
        return result


async def run_async(steps: Steps[T]) -> T:
    """``run`` for asynchronous drivers: awaits each step, in the task that called."""
    try:
        step = next(steps)
        while True:
            try:
                value = await step.perform() if step.is_async else step.perform()
            except GeneratorExit:
                abandon(steps)
                raise
            except BaseException as error:
                step = steps.throw(error)
            else:
                step = steps.send(value)
    except StopIteration as stop:
        result: T = stop.value
        return result


def abandon(steps: Steps[Any]) -> None:
    """The coroutine is being destroyed and nothing can be awaited any more: let the logic end, close what it holds."""
    try:
        step = steps.throw(GeneratorExit())
        while True:
            if isinstance(step, Release | Invalidate):
                step.entry.pool.drop(step.entry)
                step = steps.send(None)
            else:
                step = steps.throw(GeneratorExit())
    except (StopIteration, GeneratorExit):
        return


def perform_on_loop(step: Step) -> Any:
    """Carry the step out on the loop that this thread works for; refuse where there is none."""
    bridge = current_bridge()
    if bridge is None:
        raise MissingGreenlet(
            f"{type(step).__name__} needs an asynchronous driver, and was asked for by a call that cannot wait for it. "
            "Use the async API and 'await' it (AsyncSession, AsyncConnection, 'await obj.awaitable_attrs.name'), "
            "or run the whole function with 'await session.run_sync(function)'."
        )
    return bridge.perform(step)
