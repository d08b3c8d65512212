"""Tell listeners that may ask the database: where the driver is asynchronous they run in a worker, whose steps the loop performs."""

from __future__ import annotations

from typing import Any

from sublimate.engine.run import run_in_worker
from sublimate.engine.steps import Call, Steps
from sublimate.event import Listeners


def tell_steps(is_async: bool, listeners: Listeners, *args: Any) -> Steps[None]:
    """Call the listeners of one event."""
    if not listeners:
        return
    if is_async:
        yield Call(run_in_worker, listeners, *args, is_async=True)
    else:
        listeners(*args)
