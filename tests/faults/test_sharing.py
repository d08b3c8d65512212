"""Two tasks on one session or connection are refused at the first overlap, both named; nothing interleaves."""

import asyncio
import gc
import threading
from collections.abc import Callable
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI

from faults.stage import Account
from sublimate import create_engine, event, exc, func, insert, select, text
from sublimate.ext.asyncio import AsyncSession, async_sessionmaker
from sublimate.orm import Session

VERBS: dict[str, Callable[[Any], Any]] = {
    "execute": lambda s: s.execute(select(Account)),
    "scalar": lambda s: s.scalar(select(1)),
    "get": lambda s: s.get(Account, 77),
    "commit": lambda s: s.commit(),
    "flush": lambda s: s.flush(),
    "stream": lambda s: s.stream(select(Account)),
    "run_sync": lambda s: s.run_sync(lambda inner: inner.scalar(select(1))),
    "connection": lambda s: s.connection(),
    "rollback": lambda s: s.rollback(),
    "close": lambda s: s.close(),
}


async def outcomes(*work: Any) -> list[Any]:
    tasks = [asyncio.create_task(each, name=f"task number {place}") for place, each in enumerate(work)]
    return await asyncio.gather(*tasks, return_exceptions=True)


def check(results: list[Any]) -> None:
    refused = [each for each in results if isinstance(each, BaseException)]
    assert len(refused) == 1, results
    assert isinstance(refused[0], exc.IllegalStateChangeError)
    assert "task number 0" in str(refused[0]) and "task number 1" in str(refused[0])


@pytest.mark.parametrize("second", VERBS)
async def test_a_session(second: str, driver: str, staged: Any) -> None:
    stage = await staged(driver)
    async with AsyncSession(stage.engine) as session:
        session.add(Account(name="ada"))
        check(await outcomes(session.flush(), VERBS[second](session)))
        if second == "close":  # the first was carried through, and the session closed after it
            with pytest.raises(exc.IllegalStateChangeError, match=r"task number 1.* closed this session"):
                await session.commit()
            assert await session.scalar(select(func.count(Account.id))) == 0
        else:
            assert await session.scalar(select(func.count(Account.id))) == 1  # the first was not disturbed
        await session.commit()
    await stage.check()


@pytest.mark.parametrize("verb", ["execute", "commit", "rollback", "stream", "close", "run_sync"])
async def test_a_connection(verb: str, driver: str, staged: Any) -> None:
    stage = await staged(driver)
    second = {
        "execute": lambda c: c.execute(select(1)),
        "commit": lambda c: c.commit(),
        "rollback": lambda c: c.rollback(),
        "stream": lambda c: c.stream(select(1)).start(),
        "close": lambda c: c.close(),
        "run_sync": lambda c: c.run_sync(lambda inner: inner.scalar(select(1))),
    }[verb]
    async with stage.engine.connect() as connection:
        check(await outcomes(connection.execute(insert(Account).values(name="a")), second(connection)))
        if verb == "close":
            with pytest.raises(exc.IllegalStateChangeError, match=r"task number 1.* closed this connection"):
                await connection.commit()
        else:
            await connection.commit()
    kept = 0 if verb == "close" else 1
    assert stage.server is None or stage.ask("SELECT count(*) FROM account") == [(kept,)]
    await stage.check()


async def test_a_session_while_its_worker_runs(driver: str, staged: Any) -> None:
    stage = await staged(driver)
    async with AsyncSession(stage.engine) as session:
        work = session.run_sync(lambda inner: [inner.scalar(select(1)) for _ in range(3)])
        check(await outcomes(work, session.scalar(select(1))))
    await stage.check()


LEFT: dict[str, Callable[[Any], Any]] = {
    "session": lambda e: AsyncSession(e),
    "listened session": lambda e: listened(AsyncSession(e)),
    "session and begin": lambda e: async_sessionmaker(e).begin(),
    "connection": lambda e: e.connect(),
    "connection and begin": lambda e: e.begin(),
}


def listened(session: AsyncSession) -> AsyncSession:
    event.listen(session.sync_session, "after_begin", lambda *given: None)  # carried out in a worker
    return session


@pytest.mark.parametrize("kind", LEFT)
@pytest.mark.parametrize("sync", [False, True], ids=["awaited", "run_sync"])
async def test_left_while_another_task_is_at_it(kind: str, sync: bool, driver: str, staged: Any) -> None:
    """Closing is refused like any other use; the task that was at it closes it, and no collector is needed."""
    stage = await staged(driver, pool_size=1, max_overflow=0, pool_timeout=30, lazy_begin=False)
    tasks: list[asyncio.Task[Any]] = []

    def use(shared: Any) -> Any:
        statement = insert(Account).values(name="lost")
        return shared.run_sync(lambda s: s.execute(statement)) if sync else shared.execute(statement)

    async def misuse() -> None:
        async with LEFT[kind](stage.engine) as shared:
            tasks.extend(asyncio.create_task(use(shared)) for _ in range(2))
            await asyncio.gather(*tasks)

    gc.collect()
    gc.disable()
    try:
        with pytest.raises(exc.IllegalStateChangeError):
            await misuse()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        check_left(results)
        async with stage.engine.connect() as connection:  # the pool's only one
            assert await connection.scalar(select(func.count(Account.id))) == 0
    finally:
        gc.enable()
    await stage.check()


