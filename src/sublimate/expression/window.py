"""OVER, WITHIN GROUP, FILTER and FROM ONLY of aggregate and window functions."""

from __future__ import annotations

import enum
from typing import Any, ClassVar, Self, TypeVar

from sublimate import exc
from sublimate.operators.functions import and_, filter_op
from sublimate.operators.table import is_precedent

from .binary import BooleanClauseList, ClauseList, Grouping
from .coerce import by_argument, condition
from .element import ClauseElement, ColumnElement
from .literal import literal
from .node import Field, child, token

_T = TypeVar("_T")


class FrameClauseType(enum.Enum):
    UNBOUNDED = 0
    CURRENT = 1
    PRECEDING = 2
    FOLLOWING = 3


class FrameClause(ClauseElement):
    """A frame given in full: `FrameClause(1, 2, FrameClauseType.PRECEDING, FrameClauseType.FOLLOWING)`."""

    __visit_name__ = "frame_clause"
    _fields: ClassVar[tuple[Field, ...]] = (
        child("lower_bind"),
        child("upper_bind"),
        token("lower_type"),
        token("upper_type"),
    )

    def __init__(
        self, start: Any, end: Any, start_frame_type: FrameClauseType, end_frame_type: FrameClauseType
    ) -> None:
        self.lower_type, self.upper_type = start_frame_type, end_frame_type
        self.lower_bind = _frame_value(start, start_frame_type, "start")
        self.upper_bind = _frame_value(end, end_frame_type, "end")

    @classmethod
    def of(cls, bounds: Any) -> FrameClause:
        """(None, 0) and the like: negative numbers are rows before, 0 the current row, None no bound."""
        try:
            low, high = bounds
        except (TypeError, ValueError):
            raise exc.ArgumentError("2-tuple expected for range/rows/groups") from None
        (start, start_type), (end, end_type) = _bound_of(low), _bound_of(high)
        return cls(start, end, start_type, end_type)


def _frame_value(value: Any, kind: FrameClauseType, which: str) -> Any:
    if kind in (FrameClauseType.UNBOUNDED, FrameClauseType.CURRENT):
        if value is not None:
            raise exc.ArgumentError(f"Cannot specify a value for {which} with frame type {kind.name}")
        return None
    if value is None:
        raise exc.ArgumentError(f"A value is needed for {which} with frame type {kind.name}")
    return literal(value)


def _bound_of(value: Any) -> tuple[Any, FrameClauseType]:
    if value is None:
        return None, FrameClauseType.UNBOUNDED
    if not isinstance(value, int):
        raise exc.ArgumentError(
            f"Integer or None expected in a tuple that gives a frame, got {value!r}: use FrameClause for other values"
        )
    if value == 0:
        return None, FrameClauseType.CURRENT
    return abs(value), FrameClauseType.PRECEDING if value < 0 else FrameClauseType.FOLLOWING


def _frame(bounds: Any) -> FrameClause | None:
    return bounds if bounds is None or isinstance(bounds, FrameClause) else FrameClause.of(bounds)


class Over(ColumnElement[_T]):
    """`function OVER (PARTITION BY … ORDER BY … frame)`."""

    __visit_name__ = "over"
    _fields: ClassVar[tuple[Field, ...]] = (
        child("element"), child("partition_by"), child("order_by"), child("range_"), child("rows"), child("groups"), token("exclude"),
    )  # fmt: skip

    def __init__(
        self,
        element: Any,
        partition_by: Any = None,
        order_by: Any = None,
        range_: Any = None,
        rows: Any = None,
        groups: Any = None,
        exclude: str | None = None,
    ) -> None:
        self.element = element
        self.type = element.type
        self.partition_by = _by(partition_by)
        self.order_by = _by(order_by)
        self.range_, self.rows, self.groups = _frame(range_), _frame(rows), _frame(groups)
        self.exclude = exclude
        frames = sum(part is not None for part in (self.range_, self.rows, self.groups))
        if frames > 1:
            raise exc.ArgumentError("only one of 'rows', 'range_', or 'groups' may be provided")
        if exclude is not None and not frames:
            raise exc.ArgumentError(
                "'exclude' requires that one of 'rows', 'range_', or 'groups' is also specified"
            )


def _by(value: Any) -> ClauseList | None:
    if value is None:
        return None
    items = list(value) if isinstance(value, (list, tuple)) else [value]
    return ClauseList(*[by_argument(item) for item in items], group=False)


