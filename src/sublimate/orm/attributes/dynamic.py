"""Collections read through a query that is made anew for every read (`lazy="dynamic"`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from sublimate.orm.attributes.base import own_state
from sublimate.orm.attributes.write_only import Changes, WriteOnlyAttribute


class DynamicAttribute(WriteOnlyAttribute):
    """Like a write-only collection; but it can be iterated, replaced, and loaded where a delete has to know it."""

    #: makes the query; the room above, which knows queries, fills it in
    query: ClassVar[Callable[[Any, WriteOnlyAttribute], Any]]

    def missing(self, obj: Any) -> Any:
        return type(self).query(obj, self)

    def set(self, obj: Any, value: Any) -> None:
        items = list(value)
        state = own_state(obj)
        if state.pk is not None and state.link.session is not None:
            state.link.session._load_whole(obj, state, self.key, autoflush=True)
        self._replace(obj, items)

    def complete(self, obj: Any) -> None:
        state = own_state(obj)
        found: Changes | None = self.changes(state)
        if state.pk is not None and state.link.session is not None and (found is None or found.whole is None):
            state.link.session._load_whole(obj, state, self.key, autoflush=False)
