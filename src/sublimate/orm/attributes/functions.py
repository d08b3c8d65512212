"""The functions of `sublimate.orm.attributes`: set, get and flag attributes from outside."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.orm.attributes.base import mark_changed, own_state, remember
from sublimate.orm.attributes.history import History
from sublimate.orm.state.instance import InstanceState
from sublimate.orm.state.instance import state_of as instance_state
from sublimate.orm.state.symbols import NO_VALUE, PassiveFlag

#: writes that a class's own `__setattr__` is about to carry out; what `set_attribute()` did is taken out
own_writes: set[tuple[int, str]] = set()


def _impl(obj: Any, key: str) -> Any:
    return own_state(obj).mapper.class_state.impls[key]


def manager_of_class(cls: Any) -> Any:
    """What manages the attributes of a mapped class: its mapper; None for other classes."""
    return cls.__dict__.get("__mapper__")


def instance_dict(instance: Any) -> dict[str, Any]:
    """The instance's `__dict__`."""
    return instance.__dict__  # type: ignore[no-any-return]


def set_attribute(instance: Any, key: str, value: Any, initiator: Any = None) -> None:
    """Set an attribute as an assignment does, with history and events."""
    _impl(instance, key).set(instance, value)
    if own_writes:
        own_writes.discard((id(instance), key))


def get_attribute(instance: Any, key: str) -> Any:
    """Get an attribute, loaded if need be."""
    return getattr(instance, key)


def del_attribute(instance: Any, key: str) -> None:
    """Delete an attribute as `del` does, with history and events."""
    _impl(instance, key).delete(instance)


def set_committed_value(instance: Any, key: str, value: Any) -> None:
    """Set an attribute as if the value had been loaded: no history, no events."""
    _impl(instance, key).set_committed(instance, value)


def flag_modified(instance: Any, key: str) -> None:
    """Count an attribute as changed although nobody assigned it (its value was changed in place).

    >>> user.settings["theme"] = "dark"
    >>> flag_modified(user, "settings")
    """
    state: InstanceState[Any] = own_state(instance)
    state.mapper.class_state.impls[key]
    if key not in instance.__dict__:
        raise exc.InvalidRequestError(
            f"Can't flag attribute '{key}' modified; it's not present in the object state"
        )
    remember(instance, state, key, NO_VALUE)
    if state.committed is not None:
        state.committed[key] = NO_VALUE
    impl = state.mapper.class_state.impls[key]
    for listener in impl.listeners.get("modified", ()):
        listener(instance, impl)


def flag_dirty(instance: Any) -> None:
    """Count an object as changed, without saying where: it takes part in the next flush and its events."""
    mark_changed(instance, own_state(instance))


def get_history(obj: Any, key: str, passive: PassiveFlag = PassiveFlag.PASSIVE_OFF) -> History:
    """What changed about an attribute."""
    composite = next((prop for prop in own_state(obj).mapper.composites if prop.key == key), None)
    if composite is not None:
        changed: History = composite.history_of(obj)
        return changed
    impl = _impl(obj, key)
    if passive.may_load and own_state(obj).pk is not None:
        impl.complete(obj)
    history: History = impl.history(obj)
    return history


def init_collection(obj: Any, key: str) -> Any:
    """A new empty collection in the attribute; returns its adapter."""
    state = obj if isinstance(obj, InstanceState) else own_state(obj)
    owner = state.obj()
    return state.mapper.class_state.impls[key].initial(owner, state)._sa_adapter


__all__ = [
    "del_attribute", "flag_dirty", "flag_modified", "get_attribute", "get_history", "init_collection", "instance_dict",
    "instance_state", "set_attribute", "set_committed_value",
]  # fmt: skip
