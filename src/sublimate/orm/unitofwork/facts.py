"""What writing rows of one table for one mapper needs to know about its columns. Made once per mapper and table."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import eq
from typing import Any

from sublimate.expression.node import Node
from sublimate.orm.mapping.join_condition import plain_columns
from sublimate.types.base import TypeEngine
from sublimate.util.generated import define

#: the types of most values: no SQL expression is of one of them
PLAIN: set[type] = {
    bool, bytes, datetime.date, datetime.datetime, datetime.time, datetime.timedelta, decimal.Decimal, dict, float, int,
    list, str, tuple, type(None), uuid.UUID,
}  # fmt: skip


def has_sql(rows: Iterable[Sequence[Any]]) -> bool:
    """Whether any of the rows' values is an SQL expression."""
    kinds = set(map(type, chain.from_iterable(rows)))
    return not kinds <= PLAIN and any(is_sql_type(kind) for kind in kinds)


def is_sql(value: Any) -> bool:
    """Whether a value is an SQL expression rather than data."""
    return type(value) not in PLAIN and is_sql_type(type(value))


def is_sql_type(kind: type) -> bool:
    """Whether values of a type are SQL expressions."""
    return kind not in PLAIN and (issubclass(kind, Node) or hasattr(kind, "__clause_element__"))


def as_sql(value: Any) -> Any:
    """An SQL expression on tables: attributes in it stand for their columns. Plain values as they are."""
    if not is_sql(value):
        return value
    return plain_columns(value if isinstance(value, Node) else value.__clause_element__())


class ColumnFact:
    """One column: where its value is found, and what gives it one if nobody did."""

    __slots__ = (
        "column",
        "compare",
        "generated",
        "insert_default",
        "keeps_none",
        "key",
        "optional",
        "server_onupdate",
        "update_default",
    )

    def __init__(self, key: str, column: Any, table: Any) -> None:
        self.key = key
        self.column = column
        own = type(column.type).compare_values is not TypeEngine.compare_values
        self.compare: Callable[[Any, Any], Any] = column.type.compare_values if own else eq
        self.keeps_none = bool(getattr(column.type, "should_evaluate_none", False))
        default = column.default
        by_python = default is not None and (default.is_scalar or default.is_callable)
        self.insert_default = default if by_python else None
        self.generated = not by_python and (
            default is not None
            or column.server_default is not None
            or column is getattr(table, "autoincrement_column", None)
        )
        self.optional = self.generated or (self.keeps_none and not by_python)
        onupdate = column.onupdate
        by_python = onupdate is not None and (onupdate.is_scalar or onupdate.is_callable)
        self.update_default = onupdate if by_python else None
        self.server_onupdate = (onupdate is not None and not by_python) or column.server_onupdate is not None


