"""Comparator: the operators that an expression offers because of its type."""

from __future__ import annotations

from typing import Any, ClassVar

from sublimate.operators import ColumnOperators


class Comparator(ColumnOperators):
    """Operators of an expression of one type; subclass it to give a type operators of its own.

    An operator that is not overridden goes back to the expression, which builds it in the plain way.
    """

    __slots__ = ("expr", "type")

    def __init__(self, expr: Any) -> None:
        self.expr = expr
        self.type = expr.type

    def __clause_element__(self) -> Any:
        return self.expr

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return self.expr._operate_plain(op, *other, **kwargs)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        return self.expr._reverse_operate_plain(op, other, **kwargs)


class ConcatenableComparator(Comparator):
    """Marks types whose ``+`` means concatenation."""

    __slots__ = ()


class Concatenable:
    """A mixin for types whose values can be concatenated with ``+``."""

    Comparator: ClassVar[Any] = ConcatenableComparator
    comparator_factory: ClassVar[Any] = ConcatenableComparator


class IndexableComparator(Comparator):
    """Marks types whose values can be indexed with ``[...]``."""

    __slots__ = ()


class Indexable:
    """A mixin for types whose values can be indexed."""

    Comparator: ClassVar[Any] = IndexableComparator
    comparator_factory: ClassVar[Any] = IndexableComparator
