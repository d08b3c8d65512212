"""SQLite's own faults: a locked file, a full disk, an interrupt that comes late."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from faults.stage import Account, Entry
from sublimate import event, exc, func, insert, select, text
from sublimate.ext.asyncio import AsyncSession


async def test_a_locked_file_is_an_error_and_nothing_is_lost(staged: Any) -> None:
    stage = await staged("aiosqlite", connect_args={"timeout": 0.1})
    async with stage.engine.connect() as writer:
        await writer.execute(insert(Account).values(name="first"))
        async with AsyncSession(stage.engine) as session:
            session.add(Account(name="second"))
            with pytest.raises(exc.OperationalError, match="locked") as caught:
                await session.commit()
            assert not caught.value.connection_invalidated
            await session.rollback()
            await writer.commit()
            session.add(Account(name="second"))
            await session.commit()
            assert await session.scalar(select(func.count(Account.id))) == 2
    await stage.check()


async def test_a_full_disk_is_an_error_and_the_session_goes_on(staged: Any) -> None:
    stage = await staged("aiosqlite", pool_size=1, max_overflow=0)

    @event.listens_for(stage.engine.sync_engine, "connect")
    def small(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA max_page_count = 12").close()

    await stage.engine.dispose()
    async with AsyncSession(stage.engine) as session:
        session.add(Account(id=1, name="kept"))
        await session.commit()
        session.add_all(Entry(amount=number, account_id=1) for number in range(20_000))
        with pytest.raises(exc.OperationalError, match="full"):
            await session.commit()
        await session.rollback()
        assert await session.scalar(select(func.count(Entry.id))) == 0
        assert await session.scalar(select(Account.name)) == "kept"
    await stage.check()


FAILING_DISK = """
import asyncio, resource
from sublimate import exc, text
from sublimate.ext.asyncio import create_async_engine

async def main():
    engine = create_async_engine("sqlite+aiosqlite:///{path}", pool_size=1, max_overflow=0)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE t (x TEXT)"))
        await connection.execute(text("INSERT INTO t VALUES ('kept')"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))  # beyond it, writing fails
    try:
        async with engine.begin() as connection:
            await connection.execute(text("INSERT INTO t VALUES (hex(randomblob(400000)))"))
    except exc.OperationalError as error:
        print(type(error).__name__, error.connection_invalidated, error.orig)
    print(engine.pool.checkedout())
    async with engine.begin() as connection:
        print((await connection.execute(text("SELECT x FROM t"))).scalars().all())
        await connection.execute(text("INSERT INTO t VALUES ('after')"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await engine.dispose()

asyncio.run(main())
"""


def test_a_disk_that_fails_is_an_error_and_the_pool_goes_on(tmp_path: Path) -> None:
    code = FAILING_DISK.format(path=tmp_path / "small.sqlite")
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.splitlines() == ["OperationalError False disk I/O error", "0", "['kept']"], done.stderr
    assert not done.stderr


async def test_an_interrupt_never_hits_the_next_statement(staged: Any) -> None:
    stage = await staged("aiosqlite", pool_size=1, max_overflow=0)
    numbers = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n"
    )

    async def read(streamed: bool) -> None:
        async with stage.engine.connect() as connection:
            if streamed:
                async for _ in await connection.stream(numbers, execution_options={"yield_per": 10}):
                    pass
            else:
                await connection.execute(numbers)

    for number in range(60):
        task = asyncio.ensure_future(read(number % 2 == 0))
        asyncio.get_running_loop().call_later(number * 0.0003, task.cancel)
        await asyncio.gather(task, return_exceptions=True)
        async with stage.engine.connect() as connection:
            assert await connection.scalar(select(1)) == 1
    await stage.check()
