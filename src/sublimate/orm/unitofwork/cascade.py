"""What else an operation reaches: objects are followed along relationships whose cascade says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sublimate.engine.steps import Steps
from sublimate.orm.state.expiry import lacks
from sublimate.orm.state.instance import InstanceState, state_of
from sublimate.orm.state.symbols import NO_VALUE


def related(impl: Any, obj: Any) -> list[Any]:
    """The objects an attribute holds in memory."""
    value = obj.__dict__.get(impl.key)
    if value is None:
        return impl.related(obj) if impl.write_only else []
    if impl.is_collection:
        return [item for item in impl.items_of(value) if item is not None]
    return [value]


def _reached(
    obj: Any, operation: str, with_removed: bool = False, ends: Callable[[Any], bool] | None = None
) -> Iterator[Any]:
    """Each object once, and what it leads to right after it: the order in which new rows are numbered. What `ends` the way
    is left out, and so is what lies behind it.
    """
    seen = {id(obj)}
    path = [_next_to(obj, operation, with_removed)]
    while path:
        for item in path[-1]:
            if id(item) not in seen:
                seen.add(id(item))
                if ends is not None and ends(item):
                    continue
                yield item
                path.append(_next_to(item, operation, with_removed))
                break
        else:
            path.pop()


def _next_to(obj: Any, operation: str, with_removed: bool) -> Iterator[Any]:
    state = state_of(obj)
    for impl in state.mapper.class_state.relations:
        if getattr(impl.prop.cascade, operation):
            yield from related(impl, obj)
            if with_removed:
                yield from removed(impl, obj, state)


def removed(impl: Any, obj: Any, state: Any) -> list[Any]:
    """The objects that an attribute held at first and does not hold now."""
    committed = state.committed
    if committed is None or impl.key not in committed:
        return impl.removed(state) if impl.write_only else []
    old = committed[impl.key]
    if old is None or old is NO_VALUE:
        return []
    now = {id(item) for item in related(impl, obj)}
    return [
        item for item in (old if impl.is_collection else [old]) if item is not None and id(item) not in now
    ]


def queued(impl: Any, state: Any) -> list[Any]:
    """The objects put into a collection that is not loaded."""
    if state.queued is None or impl.key not in state.queued:
        return []
    return list(state.queued[impl.key].added)


def reaches_nothing(state: Any, values: dict[str, Any]) -> bool:
    """Whether nothing can join a session together with an object of this state and these values."""
    return state.mapper.class_state.cascade_keys.isdisjoint(values) and (
        state.__class__ is not InstanceState or (state.committed is None and state.queued is None)
    )


def save_update(obj: Any, is_there: Callable[[Any], bool]) -> Iterator[Any]:
    """What joins a session together with `obj`, up to what is there already; loads nothing."""
    return _reached(obj, "save_update", with_removed=True, ends=is_there)


def expunge(obj: Any) -> Iterator[Any]:
    """What leaves a session together with `obj`; loads nothing."""
    return _reached(obj, "expunge")


def refresh_expire(obj: Any) -> Iterator[Any]:
    """What is refreshed or expired together with `obj`; loads nothing."""
    return _reached(obj, "refresh_expire")


def delete_steps(
    session: Any, obj: Any, seen: set[int] | None = None, autoflush: bool = False
) -> Steps[list[Any]]:
    """What is deleted together with `obj`, itself not included. Loads what it must."""
    seen = {id(obj)} if seen is None else seen
    found: list[Any] = []
    state = state_of(obj)
    for impl in state.mapper.class_state.relations:
        if not impl.prop.cascade.delete:
            continue
        if state.pk is not None and (impl.write_only or lacks(obj, impl.key)):
            if impl.prop.passive_deletes:
                continue
            yield from session._load_attribute_steps(obj, impl.key, autoflush)
        for item in related(impl, obj) + (removed(impl, obj, state) if impl.deletes_orphans else []):
            if id(item) not in seen:
                seen.add(id(item))
                found.append(item)
                found.extend((yield from delete_steps(session, item, seen, autoflush)))
    return found
