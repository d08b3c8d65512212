"""CASE."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from sublimate import exc
from sublimate.types.base import NULLTYPE

from .coerce import condition, expression
from .element import ColumnElement
from .node import Field, child, nested, typ

_T = TypeVar("_T")


class Case(ColumnElement[_T]):
    """`CASE WHEN condition THEN result … ELSE else END`."""

    __visit_name__ = "case"
    _fields: ClassVar[tuple[Field, ...]] = (child("value"), nested("whens"), child("else_"), typ())

    def __init__(self, *whens: Any, value: Any = None, else_: Any = None) -> None:
        pairs = _pairs(whens)
        if value is not None:
            self.value = expression(value)
            self.whens = tuple((expression(c), expression(r)) for c, r in pairs)
        else:
            self.value = None
            self.whens = tuple((_condition(c), expression(r)) for c, r in pairs)
        self.else_ = expression(else_) if else_ is not None else None
        results = [r for _, r in reversed(self.whens)] + ([self.else_] if self.else_ is not None else [])
        self.type = next((r.type for r in results if not r.type._isnull), NULLTYPE)


def _pairs(whens: tuple[Any, ...]) -> list[tuple[Any, Any]]:
    if len(whens) == 1 and isinstance(whens[0], dict):
        return list(whens[0].items())
    if len(whens) == 1 and isinstance(whens[0], list):
        raise exc.ArgumentError(
            'The "whens" argument to case() is now passed as a series of positional elements, rather than as a list. '
        )
    for when in whens:
        if not isinstance(when, tuple) or len(when) != 2:
            raise exc.ArgumentError(f"case() takes (condition, result) pairs, got {when!r}")
    return list(whens)


def _condition(value: Any) -> Any:
    element = expression(value) if isinstance(value, (bool, str)) else condition(value)
    return element.self_group()


def case(*whens: Any, value: Any = None, else_: Any = None) -> Case[Any]:
    """`case((User.age < 18, "minor"), else_="adult")`."""
    return Case(*whens, value=value, else_=else_)
