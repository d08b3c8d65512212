"""from_dml_column(): what an INSERT or UPDATE gives to another of its columns."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from .coerce import expression
from .element import ColumnElement
from .node import Field, child

_T = TypeVar("_T")


class DMLTargetCopy(ColumnElement[_T]):
    """The value that the statement around it gives to a column."""

    __visit_name__ = "dmltargetcopy"
    _fields: ClassVar[tuple[Field, ...]] = (child("column"),)

    def __init__(self, column: Any) -> None:
        self.column = expression(column)
        self.type = self.column.type

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        return ()


def from_dml_column(column: Any) -> DMLTargetCopy[Any]:
    """What an INSERT or UPDATE gives to another of its columns.

    >>> from sublimate import column, table
    >>> t = table("t", column("x"), column("y"))
    >>> print(t.update().values(x=t.c.x + 1, y=from_dml_column(t.c.x)))
    UPDATE t SET x=(t.x + :x_1), y=(t.x + :x_1)
    """
    return DMLTargetCopy(column)
