"""What a flush did to objects, so that a rollback can undo it. One per transaction; a savepoint's joins its parent's."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from sublimate.orm.state.instance import InstanceState

States = dict[InstanceState[Any], Any]
Weak = WeakKeyDictionary[InstanceState[Any], None]


class FlushRecord:
    """States that were inserted, updated, deleted or got another primary key, by one flush or several.

    The objects of the last flush and all deleted ones are kept alive; of earlier flushes, those that the program keeps.
    """

    __slots__ = ("_dirty_before", "_new_before", "deleted", "dirty", "new", "switched")

    def __init__(self) -> None:
        self.new: States = {}
        self.dirty: States = {}
        self.deleted: States = {}
        self.switched: dict[InstanceState[Any], Any] = {}
        """State -> the primary key it had at first."""
        self._new_before: Weak | None = None
        self._dirty_before: Weak | None = None

    def all_new(self) -> States:
        """The inserted objects that are still there."""
        return _together(self._new_before, self.new)

    def all_dirty(self) -> States:
        """The updated objects that are still there."""
        return _together(self._dirty_before, self.dirty)

    def absorb(self, other: FlushRecord) -> None:
        """Add what a later flush, or a savepoint that was kept, did."""
        self._new_before = _weakened(self._new_before, self.new, other._new_before)
        self._dirty_before = _weakened(self._dirty_before, self.dirty, other._dirty_before)
        self.new, self.dirty = other.new, other.dirty
        for state, obj in other.deleted.items():
            self.deleted[state] = obj
        for state, key in other.switched.items():
            self.switched.setdefault(state, key)

    def undo(self, session: Any) -> None:
        """The transaction was rolled back: inserted objects are transient again, deleted ones persistent."""
        identity_map = session.identity_map
        self.new, self._new_before = self.all_new(), None
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


def _weakened(known: Weak | None, last: States, more: Weak | None) -> Weak | None:
    """The states of one flush more, their objects no longer kept alive."""
    if not last and not more:
        return known
    known = WeakKeyDictionary() if known is None else known
    known.update(dict.fromkeys(last))
    if more:
        known.update(more)
    return known


def _together(before: Weak | None, last: States) -> States:
    if not before:
        return last
    found = {state: obj for state in before if (obj := state.obj()) is not None}
    found.update(last)
    return found
