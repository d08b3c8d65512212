"""Selects as operands: scalar subqueries, EXISTS, and the right side of IN."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar

from sublimate import exc
from sublimate.expression.binary import Grouping, UnaryExpression
from sublimate.expression.column import literal_column
from sublimate.expression.element import ColumnElement
from sublimate.expression.node import Field, child
from sublimate.operators import functions as f
from sublimate.types.base import NULLTYPE
from sublimate.types.boolean import BOOLEANTYPE

from .labels import LABEL_STYLE_DEFAULT, LABEL_STYLE_NONE
from .select import Select, select

_T = TypeVar("_T")


def _unlabelled(select: Any) -> Any:
    """The SELECT of an operand: nobody reads its columns by name."""
    if select.__visit_name__ == "compound_select":
        return select.set_label_style(LABEL_STYLE_NONE)
    columns = getattr(select, "_raw_columns", ())
    plain = len(columns) < 2 and getattr(select, "_label_style", LABEL_STYLE_DEFAULT) is LABEL_STYLE_DEFAULT
    return select if plain else select.set_label_style(LABEL_STYLE_NONE)


class ScalarSelect(ColumnElement[_T]):
    """A SELECT of one column as a value."""

    __visit_name__ = "scalar_select"
    _visited_as = "grouping"
    _fields: ClassVar[tuple[Field, ...]] = (child("element"),)

    def __init__(self, element: Any) -> None:
        self.element = _unlabelled(element)
        columns = list(element.selected_columns) if hasattr(element, "selected_columns") else []
        self.type = columns[0].type if columns else NULLTYPE

    @classmethod
    def of_no_value(cls, element: Any) -> Self:
        """A SELECT in parentheses of which nobody asks what its value is."""
        new = object.__new__(cls)
        new.element = _unlabelled(element)
        new.type = NULLTYPE
        return new

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        return ()

    def __getattr__(self, name: str) -> Any:
        """What neither it nor its type's comparator has is the SELECT's: `.limit()`, `.selected_columns` …"""
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_") or name in ("element", "type"):
                raise
            return getattr(self.element, name)

    def where(self, *crit: Any) -> Self:
        return self._with(element=self.element.where(*crit))

    def correlate(self, *fromclauses: Any) -> Self:
        return self._with(element=self.element.correlate(*fromclauses))

    def correlate_except(self, *fromclauses: Any) -> Self:
        return self._with(element=self.element.correlate_except(*fromclauses))

    def self_group(self, against: Any = None) -> Any:
        return self

    def as_in_operand(self) -> Any:
        return self

    @property
    def columns(self) -> Any:
        raise exc.InvalidRequestError(
            "Scalar Select expression has no columns; use this object directly within a column-level expression."
        )

    c = columns


class SelectInParentheses(ColumnElement[Any]):
    """A SELECT of any width, in parentheses, as an operand."""

    __visit_name__ = "select_statement_grouping"
    _fields: ClassVar[tuple[Field, ...]] = (child("element"),)
    is_selectable = True
    named_with_column = False

    def __init__(self, element: Any) -> None:
        self.element = _unlabelled(element)
        columns = list(element.selected_columns) if hasattr(element, "selected_columns") else []
        self.type = columns[0].type if columns else NULLTYPE

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        return ()

    @property
    def selected_columns(self) -> Any:
        return self.element.selected_columns


class Exists(UnaryExpression[bool]):
    """`EXISTS (SELECT …)`."""

    __visit_name__ = "exists"
    _visited_as = "unary"
    _fields: ClassVar[tuple[Field, ...]] = (child("element"),)

    def __init__(self, argument: Any = None) -> None:
        from .select_base import SelectBase

        if argument is None:
            argument = select(literal_column("*"))
        elif isinstance(argument, (ScalarSelect, SelectInParentheses, Grouping)):
            argument = argument.element
        elif not isinstance(argument, SelectBase):
            argument = Select(argument).set_label_style(LABEL_STYLE_NONE)
        self.element = ScalarSelect.of_no_value(argument)
        self.operator = f.exists
        self.modifier = None
        self.type = BOOLEANTYPE

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        return ()

    def _changed(self, method: str, *args: Any, **kw: Any) -> Self:
        changed = getattr(self.element.element, method)(*args, **kw)
        return self._with(element=self.element._with(element=changed))

    def where(self, *clauses: Any) -> Self:
        return self._changed("where", *clauses)

    def select_from(self, *froms: Any) -> Self:
        return self._changed("select_from", *froms)

    def correlate(self, *fromclauses: Any) -> Self:
        return self._changed("correlate", *fromclauses)

    def correlate_except(self, *fromclauses: Any) -> Self:
        return self._changed("correlate_except", *fromclauses)

    def with_hint(self, selectable: Any, text: str, dialect_name: str = "*") -> Self:
        return self._changed("with_hint", selectable, text, dialect_name)

    def with_statement_hint(self, text: str, dialect_name: str = "*") -> Self:
        return self._changed("with_statement_hint", text, dialect_name)

    def select(self) -> Select[bool]:
        return select(self)

    def scalar_subquery(self) -> ScalarSelect[bool]:
        return self.select().scalar_subquery()

    @property
    def _label_base(self) -> str | None:
        return "anon"


def exists(argument: Any = None, /) -> Exists:
    """`exists().where(…)`, or `exists(select(…))`."""
    return Exists(argument)
