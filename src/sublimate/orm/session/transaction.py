"""SessionTransaction: what a session does between its first use and commit or rollback. States and rules are a table."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, NoReturn, Self

from sublimate import exc
from sublimate.engine.run import run
from sublimate.engine.steps import Steps
from sublimate.orm.exc import FlushError
from sublimate.orm.unitofwork import FlushRecord
from sublimate.util.warnings import warn

if TYPE_CHECKING:
    from .session import Session


class State(enum.Enum):
    """Where a session's transaction stands."""

    ACTIVE = "active"
    PREPARED = "prepared"
    COMMITTED = "committed"
    DEACTIVE = "inactive"
    CLOSED = "closed"


#: verb -> the states in which it may be called
ALLOWED: dict[str, frozenset[State]] = {
    "use": frozenset({State.ACTIVE}),
    "begin": frozenset({State.ACTIVE}),
    "prepare": frozenset({State.ACTIVE}),
    "commit": frozenset({State.ACTIVE, State.PREPARED}),
    "rollback": frozenset({State.ACTIVE, State.DEACTIVE, State.PREPARED, State.COMMITTED}),
    "close": frozenset(State),
}


class SessionTransactionOrigin(enum.Enum):
    """How a transaction came about."""

    AUTOBEGIN = 0
    BEGIN = 1
    BEGIN_NESTED = 2
    SUBTRANSACTION = 3


class Enlisted:
    """A connection taking part in a transaction; `owned` ones are given back at its end."""

    __slots__ = ("commits", "connection", "owned", "transaction")

    def __init__(self, connection: Any, transaction: Any, owned: bool, commits: bool) -> None:
        self.connection = connection
        self.transaction = transaction
        self.owned = owned
        self.commits = commits


