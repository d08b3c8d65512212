"""What the documentation shows of SQLite connections: PRAGMAs, functions, profiles, file names, pools."""

import datetime
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sublimate import (
    Column,
    Date,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    create_engine,
    event,
    exc,
    func,
    insert,
    inspect,
    select,
    text,
)
from sublimate.ext.asyncio import create_async_engine
from sublimate.pool import AsyncAdaptedQueuePool, NullPool, QueuePool, SingletonThreadPool, StaticPool

metadata = MetaData()
parent = Table("parent", metadata, Column("id", Integer, primary_key=True))
child = Table(
    "child", metadata, Column("id", Integer, primary_key=True), Column("parent_id", ForeignKey(parent.c.id))
)


def set_pragma(connection: Any, record: Any) -> None:
    """The recipe of the documentation."""
    autocommit = getattr(connection, "autocommit", None)
    if autocommit is not None:
        connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()
    if autocommit is not None:
        connection.autocommit = autocommit


def add_functions(connection: Any, record: Any) -> None:
    connection.create_function("twice", 1, lambda value: value * 2)
    connection.create_collation("backwards", lambda a, b: (a < b) - (a > b))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'one.sqlite'}"


def test_pragmas_and_functions(url: str) -> None:
    engine = create_engine(url)
    event.listen(engine, "connect", set_pragma)
    event.listen(engine, "connect", add_functions)
    metadata.create_all(engine)
    with engine.connect() as connection:
        assert connection.scalar(select(func.twice(21))) == 42
        with pytest.raises(exc.IntegrityError, match="FOREIGN KEY"):
            connection.execute(insert(child), {"parent_id": 5})
    engine.dispose()


async def test_pragmas_and_functions_awaited(url: str) -> None:
    engine = create_async_engine(url.replace("sqlite:", "sqlite+aiosqlite:"))
    seen: list[Any] = []

    @event.listens_for(engine.sync_engine, "connect")
    def look(connection: Any, record: Any) -> None:
        seen.append(connection.run_async(lambda raw: raw.execute("SELECT 5")) is not None)
        seen.append(type(connection.driver_connection).__module__.partition(".")[0])
        connection.isolation_level = None

    event.listen(engine.sync_engine, "connect", set_pragma)
    event.listen(engine.sync_engine, "connect", add_functions)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    async with engine.connect() as connection:
        assert await connection.scalar(select(func.twice(21))) == 42
        with pytest.raises(exc.IntegrityError, match="FOREIGN KEY"):
            await connection.execute(insert(child), {"parent_id": 5})
    assert seen == [True, "aiosqlite"]
    await engine.dispose()


PRAGMAS = {
    "foreign_keys": (0, 1),
    "journal_mode": ("delete", "wal"),
    "synchronous": (2, 1),
    "busy_timeout": (5000, 30000),
}


@pytest.mark.parametrize("profile", [None, "app"])
def test_the_profile_sets_everything_or_nothing(url: str, profile: str | None) -> None:
    engine = create_engine(url, sqlite_profile=profile)
    with engine.connect() as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in PRAGMAS}
    assert found == {name: values[profile is not None] for name, values in PRAGMAS.items()}
    engine.dispose()


@pytest.mark.parametrize("how", ["keyword", "url", "connect_args"])
async def test_the_profile_awaited(url: str, how: str) -> None:
    url = url.replace("sqlite:", "sqlite+aiosqlite:")
    engine = (
        create_async_engine(url, sqlite_profile="app")
        if how == "keyword"
        else create_async_engine(f"{url}?sqlite_profile=app")
        if how == "url"
        else create_async_engine(url, connect_args={"sqlite_profile": "app", "timeout": 7})
    )
    async with engine.connect() as connection:
        found = {name: (await connection.execute(text(f"PRAGMA {name}"))).scalar() for name in PRAGMAS}
    assert found == {name: values[1] for name, values in PRAGMAS.items()} | (
        {"busy_timeout": 7000} if how == "connect_args" else {}
    )
    await engine.dispose()


