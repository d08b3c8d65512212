"""Hash-consing of shapes: equal descriptions get the same small integer, for as long as the intern table lives.

An integer is never given out twice, so dropping the table costs cache misses and nothing else.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable
from typing import Any

_LIMIT = 200_000
_table: dict[Hashable, int] = {}
_next = itertools.count(1).__next__

fresh = _next


def intern(description: Hashable) -> int:
    """The shape of a description (class, tokens, children's shapes)."""
    shape = _table.get(description)
    if shape is None:
        if len(_table) >= _LIMIT:
            _table.clear()
        shape = _table[description] = _next()
    return shape


def repetition(items: tuple[Any, ...]) -> tuple[int, ...]:
    """Which of the items are the same object: (a, b, a) gives (0, 1, 0)."""
    seen: dict[int, int] = {}
    return tuple([seen.setdefault(id(item), len(seen)) for item in items])
