"""Attributes of a scope that are those of its current session: methods are called on it, facts are read and set on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


def proxied(source: type, methods: Iterable[str], facts: Iterable[str]) -> Callable[[type[T]], type[T]]:
    """A class decorator: `source`'s methods and facts, of whatever session `self.registry()` gives."""

    def decorate(cls: type[T]) -> type[T]:
        for name in methods:
            setattr(cls, name, _method(name, getattr(source, name).__doc__))
        for name in facts:
            setattr(cls, name, _fact(name, getattr(getattr(source, name, None), "__doc__", None)))
        return cls

    return decorate


def _method(name: str, doc: str | None) -> Any:
    def method(self: Any, *args: Any, **kw: Any) -> Any:
        return getattr(self.registry(), name)(*args, **kw)

    method.__name__ = name
    method.__doc__ = doc
    return method


def _fact(name: str, doc: str | None) -> Any:
    def get(self: Any) -> Any:
        return getattr(self.registry(), name)

    def set_(self: Any, value: Any) -> None:
        setattr(self.registry(), name, value)

    return property(get, set_, doc=doc)


READING = ("execute", "scalars", "scalar", "get", "get_one")
FACTS = (
    "new", "dirty", "deleted", "identity_map", "is_active", "autoflush", "no_autoflush", "info", "bind", "execution_options",
)  # fmt: skip
