"""Expressions of PostgreSQL's own: array literals, ordered aggregates, ANY and ALL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from sublimate import exc, types
from sublimate.compiler.registry import renders
from sublimate.compiler.rendering import Rendering
from sublimate.dialects.postgresql.arrays import ARRAY
from sublimate.dialects.postgresql.hstores import HSTORE
from sublimate.dialects.postgresql.types import REGCONFIG, TSQUERY, TSVECTOR
from sublimate.expression.binary import Grouping
from sublimate.expression.coerce import expression, ordering_argument
from sublimate.expression.element import ClauseElement, ColumnElement
from sublimate.expression.literal import bound
from sublimate.expression.node import child, children, typ
from sublimate.operators import eq
from sublimate.operators.functions import getitem, in_op, not_in_op
from sublimate.statements.func import func
from sublimate.statements.known_functions import GenericFunction
from sublimate.statements.syntax_extension import SyntaxExtension
from sublimate.types.base import NULLTYPE, to_instance

_T = TypeVar("_T")


class array(ColumnElement[Any]):
    """An array literal: `array([1, 2, 3])` renders `ARRAY[1, 2, 3]`."""

    __visit_name__ = "array"
    stringify_dialect = "postgresql"
    _fields = (children("clauses"), typ())

    def __init__(self, clauses: Iterable[Any], *, type_: Any = None, **kw: Any) -> None:
        self.clauses = tuple(expression(clause) for clause in clauses)
        if type_ is not None:
            item = to_instance(type_)
        else:
            item = self.clauses[0].type if self.clauses else NULLTYPE
        self.type: Any = _array_of(item)

    def __iter__(self) -> Any:
        return iter(self.clauses)

    def __len__(self) -> int:
        return len(self.clauses)

    def self_group(self, against: Any = None) -> Any:
        return Grouping(self) if against is getitem else self

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        """A list beside an array literal is one, too."""
        if other and isinstance(other[0], list) and op not in (in_op, not_in_op):
            other = (array(other[0], type_=self.type.item_type), *other[1:])
        return super().operate(op, *other, **kwargs)


def _array_of(item: Any) -> ARRAY:
    """The array type of an element type: one dimension more if that is an array itself."""
    if isinstance(item, ARRAY):
        return ARRAY(item.item_type, dimensions=(item.dimensions or 1) + 1)
    return ARRAY(item)


@renders("array", dialect="postgresql")
def render_array(node: array, ctx: Rendering, **kw: Any) -> str:
    items = ctx.render_list(node.clauses, **kw)
    if not node.clauses:
        if node.type.item_type._isnull:
            return "ARRAY[]"
        return f"ARRAY[]::{ctx.type_text(node.type)}"
    return f"ARRAY[{items}]"


class aggregate_order_by(ColumnElement[Any]):
    """The argument of an aggregate in some order: `func.array_agg(aggregate_order_by(t.c.name, t.c.id))`."""

    __visit_name__ = "aggregate_order_by_argument"
    stringify_dialect = "postgresql"
    _fields = (child("target"), children("order_by"), typ())

    def __init__(self, target: Any, *order_by: Any) -> None:
        self.target = expression(target)
        self.type = self.target.type
        if not order_by:
            raise TypeError("at least one ORDER BY element is required")
        self.order_by = tuple(ordering_argument(item) for item in order_by)


@renders("aggregate_order_by_argument", dialect="postgresql")
def render_aggregate_order_by(node: aggregate_order_by, ctx: Rendering, **kw: Any) -> str:
    return f"{ctx.render(node.target, **kw)} ORDER BY {ctx.render_list(node.order_by, **kw)}"


def array_agg(*args: Any, **kw: Any) -> Any:
    """`array_agg()` with PostgreSQL's ARRAY as its type."""
    kw["type_"] = ARRAY(expression(args[0]).type, dimensions=1)
    return func.array_agg(*args, **kw)


def Any_(other: Any, arrexpr: Any, operator: Any = eq) -> Any:
    """`other <operator> ANY (array)`."""
    return arrexpr.any(other, operator)


def All_(other: Any, arrexpr: Any, operator: Any = eq) -> Any:
    """`other <operator> ALL (array)`."""
    return arrexpr.all(other, operator)


class hstore(GenericFunction[Any]):
    """The `hstore()` function, which makes an hstore value."""

    type: Any = HSTORE()
    name = "hstore"


class _WithConfiguration(GenericFunction[Any]):
    """A function of text search: the first of two arguments is the name of a configuration."""

    _abstract = True

    def __init__(self, *args: Any, **kw: Any) -> None:
        if len(args) > 1 and isinstance(args[0], str):
            args = (bound(str(self.name), args[0], REGCONFIG()), *args[1:])
        super().__init__(*args, **kw)


class to_tsvector(_WithConfiguration):
    type: Any = TSVECTOR()


class to_tsquery(_WithConfiguration):
    type: Any = TSQUERY()


class plainto_tsquery(_WithConfiguration):
    type: Any = TSQUERY()


class phraseto_tsquery(_WithConfiguration):
    type: Any = TSQUERY()


class websearch_to_tsquery(_WithConfiguration):
    type: Any = TSQUERY()


class ts_headline(_WithConfiguration):
    type: Any = types.Text()


class DistinctOn(SyntaxExtension, ClauseElement):
    """`DISTINCT ON (…)`: `select(…).ext(distinct_on(t.c.name))`."""

    __visit_name__ = "distinct_on"
    replaces_distinct = True
    stringify_dialect = "postgresql"
    _fields = (children("columns"),)

    def __init__(self, *columns: Any) -> None:
        self.columns = tuple(ordering_argument(column) for column in columns)

    def apply_to_select(self, select_stmt: Any) -> None:
        if select_stmt._distinct_on:
            raise exc.InvalidRequestError(
                "This statement has a DISTINCT ON already: give all of its columns to one distinct_on()"
            )
        select_stmt.apply_syntax_extension_point(self._after_earlier, "pre_columns")

    def _after_earlier(self, existing: Any) -> list[Any]:
        """One DISTINCT ON of all columns, those of the earlier ones first."""
        earlier = [each for each in existing if isinstance(each, DistinctOn)]
        columns = [column for each in (*earlier, self) for column in each.columns]
        return [*(each for each in existing if each not in earlier), DistinctOn(*columns)]


@renders("distinct_on", dialect="postgresql")
def render_distinct_on(node: DistinctOn, ctx: Rendering, **kw: Any) -> str:
    return f"DISTINCT ON ({ctx.render_list(node.columns, **kw)})"


def distinct_on(*columns: Any) -> DistinctOn:
    """An extension of SELECT that keeps the first row of each group."""
    return DistinctOn(*columns)
