"""What a driver adapter must offer: the only view of a database client that the rest of the project has."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

Args = Sequence[Any] | Mapping[str, Any] | None
Rows = Sequence[Sequence[Any]]
ParamStyle = Literal["qmark", "numeric_dollar", "pyformat", "format"]


class Outcome(NamedTuple):
    """What a statement came to. ``columns`` is empty where it returns no rows; ``rowcount`` is -1 where unknown."""

    columns: Sequence[str]
    rows: Rows
    rowcount: int
    lastrowid: Any = None
    json_columns: Sequence[int] = ()
    """Positions of columns that came as JSON text; a typed statement decodes them itself."""


class CopyTarget(NamedTuple):
    """Where COPY puts rows: as a statement, and in parts for drivers that write it themselves."""

    sql: str
    schema: str | None
    table: str
    columns: Sequence[str]


class TransactionOptions(NamedTuple):
    """How to begin. ``isolation_level`` is SQLAlchemy's name, such as ``"SERIALIZABLE"``; None is the server's default."""

    isolation_level: str | None = None
    readonly: bool | None = None
    deferrable: bool | None = None


class URLParts(Protocol):
    """The parts of a URL that drivers read."""

    @property
    def username(self) -> str | None: ...
    @property
    def password(self) -> str | None: ...
    @property
    def host(self) -> str | None: ...
    @property
    def port(self) -> int | None: ...
    @property
    def database(self) -> str | None: ...
    @property
    def query(self) -> Mapping[str, str | tuple[str, ...]]: ...


class DriverCursor(Protocol):
    """Rows that stay on the server until asked for. ``fetch`` and ``close`` are awaitable where ``is_async``."""

    is_async: bool
    columns: Sequence[str]

    def fetch(self, size: int) -> Any: ...
    def close(self) -> Any: ...


class DriverConnection(Protocol):
    """One connection. Methods are awaitable where ``is_async``, but for ``terminate`` and ``reset_now``.

    Errors come out as ``sublimate.exc`` classes, with the driver's error as ``orig`` and ``__cause__``.
    """

    is_async: ClassVar[bool]
    loop_bound: ClassVar[bool]
    """It works in one event loop only."""

    raw: Any
    """The driver's own connection."""

    in_exchange: bool
    """An exchange with the server is unfinished: kill the connection, do not reset it."""

    @property
    def closed(self) -> bool: ...

    @property
    def in_transaction(self) -> bool: ...

    def reset_now(self) -> bool:
        """Make it fit for the next user if that takes no I/O; False if ``rollback()`` is needed first."""
        ...

    def lend(self, options: TransactionOptions | None = None) -> Any:
        """The driver's own connection goes into the user's hands: let the driver begin transactions by itself.

        With ``options`` as those of ``begin()``. A transaction in progress is ended first, by whoever began it.
        """
        ...

    def take_back(self) -> Any:
        """Undo ``lend()``, outside a transaction."""
        ...

    def fetch(self, sql: str, args: Args) -> Any:
        """Rows."""
        ...

    def query(self, sql: str, args: Args) -> Any:
        """An ``Outcome`` with columns and rows."""
        ...

    def execute(self, sql: str, args: Args) -> Any:
        """An ``Outcome`` without rows."""
        ...

    def executemany(self, sql: str, args_list: Sequence[Args]) -> Any:
        """The row count, or -1."""
        ...

    def stream(self, sql: str, args: Args, size: int) -> Any:
        """A ``DriverCursor``."""
        ...

    def begin(self, options: TransactionOptions | None = None) -> Any: ...
    def commit(self) -> Any: ...
    def rollback(self) -> Any: ...
    def savepoint(self, name: str) -> Any: ...
    def rollback_to(self, name: str) -> Any: ...
    def release(self, name: str) -> Any: ...
    def ping(self) -> Any: ...
    def close(self) -> Any: ...

    def terminate(self) -> None:
        """Drop the connection at once: no I/O to wait for, never raises."""
        ...


class Driver(ABC):
    """One per engine: makes connections and translates errors."""

    name: ClassVar[str]
    package: ClassVar[str]
    """What to install."""
    module: ClassVar[str]
    """What to import."""
    is_async: ClassVar[bool] = False
    paramstyle: ClassVar[ParamStyle] = "qmark"
    positional: ClassVar[tuple[str, ...]] = ()
    """The arguments of ``connect`` that a call gives by position."""

    def __init__(self, *, hide_parameters: bool = False) -> None:
        self.hide_parameters = hide_parameters

    @classmethod
    def load(cls) -> ModuleType:
        """Import the driver's package, or say which one to install."""
        try:
            return importlib.import_module(cls.module)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] != cls.module.partition(".")[0]:
                raise
            message = f"the driver {cls.name!r} is not installed: pip install {cls.package}"
            raise ModuleNotFoundError(message, name=error.name) from None

    @abstractmethod
    def connect_arguments(self, url: URLParts) -> dict[str, Any]:
        """The keyword arguments of ``connect`` that a URL stands for."""

    def as_call(self, arguments: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of ``connect`` as those of a call of the driver's own: by position, and by name."""
        named = dict(arguments)
        return [named.pop(name) for name in self.positional if name in named], named

    @abstractmethod
    def connect(self, arguments: Mapping[str, Any]) -> Any:
        """A new ``DriverConnection``; awaitable where ``is_async``."""

    @abstractmethod
    def adopt(self, raw: Any) -> DriverConnection:
        """A ``DriverConnection`` around a connection that someone else opened."""

    async def adopt_async(self, raw: Any) -> DriverConnection:
        """``adopt`` where that takes I/O."""
        return self.adopt(raw)

    @abstractmethod
    def translate(
        self,
        error: Exception,
        statement: str | None,
        params: Any,
        *,
        ismulti: bool = False,
        lost: bool = False,
    ) -> Exception:
        """Our error for the driver's; ``lost`` says that the connection is gone."""


def simple_name(name: str, quote: str = '"') -> str:
    """A savepoint's name as SQL: our own as they are, any other quoted."""
    if name.startswith("sa_savepoint_") and name.isascii() and name[13:].isdigit():
        return name
    return f"{quote}{name.replace(quote, quote * 2)}{quote}"
