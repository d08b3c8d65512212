"""Classes that take type arguments at run time, as annotations that are evaluated give them: `Query[User]`, `Integer[int]`."""

from __future__ import annotations

from types import GenericAlias
from typing import Any, TypeVar

_C = TypeVar("_C", bound=type[Any])


def subscriptable(cls: _C) -> _C:
    """Class decorator: a class and those below it take type arguments, whether or not they are generic to type checkers."""

    def __class_getitem__(sub: type[Any], item: Any) -> Any:
        generic = getattr(super(cls, sub), "__class_getitem__", None)
        if generic is not None:
            try:
                return generic(item)
            except TypeError:  # all its type variables are decided
                pass
        return GenericAlias(sub, item)

    cls.__class_getitem__ = classmethod(__class_getitem__)
    return cls
