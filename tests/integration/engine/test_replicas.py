"""Reads go to a streaming replica, a session reads its own writes, a dead replica is left out and comes back."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from clusters.postgresql import Cluster
from sublimate import create_engine, exc, select, text
from sublimate.engine.replicas import is_unreachable
from sublimate.ext.asyncio import AsyncSession, create_async_engine
from sublimate.ext.observe import observe
from sublimate.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "replica_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str]


@pytest.fixture(scope="module")
def replica(cluster: Cluster) -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="sublimate-replica-") as directory:
        replica = cluster.replica(Path(directory) / "replica")
        yield replica
        replica.stop()


def ask(url: str, sql: str) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else None


class Pair:
    """A primary and its replica, whose replay can be held so that old rows show where a read went."""

    def __init__(self, primary: Cluster, replica: Cluster) -> None:
        self.primary, self.replica = primary, replica

    def prepare(self) -> None:
        ask(self.primary.url, "DROP TABLE IF EXISTS replica_note")
        ask(self.primary.url, "CREATE TABLE replica_note (id SERIAL PRIMARY KEY, words TEXT NOT NULL)")
        ask(self.primary.url, "INSERT INTO replica_note (words) VALUES ('old')")
        self.catch_up()

    def catch_up(self) -> None:
        [(target,)] = ask(self.primary.url, "SELECT pg_current_wal_lsn()::text")
        for _ in range(200):
            if ask(self.replica.url, f"SELECT pg_last_wal_replay_lsn() >= '{target}'::pg_lsn")[0][0]:
                return
            time.sleep(0.02)
        raise AssertionError("the replica does not catch up")

    def hold(self) -> None:
        ask(self.replica.url, "SELECT pg_wal_replay_pause()")
        for _ in range(100):
            if ask(self.replica.url, "SELECT pg_get_wal_replay_pause_state()")[0][0] == "paused":
                return
            time.sleep(0.02)

    def release(self) -> None:
        ask(self.replica.url, "SELECT pg_wal_replay_resume()")


@pytest.fixture
def pair(cluster: Cluster, replica: Cluster) -> Iterator[Pair]:
    pair = Pair(cluster, replica)
    pair.prepare()
    yield pair
    pair.release()


def with_driver(url: str, driver: str) -> str:
    return url.replace("postgresql", f"postgresql+{driver}", 1)


@pytest.fixture(params=["asyncpg", "psycopg"])
async def engine(request: Any, pair: Pair) -> Any:
    engine = create_async_engine(
        with_driver(pair.primary.url, request.param),
        replicas=[with_driver(pair.replica.url, request.param)],
        replica_retry=0.5,
        pool_timeout=5,
    )
    yield engine
    await engine.dispose()


WORDS = select(Note.words).order_by(Note.id)


async def test_others_read_the_replica_and_a_writer_its_own_writes(engine: Any, pair: Pair) -> None:
    async with AsyncSession(engine) as reader:
        assert (await reader.scalars(WORDS)).all() == ["old"]
    pair.hold()
    async with AsyncSession(engine) as writer:
        writer.add(Note(words="new"))
        await writer.commit()
        assert (await writer.scalars(WORDS)).all() == ["old", "new"]
        assert (await writer.get_one(Note, 2)).words == "new"
        async with AsyncSession(engine) as reader:
            assert (await reader.scalars(WORDS)).all() == ["old"]
            assert await reader.get(Note, 2) is None
            await reader.execute(
                text("select 1")
            )  # takes a connection to the primary, so that is what it reads
            assert (await reader.scalars(WORDS)).all() == ["old", "new"]
    apart = engine.execution_options(replicas=False)
    async with AsyncSession(apart) as reader:
        assert (await reader.scalars(WORDS)).all() == ["old", "new"]
    async with engine.connect() as connection:  # a connection is one to the primary
        assert (await connection.execute(WORDS)).scalars().all() == ["old", "new"]
    watching = observe(engine)
    async with AsyncSession(engine) as reader:  # watched statements go the same way
        assert (await reader.scalars(WORDS)).all() == ["old"]
    watching.stop()


@pytest.mark.parametrize("watched", [False, True], ids=["", "watched"])
async def test_a_dead_replica_is_left_out_and_comes_back(engine: Any, pair: Pair, watched: bool) -> None:
    if watched:
        observe(engine)

    async def read() -> Any:
        async with AsyncSession(engine) as session:
            return (await session.scalars(WORDS)).all()

    replicas = engine.sync_engine.replicas
    assert await read() == ["old"] and await read() == ["old"]
    assert replicas.status()[0][1] == 0
    pair.replica.stop()
    answers = await asyncio.gather(*(read() for _ in range(20)))
    assert answers == [["old"]] * 20, "a reader saw that a replica died"
    assert replicas.status()[0][1] > 0
    pair.replica.start()
    ask(pair.primary.url, "INSERT INTO replica_note (words) VALUES ('new')")
    pair.catch_up()
    pair.hold()
    ask(pair.primary.url, "INSERT INTO replica_note (words) VALUES ('newest')")
    await asyncio.sleep(0.6)
    assert await read() == ["old", "new"], "the replica is not asked again"
    assert replicas.status()[0][1] == 0


async def test_an_error_of_the_question_is_told_and_nobody_left_out(engine: Any) -> None:
    async with AsyncSession(engine) as session:
        await session.scalars(WORDS)
        with pytest.raises(exc.DBAPIError):
            await session.scalars(select(Note.words).where(Note.id / 0 == 1))
    assert engine.sync_engine.replicas.status()[0][1] == 0


def test_blocking_sessions_too(pair: Pair) -> None:
    nobody = "postgresql+psycopg://postgres@127.0.0.1:1/postgres"
    engine = create_engine(
        with_driver(pair.primary.url, "psycopg"), replicas=[nobody, with_driver(pair.replica.url, "psycopg")]
    )
    with Session(engine) as session:
        assert session.scalars(WORDS).all() == ["old"]
    pair.hold()
    with Session(engine) as session, session.begin():
        session.add(Note(words="new"))
    for _ in range(4):
        with Session(engine) as session:
            assert session.scalars(WORDS).all() == ["old"]
    assert [left > 0 for _, left in engine.replicas.status()] == [True, False]
    engine.dispose()


def test_what_counts_as_unreachable() -> None:
    lost = exc.OperationalError("select 1", None, Exception("gone"), connection_invalidated=True)
    refused = exc.OperationalError(None, None, Exception("refused"))
    full = exc.OperationalError("select 1", None, Exception("disk full"))
    assert is_unreachable(lost) and is_unreachable(refused) and is_unreachable(exc.TimeoutError("pool"))
    assert not is_unreachable(full) and not is_unreachable(
        exc.ProgrammingError("x", None, Exception("syntax"))
    )
