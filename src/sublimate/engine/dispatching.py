"""Asks the listeners of an execution: some may replace the statement, its parameters or the error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sublimate import exc
from sublimate.engine.error_context import ExceptionContext
from sublimate.event import Dispatch


def before_execute(
    dispatch: Dispatch, connection: Any, statement: Any, params: Any, options: Mapping[str, Any]
) -> tuple[Any, Any]:
    """Tell of a statement to come; the statement and parameters to use."""
    for listener in dispatch.before_execute:
        answer = listener(connection, statement, *split(params), options)
        if listener.retval:
            statement, many, one = answer
            params = many or one or None
    return statement, params


def after_execute(
    dispatch: Dispatch, connection: Any, statement: Any, params: Any, options: Mapping[str, Any], result: Any
) -> None:
    """Tell of a statement that was executed."""
    dispatch.after_execute(connection, statement, *split(params), options, result)


def split(params: Any) -> tuple[Any, Any]:
    """Parameters as listeners get them: many sets, and one set."""
    if params is None:
        return (), {}
    if isinstance(params, Sequence):
        return params, {}
    return [], params


def before_cursor_execute(
    dispatch: Dispatch, connection: Any, sql: str, args: Any, context: Any, many: bool
) -> tuple[str, Any]:
    """Tell of SQL about to be sent; the SQL and arguments to send."""
    cursor = context.cursor
    for listener in dispatch.before_cursor_execute:
        answer = listener(connection, cursor, sql, args, context, many)
        if listener.retval:
            sql, args = answer
    return sql, args


def after_cursor_execute(
    dispatch: Dispatch, connection: Any, sql: str, args: Any, context: Any, many: bool, outcome: Any
) -> None:
    """Tell of SQL that was sent, and what it came to."""
    context._note(outcome)
    dispatch.after_cursor_execute(connection, context.cursor, sql, args, context, many)


def tell_error(
    dispatch: Dispatch,
    engine: Any,
    connection: Any,
    error: BaseException,
    sql: str | None,
    args: Any,
    context: Any,
    lost: bool,
    pre_ping: bool = False,
) -> ExceptionContext:
    """Tell of an error. What listeners decided is in the context: whether the connection is lost, and what to raise."""
    told = ExceptionContext(engine, connection, error, sql, args, context, lost)
    if pre_ping:
        told.is_pre_ping, told.engine = True, None
    try:
        for listener in dispatch.handle_error:
            answer = listener(told)
            if answer is not None:
                told.chained_exception = answer
    except Exception as other:
        told.chained_exception = other
        told.cause = other.__cause__ or told.original_exception
    if isinstance(error, exc.DBAPIError):
        error.connection_invalidated = told.is_disconnect
    return told
