"""Programs that end, fork or forget: no hang, no storm of warnings, no connection shared with a child."""

import os
import subprocess
import sys
import time
from typing import Any

import pytest

from sublimate import create_engine, exc, select, text
from sublimate.ext.asyncio import create_async_engine

ASYNC = """
import asyncio
from sublimate import select
from sublimate.ext.asyncio import AsyncSession, create_async_engine
engine = create_async_engine({url!r})
async def main():
    async with engine.connect() as connection:
        await connection.scalar(select(1))
    session = AsyncSession(engine)
    {leave}
    print("done")
asyncio.run(main())
"""
SYNC = """
from sublimate import create_engine, select
engine = create_engine({url!r})
connection = engine.connect()
connection.scalar(select(1))
{leave}
print("done")
"""
LEAVES = {"closed": "pass", "open": "await session.scalar(select(1)); await session.connection()"}


LATE_ASYNC = """
import asyncio
from sublimate import select, text
from sublimate.ext.asyncio import AsyncSession, create_async_engine
engine = create_async_engine({url!r})
async def generate():
    async with AsyncSession(engine) as session:
        yield await session.execute(text("SELECT 1"))
async def main():
    global session, connection, stream, generator
    session, connection, generator = AsyncSession(engine), await engine.connect(), generate()
    await session.execute(text("SELECT 1"))
    session.info["cycle"] = session
    stream = await connection.stream(text("SELECT 1 UNION ALL SELECT 2"))
    await anext(generator)
asyncio.run(main())
"""
LATE = """
import builtins
from sublimate import create_engine, event, text
from sublimate.orm import Session
engine = create_engine({url!r})
for name in ("reset", "checkin", "close"):
    event.listen(engine, name, lambda *given: text("needs a module"))
def generate():
    with Session(engine) as session:
        yield session.execute(text("SELECT 1"))
generator = generate()
next(generator)
builtins.session = session = Session(engine)
session.execute(text("SELECT 1"))
session.info["cycle"] = session
connection, raw = engine.connect(), engine.raw_connection()
connection.begin_nested()
"""


def run(code: str, *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *(flags or ("-X", "dev")), "-c", code],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def url_of(request: pytest.FixtureRequest, with_driver: Any) -> Any:
    def find(driver: str) -> str:
        if driver in ("pymysql", "asyncmy", "aiomysql"):
            pytest.importorskip(f"sublimate.dialects.mysql.{driver}")
        kind = {
            "aiosqlite": "sqlite",
            "pysqlite": "sqlite",
            "pymysql": "mysql",
            "asyncmy": "mysql",
            "aiomysql": "mysql",
        }
        url = request.getfixturevalue(f"{kind.get(driver, 'postgresql')}_url")
        return str(with_driver(url, driver))

    return find


@pytest.mark.parametrize("leave", LEAVES)
@pytest.mark.parametrize("driver", ["aiosqlite", "asyncpg", "psycopg_async", "asyncmy"])
def test_an_asynchronous_program_ends_though_it_disposes_of_nothing(
    driver: str, leave: str, url_of: Any
) -> None:
    done = run(ASYNC.format(url=url_of(driver), leave=LEAVES[leave]))
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
    assert done.stderr.count("Warning") <= 2, done.stderr
    assert "Traceback" not in done.stderr, done.stderr


