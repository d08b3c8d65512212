"""How long a soak test goes on: its count, or its time if that is over first."""

import os
import time
from collections.abc import Iterator

SECONDS = float(os.environ.get("SUBLIMATE_SOAK_SECONDS") or 40)
"""For each soak test and driver, so that all end within a quarter of an hour; `inf` lets the counts decide."""


def bounded(total: int, seconds: float = SECONDS) -> Iterator[int]:
    """The numbers from 1 to `total`, as many as are asked for within the time."""
    until = time.monotonic() + seconds
    for number in range(1, total + 1):
        if time.monotonic() > until:
            return
        yield number
