"""Which operators a type's expressions should not have: they are built all the same, with a warning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate.operators import custom_op
from sublimate.operators.classes import OperatorClass, refused_by
from sublimate.util.warnings import warn_deprecated

#: class of type -> the operators that none of its classes of operators has
REFUSED: dict[type, frozenset[Callable[..., Any]]] = {}


def refused_operators(type_: Any) -> frozenset[Callable[..., Any]]:
    """Found once for a class of types."""
    found = REFUSED.get(type_.__class__)
    if found is None:
        found = REFUSED[type_.__class__] = refused_by(_classes_of(type_))
    return found


def _classes_of(type_: Any) -> OperatorClass:
    """What a type says, or the one that it decorates."""
    while type_._is_type_decorator and type_.operator_classes is OperatorClass.UNSPECIFIED:
        type_ = type_.impl_instance
    classes: OperatorClass = type_.operator_classes
    return classes


def warn_of_operator(type_: Any, operator: Any) -> None:
    """Tell that a type has no such operator."""
    cls = type_.__class__
    if _classes_of(type_) is OperatorClass.UNSPECIFIED:
        warn_deprecated(
            f"Type object {cls} does not refer to an OperatorClass in its operator_classes attribute. This attribute will be required "
            "in a future release."
        )
        return
    custom = isinstance(operator, custom_op)
    name = f"custom operator {operator.opstring!r}" if custom else f"operator {operator.__name__!r}"
    warn_deprecated(
        f"Type object {cls} does not include {name} in its operator classes.  Using built-in operators (not including custom or "
        "overridden operators) outside of a type's stated operator classes is deprecated and will raise InvalidRequestError in a "
        "future release"
    )


def check_custom(type_: Any, operator: custom_op) -> None:
    """Tell that a type has no operators of the class of one that was made by `op()`."""
    if not _classes_of(type_) & operator.operator_class:
        warn_of_operator(type_, operator)
