"""Sends rows by a plan: one row, or many in as few round trips as the dialect has a way for. Counts what was matched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sublimate import exc
from sublimate.engine.dml import insert_returning_steps
from sublimate.engine.plan import CorePlan
from sublimate.engine.send import send_steps
from sublimate.engine.steps import Execute, ExecuteMany, Fetch, Steps

_FEW = 3


def fetch_one_steps(connection: Any, core: CorePlan, args: Any, alone: bool = False) -> Steps[Sequence[Any]]:
    """One statement that returns rows; `alone` if the transaction consists of nothing else."""
    steps = send_steps(connection, Fetch, core, core.compiled.string, args)
    return _alone_steps(connection, steps) if alone else steps


def execute_one_steps(connection: Any, core: CorePlan, args: Any, alone: bool = False) -> Steps[Any]:
    """One statement that returns none: its outcome; `alone` if the transaction consists of nothing else."""
    steps = send_steps(connection, Execute, core, core.compiled.string, args)
    return _alone_steps(connection, steps) if alone else steps


def _alone_steps(connection: Any, steps: Steps[Any]) -> Steps[Any]:
    """The statement is its own transaction: one round trip instead of three. Its reply tells of the commit as well."""
    if not connection.skip_begin():
        return (yield from steps)
    try:
        outcome = yield from steps
        connection.expect_begin()
        return outcome
    except exc.DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise exc.CommitUnknownError(
            error.statement, error.params, error.orig, error.hide_parameters, connection_invalidated=True
        ) from error.driver_exception


def insert_many_returning_steps(
    connection: Any, plan: Any, args: Sequence[Any], rows: Sequence[Any]
) -> Steps[Sequence[Any]]:
    """New rows, in order, and what the database generated for them."""
    core = plan.core
    if plan.many is not None and (len(rows) >= _FEW or not plan.given):
        return (yield from _pages_steps(connection, plan, args, Fetch))
    return (yield from insert_returning_steps(connection, core, args))


def execute_many_steps(connection: Any, plan: Any, args: Sequence[Any]) -> Steps[int]:
    """A statement for many rows; how many it matched, or -1 where nobody knows."""
    core = plan.core
    if plan.many is not None and len(args) >= _FEW and plan.many.__class__.__name__ == "ManyRows":
        outcomes = yield from _pages_steps(connection, plan, args, Execute)
        return sum(outcome.rowcount for outcome in outcomes)
    if connection.dialect.supports_sane_multi_rowcount or core.compiled.kind == "insert":
        count: int = yield from send_steps(
            connection, ExecuteMany, core, core.compiled.string, args, True, True
        )
        return count
    matched = 0
    for each in args:
        outcome = yield from execute_one_steps(connection, core, each)
        matched += outcome.rowcount
    return matched


def _pages_steps(connection: Any, plan: Any, args: Sequence[Any], step: Any) -> Steps[list[Any]]:
    """Send rows page by page; rows that were fetched, or the outcomes."""
    found: list[Any] = []
    rows = [tuple(each.values()) for each in args] if args and args[0].__class__ is dict else args
    for sql, arguments, _ in plan.many.pages(rows):
        answer = yield from send_steps(connection, step, plan.core, sql, arguments)
        if step is Fetch:
            found.extend(answer)
        else:
            found.append(answer)
    return found


def fetch_pages_steps(connection: Any, plan: Any, args: Sequence[Any]) -> Steps[list[Any]]:
    """Rows that a many-row statement returns."""
    return _pages_steps(connection, plan, args, Fetch)
