"""AppenderQuery: a `lazy="dynamic"` collection of one object, as a query that can also be written to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar, overload

from sublimate.orm.attributes.descriptor import InstrumentedAttribute
from sublimate.orm.attributes.dynamic import DynamicAttribute
from sublimate.orm.attributes.mapped import MappedContainer
from sublimate.orm.attributes.write_only import AbstractCollectionWriter, WriteOnlyAttribute
from sublimate.orm.query import Query
from sublimate.orm.state.instance import session_of
from sublimate.util.warnings import warn

_T = TypeVar("_T", bound=Any)
_T_co = TypeVar("_T_co", bound=Any, covariant=True)


class AppenderMixin(AbstractCollectionWriter[_T]):
    """What makes a query class a dynamic collection. Without a session it holds what was added to it."""

    session: Any
    _plain: type[Query[Any]]

    def __init__(self, instance: Any, attribute: WriteOnlyAttribute) -> None:
        AbstractCollectionWriter.__init__(self, instance, attribute)
        prop = attribute.prop
        Query.__init__(self, prop.entity.entity, session_of(instance))  # type: ignore[arg-type]
        self._select: Any = self._select.where(self._owned(prop.entity))
        if prop.secondary is not None:
            self._select = self._select.select_from(prop.entity, prop.secondary)
        if prop.order_by:
            self._select = self._select.order_by(*prop.order_by)

    def _changed(self, select: Any, **facts: Any) -> Any:
        """Any change makes it a plain query."""
        new = object.__new__(self._plain)
        new.__dict__.update({k: v for k, v in self.__dict__.items() if k not in ("instance", "_attribute")})
        new.__dict__.update(facts, _select=select)
        return new

    def append(self, item: _T) -> None:
        """Put an object into the collection."""
        self.add(item)

    def extend(self, iterator: Iterable[_T]) -> None:
        """Put several objects into the collection."""
        self.add_all(iterator)

    def _in_memory(self) -> bool:
        """Whether there is no row yet that the collection's rows could refer to: a pending object is flushed first."""
        session, state = self.session, self.instance._sa_instance_state
        if session is None:
            return True
        if getattr(state, "pk", True) is None and session._autoflushes():
            session.flush()
        return getattr(state, "pk", True) is None

    def _held(self) -> list[Any]:
        """What it holds without a database."""
        if self._attribute.changes(self.instance._sa_instance_state) is None and self._is_detached():
            warn(
                f"{type(self.instance).__name__} is detached: its dynamic collection {self._attribute.label} cannot be read "
                "and looks empty. Add the object to a session first."
            )
        return self._attribute.related(self.instance)

    def _is_detached(self) -> bool:
        return getattr(self.instance._sa_instance_state, "pk", None) is not None

    def __iter__(self) -> Iterator[_T]:
        return iter(self._held()) if self._in_memory() else super().__iter__()  # type: ignore[misc]

    def all(self) -> list[_T]:
        return self._held() if self._in_memory() else super().all()  # type: ignore[misc]

    def count(self) -> int:
        return len(self._held()) if self._in_memory() else super().count()  # type: ignore[misc]

    @overload
    def __getitem__(self, item: int) -> _T: ...
    @overload
    def __getitem__(self, item: slice) -> list[_T]: ...
    def __getitem__(self, item: int | slice) -> Any:
        return self._held()[item] if self._in_memory() else super().__getitem__(item)  # type: ignore[misc]


class AppenderQuery(AppenderMixin[_T], Query[_T]):
    """A dynamic collection: every method of `Query`, and `append`, `extend`, `add`, `add_all`, `remove`.

    >>> user.posts.append(Post(title="x"))
    >>> user.posts.filter(Post.title.startswith("x")).limit(5).all()
    """

    _plain = Query


_classes: dict[type, type] = {Query: AppenderQuery}


def _appender_class(query_class: type | None) -> type:
    """The dynamic form of a query class."""
    cls = query_class or Query
    found = _classes.get(cls)
    if found is None:
        found = _classes[cls] = type(f"Appender{cls.__name__}", (AppenderMixin, cls), {"_plain": cls})
    return found


def _query_of(instance: Any, attribute: WriteOnlyAttribute) -> Any:
    return _appender_class(attribute.prop.query_class)(instance, attribute)


DynamicAttribute.query = staticmethod(_query_of)


class DynamicMapped(MappedContainer[_T_co]):
    """A collection read through a query: `posts: DynamicMapped["Post"] = relationship()`."""

    __slots__ = ()
    _lazy = "dynamic"

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[_T_co]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> AppenderQuery[_T_co]: ...
        def __get__(self, instance: object | None, owner: Any) -> Any: ...

        def __set__(self, instance: Any, value: Iterable[_T_co]) -> None: ...
