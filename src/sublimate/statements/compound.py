"""UNION, INTERSECT and EXCEPT."""

from __future__ import annotations

import enum
from typing import Any, ClassVar, Self, TypeVarTuple

from sublimate import exc
from sublimate.expression.coerce import element_of
from sublimate.expression.node import Field, child, nested, token

from .columns import ColumnCollection
from .executable import TypedReturnsRows
from .labels import SelectLabelStyle
from .select import Select
from .select_base import GenerativeSelect

_Ts = TypeVarTuple("_Ts")


class CompoundSelectKeyword(enum.Enum):
    UNION = "UNION"
    UNION_ALL = "UNION ALL"
    EXCEPT = "EXCEPT"
    EXCEPT_ALL = "EXCEPT ALL"
    INTERSECT = "INTERSECT"
    INTERSECT_ALL = "INTERSECT ALL"


class CompoundSelect(GenerativeSelect, TypedReturnsRows[*_Ts]):
    """Selects joined by a set operation."""

    __visit_name__ = "compound_select"
    _fields: ClassVar[tuple[Field, ...]] = (
        token("keyword"), nested("selects"), nested("_order_by_clauses"), nested("_group_by_clauses"), child("_limit_clause"),
        child("_offset_clause"), child("_fetch_clause"), token("_fetch_clause_options"), child("_for_update_arg"),
        nested("_independent_ctes"), token("_label_style"), nested("_with_options"),
    )  # fmt: skip
    _auto_correlate = False

    def __init__(self, keyword: CompoundSelectKeyword, *selects: Any) -> None:
        self.keyword = keyword
        found = [_select_of(s) for s in selects]
        if not found:
            raise exc.ArgumentError(f"{keyword.value} needs at least one SELECT")
        self.selects = tuple(found)

    @property
    def selected_columns(self) -> ColumnCollection:
        found: ColumnCollection = self.selects[0].selected_columns
        return found

    def _subquery_columns(self) -> list[tuple[Any, Any, Any]]:
        return list(_inner(self.selects[0])._subquery_columns())

    def place_of(self, column: Any) -> int | None:
        """The position at which one of the SELECTs has this column."""
        for select in self.selects:
            columns = select.selected_columns
            found = columns.corresponding_column(column)
            if found is not None:
                return next(i for i, each in enumerate(columns) if each is found)
        return None

    @property
    def _raw_columns(self) -> tuple[Any, ...]:
        found: tuple[Any, ...] = _inner(self.selects[0])._raw_columns
        return found

    def get_final_froms(self) -> list[Any]:
        return [f for s in self.selects for f in _inner(s).get_final_froms()]

    def is_derived_from(self, fromclause: Any) -> bool:
        return any(_inner(s).is_derived_from(fromclause) for s in self.selects)

    def set_label_style(self, style: SelectLabelStyle) -> Self:
        """How the columns are told apart; the first SELECT names them."""
        first, *others = self.selects
        return self._with(selects=(first.set_label_style(style), *others))

    def union(self, *other: Any) -> CompoundSelect[*_Ts]:
        return union(self, *other)

    def union_all(self, *other: Any) -> CompoundSelect[*_Ts]:
        return union_all(self, *other)

    def intersect(self, *other: Any) -> CompoundSelect[*_Ts]:
        return intersect(self, *other)

    def intersect_all(self, *other: Any) -> CompoundSelect[*_Ts]:
        return intersect_all(self, *other)

    def except_(self, *other: Any) -> CompoundSelect[*_Ts]:
        return except_(self, *other)

    def except_all(self, *other: Any) -> CompoundSelect[*_Ts]:
        return except_all(self, *other)


def _inner(select: Any) -> Any:
    while select.__visit_name__ == "select_statement_grouping":
        select = select.element
    return select


def _select_of(value: Any) -> Any:
    element = element_of(value)
    if element is None or (
        not getattr(element, "is_select", False) and element.__visit_name__ != "select_statement_grouping"
    ):
        raise exc.ArgumentError(
            f"SELECT construct for inclusion in a UNION or other set construct expected, got {value!r}."
        )
    return element


def width_of(select: Any) -> int | None:
    """How many columns a SELECT has, if that is known."""
    inner = _inner(select)
    try:
        return len(inner._subquery_columns())
    except exc.InvalidRequestError:
        return None


def union(*selects: Select[*_Ts] | CompoundSelect[*_Ts] | TypedReturnsRows[*_Ts]) -> CompoundSelect[*_Ts]:
    return CompoundSelect(CompoundSelectKeyword.UNION, *selects)


def union_all(*selects: Select[*_Ts] | CompoundSelect[*_Ts] | TypedReturnsRows[*_Ts]) -> CompoundSelect[*_Ts]:
    return CompoundSelect(CompoundSelectKeyword.UNION_ALL, *selects)


def intersect(*selects: Select[*_Ts] | CompoundSelect[*_Ts] | TypedReturnsRows[*_Ts]) -> CompoundSelect[*_Ts]:
    return CompoundSelect(CompoundSelectKeyword.INTERSECT, *selects)


def intersect_all(
    *selects: Select[*_Ts] | CompoundSelect[*_Ts] | TypedReturnsRows[*_Ts],
) -> CompoundSelect[*_Ts]:
    return CompoundSelect(CompoundSelectKeyword.INTERSECT_ALL, *selects)


def except_(*selects: Select[*_Ts] | CompoundSelect[*_Ts] | TypedReturnsRows[*_Ts]) -> CompoundSelect[*_Ts]:
    return CompoundSelect(CompoundSelectKeyword.EXCEPT, *selects)


def except_all(
    *selects: Select[*_Ts] | CompoundSelect[*_Ts] | TypedReturnsRows[*_Ts],
) -> CompoundSelect[*_Ts]:
    return CompoundSelect(CompoundSelectKeyword.EXCEPT_ALL, *selects)
