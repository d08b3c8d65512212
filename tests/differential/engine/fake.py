"""A DBAPI of our own that notes every call, for pools used by themselves."""

from itertools import count
from typing import Any


class FakeDBAPI:
    """Makes connections named c1, c2, …; `log` has what was called on them."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.numbers = count(1)
        self.refuse = False
        self.fail_rollback = False
        self.fail_close = False

    @property
    def log(self) -> list[str]:
        """What was called until now."""
        return list(self.calls)

    def connect(self) -> "FakeConnection":
        if self.refuse:
            raise RuntimeError("refused")
        connection = FakeConnection(self, f"c{next(self.numbers)}")
        self.calls.append(f"connect {connection.name}")
        return connection


class FakeConnection:
    def __init__(self, dbapi: FakeDBAPI, name: str) -> None:
        self.dbapi = dbapi
        self.name = name

    def __repr__(self) -> str:
        return self.name

    def _note(self, what: str) -> None:
        self.dbapi.calls.append(f"{what} {self.name}")

    def cursor(self, *args: Any, **kw: Any) -> "FakeCursor":
        self._note("cursor")
        return FakeCursor(self)

    def commit(self) -> None:
        self._note("commit")

    def rollback(self) -> None:
        self._note("rollback")
        if self.dbapi.fail_rollback:
            raise RuntimeError("no rollback")

    def close(self) -> None:
        self._note("close")
        if self.dbapi.fail_close:
            raise RuntimeError("no close")


class FakeCursor:
    def __init__(self, connection: FakeConnection) -> None:
        self.connection = connection

    def execute(self, sql: str) -> None:
        self.connection._note(f"execute {sql}")

    def close(self) -> None:
        self.connection._note("cursor.close")
