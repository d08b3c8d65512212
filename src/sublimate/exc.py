"""Every error and warning the project raises, in SQLAlchemy's hierarchy. Imports nothing but text helpers."""

from __future__ import annotations

from typing import Any, ClassVar

from .util.abbreviate import abbreviate_parameters


class HasDescriptionCode:
    """Carries the short ``code`` under which an error is documented."""

    code: str | None = None

    def __init__(self, *arg: Any, **kw: Any) -> None:
        code = kw.pop("code", None)
        if code is not None:
            self.code = code
        super().__init__(*arg, **kw)


class SQLAlchemyError(HasDescriptionCode, Exception):
    """The base of every error raised here; ``SublimateError`` is the same class."""

    def _message(self) -> str:
        if len(self.args) != 1:
            return str(self.args)
        text = self.args[0]
        return text.decode("utf-8", "backslashreplace") if isinstance(text, bytes) else str(text)

    def __str__(self) -> str:
        return self._message()

    def __reduce__(self) -> Any:
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(cls: type[Exception], args: tuple[Any, ...], state: dict[str, Any]) -> Exception:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


SublimateError = SQLAlchemyError


class ArgumentError(SQLAlchemyError):
    """An argument is invalid or conflicts with another."""


class DuplicateColumnError(ArgumentError):
    """A column would be added to a table that already has one of that name."""


class ObjectNotExecutableError(ArgumentError):
    """Something that is not a statement was passed to ``execute()``."""

    def __init__(self, target: Any) -> None:
        super().__init__(f"Not an executable object: {target!r}")
        self.target = target


class NoSuchModuleError(ArgumentError):
    """A dialect or driver of that name is not known."""


class NoForeignKeysError(ArgumentError):
    """A join was asked for between tables with no foreign key between them."""


class AmbiguousForeignKeysError(ArgumentError):
    """More than one foreign key could make the join."""


class ConstraintColumnNotFoundError(ArgumentError):
    """A constraint names a column its table does not have."""


class CircularDependencyError(SQLAlchemyError):
    """A topological sort found a cycle."""

    def __init__(
        self, message: str, cycles: Any, edges: Any, msg: str | None = None, code: str | None = None
    ) -> None:
        if msg is None:
            message = f"{message} ({', '.join(repr(name) for name in cycles)})"
        else:
            message = msg
        super().__init__(message, code=code)
        self.cycles = cycles
        self.edges = edges


class CompileError(SQLAlchemyError):
    """A statement cannot be turned into SQL."""


class UnsupportedCompilationError(CompileError):
    """The compiler has no rendering for an element."""

    code = "l7de"

    def __init__(self, compiler: Any, element_type: type[Any], message: str | None = None) -> None:
        detail = f": {message}" if message else ""
        super().__init__(f"Compiler {compiler!r} can't render element of type {element_type!r}{detail}")
        self.compiler = compiler
        self.element_type = element_type
        self.message = message

    def __reduce__(self) -> Any:
        return _rebuild, (type(self), self.args, {**self.__dict__, "compiler": None})


class IdentifierError(SQLAlchemyError):
    """A name is longer than the database allows."""


class DisconnectionError(SQLAlchemyError):
    """Raised by a pool event handler: this connection is dead, fetch another."""

    invalidate_pool: bool = False


class InvalidatePoolError(DisconnectionError):
    """As ``DisconnectionError``, and every connection older than now is dead too."""

    invalidate_pool: bool = True


class TimeoutError(SQLAlchemyError):
    """No connection became free in the time the pool may wait."""


class InvalidRequestError(SQLAlchemyError):
    """The object is not in a state in which this can be done."""


class IllegalStateChangeError(InvalidRequestError):
    """A session or connection was used while another call on it was under way."""


class NoInspectionAvailable(InvalidRequestError):
    """``inspect()`` knows nothing about this object."""


class PendingRollbackError(InvalidRequestError):
    """A transaction failed and must be rolled back before going on."""


class ResourceClosedError(InvalidRequestError):
    """The connection, cursor or result is closed."""


class NoSuchColumnError(InvalidRequestError, KeyError):
    """A row or a table has no such column."""


