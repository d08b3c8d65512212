"""No reply reaches another caller, nothing is lost and nothing doubled: under cancellations, kills and retries."""

import asyncio
import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from faults.soaking import bounded
from faults.stage import Account, Entry, Stage
from sublimate import bindparam, exc, func, select, text
from sublimate.ext.asyncio import AsyncSession, async_sessionmaker, retrying


async def kill_now_and_then(stage: Stage, chance: random.Random, done: Callable[[], int], every: int) -> None:
    """Kill a backend for each `every` pieces of work, however fast the machine does them."""
    kills = 0
    while stage.server:
        await asyncio.sleep(0.02)
        if done() > (kills + 1) * every and (backends := stage.backends()):
            stage.kill(chance.choice(backends)[0])
            kills += 1


async def ask_many(
    stage: Stage, numbers: Iterable[int], workers: int, seed: int, kill_every: int = 0
) -> dict[str, int]:
    """Tagged queries from many tasks; some are cancelled, some backends killed. Counts what came of them."""
    chance = random.Random(seed)
    counts = {"asked": 0, "answered": 0, "cancelled": 0, "lost": 0, "wrong": 0}
    tags = iter(numbers)
    one_shot = select(bindparam("tag", type_=Account.id.type).label("tag"))
    slow = text(stage.server.slow if stage.server else "SELECT :tag, 1")
    loop = asyncio.get_running_loop()

    async def ask(tag: int) -> int:
        kind = tag % 4
        if kind == 0:
            async with AsyncSession(stage.engine) as session:
                return int(await session.scalar(one_shot, {"tag": tag}))
        async with stage.engine.connect() as connection:
            if kind == 1:
                return int(await connection.scalar(one_shot, {"tag": tag}))
            if kind == 2:
                return int((await connection.execute(slow, {"tag": tag})).one()[0])
            result = await connection.stream(one_shot, {"tag": tag})
            return int((await result.one())[0])

    async def worker() -> None:
        for tag in tags:
            counts["asked"] += 1
            task = asyncio.ensure_future(ask(tag))
            if chance.random() < 0.1:
                loop.call_later(chance.random() * 0.004, task.cancel)
            try:
                counts["answered" if await task == tag else "wrong"] += 1
            except asyncio.CancelledError:
                counts["cancelled"] += 1
            except exc.DBAPIError as error:
                assert error.connection_invalidated, error
                counts["lost"] += 1

    killing = asyncio.ensure_future(kill_now_and_then(stage, chance, lambda: counts["asked"], kill_every))
    await asyncio.gather(*(worker() for _ in range(workers)))
    killing.cancel()
    await asyncio.gather(killing, return_exceptions=True)
    return counts


def check(counts: dict[str, int]) -> None:
    print(counts)
    asked = counts.pop("asked")
    assert counts["wrong"] == 0
    assert sum(counts.values()) == asked > 0
    assert counts["answered"] > asked * 0.8 and counts["cancelled"] > 0


async def test_every_reply_reaches_its_caller(driver: str, staged: Any) -> None:
    stage = await staged(driver, pool_size=5, max_overflow=2)
    check(await ask_many(stage, range(2000), 25, seed=1, kill_every=200))
    await stage.check()


@pytest.mark.soak
async def test_every_reply_reaches_its_caller_for_long(driver: str, staged: Any) -> None:
    stage = await staged(driver, pool_size=10, max_overflow=5)
    check(await ask_many(stage, bounded(200_000), 50, seed=2, kill_every=100))
    await stage.check()