class WithinGroup(ColumnElement[_T]):
    """`function WITHIN GROUP (ORDER BY …)`."""

    __visit_name__ = "withingroup"
    _fields: ClassVar[tuple[Field, ...]] = (child("element"), child("order_by"))

    def __init__(self, element: Any, *order_by: Any) -> None:
        if not order_by:
            raise TypeError("at least one ORDER BY element is required")
        self.element = element
        self.order_by = ClauseList(*[by_argument(item) for item in order_by], group=False)
        within = getattr(element, "within_group_type", None)
        found = within(self) if within is not None else None
        self.type = found if found is not None else element.type

    @property
    def _label_base(self) -> str | None:
        found: str | None = self.element._label_base
        return found

    def over(
        self, *, partition_by: Any = None, order_by: Any = None, rows: Any = None, range_: Any = None, groups: Any = None,
        exclude: str | None = None,
    ) -> Over[_T]:  # fmt: skip
        return Over(self, partition_by, order_by, range_, rows, groups, exclude)

    def filter(self, *criterion: Any) -> Self | FunctionFilter[_T]:
        return FunctionFilter(self, *criterion) if criterion else self


class AggregateOrderBy(ColumnElement[_T]):
    """`function(argument ORDER BY …)`."""

    __visit_name__ = "aggregateorderby"
    _fields: ClassVar[tuple[Field, ...]] = (child("element"), child("order_by"))

    def __init__(self, element: Any, *order_by: Any) -> None:
        if not order_by:
            raise TypeError("at least one ORDER BY element is required")
        self.element = element
        self.type = element.type
        self.order_by = ClauseList(*[by_argument(item) for item in order_by], group=False)

    @property
    def _label_base(self) -> str | None:
        found: str | None = self.element._label_base
        return found

    def over(
        self, *, partition_by: Any = None, order_by: Any = None, rows: Any = None, range_: Any = None, groups: Any = None,
        exclude: str | None = None,
    ) -> Over[_T]:  # fmt: skip
        return Over(self, partition_by, order_by, range_, rows, groups, exclude)

    def filter(self, *criterion: Any) -> Self | FunctionFilter[_T]:
        return FunctionFilter(self, *criterion) if criterion else self


class FunctionFilter(ColumnElement[_T]):
    """`function FILTER (WHERE …)`."""

    __visit_name__ = "funcfilter"
    _is_atomic = False
    _fields: ClassVar[tuple[Field, ...]] = (child("func"), child("criterion"))

    def __init__(self, func: Any, *criterion: Any) -> None:
        self.func = func
        self.type = func.type
        self.criterion: Any = None
        self._add(criterion)

    def _add(self, criterion: tuple[Any, ...]) -> None:
        added = [condition(c) for c in criterion]
        every = added if self.criterion is None else [self.criterion, *added]
        self.criterion = every[0] if len(every) == 1 else BooleanClauseList.joined(and_, every)

    def filter(self, *criterion: Any) -> FunctionFilter[_T]:
        new = self._clone()
        new._add(criterion)
        return new

    def over(
        self, partition_by: Any = None, order_by: Any = None, range_: Any = None, rows: Any = None, groups: Any = None,
        exclude: str | None = None,
    ) -> Over[_T]:  # fmt: skip
        return Over(self, partition_by, order_by, range_, rows, groups, exclude)

    def within_group(self, *order_by: Any) -> WithinGroup[_T]:
        return WithinGroup(self, *order_by)

    def self_group(self, against: Any = None) -> Any:
        return Grouping(self) if is_precedent(filter_op, against) else self


def over(
    element: ColumnElement[_T], partition_by: Any = None, order_by: Any = None, range_: Any = None, rows: Any = None, groups: Any = None,
    exclude: str | None = None,
) -> Over[_T]:  # fmt: skip
    """A function over a window: `over(func.rank(), order_by=User.age)`."""
    return Over(element, partition_by, order_by, range_, rows, groups, exclude)


def aggregate_order_by(element: Any, *order_by: Any) -> AggregateOrderBy[Any]:
    """An aggregate of values in some order: `aggregate_order_by(func.array_agg(t.c.x), t.c.y.desc())`."""
    return AggregateOrderBy(element, *order_by)


def within_group(element: ColumnElement[_T], *order_by: Any) -> WithinGroup[_T]:
    return WithinGroup(element, *order_by)


def funcfilter(func: ColumnElement[_T], *criterion: Any) -> FunctionFilter[_T]:
    return FunctionFilter(func, *criterion)
