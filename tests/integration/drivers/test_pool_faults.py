"""Pools over real databases: killed backends, cancelled tasks, exhaustion, forgotten connections."""

import asyncio
import random
import subprocess
import sys

import psycopg
import pytest

from sublimate import event, exc
from sublimate.dialects.postgresql.asyncpg import AsyncpgDriver
from sublimate.dialects.postgresql.psycopg import PsycopgAsyncDriver, PsycopgDriver
from sublimate.dialects.sqlite.aiosqlite import AiosqliteDriver
from sublimate.dialects.sqlite.pysqlite import PysqliteDriver
from sublimate.engine.url import make_url
from sublimate.pool import AsyncAdaptedQueuePool, NullPool, QueuePool, StaticPool

PID = "SELECT pg_backend_pid()"


def kill(url, *pids):
    with psycopg.connect(url, autocommit=True) as connection:
        for pid in pids:
            connection.execute("SELECT pg_terminate_backend(%s)", (pid,))


def backends(url):
    with psycopg.connect(url, autocommit=True) as connection:
        sql = "SELECT state, query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        return [row for row in connection.execute(sql) if "sublimate test" in (row[1] or "")]


def pool_of(driver, url, kind=AsyncAdaptedQueuePool, **kw):
    arguments = driver.connect_arguments(make_url(url))
    return kind(lambda: driver.connect(arguments), **kw)


@pytest.fixture(params=[AsyncpgDriver, PsycopgAsyncDriver], ids=lambda driver: driver.name)
async def pool(request, postgresql_url):
    pool = pool_of(request.param(), postgresql_url, pool_size=2, max_overflow=1, timeout=30)
    yield pool
    await pool.dispose()


async def test_reads_go_on_after_their_backend_was_killed(pool, postgresql_url):
    pid = (await pool.fetch_once(PID, None))[0][0]
    kill(postgresql_url, pid)
    assert (await pool.fetch_once(PID, None))[0][0] != pid
    assert pool.checkedout() == 0 and pool._state.open == 1


async def test_a_holder_is_told_and_the_pool_recovers(pool, postgresql_url):
    entry = await pool.acquire()
    pid = (await entry.connection.fetch(PID, None))[0][0]
    kill(postgresql_url, pid)
    with pytest.raises(exc.DBAPIError) as info:
        await entry.connection.fetch(PID, None)
    assert info.value.connection_invalidated
    await pool.release(entry)
    assert pool._state.open == 0
    assert (await pool.fetch_once(PID, None))[0][0] != pid


async def test_pre_ping_finds_the_dead(pool, postgresql_url, request):
    pool._pre_ping, pool._plain = True, False
    entries = [await pool.acquire() for _ in range(2)]
    pids = [(await entry.connection.fetch(PID, None))[0][0] for entry in entries]
    for entry in entries:
        await pool.release(entry)
    kill(postgresql_url, *pids)
    entry = await pool.acquire()
    assert (await entry.connection.fetch(PID, None))[0][0] not in pids
    await pool.release(entry)


async def test_an_open_transaction_never_survives_its_release(pool):
    entry = await pool.acquire()
    await entry.connection.begin()
    await entry.connection.execute("CREATE TABLE gone (id integer)", None)
    await pool.release(entry)
    assert not entry.connection.in_transaction
    rows = await pool.fetch_once("SELECT to_regclass('gone')::text", None)
    assert rows[0][0] is None


async def test_tasks_cancelled_anywhere_leave_nothing_behind(pool, postgresql_url):
    chance = random.Random(4)

    async def read():
        await pool.fetch_once("SELECT pg_sleep(0.002) /* sublimate test */", None)

    async def write():
        entry = await pool.acquire()
        try:
            await entry.connection.begin()
            await entry.connection.execute("SELECT pg_sleep(0.001) /* sublimate test */", None)
            await entry.connection.commit()
        finally:
            await pool.release(entry)

    tasks = [asyncio.create_task(chance.choice([read, write])()) for _ in range(80)]
    loop = asyncio.get_running_loop()
    for task in tasks:
        if chance.random() < 0.4:
            loop.call_later(chance.random() * 0.15, task.cancel)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(result is None or isinstance(result, asyncio.CancelledError) for result in results)
    while pool._tasks:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert pool.checkedout() == 0 and not pool._state.waiters and pool._state.open <= 3
    for _ in range(4):
        await pool.fetch_once(PID, None)
    busy = [state for state, _ in backends(postgresql_url) if state not in ("idle", "active")]
    assert busy == []


