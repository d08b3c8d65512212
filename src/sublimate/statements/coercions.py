"""`expect(role, element)`: what a user gives, made what stands in that place of a statement, or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate.expression import roles
from sublimate.expression.coerce import (
    by_argument,
    column_argument,
    condition,
    constant,
    expression,
    from_argument,
    grouping_argument,
    ordering_argument,
)
from sublimate.expression.literal import literal

from .dml_base import dml_table
from .select_base import row_count

_RULES: dict[type, Callable[[Any], Any]] = {
    roles.ExpressionElementRole: expression,
    roles.BinaryElementRole: expression,
    roles.LiteralValueRole: literal,
    roles.ConstExprRole: constant,
    roles.WhereHavingRole: condition,
    roles.OnClauseRole: condition,
    roles.ColumnsClauseRole: column_argument,
    roles.ByOfRole: by_argument,
    roles.OrderByRole: ordering_argument,
    roles.GroupByRole: grouping_argument,
    roles.FromClauseRole: from_argument,
    roles.JoinTargetRole: from_argument,
    roles.LimitOffsetRole: row_count,
    roles.DMLTableRole: dml_table,
}


def expect(role: type[roles.SQLRole], element: Any, **kw: Any) -> Any:
    """The element as it stands in that place.

    >>> from sublimate.expression import roles
    >>> print(expect(roles.ExpressionElementRole, 5))
    :param_1
    """
    return _RULES[role](element)
