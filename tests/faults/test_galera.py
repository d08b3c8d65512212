"""Three Galera nodes, one killed in the middle of transfers: the books add up on those that are left."""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from clusters.galera import MISSING, Galera, available
from faults.stage import Account, Base, Entry
from sublimate import event, exc
from sublimate.ext.asyncio import async_sessionmaker, create_async_engine, retrying

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def galera() -> Iterator[Galera]:
    if not available():
        pytest.skip(MISSING)
    with tempfile.TemporaryDirectory(prefix="sublimate-galera-") as directory:
        galera = Galera(Path(directory))
        try:
            yield galera.start()
        finally:
            galera.stop()


def engine_of(galera: Galera, driver: str) -> Any:
    """New connections go to the nodes in turn; one that refuses is passed by when the work is made again."""
    engine = create_async_engine(f"mysql+{driver}://root@127.0.0.1/app", pool_size=12, max_overflow=0)
    ports = cycle([node.port for node in galera.nodes])

    @event.listens_for(engine.sync_engine, "do_connect")
    def choose(dialect: Any, record: Any, args: Any, parameters: dict[str, Any]) -> None:
        parameters["port"] = next(ports)

    return engine


@pytest.mark.parametrize("driver", ["asyncmy", "aiomysql"])
async def test_money_stays_while_a_node_dies(driver: str, galera: Galera) -> None:
    chance, rounds, workers = random.Random(5), 600, 12
    engine = engine_of(galera, driver)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    make_session = async_sessionmaker(engine)
    async with make_session.begin() as session:
        session.add_all(Account(id=number, name=f"a{number}", balance=100) for number in range(1, 11))
    await asyncio.sleep(0.5)
    done: set[int] = set()
    unknown: set[int] = set()
    attempts = 0

    async def transfer(number: int) -> None:
        nonlocal attempts
        source, target = sorted(chance.sample(range(1, 11), 2))
        async for attempt in retrying(make_session, attempts=60, longest=0.5):
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
            if len(done) > rounds / 3:
                third.set()

    third = asyncio.Event()

    async def killer() -> None:
        await third.wait()
        galera.kill(galera.nodes[2])

    started = time.monotonic()
    async with asyncio.timeout(120):
        await asyncio.gather(killer(), *(worker() for _ in range(workers)))
    print(
        f"{driver}: {len(done)} done, {len(unknown)} unknown, {attempts} attempts, {time.monotonic() - started:.1f} s"
    )
    assert len(done) + len(unknown) == rounds and attempts > rounds
    await engine.dispose()
    for node in galera.nodes[:2]:
        books = node.ask("SET SESSION wsrep_sync_wait = 1") or node.ask(
            "SELECT SUM(balance) FROM app.account"
        )
        assert books == ((1000,),), node.name
        stored = {row[0] for row in node.ask("SELECT id FROM app.entry")}  # type: ignore[attr-defined]
        assert done <= stored <= done | unknown, node.name
    galera.run(galera.nodes[2])  # it comes back, and has what it missed
    assert galera.nodes[2].ask("SELECT SUM(balance) FROM app.account") == ((1000,),)
