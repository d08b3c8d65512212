"""`pooler="transaction"`: a real PgBouncer that gives each transaction another server connection."""

import asyncio
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clusters.pgbouncer import MISSING, PgBouncer, binary
from clusters.postgresql import Cluster
from sublimate import JSON, ForeignKey, create_engine, exc, func, insert, select, text
from sublimate.ext.asyncio import AsyncSession, create_async_engine
from sublimate.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "bouncer_author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    about: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    books: Mapped[list["Book"]] = relationship(back_populates="author")


class Book(Base):
    __tablename__ = "bouncer_book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("bouncer_author.id"))
    author: Mapped[Author] = relationship(back_populates="books")


@pytest.fixture(scope="module")
def bouncer(cluster: Cluster) -> Iterator[PgBouncer]:
    if binary() is None:
        pytest.skip(MISSING)
    with tempfile.TemporaryDirectory(prefix="sublimate-pgbouncer-") as directory:
        Path(directory).chmod(0o755)
        bouncer = PgBouncer(Path(directory), cluster).start()
        yield bouncer
        bouncer.stop()


@pytest.fixture(params=["asyncpg", "psycopg"])
async def engine(request: Any, bouncer: PgBouncer) -> Any:
    url = bouncer.url.replace("postgresql", f"postgresql+{request.param}", 1)
    engine = create_async_engine(url, pooler="transaction", pool_size=10, max_overflow=0)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    yield engine
    await engine.dispose()


async def test_many_clients_share_two_servers(engine: Any) -> None:
    chance = random.Random(3)

    async def work(number: int) -> None:
        async with AsyncSession(engine) as session:
            author = Author(name=f"author {number}", about={"n": number})
            author.books = [Book(title=f"{number}.{i}") for i in range(3)]
            session.add(author)
            await session.commit()
            await asyncio.sleep(chance.random() * 0.01)
            found = await session.scalars(
                select(Author).where(Author.name == f"author {number}").options(selectinload(Author.books))
            )
            one = found.one()
            assert one.about == {"n": number} and len(one.books) == 3
            key = one.id
            await session.rollback()
            assert await session.scalar(select(func.count(Book.id)).where(Book.author_id == key)) == 3

    await asyncio.gather(*(work(number) for number in range(60)))
    async with engine.connect() as connection:
        servers = (
            await connection.execute(
                text(
                    "select count(*) from pg_stat_activity where backend_type = 'client backend' and usename = 'postgres'"
                )
            )
        ).scalar()
        assert servers <= 3  # two of the pooler's
        assert await connection.scalar(select(func.count(Book.id))) == 180


async def test_streams_many_rows_and_what_stands_outside_transactions(engine: Any) -> None:
    async with engine.begin() as connection:
        await connection.execute(insert(Author), [{"name": f"n{i}", "about": {}} for i in range(2500)])
        await connection.exec_driver_sql("insert into bouncer_author (name, about) values ('x', '{}')")
    async with engine.connect() as connection:
        result = await connection.stream(select(Author.name).order_by(Author.id))
        assert len([row async for row in result]) == 2501
    lone = engine.execution_options(isolation_level="AUTOCOMMIT")
    async with lone.connect() as connection:
        await connection.execute(text("vacuum bouncer_author"))
        await connection.execute(
            text("create index concurrently if not exists bouncer_i on bouncer_author (name)")
        )
        assert (await connection.execute(select(func.count(Author.id)))).scalar() == 2501
        with pytest.raises(exc.ProgrammingError):
            await connection.execute(text("select nonsense"))
        assert (await connection.execute(text("select 1"))).scalar() == 1


async def test_a_changed_table_is_read_at_once(engine: Any) -> None:
    async with engine.connect() as one, engine.connect() as two:
        for _ in range(3):
            await one.execute(text("select * from bouncer_author"))
            await one.rollback()
        await two.execute(text("alter table bouncer_author add column more integer"))
        await two.commit()
        changed = await one.execute(text("select * from bouncer_author"))
        assert "more" in list(changed.keys())


async def test_cancelled_clients_leave_the_pool_usable(engine: Any) -> None:
    async def slow() -> None:
        async with AsyncSession(engine) as session:
            await session.execute(text("select pg_sleep(0.05)"))

    tasks = [asyncio.create_task(slow()) for _ in range(12)]
    await asyncio.sleep(0.03)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with AsyncSession(engine) as session:
        assert await session.scalar(select(1)) == 1
    await asyncio.wait_for(asyncio.gather(*engine.pool._tasks, return_exceptions=True), 30)
    assert engine.pool.checkedout() == 0


def test_blocking_code(bouncer: PgBouncer) -> None:
    engine = create_engine(bouncer.url.replace("postgresql", "postgresql+psycopg", 1), pooler="transaction")
    Base.metadata.create_all(engine)
    for _ in range(12):  # more often than psycopg waits until it prepares
        with Session(engine) as session:
            assert session.scalar(select(func.count(Author.id)).where(Author.name == "nobody")) == 0
    engine.dispose()


def test_an_unknown_pooler_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="pooler"):
        create_engine("postgresql+psycopg://", pooler="statement")
