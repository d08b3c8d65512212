"""Roles: where in a statement something is to stand, for `coercions.expect(role, element)` in users' constructs."""

from sublimate.util.subscriptable import subscriptable


@subscriptable
class SQLRole:
    """Any place in SQL."""


class ExpressionElementRole(SQLRole):
    """An operand."""


class LiteralValueRole(SQLRole):
    """A plain value."""


class ConstExprRole(SQLRole):
    """NULL, true or false, or an operand."""


class BinaryElementRole(ExpressionElementRole):
    """One side of an operator."""


class WhereHavingRole(SQLRole):
    """A condition."""


class OnClauseRole(WhereHavingRole):
    """The condition of a join."""


class ColumnsClauseRole(SQLRole):
    """What is selected."""


class TypedColumnsClauseRole(SQLRole):
    """What is selected, of a type that is known."""


class ByOfRole(SQLRole):
    """PARTITION BY, and the ORDER BY of functions."""


class OrderByRole(ByOfRole):
    """ORDER BY."""


class GroupByRole(ByOfRole):
    """GROUP BY."""


class FromClauseRole(SQLRole):
    """FROM."""


class JoinTargetRole(FromClauseRole):
    """What is joined."""


class LimitOffsetRole(SQLRole):
    """A number of rows."""


class DMLTableRole(SQLRole):
    """The table that a statement writes to."""
