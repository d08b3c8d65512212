"""What listeners with `retval=True` may say of the step that they were told of."""

from __future__ import annotations

from enum import Enum


class EventReturn(Enum):
    """Go on, stop asking other listeners, or leave the step out."""

    EXT_CONTINUE = 1
    EXT_STOP = 2
    EXT_SKIP = 3


EXT_CONTINUE = EventReturn.EXT_CONTINUE
EXT_STOP = EventReturn.EXT_STOP
EXT_SKIP = EventReturn.EXT_SKIP