class TableFacts:
    """The columns of one table as one mapper sees them."""

    def __init__(self, mapper: Any, table: Any) -> None:
        self.mapper = mapper
        self.table = table
        self.columns: list[ColumnFact] = []
        shown: dict[Any, str] = {}
        if (
            table not in mapper.tables
        ):  # the class is mapped to a subquery that shows some of the table's columns
            shown = {
                base: key
                for key, prop in mapper.column_props.items()
                for column in prop.columns
                for base in column.base_columns
            }
        for column in table.c:
            key = mapper.key_of.get(column) or shown.get(column)
            counts = column._insert_sentinel and column.default is None and column.server_default is None
            if key is None and column.default is None and column.onupdate is None and not counts:
                continue
            self.columns.append(ColumnFact(key or f"_sa_unmapped_{column.key}", column, table))
        self.sentinel = next(
            (f for f in self.columns if f.column._insert_sentinel and f.key.startswith("_sa_unmapped_")), None
        )
        self.by_key = {fact.key: fact for fact in self.columns}
        self.alone = {fact.key: (fact.key,) for fact in self.columns}
        """One key as a tuple: the same tuple each time, so that it is recognized without being compared."""
        self.compare_of = {fact.key: fact.compare for fact in self.columns}
        self.optional = tuple(fact for fact in self.columns if fact.optional)
        self.primary_key = self._find_primary_key()
        root = not mapper.written_tables or table is mapper.written_tables[0]
        self.carried = (
            frozenset() if root or not mapper.passive_updates else frozenset(f.key for f in self.primary_key)
        )
        """The keys that the database carries on from the table above (ON UPDATE CASCADE): not written here."""
        self.version = (
            self.by_key.get(mapper.key_of.get(mapper.version_id_col))
            if mapper.version_id_col is not None
            else None
        )
        self.updated = tuple(fact for fact in self.columns if fact.update_default is not None)
        self.fetched_on_update = tuple(
            fact for fact in self.columns if fact.server_onupdate and not fact.key.startswith("_sa_")
        )
        self.masks_of: Callable[[Sequence[tuple[Any, Any]]], list[int]] = self._make_masks()

    def _find_primary_key(self) -> tuple[ColumnFact, ...]:
        keys = self.table.primary_key
        found = tuple(fact for fact in self.columns if any(fact.column is column for column in keys))
        if found:
            return found
        wanted = set(self.mapper.pk_keys)
        return tuple(fact for fact in self.columns if fact.key in wanted)

    def _make_masks(self) -> Callable[[Sequence[tuple[Any, Any]]], list[int]]:
        """Which of the columns that may be left out each row gives a value, as bits. None counts where the type keeps it."""
        bits = [
            f"({1 << i} if {f'{fact.key!r} in d' if fact.keeps_none else f'd.get({fact.key!r}) is not None'} else 0)"
            for i, fact in enumerate(self.optional)
        ]
        if not bits:
            return lambda rows: [0] * len(rows)
        source = (
            f"def masks(rows):\n    return [{' | '.join(bits)} for d in [obj.__dict__ for _, obj in rows]]\n"
        )
        return define(source, "masks", {}, "masks")

    def given(self, mask: int) -> list[ColumnFact]:
        """The columns an INSERT names when these optional ones were given values."""
        skipped = {fact.key for i, fact in enumerate(self.optional) if not mask >> i & 1}
        return [fact for fact in self.columns if fact.key not in skipped]

    def left_out(self, mask: int) -> list[ColumnFact]:
        """The columns the database fills."""
        return [fact for i, fact in enumerate(self.optional) if fact.generated and not mask >> i & 1]

    def left_null(self, mask: int) -> list[str]:
        """The keys of columns that are left out and have no default."""
        return [fact.key for i, fact in enumerate(self.optional) if not fact.generated and not mask >> i & 1]


def facts_of(mapper: Any, table: Any) -> TableFacts:
    """The facts of a table under a mapper; kept until the mapping changes."""
    known: dict[Any, TableFacts] = mapper.class_state.facts
    found = known.get(table)
    if found is None:
        found = known[table] = TableFacts(mapper, table)
    return found


def writer_of(mapper: Any, table: Any) -> Any:
    """The mapper highest up that maps the same columns of a table in the same way: its rows can go together."""
    known = mapper.class_state.writers
    found = known.get(table)
    if found is None:
        found, parent = mapper, mapper.inherits
        while parent is not None and not mapper.concrete and table in parent.tables:
            if [f.key for f in facts_of(parent, table).columns] != [
                f.key for f in facts_of(mapper, table).columns
            ]:
                break
            found, parent = parent, parent.inherits
        known[table] = found
    return found


def where_names(facts: TableFacts) -> list[tuple[ColumnFact, str]]:
    """The columns that find a row, with the names of their parameters."""
    found = list(facts.primary_key)
    if facts.version is not None:
        found.append(facts.version)
    taken = {fact.column.key for fact in facts.columns}
    names = []
    for fact in found:
        name = f"{facts.table.name}_{fact.column.name}"
        while name in taken:
            name = f"_{name}"
        names.append((fact, name))
    return names