class SessionTransaction:
    """A session's transaction, or a savepoint in it; usable as a context manager.

    >>> with session.begin():
    ...     session.add(user)
    """

    __slots__ = (
        "__weakref__", "_committing", "_entered", "_outer_scope", "cause", "enlisted", "nested", "origin", "parent", "record", "session",
        "state",
    )  # fmt: skip

    def __init__(
        self, session: Session, origin: SessionTransactionOrigin, parent: SessionTransaction | None = None
    ) -> None:
        self.session: Session = session
        self.parent = parent
        self.origin = origin
        self.nested = origin is SessionTransactionOrigin.BEGIN_NESTED
        self.state = State.ACTIVE
        self.cause: BaseException | None = None
        self.enlisted: dict[Any, Enlisted] | None = None
        self.record: FlushRecord | None = None
        self._committing = False
        self._outer_scope: SessionTransaction | None = None
        self._entered: Any = None

    @property
    def is_active(self) -> bool:
        return self.session is not None and self.state is State.ACTIVE

    @property
    def is_untouched(self) -> bool:
        """No connection takes part yet, in this transaction or in one around it."""
        return self.enlisted is None and self.parent is None

    @property
    def root(self) -> SessionTransaction:
        """The outermost of the transactions around this one."""
        found = self
        while found.parent is not None:
            found = found.parent
        return found

    @property
    def is_closed(self) -> bool:
        return self.state is State.CLOSED

    # ---- rules

    def require(self, verb: str) -> None:
        """Refuse a verb that the state does not allow."""
        if self.state not in ALLOWED[verb]:
            self._refuse()

    def _refuse(self) -> NoReturn:
        state = self.state
        if state is State.CLOSED:
            raise exc.ResourceClosedError("This transaction is closed")
        if state is State.DEACTIVE:
            raise exc.PendingRollbackError(_pending_rollback(self.cause), code="7s2a" if self.cause else None)
        raise exc.InvalidRequestError(
            f"This session is in '{state.value}' state; no further SQL can be emitted within this transaction."
        )

    # ---- connections

    def connection_steps(self, bind: Any, execution_options: Any = None) -> Steps[Any]:
        """The connection to a database inside this transaction; taken from the pool and begun at the first call."""
        if self.state is not State.ACTIVE:
            self._refuse()
        enlisted = self.enlisted
        if enlisted is not None:
            found = enlisted.get(bind)
            if found is not None:
                if execution_options:
                    warn("Connection is already established for the given bind; execution_options ignored")
                return found.connection
        return (yield from self._enlist_steps(bind, execution_options))

    def _enlist_steps(self, bind: Any, execution_options: Any) -> Steps[Any]:
        if self.parent is not None:
            connection = yield from self.parent.connection_steps(bind, execution_options)
            entry = Enlisted(connection, (yield from connection.begin_nested_steps()), False, True)
        elif hasattr(bind, "connect_steps"):
            session = self.session
            session._wrote = True  # perhaps: from now on this session reads where it writes
            connection = yield from bind.connect_steps()
            try:
                if execution_options or session.execution_options:
                    connection.execution_options(**{**session.execution_options, **(execution_options or {})})
                # a listener of `engine_connect` may have begun already: an engine's connection is the session's all the same
                transaction = connection.get_transaction() or (yield from self._begin_steps(connection))
            except BaseException:
                yield from connection.close_steps()
                raise
            entry = Enlisted(connection, transaction, True, True)
        else:
            connection = bind
            entry = yield from self._join_steps(bind, execution_options)
        if self.enlisted is None:
            self.enlisted = {}
        self.enlisted[bind] = self.enlisted[connection] = entry
        dispatch = self.session.dispatch
        if dispatch is not None:
            dispatch.after_begin(self.session, self, connection)
        return connection

    def _begin_steps(self, connection: Any) -> Steps[Any]:
        if self.session.twophase:
            return (yield from connection.begin_twophase_steps())
        return (yield from connection.begin_steps())

    def _join_steps(self, connection: Any, execution_options: Any) -> Steps[Enlisted]:
        """Take part in what a given connection is doing, as `join_transaction_mode` says."""
        if execution_options:
            connection.execution_options(**execution_options)
        if not connection.in_transaction():
            return Enlisted(connection, (yield from self._begin_steps(connection)), False, True)
        mode = self.session.join_transaction_mode
        if mode == "conditional_savepoint":
            mode = "create_savepoint" if connection.in_nested_transaction() else "rollback_only"
        if mode == "create_savepoint":
            return Enlisted(connection, (yield from connection.begin_nested_steps()), False, True)
        current = connection.get_nested_transaction() or connection.get_transaction()
        return Enlisted(connection, current, False, mode == "control_fully")

    def ends_with(self, connection: Any) -> bool:
        """Whether what is flushed now is the last thing before a commit, and only this connection takes part."""
        session, enlisted = self.session, self.enlisted
        if not self._committing or session.dispatch is not None or enlisted is None:
            return False
        return enlisted[connection].owned and all(e.connection is connection for e in enlisted.values())

    def _entries(self) -> list[Enlisted]:
        return list({id(e): e for e in (self.enlisted or {}).values()}.values())

    # ---- begin, prepare, commit

    def begin_nested(self) -> SessionTransaction:
        self.require("begin")
        return SessionTransaction(self.session, SessionTransactionOrigin.BEGIN_NESTED, self)

    def prepare_steps(self) -> Steps[None]:
        if self.parent is not None or not self.session.twophase:
            raise exc.InvalidRequestError(
                "'twophase' mode not enabled, or not root transaction; can't prepare."
            )
        yield from self._prepare_steps()

    def _prepare_steps(self) -> Steps[None]:
        self.require("prepare")
        session = self.session
        if session.dispatch is not None and (self.parent is None or self.nested):
            session.dispatch.before_commit(session)
        yield from self._flush_all_steps()
        if self.parent is None and session.twophase:
            try:
                for entry in self._entries():
                    yield from entry.transaction.prepare_steps()
            except BaseException:
                yield from self.rollback_steps()
                raise
        self.state = State.PREPARED

    def _flush_all_steps(self) -> Steps[None]:
        session = self.session
        for _ in range(100):
            if not session._has_changes():
                return
            yield from session.flush_steps()
        raise _flush_error()

    def commit_steps(self, to_root: bool = False) -> Steps[None]:
        session = self.session
        current = session._transaction if session is not None else self
        while current is not self and current is not None and current.parent is not None:
            yield from current.commit_steps()  # savepoints still open inside this one
            current = session._transaction
        self.require("commit")
        if self.state is State.ACTIVE:
            self._committing = self.parent is None and not session.twophase
            yield from self._prepare_steps()
        if self.parent is None or self.nested:
            try:
                yield from self._commit_connections_steps()
            except BaseException:
                yield from self.rollback_steps()
                raise
            self.state = State.COMMITTED
            if session.dispatch is not None:
                session.dispatch.after_commit(session)
            self._keep_work()
        parent = self.parent
        yield from self.close_steps()
        if to_root and parent is not None:
            yield from parent.commit_steps(to_root=True)

    def _commit_connections_steps(self) -> Steps[None]:
        for entry in self._entries():
            if entry.commits:
                yield from entry.transaction.commit_steps()

    def _keep_work(self) -> None:
        session, record = self.session, self.record
        self.record = None
        if self.parent is not None:
            if record is not None:
                parent = self.parent
                if parent.record is None:
                    parent.record = record
                else:
                    parent.record.absorb(record)
            return
        if record is not None:
            session._detach_deleted(record)
        if session.expire_on_commit:
            session._expire_committed()

    # ---- rollback

    def rollback_steps(
        self, to_root: bool = False, cause: BaseException | None = None, tells: bool = True
    ) -> Steps[None]:
        session = self.session
        if session is None:
            self.require("rollback")
        current = session._transaction
        while current is not self and current is not None and current.parent is not None:
            yield from current.close_steps()
            current = session._transaction
        self.require("rollback")
        if self.state is State.DEACTIVE and session._has_changes():
            warn(
                "Session's state has been changed on a non-active transaction - this state will be discarded."
            )
        try:
            if self.state in (State.ACTIVE, State.PREPARED, State.COMMITTED):
                yield from self._undo_steps()
        finally:
            self.cause = cause
            self.state = State.DEACTIVE
        session._forget_pending(self)
        if cause is not None:
            inner, session._inner_transaction = session._inner_transaction, None
            if inner is not None:
                session.dispatch.after_transaction_end(session, inner)
            self._tell_soft_rollback(session, inner or self)
            return
        parent = self.parent
        yield from self.close_steps()
        if tells:
            self._tell_soft_rollback(session, self)
        if to_root and parent is not None:
            yield from parent.rollback_steps(to_root=True)

    def _tell_soft_rollback(self, session: Any, ended: SessionTransaction) -> None:
        if session.dispatch is not None:
            session.dispatch.after_soft_rollback(session, ended)

    def _undo_steps(self) -> Steps[None]:
        """Roll the connections back and give memory its state from before."""
        error: BaseException | None = None
        for entry in self._entries():
            try:
                if entry.transaction.is_active:
                    yield from entry.transaction.rollback_steps()
            except BaseException as problem:
                error = error or problem
        self.state = State.DEACTIVE
        session = self.session
        if session.dispatch is not None:
            session.dispatch.after_rollback(session)
        session._restore(self)
        if error is not None:
            raise error

    def fail_steps(self, error: BaseException) -> Steps[None]:
        """A flush failed: undo everything up to the nearest savepoint, and ask for rollback() before anything else."""
        if self.state is State.ACTIVE:
            yield from self.rollback_steps(cause=error)

    # ---- close

    def close_steps(self, invalidate: bool = False) -> Steps[None]:
        session, state = self.session, self.state
        if state is State.CLOSED:
            return
        error: BaseException | None = None
        if self.nested:
            session._nested_count -= 1
        session._transaction = self.parent
        for entry in self._entries():
            try:
                yield from self._close_entry_steps(entry, state, invalidate)
            except BaseException as problem:
                error = error or problem
        self.state = State.CLOSED
        if session.dispatch is not None:
            session.dispatch.after_transaction_end(session, self)
        self.session = None  # type: ignore[assignment]  # nobody asks a closed transaction for it
        self.enlisted = None
        if error is not None:
            raise error

    def _close_entry_steps(self, entry: Enlisted, state: State, invalidate: bool) -> Steps[None]:
        if invalidate and self.parent is None:
            yield from entry.connection.invalidate_steps()
        if entry.owned:
            yield from entry.connection.close_steps()
        elif entry.commits and entry.transaction.is_active:
            yield from entry.transaction.close_steps()

    # ---- faces

    def prepare(self) -> None:
        """Have the databases promise that a commit will succeed (two-phase)."""
        run(self.prepare_steps())

    def commit(self) -> None:
        """Flush and keep the work."""
        run(self.commit_steps())

    def rollback(self) -> None:
        """Undo the work."""
        run(self.rollback_steps())

    def close(self, invalidate: bool = False) -> None:
        run(self.close_steps(invalidate))

    def enter(self) -> Self:
        session = self.session
        if session is None:
            self._refuse()
        self._entered = session
        self._outer_scope = session._scope
        session._scope = self
        return self

    def exit_steps(self, failed: bool) -> Steps[None]:
        """Leave the block: commit, or roll back after an error. A commit that fails is rolled back too."""
        self._entered._scope = self._outer_scope
        self._entered = None
        if failed or not self.is_active:
            if not self.is_closed:
                yield from self.rollback_steps(tells=self.state is not State.DEACTIVE)
            return
        try:
            yield from self.commit_steps()
        except BaseException:
            if not self.is_closed:
                yield from self.rollback_steps()
            raise

    def __enter__(self) -> Self:
        return self.enter()

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._entered._run(self.exit_steps(kind is not None))


def _pending_rollback(cause: BaseException | None) -> str:
    if cause is None:
        return (
            "This session is in 'inactive' state, due to the SQL transaction being rolled back; "
            "no further SQL can be emitted within this transaction."
        )
    return (
        "This Session's transaction has been rolled back due to a previous exception during flush. "
        "To begin a new transaction with this Session, first issue Session.rollback(). "
        f"Original exception was: {cause}"
    )


def _flush_error() -> Exception:
    return FlushError(
        "Over 100 subsequent flushes have occurred within session.commit() - is an after_flush() hook creating new objects?"
    )
