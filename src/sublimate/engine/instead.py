"""Listeners that execute a statement themselves (`do_execute` and its kin): what their cursor has then is what it came to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from sublimate import exc
from sublimate.dialects.contract.driver import Outcome
from sublimate.engine.run import run_in_worker
from sublimate.engine.steps import Call, ExecuteMany, Fetch, Step, Steps, Stream
from sublimate.event import Dispatch, Listeners


class FetchedCursor:
    """Rows that a listener's cursor has brought, where a stream was asked for."""

    is_async: ClassVar[bool] = False

    def __init__(self, columns: Sequence[str], rows: Sequence[Any]) -> None:
        self.columns = columns
        self._rows = list(rows)

    def fetch(self, size: int) -> Sequence[Any]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def close(self) -> None:
        self._rows = []


def instead_of_sending(dispatch: Dispatch, context: Any, args: Any, many: bool) -> Listeners:
    """The listeners that may execute this statement in our place."""
    if many:
        return dispatch.do_executemany
    if not args and context.execution_options.get("no_parameters"):
        return dispatch.do_execute_no_params
    return dispatch.do_execute


def offered_steps(
    listeners: Listeners, connection: Any, entry: Any, step: Step, sql: str, args: Any, context: Any
) -> Steps[Any]:
    """Offer a statement to its listeners; carried out as usual unless one returns True."""
    given = (sql, context) if listeners is connection.dispatch.do_execute_no_params else (sql, args, context)

    def ask() -> bool:
        return any(listener(context.cursor, *given) for listener in listeners)

    try:
        taken: bool = (yield Call(run_in_worker, ask, is_async=True)) if entry.is_async else ask()
    except Exception as error:
        raise _translated(entry.connection, error, sql, args, isinstance(step, ExecuteMany)) from error
    if not taken:
        return (yield step)
    return _come_to(step, context.cursor.own)


def _translated(connection: Any, error: Exception, sql: str, args: Any, many: bool) -> Exception:
    """The driver's errors become ours, all others are the listener's."""
    base = getattr(connection.driver.load(), "Error", ())
    if isinstance(error, exc.SQLAlchemyError) or not isinstance(error, base):
        return error
    told: Exception = connection.driver.translate(error, sql, args, ismulti=many, lost=connection.closed)
    return told


def _come_to(step: Step, cursor: Any) -> Any:
    """What the step would have returned."""
    if isinstance(step, ExecuteMany):
        return -1 if cursor is None else cursor.rowcount
    description = cursor.description if cursor is not None else None
    names = [column[0] for column in description or ()]
    rows = cursor.fetchall() if names else ()
    if isinstance(step, Fetch):
        return rows
    if isinstance(step, Stream):
        return FetchedCursor(names, rows)
    if cursor is None:
        return Outcome((), (), -1)
    return Outcome(names, rows, cursor.rowcount, getattr(cursor, "lastrowid", None))
