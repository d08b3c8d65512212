"""bulk_load(): rows from any iterable into a table or class, the same on every driver; errors name the row."""

import asyncio
import datetime as dt
import enum
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from sublimate import (
    Column,
    Computed,
    DateTime,
    Enum,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Uuid,
    bulk_load,
    create_engine,
    exc,
    func,
    insert,
    select,
)
from sublimate.dialects import postgresql
from sublimate.ext.asyncio import AsyncSession, create_async_engine
from sublimate.orm import DeclarativeBase, Mapped, Session, mapped_column
from sublimate.types import JSON, TypeDecorator

DRIVERS = ["pysqlite", "aiosqlite", "psycopg", "psycopg_async", "asyncpg", "pymysql", "asyncmy"]
AWAITED = {"aiosqlite", "psycopg_async", "asyncpg", "asyncmy"}


class Color(enum.Enum):
    red = 1
    blue = 2


class Lower(TypeDecorator[str]):
    impl = String(50)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return value.lower()


metadata = MetaData()
things = Table(
    "bulk_things", metadata, Column("id", Integer, primary_key=True, autoincrement=False), Column("Na me", Lower, key="name"),
    Column("price", Numeric(10, 2)), Column("made", DateTime), Column("data", LargeBinary), Column("doc", JSON),
    Column("color", Enum(Color, name="bulk_color")), Column("key", Uuid), Column("state", String(10), default="new"),
    Column("number", Integer, default=lambda context: context.current_parameters["id"] * 2),
    Column("place", String(10), server_default="here"),
)  # fmt: skip
checked = Table(
    "bulk_checked",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", ForeignKey("bulk_things.id")),
)


class Base(DeclarativeBase):
    metadata = metadata


class Animal(Base):
    __tablename__ = "bulk_animals"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    called: Mapped[str] = mapped_column("name", String(20))
    kind: Mapped[str] = mapped_column(String(10))
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}


class Dog(Animal):
    __mapper_args__ = {"polymorphic_identity": "dog"}


class Puppy(Dog):
    __tablename__ = "bulk_puppies"
    id: Mapped[int] = mapped_column(ForeignKey("bulk_animals.id"), primary_key=True)
    __mapper_args__ = {"polymorphic_identity": "puppy"}


def row(number: int) -> dict[str, Any]:
    return {
        "id": number, "name": f"Thing {number}\t\\ \"'é😀", "price": Decimal(number) / 4, "made": dt.datetime(2026, 1, 1, 2, 3, 4),
        "data": b"\0\xff", "doc": {"n": [number, None]}, "color": Color.blue, "key": uuid.UUID(int=number),
    }  # fmt: skip


async def awaited_rows(rows: Any) -> AsyncIterator[Any]:
    for one in rows:
        await asyncio.sleep(0)
        yield one


class Database:
    """Both faces of bulk_load() behind one: `load(into, rows)` commits and returns what bulk_load() returned."""

    def __init__(self, url: str, driver: str) -> None:
        self.is_async = driver in AWAITED
        self.runner = asyncio.Runner() if self.is_async else None
        self.engine: Any = (create_async_engine if self.is_async else create_engine)(url)

    def run(self, function: Callable[[Any], Any]) -> Any:
        if not self.is_async:
            with self.engine.begin() as connection:
                return function(connection)

        async def go() -> Any:
            async with self.engine.begin() as connection:
                return await connection.run_sync(function)

        assert self.runner is not None
        return self.runner.run(go())

    def load(self, into: Any, rows: Any, *, session: bool = False, **options: Any) -> Any:
        if not self.is_async:
            with Session(self.engine) if session else self.engine.connect() as target:
                count = bulk_load(target, into, rows, **options)
                target.commit()
                return count

        async def go() -> Any:
            async with AsyncSession(self.engine) if session else self.engine.connect() as target:
                count = await bulk_load(target, into, rows, **options)
                await target.commit()
                return count

        assert self.runner is not None
        return self.runner.run(go())

    def close(self) -> None:
        if self.runner is None:
            self.engine.dispose()
        else:
            self.runner.run(self.engine.dispose())
            self.runner.close()


@pytest.fixture(params=DRIVERS)
def database(request: Any, tmp_path: Any) -> Iterator[Database]:
    driver = request.param
    if "sqlite" in driver:
        url = f"sqlite+{driver}:///{tmp_path / 'bulk.sqlite'}?sqlite_profile=app"
    elif driver in ("pymysql", "asyncmy"):
        url = request.getfixturevalue("mysql_url").replace("mysql:", f"mysql+{driver}:")
    else:
        url = f"postgresql+{driver}://{request.getfixturevalue('postgresql_url').partition('://')[2]}"
    found = Database(url, driver)
    found.run(metadata.drop_all)
    found.run(metadata.create_all)
    yield found
    found.run(metadata.drop_all)
    found.close()


def count(database: Database, table: Any = things) -> int:
    found: int = database.run(lambda c: c.scalar(select(func.count()).select_from(table)))
    return found


