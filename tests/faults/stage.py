"""The tables of the fault tests, and an engine with what is seen of it from outside."""

import asyncio
from typing import Any

from faults.servers import Server
from sublimate import Column, ForeignKey, Integer, String
from sublimate.ext.asyncio import AsyncEngine
from sublimate.orm import DeclarativeBase, relationship

DRIVERS = ("aiosqlite", "asyncpg", "psycopg_async", "asyncmy", "aiomysql")


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"
    id = Column(Integer, primary_key=True)
    name = Column(String(40), unique=True)
    balance = Column(Integer, nullable=False, default=0)
    entries = relationship("Entry", back_populates="account")


class Entry(Base):
    __tablename__ = "entry"
    id = Column(Integer, primary_key=True)
    amount = Column(Integer, nullable=False)
    account_id = Column(ForeignKey("account.id"))
    account = relationship("Account", back_populates="entries")


class Stage:
    """An engine, what is known of its pool, and (where there is one) what the server sees of it."""

    def __init__(self, engine: AsyncEngine, server: Server | None, name: str) -> None:
        self.name = name
        self.engine = engine
        self.server = server

    @property
    def pool(self) -> Any:
        return self.engine.pool

    async def settle(self) -> None:
        """Wait until the pool's own tasks are done."""
        for _ in range(3000):
            if not self.pool._tasks:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"the pool's tasks do not end: {self.pool._tasks}")

    def ask(self, sql: str) -> list[Any]:
        assert self.server is not None
        return self.server.ask(sql)

    def backends(self) -> list[tuple[int, str, str]]:
        """The connections the server has from this engine: pid, state, last query."""
        assert self.server is not None
        return self.server.backends(self.name)

    def kill(self, *pids: int) -> None:
        assert self.server is not None
        for pid in pids:
            self.server.kill(pid)

    def kill_all(self) -> None:
        self.kill(*[pid for pid, *_ in self.backends()])

    async def check(self, *where: object) -> None:
        """Nothing is held, nobody waits, the ledger adds up, and no backend is left in a transaction."""
        await self.settle()
        state = self.pool._state
        assert self.pool.checkedout() == 0, (where, self.pool.status(), state.entries)
        assert not state.waiters, where
        assert len(state.entries) == state.open == len(state.idle), (where, self.pool.status(), state.entries)
        assert all(entry.owner is None for entry in state.entries), where
        assert not any(entry.connection.in_transaction for entry in state.idle), where
        if self.server is not None:
            await self._check_server(where)

    async def _check_server(self, where: object) -> None:
        for _ in range(1500):  # a terminated backend needs a moment to see that its client has gone
            seen = self.backends()
            left = [row for row in seen if row[1] != "idle"]
            if not left and len(seen) <= len(self.pool._state.entries):
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"left on the server {where}: {seen}, pool {self.pool.status()}")
