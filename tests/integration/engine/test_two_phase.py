"""Two-phase transactions on PostgreSQL, under both roots: events, prepared names, recovery, an end by name."""

import importlib
from typing import Any

import pytest

from clusters.postgresql import Cluster
from sublimate import create_engine, exc, text
from sublimate.ext.asyncio import create_async_engine

NAMES = (
    "begin", "commit", "rollback", "begin_twophase", "prepare_twophase", "commit_twophase", "rollback_twophase", "savepoint",
    "release_savepoint",
)  # fmt: skip


class Script:
    """One root's engine on a fresh table, and what its listeners were told."""

    def __init__(self, root: str, url: str) -> None:
        self.sa: Any = importlib.import_module(root)
        self.event: Any = importlib.import_module(f"{root}.event")
        self.engine = self.sa.create_engine(url.replace("postgresql", "postgresql+psycopg", 1))
        with self.engine.connect() as connection:  # what a failed test left behind holds its locks
            for name in connection.recover_twophase():
                connection.rollback_prepared(name, recover=True)
        with self.engine.begin() as connection:
            connection.exec_driver_sql("drop table if exists two")
            connection.exec_driver_sql("create table two (a integer unique deferrable initially deferred)")
        self.told: list[Any] = []
        for name in NAMES:

            def note(connection: Any, *args: Any, name: str = name) -> None:
                self.told.append((name, *("xid" if str(arg).startswith("_sa_") else arg for arg in args)))

            self.event.listen(self.engine, name, note)

    def put(self, connection: Any, value: int) -> None:
        connection.execute(self.sa.text(f"insert into two values ({value})"))

    def rows(self) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(self.sa.text("select a from two order by a")).scalars().all()


def committed(s: Script) -> Any:
    with s.engine.connect() as c:
        t = c.begin_twophase()
        s.put(c, 1)
        t.prepare()
        seen = [t.is_active, c.in_transaction(), t.is_valid]
        t.commit()
        t = c.begin_twophase()
        s.put(c, 2)
        t.commit()
        return seen, t.is_active


def rolled_back(s: Script) -> Any:
    with s.engine.connect() as c:
        t = c.begin_twophase()
        s.put(c, 1)
        t.prepare()
        t.rollback()
        t = c.begin_twophase()
        s.put(c, 2)
        t.rollback()
        with c.begin_twophase("by hand") as t:
            s.put(c, 3)
            with c.begin_nested():
                s.put(c, 4)
        return t.xid


def closed_when_prepared(s: Script) -> Any:
    with s.engine.connect() as c:
        t = c.begin_twophase("left")
        s.put(c, 1)
        t.prepare()
    return s.rows()


def recovered(s: Script) -> Any:
    with s.engine.connect() as c:
        for number, name in enumerate(("one", "two")):
            s.put(c, number)
            c.exec_driver_sql(f"prepare transaction '{name}'")
            c.commit()
    with s.engine.connect() as c:
        waiting = sorted(c.recover_twophase())
        c.commit()
        c.commit_prepared("one", recover=True)
        c.rollback_prepared("two", recover=True)
        c.commit()
        return waiting, c.recover_twophase()


def closed_when_lost(s: Script) -> Any:
    with s.engine.connect() as c:
        t = c.begin_twophase("lost")
        s.put(c, 1)
        t.prepare()
        c.invalidate()
        t.close()
        t = c.begin_twophase("not prepared")
        s.put(c, 2)
        c.invalidate()
        t.close()
        return c.recover_twophase()


def refused_at_prepare(s: Script) -> Any:
    with s.engine.connect() as c:
        t = c.begin_twophase()
        s.put(c, 1)
        s.put(c, 1)
        try:
            t.prepare()
        except s.sa.exc.DBAPIError as error:
            kind = type(error).__name__
        return kind


@pytest.mark.parametrize(
    "scenario", [committed, rolled_back, recovered, closed_when_lost], ids=lambda s: s.__name__
)
def test_as_sqlalchemy(scenario: Any, cluster: Cluster) -> None:
    reports = []
    for root in ("sublimate", "sqlalchemy"):
        script = Script(root, cluster.url)
        reports.append((scenario(script), script.rows(), script.told))
        script.engine.dispose()
    assert reports[0] == reports[1]


def test_a_prepared_transaction_that_is_not_committed_is_rolled_back_at_close(cluster: Cluster) -> None:
    script = Script("sublimate", cluster.url)
    assert closed_when_prepared(script) == []
    assert ("rollback_twophase", "left", True) in script.told
    script.engine.dispose()


def test_a_transaction_refused_at_prepare_leaves_nothing(cluster: Cluster) -> None:
    script = Script("sublimate", cluster.url)
    assert refused_at_prepare(script) == "IntegrityError" and script.rows() == []
    script.engine.dispose()


def test_what_another_database_prepared_is_not_ours_to_end(cluster: Cluster) -> None:
    script = Script("sublimate", cluster.url)
    with script.engine.connect() as c:
        c.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("create database neighbour")
    neighbour = create_engine(script.engine.url.set(database="neighbour"))
    with neighbour.connect() as c:
        c.begin_twophase("theirs").prepare()
        with script.engine.connect() as ours:
            assert ours.recover_twophase() == []
        assert c.recover_twophase() == ["theirs"]
        c.rollback()
    neighbour.dispose()
    with script.engine.connect() as c:
        c.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("drop database neighbour")
    script.engine.dispose()


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
async def test_an_asynchronous_connection_by_run_sync(driver: str, cluster: Cluster) -> None:
    engine = create_async_engine(cluster.url.replace("postgresql", f"postgresql+{driver}", 1))

    def work(connection: Any) -> Any:
        connection.exec_driver_sql("create table if not exists two_async (a integer)")
        connection.commit()
        transaction = connection.begin_twophase("async")
        connection.execute(text("insert into two_async values (1)"))
        transaction.prepare()
        return connection

    async with engine.connect() as connection:
        await connection.run_sync(work)
        await connection.run_sync(lambda c: c.get_transaction().commit())
        assert (await connection.execute(text("select a from two_async"))).scalars().all() == [1]
        await connection.run_sync(
            lambda c: (c.rollback(), c.exec_driver_sql("drop table two_async"), c.commit())
        )
    await engine.dispose()


def test_a_connection_lost_while_committing_by_name_is_an_unknown_commit(cluster: Cluster) -> None:
    script = Script("sublimate", cluster.url)
    with script.engine.connect() as c:
        transaction = c.begin_twophase("unknown")
        script.put(c, 1)
        transaction.prepare()
        pid = c.connection.driver_connection.info.backend_pid
        with script.engine.connect() as other:
            other.exec_driver_sql(f"select pg_terminate_backend({pid})")
        with pytest.raises(exc.CommitUnknownError):
            transaction.commit()
    with script.engine.connect() as c:
        assert c.recover_twophase() == ["unknown"]
        c.rollback()
        c.commit_prepared("unknown", recover=True)
    assert script.rows() == [1]
    script.engine.dispose()
