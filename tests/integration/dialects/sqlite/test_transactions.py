"""Transactions on SQLite files: whoever reads first and writes then waits for others instead of failing at once."""

import asyncio
import multiprocessing
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from sublimate import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sublimate.dialects.sqlite.transactions import may_write
from sublimate.ext.asyncio import create_async_engine
from sublimate.orm import Session

metadata = MetaData()
counter = Table(
    "counter",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("value", Integer),
    Column("note", String),
)
READS: dict[str, Any] = {
    "select": select(counter.c.value),
    "text": text("SELECT value FROM counter"),
    "function": select(func.some_function_of_sqlite_that_is_unknown_to_us_or_not_quite_abs(1)),
    "locked": select(counter.c.value).with_for_update(),
}
del READS["function"]


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = str(tmp_path / "one.sqlite")
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(counter), {"id": 1, "value": 0})
    engine.dispose()
    return path


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", False), ("  \n-- DELETE\n/* x */ select 1", False), ("WITH a AS (SELECT 1) SELECT * FROM a", False),
        ("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", True), ("PRAGMA foreign_keys = ON", False),
        ("insert into t values (1)", True), ("REPLACE INTO t VALUES (1)", True), ("CREATE TABLE t (x)", True),
        ("SAVEPOINT a", True), ("BEGIN EXCLUSIVE", False), ("COMMIT", False), ("VACUUM", False), ("", True),
    ],
)  # fmt: skip
def test_which_statements_begin(sql: str, expected: bool) -> None:
    assert may_write(sql) is expected


def add_up(path: str, rounds: int, read: str, journal: str) -> None:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 60})
    for _ in range(rounds):
        with engine.connect() as connection:
            connection.execute(text(f"PRAGMA journal_mode = {journal}")) if journal == "WAL" else None
            connection.execute(READS[read]).all()
            connection.execute(update(counter).values(value=counter.c.value + 1))
            connection.commit()


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
@pytest.mark.parametrize("read", READS)
def test_two_processes_read_then_write(file: str, read: str, journal: str) -> None:
    rounds = 40
    context = multiprocessing.get_context("spawn")
    with sqlite3.connect(file) as raw:
        raw.execute(f"PRAGMA journal_mode = {journal}")
    raw.close()
    workers = [context.Process(target=add_up, args=(file, rounds, read, journal)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    with sqlite3.connect(file) as raw:
        assert raw.execute("SELECT value FROM counter").fetchone() == (2 * rounds,)
    raw.close()


@pytest.mark.parametrize("savepoint", [False, True])
@pytest.mark.parametrize("read", READS)
async def test_tasks_read_then_write(file: str, read: str, savepoint: bool) -> None:
    """All have read before the first one writes: the case that SQLite refuses in one deferred transaction."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}", connect_args={"timeout": 30})

    async def add() -> None:
        async with engine.connect() as connection:
            if savepoint:
                await connection.begin_nested()
            await connection.execute(READS[read])
            await asyncio.sleep(0.01)
            await connection.execute(update(counter).values(value=counter.c.value + 1))
            await connection.commit()

    await asyncio.gather(*(add() for _ in range(5)))
    async with engine.connect() as connection:
        assert await connection.scalar(select(counter.c.value)) == 5
    await engine.dispose()


def test_for_update_keeps_other_writers_out(file: str) -> None:
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 0.1})
    with Session(engine) as first, Session(engine) as second:
        assert first.scalar(select(counter.c.value).with_for_update()) == 0
        assert second.scalar(select(counter.c.value)) == 0
        with pytest.raises(Exception, match="locked"):
            second.execute(update(counter).values(value=9))
        second.rollback()
        first.execute(update(counter).values(value=1))
        first.commit()
        second.execute(update(counter).values(value=counter.c.value + 1))
        second.commit()
        assert second.scalar(select(counter.c.value)) == 2
    engine.dispose()


def test_a_begin_that_failed_is_made_up_for(file: str) -> None:
    """The statement after it must not run outside of the transaction."""
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 0.05})
    with engine.connect() as holder, engine.connect() as other:
        holder.execute(update(counter).values(value=5))
        with pytest.raises(Exception, match="locked"):
            other.execute(update(counter).values(value=7))
        holder.commit()
        other.execute(update(counter).values(value=8))
        other.rollback()
        assert holder.scalar(select(counter.c.value)) == 5
    engine.dispose()


def test_pragmas_work_where_a_transaction_would_keep_them_from_it(file: str) -> None:
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA foreign_keys = ON"))
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        connection.execute(text("VACUUM"))
        connection.execute(text(r"ATTACH '\:memory\:' AS other"))
        connection.execute(text("DETACH other"))
    engine.dispose()


@pytest.mark.parametrize("begin", ["BEGIN", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_the_recipe_for_begin_works(file: str, begin: str) -> None:
    engine = create_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def take_over(connection: Any, record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def say_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    with engine.begin() as connection:
        connection.execute(update(counter).values(value=3))
        with connection.begin_nested() as nested:
            connection.execute(update(counter).values(value=4))
            nested.rollback()
        assert connection.scalar(select(counter.c.value)) == 3
    with engine.connect() as connection:
        connection.execute(update(counter).values(value=9))
        connection.rollback()
        assert connection.scalar(select(counter.c.value)) == 3
    engine.dispose()


async def test_the_recipe_for_begin_works_awaited(file: str) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}")

    @event.listens_for(engine.sync_engine, "connect")
    def take_over(connection: Any, record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine.sync_engine, "begin")
    def say_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    async with engine.begin() as connection:
        await connection.execute(update(counter).values(value=3))
    async with engine.connect() as connection:
        assert await connection.scalar(select(counter.c.value)) == 3
    await engine.dispose()


def test_read_uncommitted_and_autocommit(file: str) -> None:
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect().execution_options(isolation_level="READ UNCOMMITTED") as connection:
        assert connection.get_isolation_level() == "READ UNCOMMITTED"
        connection.execute(update(counter).values(value=2))
        assert connection.execute(text("PRAGMA read_uncommitted")).scalar() == 1
        connection.rollback()
    with engine.connect() as connection:
        connection.execute(update(counter).values(value=3))
        assert connection.execute(text("PRAGMA read_uncommitted")).scalar() == 0
        connection.rollback()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(update(counter).values(value=4))
        connection.rollback()
        assert connection.scalar(select(counter.c.value)) == 4
    engine.dispose()


def test_holders_of_one_memory_database_keep_their_own_begin() -> None:
    """What the second commits ends the first's transaction; what the first does then can still be undone."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.connect() as first, engine.connect() as second:
        first.execute(select(counter.c.id).with_for_update())
        second.execute(insert(counter), {"value": 1})
        second.commit()
        first.execute(insert(counter), {"value": 2})
        first.rollback()
        assert second.scalars(select(counter.c.value)).all() == [1]
    engine.dispose()