class AmbiguousColumnError(InvalidRequestError):
    """A column name matches several columns of a row."""


class NoResultFound(InvalidRequestError):
    """One row was required and none came."""


class MultipleResultsFound(InvalidRequestError):
    """One row was required and several came."""


class NoReferenceError(InvalidRequestError):
    """A foreign key points at something that is not there."""

    table_name: str


class AwaitRequired(InvalidRequestError):
    """An awaitable was used without ``await``."""

    code = "xd1r"


class MissingGreenlet(InvalidRequestError):
    """Blocking database work was asked for where only ``await`` can do it (the name is SQLAlchemy's)."""

    code = "xd2s"


class NoReferencedTableError(NoReferenceError):
    """A foreign key names a table that is not in the metadata."""

    def __init__(self, message: str, tname: str) -> None:
        super().__init__(message)
        self.table_name = tname


class NoReferencedColumnError(NoReferenceError):
    """A foreign key names a column its table does not have."""

    def __init__(self, message: str, tname: str, cname: str) -> None:
        super().__init__(message)
        self.table_name = tname
        self.column_name = cname


class NoSuchTableError(InvalidRequestError):
    """The database has no such table."""


class UnreflectableTableError(InvalidRequestError):
    """The table exists and cannot be reflected."""


class UnboundExecutionError(InvalidRequestError):
    """SQL was to be run with no engine or connection to run it on."""


class NoDBAPILoaded(InvalidRequestError):
    """Driver functions were asked of a dialect that has no driver."""


class DontWrapMixin:
    """Errors of this class raised while a statement is prepared pass through unwrapped."""


