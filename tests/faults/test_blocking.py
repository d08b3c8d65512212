"""The long promises with blocking drivers and threads: a statement is cancelled by the server, since nobody else can."""

import gc
import itertools
import os
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from faults.servers import MariaDB, PostgreSQL, Server
from faults.soaking import SECONDS, bounded
from faults.stage import Account, Base, Entry
from sublimate import bindparam, create_engine, exc, func, select, text
from sublimate.engine import make_url
from sublimate.orm import Session

CANCELLED = {"57014", 1317, 1969, 3024}
"""SQLSTATE of PostgreSQL, numbers of MariaDB."""


class BlockingStage:
    """An engine, what is known of its pool, and what the server sees of it."""

    def __init__(self, engine: Any, server: Server, name: str) -> None:
        self.engine, self.server, self.name = engine, server, name

    def check(self) -> None:
        """Nothing is held, and no backend is left in a transaction."""
        state = self.engine.pool._state
        assert self.engine.pool.checkedout() == 0 and not state.waiters, self.engine.pool.status()
        assert len(state.entries) == state.open == len(state.idle)
        for _ in range(1500):
            seen = self.server.backends(self.name)
            if len(seen) <= state.open and all(row[1] == "idle" for row in seen):
                return
            time.sleep(0.01)
        raise AssertionError(f"left on the server: {seen}, pool {self.engine.pool.status()}")


@pytest.fixture(params=["psycopg", "pymysql"])
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def build(
    driver: str, request: pytest.FixtureRequest, url_for: Callable[[str], str]
) -> Iterator[Callable[..., BlockingStage]]:
    stages: list[BlockingStage] = []

    def make(**options: Any) -> BlockingStage:
        name = f"faults-{uuid.uuid4().hex[:12]}"
        kind: Any = PostgreSQL if driver == "psycopg" else MariaDB
        server = kind(request.getfixturevalue("postgresql_url" if driver == "psycopg" else "mysql_url"))
        told = server.options(driver, name)
        url = make_url(url_for(driver))
        engine = create_engine(url.set(**{k: v for k, v in told.items() if k != "connect_args"}),
                               connect_args=told.get("connect_args", {}), **options)  # fmt: skip
        stages.append(BlockingStage(engine, server, name))
        server.clear()
        Base.metadata.drop_all(engine)
        Base.metadata.create_all(engine)
        return stages[-1]

    yield make
    for stage in stages:
        stage.engine.dispose()
        stage.server.forget(stage.name)


class Disturbing:
    """Cancels statements, one for each `cancel_every` pieces of work, and kills backends, for as long as the block lasts."""

    def __init__(
        self, stage: BlockingStage, done: Callable[[], int], cancel_every: int, kill_every: int
    ) -> None:
        self.stage, self.done = stage, done
        self.every = {"cancel": cancel_every, "kill": kill_every}
        self.thread = threading.Thread(target=self._disturb)
        self.over = threading.Event()

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.thread.join()

    def _disturb(self) -> None:
        chance, made = random.Random(5), Counter[str]()
        while not self.over.wait(0.005):
            for kind, every in self.every.items():
                if every and self.done() > (made[kind] + 1) * every:
                    made[kind] += 1
                    seen = self.stage.server.backends(self.stage.name)
                    busy = [row for row in seen if row[1] != "idle"] if kind == "cancel" else seen
                    for pid, *_ in [chance.choice(busy)] if busy else ():
                        (self.stage.server.cancel if kind == "cancel" else self.stage.server.kill)(pid)


def kind_of(error: exc.DBAPIError) -> str:
    """What happened to a piece of work that ended with an error."""
    if isinstance(error, exc.CommitUnknownError):
        return "unknown"
    if error.connection_invalidated:
        return "lost"
    original: Any = error.orig
    codes = {getattr(original, "sqlstate", None), *original.args[:1]}
    return "refused" if codes.isdisjoint(CANCELLED) else "cancelled"


class Work:
    """Numbers handed out to threads, and what came of each."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self.numbers = iter(numbers)
        self.lock = threading.Lock()
        self.came_to: Counter[str] = Counter()
        self.of: dict[str, set[int]] = {}
        self.mistakes: list[BaseException] = []

    def done(self) -> int:
        return sum(self.came_to.values())

    def run(self, unit: Callable[[int], str], workers: int) -> Counter[str]:
        threads = [threading.Thread(target=self._work, args=(unit,)) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not self.mistakes, self.mistakes
        return self.came_to

    def _work(self, unit: Callable[[int], str]) -> None:
        while True:
            with self.lock:
                number = next(self.numbers, None)
            if number is None or self.mistakes:
                return
            try:
                kind = unit(number)
            except exc.DBAPIError as error:
                kind = kind_of(error)
            except BaseException as error:
                self.mistakes.append(error)
                return
            with self.lock:
                self.came_to[kind] += 1
                self.of.setdefault(kind, set()).add(number)


def ask_many(stage: BlockingStage, numbers: Iterable[int], workers: int, kill_every: int) -> Counter[str]:
    """Tagged queries from many threads: none may get another's answer."""
    one_shot = select(bindparam("tag", type_=Account.id.type).label("tag"))
    slow = text(stage.server.slow)
    streamed = one_shot.execution_options(stream_results=True)

    def ask(tag: int) -> str:
        if tag % 4 == 0:
            with Session(stage.engine) as session:
                answer = session.scalar(one_shot, {"tag": tag})
        else:
            with stage.engine.connect() as connection:
                statement = {1: one_shot, 2: slow, 3: streamed}[tag % 4]
                answer = connection.execute(statement, {"tag": tag}).one()[0]
        return "answered" if answer == tag else "wrong"

    work = Work(numbers)
    with Disturbing(stage, work.done, cancel_every=10, kill_every=kill_every):
        counts = work.run(ask, workers)
    print(dict(counts))
    assert counts["wrong"] == counts["refused"] == counts["unknown"] == 0
    assert counts["answered"] > work.done() * 0.8
    return counts


