"""How the history of each kind of attribute is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate.orm.state.history import HISTORY_BLANK as HISTORY_BLANK
from sublimate.orm.state.history import History as History
from sublimate.orm.state.instance import InstanceState, state_of
from sublimate.orm.state.symbols import NO_VALUE


def scalar_history(old: Any, current: Any, equal: Callable[[Any, Any], bool]) -> History:
    """The history of a changed scalar; NO_VALUE for an old value that was not known or a current one that is gone."""
    if current is NO_VALUE:
        return History([None], (), ()) if old is NO_VALUE else History((), (), [old])
    if old is not NO_VALUE and equal(current, old):
        return History((), [current], ())
    return History([current], (), () if old is NO_VALUE else [old])


def reference_history(old: Any, current: Any) -> History:
    """The history of a changed reference to one object."""
    if current is NO_VALUE:  # None from now on, which is a change where nothing else was
        return History([None], (), ()) if old is NO_VALUE or old is None else History((), (), [old])
    if old is current:
        return History((), [current], ())
    return History([current], (), () if old is NO_VALUE or old is None else [old])


def collection_history(old: Any, current: list[Any]) -> History:
    """The history of a changed collection: `old` is the list it was, or NO_VALUE for nothing."""
    if old is NO_VALUE or not old:
        return History(current, [], [])
    before, now = set(map(id, old)), set(map(id, current))
    return History(
        [item for item in current if id(item) not in before],
        [item for item in current if id(item) in before],
        [item for item in old if id(item) not in now],
    )


def is_modified(obj: Any, include_collections: bool = True) -> bool:
    """Whether any attribute has really changed; loads nothing."""
    state: InstanceState[Any] = state_of(obj)
    if state.committed is None and state.pk is not None:
        return False
    for impl in state.mapper.class_state.impls.values():
        if impl.is_collection and not include_collections:
            continue
        if impl.history(obj).has_changes():
            return True
    return False
