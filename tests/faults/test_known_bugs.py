"""What other asynchronous database layers got wrong, by symptom; the numbers are those of their public issues."""

import asyncio
import gc
import random
import warnings
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from faults.stage import Account, Stage
from faults.stopwatch import ends_within
from sublimate import select, text
from sublimate.ext.asyncio import AsyncSession

SLOW = {"aiosqlite": None, "asyncpg": "SELECT pg_sleep(30)", "psycopg_async": "SELECT pg_sleep(30)"}


@pytest.fixture(params=["aiosqlite", "asyncpg", "psycopg_async"])
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def slow(driver: str) -> Any:
    """A statement that takes half a minute or more."""
    sql = SLOW[driver] or (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600000000) SELECT count(*) FROM n"
    )
    return text(sql)


async def works(stage: Stage) -> None:
    async with asyncio.timeout(30), AsyncSession(stage.engine) as session:
        assert await session.scalar(select(1)) == 1


async def test_a_timeout_while_acquiring_leaks_nothing(driver: str, staged: Any) -> None:
    """asyncpg 464, 467, 955: the connection was made, and nobody had it."""
    stage = await staged(driver, pool_size=3, max_overflow=0)
    chance = random.Random(11)

    async def use() -> None:
        async with stage.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    for _ in range(40):
        await stage.engine.dispose()
        tasks = [asyncio.create_task(asyncio.wait_for(use(), chance.random() * 0.03)) for _ in range(4)]
        await asyncio.gather(*tasks, return_exceptions=True)
    await works(stage)
    await stage.check()


async def test_the_pool_closes_though_an_acquire_was_cancelled(driver: str, staged: Any) -> None:
    """asyncpg 431, 547: close() or release() waited for ever."""
    stage = await staged(driver, pool_size=1, max_overflow=0, pool_timeout=200)
    async with stage.engine.connect():
        waiting = asyncio.create_task(stage.engine.connect().start())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        async with asyncio.timeout(20):
            await stage.engine.dispose()
    await stage.check()


async def test_a_task_that_cancels_itself_gives_its_connection_back(driver: str, staged: Any) -> None:
    """SQLAlchemy 6652."""
    stage = await staged(driver, pool_size=2, max_overflow=0, pool_timeout=30)

    async def cancel_myself() -> None:
        async with AsyncSession(stage.engine) as session:
            await session.execute(text("SELECT 1"))
            task = asyncio.current_task()
            assert task is not None
            task.cancel()

    for _ in range(10):
        task = asyncio.create_task(cancel_myself())
        await asyncio.gather(task, return_exceptions=True)
    await works(stage)
    await stage.check()


async def test_an_anyio_scope_that_cancels_every_await_of_the_cleaning(driver: str, staged: Any) -> None:
    """SQLAlchemy 8145, 12077: each await of the clean-up was cancelled too, and the backend stayed."""
    stage = await staged(driver, pool_size=2, max_overflow=0, pool_timeout=30)
    for _ in range(5):
        with anyio.move_on_after(0.05):
            async with stage.engine.begin() as connection:
                await connection.execute(text("INSERT INTO account (name, balance) VALUES ('x', 1)"))
                await connection.execute(slow(driver))
        with anyio.move_on_after(0.05):
            async with AsyncSession(stage.engine) as session, session.begin():
                session.add(Account(name="y"))
                await session.flush()
                await session.execute(slow(driver))
    await works(stage)
    await stage.check()
    async with AsyncSession(stage.engine) as session:
        assert (await session.scalars(select(Account))).all() == []


async def test_an_anyio_group_whose_sibling_fails(driver: str, staged: Any) -> None:
    """SQLAlchemy 12077: a handler in a task group was cancelled because another failed."""
    stage = await staged(driver, pool_size=2, max_overflow=0, pool_timeout=30)

    async def handler() -> None:
        async with AsyncSession(stage.engine) as session:
            await session.execute(slow(driver))

    async def fail() -> None:
        await anyio.sleep(0.05)
        raise ValueError

    for _ in range(3):
        with pytest.raises(ExceptionGroup):
            async with anyio.create_task_group() as group:
                group.start_soon(handler)
                group.start_soon(fail)
    await works(stage)
    await stage.check()


