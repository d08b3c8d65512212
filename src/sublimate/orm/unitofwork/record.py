"""What a flush did to objects, so that a rollback can undo it. One per transaction; a savepoint's joins its parent's."""

from __future__ import annotations

from typing import Any

from sublimate.orm.state.instance import InstanceState

States = dict[InstanceState[Any], Any]


class FlushRecord:
    """States (and their objects, kept alive) that were inserted, updated, deleted or got another primary key."""

    __slots__ = ("deleted", "dirty", "new", "switched")

    def __init__(self) -> None:
        self.new: States = {}
        self.dirty: States = {}
        self.deleted: States = {}
        self.switched: dict[InstanceState[Any], Any] = {}
        """State -> the primary key it had at first."""

    def absorb(self, other: FlushRecord) -> None:
        """Add what a later flush, or a savepoint that was kept, did."""
        self.new.update(other.new)
        self.dirty.update(other.dirty)
        for state, obj in other.deleted.items():
            self.deleted[state] = obj
        for state, key in other.switched.items():
            self.switched.setdefault(state, key)

    def undo(self, session: Any) -> None:
        """The transaction was rolled back: inserted objects are transient again, deleted ones persistent."""
        identity_map = session.identity_map
        for state, old_key in self.switched.items():
            self._leave(identity_map, state)
            state.pk = old_key
            if state not in self.new and state not in self.deleted:
                identity_map.of(state.link.token).add(state.obj(), state.mapper.base_mapper, old_key)
        for state, obj in self.deleted.items():
            if state in self.new or not state.was_deleted:
                continue  # it had no row before, or was made transient meanwhile
            state.was_deleted = False
            state.link = session._link_of(state.link.token)
            identity_map.of(state.link.token).add(obj, state.mapper.base_mapper, state.pk)
        for state in list(self.new):
            if state.pk is None:  # it was made transient meanwhile
                del self.new[state]
                continue
            self._leave(identity_map, state)
            state.pk = state.committed = None
            if state.expired_keys:  # the values are lost: add() again must not write NULLs
                columns, known = state.mapper.class_state.column_keys, state.dict
                state.expired_keys = {
                    key for key in state.expired_keys if key in columns and key not in known
                } or None
            state.was_deleted = False
            state.link = state.link.detached()

    @staticmethod
    def _leave(identity_map: Any, state: InstanceState[Any]) -> None:
        obj = state.obj()
        if state.pk is not None and not state.was_deleted:
            identity_map.of(state.link.token).discard_object(obj, state.mapper.base_mapper, state.pk)
