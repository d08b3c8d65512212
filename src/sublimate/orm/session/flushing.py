"""Flush: the unit of work plans and carries out; a failure rolls the transaction back and asks for rollback()."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sublimate import exc
from sublimate.engine.steps import Steps
from sublimate.orm.unitofwork import flush_steps as unit_of_work_steps
from sublimate.util.warnings import warn_deprecated

from .transaction import SessionTransaction, SessionTransactionOrigin

_HINT = "raised as a result of Query-invoked autoflush; consider using a session.no_autoflush block if this flush is occurring prematurely"


def autoflush_steps(session: Any, options: Mapping[str, Any]) -> Steps[None]:
    """Flush before a query, so that it sees the session's own changes."""
    if session._flushing or (options and options.get("autoflush") is False):
        return
    session._autoflushing = True
    try:
        yield from flush_steps(session)
    except exc.StatementError as error:
        error.add_detail(_HINT)
        raise
    finally:
        session._autoflushing = False


def flush_steps(session: Any, objects: Sequence[Any] | None = None) -> Steps[None]:
    """Write the session's changes."""
    if session._flushing:
        raise exc.InvalidRequestError("Session is already flushing")
    if not session._has_changes():
        return
    if objects is not None:
        warn_deprecated(
            "The `objects` parameter of `Session.flush` is deprecated: flush() writes all changes"
        )
    transaction = session._use()
    session._flushing = True
    try:
        yield from _flush_steps(session, transaction, objects)
    except BaseException as error:
        yield from transaction.fail_steps(error)
        raise
    finally:
        session._flushing = False


def _flush_steps(session: Any, transaction: Any, objects: Sequence[Any] | None) -> Steps[None]:
    if session.dispatch is not None:
        yield from _observed_flush_steps(session, transaction, objects)
        return
    record = yield from unit_of_work_steps(session, objects)
    _keep(transaction, record)


def _keep(transaction: Any, record: Any) -> None:
    if transaction.record is None:
        transaction.record = record
    else:
        transaction.record.absorb(record)


def _observed_flush_steps(session: Any, transaction: Any, objects: Sequence[Any] | None) -> Steps[None]:
    """A flush with its events; between the first and the last it is a transaction of its own, for listeners."""
    dispatch = session.dispatch
    context = UOWTransaction(session)
    dispatch.before_flush(session, context, objects)
    if not session._has_changes():
        return
    inner = SessionTransaction(session, SessionTransactionOrigin.SUBTRANSACTION, transaction)
    dispatch.after_transaction_create(session, inner)
    session._inner_transaction = inner  # if the flush fails, the rollback tells of its end
    record = yield from unit_of_work_steps(session, objects, lambda: dispatch.after_flush(session, context))
    _keep(transaction, record)
    _tell(session, dispatch, record)
    dispatch.after_flush_postexec(session, context)
    session._inner_transaction = None
    dispatch.after_transaction_end(session, inner)


def _tell(session: Any, dispatch: Any, record: Any) -> None:
    if dispatch.persistent_to_deleted:
        for obj in record.deleted.values():
            dispatch.persistent_to_deleted(session, obj)
    if dispatch.pending_to_persistent:
        for obj in record.new.values():
            dispatch.pending_to_persistent(session, obj)


class UOWTransaction:
    """What flush events are told about."""

    __slots__ = ("session",)

    def __init__(self, session: Any) -> None:
        self.session = session