async def transfer_many(stage: Stage, rounds: Iterable[int], workers: int, kill_every: int) -> dict[str, int]:
    """Move money between ten accounts; every acknowledged transfer leaves one entry, and the sum stays."""
    chance = random.Random(7)
    counts = {"done": 0, "refused": 0, "cancelled": 0, "lost": 0, "unknown": 0}
    acknowledged: set[int] = set()
    refused: set[int] = set()
    async with AsyncSession(stage.engine) as session, session.begin():
        session.add_all(Account(id=number, name=f"a{number}", balance=100) for number in range(1, 11))
    loop = asyncio.get_running_loop()

    async def transfer(number: int) -> None:
        source, target = sorted(chance.sample(range(1, 11), 2))  # in order, so that none deadlock
        amount = chance.randint(-5, 5)
        async with AsyncSession(stage.engine) as session, session.begin():
            left = await session.get_one(Account, source, with_for_update=True)
            right = await session.get_one(Account, target, with_for_update=True)
            left.balance -= amount
            right.balance += amount
            session.add(Entry(id=number, amount=amount, account_id=source))

    numbers = iter(rounds)

    async def worker() -> None:
        for number in numbers:
            task = asyncio.ensure_future(transfer(number))
            if chance.random() < 0.1:
                loop.call_later(chance.random() * 0.02, task.cancel)
            try:
                await task
            except exc.CommitUnknownError:
                counts["unknown"] += 1
            except exc.DBAPIError as error:
                counts["lost" if error.connection_invalidated else "refused"] += 1
                refused.add(number)
            except asyncio.CancelledError:
                counts["cancelled"] += 1
            else:
                counts["done"] += 1
                acknowledged.add(number)

    killing = asyncio.ensure_future(
        kill_now_and_then(stage, chance, lambda: sum(counts.values()), kill_every)
    )
    await asyncio.gather(*(worker() for _ in range(workers)))
    killing.cancel()
    await asyncio.gather(killing, return_exceptions=True)
    await stage.settle()
    async with AsyncSession(stage.engine) as session:
        assert await session.scalar(select(func.sum(Account.balance))) == 1000
        stored = set((await session.scalars(select(Entry.id))).all())
    assert acknowledged <= stored, "an acknowledged commit is gone"
    assert not refused & stored, "a transfer that failed was kept"
    print(counts)
    return counts


async def test_money_is_neither_made_nor_lost(driver: str, staged: Any) -> None:
    stage = await staged(driver, pool_size=5, max_overflow=0)
    counts = await transfer_many(stage, range(1, 301), 10, kill_every=15)
    assert counts["done"] > (
        100 if stage.server else 20
    )  # SQLite has one writer at a time, and refuses the others
    await stage.check()


@pytest.mark.soak
async def test_money_is_neither_made_nor_lost_for_long(driver: str, staged: Any) -> None:
    stage = await staged(driver, pool_size=10, max_overflow=0)
    await transfer_many(stage, bounded(20_000), 20, kill_every=20)
    await stage.check()


async def test_every_transfer_is_made_once_under_kills_and_retries(driver: str, staged: Any) -> None:
    """Each is made again until it is done; only one whose commit may have happened is left alone."""
    stage = await staged(driver, pool_size=5, max_overflow=0)
    chance, rounds = random.Random(9), 50
    make_session = async_sessionmaker(stage.engine)
    async with make_session.begin() as session:
        session.add_all(Account(id=number, name=f"a{number}", balance=100) for number in range(1, 11))
    done: set[int] = set()
    unknown: set[int] = set()
    attempts = 0

    async def transfer(number: int) -> None:
        nonlocal attempts
        source, target = sorted(chance.sample(range(1, 11), 2))
        async for attempt in retrying(make_session, attempts=100, longest=0.2):
            async with attempt as session:
                attempts += 1
                left = await session.get_one(Account, source, with_for_update=True)
                right = await session.get_one(Account, target, with_for_update=True)
                left.balance -= 1
                right.balance += 1
                session.add(Entry(id=number, amount=1, account_id=source))

    numbers = iter(range(1, rounds + 1))

    async def worker() -> None:
        for number in numbers:
            try:
                await transfer(number)
            except exc.CommitUnknownError:
                unknown.add(number)
            else:
                done.add(number)

    killing = asyncio.ensure_future(kill_now_and_then(stage, chance, lambda: attempts, 8))
    await asyncio.gather(*(worker() for _ in range(8)))
    killing.cancel()
    await asyncio.gather(killing, return_exceptions=True)
    async with make_session() as session:
        assert await session.scalar(select(func.sum(Account.balance))) == 1000
        stored = set((await session.scalars(select(Entry.id))).all())
    assert done | unknown == set(range(1, rounds + 1)) and done <= stored <= done | unknown
    assert attempts > rounds or not stage.server, "nothing was ever lost, so nothing is shown"
    await stage.check()
