"""What `handle_error` listeners are told."""

from __future__ import annotations

from typing import Any

from sublimate import exc


class ExceptionContext:
    """An error on its way to the caller. A listener may raise or return another, or change `is_disconnect`."""

    __slots__ = (
        "cause", "chained_exception", "connection", "cursor", "dialect", "engine", "exception_raised", "execution_context",
        "invalidate_pool_on_disconnect", "is_disconnect", "is_pre_ping", "original_exception", "parameters",
        "sqlalchemy_exception", "statement",
    )  # fmt: skip

    def __init__(
        self,
        engine: Any,
        connection: Any,
        error: BaseException,
        statement: str | None,
        parameters: Any,
        execution_context: Any,
        is_disconnect: bool,
    ) -> None:
        wrapped = isinstance(error, exc.StatementError)
        self.exception_raised = error
        self.cause: BaseException | None = None
        self.engine = engine
        self.connection = connection
        self.dialect = engine.dialect
        self.cursor = None if execution_context is None else execution_context.cursor
        self.statement = statement
        self.parameters = parameters
        self.original_exception = error.orig if isinstance(error, exc.StatementError) else error
        self.sqlalchemy_exception = error if wrapped else None
        self.chained_exception: BaseException | None = None
        self.execution_context = execution_context
        self.is_disconnect = is_disconnect
        self.invalidate_pool_on_disconnect = True
        self.is_pre_ping = False

    @property
    def exception(self) -> BaseException:
        """What the caller will get."""
        if self.chained_exception is None:
            return self.exception_raised
        if self.cause is None:
            self.cause = self.original_exception
        return self.chained_exception