@pytest.mark.parametrize("driver", ["memory", "aiosqlite", "asyncpg", "psycopg_async", "asyncmy", "aiomysql"])
def test_what_an_asynchronous_program_leaves_open_ends_without_a_word(driver: str, url_of: Any) -> None:
    done = run(
        LATE_ASYNC.format(url="sqlite+aiosqlite://" if driver == "memory" else url_of(driver)),
        "-W",
        "default",
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert "Traceback" not in done.stderr and "SAWarning" not in done.stderr, done.stderr


@pytest.mark.parametrize("driver", ["memory", "pysqlite", "psycopg", "pymysql"])
def test_what_a_blocking_program_leaves_open_ends_without_a_word(driver: str, url_of: Any) -> None:
    done = run(LATE.format(url="sqlite://" if driver == "memory" else url_of(driver)), "-W", "default")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Traceback" not in done.stderr and "SAWarning" not in done.stderr, done.stderr


@pytest.mark.parametrize("leave", ["connection.close()", "pass"], ids=["closed", "open"])
@pytest.mark.parametrize("driver", ["pysqlite", "psycopg", "pymysql"])
def test_a_blocking_program_ends_though_it_disposes_of_nothing(driver: str, leave: str, url_of: Any) -> None:
    done = run(SYNC.format(url=url_of(driver), leave=leave))
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
    assert done.stderr.count("Warning") <= 2, done.stderr
    assert "Traceback" not in done.stderr, done.stderr


FORK = """
import asyncio, os, sys
from sublimate import create_engine, select, text
PID = text("SELECT pg_backend_pid()")
engine = create_engine({url!r})
held = engine.connect()
theirs = held.scalar(PID)
with engine.connect() as other:
    free = other.scalar(PID)
child = os.fork()
if child == 0:
    with engine.connect() as connection:
        assert connection.scalar(PID) not in (theirs, free), "the child uses its parent's connection"
    {in_child}
    engine.dispose()
    sys.stdout.flush()
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert held.scalar(PID) == theirs
with engine.connect() as other:
    assert other.scalar(PID) == free, "the parent's free connection was closed by the child"
print("done")
"""
HELD = """
    try:
        held.scalar(PID)
    except Exception as error:
        assert "parent process" in str(error), error
    else:
        raise SystemExit("the child used a connection its parent holds")
"""


@pytest.mark.parametrize("in_child", ["pass", HELD.strip("\n").strip()], ids=["free", "held"])
def test_a_forked_child_does_not_use_its_parents_connections(in_child: str, url_of: Any) -> None:
    done = run(FORK.format(url=url_of("psycopg"), in_child=in_child))
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


ASYNC_FORK = """
import asyncio, os
from sublimate import text
from sublimate.ext.asyncio import create_async_engine
PID = text("SELECT pg_backend_pid()")
engine = create_async_engine({url!r})
async def pid():
    async with engine.connect() as connection:
        return await connection.scalar(PID)
async def parent():
    mine = await pid()
    child = os.fork()
    if child == 0:
        asyncio.events._set_running_loop(None)
        try:
            ok = asyncio.run(pid()) != mine
        finally:
            os._exit(0 if ok else 1)
    status = await asyncio.to_thread(os.waitpid, child, 0)
    assert os.waitstatus_to_exitcode(status[1]) == 0
    assert await pid() == mine
    await engine.dispose()
    print("done")
asyncio.run(parent())
"""


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg_async"])
def test_a_child_forked_from_a_running_loop_opens_its_own(driver: str, url_of: Any) -> None:
    done = run(ASYNC_FORK.format(url=url_of(driver)))
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


async def test_no_thread_and_no_file_survives_dispose(sqlite_url: str, with_driver: Any) -> None:
    before = len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))
    for _ in range(5):
        engine = create_async_engine(with_driver(sqlite_url, "aiosqlite"))
        held = [await engine.connect() for _ in range(4)]
        for connection in held:
            await connection.scalar(select(1))
            await connection.close()
        await engine.dispose()
    for _ in range(1000):
        after = len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))
        if after[0] <= before[0] and after[1] <= before[1]:
            break
        time.sleep(0.02)  # noqa: ASYNC251
    assert after[0] <= before[0] and after[1] <= before[1], (before, after)


def test_blocking_use_of_an_asynchronous_engine_is_refused(sqlite_url: str, with_driver: Any) -> None:
    engine = create_async_engine(with_driver(sqlite_url, "aiosqlite"))
    with pytest.raises(exc.MissingGreenlet, match="await"):
        engine.sync_engine.connect()
    with pytest.raises(TypeError, match="async with"), engine.begin():  # type: ignore[attr-defined]
        pass
    assert engine.pool.checkedout() == 0


async def test_asynchronous_use_of_a_blocking_engine_is_refused(sqlite_url: str) -> None:
    with pytest.raises(exc.InvalidRequestError, match="async"):
        create_async_engine(sqlite_url.replace("sqlite:", "sqlite+pysqlite:"))
    engine = create_engine(sqlite_url)
    with pytest.raises(TypeError):
        async with engine.connect():  # type: ignore[attr-defined]
            pass
    with pytest.raises(TypeError):
        await engine.connect().execute(text("SELECT 1"))  # type: ignore[misc]
    engine.dispose()
