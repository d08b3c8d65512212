"""Results of one session given out in another: each object is merged on the way. What caches of results need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


def merge_frozen_result(session: Any, statement: Any, frozen_result: Any, load: bool = True) -> Any:
    """A frozen result whose objects are the session's own; call it for a result.

    >>> frozen = session.execute(select(User)).freeze()
    >>> users = merge_frozen_result(other, select(User), frozen, load=False)().scalars().all()
    """
    with session.no_autoflush:
        rows = [merged(session, row, load) for row in frozen_result.data]
    return frozen_result.with_new_rows(rows)


def merge_result(query: Any, iterator: Iterable[Any], load: bool = True) -> Iterator[Any]:
    """As `Query.merge_result()`."""
    found: Iterator[Any] = query.merge_result(iterator, load)
    return found


def merged(session: Any, row: Any, load: bool) -> Any:
    """A row or object with its objects replaced by the session's own."""
    if isinstance(row, tuple):
        return tuple([merged(session, value, load) for value in row])
    if getattr(type(row), "__mapper__", None) is None:
        return row
    return session.merge(row, load=load)
