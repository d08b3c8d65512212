"""The two sides of a relationship in step. The other side is changed in memory only; nothing is loaded for it."""

from __future__ import annotations

import weakref
from typing import Any

from sublimate.orm.attributes.base import own_state

_ref = weakref.ref


def reverse_of(child: Any, key: str) -> Any:
    """The attribute `key` of an object as its own mapper has it (subclasses have their own)."""
    return child._sa_instance_state.mapper.class_state.impls[key]


def started_by(impl: Any, other: Any) -> Any:
    """The attribute on the other side at which a change began; listeners are told of it."""
    return impl if other is None or impl.reverse_key is None else reverse_of(other, impl.reverse_key)


def attach(obj: Any, impl: Any, child: Any) -> None:
    """`child` came to `obj` by `impl`: show that on the child's side."""
    if child is not None and impl.reverse_key is not None:
        reverse_of(child, impl.reverse_key).link(child, obj)


def detach(obj: Any, impl: Any, child: Any) -> None:
    """`child` left `obj`: show that on the child's side."""
    if child is not None and impl.reverse_key is not None:
        reverse_of(child, impl.reverse_key).unlink(child, obj)


def cascade_into_session(obj: Any, impl: Any, child: Any) -> None:
    """Save-update cascade: what is put on an object of a session joins the session."""
    session = obj._sa_instance_state.link.session
    if session is None or child is None or not impl.cascades:
        return
    state = child._sa_instance_state
    if state.link.session is not session or state.was_deleted:
        session._cascade_add(child)


def orphan(obj: Any, impl: Any, child: Any) -> None:
    """An object that may not live without a parent has lost it. The flush deletes it, unless it is adopted first."""
    if child is None or not (impl.deletes_orphans or impl.single_parent):
        return
    state = own_state(child)
    prop = impl.prop
    if not impl.deletes_orphans:
        if state.parents is not None:
            state.parents.pop(prop, None)
        return
    if state.parents is not None:
        reference = state.parents.get(prop)
        parent = None if reference is None else reference()
        if parent is not None and parent is not obj and _holds(parent, impl, child):
            return  # it has found another before this one let it go
    state.orphaned = {prop} if state.orphaned is None else state.orphaned | {prop}


def _holds(parent: Any, impl: Any, child: Any) -> bool:
    value = parent.__dict__.get(impl.key)
    if value is None or not impl.is_collection:
        return value is child
    return any(item is child for item in impl.items_of(value))


def adopt(obj: Any, impl: Any, child: Any) -> None:
    """An object that may not live without a parent, or may have only one, has one."""
    if child is None or not (impl.deletes_orphans or impl.single_parent):
        return
    state = own_state(child)
    if state.parents is None:
        state.parents = {}
    state.parents[impl.prop] = _ref(obj)
    if state.orphaned is not None:
        state.orphaned = (state.orphaned - {impl.prop}) or None


def drop_pending_orphan(impl: Any, parent: Any, child: Any) -> None:
    """A new orphan leaves its parent's session at once."""
    if child is None or not impl.deletes_orphans:
        return
    state = own_state(child)
    session = state.link.session
    if session is None or not state.orphaned or state.pk is not None or state not in session._new:
        return
    if parent._sa_instance_state.link.session is session:
        session._drop_pending(state, child)
