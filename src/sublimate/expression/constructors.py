"""The free functions that build expressions: and_, or_, desc, distinct …"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar, overload

from sublimate import exc
from sublimate.operators import functions as f
from sublimate.util.warnings import warn_deprecated

from .binary import (
    BinaryExpression,
    BooleanClauseList,
    ClauseList,
    CollationClause,
    CollectionAggregate,
    Tuple,
    UnaryExpression,
)
from .coerce import by_argument, condition, element_of
from .coerce import expression as as_expression
from .element import ColumnElement, SQLCoreOperations
from .operate import collection_aggregate, not_

_T = TypeVar("_T")


def and_(*clauses: Any) -> ColumnElement[bool]:
    """The conditions joined by AND."""
    return _joined(f.and_, clauses, "and_")


def or_(*clauses: Any) -> ColumnElement[bool]:
    """The conditions joined by OR."""
    return _joined(f.or_, clauses, "or_")


def _joined(operator: Any, clauses: tuple[Any, ...], name: str) -> ColumnElement[bool]:
    if not clauses:
        warn_deprecated(
            f"Invoking {name}() without arguments is deprecated, and will be disallowed in a future release.   "
            f"For an empty {name}() construct, use '{name}({'true' if name == 'and_' else 'false'}(), *args)' or "
            f"'{name}({'True' if name == 'and_' else 'False'}, *args)'."
        )
        return BooleanClauseList(operator, ())
    if len(clauses) == 1 and isinstance(clauses[0], Generator):
        clauses = tuple(clauses[0])
    joined: ColumnElement[bool] = BooleanClauseList.joined(operator, [condition(c) for c in clauses])
    return joined


def between(expr: Any, lower_bound: Any, upper_bound: Any, symmetric: bool = False) -> BinaryExpression[bool]:
    element: ColumnElement[Any] = as_expression(expr)
    return element.between(lower_bound, upper_bound, symmetric=symmetric)


def collate(expression: Any, collation: str, collation_schema: str | None = None) -> BinaryExpression[str]:
    """The expression compared and sorted by a collation: `collate(t.c.name, "C")`."""
    element: Any = as_expression(expression)
    collated: BinaryExpression[str] = element.collate(collation, collation_schema)
    return collated


@overload
def desc(column: SQLCoreOperations[_T]) -> UnaryExpression[_T]: ...
@overload
def desc(column: Any) -> UnaryExpression[Any]: ...
def desc(column: Any) -> UnaryExpression[Any]:
    """Descending order, of an expression or of a label or column named by a string."""
    own = _own_order(column, "desc")
    return UnaryExpression(by_argument(column), modifier=f.desc_op) if own is None else own()


@overload
def asc(column: SQLCoreOperations[_T]) -> UnaryExpression[_T]: ...
@overload
def asc(column: Any) -> UnaryExpression[Any]: ...
def asc(column: Any) -> UnaryExpression[Any]:
    """Ascending order."""
    own = _own_order(column, "asc")
    return UnaryExpression(by_argument(column), modifier=f.asc_op) if own is None else own()


@overload
def nulls_first(column: SQLCoreOperations[_T]) -> UnaryExpression[_T]: ...
@overload
def nulls_first(column: Any) -> UnaryExpression[Any]: ...
def nulls_first(column: Any) -> UnaryExpression[Any]:
    """Rows without a value before the others."""
    own = _own_order(column, "nulls_first")
    return UnaryExpression(by_argument(column), modifier=f.nulls_first_op) if own is None else own()


@overload
def nulls_last(column: SQLCoreOperations[_T]) -> UnaryExpression[_T]: ...
@overload
def nulls_last(column: Any) -> UnaryExpression[Any]: ...
def nulls_last(column: Any) -> UnaryExpression[Any]:
    """Rows without a value behind the others."""
    own = _own_order(column, "nulls_last")
    return UnaryExpression(by_argument(column), modifier=f.nulls_last_op) if own is None else own()


def _own_order(column: Any, name: str) -> Any:
    """What an attribute that is no column (a composite) makes of the direction itself."""
    if isinstance(column, ColumnElement) or not (
        hasattr(column, "__clause_element__") or isinstance(column, ClauseList)
    ):
        return None
    return getattr(column, name, None)


@overload
def distinct(expr: SQLCoreOperations[_T]) -> UnaryExpression[_T]: ...
@overload
def distinct(expr: Any) -> UnaryExpression[Any]: ...
def distinct(expr: Any) -> UnaryExpression[Any]:
    element = as_expression(expr)
    return UnaryExpression(element, operator=f.distinct_op, type_=element.type)


@overload
def bitwise_not(expr: SQLCoreOperations[_T]) -> UnaryExpression[_T]: ...
@overload
def bitwise_not(expr: Any) -> UnaryExpression[Any]: ...
def bitwise_not(expr: Any) -> UnaryExpression[Any]:
    element = as_expression(expr)
    return UnaryExpression(element, operator=f.bitwise_not_op, type_=element.type)


def tuple_(*clauses: Any, types: Any = None) -> Tuple:
    """`tuple_(a, b).in_([(1, 2)])`."""
    return Tuple(*clauses, types=types)


def any_(expr: Any) -> CollectionAggregate:
    """`value == any_(array_or_subquery)`."""
    return collection_aggregate(expr, f.any_op)


def all_(expr: Any) -> CollectionAggregate:
    """`value > all_(array_or_subquery)`."""
    return collection_aggregate(expr, f.all_op)


nullsfirst, nullslast = nulls_first, nulls_last
__all__ = [
    "CollationClause", "all_", "and_", "any_", "asc", "between", "bitwise_not", "collate", "desc", "distinct", "element_of",
    "exc", "not_", "nulls_first", "nulls_last", "nullsfirst", "nullslast", "or_", "tuple_",
]  # fmt: skip
