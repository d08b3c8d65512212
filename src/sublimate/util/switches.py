"""The process-wide switches: where we differ from SQLAlchemy on purpose and a program could notice."""

from __future__ import annotations


class Switches:
    """Defaults that engines, pools and sessions take when they are not told otherwise."""

    __slots__ = ("keep_expired", "lazy_begin", "peers", "pool_lifo")

    def __init__(self) -> None:
        self.keep_expired = True
        self.lazy_begin = True
        self.peers = True
        self.pool_lifo = True


switches = Switches()
