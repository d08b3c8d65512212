"""Python syntax and named methods of column expressions, each handed to `operate(operator, *others)`."""

from __future__ import annotations

from typing import Any, Literal

from sublimate.util.subscriptable import subscriptable

from . import functions as f
from .classes import OperatorClass
from .table import OperatorFacts


@subscriptable
class Operators:
    """Base of everything with operators: `&`, `|`, `~` and `op()`."""

    __slots__ = ()

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(str(op))

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(str(op))

    def __and__(self, other: Any) -> Any:
        return self.operate(f.and_, other)

    def __or__(self, other: Any) -> Any:
        return self.operate(f.or_, other)

    def __invert__(self) -> Any:
        return self.operate(f.inv)

    def op(
        self,
        opstring: str,
        precedence: int = 0,
        is_comparison: bool = False,
        return_type: Any = None,
        python_impl: Any = None,
        operator_class: OperatorClass = OperatorClass.BASE,
        visit_name: str | None = None,
    ) -> Any:
        """Any SQL operator by its text: `column.op("&&")(5)` renders `column && 5`."""
        operator = custom_op(
            opstring,
            precedence,
            is_comparison,
            return_type,
            python_impl=python_impl,
            operator_class=operator_class,
        )
        return operator.bound_to(self)

    def bool_op(self, opstring: str, precedence: int = 0, python_impl: Any = None) -> Any:
        """`op()` whose result is a boolean."""
        return self.op(opstring, precedence=precedence, is_comparison=True, python_impl=python_impl)


@subscriptable
class custom_op:
    """An operator made by `op()`: compares equal to another of the same text and rules."""

    __slots__ = (
        "_key",
        "eager_grouping",
        "facts",
        "is_comparison",
        "natural_self_precedent",
        "operator_class",
        "opstring",
        "precedence",
        "python_impl",
        "return_type",
    )
    __name__ = "custom_op"

    def __init__(
        self,
        opstring: str,
        precedence: int = 0,
        is_comparison: bool = False,
        return_type: Any = None,
        natural_self_precedent: bool = False,
        eager_grouping: bool = False,
        python_impl: Any = None,
        operator_class: OperatorClass = OperatorClass.BASE,
        **_: Any,
    ) -> None:
        self.opstring = opstring
        self.operator_class = operator_class
        self.precedence = precedence
        self.is_comparison = is_comparison
        self.natural_self_precedent = natural_self_precedent
        self.eager_grouping = eager_grouping
        self.return_type = return_type() if isinstance(return_type, type) else return_type
        self.python_impl = python_impl
        self.facts = OperatorFacts(
            f" {opstring} ", precedence, comparison=is_comparison, associative=natural_self_precedent
        )
        type_key = None if self.return_type is None else self.return_type.shape_key
        self._key = (opstring, precedence, is_comparison, natural_self_precedent, eager_grouping, type_key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, custom_op) and other._key == self._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __call__(self, left: Any, right: Any, **kwargs: Any) -> Any:
        if isinstance(left, Operators):
            return left.operate(self, right, **kwargs)
        if self.python_impl is not None:
            return self.python_impl(left, right)
        raise TypeError(f"operator {self.opstring!r} has no python_impl to evaluate plain values with")

    def bound_to(self, left: Operators) -> Any:
        return lambda other: left.operate(self, other)


