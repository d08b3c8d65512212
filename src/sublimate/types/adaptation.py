"""What type an operator's result has, as tables: (operator, left family, right family) -> result."""

from __future__ import annotations

from functools import cache
from typing import Any

from sublimate.operators import add, concat_op, floordiv, is_commutative, mul, sub, truediv
from sublimate.types.base import NULLTYPE, TypeEngine
from sublimate.types.comparator import Concatenable

_OTHER = object()
_SELF = object()


@cache
def _table() -> dict[tuple[Any, Any, Any], Any]:
    from sublimate.types.numeric import Float, Integer, Numeric
    from sublimate.types.temporal import AbstractInterval, Date, DateTime, Interval, Time

    span = AbstractInterval
    numbers: dict[tuple[Any, Any, Any], Any] = {
        (add, Integer, Date): _OTHER,
        (truediv, Integer, Integer): Numeric,
        (add, Date, span): DateTime,
        (add, Date, Time): DateTime,
        (sub, Date, Date): Integer,
        (sub, Date, DateTime): Interval,
        (sub, Date, span): DateTime,
        (sub, DateTime, DateTime): Interval,
        (add, Time, Date): DateTime,
        (sub, Time, Time): Interval,
        (add, span, Date): DateTime,
        (add, span, DateTime): _OTHER,
        (add, span, Time): _OTHER,
    }
    for number in (Numeric, Float):
        numbers[(mul, number, span)] = _OTHER
        for op in (add, sub, mul, truediv, floordiv):
            numbers[(op, Integer, number)] = _OTHER
    del numbers[(floordiv, Integer, Float)]
    numbers[(mul, Integer, span)] = _OTHER
    return numbers


def adapt_by_family(left: TypeEngine[Any], op: Any, right: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
    """Numbers, dates and times: by their families; anything not in the table keeps the left type."""
    family = left._type_affinity
    found = _table().get((op, family, right._type_affinity))
    if found is None:
        if (
            right._type_affinity is family
            and type(left) is family
            and op in (add, sub, mul, floordiv)
            and _is_integer(left)
        ):
            return op, right
        return op, left
    if found is _OTHER:
        return op, right
    if found is left._type_affinity:
        return op, left
    return op, found()


def _is_integer(type_: TypeEngine[Any]) -> bool:
    from sublimate.types.numeric import Integer

    return isinstance(type_, Integer)


def adapt_concatenable(left: TypeEngine[Any], op: Any, right: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
    """Strings, arrays and documents: ``+`` with one of their kind means ``||``."""
    if op is add and (isinstance(right, Concatenable) or is_concatenable(right) or right._isnull):
        return concat_op, left
    return op, left


def is_concatenable(type_: TypeEngine[Any]) -> bool:
    return isinstance(getattr(type_, "impl_instance", type_), Concatenable)


def adapt_null(left: TypeEngine[Any], op: Any, right: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
    """An operand of unknown type takes the other's type where the two sides could change places."""
    if right._isnull or not is_commutative(op):
        return op, left
    if op is add and is_concatenable(right):
        return right.adapt_operator(concat_op, left)
    return op, right.adapt_operator(op, NULLTYPE)[1]
