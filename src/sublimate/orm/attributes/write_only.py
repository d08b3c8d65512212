"""Collections that are never loaded as a whole: changes are noted, reading is a statement of the program's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, overload

from sublimate import exc
from sublimate.orm.attributes.backref import (
    adopt,
    attach,
    cascade_into_session,
    detach,
    drop_pending_orphan,
    orphan,
    started_by,
)
from sublimate.orm.attributes.base import mark_changed, own_state
from sublimate.orm.attributes.descriptor import InstrumentedAttribute
from sublimate.orm.attributes.history import History
from sublimate.orm.attributes.mapped import MappedContainer
from sublimate.orm.attributes.relation import RelationAttribute
from sublimate.orm.attributes.single_parent import claim
from sublimate.orm.state.instance import InstanceState
from sublimate.orm.state.symbols import STATE
from sublimate.statements.dml import Delete, Insert, Update
from sublimate.statements.select import Select

_T = TypeVar("_T", bound=Any)
_T_co = TypeVar("_T_co", bound=Any, covariant=True)


class Changes:
    """What came to and left a collection since the last flush, and the whole of it where a delete had to load that."""

    __slots__ = ("_came", "_left", "whole")

    def __init__(self) -> None:
        self._came: dict[int, Any] = {}
        self._left: dict[int, Any] = {}
        self.whole: list[Any] | None = None

    @property
    def added(self) -> list[Any]:
        return list(self._came.values())

    @property
    def removed(self) -> list[Any]:
        return list(self._left.values())

    @property
    def unchanged(self) -> list[Any]:
        """What is known to have been there before and is still."""
        return [
            item for item in self.whole or () if id(item) not in self._left and id(item) not in self._came
        ]

    def add(self, item: Any) -> None:
        if self._left.pop(id(item), None) is None:
            self._came[id(item)] = item

    def remove(self, item: Any, stored: bool) -> None:
        """It leaves; unless the parent is `stored`, it had not been there before it came."""
        if self._came.pop(id(item), None) is None and stored:
            self._left[id(item)] = item

    def __reduce__(self) -> Any:
        return _changes, (self.added, self.removed, self.whole)


def _changes(added: list[Any], removed: list[Any], whole: list[Any] | None) -> Changes:
    """Changes out of a pickle, where objects have other addresses."""
    made = Changes()
    made._came = {id(item): item for item in added}
    made._left = {id(item): item for item in removed}
    made.whole = whole
    return made


class WriteOnlyAttribute(RelationAttribute):
    """A relationship with `lazy="write_only"`. Its changes live in the state's `queued`, its value is made anew for every read."""

    is_collection = True
    write_only = True

    def missing(self, obj: Any) -> Any:
        return WriteOnlyCollection(obj, self)

    # ---- what is known

    def changes(self, state: Any) -> Changes | None:
        """The noted changes, or None."""
        queued = state.queued if state.__class__ is InstanceState else None
        return None if queued is None else queued.get(self.key)

    def _noted(self, obj: Any, state: InstanceState[Any]) -> Changes:
        if self.tracks:
            mark_changed(obj, state)
        if state.queued is None:
            state.queued = {}
        found: Changes | None = state.queued.get(self.key)
        if found is None:
            found = state.queued[self.key] = Changes()
        return found

    def related(self, obj: Any) -> list[Any]:
        """The objects that memory knows to be in it."""
        found = self.changes(obj.__dict__.get(STATE))
        return [] if found is None else found.unchanged + found.added

    def removed(self, state: Any) -> list[Any]:
        found = self.changes(state)
        return [] if found is None else found.removed

    def came(self, state: Any) -> list[Any]:
        found = self.changes(state)
        return [] if found is None else found.added

    def known_before(self, state: Any) -> list[Any]:
        """The objects that memory knows to have been in it at the last flush."""
        found = self.changes(state)
        return [] if found is None else found.unchanged + found.removed

    def items_of(self, items: Any) -> list[Any]:
        return list(items)

    def history(self, obj: Any) -> History:
        found = self.changes(obj.__dict__.get(STATE))
        if found is None:
            return History([], [], [])
        return History(found.added, found.unchanged, found.removed)

    def complete(self, obj: Any) -> None:
        """A history never loads the collection."""

    # ---- changes

    def add(self, obj: Any, item: Any) -> None:
        """An object enters."""
        state = own_state(obj)
        if self.watched:
            item = self.ask("append", obj, item, self)
        own_state(item)
        if self.single_parent:
            claim(self, obj, item)
        self._noted(obj, state).add(item)
        cascade_into_session(obj, self, item)
        attach(obj, self, item)
        adopt(obj, self, item)

    def remove(self, obj: Any, item: Any) -> None:
        """An object leaves."""
        state = own_state(obj)
        own_state(item)
        if self.watched:
            self.tell_removed("remove", obj, item, self)
        self._noted(obj, state).remove(item, state.pk is not None)
        orphan(obj, self, item)
        detach(obj, self, item)
        drop_pending_orphan(self, obj, item)

    def link(self, obj: Any, item: Any) -> None:
        """The other side says that it belongs to `obj`."""
        adopt(obj, self, item)
        if self.watched:
            item = self.ask("append", obj, item, started_by(self, item), backref=True)
        self._noted(obj, own_state(obj)).add(item)

    def unlink(self, obj: Any, item: Any) -> None:
        """The other side says that it has left `obj`."""
        orphan(obj, self, item)
        if self.watched:
            self.tell_removed("remove", obj, item, started_by(self, item), backref=True)
        state = own_state(obj)
        self._noted(obj, state).remove(item, state.pk is not None)

    def set(self, obj: Any, value: Any) -> None:
        if own_state(obj).pk is not None:
            self.refuse_replacing()
        self._replace(obj, list(value))

    def _replace(self, obj: Any, items: list[Any]) -> None:
        for listener in self.listeners.get("bulk_replace", ()):
            listener(obj, items, self)
        before = self.related(obj)
        known, wanted = set(map(id, before)), set(map(id, items))
        for item in items:
            if id(item) not in known:
                self.add(obj, item)
        for item in before:
            if id(item) not in wanted:
                self.remove(obj, item)

    def delete(self, obj: Any) -> None:
        self._replace(obj, [])

    def load(self, obj: Any, items: Iterable[Any]) -> None:
        """Keep the whole collection, which a delete or a replacement has to know."""
        self._noted(obj, own_state(obj)).whole = list(items)

    set_committed = load

    # ---- refusals

    def refuse_replacing(self) -> NoReturn:
        raise exc.InvalidRequestError(
            f"The collection {self.label} is write-only: of a persistent object it cannot be replaced as a whole, since that "
            "would load it. Use add(), add_all() and remove(), or execute its delete() and insert() statements."
        )


