"""Transactions on MariaDB: what ends one on the server, two phases, isolation, row counts, streams beside other statements."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import sublimate as sa
from sublimate import exc
from sublimate.ext.asyncio import AsyncEngine, create_async_engine
from sublimate.orm import DeclarativeBase, Mapped, Session, mapped_column
from sublimate.orm.exc import StaleDataError

# MariaDB names the prepared transactions of all its databases: who ends them must not end those of a test beside it
pytestmark = pytest.mark.usefixtures("prepared_transactions_in_turn")

metadata = sa.MetaData()
rows = sa.Table(
    "my_rows", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", sa.Integer)
)


class Base(DeclarativeBase):
    pass


class Counter(Base):
    __tablename__ = "my_counters"
    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


@pytest.fixture
def engine(url_for: Callable[[str], str]) -> Iterator[sa.Engine]:
    engine = sa.create_engine(url_for("pymysql"))
    for each in (metadata, Base.metadata):
        each.drop_all(engine)
        each.create_all(engine)
    yield engine
    for each in (metadata, Base.metadata):
        each.drop_all(engine)
    engine.dispose()


@pytest.fixture(params=["asyncmy", "aiomysql"])
async def awaited(
    request: Any, engine: sa.Engine, url_for: Callable[[str], str]
) -> AsyncIterator[AsyncEngine]:
    awaited = create_async_engine(url_for(request.param))
    yield awaited
    await awaited.dispose()


def count(engine: sa.Engine) -> Any:
    with engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(rows))


def test_what_follows_ddl_in_a_transaction_is_in_a_transaction(engine: sa.Engine) -> None:
    """DDL ends a transaction on the server; without autocommit the next statement would begin one, and so it is here."""
    with engine.connect() as connection:
        connection.execute(rows.insert().values(v=1))
        connection.execute(sa.text("CREATE TABLE my_side (id integer)"))
        connection.execute(rows.insert().values(v=2))
        connection.rollback()
        connection.execute(sa.text("DROP TABLE my_side"))
    assert count(engine) == 1


def test_what_follows_a_deadlock_is_in_a_transaction(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(rows.insert(), [{"id": 1, "v": 0}, {"id": 2, "v": 0}])
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def work(first: int, second: int) -> None:
        with engine.connect() as connection:
            change = rows.update().values(v=rows.c.v + 1)
            connection.execute(change.where(rows.c.id == first))
            barrier.wait()
            try:
                connection.execute(change.where(rows.c.id == second))
                connection.commit()
                outcomes.append("done")
            except exc.OperationalError as error:
                assert error.orig is not None and error.orig.args[0] == 1213
                assert not error.connection_invalidated
                connection.execute(rows.insert().values(id=99, v=9))
                connection.rollback()
                outcomes.append("deadlock")

    threads = [threading.Thread(target=work, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["deadlock", "done"]
    assert count(engine) == 2


def test_two_phases(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        transaction = connection.begin_twophase()
        connection.execute(rows.insert().values(v=1))
        transaction.prepare()
        transaction.commit()
        transaction = connection.begin_twophase()
        connection.execute(rows.insert().values(v=2))
        transaction.commit()  # in one phase
        for prepare in (True, False):
            transaction = connection.begin_twophase("it's")
            connection.execute(rows.insert().values(v=3))
            if prepare:
                transaction.prepare()
            transaction.rollback()
    assert count(engine) == 2


def test_a_prepared_transaction_is_found_again(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        transaction = connection.begin_twophase("left behind")
        connection.execute(rows.insert().values(v=1))
        transaction.prepare()
        connection.invalidate()
    with engine.connect() as connection:
        assert "left behind" in connection.recover_twophase()
        connection.rollback()
        connection.rollback_prepared("left behind")
        assert "left behind" not in connection.recover_twophase()
    assert count(engine) == 0


def test_a_session_in_two_phases(engine: sa.Engine) -> None:
    with Session(engine, twophase=True) as session:
        session.add(Counter(id=1))
        session.prepare()
        session.commit()
        session.add(Counter(id=2))
        session.flush()
        session.rollback()
        assert session.scalars(sa.select(Counter.id)).all() == [1]
        session.commit()


def test_rows_are_counted_when_found_not_when_changed(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(rows.insert(), [{"id": 1, "v": 5}, {"id": 2, "v": 6}])
        assert connection.execute(rows.update().values(v=5)).rowcount == 2
        assert connection.execute(rows.update().values(v=5)).rowcount == 2


def test_a_stale_version_is_noticed(engine: sa.Engine) -> None:
    with Session(engine) as session:
        session.add(Counter(id=1))
        session.commit()
        counter = session.get_one(Counter, 1)
        with Session(engine) as other, other.begin():
            other.get_one(Counter, 1).value = 7
        counter.value = 8
        with pytest.raises(StaleDataError):
            session.commit()


#: how many rows of another transaction a level sees before and after its commit, having read before
SEEN = {
    "READ UNCOMMITTED": (1, 1),
    "READ COMMITTED": (0, 1),
    "REPEATABLE READ": (0, 0),
    "SERIALIZABLE": None,  # who reads keeps others from writing
}


@pytest.mark.parametrize("level", SEEN)
def test_the_server_isolates_as_asked(level: str, engine: sa.Engine) -> None:
    """What is seen tells the level: `innodb_trx` may be old news while others read it too."""
    counted = sa.select(sa.func.count()).select_from(rows)
    with (
        engine.connect().execution_options(isolation_level=level) as reader,
        engine.connect() as writer,
    ):
        assert reader.scalar(counted) == 0
        if SEEN[level] is None:
            writer.execute(sa.text("SET SESSION innodb_lock_wait_timeout = 1"))
            with pytest.raises(exc.OperationalError, match=r"(?i)lock wait timeout"):
                writer.execute(rows.insert().values(v=1))
            writer.invalidate()  # with its setting
            return
        writer.execute(rows.insert().values(v=1))
        before = reader.scalar(counted)
        writer.commit()
        assert (before, reader.scalar(counted)) == SEEN[level]


def test_isolation_levels_and_read_only(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert connection.get_isolation_level() == "REPEATABLE READ"
        assert connection.default_isolation_level == "REPEATABLE READ"
    for level in SEEN:
        with engine.connect().execution_options(isolation_level=level) as connection:
            assert connection.get_isolation_level() == level
            connection.execute(rows.insert().values(v=1))
        assert count(engine) == 0
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(rows.insert().values(v=1))
    assert count(engine) == 1
    with (
        engine.connect().execution_options(mysql_readonly=True) as connection,
        pytest.raises(exc.OperationalError, match="READ ONLY"),
    ):
        connection.execute(rows.insert().values(v=2))


def test_other_statements_while_a_stream_is_open(engine: sa.Engine) -> None:
    """The wire holds one result at a time: the rest of the stream is read into memory first, and nothing is lost."""
    with engine.connect() as connection:
        connection.execute(rows.insert(), [{"v": i} for i in range(500)])
        stream = connection.execution_options(yield_per=50).execute(sa.select(rows.c.v).order_by(rows.c.id))
        seen = []
        for row in stream:
            seen.append(row.v)
            if row.v == 70:
                assert connection.scalar(sa.text("SELECT 5")) == 5
        assert seen == list(range(500))


async def test_a_stream_left_early_leaves_a_clean_connection(awaited: AsyncEngine) -> None:
    async with awaited.connect() as connection:
        await connection.execute(rows.insert(), [{"v": i} for i in range(500)])
        stream = await connection.stream(
            sa.select(rows.c.v).order_by(rows.c.id), execution_options={"yield_per": 10}
        )
        async for row in stream:
            if row.v == 20:
                assert await connection.scalar(sa.text("SELECT 5")) == 5
                break
        await stream.close()
        assert await connection.scalar(sa.select(sa.func.count()).select_from(rows)) == 500
    assert awaited.pool.checkedout() == 0


async def test_a_connection_from_elsewhere_is_put_in_autocommit(
    request: Any, engine: sa.Engine, url_for: Any
) -> None:
    import asyncmy

    url = sa.make_url(url_for("asyncmy"))

    async def create() -> Any:
        return await asyncmy.connect(
            host=url.host, port=url.port, user=url.username, password=url.password or "", db=url.database
        )

    awaited = create_async_engine("mysql+asyncmy://", async_creator=create)
    async with awaited.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(rows.insert().values(v=1))
    await awaited.dispose()
    assert count(engine) == 1


async def test_locks_time_out_as_operational_errors(awaited: AsyncEngine, engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(rows.insert().values(id=1, v=1))
        async with awaited.connect() as other:
            await other.execute(sa.text("SET innodb_lock_wait_timeout = 1"))
            with pytest.raises(exc.OperationalError) as caught:
                async with asyncio.timeout(60):
                    await other.execute(rows.insert().values(id=1, v=1))
            assert caught.value.orig is not None and caught.value.orig.args[0] == 1205
            assert not caught.value.connection_invalidated
            await other.rollback()
