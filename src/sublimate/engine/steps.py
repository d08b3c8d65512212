"""What logic may ask of a database, as data. Never does I/O by itself: ``run`` performs, logic only yields.

>>> def count(entry):
...     rows = yield Fetch(entry, "SELECT count(*) FROM users", ())
...     return rows[0][0]
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

T = TypeVar("T")

Steps: TypeAlias = Generator["Step", Any, T]
"""A generator of steps that returns ``T``: the form of every piece of logic that needs a database."""


class HasConnection(Protocol):
    """What a step needs of a pool entry."""

    is_async: bool
    connection: Any
    pool: Any


class HasAcquire(Protocol):
    """What a step needs of a pool."""

    is_async: bool

    def acquire(self) -> Any: ...
    def release(self, entry: Any) -> Any: ...
    def fetch_once(self, sql: str, args: Any) -> Any: ...


class Step(ABC):
    """One request. ``perform()`` returns the value, or an awaitable of it where ``is_async``."""

    __slots__ = ()

    cleans = False
    """It gives a connection back: carried out even for a task that was cancelled."""

    @property
    @abstractmethod
    def is_async(self) -> bool: ...

    @abstractmethod
    def perform(self) -> Any: ...

    def __repr__(self) -> str:
        names = (name for cls in type(self).__mro__[::-1] for name in getattr(cls, "__slots__", ()))
        return f"{type(self).__name__}({', '.join(repr(getattr(self, name)) for name in names)})"


class PoolStep(Step):
    """A step on a pool."""

    __slots__ = ("pool",)

    def __init__(self, pool: HasAcquire) -> None:
        self.pool = pool

    @property
    def is_async(self) -> bool:
        return self.pool.is_async


class Acquire(PoolStep):
    """An entry of the pool, for the caller alone until ``Release``."""

    __slots__ = ()

    def perform(self) -> Any:
        return self.pool.acquire()


class FetchOnce(PoolStep):
    """Rows of one plain read, on whatever connection is free."""

    __slots__ = ("sql", "args")  # noqa: RUF023

    def __init__(self, pool: HasAcquire, sql: str, args: Any) -> None:
        self.pool = pool
        self.sql = sql
        self.args = args

    def perform(self) -> Any:
        return self.pool.fetch_once(self.sql, self.args)


class EntryStep(Step):
    """A step on an entry that the caller holds."""

    __slots__ = ("entry",)

    def __init__(self, entry: HasConnection) -> None:
        self.entry = entry

    @property
    def is_async(self) -> bool:
        return self.entry.is_async


class Release(EntryStep):
    """Give the entry back to its pool, which cleans or closes it."""

    __slots__ = ()
    cleans = True

    def perform(self) -> Any:
        return self.entry.pool.release(self.entry)


class Lend(EntryStep):
    """Let the driver begin transactions by itself, because the user is going to use its connection."""

    __slots__ = ("options",)

    def __init__(self, entry: HasConnection, options: Any = None) -> None:
        self.entry = entry
        self.options = options

    def perform(self) -> Any:
        return self.entry.pool.lend(self.entry, self.options)


class Invalidate(EntryStep):
    """Close the entry's connection at once, without a word to the server; ``everywhere``: the free ones too."""

    __slots__ = ("error", "everywhere")
    cleans = True

    def __init__(
        self, entry: HasConnection, error: BaseException | None = None, everywhere: bool = False
    ) -> None:
        self.entry = entry
        self.error = error
        self.everywhere = everywhere

    def perform(self) -> Any:
        return self.entry.pool.invalidate(self.entry, self.error, self.everywhere)


class StatementStep(EntryStep):
    """A step that sends SQL."""

    __slots__ = ("sql", "args")  # noqa: RUF023

    def __init__(self, entry: HasConnection, sql: str, args: Any) -> None:
        self.entry = entry
        self.sql = sql
        self.args = args


class Fetch(StatementStep):
    """Rows only: the fast way to read."""

    __slots__ = ()

    def perform(self) -> Any:
        return self.entry.connection.fetch(self.sql, self.args)


class Query(StatementStep):
    """An ``Outcome`` with column names and rows: for text and RETURNING."""

    __slots__ = ()

    def perform(self) -> Any:
        return self.entry.connection.query(self.sql, self.args)


