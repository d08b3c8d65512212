"""From a statement to a result, one line per phase: key, cache, compile, bind, send, result."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sublimate import exc
from sublimate.engine.buffer import RowBuffer, ServerBuffer
from sublimate.engine.context import ExecutionContext
from sublimate.engine.cursor import CursorResult, no_rows
from sublimate.engine.defaults import producer
from sublimate.engine.dispatching import after_execute, before_execute, tell_error
from sublimate.engine.dml import dml_steps
from sublimate.engine.parameters import distill, distill_driver
from sublimate.engine.plan import CorePlan, named_by_database, plan_for
from sublimate.engine.row import named_metadata
from sublimate.engine.send import decoded, fetch_steps, send_steps
from sublimate.engine.steps import ExecuteMany, Query, Step, Steps, Stream
from sublimate.engine.stream import PAGE, CursorStream
from sublimate.schema.defaults import DefaultGenerator
from sublimate.statements.select import select
from sublimate.statements.text import text
from sublimate.util.warnings import warn_deprecated

_FUNCTIONS = frozenset({"function", "next_value_func", "aggregate_strings_func"})
_BEGINS = frozenset("BbSs")
_SELECTS = re.compile(r"\s*(SELECT|WITH|VALUES)\b", re.IGNORECASE)
AnyResult = CursorResult[*tuple[Any, ...]]


def execute_steps(
    connection: Any,
    statement: Any,
    parameters: Any = None,
    execution_options: Mapping[str, Any] | None = None,
) -> Steps[AnyResult]:
    """Execute any statement on a connection."""
    if not getattr(statement, "supports_execution", False):
        if isinstance(statement, DefaultGenerator):
            return (yield from _default_steps(connection, statement))
        raise exc.ObjectNotExecutableError(statement)
    kind = getattr(statement, "__visit_name__", None)
    if kind in _FUNCTIONS:
        statement = select(statement).execution_options(**getattr(statement, "_execution_options", {}))
    elif kind is None:  # a session's Query
        raise exc.ObjectNotExecutableError(statement)
    params = distill(parameters)
    options = connection.merged_options(statement, execution_options)
    dispatch = connection.dispatch
    if dispatch is None:
        return (yield from _planned_steps(connection, statement, params, options))
    statement, params = before_execute(dispatch, connection, statement, params, options)
    try:
        result = yield from _planned_steps(connection, statement, params, options)
    except exc.StatementError as error:
        raise _told(dispatch, connection, error) from error.__cause__
    after_execute(dispatch, connection, statement, params, options, result)
    return result


def _told(dispatch: Any, connection: Any, error: exc.StatementError) -> BaseException:
    """The error to raise for a statement that was never sent, once the listeners know of it."""
    if getattr(error, "_told", False):
        return error
    lost = bool(getattr(error, "connection_invalidated", False))  # a BEGIN that found the connection gone
    told = tell_error(
        dispatch, connection.engine, connection, error, error.statement, error.params, None, lost
    )
    return told.exception


def control_steps(connection: Any, sql: str, make_step: Callable[[Any], Step]) -> Steps[None]:
    """Send a statement that has a step of its own (SAVEPOINT …), telling listeners as for any other."""
    dispatch = connection.dispatch
    statement, options = text(sql), connection.get_execution_options()
    before_execute(dispatch, connection, statement, None, options)
    args: Any = () if connection.dialect.positional else {}
    context = ExecutionContext(connection, sql, args)
    yield from send_steps(
        connection, lambda entry, *_: make_step(entry), None, sql, args, context=context, quiet=True
    )
    after_execute(dispatch, connection, statement, None, options, no_rows(-1, context))


def _planned_steps(
    connection: Any, statement: Any, params: Any, options: Mapping[str, Any]
) -> Steps[AnyResult]:
    if isinstance(params, Sequence) and len(params) == 1:
        params = params[0]  # a list of one is no batch: its key can be asked for
    if getattr(statement, "is_ddl", False):
        return (yield from _ddl_steps(connection, statement, options))
    plan = plan_for(connection.engine, statement, params, options)
    if plan.is_dml:
        return (yield from dml_steps(connection, plan, statement, params, options))
    if _streams(options) and (statement.__visit_name__ != "textclause" or _SELECTS.match(statement.text)):
        return (yield from _stream_steps(connection, plan, statement, params, options))
    if isinstance(params, Sequence):
        return (yield from _many_steps(connection, plan, statement, params, options))
    sql, args = plan.arguments(statement.binds, params)
    if plan.metadata is None:
        context = ExecutionContext(
            connection, sql, args, plan, False, statement.binds, (params or {},), options
        )
        return (yield from _outcome_steps(connection, plan, sql, args, options, context=context))
    rows = yield from fetch_steps(connection.engine, connection, plan, sql, args, options)
    return CursorResult(plan.metadata, RowBuffer(rows), -1, (connection, sql, args, plan, options))


def _streams(options: Mapping[str, Any]) -> bool:
    return bool(options.get("stream_results") or options.get("yield_per"))


def _ddl_steps(connection: Any, statement: Any, options: Mapping[str, Any]) -> Steps[AnyResult]:
    """DDL is compiled each time: it is rare, and not worth a plan."""
    translate = options.get("schema_translate_map")
    compiled = statement.compile(dialect=connection.dialect, schema_translate_map=translate)
    sql = str(compiled)
    args: Any = () if connection.dialect.positional else {}
    context = ExecutionContext(connection, sql, args, options=options, compiled=compiled)
    return (yield from _outcome_steps(connection, None, sql, args, options, "no key 0.00000s", context))


def _default_steps(connection: Any, default: Any) -> Steps[AnyResult]:
    """The next value of a sequence or default, as a row of one column."""
    if default.is_sequence:
        if not connection.dialect.supports_sequences:
            raise NotImplementedError(f"{connection.dialect.name} has no sequences")
        return (yield from execute_steps(connection, select(default.next_value())))
    if default.is_clause_element:
        return (yield from execute_steps(connection, select(default.arg)))
    value = producer(default)(ExecutionContext(connection, "", ()))
    return CursorResult(named_metadata(("default",)), RowBuffer([(value,)]))


def default_value(result: AnyResult) -> Any:
    """What `execute()` of a sequence or default gives: its value, as it always has."""
    warn_deprecated(
        "Using the .execute() method to invoke a DefaultGenerator object is deprecated; please use the .scalar() method."
    )
    return result.scalar()


def _outcome_steps(
    connection: Any,
    plan: CorePlan | None,
    sql: str,
    args: Any,
    options: Mapping[str, Any],
    origin: str | None = None,
    context: ExecutionContext | None = None,
) -> Steps[AnyResult]:
    """Send text whose columns only the database knows."""
    context = context or ExecutionContext(connection, sql, args, plan, options=options)
    begins = sql[:1] in _BEGINS and sql.upper().startswith(("BEGIN", "START TRANSACTION"))
    bare = not args and options.get("no_parameters")
    outcome = yield from send_steps(
        connection,
        _bare_query if bare else Query,
        plan,
        sql,
        args,
        not begins,
        context=context,
        origin=origin,
    )
    if begins:
        connection.begun_by_hand()
    context.rowcount, context.lastrowid = outcome.rowcount, outcome.lastrowid
    if not outcome.columns:
        return no_rows(outcome.rowcount, context)
    metadata = named_by_database(plan, tuple(outcome.columns))
    processors = metadata.processors
    untyped = None if processors is None else [i for i, process in enumerate(processors) if process is None]
    return CursorResult(
        metadata, RowBuffer(decoded(outcome, connection.dialect, untyped)), outcome.rowcount, context
    )


def _bare_query(entry: Any, sql: str, args: Any) -> Query:
    """Without parameters at all, so that the driver does not look for places to put them."""
    return Query(entry, sql, None)


def _many_steps(
    connection: Any, plan: CorePlan, statement: Any, params: Sequence[Any], options: Mapping[str, Any]
) -> Steps[AnyResult]:
    """One statement, many sets of parameters, no rows."""
    sql, args = plan.compiled.string, plan.arguments_of_many(statement.binds, params)
    context = ExecutionContext(connection, sql, args, plan, True, statement.binds, params, options)
    count = yield from send_steps(connection, ExecuteMany, plan, sql, args, many=True, context=context)
    return no_rows(count, context)


def _stream_steps(
    connection: Any, plan: CorePlan, statement: Any, params: Any, options: Mapping[str, Any]
) -> Steps[AnyResult]:
    """Leave the rows on the server and give a result that fetches them as they are asked for."""
    sql, args = plan.arguments(statement.binds, params)
    return (yield from _rows_left_steps(connection, plan, sql, args, options))


def _rows_left_steps(
    connection: Any, plan: CorePlan | None, sql: str, args: Any, options: Mapping[str, Any]
) -> Steps[AnyResult]:
    page = options.get("yield_per") or options.get("max_row_buffer") or PAGE
    make_step = partial(Stream, size=page)
    cursor = yield from send_steps(connection, make_step, plan, sql, args, options=options)
    metadata = (plan and plan.metadata) or named_by_database(plan, tuple(cursor.columns))
    result: AnyResult = CursorResult(metadata, ServerBuffer((), CursorStream(cursor, page, connection)))
    return result.yield_per(page) if options.get("yield_per") else result


def stream_steps(
    connection: Any,
    statement: Any,
    parameters: Any = None,
    execution_options: Mapping[str, Any] | None = None,
) -> Steps[AnyResult]:
    """Execute a statement and leave its rows on the server."""
    return execute_steps(
        connection, statement, parameters, {"stream_results": True, **(execution_options or {})}
    )


def driver_sql_steps(
    connection: Any, sql: str, parameters: Any = None, execution_options: Mapping[str, Any] | None = None
) -> Steps[AnyResult]:
    """Send SQL text as it is."""
    dispatch = connection.dispatch
    try:
        return (yield from _driver_sql_steps(connection, sql, parameters, execution_options))
    except exc.StatementError as error:
        if dispatch is None:
            raise
        raise _told(dispatch, connection, error) from error.__cause__


def _driver_sql_steps(
    connection: Any, sql: str, parameters: Any, execution_options: Mapping[str, Any] | None
) -> Steps[AnyResult]:
    args, many = distill_driver(parameters, () if connection.dialect.positional else {})
    options = connection.merged_options(None, execution_options)
    if many:
        context = ExecutionContext(connection, sql, args, many=True, options=options)
        count = yield from send_steps(connection, ExecuteMany, None, sql, args, many=True, context=context)
        return no_rows(count, context)
    if _streams(options) and _SELECTS.match(sql):
        args = None if not args and options.get("no_parameters") else args
        return (yield from _rows_left_steps(connection, None, sql, args, options))
    return (yield from _outcome_steps(connection, None, sql, args, options))
