"""What the transactions of a connection send: BEGIN when it is due, savepoints, COMMIT, ROLLBACK, the two phases. Verbs are steps."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sublimate import exc
from sublimate.engine.execute import control_steps
from sublimate.engine.steps import (
    Begin,
    CloseCursor,
    Commit,
    Execute,
    ReleaseSavepoint,
    Rollback,
    RollbackTo,
    Savepoint,
    Steps,
)
from sublimate.engine.tell import tell_steps


def send_begin_steps(connection: Any) -> Steps[None]:
    connection._begin_due = False
    yield from connection.guarded_steps(
        Begin(connection._entry, connection.engine.transaction_options(connection._options))
    )
    connection._on_wire = True


def send_savepoint_steps(connection: Any, name: str) -> Steps[None]:
    connection.engine.log.plain(f"SAVEPOINT {name}", connection.token)
    if (dispatch := connection.dispatch) is not None:
        yield from _told_savepoint_steps(
            connection, dispatch.savepoint, (None,), Savepoint, f"SAVEPOINT {name}", name
        )
        return
    yield from connection.guarded_steps(Savepoint(connection._entry, name))


def end_savepoint_steps(connection: Any, name: str, keep: bool) -> Steps[None]:
    if connection._entry is None:
        return
    connection.engine.log.plain(f"{'RELEASE' if keep else 'ROLLBACK TO'} SAVEPOINT {name}", connection.token)
    make_step = ReleaseSavepoint if keep else RollbackTo
    if (dispatch := connection.dispatch) is not None:
        listeners = dispatch.release_savepoint if keep else dispatch.rollback_savepoint
        sql = f"{'RELEASE' if keep else 'ROLLBACK TO'} SAVEPOINT {name}"
        yield from _told_savepoint_steps(connection, listeners, (name, None), make_step, sql, name)
        return
    yield from connection.guarded_steps(make_step(connection._entry, name))


def _told_savepoint_steps(
    connection: Any, listeners: Any, args: tuple[Any, ...], make_step: Any, sql: str, name: str
) -> Steps[None]:
    """Send it as the statement that it is, for those who listen to statements."""
    yield from tell_steps(connection._entry.is_async, listeners, connection, *args)
    yield from control_steps(connection, sql, lambda entry: make_step(entry, name))


def send_commit_steps(connection: Any) -> Steps[None]:
    engine = connection.engine
    if (dispatch := connection.dispatch) is not None:
        yield from tell_steps(connection.engine.pool.is_async, dispatch.commit, connection)
    if engine.log.info_enabled():
        note = (
            " using DBAPI connection.commit(), has no effect due to autocommit mode"
            if connection._autocommit
            else ""
        )
        engine.log.line(f"COMMIT{note}", connection.token)
    yield from _commit_steps(connection)


def _commit_steps(connection: Any) -> Steps[None]:
    if connection.open_streams:
        yield from close_streams_steps(connection)
    if connection._on_wire:
        yield from connection.guarded_steps(Commit(connection._entry))
        connection._on_wire = False
    connection._begin_due = False


def send_rollback_steps(connection: Any) -> Steps[None]:
    engine = connection.engine
    if (dispatch := connection.dispatch) is not None:
        yield from tell_steps(connection.engine.pool.is_async, dispatch.rollback, connection)
    if engine.log.info_enabled():
        note = (
            " using DBAPI connection.rollback(); set skip_autocommit_rollback to prevent fully"
            if connection._autocommit
            else ""
        )
        engine.log.line(f"ROLLBACK{note}", connection.token)
    yield from roll_back_steps(connection)


def roll_back_steps(connection: Any) -> Steps[None]:
    connection._begin_due = False
    if connection.open_streams:
        yield from close_streams_steps(connection)
    if connection._on_wire:
        connection._on_wire = False
        try:
            yield from connection.guarded_steps(Rollback(connection._entry))
        except exc.DBAPIError as error:
            if not error.connection_invalidated:
                raise  # a lost connection has rolled back already


def send_twophase_steps(connection: Any, verb: str, xid: str, prepared: bool) -> Steps[None]:
    """Prepare, commit or roll back: by the transaction's name once it is prepared."""
    if (dispatch := connection.dispatch) is not None:
        args = (xid,) if verb == "prepare" else (xid, prepared)
        yield from tell_steps(
            connection.engine.pool.is_async, getattr(dispatch, f"{verb}_twophase"), connection, *args
        )
    if (
        connection._entry is not None
    ):  # else lost: what was prepared waits to be recovered, the rest is rolled back
        yield from end_twophase_steps(connection, verb, xid, prepared)


def end_twophase_steps(connection: Any, verb: str, xid: str, prepared: bool) -> Steps[None]:
    statements = connection.dialect.twophase_sql(verb, xid, prepared)
    if statements is None:
        yield from _commit_steps(connection) if verb == "commit" else roll_back_steps(connection)
        return
    if connection.open_streams:
        yield from close_streams_steps(connection)
    try:
        yield from plain_statements_steps(connection, statements, tolerant=verb == "rollback")
    except exc.DBAPIError as error:
        if verb == "commit" and error.connection_invalidated:
            raise exc.CommitUnknownError(
                error.statement, None, error.orig, connection_invalidated=True
            ) from error.driver_exception
        raise
    connection._on_wire = False


def plain_statements_steps(connection: Any, statements: Sequence[str], tolerant: bool = False) -> Steps[None]:
    """Send statements as they are. Where only the last one counts, an earlier one may fail."""
    for number, sql in enumerate(statements, 1):
        connection.engine.log.plain(sql, connection.token)
        try:
            yield from connection.guarded_steps(Execute(connection._entry, sql, None))
        except exc.DBAPIError as error:
            if not tolerant or number == len(statements) or error.connection_invalidated:
                raise


def close_streams_steps(connection: Any) -> Steps[None]:
    """Close the cursors of streams that were not read to their end: they do not outlive the transaction."""
    for stream in list(connection.open_streams) if connection._entry is not None else ():
        with suppress(exc.DBAPIError):  # an aborted transaction has closed it already
            yield from connection.guarded_steps(CloseCursor(stream.cursor))
        if connection._entry is None:
            break
    connection.open_streams.clear()
