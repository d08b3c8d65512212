"""INSERT, UPDATE and DELETE: defaults computed in Python, many rows, and what the database generated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sublimate import exc
from sublimate.engine.buffer import RowBuffer
from sublimate.engine.context import ExecutionContext
from sublimate.engine.cursor import CursorResult, no_rows
from sublimate.engine.defaults import fill
from sublimate.engine.many_values import ManyValues
from sublimate.engine.plan import CorePlan, named_by_database
from sublimate.engine.send import send_steps
from sublimate.engine.steps import Execute, ExecuteMany, Fetch, Query, Steps

AnyResult = CursorResult[*tuple[Any, ...]]


def dml_steps(
    connection: Any, plan: CorePlan, statement: Any, params: Any, options: Mapping[str, Any]
) -> Steps[AnyResult]:
    """Execute an INSERT, UPDATE or DELETE for one set of parameters or many."""
    binds = statement.binds
    if isinstance(params, Sequence):
        rows = with_defaults(connection, plan, binds, params)
        context = ExecutionContext(connection, plan.compiled.string, None, plan, True, binds, rows, options)
        if plan.metadata is not None:
            return (yield from _many_returning_steps(connection, plan, binds, rows, context, options))
        args = plan.arguments_of_many(binds, rows)
        count = yield from send_steps(
            connection, ExecuteMany, plan, plan.compiled.string, args, True, True, context
        )
        context.rowcount = count
        return no_rows(count, context)
    if plan.questions:
        params = yield from _answers_steps(connection, plan, params)
    (row,) = with_defaults(connection, plan, binds, [params or {}])
    sql, args = plan.arguments(binds, row)
    context = ExecutionContext(connection, sql, args, plan, False, binds, [row], options)
    return (yield from _one_steps(connection, plan, sql, args, context))


def _answers_steps(connection: Any, plan: CorePlan, params: Any) -> Steps[Mapping[str, Any]]:
    """The parameters, with the values that the database must make before the statement."""
    values = dict(params or {})
    for key, question in plan.questions:
        values[key] = (yield from connection.execute_steps(question)).scalar()
    return values


def _one_steps(
    connection: Any, plan: CorePlan, sql: str, args: Any, context: ExecutionContext
) -> Steps[AnyResult]:
    if plan.metadata is None and plan.compiled.returning:  # of columns that only the database can name
        outcome = yield from send_steps(connection, Query, plan, sql, args, True, False, context)
        context.rowcount = outcome.rowcount
        metadata = named_by_database(plan, tuple(outcome.columns))
        return CursorResult(metadata, RowBuffer(outcome.rows), outcome.rowcount, context)
    if plan.metadata is None:
        outcome = yield from send_steps(connection, Execute, plan, sql, args, True, False, context)
        context.rowcount, context.lastrowid = outcome.rowcount, outcome.lastrowid
        return no_rows(outcome.rowcount, context)
    raw = yield from send_steps(connection, Fetch, plan, sql, args, True, False, context)
    return _with_rows(plan, raw, context)


def _with_rows(plan: CorePlan, raw: Sequence[Any], context: ExecutionContext) -> AnyResult:
    """The rows of RETURNING: the caller's, or (asked for by the compiler) what the database generated."""
    assert plan.metadata is not None
    context.rowcount = len(raw)
    if plan.compiled.returning:
        return CursorResult(plan.metadata, RowBuffer(raw), len(raw), context)
    context.returned_defaults_rows = plan.metadata.rows(raw)
    return CursorResult(plan.metadata, RowBuffer(()), len(raw), context)


def with_defaults(
    connection: Any, plan: CorePlan, binds: tuple[Any, ...], rows: Sequence[Mapping[str, Any]]
) -> Sequence[Mapping[str, Any]]:
    """The rows, with the defaults that Python computes for what they leave out."""
    if not plan.defaults:
        return rows
    filled = [plan.named_values(binds, row) | dict(row) for row in rows]
    for row in filled:
        for key, _ in plan.defaults:
            if row.get(key) is None and not any(key in given for given in rows[:1]):
                row.pop(key, None)
    try:
        fill(ExecutionContext(connection, plan.compiled.string, None, plan), plan.defaults, filled)
    except Exception as error:
        raise plan.failed(error, filled) from error
    return filled


def _many_returning_steps(
    connection: Any,
    plan: CorePlan,
    binds: tuple[Any, ...],
    rows: Sequence[Mapping[str, Any]],
    context: ExecutionContext,
    options: Mapping[str, Any],
) -> Steps[AnyResult]:
    kind, dialect = plan.compiled.kind, connection.dialect
    if kind != "insert" or not dialect.insert_executemany_returning:
        raise plan.failed(
            exc.InvalidRequestError(
                f"Dialect {dialect.dialect_description} with current server capabilities does not support "
                f"{kind.upper()}..RETURNING when executemany is used"
            ),
            rows,
        )
    raw = yield from insert_returning_steps(
        connection,
        plan,
        plan.arguments_of_many(binds, rows),
        context,
        options.get("insertmanyvalues_page_size"),
    )
    return _with_rows(plan, raw, context)


def insert_returning_steps(
    connection: Any,
    plan: CorePlan,
    values: Sequence[Any],
    context: ExecutionContext | None = None,
    page: int | None = None,
) -> Steps[list[Any]]:
    """Insert rows (given as the driver's arguments) in as few round trips as possible; what RETURNING says, in order."""
    if plan.many_values is None:
        plan.many_values = ManyValues.of(plan.compiled) or False
    found: list[Any] = []
    if plan.many_values is False:
        for args in values:
            found.extend(
                (
                    yield from send_steps(
                        connection, Fetch, plan, plan.compiled.string, args, True, False, context
                    )
                )
            )
        return found
    pages = plan.many_values.pages(values, page)
    for number, (sql, args) in enumerate(pages, 1):
        origin = _page_origin(connection, plan, number, plan.many_values.count(values, page))
        found.extend(
            (yield from send_steps(connection, Fetch, plan, sql, args, True, False, context, origin))
        )
    return found


def _page_origin(connection: Any, plan: CorePlan, number: int, count: int) -> str | None:
    """What the log says of one page of many rows."""
    if not connection.engine.log.info_enabled():
        return None
    order = "ordered" if getattr(plan.compiled.statement, "_sort_by_parameter_order", False) else "unordered"
    which = f"{number}/{count} ({order})"
    return (
        f"{connection.engine.origin_of(plan)} (insertmanyvalues) {which}"
        if number == 1
        else f"insertmanyvalues {which}"
    )
