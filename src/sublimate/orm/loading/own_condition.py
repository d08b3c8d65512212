"""The condition of a `with_loader_criteria()` that has a SELECT in it: the criteria do not apply inside of themselves."""

from __future__ import annotations

from typing import Any, ClassVar

from sublimate.expression.element import ColumnElement
from sublimate.expression.node import Field, child
from sublimate.expression.traverse import iterate
from sublimate.types.boolean import BOOLEANTYPE


class OwnCondition(ColumnElement[bool]):
    """`element`, in which the criteria with this mark are left out."""

    __visit_name__ = "own_condition"
    _fields: ClassVar[tuple[Field, ...]] = (child("element"),)

    def __init__(self, element: Any, mark: object) -> None:
        self.element = element
        self.mark = mark
        self.type = BOOLEANTYPE

    def self_group(self, against: Any = None) -> Any:
        element = self.element.self_group(against=against)
        return self if element is self.element else OwnCondition(element, self.mark)


def own_condition(condition: Any, mark: object) -> Any:
    """The condition; wrapped if there is a statement in it that the criteria might come back to."""
    nested = any(getattr(node, "is_select", False) for node in iterate(condition))
    return OwnCondition(condition, mark) if nested else condition
