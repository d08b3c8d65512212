"""Column defaults that are computed before the statement is sent: in Python, row by row, or by a question to the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sublimate.engine.context import ExecutionContext
from sublimate.statements.select import select

Producer = Callable[[ExecutionContext], Any]


def producers(
    prefetch: Sequence[tuple[Any, str]], for_update: bool, several: bool = False
) -> tuple[tuple[str, Producer], ...]:
    """For each column that Python makes a value for: the key of its parameter, and what makes the value."""
    found = [(column, key, column.onupdate if for_update else column.default) for column, key in prefetch]
    return tuple(
        (
            key,
            _in_group(producer(default), key.removeprefix(column.key) or "_m0")
            if several
            else producer(default),
        )
        for column, key, default in found
        if not _is_question(default)
    )


def _in_group(make: Producer, suffix: str) -> Producer:
    """One of several rows of VALUES has parameters with a suffix (`name_m1`); its defaults see those of their row, by plain names."""

    def made(context: ExecutionContext) -> Any:
        context.group_suffix = suffix
        try:
            return make(context)
        finally:
            context.group_suffix = None

    return made


def questions(prefetch: Sequence[tuple[Any, str]]) -> tuple[tuple[str, Any], ...]:
    """For each column whose value the database is asked for first: the key of its parameter, and the SELECT."""
    return tuple(
        (key, select(column.default.next_value() if column.default.is_sequence else column.default.arg))
        for column, key in prefetch
        if _is_question(column.default)
    )


def _is_question(default: Any) -> bool:
    return bool(default.is_sequence or default.is_clause_element)


def producer(default: Any) -> Producer:
    """What makes a default's value: its function, or its plain value."""
    if default.is_callable:
        found: Producer = default.arg
        return found
    value = default.arg
    return lambda context: value


def fill(
    context: ExecutionContext, making: Sequence[tuple[str, Producer]], rows: Sequence[dict[str, Any]]
) -> None:
    """Add the defaults to the rows that do not give the values themselves; a default to come is None to those before it."""
    for row in rows:
        missing = [pair for pair in making if pair[0] not in row]
        for key, _ in missing:
            row[key] = None
        context.current_parameters = row
        for key, make in missing:
            row[key] = make(context)
    context.current_parameters = None