async def test_a_stream_that_its_reader_leaves(driver: str, staged: Any) -> None:
    """SQLAlchemy 11125: the client of a streaming response went away, and its connections stayed open."""
    stage = await staged(driver, pool_size=2, max_overflow=0, pool_timeout=30)
    async with AsyncSession(stage.engine) as session, session.begin():
        session.add_all(Account(name=f"{number}") for number in range(500))

    async def rows() -> Any:
        async with AsyncSession(stage.engine) as session:
            result = await session.stream(select(Account).execution_options(yield_per=10))
            async for row in result:
                yield row

    for _ in range(3):
        with anyio.CancelScope() as scope:
            reading = rows()
            async for _ in reading:
                scope.cancel()
                await anyio.lowlevel.checkpoint()
        await reading.aclose()
    for _ in range(3):
        reading = rows()
        async for _ in reading:
            break
        await reading.aclose()
    await works(stage)
    await stage.check()


async def test_waiters_cancelled_while_all_connections_are_taken(driver: str, staged: Any) -> None:
    """psycopg 509: the pool lost the connections that were handed to waiters who had gone."""
    stage = await staged(driver, pool_size=3, max_overflow=0, pool_timeout=30)

    async def hold(seconds: float) -> None:
        async with stage.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
            await asyncio.sleep(seconds)

    for _ in range(10):
        holders = [asyncio.create_task(hold(0.01)) for _ in range(3)]
        waiters = [asyncio.create_task(hold(0)) for _ in range(20)]
        await asyncio.sleep(0.01)
        for waiter in waiters:
            waiter.cancel()
        await asyncio.gather(*holders, *waiters, return_exceptions=True)
    await asyncio.gather(*(works(stage) for _ in range(3)))
    await stage.check()


async def test_cancelled_while_the_connection_is_checked(driver: str, staged: Any) -> None:
    """psycopg 1123, 1208, 1401: lost, or the cancellation was absorbed by the loop that checks."""
    stage = await staged(driver, pool_size=2, max_overflow=0, pool_pre_ping=True, pool_timeout=30)
    await works(stage)
    chance = random.Random(13)

    async def cancelled_in_the_check() -> None:
        task = asyncio.create_task(works(stage))
        for _ in range(chance.randrange(1, 4)):
            await asyncio.sleep(0)
        was_at_it = task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled() or not was_at_it

    for _ in range(30):
        await ends_within(1, cancelled_in_the_check)
    await works(stage)
    await stage.check()


async def test_dispose_while_a_statement_runs_returns(driver: str, staged: Any) -> None:
    """aiosqlite: close() never returned while its thread was at work, or had ended."""
    stage = await staged(driver, pool_size=2)

    async def run() -> None:
        async with AsyncSession(stage.engine) as session:
            await session.execute(slow(driver))

    task = asyncio.create_task(run())
    await asyncio.sleep(0.1)
    async with asyncio.timeout(15):
        await stage.engine.dispose()
        await stage.engine.dispose()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await works(stage)
    await stage.check()


async def test_the_server_stops_too(staged: Any) -> None:
    """A cancelled statement went on for minutes, with its locks."""
    for driver in ("asyncpg", "psycopg_async"):
        stage = await staged(driver)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2), AsyncSession(stage.engine) as session:
                await session.execute(text("SELECT pg_sleep(30)"))
        for _ in range(500):
            if not [row for row in stage.backends() if row[1] == "active"]:
                break
            await asyncio.sleep(0.02)
        else:
            raise AssertionError(f"{driver}: {stage.backends()}")
        await stage.check()


async def test_a_cancelled_stream_leaves_no_complaint(driver: str, staged: Any) -> None:
    """psycopg: each cursor on the server whose stream was cancelled warned that nobody had closed it."""
    stage = await staged(driver, pool_size=2, max_overflow=0, pool_timeout=30)

    async def read() -> None:
        async with stage.engine.connect() as connection:
            result = await connection.stream(
                text("SELECT 1 UNION ALL SELECT 2"), execution_options={"yield_per": 1}
            )
            await result.all()

    gc.collect()
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        for at in range(1, 30):
            task = asyncio.ensure_future(read())
            for _ in range(at):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await works(stage)
        await stage.engine.dispose()
        gc.collect()
    assert not [str(each.message) for each in heard if "ursor" in str(each.message)]