async def test_exhaustion_says_who_holds_what(pool):
    holding = []

    async def hold():
        entry = await pool.acquire()
        holding.append(entry)
        try:
            await asyncio.sleep(60)
        finally:
            await pool.release(entry)

    holders = [asyncio.create_task(hold(), name=f"holder {n}") for n in range(3)]
    while len(holding) < 3:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    pool._timeout = 0.05
    with pytest.raises(exc.TimeoutError, match="QueuePool limit of size 2 overflow 1 reached") as info:
        await pool.acquire()
    assert all(f"'holder {n}'" in str(info.value) for n in range(3)) and __file__ in str(info.value)
    for holder in holders:
        holder.cancel()
    await asyncio.wait(holders)
    assert pool.checkedout() == 0


async def test_connect_listeners_can_use_the_connection(pool):
    @event.listens_for(pool, "connect")
    def setup(connection, record):
        cursor = connection.cursor()
        cursor.execute("SET application_name = 'set by a listener'")
        cursor.execute("SELECT 1 AS one")
        assert cursor.fetchone()[0] == 1 and cursor.description[0][0] == "one"
        cursor.close()

    assert (await pool.fetch_once("SHOW application_name", None))[0][0] == "set by a listener"


def test_blocking_reads_go_on_after_their_backend_was_killed(postgresql_url):
    pool = pool_of(PsycopgDriver(), postgresql_url, QueuePool)
    pid = pool.fetch_once(PID, None)[0][0]
    kill(postgresql_url, pid)
    assert pool.fetch_once(PID, None)[0][0] != pid
    pool.dispose()


async def test_sqlite_pragmas_in_a_connect_listener(sqlite_url):
    for driver, kind in ((AiosqliteDriver(), AsyncAdaptedQueuePool), (PysqliteDriver(), QueuePool)):
        pool = pool_of(driver, sqlite_url, kind)

        @event.listens_for(pool, "connect")
        def foreign_keys(connection, record):
            cursor = connection.cursor()
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.close()

        rows = pool.fetch_once("PRAGMA foreign_keys", None)
        assert (await rows if driver.is_async else rows)[0][0] == 1
        disposed = pool.dispose()
        if driver.is_async:
            await disposed


async def test_cancelled_sqlite_tasks_leave_a_clean_pool(sqlite_url):
    pool = pool_of(AiosqliteDriver(), sqlite_url, pool_size=3, max_overflow=0)
    await pool.fetch_once("CREATE TABLE t (id integer)", None)

    async def write(number):
        entry = await pool.acquire()
        try:
            await entry.connection.begin()
            await entry.connection.execute("INSERT INTO t VALUES (?)", (number,))
            await entry.connection.commit()
        finally:
            await pool.release(entry)

    tasks = [asyncio.create_task(write(number)) for number in range(40)]
    for number, task in enumerate(tasks):
        if number % 3 == 0:
            asyncio.get_running_loop().call_later(number * 0.001, task.cancel)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(result is None or isinstance(result, asyncio.CancelledError) for result in results)
    while pool._tasks:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert pool.checkedout() == 0
    assert not any(entry.connection.in_transaction for entry in pool._state.idle)
    stored = (await pool.fetch_once("SELECT count(*) FROM t", None))[0][0]
    assert sum(result is None for result in results) <= stored <= 40
    await pool.dispose()


def test_a_database_in_memory_outlives_its_event_loop():
    pool = StaticPool(lambda: driver.connect({"database": ":memory:"}), is_async=True)
    driver = AiosqliteDriver()

    async def create():
        await pool.fetch_once("CREATE TABLE t (id integer)", None)

    async def read():
        return await pool.fetch_once("SELECT count(*) FROM t", None)

    asyncio.run(create())
    assert asyncio.run(read()) == [(0,)]
    asyncio.run(pool.dispose())


def test_postgresql_connections_are_made_anew_in_another_loop(postgresql_url):
    pool = pool_of(AsyncpgDriver(), postgresql_url)

    async def read():
        return (await pool.fetch_once(PID, None))[0][0]

    first, second = asyncio.run(read()), asyncio.run(read())
    assert first != second
    asyncio.run(pool.dispose())


async def test_null_pool_over_a_real_driver(postgresql_url):
    pool = pool_of(AsyncpgDriver(), postgresql_url, NullPool, is_async=True)
    assert (await pool.fetch_once("SELECT 1 /* sublimate test */", None))[0][0] == 1
    assert pool._state.open == 0


def test_a_program_that_forgets_to_dispose_ends():
    code = """
import asyncio
from sublimate.dialects.sqlite.aiosqlite import AiosqliteDriver
from sublimate.pool import AsyncAdaptedQueuePool

driver = AiosqliteDriver()
pool = AsyncAdaptedQueuePool(lambda: driver.connect({"database": ":memory:"}))

async def main():
    print((await pool.fetch_once("SELECT 1", None))[0][0])

asyncio.run(main())
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert ran.stdout == "1\n" and "Traceback" not in ran.stderr
