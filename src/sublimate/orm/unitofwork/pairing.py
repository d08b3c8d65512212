"""RETURNING promises no order: what came back for many new rows finds its object by something that both know.

That is, in this order: a sentinel column, a generated integer key (given out in the order of the rows), or a primary key
that the objects had before. Where there is none of these, the order of the rows is what databases keep in practice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from sublimate.orm.unitofwork.facts import ColumnFact, TableFacts
from sublimate.types.base import result_processor_for

Arrange = Callable[[Sequence[Any], Sequence[Any]], Sequence[Any]]


class Pairing:
    """How the rows of one INSERT find their objects: columns to return in addition, and a function that puts rows in order."""

    __slots__ = ("arrange", "extra")

    def __init__(
        self, facts: TableFacts, given: list[ColumnFact], fetched: list[ColumnFact], dialect: Any
    ) -> None:
        self.extra: list[ColumnFact] = []
        self.arrange: Arrange | None = None
        if not fetched:
            return
        if facts.sentinel is not None:
            self.extra = [facts.sentinel]
            self.arrange = _sorter(len(fetched))
            return
        counted = facts.table.autoincrement_column
        for position, fact in enumerate(fetched):
            if fact.column is counted:
                self.arrange = _sorter(position) if _counts_up(counted) else None
                return
            if fact.column.primary_key and _is_monotonic(fact.column.server_default):
                self.arrange = _sorter(position)
                return
        if all(fact in given for fact in facts.primary_key):
            self.extra = list(facts.primary_key)
            self.arrange = _matcher(self.extra, len(fetched), dialect)


def _counts_up(column: Any) -> bool:
    source = column.identity if column.identity is not None else column.default
    increment = getattr(source, "increment", None)
    return (increment is None or increment > 0) and not getattr(source, "cycle", False)


def _is_monotonic(default: Any) -> bool:
    """Whether a server default is a function whose values rise, as `func.uuidv7(monotonic=True)`."""
    return bool(getattr(getattr(default, "arg", None), "monotonic", False))


def _sorter(position: int) -> Arrange:
    by_count = itemgetter(position)

    def arrange(dicts: Sequence[Any], rows: Sequence[Any]) -> Sequence[Any]:
        return sorted(rows, key=by_count)

    return arrange


def _matcher(primary_key: list[ColumnFact], first: int, dialect: Any) -> Arrange:
    processors = [result_processor_for(fact.column.type, dialect) or _as_it_is for fact in primary_key]
    names = [fact.key for fact in primary_key]

    def arrange(dicts: Sequence[Any], rows: Sequence[Any]) -> Sequence[Any]:
        try:
            by_key = {
                tuple([read(value) for read, value in zip(processors, row[first:], strict=True)]): row
                for row in rows
            }
            return [by_key[tuple([values[name] for name in names])] for values in dicts]
        except (KeyError, TypeError):  # a key that comes back in another form than it was sent
            return rows

    return arrange


def _as_it_is(value: Any) -> Any:
    return value
