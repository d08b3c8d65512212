"""Cancel at every await: no connection leaks, no cancellation is lost, pool and session can be used again."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clusters.postgresql import MISSING, Cluster, binaries
from faults.cancelling import cancel_everywhere
from faults.servers import PostgreSQL
from faults.stage import Account, Base, Entry, Stage
from sublimate import bulk_load, delete, event, insert, select, text, update, upsert
from sublimate.engine.run import run_async
from sublimate.ext.asyncio import AsyncSession, create_async_engine
from sublimate.orm import selectinload

Scenario = Callable[[Any], Any]
PROGRAMS: dict[str, Scenario] = {}


def program(function: Scenario) -> Scenario:
    PROGRAMS[function.__name__] = function
    return function


@program
async def connect(engine: Any) -> None:
    async with engine.connect() as connection:
        assert await connection.scalar(select(1)) == 1


@program
async def begin(engine: Any) -> None:
    async with engine.begin() as connection:
        await connection.execute(insert(Account).values(name="ada"))
        await connection.execute(update(Account).values(balance=1))


@program
async def commit_twice(engine: Any) -> None:
    async with engine.connect() as connection:
        await connection.execute(insert(Account).values(name="ada"))
        await connection.commit()
        await connection.execute(text("SELECT 1"))
        await connection.rollback()
        await connection.execute(insert(Account), [{"name": "a"}, {"name": "b"}])
        await connection.commit()


@program
async def savepoints(engine: Any) -> None:
    async with engine.connect() as connection, connection.begin():
        async with connection.begin_nested():
            await connection.execute(insert(Account).values(name="ada"))
        inner = await connection.begin_nested()
        await connection.execute(insert(Account).values(name="bob"))
        await inner.rollback()


@program
async def stream(engine: Any) -> None:
    async with engine.connect() as connection:
        result = await connection.stream(text("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3"))
        assert len([row async for row in result]) == 3
        async with connection.stream(
            text("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3"), execution_options={"yield_per": 1}
        ) as rows:
            async for _ in rows:
                break


@program
async def run_sync(engine: Any) -> None:
    def work(connection: Any) -> None:
        connection.execute(insert(Account).values(name="ada"))
        connection.execute(text("SELECT 1"))
        connection.commit()

    async with engine.connect() as connection:
        await connection.run_sync(work)


@program
async def serializable(engine: Any) -> None:
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="SERIALIZABLE")
        await connection.execute(select(1))
        await connection.get_isolation_level()


@program
async def session(engine: Any) -> None:
    async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
        session.add(Account(name="ada", entries=[Entry(amount=1), Entry(amount=2)]))
        await session.flush()
        found = (await session.scalars(select(Account).options(selectinload(Account.entries)))).all()
        await session.refresh(found[0])
        async with session.begin_nested():
            found[0].balance = 5


@program
async def one_shot_read(engine: Any) -> None:
    async with AsyncSession(engine) as session:
        await session.get(Account, 1)
        await session.scalar(select(Account.name))


@program
async def session_stream(engine: Any) -> None:
    async with AsyncSession(engine) as session:
        session.add_all([Account(name="ada"), Account(name="bob")])
        await session.flush()
        async for account in await session.stream_scalars(select(Account)):
            assert account.name
        await session.execute(delete(Account))


@program
async def session_run_sync(engine: Any) -> None:
    def work(session: Any) -> None:
        session.add(Account(name="ada", entries=[Entry(amount=1)]))
        session.commit()
        assert len(session.scalars(select(Account)).one().entries) == 1
        session.rollback()

    async with AsyncSession(engine) as session:
        await session.run_sync(work)


@program
async def watched_session(engine: Any) -> None:
    async with AsyncSession(engine) as session:
        event.listen(session.sync_session, "before_flush", lambda *a: None)
        session.add(Account(name="ada"))
        await session.commit()


@program
async def disposing(engine: Any) -> None:
    async with engine.connect() as one, engine.connect() as two:
        await one.scalar(select(1))
        await two.scalar(select(1))
    await engine.dispose()


@program
async def loading_in_bulk(engine: Any) -> None:
    async def rows() -> Any:
        for number in range(3):
            await asyncio.sleep(0)
            yield (f"b{number}", number)

    async with engine.begin() as connection:
        await bulk_load(connection, Account, rows(), columns=["name", "balance"])
    async with AsyncSession(engine) as session, session.begin():
        session.add(Account(name="ada"))
        await bulk_load(session, Account, [{"name": "x"}, {"name": "y"}])


@program
async def upserts(engine: Any) -> None:
    async with engine.begin() as connection:
        await connection.execute(upsert(Account), [{"id": 1, "name": "ada"}, {"id": 2, "name": "bob"}])
        await connection.execute(upsert(Account).values(id=1, name="cat").ignore())
    async with AsyncSession(engine) as session:
        await session.execute(upsert(Account), [{"id": 1, "name": "eve"}, {"id": 3, "name": "fay"}])
        await session.commit()


@program
async def outdated_plans(engine: Any) -> None:
    everything = text("SELECT * FROM account")
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite's statements are prepared anew by itself")
    async with engine.connect() as connection:
        if not getattr(engine.dialect, "is_mariadb", True):
            pytest.skip("MySQL has no ADD COLUMN IF NOT EXISTS")
        for _ in range(6):
            await connection.execute(everything)
        await connection.rollback()
        await connection.execute(text("ALTER TABLE account ADD COLUMN IF NOT EXISTS extra INTEGER"))
        await connection.commit()
        assert "extra" in list((await connection.execute(everything)).keys())
        await connection.rollback()
        await connection.execute(text("ALTER TABLE account DROP COLUMN IF EXISTS extra"))
        await connection.commit()


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("cold", [False, True], ids=["warm", "cold"])
async def test_a_cancelled_program_leaves_nothing_behind(
    name: str, cold: bool, driver: str, staged: Any
) -> None:
    stage = await staged(driver, pool_size=2, max_overflow=0, pool_timeout=30)

    async def prepare() -> Any:
        if cold:
            await stage.engine.dispose()
        async with stage.engine.begin() as connection:
            await connection.execute(delete(Entry))
            await connection.execute(delete(Account))
        if cold:
            await stage.engine.dispose()
        return lambda: PROGRAMS[name](stage.engine)

    async def check(at: int, way: str) -> None:
        await stage.check(name, at, way)
        async with stage.engine.connect() as connection:
            assert await connection.scalar(select(1)) == 1

    delivered = await cancel_everywhere(prepare, check)
    print(f"{name}, {driver}: cancelled {delivered} times")
    assert delivered >= 3


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL whose settings allow prepared transactions."""
    if binaries() is None:
        pytest.skip(MISSING)
    with tempfile.TemporaryDirectory(prefix="sublimate-cluster-") as directory:
        cluster = Cluster(Path(directory) / "primary").create()
        yield cluster
        cluster.stop()