def transfer_many(
    stage: BlockingStage, numbers: Iterable[int], workers: int, kill_every: int
) -> Counter[str]:
    """Move money between ten accounts; every acknowledged transfer leaves one entry, and the sum stays."""
    with Session(stage.engine) as session, session.begin():
        session.add_all(Account(id=number, name=f"a{number}", balance=100) for number in range(1, 11))

    def transfer(number: int) -> str:
        chance = random.Random(number)
        source, target = sorted(chance.sample(range(1, 11), 2))  # in order, so that none deadlock
        amount = chance.randint(-5, 5)
        with Session(stage.engine) as session, session.begin():
            left = session.get_one(Account, source, with_for_update=True)
            right = session.get_one(Account, target, with_for_update=True)
            left.balance -= amount
            right.balance += amount
            session.add(Entry(id=number, amount=amount, account_id=source))
        return "done"

    work = Work(numbers)
    with Disturbing(stage, work.done, cancel_every=10, kill_every=kill_every):
        counts = work.run(transfer, workers)
    print(dict(counts))
    assert stage.server.ask("SELECT sum(balance) FROM account") == [(1000,)]
    stored = {number for (number,) in stage.server.ask("SELECT id FROM entry")}
    failed = set(itertools.chain.from_iterable(work.of.get(k, ()) for k in ("lost", "refused", "cancelled")))
    assert work.of["done"] <= stored, "an acknowledged commit is gone"
    assert not failed & stored, "a transfer that failed was kept"
    return counts


def size() -> dict[str, int]:
    gc.collect()
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[1])
    return {
        "megabytes": pages * os.sysconf("SC_PAGE_SIZE") // 2**20,
        "files": len(os.listdir("/proc/self/fd")),
        "threads": len(os.listdir("/proc/self/task")),
    }


def steady(stage: BlockingStage, total: int) -> None:
    """More threads than connections, one statement in ten cancelled: nothing grows."""

    def unit(number: int) -> str:
        with Session(stage.engine) as session, session.begin():
            session.add(Account(balance=1))
            session.flush()
            session.scalar(select(func.count(Account.id)).where(Account.id < 10))
            session.rollback()
        return "done"

    def load(numbers: Iterable[int]) -> dict[str, int]:
        work = Work(numbers)
        with Disturbing(stage, work.done, cancel_every=10, kill_every=0):
            work.run(unit, 20)
        return size()

    before, after = load(bounded(total // 4, SECONDS / 4)), load(bounded(total))
    print(before, after)
    assert after["megabytes"] <= before["megabytes"] + 8
    assert after["files"] <= before["files"] + 5  # as many as the pool may hold
    assert after["threads"] <= before["threads"]


def test_every_reply_reaches_its_caller(build: Any) -> None:
    stage = build(pool_size=5, max_overflow=2)
    ask_many(stage, range(1000), 15, kill_every=200)
    stage.check()


@pytest.mark.soak
def test_every_reply_reaches_its_caller_for_long(build: Any) -> None:
    stage = build(pool_size=10, max_overflow=5)
    ask_many(stage, bounded(200_000), 30, kill_every=100)
    stage.check()


def test_money_is_neither_made_nor_lost(build: Any) -> None:
    stage = build(pool_size=5, max_overflow=0)
    assert transfer_many(stage, range(1, 201), 10, kill_every=15)["done"] > 60
    stage.check()


@pytest.mark.soak
def test_money_is_neither_made_nor_lost_for_long(build: Any) -> None:
    stage = build(pool_size=10, max_overflow=0)
    transfer_many(stage, bounded(20_000), 20, kill_every=20)
    stage.check()


def test_nothing_grows(build: Any) -> None:
    stage = build(pool_size=5, max_overflow=0)
    steady(stage, 200)
    stage.check()


@pytest.mark.soak
def test_nothing_grows_for_long(build: Any) -> None:
    stage = build(pool_size=5, max_overflow=0)
    steady(stage, 30_000)
    stage.check()
