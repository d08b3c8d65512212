"""What the operators of PostgreSQL's documents, arrays and hstores share."""

from __future__ import annotations

from typing import Any

from sublimate.expression.literal import bound
from sublimate.expression.node import Node
from sublimate.operators import custom_op
from sublimate.types.base import TypeEngine
from sublimate.types.boolean import BOOLEANTYPE


def comparison(text: str) -> Any:
    """An operator that tells true or false."""
    return custom_op(text, precedence=5, is_comparison=True, eager_grouping=True, return_type=BOOLEANTYPE)


def typed(expr: Any, value: Any, type_: TypeEngine[Any]) -> Any:
    """An operand of a type of its own, not of the expression's."""
    if isinstance(value, Node) or hasattr(value, "__clause_element__"):
        return value
    return bound(expr._bind_base, value, type_)
