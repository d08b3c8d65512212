"""The one place that sends SQL: connection or one-shot, BEGIN when needed, echo, events, errors. Nothing else talks."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from typing import Any, NoReturn

from sublimate import exc
from sublimate.compiler.compiled import NeedsTransaction
from sublimate.engine.context import ExecutionContext
from sublimate.engine.dispatching import after_cursor_execute, before_cursor_execute, tell_error
from sublimate.engine.instead import instead_of_sending, offered_steps
from sublimate.engine.steps import Fetch, FetchOnce, Query, Step, Steps
from sublimate.types.processors import none_safe

StepFactory = Callable[[Any, str, Any], Step]


def fetch_steps(
    engine: Any, connection: Any, compiled: Any, sql: str, args: Any, options: Any = None
) -> Steps[Sequence[Any]]:
    """The rows of a planned read: on `connection`, or (None) on whatever connection is free, with no transaction.

    `options` are the execution options, for listeners.
    """
    if connection is not None:
        return (
            yield from _fetch_on_steps(connection, compiled, sql, args, compiled.needs_transaction, options)
        )
    if (
        engine.dispatch is not None
        or not engine.dialect.initialized
        or compiled.untyped
        or engine.log.info_enabled()
    ):
        return (yield from _observed_fetch_steps(engine, compiled, sql, args, options))
    try:
        rows: Sequence[Any] = yield FetchOnce(engine.reads or engine.pool, sql, args)
    except exc.StatementError as error:
        error.hide_parameters = engine.hide_parameters
        raise
    return rows


def _observed_fetch_steps(
    engine: Any, compiled: Any, sql: str, args: Any, options: Any
) -> Steps[Sequence[Any]]:
    """A read for which listeners want to see a connection, and the log a transaction. A replica that dies is left out."""
    others = 0 if engine.reads is None else len(engine.reads.replicas)
    while True:
        connection = yield from engine.reading_steps()
        pool = connection.pool_in_use
        try:
            return (yield from _fetch_on_steps(connection, compiled, sql, args, False, options))
        except exc.DBAPIError as error:
            if others == 0:
                raise
            others -= 1
            engine.reads.refused(pool, error)
        finally:
            yield from connection.close_steps()


def _fetch_on_steps(
    connection: Any,
    compiled: Any,
    sql: str,
    args: Any,
    needs_transaction: NeedsTransaction,
    options: Any = None,
) -> Steps[Sequence[Any]]:
    if not compiled.untyped:
        rows: Sequence[Any] = yield from send_steps(
            connection, Fetch, compiled, sql, args, needs_transaction, options=options
        )
        return rows
    outcome = yield from send_steps(
        connection, Query, compiled, sql, args, needs_transaction, options=options
    )
    return decoded(outcome, connection.dialect, compiled.untyped)


def decoded(outcome: Any, dialect: Any, untyped: Collection[int] | None = None) -> Sequence[Any]:
    """The rows, with JSON decoded in the columns whose type only the database knows (None: all columns)."""
    places = [place for place in outcome.json_columns if untyped is None or place in untyped]
    if not places:
        found: Sequence[Any] = outcome.rows
        return found
    loads = none_safe(dialect._json_deserializer or json.loads)
    rows = [list(row) for row in outcome.rows]
    for row in rows:
        for place in places:
            row[place] = loads(row[place])
    return rows


def send_steps(
    connection: Any,
    make_step: StepFactory,
    compiled: Any,
    sql: str,
    args: Any,
    needs_transaction: NeedsTransaction = True,
    many: bool = False,
    context: ExecutionContext | None = None,
    origin: str | None = None,
    quiet: bool = False,
    options: Any = None,
) -> Steps[Any]:
    """Send one statement on a connection and return what the step gives; `quiet`: it is in the log already."""
    entry = yield from connection.statement_steps(needs_transaction)
    engine = connection.engine
    dispatch = connection._dispatch or engine.dispatch
    if dispatch is not None:
        context = context or ExecutionContext(connection, sql, args, compiled, many, options=options)
        if type(args) is list and not many:
            args = tuple(args)
        context.sends(args, many)
        told_many = many or context.executemany
        sql, args = before_cursor_execute(dispatch, connection, sql, args, context, told_many)
    talking = not quiet and engine.log.info_enabled()
    if talking:
        engine.log_statement(sql, args, compiled, many, connection.token, origin)
    try:
        step = make_step(entry, sql, args)
        if dispatch is not None and (others := instead_of_sending(dispatch, context, args, many)):
            outcome = yield from offered_steps(others, connection, entry, step, sql, args, context)
        else:
            outcome = yield step
    except BaseException as error:
        yield from _failed_steps(connection, entry, error, sql, args, many, context)
    if dispatch is not None:
        after_cursor_execute(dispatch, connection, sql, args, context, told_many, outcome)
    if talking and engine.log.debug_enabled():
        _log_rows(connection, make_step, compiled, outcome)
    return outcome


def _failed_steps(
    connection: Any, entry: Any, error: BaseException, sql: str, args: Any, many: bool, context: Any
) -> Steps[NoReturn]:
    """Give the error its details, drop a connection that is lost or in the middle of an exchange, and raise."""
    engine = connection.engine
    if isinstance(error, exc.StatementError):
        error.hide_parameters = engine.hide_parameters
        error.ismulti = many
    dispatch = connection._dispatch or engine.dispatch
    if dispatch is None:
        yield from connection.give_up_steps(entry, error)
        raise error
    lost = bool(getattr(error, "connection_invalidated", False))
    told = tell_error(dispatch, engine, connection, error, sql, args, context, lost)
    yield from connection.give_up_steps(entry, error, told.invalidate_pool_on_disconnect)
    told.exception.__dict__["_told"] = True
    raise told.exception from told.cause or error.__cause__


def _log_rows(connection: Any, make_step: StepFactory, compiled: Any, outcome: Any) -> None:
    log, token = connection.engine.log, connection.token
    if make_step is Fetch:
        log.rows([column.name for column in compiled.result_columns], outcome, token)
    elif make_step is Query and outcome.columns:
        log.rows(outcome.columns, outcome.rows, token)
