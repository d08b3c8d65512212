"""Many rows at once, on every database: values that are awkward to send together, and changes that only look alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sublimate import String, create_engine, exc, select
from sublimate.ext.asyncio import AsyncSession, create_async_engine
from sublimate.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "mr_things"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int | None]
    ratio: Mapped[float | None]
    name: Mapped[str | None] = mapped_column(String(30))


@pytest.fixture(params=["pysqlite", "psycopg", "pymysql"])
def session(request: Any, url_for: Any) -> Iterator[Session]:
    engine = create_engine(url_for(request.param))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    Base.metadata.drop_all(engine)
    engine.dispose()


NAMES = [
    ["plain", "with, comma", "quotes \" and ' and \\", "{braces}", "NULL", "null", "äöü ✓", "tab\tline\n"],
    ["a", None, "", "b"],
    [None, None, None],
    ["", "", ""],
    ["unit\x1fseparator", "record\x1eseparator", "x"],
    ["\x1e", "x", None, "\x1f"],
]


@pytest.mark.parametrize("names", NAMES)
def test_texts_come_back_as_they_were(session, names):
    sizes = [None if n % 3 == 1 else n - 2**31 for n in range(len(names))]
    session.add_all([Thing(id=n, name=name, size=sizes[n]) for n, name in enumerate(names)])
    session.commit()
    found = session.execute(select(Thing.name, Thing.size).order_by(Thing.id)).all()
    assert [tuple(row) for row in found] == list(zip(names, sizes, strict=True))


async def test_asyncpg_takes_them_too(url_for):
    engine = create_async_engine(url_for("asyncpg"))
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    for names in NAMES:
        async with AsyncSession(engine) as session:
            session.add_all([Thing(id=n, name=name, size=n) for n, name in enumerate(names)])
            await session.flush()
            assert (await session.scalars(select(Thing.name).order_by(Thing.id))).all() == names
            await session.rollback()
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
    await engine.dispose()


@pytest.mark.parametrize("names", NAMES)
def test_changed_texts_come_back_as_they_were(session, names):
    session.add_all([Thing(id=n, name="before") for n in range(len(names))])
    session.commit()
    for thing, name in zip(session.scalars(select(Thing).order_by(Thing.id)).all(), names, strict=True):
        thing.name = name
    session.commit()
    assert session.scalars(select(Thing.name).order_by(Thing.id)).all() == names


def test_only_rows_that_changed_are_written(session):
    session.add_all([Thing(id=n, size=n, ratio=n / 2) for n in range(20)])
    session.commit()
    things = session.scalars(select(Thing).order_by(Thing.id)).all()
    for thing in things:
        thing.size = thing.size if thing.id == 7 else thing.size + 1
    session.flush()
    for thing in things:
        thing.ratio = None if thing.id % 2 else 1.5
    session.commit()
    found = session.execute(select(Thing.size, Thing.ratio).order_by(Thing.id)).all()
    assert [tuple(row) for row in found] == [
        (n if n == 7 else n + 1, None if n % 2 else 1.5) for n in range(20)
    ]


def test_an_expression_among_many_values(session):
    session.add_all([Thing(id=n, size=n) for n in range(20)])
    session.commit()
    for thing in session.scalars(select(Thing).order_by(Thing.id)).all():
        thing.size = Thing.size + 100 if thing.id == 3 else thing.size + 1
    session.commit()
    assert session.scalars(select(Thing.size).order_by(Thing.id)).all() == [
        103 if n == 3 else n + 1 for n in range(20)
    ]


def test_a_number_out_of_range_leaves_the_objects_as_they_were(session):
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite stores any number")
    things = [Thing(id=n, size=2**40) for n in range(12)]
    session.add_all(things)
    with pytest.raises(exc.DBAPIError):
        session.flush()
    session.rollback()
    assert session.scalars(select(Thing)).all() == [] and things[0].size == 2**40
