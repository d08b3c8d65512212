"""What may be said of a query after what: the errors of `Query` for calls in an order that would mean something else."""

from __future__ import annotations

from typing import Any

from sublimate import exc

_WITH_STATEMENT = (
    "Query.{0}() being called on a Query with an existing full statement - can't apply criterion."
)
_LIMITED = "Query.{0}() being called on a Query which already has LIMIT or OFFSET applied.  Call {0}() before limit() or offset() are applied."
_WITH_CRITERION = "Query.{0}() being called on a Query with existing criterion. "
_BULK = "Can't call Query.update() or Query.delete() when {0} has been called"

#: (fields of the SELECT, what set them)
_NOT_IN_BULK = (
    (("_limit_clause",), "limit()"),
    (("_offset_clause",), "offset()"),
    (("_order_by_clauses",), "order_by()"),
    (("_group_by_clauses",), "group_by()"),
    (("_distinct",), "distinct()"),
    (("_from_obj", "_setup_joins"), "join(), outerjoin(), select_from(), or from_self()"),
)
_SPECIFIC = ("_limit_clause", "_offset_clause", "_group_by_clauses", "_from_obj", "_setup_joins")


def no_statement(query: Any, method: str) -> None:
    """Refuse a clause on a query that has a whole statement already."""
    if query._from_text is not None:
        raise exc.InvalidRequestError(_WITH_STATEMENT.format(method))


def no_limit(query: Any, method: str) -> None:
    """Refuse a clause that would be applied before the LIMIT it was written after."""
    no_statement(query, method)
    select = query._select
    if select._limit_clause is not None or select._offset_clause is not None:
        raise exc.InvalidRequestError(_LIMITED.format(method))


def no_criterion(query: Any, method: str, *more: str) -> None:
    """Refuse what would throw clauses away: `more` names those that count besides the usual ones."""
    found = [name for name in (*_SPECIFIC, *more) if _has(query._select, name)]
    if query._from_text is not None or found or _has(query._select, "_where_criteria"):
        raise exc.InvalidRequestError(_WITH_CRITERION.format(method))


def composable(query: Any) -> None:
    """Refuse to make part of a statement what is a statement of its own."""
    if query._from_text is not None:
        raise exc.InvalidRequestError("Can't call this method on a Query that uses from_statement()")


def fits_bulk(query: Any) -> None:
    """Refuse UPDATE and DELETE of what those cannot say."""
    for fields, method in _NOT_IN_BULK:
        if any(_has(query._select, field) for field in fields):
            raise exc.InvalidRequestError(_BULK.format(method))


def _has(select: Any, field: str) -> bool:
    value = getattr(select, field)
    return value is not None and value != () and value is not False
