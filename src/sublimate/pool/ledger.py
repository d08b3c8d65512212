"""Who holds which connection, since when, and where: told when the pool runs out. Costs nothing before that."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from functools import cache
from time import monotonic
from types import FrameType
from typing import Any, NamedTuple

from ..util.lazy import asyncio
from .entry import Entry

_OURS = __name__.partition(".")[0]


def current_owner(is_async: bool) -> object:
    """The task or thread that runs now."""
    if is_async:
        task = asyncio.current_task()
        if task is not None:
            return task
    return threading.current_thread()


def origin() -> tuple[str, int] | None:
    """The file and line of the user's code that is running."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not _is_ours(frame.f_globals.get("__name__", "")):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None


@cache
def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in (_OURS, "asyncio", "threading", "contextlib", "concurrent")


class Holding(NamedTuple):
    """One connection in use."""

    holder: str
    """The task or thread, by name."""
    seconds: float
    """For how long."""
    taken_at: str | None
    """File and line of the caller; noted once more than half of the pool is in use."""
    now_at: str | None
    """File and line where the holder is now."""
    owner: object
    """The task or thread itself."""
    connection: Any
    """The driver's connection."""


def holdings(entries: Iterable[Entry]) -> list[Holding]:
    """The connections in use, the longest held first."""
    held = sorted((entry for entry in entries if entry.owner is not None), key=lambda entry: entry.since)
    now = monotonic()
    return [
        Holding(
            _name(entry.owner),
            now - entry.since,
            f"{entry.origin[0]}:{entry.origin[1]}" if entry.origin else None,
            _position(entry.owner),
            entry.owner,
            entry.connection.raw,
        )
        for entry in held
    ]


def describe(entries: Iterable[Entry]) -> str:
    """A line for each connection that is held, the longest held first."""
    return "".join(f"\n  - {_line(held)}" for held in holdings(entries))


def _line(held: Holding) -> str:
    text = f"held for {held.seconds:.1f} s by {held.holder}"
    if held.taken_at:
        text += f", taken at {held.taken_at}"
    return f"{text}, now at {held.now_at}" if held.now_at else text


def _name(owner: object) -> str:
    if isinstance(owner, asyncio.Task):
        return f"task {owner.get_name()!r}" + (" (which has ended)" if owner.done() else "")
    return (
        f"thread {owner.name!r}"
        if isinstance(owner, threading.Thread)
        else "the pool, which opens or closes it"
    )


def _position(owner: object) -> str | None:
    """Where the holder is now: the innermost line that is not ours."""
    frames: list[FrameType] = []
    if isinstance(owner, asyncio.Task):
        frames = owner.get_stack()
    elif isinstance(owner, threading.Thread) and owner.ident is not None:
        frame = sys._current_frames().get(owner.ident)
        while frame is not None:
            frames.insert(0, frame)
            frame = frame.f_back
    for frame in reversed(frames):
        if not _is_ours(frame.f_globals.get("__name__", "")):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
    return None
