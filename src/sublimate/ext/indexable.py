"""index_property: an attribute that is one element of a JSON, HSTORE or ARRAY column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate.inspection import inspect
from sublimate.orm.attributes.functions import flag_modified

from .hybrid import hybrid_property

_NO_DEFAULT: Any = object()


class index_property(hybrid_property[Any]):
    """An element of an indexable attribute, as an attribute of its own: on instances, and in SQL on the class.

    >>> class Person(Base):
    ...     data = mapped_column(JSON)
    ...     name = index_property("data", "name")

    Without a `default`, an element that is not there raises AttributeError. `datatype` makes the container that an assignment
    needs when the attribute is None; `mutable=False` allows no assignments; `onebased=False` says that an ARRAY counts from 0.
    """

    def __init__(
        self,
        attr_name: str,
        index: int | str,
        default: Any = _NO_DEFAULT,
        datatype: Callable[[], Any] | None = None,
        mutable: bool = True,
        onebased: bool = True,
    ) -> None:
        self.attr_name = attr_name
        self.index = index
        self.default = default
        self.datatype = datatype or _container_for(index)
        self.onebased = onebased
        if mutable:
            super().__init__(self._get, self._put, self._remove, self.expr)
        else:
            super().__init__(self._get, None, None, self.expr)
        self.__name__: Any = None  # in SQL it has no name of its own

    # ---- on instances

    def _absent(self, error: Exception | None) -> Any:
        if self.default is _NO_DEFAULT:
            raise AttributeError(self.attr_name) from error
        return self.default

    def _get(self, instance: Any) -> Any:
        container = getattr(instance, self.attr_name)
        if container is None:
            return self._absent(None)
        try:
            return container[self.index]
        except (KeyError, IndexError) as error:
            return self._absent(error)

    def _put(self, instance: Any, value: Any) -> None:
        container = getattr(instance, self.attr_name)
        if container is None:
            container = self.datatype()
        container[self.index] = value
        self._store(instance, container)

    def _remove(self, instance: Any) -> None:
        container = getattr(instance, self.attr_name)
        if container is None:
            raise AttributeError(self.attr_name)
        try:
            del container[self.index]
        except KeyError as error:
            raise AttributeError(self.attr_name) from error
        self._store(instance, container)

    def _store(self, instance: Any, container: Any) -> None:
        setattr(instance, self.attr_name, container)
        if self.attr_name in inspect(instance).mapper.attrs:
            flag_modified(instance, self.attr_name)

    # ---- in SQL

    def expr(self, model: Any) -> Any:
        """The element as an expression; subclasses may change it, to cast it for example."""
        column = getattr(model, self.attr_name)
        index = self.index
        if isinstance(index, int) and self.onebased:
            index += 1
        return column[index]


def _container_for(index: int | str) -> Callable[[], Any]:
    if isinstance(index, int):
        return lambda: [None] * (index + 1)
    return dict


__all__ = ["index_property"]
