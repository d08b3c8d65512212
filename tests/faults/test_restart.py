"""The server itself is stopped and started: whoever was at work is told, the pool recovers, and no acknowledged commit is lost."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clusters.postgresql import MISSING, Cluster, binaries
from faults.stage import Account, Base
from sublimate import create_engine, exc, func, select
from sublimate.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine, retrying
from sublimate.orm import Session


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if binaries() is None:
        pytest.skip(MISSING)
    with tempfile.TemporaryDirectory(prefix="sublimate-restart-") as directory:
        # a stop at once is a crash to the server: what it acknowledged has to be on the disk
        cluster = Cluster(Path(directory) / "primary", fsync="on").create()
        yield cluster
        cluster.stop()


def url_of(cluster: Cluster, driver: str) -> str:
    return cluster.url.replace("postgresql", f"postgresql+{driver}", 1)


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg_async"])
async def test_tasks_are_told_and_the_pool_recovers(driver: str, cluster: Cluster) -> None:
    engine = create_async_engine(url_of(cluster, driver), pool_size=4, max_overflow=0)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    sessions = [AsyncSession(engine) for _ in range(3)]
    for number, session in enumerate(sessions):
        session.add(Account(name=f"open {number}"))
        await session.flush()
    async with AsyncSession(engine) as session, session.begin():
        session.add(Account(name="kept"))
    cluster.stop()
    for session in sessions:
        with pytest.raises(exc.DBAPIError) as told:
            await session.commit()
        assert told.value.connection_invalidated
        await session.rollback()
    refused = await asyncio.gather(*(answers(engine) for _ in range(6)), return_exceptions=True)
    assert all(isinstance(error, exc.OperationalError) for error in refused), refused
    assert engine.pool.checkedout() == 0
    cluster.start()
    assert await asyncio.gather(*(answers(engine) for _ in range(6))) == [1] * 6
    assert engine.pool.checkedout() == 0 and engine.pool._state.open <= 4
    for session in sessions:
        assert await session.scalar(select(func.count(Account.id))) == 1
        await session.close()
    await engine.dispose()


async def answers(engine: Any) -> int:
    """How many accounts there are, by a transaction that begins."""
    async with engine.begin() as connection:
        await connection.exec_driver_sql("LOCK TABLE account IN SHARE MODE")
        return int(await connection.scalar(select(func.count(Account.id))))


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg_async"])
async def test_retrying_goes_on_when_the_server_is_back(driver: str, cluster: Cluster) -> None:
    engine = create_async_engine(url_of(cluster, driver), pool_size=4, max_overflow=0)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    make_session = async_sessionmaker(engine)
    done: set[str] = set()
    unknown: set[str] = set()
    halfway = asyncio.Event()

    async def add(name: str) -> None:
        try:
            async for attempt in retrying(make_session, attempts=200, longest=0.1):
                async with attempt as session:
                    session.add(Account(name=name))
                    await session.flush()
        except exc.CommitUnknownError:
            unknown.add(name)
        else:
            done.add(name)
        if len(done) == 20:
            halfway.set()

    async def worker(number: int) -> None:
        for each in range(20):
            await add(f"{number}-{each}")

    async def restart() -> None:
        await halfway.wait()
        await asyncio.to_thread(cluster.stop)
        await asyncio.to_thread(cluster.start)

    await asyncio.gather(restart(), *(worker(number) for number in range(4)))
    async with make_session() as session:
        stored = set((await session.scalars(select(Account.name))).all())
    assert len(done) + len(unknown) == 80 and done <= stored <= done | unknown
    assert engine.pool.checkedout() == 0
    await engine.dispose()


def test_blocking_code_is_told_and_the_pool_recovers(cluster: Cluster) -> None:
    engine = create_engine(url_of(cluster, "psycopg"), pool_size=2, max_overflow=0)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Account(name="open"))
        session.flush()
        cluster.stop()
        with pytest.raises(exc.DBAPIError) as told:
            session.commit()
        assert told.value.connection_invalidated
        session.rollback()
        with pytest.raises(exc.OperationalError):
            session.scalar(select(func.count(Account.id)))
        session.rollback()
        cluster.start()
        assert session.scalar(select(func.count(Account.id))) == 0
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    engine.dispose()
