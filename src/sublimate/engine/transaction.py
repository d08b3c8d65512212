"""Transactions of a connection: the outermost one, savepoints below it, and two-phase ones. Verbs are steps."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from typing import Any, Self

from sublimate import exc
from sublimate.engine.boundaries import (
    end_savepoint_steps,
    send_commit_steps,
    send_rollback_steps,
    send_savepoint_steps,
    send_twophase_steps,
)
from sublimate.engine.run import run
from sublimate.engine.steps import Steps

INACTIVE = "This transaction is inactive"


class Transaction(ABC):
    """A transaction in progress; ends by `commit()`, `rollback()`, or at the end of its `with` block.

    >>> with connection.begin() as transaction:
    ...     connection.execute(insert(users).values(name="ada"))
    """

    __slots__ = ("__weakref__", "_outer_scope", "connection", "is_active")

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.is_active = False
        self._outer_scope: Transaction | None = None

    @property
    def is_valid(self) -> bool:
        return self.is_active and not self.connection.invalidated

    @abstractmethod
    def commit_steps(self) -> Steps[None]: ...

    @abstractmethod
    def rollback_steps(self) -> Steps[None]: ...

    @property
    @abstractmethod
    def _attached(self) -> bool: ...

    def close_steps(self) -> Steps[None]:
        if self._attached:
            yield from self.rollback_steps()

    def commit(self) -> None:
        """Keep the work."""
        run(self.commit_steps())

    def rollback(self) -> None:
        """Undo the work."""
        run(self.rollback_steps())

    def close(self) -> None:
        """Undo the work unless it was committed."""
        run(self.close_steps())

    def enter(self) -> Self:
        self._outer_scope = self.connection._scope
        self.connection._scope = self
        return self

    def exit_steps(self, failed: bool) -> Steps[None]:
        """Leave the block: commit, or roll back after an error. A failed commit is rolled back too."""
        self.connection._scope = self._outer_scope
        if failed or not self.is_active:
            yield from self.close_steps()
            return
        try:
            yield from self.commit_steps()
        except BaseException:
            yield from self.close_steps()
            raise

    def __enter__(self) -> Self:
        return self.enter()

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        run(self.exit_steps(kind is not None))


class RootTransaction(Transaction):
    """The outermost transaction of a connection. BEGIN goes out with the first statement that needs it."""

    __slots__ = ()

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        connection._transaction = self
        self.is_active = True

    @property
    def _attached(self) -> bool:
        return self.connection._transaction is self

    def commit_steps(self) -> Steps[None]:
        if not self.is_active:
            raise exc.InvalidRequestError(INACTIVE)
        self.connection.refuse_invalid()
        try:
            yield from self._send_commit_steps()
        except BaseException:
            self.is_active = False
            yield from self.rollback_steps()
            raise
        self._end()

    def _send_commit_steps(self) -> Steps[None]:
        return send_commit_steps(self.connection)

    def _send_rollback_steps(self) -> Steps[None]:
        return send_rollback_steps(self.connection)

    def rollback_steps(self) -> Steps[None]:
        if not self._attached:
            if self.is_active:
                self.is_active = False
            else:
                warnings.warn("transaction already deassociated from connection", exc.SAWarning, stacklevel=4)
            return
        try:
            yield from self._send_rollback_steps()
        finally:
            self._end()

    def _end(self) -> None:
        connection = self.connection
        self.is_active = False
        nested = connection._nested
        while nested is not None:
            nested.is_active = False
            nested = nested.outer
        connection._nested = connection._transaction = None


class NestedTransaction(Transaction):
    """A savepoint inside the transaction of a connection."""

    __slots__ = ("name", "outer")

    def __init__(self, connection: Any, name: str) -> None:
        super().__init__(connection)
        self.name = name
        self.outer: NestedTransaction | None = connection._nested

    def begin_steps(self) -> Steps[Self]:
        yield from send_savepoint_steps(self.connection, self.name)
        self.connection._nested = self
        self.is_active = True
        return self

    @property
    def _attached(self) -> bool:
        return self._is_open(self.connection._nested)

    def _is_open(self, nested: NestedTransaction | None) -> bool:
        while nested is not None and nested is not self:
            nested = nested.outer
        return nested is self

    def commit_steps(self) -> Steps[None]:
        if not self.is_active:
            raise exc.InvalidRequestError("This nested transaction is inactive")
        self.connection.refuse_invalid()
        yield from end_savepoint_steps(self.connection, self.name, True)
        self._end()

    def rollback_steps(self) -> Steps[None]:
        if not self._attached:
            if self.is_active:
                self.is_active = False
            else:
                warnings.warn(
                    "nested transaction already deassociated from connection", exc.SAWarning, stacklevel=4
                )
            return
        try:
            yield from end_savepoint_steps(self.connection, self.name, False)
        finally:
            self._end()

    def _end(self) -> None:
        """The savepoint is gone, and with it all that were opened after it."""
        nested = self.connection._nested
        while nested is not None and nested is not self:
            nested.is_active = False
            nested = nested.outer
        self.is_active = False
        self.connection._nested = self.outer


class TwoPhaseTransaction(RootTransaction):
    """A transaction that can be prepared, to be committed together with others."""

    __slots__ = ("_prepared", "xid")

    def __init__(self, connection: Any, xid: Any) -> None:
        super().__init__(connection)
        self.xid = xid
        self._prepared = False

    def prepare_steps(self) -> Steps[None]:
        if not self.is_active:
            raise exc.InvalidRequestError(INACTIVE)
        yield from send_twophase_steps(self.connection, "prepare", self.xid, False)
        self._prepared = True

    def prepare(self) -> None:
        """Have the database promise that a commit will succeed."""
        run(self.prepare_steps())

    def _send_commit_steps(self) -> Steps[None]:
        return send_twophase_steps(self.connection, "commit", self.xid, self._prepared)

    def _send_rollback_steps(self) -> Steps[None]:
        return send_twophase_steps(self.connection, "rollback", self.xid, self._prepared)
