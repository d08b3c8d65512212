"""The events of schema items, and how items tell their listeners."""

from __future__ import annotations

from typing import Any

from sublimate.event import Family, register
from sublimate.event.dispatch import Dispatch
from sublimate.schema.base import SchemaItem

EVENTS: dict[str, tuple[str, ...]] = {
    "before_create": ("target", "connection"),
    "after_create": ("target", "connection"),
    "before_drop": ("target", "connection"),
    "after_drop": ("target", "connection"),
    "before_parent_attach": ("target", "parent"),
    "after_parent_attach": ("target", "parent"),
    "column_reflect": ("inspector", "table", "column_info"),
}

register(SchemaItem, Family("schema", EVENTS))
# an item without listeners has those of its class: none
SchemaItem.dispatch = Dispatch(EVENTS, lambda: None)


def fire(target: Any, name: str, *args: Any, **kw: Any) -> None:
    """Call the listeners of an event on this item and on its class, in the order they were added."""
    dispatch = target.dispatch
    if dispatch is not None:
        getattr(dispatch, name)(*args, **kw)
