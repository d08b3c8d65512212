"""Entities read from rows that another statement gives: each of their columns is looked up in the rows, by itself or by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from sublimate import exc
from sublimate.engine.row import ResultMetaData
from sublimate.types.base import NULLTYPE

from .columns import Columns
from .paths import StatementOptions
from .plan_tree import ColumnItem, FollowUp, Lowered, Occurrence
from .rows import Hydrator, make_hydrator, result_metadata


class _NotASelect:
    """Stands in a hydrator's plan for the statement, of which it only asks whether outer joins may leave entities out."""

    _from_obj: tuple[Any, ...] = (None,)
    _setup_joins: tuple[Any, ...] = ()


class ReadingPlan:
    """Which of a result's columns make up which entity."""

    __slots__ = (
        "_dialect",
        "_hydrators",
        "_positions",
        "lowered",
        "options",
        "orm_metadata",
        "translate",
        "waiting",
    )

    def __init__(
        self,
        entities: Sequence[Any],
        loader_options: Sequence[Any],
        metadata: ResultMetaData,
        dialect: Any,
        translate: Any = None,
    ) -> None:
        self.translate = translate
        options = StatementOptions(loader_options)
        columns = Columns(options)
        columns.add_all(tuple(entities))
        for occurrence in columns.entities:
            _settle(occurrence, columns, metadata)
        self._positions = [_position(metadata, e) for e in columns.expressions]
        lowered = Lowered(_NotASelect, columns.items, _untyped(columns.expressions))
        self._name(lowered)
        self.lowered = lowered
        occurrences = lowered.occurrences
        self.options = tuple(o.options for o in occurrences)
        self.waiting = tuple((i, o) for i, o in enumerate(occurrences) if o.follow_ups or o.polymorphic)
        self.orm_metadata = result_metadata(
            lowered, any(c.prop.uselist for o in occurrences for c in o.children)
        )
        self._dialect = dialect
        self._hydrators: dict[bool, Hydrator] = {}

    def _name(self, lowered: Lowered) -> None:
        for item in lowered.items:
            if isinstance(item, ColumnItem):
                found = item.objects[0]
                item.name = str(getattr(found, "key", None) or getattr(found, "name", "anon_1"))

    def pick(self, rows: Sequence[Any]) -> list[Any]:
        """The rows' values in the order of the entities' columns."""
        positions = [p if p is not None else -1 for p in self._positions]
        if len(positions) == 1:
            at = positions[0]
            return [(row[at],) for row in rows]
        pick: Callable[[Any], Any] = itemgetter(*positions)
        return [pick(row) for row in rows]

    def hydrator(self, populate_existing: bool) -> Hydrator:
        if populate_existing not in self._hydrators:
            self._hydrators[populate_existing] = make_hydrator(self.lowered, self._dialect, populate_existing)
        return self._hydrators[populate_existing]


class _Plain:
    """A column whose values were converted already."""

    def __init__(self, expression: Any) -> None:
        self.expression = expression
        self.type = NULLTYPE


def _untyped(expressions: list[Any]) -> list[Any]:
    return [_Plain(e) for e in expressions]


def _position(metadata: ResultMetaData, expression: Any) -> int | None:
    column = getattr(expression, "column", expression)
    for key in (expression, column):
        found = metadata.find(key)
        if found is not None:
            return found
    table = getattr(column, "table", None)
    name = getattr(column, "name", None)
    if name is None:
        return None
    found = metadata.find(str(name))
    if found is None and table is not None:
        found = metadata.find(f"{getattr(table, 'name', '')}_{name}")
    return found


def _keep_present(occurrence: Occurrence, columns: Columns, metadata: ResultMetaData) -> None:
    """Columns that the rows do not have stay unloaded; the primary key must be there."""
    kept = []
    for prop, position in occurrence.columns:
        if _position(metadata, columns.expressions[position]) is not None:
            kept.append((prop, position))
        elif any(c is column for c in occurrence.mapper.primary_key for column in prop.columns):
            raise exc.NoSuchColumnError(
                f"Could not locate column in row for column '{columns.expressions[position]}'"
            )
    occurrence.columns = kept


def _settle(occurrence: Occurrence, columns: Columns, metadata: ResultMetaData) -> None:
    """Columns that the rows do not have stay unloaded; what would be joined is loaded by statements of its own."""
    _keep_present(occurrence, columns, metadata)
    occurrence.follow_ups += [FollowUp(prop, choice) for prop, choice in occurrence.joined]
    for child in occurrence.children:
        _settle(child.occurrence, columns, metadata)


def reading_plan(
    entities: tuple[Any, ...], options: tuple[Any, ...], metadata: ResultMetaData, dialect: Any, translate: Any = None
) -> ReadingPlan:  # fmt: skip
    """The plan for these entities and rows."""
    return ReadingPlan(entities, options, metadata, dialect, translate)