class ColumnOperators(Operators):
    """Comparison, arithmetic, string and set operators of column expressions."""

    __slots__ = ()
    timetuple: Literal[None] = None

    __hash__ = Operators.__hash__

    def __eq__(self, other: Any) -> Any:
        return self.operate(f.eq, other)

    def __ne__(self, other: Any) -> Any:
        return self.operate(f.ne, other)

    def __lt__(self, other: Any) -> Any:
        return self.operate(f.lt, other)

    def __le__(self, other: Any) -> Any:
        return self.operate(f.le, other)

    def __gt__(self, other: Any) -> Any:
        return self.operate(f.gt, other)

    def __ge__(self, other: Any) -> Any:
        return self.operate(f.ge, other)

    def __neg__(self) -> Any:
        return self.operate(f.neg)

    def __add__(self, other: Any) -> Any:
        return self.operate(f.add, other)

    def __sub__(self, other: Any) -> Any:
        return self.operate(f.sub, other)

    def __mul__(self, other: Any) -> Any:
        return self.operate(f.mul, other)

    def __truediv__(self, other: Any) -> Any:
        return self.operate(f.truediv, other)

    def __floordiv__(self, other: Any) -> Any:
        return self.operate(f.floordiv, other)

    def __mod__(self, other: Any) -> Any:
        return self.operate(f.mod, other)

    def __matmul__(self, other: Any) -> Any:
        return self.operate(f.matmul, other)

    def __pow__(self, other: Any) -> Any:
        return self.operate(f.pow_, other)

    def __lshift__(self, other: Any) -> Any:
        return self.operate(f.lshift, other)

    def __rshift__(self, other: Any) -> Any:
        return self.operate(f.rshift, other)

    def __getitem__(self, index: Any) -> Any:
        return self.operate(f.getitem, index)

    def __contains__(self, other: Any) -> Any:
        return self.operate(f.contains, other)

    def __radd__(self, other: Any) -> Any:
        return self.reverse_operate(f.add, other)

    def __rsub__(self, other: Any) -> Any:
        return self.reverse_operate(f.sub, other)

    def __rmul__(self, other: Any) -> Any:
        return self.reverse_operate(f.mul, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.reverse_operate(f.truediv, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return self.reverse_operate(f.floordiv, other)

    def __rmod__(self, other: Any) -> Any:
        return self.reverse_operate(f.mod, other)

    def __rmatmul__(self, other: Any) -> Any:
        return self.reverse_operate(f.matmul, other)

    def __rpow__(self, other: Any) -> Any:
        return self.reverse_operate(f.pow_, other)

    def __rlshift__(self, other: Any) -> Any:
        return self.reverse_operate(f.lshift, other)

    def __rrshift__(self, other: Any) -> Any:
        return self.reverse_operate(f.rshift, other)

    def concat(self, other: Any) -> Any:
        return self.operate(f.concat_op, other)

    def _rconcat(self, other: Any) -> Any:
        return self.reverse_operate(f.concat_op, other)

    def like(self, other: Any, escape: str | None = None) -> Any:
        return self.operate(f.like_op, other, escape=escape)

    def not_like(self, other: Any, escape: str | None = None) -> Any:
        return self.operate(f.not_like_op, other, escape=escape)

    def ilike(self, other: Any, escape: str | None = None) -> Any:
        return self.operate(f.ilike_op, other, escape=escape)

    def not_ilike(self, other: Any, escape: str | None = None) -> Any:
        return self.operate(f.not_ilike_op, other, escape=escape)

    def in_(self, other: Any) -> Any:
        return self.operate(f.in_op, other)

    def not_in(self, other: Any) -> Any:
        return self.operate(f.not_in_op, other)

    def is_(self, other: Any) -> Any:
        return self.operate(f.is_, other)

    def is_not(self, other: Any) -> Any:
        return self.operate(f.is_not, other)

    def is_distinct_from(self, other: Any) -> Any:
        return self.operate(f.is_distinct_from, other)

    def is_not_distinct_from(self, other: Any) -> Any:
        return self.operate(f.is_not_distinct_from, other)

    def startswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        return self.operate(f.startswith_op, other, escape=escape, autoescape=autoescape)

    def istartswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        return self.operate(f.istartswith_op, other, escape=escape, autoescape=autoescape)

    def endswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        return self.operate(f.endswith_op, other, escape=escape, autoescape=autoescape)

    def iendswith(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        return self.operate(f.iendswith_op, other, escape=escape, autoescape=autoescape)

    def contains(self, other: Any, **kw: Any) -> Any:
        return self.operate(f.contains_op, other, **kw)

    def icontains(self, other: Any, **kw: Any) -> Any:
        return self.operate(f.icontains_op, other, **kw)

    def match(self, other: Any, **kwargs: Any) -> Any:
        return self.operate(f.match_op, other, **kwargs)

    def regexp_match(self, pattern: Any, flags: str | None = None) -> Any:
        return self.operate(f.regexp_match_op, pattern, flags=flags)

    def regexp_replace(self, pattern: Any, replacement: Any, flags: str | None = None) -> Any:
        return self.operate(f.regexp_replace_op, pattern, replacement=replacement, flags=flags)

    def between(self, cleft: Any, cright: Any, symmetric: bool = False) -> Any:
        return self.operate(f.between_op, cleft, cright, symmetric=symmetric)

    def bitwise_and(self, other: Any) -> Any:
        return self.operate(f.bitwise_and_op, other)

    def bitwise_or(self, other: Any) -> Any:
        return self.operate(f.bitwise_or_op, other)

    def bitwise_xor(self, other: Any) -> Any:
        return self.operate(f.bitwise_xor_op, other)

    def bitwise_not(self) -> Any:
        return self.operate(f.bitwise_not_op)

    def bitwise_lshift(self, other: Any) -> Any:
        return self.operate(f.bitwise_lshift_op, other)

    def bitwise_rshift(self, other: Any) -> Any:
        return self.operate(f.bitwise_rshift_op, other)

    def desc(self) -> Any:
        return self.operate(f.desc_op)

    def asc(self) -> Any:
        return self.operate(f.asc_op)

    def nulls_first(self) -> Any:
        return self.operate(f.nulls_first_op)

    def nulls_last(self) -> Any:
        return self.operate(f.nulls_last_op)

    def collate(self, collation: str, collation_schema: str | None = None) -> Any:
        return self.operate(f.collate, collation, collation_schema=collation_schema)

    def distinct(self) -> Any:
        return self.operate(f.distinct_op)

    def any_(self) -> Any:
        return self.operate(f.any_op)

    def all_(self) -> Any:
        return self.operate(f.all_op)

    notlike = not_like
    notilike = not_ilike
    notin_ = not_in
    isnot = is_not
    isnot_distinct_from = is_not_distinct_from
    nullsfirst = nulls_first
    nullslast = nulls_last
