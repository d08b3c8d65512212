"""`@compiles`: SQL text of your own for your own constructs, or for ours on one dialect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sublimate.compiler import registry as _registry
from sublimate.compiler.cache import forget_plans

_F = TypeVar("_F", bound=Callable[..., Any])


def compiles(class_: type, *specs: str) -> Callable[[_F], _F]:
    """Register a function `fn(element, compiler, **kw) -> str` as the SQL of a class, on the dialects named or on all.

    >>> from sublimate import Integer, column, select
    >>> from sublimate.expression.element import ColumnElement
    >>> class answer(ColumnElement):
    ...     inherit_cache = True
    ...     type = Integer()
    >>> @compiles(answer)
    ... def render_answer(element, compiler, **kw):
    ...     return "42"
    >>> print(select(column("a") > answer()))
    SELECT a > 42 AS anon_1
    """

    def register(function: _F) -> _F:
        table = _registry.CUSTOM.setdefault(class_, {})
        for name in specs or (None,):
            table[name] = function
        forget_plans()
        return function

    return register


def deregister(class_: type) -> None:
    """Forget what `@compiles` registered for a class."""
    if _registry.CUSTOM.pop(class_, None) is not None:
        forget_plans()
