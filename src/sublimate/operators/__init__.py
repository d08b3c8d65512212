"""Operators as functions, what is known of each as data, and the mixin that turns Python syntax into `operate()` calls."""

from .classes import OperatorClass
from .column_operators import ColumnOperators, Operators, custom_op
from .functions import *  # noqa: F403
from .table import (
    OperatorFacts,
    facts,
    is_associative,
    is_boolean,
    is_commutative,
    is_comparison,
    is_natural_self_precedent,
    is_ordering_modifier,
    is_precedent,
    mirror,
    negation,
)

__all__ = [
    "ColumnOperators",
    "OperatorClass",
    "OperatorFacts",
    "Operators",
    "custom_op",
    "facts",
    "is_associative",
    "is_boolean",
    "is_commutative",
    "is_comparison",
    "is_natural_self_precedent",
    "is_ordering_modifier",
    "is_precedent",
    "mirror",
    "negation",
]
