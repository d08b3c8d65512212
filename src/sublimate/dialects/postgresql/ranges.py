"""Ranges and multiranges: values that PostgreSQL keeps as one, with both bounds."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

from sublimate.dialects.postgresql.operands import comparison
from sublimate.operators import custom_op
from sublimate.operators import functions as f
from sublimate.operators.classes import OperatorClass
from sublimate.types.base import NULLTYPE, Dialect, Processor, TypeEngine
from sublimate.types.boolean import BOOLEANTYPE
from sublimate.types.comparator import Comparator

_T = TypeVar("_T", bound=Any)
_R = TypeVar("_R", bound=Any)
Bounds = Literal["()", "[)", "(]", "[]"]


_Edge = tuple[int, Any, int]
_DAY = datetime.timedelta(days=1)


def _step_of(range_: Range[Any]) -> Any:
    """The distance between neighbouring values, where there is one."""
    value = range_.upper if range_.lower is None else range_.lower
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return _DAY
    return 1 if isinstance(value, int) and not isinstance(value, bool) else None


def _edge(value: Any, unlimited: int, behind: bool, step: Any) -> _Edge:
    if value is None:
        return (unlimited, None, 0)
    if behind and step is not None:
        with suppress(OverflowError):  # the last day there is
            return (1, value + step, 0)
    return (1, value, int(behind))


def _bounds(lower: str, upper: str) -> Any:
    return lower + upper


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Range(Generic[_T]):
    """A range of values: `Range(1, 5)` holds 1 to 4; None as a bound means without limit."""

    lower: _T | None = None
    upper: _T | None = None
    _: dataclasses.KW_ONLY
    bounds: Bounds = "[)"
    empty: bool = False

    def __bool__(self) -> bool:
        return not self.empty

    @property
    def isempty(self) -> bool:
        return self.empty

    @property
    def is_empty(self) -> bool:
        return self.empty

    @property
    def lower_inc(self) -> bool:
        return self.bounds[0] == "["

    @property
    def upper_inc(self) -> bool:
        return self.bounds[1] == "]"

    @property
    def lower_inf(self) -> bool:
        return not self.empty and self.lower is None

    @property
    def upper_inf(self) -> bool:
        return not self.empty and self.upper is None

    @property
    def __sa_type_engine__(self) -> AbstractSingleRange[Any]:
        return AbstractSingleRange[Any]()

    # -- as two edges: a bound is a place just before or just after a value, so that edges can be compared

    def _edges(self) -> tuple[_Edge, _Edge]:
        step = _step_of(self)
        return _edge(self.lower, 0, not self.lower_inc, step), _edge(self.upper, 2, self.upper_inc, step)

    def contains(self, value: Any) -> bool:
        """Whether a value or another range lies inside.

        >>> Range(1, 5).contains(4), Range(1, 5).contains(Range(2, 5))
        (True, True)
        """
        if isinstance(value, Range):
            return value.empty or (
                not self.empty and self._starts_before(value) and value.not_extend_right_of(self)
            )
        if self.empty:
            return False
        lower, upper = self._edges()
        return lower <= (1, value, 0) < upper

    __contains__ = contains

    def contained_by(self, other: Range[Any]) -> bool:
        """Whether this range lies inside another."""
        return other.contains(self)

    def _starts_before(self, other: Range[Any]) -> bool:
        return self._edges()[0] <= other._edges()[0]

    def overlaps(self, other: Range[Any]) -> bool:
        """Whether the two have a value in common."""
        if self.empty or other.empty:
            return False
        (start, end), (other_start, other_end) = self._edges(), other._edges()
        return start < other_end and other_start < end

    def strictly_left_of(self, other: Range[Any]) -> bool:
        """Whether every value lies before every value of the other."""
        return not (self.empty or other.empty) and self._edges()[1] <= other._edges()[0]

    __lshift__ = strictly_left_of

    def strictly_right_of(self, other: Range[Any]) -> bool:
        """Whether every value lies after every value of the other."""
        return other.strictly_left_of(self)

    __rshift__ = strictly_right_of

    def not_extend_left_of(self, other: Range[Any]) -> bool:
        """Whether this range begins no earlier than the other."""
        return not (self.empty or other.empty) and other._starts_before(self)

    def not_extend_right_of(self, other: Range[Any]) -> bool:
        """Whether this range ends no later than the other."""
        return not (self.empty or other.empty) and self._edges()[1] <= other._edges()[1]

    def adjacent_to(self, other: Range[Any]) -> bool:
        """Whether the two touch without a value in common."""
        if self.empty or other.empty:
            return False
        (start, end), (other_start, other_end) = self._edges(), other._edges()
        return end == other_start or other_end == start

    def union(self, other: Range[_T]) -> Range[_T]:
        """The range of all values of both; ValueError if there is a gap between them."""
        if self.empty or other.empty:
            return other if self.empty else self
        if not self.overlaps(other) and not self.adjacent_to(other):
            raise ValueError("Adding non-overlapping and non-adjacent ranges is not implemented")
        (start, end), (other_start, other_end) = self._edges(), other._edges()
        first = self if start < other_start else other
        last = self if end > other_end else other
        return first._up_to(last)

    __add__ = union

    def intersection(self, other: Range[_T]) -> Range[_T]:
        """The range of the values in common."""
        if not self.overlaps(other):
            return Range(None, None, empty=True)
        first = self if other._starts_before(self) else other
        last = self if self._edges()[1] <= other._edges()[1] else other
        return first._up_to(last)

    __mul__ = intersection

    def difference(self, other: Range[_T]) -> Range[_T]:
        """The values that the other lacks; ValueError if they are no single range."""
        if not self.overlaps(other):
            return self
        (start, end), (other_start, other_end) = self._edges(), other._edges()
        if start < other_start and other_end < end:
            raise ValueError("Subtracting a strictly inner range is not implemented")
        if start < other_start:
            return Range(
                self.lower,
                other.lower,
                bounds=_bounds(self.bounds[0], "]" if other.bounds[0] == "(" else ")"),
            )
        if other_end < end:
            return Range(
                other.upper,
                self.upper,
                bounds=_bounds("(" if other.bounds[1] == "]" else "[", self.bounds[1]),
            )
        return Range(None, None, empty=True)

    __sub__ = difference

    def _up_to(self, last: Range[_T]) -> Range[_T]:
        """From the lower bound of this range to the upper bound of another."""
        return Range(self.lower, last.upper, bounds=_bounds(self.bounds[0], last.bounds[1]))

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, Range):
            return NotImplemented
        if self.empty or other.empty:
            return self.empty and other.empty
        return self._edges() == other._edges()

    def __hash__(self) -> int:
        return hash((self.lower, self.upper, self.bounds, self.empty))

    def __str__(self) -> str:
        if self.empty:
            return "empty"
        lower = "" if self.lower is None else str(self.lower)
        upper = "" if self.upper is None else str(self.upper)
        return f"{self.bounds[0]}{lower},{upper}{self.bounds[1]}"

    def _type_of_literal(self) -> TypeEngine[Any]:
        """The type that the range has as a literal in a statement, by its bounds."""
        kind = _kind_of(self)
        return NULLTYPE if kind is None else _RANGES[kind][0]()


class MultiRange(list[Range[_T]]):
    """Several ranges as one value."""

    def _type_of_literal(self) -> TypeEngine[Any]:
        kind = next((kind for one in self if (kind := _kind_of(one)) is not None), None)
        return NULLTYPE if kind is None else _RANGES[kind][1]()


def _kind_of(value: Range[Any]) -> Any:
    """What the bounds are, as `_RANGES` calls it; None without bounds."""
    bounds = [bound for bound in (value.lower, value.upper) if bound is not None]
    if not bounds:
        return None
    cls = type(bounds[0])
    if cls is int:
        return "int8" if any(not -(2**31) <= bound < 2**31 for bound in bounds) else int
    if cls is datetime.datetime:
        return "tz" if bounds[0].tzinfo is not None else cls
    return cls if cls in _RANGES else None


def _operator(text: str) -> Any:
    return custom_op(text, precedence=5, is_comparison=True, return_type=BOOLEANTYPE)


class RangeComparator(Comparator):
    """Operators of ranges."""

    __slots__ = ()

    def contains(self, other: Any, **kw: Any) -> Any:
        return self.expr.operate(comparison("@>"), other)

    def contained_by(self, other: Any) -> Any:
        return self.expr.operate(comparison("<@"), other)

    def overlaps(self, other: Any) -> Any:
        return self.expr.operate(_operator("&&"), other)

    def strictly_left_of(self, other: Any) -> Any:
        return self.expr.operate(_operator("<<"), other)

    __lshift__ = strictly_left_of

    def strictly_right_of(self, other: Any) -> Any:
        return self.expr.operate(_operator(">>"), other)

    __rshift__ = strictly_right_of

    def not_extend_right_of(self, other: Any) -> Any:
        return self.expr.operate(_operator("&<"), other)

    def not_extend_left_of(self, other: Any) -> Any:
        return self.expr.operate(_operator("&>"), other)

    def adjacent_to(self, other: Any) -> Any:
        return self.expr.operate(_operator("-|-"), other)

    def union(self, other: Any) -> Any:
        return self.expr.operate(f.add, other)

    def intersection(self, other: Any) -> Any:
        return self.expr.operate(f.mul, other)

    def difference(self, other: Any) -> Any:
        return self.expr.operate(f.sub, other)


class AbstractRange(TypeEngine[_R]):
    """The family of range types."""

    operator_classes = OperatorClass.NUMERIC

    type_family = True
    render_bind_cast = True
    Comparator = RangeComparator
    comparator_factory = RangeComparator

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self if isinstance(value, Range | list) else super().coerce_compared_value(op, value)


class AbstractSingleRange(AbstractRange[Range[_T]]):
    """The family of ranges."""

    __visit_name__ = "RANGE"

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        if dialect.name != "postgresql":
            return None
        make = dialect.range_factory()
        return lambda value: _to_driver(value, make)

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return _from_driver


class AbstractMultiRange(AbstractRange[Sequence[Range[_T]]]):
    """The family of multiranges."""

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        if dialect.name != "postgresql":
            return None
        make, collect = dialect.range_factory(), dialect.multirange_factory()

        def process(value: Any) -> Any:
            if value is None or isinstance(value, str):
                return value
            return collect([_to_driver(one, make) for one in value])

        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        def process(value: Iterable[Any] | None) -> Any:
            return None if value is None else MultiRange(_from_driver(one) for one in value)

        return process


def _to_driver(value: Any, make: Any) -> Any:
    if not isinstance(value, Range):
        return value
    return make(value.lower, value.upper, value.bounds, value.empty)


def _from_driver(value: Any) -> Any:
    if value is None:
        return None
    if value.isempty:
        return Range(empty=True)
    bounds: Any = ("[" if value.lower_inc else "(") + ("]" if value.upper_inc else ")")
    return Range(value.lower, value.upper, bounds=bounds)


class INT4RANGE(AbstractSingleRange[int]):
    """The PostgreSQL INT4RANGE type."""

    __visit_name__ = "INT4RANGE"


class INT8RANGE(AbstractSingleRange[int]):
    """The PostgreSQL INT8RANGE type."""

    __visit_name__ = "INT8RANGE"


class NUMRANGE(AbstractSingleRange[Decimal]):
    """The PostgreSQL NUMRANGE type."""

    __visit_name__ = "NUMRANGE"


class DATERANGE(AbstractSingleRange[datetime.date]):
    """The PostgreSQL DATERANGE type."""

    __visit_name__ = "DATERANGE"


class TSRANGE(AbstractSingleRange[datetime.datetime]):
    """The PostgreSQL TSRANGE type."""

    __visit_name__ = "TSRANGE"


class TSTZRANGE(AbstractSingleRange[datetime.datetime]):
    """The PostgreSQL TSTZRANGE type."""

    __visit_name__ = "TSTZRANGE"


class INT4MULTIRANGE(AbstractMultiRange[int]):
    """The PostgreSQL INT4MULTIRANGE type."""

    __visit_name__ = "INT4MULTIRANGE"


class INT8MULTIRANGE(AbstractMultiRange[int]):
    """The PostgreSQL INT8MULTIRANGE type."""

    __visit_name__ = "INT8MULTIRANGE"


class NUMMULTIRANGE(AbstractMultiRange[Decimal]):
    """The PostgreSQL NUMMULTIRANGE type."""

    __visit_name__ = "NUMMULTIRANGE"


class DATEMULTIRANGE(AbstractMultiRange[datetime.date]):
    """The PostgreSQL DATEMULTIRANGE type."""

    __visit_name__ = "DATEMULTIRANGE"


class TSMULTIRANGE(AbstractMultiRange[datetime.datetime]):
    """The PostgreSQL TSMULTIRANGE type."""

    __visit_name__ = "TSMULTIRANGE"


class TSTZMULTIRANGE(AbstractMultiRange[datetime.datetime]):
    """The PostgreSQL TSTZMULTIRANGE type."""

    __visit_name__ = "TSTZMULTIRANGE"


_RANGES: dict[Any, tuple[type[TypeEngine[Any]], type[TypeEngine[Any]]]] = {
    int: (INT4RANGE, INT4MULTIRANGE), "int8": (INT8RANGE, INT8MULTIRANGE), Decimal: (NUMRANGE, NUMMULTIRANGE),
    datetime.date: (DATERANGE, DATEMULTIRANGE), datetime.datetime: (TSRANGE, TSMULTIRANGE), "tz": (TSTZRANGE, TSTZMULTIRANGE),
}  # fmt: skip
