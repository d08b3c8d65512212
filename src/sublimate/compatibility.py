"""One call for a program that wants SQLAlchemy's behaviour in everything, also where ours is better."""

from __future__ import annotations

from typing import Literal

from sublimate import exc
from sublimate.util.switches import switches


def compatibility(mode: Literal["sqlalchemy", "sublimate"]) -> None:
    """Set every switch of `docs/deviations.md` at once, for engines, pools and sessions made from now on.

    >>> compatibility("sqlalchemy")
    >>> compatibility("sublimate")
    """
    if mode not in ("sqlalchemy", "sublimate"):
        raise exc.ArgumentError(f"compatibility() takes 'sqlalchemy' or 'sublimate', not {mode!r}")
    ours = mode == "sublimate"
    switches.keep_expired = ours
    switches.lazy_begin = ours
    switches.peers = ours
    switches.pool_lifo = ours
