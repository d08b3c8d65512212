"""Forgetting values, so that the next read loads them again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sublimate.orm.state.instance import InstanceState, state_of
from sublimate.orm.state.symbols import STATE


def expire_state(obj: Any, keys: Iterable[str] | None = None) -> InstanceState[Any]:
    """Drop loaded values (all, or those of `keys`) and the changes made to them."""
    state = state_of(obj)
    values = obj.__dict__
    if keys is None:
        _expire_all(state, values)
    else:
        _expire_some(state, values, keys)
    if state.mapper._dispatch is not None:
        state.mapper._dispatch.expire(obj, keys)
    return state


def _expire_all(state: InstanceState[Any], values: dict[str, Any]) -> None:
    class_state = state.mapper.class_state
    expired = set(class_state.column_keys)
    for key in class_state.impls:
        if key in values:
            del values[key]
            expired.add(key)
    for key in class_state.memoized_keys:
        values.pop(key, None)
    state.expired_keys = expired
    state.committed = state.queued = None
    state.orphaned = state.parents = None


def _expire_some(state: InstanceState[Any], values: dict[str, Any], keys: Iterable[str]) -> None:
    impls = state.mapper.class_state.impls
    expired = set() if state.expired_keys is None else state.expired_keys
    for key in keys:
        if key not in impls:
            if all(composite.key != key for composite in state.mapper.composites):
                raise KeyError(key)
            values.pop(key, None)  # a composite is made again of its columns, which stay
            continue
        values.pop(key, None)
        expired.add(key)
        forget_change(state, key)
    state.expired_keys = expired


def outdate_state(obj: Any) -> InstanceState[Any]:
    """Expire everything and keep it readable: the next query overwrites it. What code that cannot wait gets after a commit."""
    state = state_of(obj)
    class_state, values = state.mapper.class_state, obj.__dict__
    state.expired_keys = expired = set(class_state.column_keys)
    for key in class_state.relation_keys:
        if key in values:
            expired.add(key)
    state.committed = state.queued = None
    state.orphaned = state.parents = None
    if state.mapper._dispatch is not None:
        state.mapper._dispatch.expire(obj, None)
    return state


def is_outdated(obj: Any, key: str) -> bool:
    """Whether a value that is still readable was expired."""
    state = obj.__dict__[STATE]
    return state.__class__ is InstanceState and state.expired_keys is not None and key in state.expired_keys


def lacks(obj: Any, key: str) -> bool:
    """Whether an attribute is to be loaded: it is not there, or outdated."""
    return key not in obj.__dict__ or is_outdated(obj, key)


def forget_change(state: InstanceState[Any], key: str) -> None:
    """The attribute counts as unchanged from now on."""
    committed = state.committed
    if committed is not None and key in committed:
        del committed[key]
        if not committed:
            state.committed = None
    if state.queued is not None and key in state.queued:
        del state.queued[key]


def forget_expired(state: InstanceState[Any], keys: Iterable[str]) -> None:
    """These attributes were loaded again."""
    if state.expired_keys is not None:
        state.expired_keys.difference_update(keys)
        if not state.expired_keys:
            state.expired_keys = None