async def two_phases(engine: Any) -> None:
    async with AsyncSession(engine, twophase=True) as session:
        session.add(Account(name="ada"))
        await session.flush()
        await session.rollback()
        session.add(Account(name="bob"))
        await session.commit()


def end_what_was_prepared(connection: Any) -> None:
    """A transaction that was cancelled once it was prepared waits on the server until somebody decides."""
    for name in connection.recover_twophase():
        connection.rollback_prepared(name)


@pytest.fixture(params=["asyncpg", "psycopg_async", "asyncmy", "aiomysql"])
async def stage_of_two_phases(request: pytest.FixtureRequest, staged: Any, with_driver: Any) -> Any:
    driver = str(request.param)
    if driver in ("asyncmy", "aiomysql"):
        yield await staged(driver, pool_size=2, max_overflow=0, pool_timeout=30)
        return
    server = PostgreSQL(request.getfixturevalue("cluster").url)
    engine = create_async_engine(
        with_driver(server.url, driver), pool_size=2, max_overflow=0, pool_timeout=30, **server.options(driver, "faults-2")
    )  # fmt: skip
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield Stage(engine, server, "faults-2")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
    await engine.dispose()


@pytest.mark.usefixtures("prepared_transactions_in_turn")
async def test_a_cancelled_two_phase_commit_leaves_nothing_but_what_was_prepared(
    stage_of_two_phases: Any,
) -> None:
    stage = stage_of_two_phases

    async def prepare() -> Any:
        async with stage.engine.begin() as connection:
            await connection.execute(delete(Account))
        return lambda: two_phases(stage.engine)

    async def check(at: int, way: str) -> None:
        await stage.check(at, way)
        async with stage.engine.connect() as connection:
            await connection.run_sync(end_what_was_prepared)

    assert await cancel_everywhere(prepare, check) >= 3


