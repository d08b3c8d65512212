"""Events of attributes: `event.listen(User.email, "set", fn)`. A listener replaces the attribute's quick way by a watched one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sublimate.event import Dispatch, Family, register
from sublimate.orm.attributes.descriptor import QueryableAttribute
from sublimate.orm.state.instance import state_of

EVENTS = {
    "append": ("target", "value", "initiator"),
    "append_wo_mutation": ("target", "value", "initiator"),
    "bulk_replace": ("target", "values", "initiator"),
    "dispose_collection": ("target", "collection", "collection_adapter"),
    "init_collection": ("target", "collection", "collection_adapter"),
    "init_scalar": ("target", "value", "dict_"),
    "modified": ("target", "initiator"),
    "remove": ("target", "value", "initiator"),
    "set": ("target", "value", "oldvalue", "initiator"),
}


def states_for_objects(arguments: tuple[str, ...]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]] | None:
    """Puts the state of the object that an event is about in the place of the object."""
    if "target" not in arguments:
        return None
    at = arguments.index("target")
    return lambda given: (*given[:at], state_of(given[at]), *given[at + 1 :])


class AttributeEvents(Family):
    """Keeps listeners on the class's descriptor; the attributes of the mappers below copy what concerns them."""

    def __init__(self, refresh: Callable[[Any], None]) -> None:
        super().__init__("attribute", EVENTS)
        self.refresh = refresh

    def dispatch_of(self, target: Any) -> Dispatch:
        own: Dispatch | None = target.__dict__.get("dispatch")
        if own is None:
            own = target.__dict__["dispatch"] = Dispatch(self.events, lambda: None)
        return own

    def on_listen(self, target: Any, event: str) -> None:
        self.refresh(target)

    def on_remove(self, target: Any, dispatch: Dispatch) -> None:
        self.refresh(target)

    def preparation(self, event: str, options: Mapping[str, Any]) -> Any:
        """With `raw=True`, listeners get the object's state in its place."""
        return states_for_objects(EVENTS[event]) if options.get("raw") else None


def register_events(refresh: Callable[[Any], None]) -> None:
    """`refresh(descriptor)` is called when a listener was added."""
    register(QueryableAttribute, AttributeEvents(refresh))


def listeners_for(cls: type, key: str) -> dict[str, list[Any]]:
    """Event name -> the listeners that concern this attribute of this class."""
    found: dict[str, list[Any]] = {}
    nearest = True
    for base in cls.__mro__:
        descriptor = vars(base).get(key)
        if not isinstance(descriptor, QueryableAttribute):
            continue
        dispatch = descriptor.__dict__.get("dispatch")
        if dispatch is not None:
            for name, listener in dispatch.all_own():
                if nearest or listener.propagate:
                    found.setdefault(name, []).append(listener)
        nearest = False
    return found