class EmulatedDBAPIException(Exception):
    """A driver error translated to the standard names for drivers that do not use them.

    Attributes of the driver's own error (``sqlstate``, ``constraint_name`` …) can be read from it, and
    ``driver_exception`` is that error.
    """

    def __init__(self, message: str, orig: BaseException | None = None) -> None:
        super().__init__(message) if orig is None else super().__init__(message, orig)
        self.orig = orig
        if orig is not None:
            self.__cause__ = orig

    def __reduce__(self) -> Any:
        return _rebuild, (type(self), self.args, self.__dict__)

    @property
    def driver_exception(self) -> BaseException:
        return self if self.orig is None else self.orig

    def __str__(self) -> str:
        return str(self.args[0])

    def __getattr__(self, name: str) -> Any:
        orig = self.__dict__.get("orig")
        if orig is None or name.startswith("__"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(orig, name)


class StatementError(SQLAlchemyError):
    """Running a statement failed; keeps the SQL, the parameters and the original error.

    >>> try: connection.execute(text("selec 1"))
    ... except StatementError as error: print(error.statement, error.params, error.orig)
    """

    statement: str | None = None
    params: Any = None
    orig: BaseException | None = None
    ismulti: bool | None = None
    connection_invalidated: bool = False

    def __init__(
        self,
        message: str,
        statement: str | None,
        params: Any,
        orig: BaseException | None,
        hide_parameters: bool = False,
        code: str | None = None,
        ismulti: bool | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.statement = statement
        self.params = tuple(params) if isinstance(params, list) and ismulti is False else params
        self.orig = orig
        self.ismulti = ismulti
        self.hide_parameters = hide_parameters
        self.detail: list[str] = []

    def add_detail(self, msg: str) -> None:
        """Put a line of context in front of the message."""
        self.detail.append(msg)

    @property
    def driver_exception(self) -> BaseException | None:
        """The error object the driver itself raised."""
        orig = self.orig
        return orig.driver_exception if isinstance(orig, EmulatedDBAPIException) else orig

    def __str__(self) -> str:
        lines = [f"({detail})" for detail in self.detail]
        lines.append(self._message())
        if self.statement:
            lines.append(f"[SQL: {self.statement}]")
            if self.params:
                lines.append(self._parameters_line())
        return "\n".join(lines)

    def _parameters_line(self) -> str:
        if self.hide_parameters:
            return "[SQL parameters hidden due to hide_parameters=True]"
        return f"[parameters: {abbreviate_parameters(self.params, self.ismulti)}]"


class DBAPIError(StatementError):
    """The database or its driver refused; the subclass says how (``IntegrityError``, …)."""

    code = "dbapi"
    orig: BaseException
    can_retry = False
    """The same transaction may succeed if it is made again: a deadlock, a serialization failure, a busy SQLite file."""

    def __init__(
        self,
        statement: str | None,
        params: Any,
        orig: BaseException,
        hide_parameters: bool = False,
        connection_invalidated: bool = False,
        code: str | None = None,
        ismulti: bool | None = None,
    ) -> None:
        super().__init__(_driver_message(orig), statement, params, orig, hide_parameters, code, ismulti)
        self.connection_invalidated = connection_invalidated

    @property
    def driver_exception(self) -> BaseException:
        orig = self.orig
        return orig.driver_exception if isinstance(orig, EmulatedDBAPIException) else orig

    @classmethod
    def instance(
        cls,
        statement: str | None,
        params: Any,
        orig: BaseException,
        dbapi_base_err: type[Exception],
        hide_parameters: bool = False,
        connection_invalidated: bool = False,
        dialect: Any = None,
        ismulti: bool | None = None,
    ) -> BaseException:
        """The error of ours that stands for a driver's: by the name of its class or of one of its bases."""
        if isinstance(orig, DontWrapMixin) or not isinstance(orig, Exception):
            return orig
        if not isinstance(orig, dbapi_base_err):
            message = _driver_message(orig)
            return StatementError(message, statement, params, orig, hide_parameters, ismulti=ismulti)
        found = next((BY_NAME[c.__name__] for c in type(orig).__mro__ if c.__name__ in BY_NAME), cls)
        return found(statement, params, orig, hide_parameters, connection_invalidated, ismulti=ismulti)


def _driver_message(orig: BaseException) -> str:
    kind = type(orig)
    return f"({kind.__module__}.{kind.__name__}) {orig}"


class InterfaceError(DBAPIError):
    """The driver was used wrongly, or lost its footing."""

    code = "rvf5"


class DatabaseError(DBAPIError):
    """The database reported an error."""

    code = "4xp6"


class DataError(DatabaseError):
    """A value does not fit: too long, out of range, of a wrong type."""

    code = "9h9h"


class OperationalError(DatabaseError):
    """The database could not do it now: connection lost, locked, out of memory."""

    code = "e3q8"


class CommitUnknownError(OperationalError):
    """The connection died while COMMIT was under way: the work may or may not be stored. Check before retrying."""


class IntegrityError(DatabaseError):
    """A constraint was violated."""

    code = "gkpj"


class InternalError(DatabaseError):
    """The database is in a state it should not be in."""

    code = "2j85"


class ProgrammingError(DatabaseError):
    """The SQL is wrong: syntax, unknown table or column."""

    code = "f405"


class NotSupportedError(DatabaseError):
    """The database cannot do this at all."""

    code = "tw8g"


BY_NAME: dict[str, type[DBAPIError]] = {
    "Error": DBAPIError,
    "InterfaceError": InterfaceError,
    "DatabaseError": DatabaseError,
    "DataError": DataError,
    "OperationalError": OperationalError,
    "IntegrityError": IntegrityError,
    "InternalError": InternalError,
    "ProgrammingError": ProgrammingError,
    "NotSupportedError": NotSupportedError,
}


class SATestSuiteWarning(Warning):
    """Kept for programs that filter it; never raised here."""


class SADeprecationWarning(HasDescriptionCode, DeprecationWarning):
    """A deprecated API was used."""

    deprecated_since: ClassVar[str | None] = None


class Base20DeprecationWarning(SADeprecationWarning):
    """An API that left with version 2.0 was used."""

    deprecated_since: ClassVar[str | None] = "1.4"


class LegacyAPIWarning(Base20DeprecationWarning):
    """A legacy API that still works was used."""


class MovedIn20Warning(Base20DeprecationWarning):
    """An API was used under its old place."""


class SAPendingDeprecationWarning(PendingDeprecationWarning):
    """An API that will be deprecated was used."""

    deprecated_since: ClassVar[str | None] = None


class SAWarning(HasDescriptionCode, RuntimeWarning):
    """Something works and is probably not what was meant."""
