"""The session machine through an AsyncSession: what waits for the database by itself is awaited, the rest stands in `run_sync()`."""

import asyncio
from collections.abc import Callable, Coroutine
from inspect import isawaitable
from typing import Any

from differential.orm.graphs import Graph
from differential.orm.machine import Machine, Operation
from differential.orm.run import enforce_foreign_keys
from differential.roots import Root


class AsyncMachine(Machine):
    """Carries operations out under one root with aiosqlite, on a database in memory."""

    def __init__(self, root: Root, declared: Any, graph: Graph) -> None:
        self.loop = asyncio.new_event_loop()
        self.async_engine: Any = root.aio.create_async_engine("sqlite+aiosqlite://")  # type: ignore[attr-defined]
        self.async_session: Any = None
        if graph.enforced:  # before there is a connection
            enforce_foreign_keys(root, self.async_engine.sync_engine)
        self.wait(self._in_worker(lambda: Machine.__init__(self, root, declared, graph)))

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    async def _in_worker(self, work: Callable[[], Any]) -> Any:
        if self.async_session is None:
            async with self.async_engine.connect() as connection:
                return await connection.run_sync(lambda _: work())
        return await self.async_session.run_sync(lambda _: work())

    def make_engine(self) -> Any:
        return self.async_engine.sync_engine

    def make_session(self, **options: Any) -> Any:
        self.async_session = self.root.aio.AsyncSession(self.async_engine, **options)  # type: ignore[attr-defined]
        return self.async_session.sync_session

    def close(self) -> None:
        self.models.told.clear()
        self.wait(self.async_session.close())
        self.wait(self.async_engine.dispose())
        self.loop.close()

    def step(self, operation: Operation) -> Any:
        return self.wait(self._step(operation))

    async def _step(self, operation: Operation) -> Any:
        awaited = getattr(self, f"await_{operation[0]}", None)
        work: Any = self._in_worker(lambda: self.carry_out(operation))
        try:
            if awaited is not None:
                work.close()
                work = awaited(*operation[1:])
            given: Any = await work
        except Exception as error:
            failure = error
            return await self._in_worker(lambda: self.failed(failure))
        return await self._in_worker(lambda: self.observed(given))

    def end(self) -> Any:
        last = self.step(("on_session", "commit"))
        return last, self.wait(self._in_worker(self.tables))

    # ---- operations that are awaited

    async def await_on_session(self, verb: str) -> Any:
        if self.may(verb):
            answer = getattr(self.async_session, verb)()
            if isawaitable(answer):
                await answer
            await self._in_worker(lambda: self.ended(verb))

    async def await_on_instance(self, verb: str, number: int) -> Any:
        found = self.acted_on(verb, number)
        if found is not None:
            answer = getattr(self.async_session, verb)(found)
            if isawaitable(answer):
                await answer

    async def await_merge(self, number: int) -> Any:
        found = self.at(number)
        if found is not None and self.may_merge(found):
            merged = await self.async_session.merge(found)
            return await self._in_worker(lambda: self.kept(merged))

    async def await_get(self, number: int, key: int, anew: bool) -> Any:
        asked = self.asked_for(number, key)
        if asked is None:
            return None
        found = await self.async_session.get(*asked, populate_existing=anew)
        return await self._in_worker(lambda: found and (type(found).__name__, found.id, found.value))

    async def await_nested(self, verb: str) -> Any:
        if verb == "begin":
            self.savepoints.append(await self.async_session.begin_nested())
        elif self.savepoints:
            savepoint = self.savepoints.pop()
            await (savepoint.commit() if verb == "release" else savepoint.rollback())