@pytest.mark.parametrize("session", [False, True])
def test_rows_arrive_as_insert_would_write_them(database: Database, session: bool) -> None:
    seen: list[int] = []
    loaded = database.load(things, map(row, range(1, 2502)), session=session, progress=seen.append)
    assert loaded == 2501 == seen[-1] == count(database)
    assert seen == sorted(seen)
    database.run(lambda c: c.execute(insert(things), row(9999)))
    both = database.run(
        lambda c: c.execute(select(things).where(things.c.id.in_([7, 9999])).order_by(things.c.id)).all()
    )
    assert both[0][:1] == (7,) and both[0].number == 14 and both[0].state == "new" and both[0].place == "here"
    assert both[0][1] == row(7)["name"].lower() and both[0].price == Decimal("1.75")
    assert both[0][3:7] == both[1][3:5] + ({"n": [7, None]}, Color.blue)


def test_batches_and_sequences(database: Database) -> None:
    seen: list[int] = []
    rows = [(n, f"t{n}") for n in range(10)]
    assert database.load(things, rows, columns=["id", "name"], batch_size=4, progress=seen.append) == 10
    assert seen == [4, 8, 10]
    assert database.load(things, []) == 0


def test_rows_that_are_awaited(database: Database) -> None:
    rows = awaited_rows(map(row, range(30)))
    if not database.is_async:
        with pytest.raises(exc.ArgumentError, match="AsyncConnection"):
            database.load(things, rows)
    else:
        assert database.load(things, rows, batch_size=7) == 30
        assert count(database) == 30


@pytest.mark.parametrize("bad", [3, 1203])
def test_an_error_of_the_database_names_the_row(database: Database, bad: int) -> None:
    rows = [row(n) for n in range(1, 1301)]
    rows[bad - 1]["id"] = 1
    with pytest.raises(exc.IntegrityError, match=f"in row {bad}: "):
        database.load(things, rows)
    assert count(database) == 0
    with pytest.raises(exc.IntegrityError, match=r"in row 2: .*77"):
        database.load(checked, [{"id": 1, "owner": None}, {"id": 2, "owner": 77}, {"id": 3, "owner": None}])


def test_a_value_that_its_type_refuses_names_the_row(database: Database) -> None:
    rows = [row(1), {**row(2), "name": 5}]
    with pytest.raises(exc.StatementError, match=r"in row 2"):
        database.load(things, rows)
    assert count(database) == 0


def test_rows_that_do_not_fit(database: Database) -> None:
    with pytest.raises(exc.ArgumentError, match=r"row 2: its names"):
        database.load(things, [{"id": 1, "name": "a"}, {"id": 2}])
    with pytest.raises(exc.ArgumentError, match=r"row 1: there is no column 'nope' in bulk_things"):
        database.load(things, [{"nope": 1}])
    with pytest.raises(exc.ArgumentError, match=r"row 2: expected a dictionary, or 1 values"):
        database.load(things, [(1,), "x"], columns=["id"])
    with pytest.raises(exc.ArgumentError, match="takes a connection or a session"):
        bulk_load(database.engine, things, [])


def test_classes(database: Database) -> None:
    assert database.load(Dog, [{"id": 1, "called": "Rex"}, {"id": 2, "called": "Bo"}], session=True) == 2
    assert database.load(Animal, [{"id": 3, "called": "Tom"}]) == 1
    kinds = database.run(lambda c: c.execute(select(Animal.called, Animal.kind).order_by(Animal.id)).all())
    assert kinds == [("Rex", "dog"), ("Bo", "dog"), ("Tom", "animal")]
    with pytest.raises(exc.ArgumentError, match="several tables"):
        database.load(Puppy, [{"id": 1}])


def test_a_session_writes_what_is_pending_first(database: Database) -> None:
    if database.is_async:
        pytest.skip("the same steps")
    with Session(database.engine) as session:
        session.add(Animal(id=5, called="first"))
        bulk_load(session, Animal, [{"id": 6, "called": "second"}])
        session.rollback()
    assert count(database, Animal) == 0


def test_copy_is_used_where_it_can_be(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url.replace("postgresql:", "postgresql+psycopg:"), echo=False)
    local = MetaData()
    odd = Table(
        'bulk "odd',
        local,
        Column('a "b', postgresql.ARRAY(String)),
        Column("r", postgresql.INT4RANGE),
        Column("m", postgresql.HSTORE),
    )
    doubled = Table("bulk_doubled", local, Column("a", Integer), Column("b", Integer, Computed("a * 2")))
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS hstore")
        local.create_all(connection)
        rows = [(["x", None, 'q"\\', "{}"], postgresql.Range(1, 5), {"a": "b"}), ([], None, None)]
        assert bulk_load(connection, odd, rows) == 2
        assert connection.execute(select(odd)).all() == rows
        bulk_load(connection, doubled, [(1,), (2,)])
        assert connection.execute(select(doubled)).all() == [(1, 2), (2, 4)]
        connection.rollback()
    engine.dispose()
