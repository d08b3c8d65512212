"""`@reconstructor`: a method that runs on every instance that is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])


def reconstructor(method: _F) -> _F:
    """Marks a method that runs on every instance that is loaded (`__init__` does not)."""
    method.__sa_reconstructor__ = True  # type: ignore[attr-defined]
    return method


def reconstructor_of(cls: type) -> Callable[..., Any] | None:
    """The reconstructor of a class or its bases."""
    for base in cls.__mro__:
        for method in vars(base).values():
            if getattr(method, "__sa_reconstructor__", None) is True:
                found: Callable[..., Any] | None = method
                return found
    return None
