"""The uniform view of a collection that extensions use: `collection_adapter(user.posts)`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sublimate.orm.collections.prepare import roles_of, without_events
from sublimate.orm.state.instance import state_of


class CollectionAdapter:
    """Appends, removes and iterates whatever the class of the collection."""

    __slots__ = ("_roles", "data")

    def __init__(self, data: Any) -> None:
        self.data = data
        self._roles = roles_of(type(data))

    @property
    def attr(self) -> Any:
        return self.data._impl

    @property
    def owner_state(self) -> Any:
        """The state of the object the collection belongs to."""
        owner = self.data._owner()
        return None if owner is None else state_of(owner)

    def append_with_event(self, item: Any, initiator: Any = None) -> None:
        getattr(self.data, self._roles.appender)(item)

    def append_without_event(self, item: Any) -> None:
        without_events(self.data, getattr(self.data, self._roles.appender), item)

    def remove_with_event(self, item: Any, initiator: Any = None) -> None:
        getattr(self.data, self._roles.remover)(item)

    def remove_without_event(self, item: Any) -> None:
        without_events(self.data, getattr(self.data, self._roles.remover), item)

    def clear_with_event(self, initiator: Any = None) -> None:
        for item in list(self):
            self.remove_with_event(item)

    def clear_without_event(self) -> None:
        for item in list(self):
            self.remove_without_event(item)

    def __iter__(self) -> Iterator[Any]:
        return iter(getattr(self.data, self._roles.iterator)())

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __bool__(self) -> bool:
        return True


def collection_adapter(collection: Any) -> CollectionAdapter | None:
    """The adapter of a collection that belongs to an object."""
    adapter: CollectionAdapter | None = collection._sa_adapter
    return adapter
