"""PlanCache: the plans of an engine, bounded; the least recently made half goes when it is full."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any
from weakref import ref

_living: list[ref[PlanCache]] = []


def forget_plans() -> None:
    """Empty every cache: what plans were made from has changed (a construct was given other SQL)."""
    for cache in [found for known in _living if (found := known()) is not None]:
        cache.clear()


class PlanCache(dict[Hashable, Any]):
    """A dictionary with a size: a hit costs what a dictionary's does."""

    __slots__ = ("__weakref__", "size")

    def __init__(self, size: int = 500) -> None:
        super().__init__()
        self.size = size
        _living[:] = [known for known in _living if known() is not None]
        _living.append(ref(self))

    def __setitem__(self, key: Hashable, plan: Any) -> None:
        if len(self) >= self.size > 0:
            for old in list(self)[: max(1, len(self) // 2)]:
                super().pop(old, None)
        if self.size > 0:
            super().__setitem__(key, plan)
