"""Decorators that tell which methods of a custom collection add, remove and iterate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class collection:
    """Marks for the methods of a custom collection class.

    >>> class Bag:
    ...     def __init__(self): self.items = []
    ...     @collection.appender
    ...     def put(self, item): self.items.append(item)
    ...     @collection.remover
    ...     def take(self, item): self.items.remove(item)
    ...     @collection.iterator
    ...     def __iter__(self): return iter(self.items)
    """

    @staticmethod
    def appender(fn: F) -> F:
        """The method that adds one object."""
        return _mark(fn, role="appender")

    @staticmethod
    def remover(fn: F) -> F:
        """The method that removes one object."""
        return _mark(fn, role="remover")

    @staticmethod
    def iterator(fn: F) -> F:
        """The method that gives all objects."""
        return _mark(fn, role="iterator")

    @staticmethod
    def internally_instrumented(fn: F) -> F:
        """A method that reports its changes through other methods, and is left alone."""
        return _mark(fn, instrumented=True)

    @staticmethod
    def converter(fn: F) -> F:
        """The method that turns an assigned value into an iterable of objects."""
        return _mark(fn, role="converter")

    @staticmethod
    def adds(arg: int | str) -> Callable[[F], F]:
        """A method that adds the object in this argument."""
        return lambda fn: _mark(fn, adds=arg)

    @staticmethod
    def removes(arg: int | str) -> Callable[[F], F]:
        """A method that removes the object in this argument."""
        return lambda fn: _mark(fn, removes=arg)

    @staticmethod
    def removes_return() -> Callable[[F], F]:
        """A method that removes the object it returns."""
        return lambda fn: _mark(fn, removes_return=True)

    @staticmethod
    def replaces(arg: int | str) -> Callable[[F], F]:
        """A method that adds the object in this argument, in the place of the one it returns."""
        return lambda fn: _mark(fn, adds=arg, removes_return=True)


def _mark(fn: F, **marks: Any) -> F:
    found = dict(getattr(fn, "_sa_collection", {}))
    found.update(marks)
    fn._sa_collection = found  # type: ignore[attr-defined]
    return fn


def marks_of(cls: type) -> dict[str, dict[str, Any]]:
    """Method name -> marks, the nearest class first."""
    found: dict[str, dict[str, Any]] = {}
    for base in cls.__mro__:
        for name, value in vars(base).items():
            marks = getattr(value, "_sa_collection", None)
            if marks is not None and name not in found:
                found[name] = marks
    return found
