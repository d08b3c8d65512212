"""What the database filled in and no RETURNING told: read at once where `eager_defaults=True`, else when somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sublimate.engine.steps import Steps
from sublimate.expression.constructors import tuple_
from sublimate.orm.unitofwork.batches import Row
from sublimate.orm.unitofwork.facts import ColumnFact, TableFacts
from sublimate.statements.select import select

_PAGE = 500


def unfetched_steps(
    connection: Any, facts: TableFacts, unfetched: Sequence[ColumnFact], rows: list[Row]
) -> Steps[None]:
    """Deal with columns whose values only the database knows."""
    if not unfetched:
        return
    if facts.mapper.eager_defaults is not True or any(fact in facts.primary_key for fact in unfetched):
        _expire([fact.key for fact in unfetched], rows)
        return
    for start in range(0, len(rows), _PAGE):
        yield from _read_page_steps(connection, facts, unfetched, rows[start : start + _PAGE])


def _expire(keys: list[str], rows: list[Row]) -> None:
    for state, obj in rows:
        for key in keys:
            obj.__dict__.pop(key, None)
        state.expired_keys = {*(state.expired_keys or ()), *keys}


def _read_page_steps(
    connection: Any, facts: TableFacts, unfetched: Sequence[ColumnFact], rows: list[Row]
) -> Steps[None]:
    key = [fact.column for fact in facts.primary_key]
    by_key = {tuple([row[1].__dict__[fact.key] for fact in facts.primary_key]): row for row in rows}
    if len(key) == 1:
        condition = key[0].in_([values[0] for values in by_key])
    else:
        condition = tuple_(*key).in_(list(by_key))
    columns = [fact.column for fact in unfetched]
    result = yield from connection.execute_steps(select(*key, *columns).where(condition))
    for row in result:
        state, obj = by_key[tuple(row[: len(key)])]
        for fact, value in zip(unfetched, row[len(key) :], strict=True):
            obj.__dict__[fact.key] = value
        if state.expired_keys:
            state.expired_keys = {name for name in state.expired_keys if name not in obj.__dict__}
