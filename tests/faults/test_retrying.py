"""retrying(): real serialization failures and deadlocks end well; what may have been committed is never repeated."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from faults.stage import Account, Base, Entry, Stage
from sublimate import create_engine, event, exc, func, select, text, update
from sublimate.ext.asyncio import AsyncSession, async_sessionmaker, retrying
from sublimate.orm import Session, sessionmaker
from sublimate.orm import retrying as retrying_sync

POSTGRESQL = ["asyncpg", "psycopg_async"]


async def with_accounts(staged: Any, driver: str, **options: Any) -> Stage:
    stage: Stage = await staged(driver, **options)
    async with AsyncSession(stage.engine) as session, session.begin():
        session.add_all(Account(id=number, name=f"a{number}", balance=100) for number in (1, 2))
    return stage


def refused(kind: type[Exception] = exc.OperationalError, **facts: Any) -> Exception:
    error = kind("COMMIT", None, Exception("refused"))
    for name, value in facts.items():
        setattr(error, name, value)
    return error


@pytest.mark.parametrize("driver", POSTGRESQL)
async def test_serialization_failures_are_repeated_until_all_is_counted(driver: str, staged: Any) -> None:
    stage = await with_accounts(staged, driver, isolation_level="SERIALIZABLE", pool_size=8, max_overflow=0)
    make_session = async_sessionmaker(stage.engine)
    tried = 0

    async def add() -> None:
        nonlocal tried
        async for attempt in retrying(make_session, attempts=50):
            async with attempt as session:
                tried += 1
                account = await session.get_one(Account, 1)
                await asyncio.sleep(0.002)
                account.balance += 1

    await asyncio.gather(*(add() for _ in range(24)))
    assert tried > 24, "nothing was ever refused, so nothing is shown"
    async with make_session() as session:
        assert await session.scalar(select(Account.balance).where(Account.id == 1)) == 124
    await stage.check()


@pytest.mark.parametrize("driver", POSTGRESQL)
async def test_a_deadlock_is_repeated(driver: str, staged: Any) -> None:
    stage = await with_accounts(staged, driver)
    make_session = async_sessionmaker(stage.engine)
    met, numbers = asyncio.Barrier(2), []

    async def both(first: int, second: int) -> None:
        async for attempt in retrying(make_session):
            async with attempt as session:
                numbers.append(attempt.number)
                await session.execute(
                    update(Account).where(Account.id == first).values(balance=Account.balance + 1)
                )
                if attempt.number == 1:
                    await met.wait()
                await session.execute(
                    update(Account).where(Account.id == second).values(balance=Account.balance + 1)
                )

    async with asyncio.timeout(60):
        await asyncio.gather(both(1, 2), both(2, 1))
    assert sorted(numbers) == [1, 1, 2]
    async with make_session() as session:
        assert (await session.scalars(select(Account.balance))).all() == [102, 102]
    await stage.check()


@pytest.mark.parametrize("driver", POSTGRESQL)
async def test_the_connection_of_an_engine_too_and_a_lost_one(driver: str, staged: Any) -> None:
    stage = await with_accounts(staged, driver)
    numbers = []

    async def add(connection: Any) -> Any:
        numbers.append(connection)
        await connection.execute(update(Account).where(Account.id == 1).values(balance=7))
        if len(numbers) == 1:
            stage.kill(*[pid for pid, state, _ in stage.backends() if state == "idle in transaction"])
        return await connection.scalar(select(Account.balance).where(Account.id == 1))

    assert await retrying(stage.engine).run(add) == 7 and len(numbers) == 2
    numbers.clear()
    with pytest.raises(exc.DBAPIError) as info:
        await retrying(stage.engine, lost=False).run(add)
    assert info.value.connection_invalidated and len(numbers) == 1
    await stage.check()


async def test_an_unknown_commit_is_never_repeated(staged: Any) -> None:
    stage = await with_accounts(staged, "asyncpg")
    tries = 0
    with pytest.raises(exc.CommitUnknownError):
        async for attempt in retrying(async_sessionmaker(stage.engine), attempts=5):
            async with attempt as session:
                tries += 1
                session.add(Entry(amount=1))
                await session.flush()
                raw = (await (await session.connection()).get_raw_connection()).driver_connection

                async def lose(
                    sql: str, *args: Any, real: Any = raw.execute, raw: Any = raw, **kw: Any
                ) -> Any:
                    result = await real(sql, *args, **kw)
                    if sql == "COMMIT":
                        raw.terminate()
                        raise ConnectionResetError("the answer is lost")
                    return result

                connection = session.sync_session.connection()._entry.connection
                connection.raw = Losing(raw, lose)
    assert tries == 1
    async with AsyncSession(stage.engine) as session:
        assert await session.scalar(select(func.count(Entry.id))) == 1


class Losing:
    """A driver connection whose `execute` is another."""

    def __init__(self, raw: Any, execute: Any) -> None:
        self.raw = raw
        self.execute = execute

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)


@pytest.fixture
def make_session(sqlite_url: str) -> Any:
    engine = create_engine(sqlite_url, connect_args={"timeout": 0})
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add(Account(id=1, name="a", balance=0))
    yield sessionmaker(engine)
    engine.dispose()


def test_a_busy_file_is_repeated_by_blocking_code(make_session: Any) -> None:
    def add(session: Session) -> None:
        session.execute(text("BEGIN IMMEDIATE"))
        session.execute(update(Account).values(balance=Account.balance + 1))

    def work() -> None:
        for _ in range(10):
            retrying_sync(make_session, attempts=200, longest=0.02).run(add)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with make_session() as session:
        assert session.scalar(select(Account.balance)) == 40


def test_gives_up_with_the_last_error_and_says_so(make_session: Any) -> None:
    sessions: list[Session] = []
    with pytest.raises(exc.OperationalError) as info:
        for attempt in retrying_sync(make_session, attempts=3, delay=0.001):
            with attempt as session:
                sessions.append(session)
                raise refused(can_retry=True)
    assert len({id(session) for session in sessions}) == 3
    assert info.value.__notes__ == ["retrying() gave up after 3 attempts"]


@pytest.mark.parametrize(
    "error",
    [
        refused(),
        refused(exc.IntegrityError),
        refused(exc.CommitUnknownError, connection_invalidated=True),
        KeyError("mine"),
    ],
    ids=["refused", "integrity", "unknown", "foreign"],
)
def test_other_errors_come_out_at_once(make_session: Any, error: Exception) -> None:
    tries = 0
    with pytest.raises(type(error)):
        for attempt in retrying_sync(make_session):
            with attempt:
                tries += 1
                raise error
    assert tries == 1


def test_errors_of_the_callers_choice(make_session: Any) -> None:
    tries = 0
    for attempt in retrying_sync(make_session, retry_on=lambda error: isinstance(error, KeyError), delay=0):
        with attempt:
            tries += 1
            if tries < 3:
                raise KeyError
    assert tries == 3


def test_a_refused_commit_is_repeated(make_session: Any) -> None:
    engine = make_session.kw["bind"]
    refusals = [refused(can_retry=True)]

    @event.listens_for(engine, "commit")
    def refuse(connection: Any) -> None:
        if refusals:
            raise refusals.pop()

    for attempt in retrying_sync(make_session):
        with attempt as session:
            session.get_one(Account, 1).balance += 1
    with make_session() as session:
        assert session.scalar(select(Account.balance)) == 1


def test_what_the_block_committed_itself_is_not_repeated(make_session: Any) -> None:
    tries = 0
    with pytest.raises(exc.OperationalError):
        for attempt in retrying_sync(make_session):
            with attempt as session:
                tries += 1
                session.get_one(Account, 1).balance += 1
                session.commit()
                raise refused(can_retry=True)
    assert tries == 1


def test_misuse_is_told(make_session: Any) -> None:
    with pytest.raises(exc.InvalidRequestError, match="with attempt as session"):
        for _ in retrying_sync(make_session):
            pass
    with pytest.raises(exc.ArgumentError):
        retrying_sync(make_session, attempts=0)


def test_pauses_double_up_to_the_longest() -> None:
    from sublimate.engine.retrying import Policy

    policy: Callable[[int], float] = Policy(delay=0.1, longest=1.0).pause
    for number, most in ((1, 0.1), (2, 0.2), (3, 0.4), (6, 1.0)):
        assert all(most / 2 <= policy(number) <= most for _ in range(50))
