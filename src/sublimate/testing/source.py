"""Which line of the program caused a statement: the innermost frame that belongs neither to this package nor to asyncio."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

from sublimate.dialects.contract.worker import current_bridge

_LIBRARY = ("sublimate", "asyncio", "concurrent", "threading", "contextlib", "selectors", "uvloop", "queue")
_TOUCHES = ("_load_missing", "_value")


def calling_line() -> tuple[str, bool]:
    """`file:line` of the program's own code, and whether it only touched an attribute there."""
    touched = False
    for frame in _frames():
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if package not in _LIBRARY:
            return f"{frame.f_code.co_filename}:{frame.f_lineno}", touched
        touched = touched or frame.f_code.co_name in _TOUCHES
    return "(no line of the program)", touched


def _frames() -> Iterator[FrameType]:
    """From the innermost outwards; a worker's are followed by those of the task that awaits it."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back
    bridge = current_bridge()
    if bridge is not None and bridge.task is not None:
        yield from reversed(list(_awaiting(bridge.task.get_coro())))


def _awaiting(coroutine: Any) -> Iterator[FrameType]:
    """The frames of a suspended coroutine, from the outermost inwards."""
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        if frame is not None:
            yield frame
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