class Execute(StatementStep):
    """An ``Outcome`` without rows: row count and last row id."""

    __slots__ = ()

    def perform(self) -> Any:
        return self.entry.connection.execute(self.sql, self.args)


class ExecuteMany(EntryStep):
    """One statement for many sets of parameters; the value is the row count or -1."""

    __slots__ = ("sql", "args_list")  # noqa: RUF023

    def __init__(self, entry: HasConnection, sql: str, args_list: Sequence[Any]) -> None:
        self.entry = entry
        self.sql = sql
        self.args_list = args_list

    def perform(self) -> Any:
        return self.entry.connection.executemany(self.sql, self.args_list)


class CopyRows(EntryStep):
    """Many rows by the database's own way of loading; only where the dialect ``copies``."""

    __slots__ = ("rows", "target")

    def __init__(self, entry: HasConnection, target: Any, rows: Sequence[Any]) -> None:
        self.entry = entry
        self.target = target
        self.rows = rows

    def perform(self) -> Any:
        return self.entry.connection.copy_rows(self.target, self.rows)


class Stream(StatementStep):
    """A cursor on the server that gives ``size`` rows at a time."""

    __slots__ = ("size",)

    def __init__(self, entry: HasConnection, sql: str, args: Any, size: int) -> None:
        super().__init__(entry, sql, args)
        self.size = size

    def perform(self) -> Any:
        return self.entry.connection.stream(self.sql, self.args, self.size)


class CursorStep(Step):
    """A step on a cursor that ``Stream`` returned."""

    __slots__ = ("cursor",)

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    @property
    def is_async(self) -> bool:
        found: bool = self.cursor.is_async
        return found


class FetchMany(CursorStep):
    """The next ``size`` rows of a stream; an empty list at its end."""

    __slots__ = ("size",)

    def __init__(self, cursor: Any, size: int) -> None:
        self.cursor = cursor
        self.size = size

    def perform(self) -> Any:
        return self.cursor.fetch(self.size)


class CloseCursor(CursorStep):
    """Close a stream before its end."""

    __slots__ = ()

    def perform(self) -> Any:
        return self.cursor.close()


class Begin(EntryStep):
    """Start a transaction; ``options`` is a ``TransactionOptions`` or None."""

    __slots__ = ("options",)

    def __init__(self, entry: HasConnection, options: Any = None) -> None:
        self.entry = entry
        self.options = options

    def perform(self) -> Any:
        return self.entry.connection.begin(self.options)


class Lock(EntryStep):
    """Keep other writers out from now on, where a database has no locks on rows."""

    __slots__ = ()

    def perform(self) -> Any:
        return self.entry.connection.lock()


class Commit(EntryStep):
    """End the transaction and keep its work."""

    __slots__ = ()

    def perform(self) -> Any:
        return self.entry.connection.commit()


class Rollback(EntryStep):
    """End the transaction and undo its work."""

    __slots__ = ()

    def perform(self) -> Any:
        return self.entry.connection.rollback()


class SavepointStep(EntryStep):
    """A step on a savepoint; the name is the caller's and is quoted by the driver."""

    __slots__ = ("name",)

    def __init__(self, entry: HasConnection, name: str) -> None:
        self.entry = entry
        self.name = name


class Savepoint(SavepointStep):
    """Mark a point to go back to."""

    __slots__ = ()

    def perform(self) -> Any:
        return self.entry.connection.savepoint(self.name)


class RollbackTo(SavepointStep):
    """Undo what was done since the savepoint."""

    __slots__ = ()

    def perform(self) -> Any:
        return self.entry.connection.rollback_to(self.name)


class ReleaseSavepoint(SavepointStep):
    """Forget the savepoint and keep what was done since."""

    __slots__ = ()

    def perform(self) -> Any:
        return self.entry.connection.release(self.name)


class Call(Step):
    """Any other work that waits: ``perform`` calls the function, whose result is awaited where ``is_async``."""

    __slots__ = ("_is_async", "arguments", "function")

    def __init__(
        self, function: Callable[..., Awaitable[Any] | Any], *arguments: Any, is_async: bool
    ) -> None:
        self.function = function
        self.arguments = arguments
        self._is_async = is_async

    @property
    def is_async(self) -> bool:
        return self._is_async

    def perform(self) -> Any:
        return self.function(*self.arguments)