async def test_a_cancelled_read_of_a_replica_leaves_nothing_behind(
    driver: str, staged: Any, url_for: Any
) -> None:
    stage = await staged(
        driver, pool_size=2, max_overflow=0, pool_timeout=30, replicas=[url_for(driver)], lazy_begin=True
    )
    [replica] = stage.engine.sync_engine.replicas.replicas

    async def read() -> None:
        async with AsyncSession(stage.engine) as session:
            await session.scalars(select(Account))
            session.add(Account(name="ada"))
            await session.flush()
            await session.scalars(select(Account))
            await session.rollback()

    async def prepare() -> Any:
        return read

    async def check(at: int, way: str) -> None:
        for _ in range(500):
            if not replica.pool._tasks:
                break
            await asyncio.sleep(0.01)
        state = replica.pool._state
        assert replica.pool.checkedout() == 0 and len(state.entries) == state.open == len(state.idle)
        await run_async(replica.engine.dispose_steps())  # its connections have the stage's name, too
        await stage.check(at, way)

    assert await cancel_everywhere(prepare, check) >= 3


VERBS: dict[str, Callable[[Any], Any]] = {
    "get": lambda s: s.get(Account, 1),
    "execute": lambda s: s.execute(select(Account)),
    "flush": lambda s: s.flush(),
    "commit": lambda s: s.commit(),
    "rollback": lambda s: s.rollback(),
    "refresh": lambda s: s.refresh(next(iter(s.sync_session.identity_map.values()))),
    "close": lambda s: s.close(),
    "merge": lambda s: s.merge(Account(id=1, name="changed")),
    "run_sync": lambda s: s.run_sync(lambda inner: inner.commit()),
    "connection": lambda s: s.connection(),
    "invalidate": lambda s: s.invalidate(),
}


@pytest.mark.parametrize("verb", VERBS)
async def test_a_session_cancelled_in_one_verb_can_be_rolled_back_and_used(
    verb: str, driver: str, staged: Any
) -> None:
    stage = await staged(driver, pool_size=1, max_overflow=0, pool_timeout=30)
    async with AsyncSession(stage.engine) as seed, seed.begin():
        seed.add(Account(id=1, name="ada"))
    current: list[AsyncSession] = []

    async def prepare() -> Any:
        for session in current:
            await session.close()
        session = AsyncSession(stage.engine)
        current[:] = [session]
        account = await session.get_one(Account, 1)
        account.balance += 1
        if verb != "flush":
            await session.flush()
        session.add(Entry(amount=3, account=account))
        return lambda: VERBS[verb](session)

    async def check(at: int, way: str) -> None:
        session = current[0]
        await session.rollback()
        await stage.check(verb, at, way)
        balance = (await session.get_one(Account, 1)).balance
        assert isinstance(balance, int)
        entries = len((await session.scalars(select(Entry))).all())
        kept = (entries, balance) if verb in ("commit", "run_sync") else (0, 0)
        assert (entries, balance) == kept and entries == balance, (at, way, entries, balance)
        await session.close()
        await stage.check(verb, at, way)

    delivered = await cancel_everywhere(prepare, check, ways=("before", "handover"))
    print(f"{verb}, {driver}: cancelled {delivered} times")
    assert delivered > 0 or verb in ("get", "connection", "invalidate")  # no need to wait
    await current[0].rollback()
    await current[0].close()
    await stage.check(verb)


async def test_cancelled_in_the_queue_or_at_hand_over(driver: str, staged: Any) -> None:
    stage = await staged(driver, pool_size=1, max_overflow=0, pool_timeout=30)
    engine = stage.engine
    holders: list[asyncio.Task[None]] = []

    async def hold() -> None:
        async with engine.connect() as connection:
            await connection.scalar(select(1))
            await asyncio.sleep(0.01)

    async def use() -> None:
        async with engine.connect() as connection:
            await connection.scalar(select(1))

    async def prepare() -> Any:
        holders[:] = [asyncio.create_task(hold()) for _ in range(2)]
        await asyncio.sleep(0)
        return use

    async def check(at: int, way: str) -> None:
        await asyncio.gather(*holders)
        await stage.check(at, way)

    assert await cancel_everywhere(prepare, check) >= 3