def check_left(results: list[Any]) -> None:
    first, second = results
    assert not isinstance(first, BaseException), first
    assert isinstance(second, exc.IllegalStateChangeError)


CLOSED: dict[str, Callable[[Any], Any]] = {
    "close": lambda s: s.close(),
    "reset": lambda s: s.reset(),
    "invalidate": lambda s: s.invalidate(),
}


@pytest.mark.parametrize("verb", CLOSED)
async def test_a_close_that_was_refused_is_made_up_for(verb: str, driver: str, staged: Any) -> None:
    """`finally: await session.close()` need not be tried again, and whoever goes on working is told."""
    stage = await staged(driver, pool_size=1, max_overflow=0, pool_timeout=30, lazy_begin=False)
    session, told, heard = AsyncSession(stage.engine), [], asyncio.Event()

    async def work() -> None:
        session.add(Account(name="lost"))
        try:
            await session.flush()
            await session.commit()
        except exc.IllegalStateChangeError as error:
            told.append(str(error))
            heard.set()
        await asyncio.sleep(60)  # the task goes on, with the session in its hands

    working = asyncio.create_task(work(), name="worker")
    await asyncio.sleep(0)
    with pytest.raises(exc.IllegalStateChangeError, match="worker"):
        await CLOSED[verb](session)
    async with stage.engine.connect() as connection:  # the pool's only one
        assert await connection.scalar(select(func.count(Account.id))) == 0
    await asyncio.wait_for(heard.wait(), 30)  # the worker has its own turn
    assert len(told) == 1 and "closed this session" in told[0]
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    await stage.check()


def test_threads_too(tmp_path: Any) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/threads.db", pool_size=1, max_overflow=0, pool_timeout=30)
    session = Session(engine)
    busy, refused = threading.Event(), threading.Event()

    def slowly() -> int:
        busy.set()
        return int(refused.wait(5))

    with engine.connect() as connection:
        connection.connection.driver_connection.create_function("slowly", 0, slowly)
    told: list[str] = []

    def work() -> None:
        assert session.scalar(text("SELECT slowly()")) == 1
        try:
            session.execute(select(1))
        except exc.IllegalStateChangeError as error:
            told.append(str(error))

    worker = threading.Thread(target=work, name="worker")
    worker.start()
    busy.wait(5)
    with pytest.raises(exc.IllegalStateChangeError, match="worker"):
        session.close()
    refused.set()
    worker.join()
    assert len(told) == 1 and "closed this session" in told[0]
    with engine.connect() as connection:
        assert connection.scalar(select(1)) == 1
    assert session.scalar(select(2)) == 2
    session.close()
    engine.dispose()


async def test_a_session_that_was_left_may_be_used_again(driver: str, staged: Any) -> None:
    stage = await staged(driver, pool_size=1, max_overflow=0, pool_timeout=30)
    session = AsyncSession(stage.engine)
    with pytest.raises(exc.IllegalStateChangeError):
        async with session:
            first = asyncio.create_task(session.execute(select(1)))
            await asyncio.gather(first, session.execute(select(2)))
    await first
    async with session:
        session.add(Account(name="ada"))
        await session.flush()
        assert await session.scalar(select(func.count(Account.id))) == 1  # nobody closes it behind its back
    await stage.check()


@pytest.mark.parametrize("lazy_begin", [False, True])
async def test_one_session_used_by_gather_inside_a_request(
    lazy_begin: bool, driver: str, staged: Any
) -> None:
    stage = await staged(driver, lazy_begin=lazy_begin)
    app = FastAPI()

    async def get_session() -> Any:
        async with AsyncSession(stage.engine) as session, session.begin():
            yield session

    Given = Annotated[Any, Depends(get_session, scope="function")]

    @app.get("/gathered")
    async def gathered(session: Given) -> list[int]:
        return await asyncio.gather(session.scalar(select(1)), session.scalar(select(2)))

    @app.get("/apart")
    async def apart(session: Given) -> int:
        return int(await session.scalar(select(1)))

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/gathered")).status_code == 500
        answers = await asyncio.gather(*(client.get("/apart") for _ in range(30)))
        assert [answer.status_code for answer in answers] == [200] * 30
    await stage.check()