class AbstractCollectionWriter(Generic[_T]):
    """What writes to a collection of one object without reading it."""

    instance: Any
    _attribute: WriteOnlyAttribute

    def __init__(self, instance: Any, attribute: WriteOnlyAttribute) -> None:
        self.instance = instance
        self._attribute = attribute

    def add(self, item: _T) -> None:
        """Put an object into the collection; the next flush writes that."""
        self._attribute.add(self.instance, item)

    def add_all(self, iterator: Iterable[_T]) -> None:
        """Put several objects into the collection."""
        for item in iterator:
            self._attribute.add(self.instance, item)

    def remove(self, item: _T) -> None:
        """Take an object out of the collection."""
        self._attribute.remove(self.instance, item)

    def _owned(self, target: Any) -> Any:
        """The condition that rows are in this collection."""
        return self._attribute.prop.belongs_to(self.instance, target)


class WriteOnlyCollection(AbstractCollectionWriter[_T]):
    """A collection that is written object by object and read by statements: no iteration, no length.

    >>> account.entries.add(Entry(amount=5))
    >>> session.scalars(account.entries.select().order_by(Entry.day).limit(10)).all()
    """

    def __iter__(self) -> NoReturn:
        raise TypeError(
            "WriteOnly collections don't support iteration in-place; to query for collection items, use the select() method to produce "
            "a SQL statement and execute it with session.scalars()."
        )

    def select(self) -> Select[_T]:
        """SELECT of the objects in the collection, in the relationship's order."""
        prop = self._attribute.prop
        statement: Any = Select(prop.entity.entity).where(self._owned(prop.entity))
        found: Select[_T] = statement.order_by(*prop.order_by) if prop.order_by else statement
        return found

    def insert(self) -> Insert:
        """INSERT of rows that belong to the object; for one-to-many relationships only."""
        prop = self._attribute.prop
        if prop.secondary is not None:
            raise exc.InvalidRequestError(
                f"A bulk INSERT can not fill {self._attribute.label}: it is many-to-many. INSERT the rows of "
                f"{prop.mapper.class_.__name__} by themselves, then pass the objects to add_all()."
            )
        return Insert(prop.mapper.class_).values(prop.foreign_key_binds(self.instance))

    def update(self) -> Update:
        """UPDATE of the rows in the collection."""
        prop = self._attribute.prop
        return Update(prop.mapper.class_).where(self._owned(prop.mapper))

    def delete(self) -> Delete:
        """DELETE of the rows in the collection."""
        prop = self._attribute.prop
        return Delete(prop.mapper.class_).where(self._owned(prop.mapper))


class WriteOnlyMapped(MappedContainer[_T_co]):
    """A collection that is never loaded as a whole: `posts: WriteOnlyMapped["Post"] = relationship()`."""

    __slots__ = ()
    _lazy = "write_only"

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[_T_co]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> WriteOnlyCollection[_T_co]: ...
        def __get__(self, instance: object | None, owner: Any) -> Any: ...

        def __set__(self, instance: Any, value: Iterable[_T_co]) -> None: ...
