"""What changed about an attribute since the object was loaded or flushed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class History(NamedTuple):
    """Values that came, stayed and went.

    >>> inspect(user).attrs.name.history
    History(added=['ada'], unchanged=(), deleted=['bob'])
    """

    added: tuple[()] | list[Any]
    unchanged: tuple[()] | list[Any]
    deleted: tuple[()] | list[Any]

    def __bool__(self) -> bool:
        return self != HISTORY_BLANK

    def empty(self) -> bool:
        """Nothing came or went (values may have stayed)."""
        return not (self.added or self.deleted)

    def has_changes(self) -> bool:
        return bool(self.added or self.deleted)

    def sum(self) -> Sequence[Any]:
        return (self.added or []) + (self.unchanged or []) + (self.deleted or [])

    def non_deleted(self) -> Sequence[Any]:
        return (self.added or []) + (self.unchanged or [])

    def non_added(self) -> Sequence[Any]:
        return (self.unchanged or []) + (self.deleted or [])


HISTORY_BLANK = History((), (), ())
