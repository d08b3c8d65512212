"""A list collection that keeps a position column of its members in step with their places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from sublimate.orm.collections import InstrumentedList

_T = TypeVar("_T")
OrderingFunc = Callable[[int, Sequence[Any]], Any]


def count_from_0(index: int, collection: object) -> int:
    return index


def count_from_1(index: int, collection: object) -> int:
    return index + 1


def count_from_n_factory(start: int) -> OrderingFunc:
    """Numbering that starts at `start`."""

    def count(index: int, collection: object) -> int:
        return index + start

    count.__name__ = f"count_from_{start}"
    return count


def ordering_list(
    attr: str,
    count_from: int | None = None,
    ordering_func: OrderingFunc | None = None,
    reorder_on_append: bool = False,
) -> Callable[[], OrderingList[Any]]:
    """A `collection_class` whose members know their position.

    >>> class Slide(Base):
    ...     bullets: Mapped[list["Bullet"]] = relationship(order_by="Bullet.position", collection_class=ordering_list("position"))
    """
    if ordering_func is None and count_from is not None:
        ordering_func = (
            count_from_0
            if count_from == 0
            else count_from_1
            if count_from == 1
            else count_from_n_factory(count_from)
        )
    return lambda: OrderingList(attr, ordering_func=ordering_func, reorder_on_append=reorder_on_append)


class OrderingList(InstrumentedList[_T]):
    """A list whose members' `ordering_attr` is their position."""

    def __init__(
        self,
        ordering_attr: str = "position",
        ordering_func: OrderingFunc | None = None,
        reorder_on_append: bool = False,
    ) -> None:
        super().__init__()
        self.ordering_attr = ordering_attr
        self.ordering_func: OrderingFunc = ordering_func if ordering_func is not None else count_from_0
        self.reorder_on_append = reorder_on_append

    def reorder(self) -> None:
        """Number all members anew."""
        for index, entity in enumerate(self):
            self._order_entity(index, entity, True)

    def _order_entity(self, index: int, entity: Any, reorder: bool = True) -> None:
        have = getattr(entity, self.ordering_attr)
        if have is not None and not reorder:
            return
        value = self.ordering_func(index, self)
        if have != value:
            setattr(entity, self.ordering_attr, value)

    def append(self, entity: _T) -> None:
        super().append(entity)
        self._order_entity(len(self) - 1, entity, self.reorder_on_append)

    def extend(self, entities: Iterable[_T]) -> None:
        for entity in list(entities):
            self.append(entity)

    def insert(self, index: Any, entity: _T) -> None:
        super().insert(index, entity)
        self.reorder()

    def remove(self, entity: _T) -> None:
        super().remove(entity)
        self.reorder()

    def pop(self, index: Any = -1) -> _T:
        entity = super().pop(index)
        self.reorder()
        return entity

    def __setitem__(self, index: Any, entity: Any) -> None:
        super().__setitem__(index, entity)
        self.reorder()

    def __delitem__(self, index: Any) -> None:
        super().__delitem__(index)
        self.reorder()


__all__ = ["OrderingList", "ordering_list"]