def test_a_profile_that_does_not_exist_is_named(url: str) -> None:
    with pytest.raises(exc.ArgumentError, match=r"'fast'.*'app'"):
        create_engine(url, sqlite_profile="fast")


def test_a_file_that_may_only_be_read_can_be_opened_with_the_profile(url: str, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "one.sqlite").execute("CREATE TABLE t (x)").connection.close()
    engine = create_engine(f"sqlite:///file:{tmp_path / 'one.sqlite'}?mode=ro&uri=true", sqlite_profile="app")
    assert inspect(engine).get_table_names() == ["t"]
    engine.dispose()


def test_file_names_as_uris(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///file:{tmp_path / 'x.sqlite'}?mode=ro&uri=true")
    with pytest.raises(exc.OperationalError, match="unable to open"), engine.connect():
        pass
    engine.dispose()
    shared = create_engine("sqlite:///file:both?mode=memory&cache=shared&uri=true")
    again = create_engine("sqlite:///file:both?mode=memory&cache=shared&uri=true")
    with shared.connect() as one, again.connect() as other:
        one.exec_driver_sql("CREATE TABLE t (x)")
        one.commit()
        assert other.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0
    shared.dispose()
    again.dispose()


def test_types_detected_by_the_driver(url: str) -> None:
    engine = create_engine(url, connect_args={"detect_types": sqlite3.PARSE_DECLTYPES}, native_datetime=True)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x point)")
        sqlite3.register_converter("point", lambda raw: raw.decode().split(";"))
        connection.exec_driver_sql("INSERT INTO t VALUES ('4;5')")
        assert connection.exec_driver_sql("SELECT x FROM t").scalar() == ["4", "5"]
        sqlite3.register_adapter(datetime.date, datetime.date.isoformat)
        sqlite3.register_converter("date", lambda raw: datetime.date.fromisoformat(raw.decode()))
        dates = Table("dates", MetaData(), Column("day", Date))
        dates.create(connection)
        connection.execute(insert(dates), {"day": datetime.date(2026, 1, 2)})
        assert connection.scalar(select(dates.c.day)) == datetime.date(2026, 1, 2)
    engine.dispose()


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "sqlite:///x.sqlite", "sqlite:///file:x?mode=memory&uri=true"]
)
def test_pools(url: str) -> None:
    expected = (QueuePool, AsyncAdaptedQueuePool) if "x.sqlite" in url else (SingletonThreadPool, StaticPool)
    assert type(create_engine(url).pool) is expected[0]
    assert type(create_async_engine(url.replace("sqlite:", "sqlite+aiosqlite:")).pool) is expected[1]
    assert type(create_engine(url, poolclass=NullPool).pool) is NullPool


@pytest.mark.skipif(not hasattr(sqlite3.Connection, "autocommit"), reason="Python 3.12 and later")
def test_autocommit_of_the_driver(url: str) -> None:
    engine = create_engine(url, connect_args={"autocommit": False})
    event.listen(engine, "connect", set_pragma)
    metadata.create_all(engine)
    with engine.connect() as connection:
        connection.execute(insert(parent), {"id": 1})
        connection.rollback()
        connection.execute(insert(parent), {"id": 2})
        with connection.begin_nested() as nested:
            connection.execute(insert(parent), {"id": 3})
            nested.rollback()
        connection.commit()
        connection.execute(insert(parent), {"id": 4})
        connection.rollback()
    with engine.connect() as connection:
        assert connection.scalars(select(parent.c.id)).all() == [2]
    engine.dispose()


def test_a_function_that_lives_in_the_pool(url: str, with_driver: Callable[[str, str], str]) -> None:
    engine = create_engine("sqlite://")

    @event.listens_for(engine, "first_connect")
    def once(connection: Any, record: Any) -> None:
        connection.create_function("thrice", 1, lambda value: value * 3)

    with engine.connect() as connection:
        assert connection.execute(text("SELECT thrice(2)")).scalar() == 6
    engine.dispose()
