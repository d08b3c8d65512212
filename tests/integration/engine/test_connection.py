"""Connections and transactions: each scenario runs under both roots and must report the same."""

from __future__ import annotations

import gc
import importlib
import warnings
from collections.abc import Callable
from typing import Any

import pytest


class Script:
    """Runs a scenario's attempts and keeps what each came to."""

    def __init__(self, root: str, url: str) -> None:
        self.sa = importlib.import_module(root)
        self.engine = self.sa.create_engine(url)
        self.seen: list[Any] = []

    def attempt(self, call: Callable[[], Any]) -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.simplefilter("ignore", ResourceWarning)  # of what other tests left to the collector
            try:
                value = call()
            except Exception as error:
                value = type(error).__name__, str(error).split("\n")[0].split(" (Background")[0]
            if isinstance(value, list):
                value = [tuple(row) for row in value]
            kept = value if isinstance(value, (int, str, tuple, list, type(None))) else type(value).__name__
            told = [str(w.message) for w in caught if not issubclass(w.category, ResourceWarning)]
            self.seen.append((kept, told))


def nested_in_any_order(s: Script) -> None:
    c = s.engine.connect()
    t = c.begin()
    s.attempt(c.begin)
    outer = c.begin_nested()
    s.attempt(lambda: (c.get_nested_transaction() is outer, c.in_nested_transaction(), outer.is_active))
    inner = c.begin_nested()
    s.attempt(inner.commit)
    s.attempt(lambda: (inner.is_active, outer.is_active, c.get_nested_transaction() is outer))
    s.attempt(inner.commit)
    s.attempt(outer.rollback)
    s.attempt(outer.rollback)
    s.attempt(t.rollback)
    s.attempt(lambda: (t.is_active, c.in_transaction()))
    s.attempt(t.commit)
    s.attempt(t.rollback)
    s.attempt(t.close)


def autobegin(s: Script) -> None:
    c = s.engine.connect()
    s.attempt(lambda: (c.in_transaction(), c.get_transaction(), c.closed, c.invalidated))
    s.attempt(lambda: c.exec_driver_sql("select 1").scalar())
    s.attempt(c.in_transaction)
    s.attempt(c.begin)
    s.attempt(c.commit)
    s.attempt(c.in_transaction)
    s.attempt(c.commit)
    s.attempt(c.rollback)
    s.attempt(lambda: c.begin().is_active)
    s.attempt(c.rollback)
    s.attempt(c.begin_nested)
    s.attempt(lambda: (c.in_transaction(), c.in_nested_transaction()))
    s.attempt(c.close)
    s.attempt(c.close)


def closed(s: Script) -> None:
    c = s.engine.connect()
    c.close()
    for call in (
        lambda: c.exec_driver_sql("select 1"), c.begin, c.begin_nested, c.commit, c.rollback, c.in_transaction,
        c.invalidate, lambda: c.connection, lambda: c.info, lambda: c.closed, lambda: c.invalidated,
    ):  # fmt: skip
        s.attempt(call)


def finished_inside_block(s: Script) -> None:
    c = s.engine.connect()

    def block(begin: Callable[[], Any], end: str) -> None:
        with begin() as t:
            getattr(t, end)()
            c.exec_driver_sql("select 1")

    s.attempt(lambda: block(c.begin, "rollback"))
    s.attempt(lambda: block(c.begin, "commit"))
    s.attempt(lambda: block(c.begin_nested, "rollback"))
    s.attempt(c.in_transaction)
    c.rollback()
    s.attempt(lambda: block(c.begin_nested, "commit"))
    c.rollback()
    s.attempt(lambda: c.exec_driver_sql("select 1").scalar())


def committed_and_rolled_back(s: Script) -> None:
    with s.engine.begin() as c:
        c.exec_driver_sql("create table work (id integer)")

    def failing() -> None:
        with s.engine.begin() as c:
            c.exec_driver_sql("insert into work values (1)")
            raise KeyError("no")

    s.attempt(failing)
    with s.engine.connect() as c:
        c.exec_driver_sql("insert into work values (2)")
    with s.engine.connect() as c:
        c.exec_driver_sql("insert into work values (3)")
        savepoint = c.begin_nested()
        c.exec_driver_sql("insert into work values (4)")
        savepoint.rollback()
        with c.begin_nested():
            c.exec_driver_sql("insert into work values (5)")
        c.commit()
        c.exec_driver_sql("insert into work values (6)")
        c.rollback()
    with s.engine.connect() as c:
        s.attempt(lambda: c.exec_driver_sql("select id from work order by id").all())
        c.rollback()
        c.exec_driver_sql("drop table work")
        c.commit()


def invalidated(s: Script) -> None:
    c = s.engine.connect()
    c.exec_driver_sql("select 1")
    c.invalidate()
    s.attempt(lambda: (c.invalidated, c.closed, c.in_transaction()))
    for call in (lambda: c.exec_driver_sql("select 1").scalar(), c.begin, c.commit):
        s.attempt(call)
    c.rollback()
    s.attempt(lambda: c.exec_driver_sql("select 1").scalar())
    c.close()


def errors(s: Script) -> None:
    c = s.engine.connect()
    s.attempt(lambda: c.execute("select 1"))
    s.attempt(lambda: c.execute(5))
    s.attempt(lambda: c.exec_driver_sql("select foo from nowhere"))
    c.rollback()
    s.attempt(lambda: c.exec_driver_sql("select 1", 5))
    s.attempt(lambda: c.exec_driver_sql("select 1", [5]))
    c.close()


def isolation(s: Script) -> None:
    c = s.engine.connect()
    c.exec_driver_sql("select 1")
    s.attempt(lambda: c.execution_options(isolation_level="AUTOCOMMIT"))
    c.rollback()
    s.attempt(lambda: c.execution_options(isolation_level="FOO"))
    s.attempt(lambda: c.execution_options(isolation_level="AUTOCOMMIT") is c)
    c.exec_driver_sql("create table kept (id integer)")
    c.exec_driver_sql("insert into kept values (1)")
    c.rollback()
    s.attempt(lambda: c.exec_driver_sql("select id from kept").all())
    c.exec_driver_sql("drop table kept")
    s.attempt(lambda: dict(c.get_execution_options()))
    c.close()


def rows_of_driver_sql(s: Script) -> None:
    with s.engine.begin() as c:
        r = c.exec_driver_sql("select 1 as a, 'x' as b")
        s.attempt(lambda: list(r.keys()))
        s.attempt(r.all)
        made = c.exec_driver_sql("create table made (id integer)")
        s.attempt(lambda: made.returns_rows)
        s.attempt(made.all)
        s.attempt(lambda: made.closed)
        s.attempt(lambda: c.exec_driver_sql("insert into made values (1), (2)").rowcount)
        s.attempt(lambda: c.exec_driver_sql("update made set id = 3").rowcount)
        s.attempt(lambda: c.exec_driver_sql("delete from made").rowcount)
        s.attempt(lambda: made.inserted_primary_key)
        c.exec_driver_sql("drop table made")


SCENARIOS = [
    nested_in_any_order, autobegin, closed, finished_inside_block, committed_and_rolled_back, invalidated, errors,
    isolation, rows_of_driver_sql,
]  # fmt: skip


def compare(scenario: Callable[[Script], None], url: str) -> None:
    reports = []
    for root in ("sqlalchemy", "sublimate"):
        script = Script(root, url)
        try:
            scenario(script)
        finally:
            script.engine.dispose()
        reports.append(script.seen)
    assert reports[1] == reports[0]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.__name__)
def test_connection_behaves_as_sqlalchemys_on_sqlite(scenario, sqlite_url):
    compare(scenario, sqlite_url)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.__name__)
def test_connection_behaves_as_sqlalchemys_on_postgresql(scenario, postgresql_url, with_driver):
    compare(scenario, with_driver(postgresql_url, "psycopg"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.__name__)
def test_connection_behaves_as_sqlalchemys_on_mariadb(scenario, mysql_url, with_driver):
    compare(scenario, with_driver(mysql_url, "pymysql"))


def test_forgotten_connection_goes_back_to_its_pool(sqlite_url):
    import sublimate as sa

    engine = sa.create_engine(sqlite_url, pool_size=1, max_overflow=0, pool_timeout=0.1)
    for _ in range(3):
        connection = engine.connect()
        connection.execute(sa.text("create table if not exists t (a integer)"))
        del connection
        gc.collect()  # a connection and its transaction know each other
    assert engine.pool.checkedout() == 0
    engine.dispose()


def test_nobody_inherits_what_a_raw_connection_left_open(sqlite_url):
    import sublimate as sa

    engine = sa.create_engine(sqlite_url, pool_reset_on_return=None, pool_size=1)
    with engine.begin() as connection:
        connection.exec_driver_sql("create table t (a integer)")

    def leave_open(value: int) -> None:
        raw = engine.raw_connection()
        raw.cursor().execute(f"insert into t values ({value})")
        raw.close()

    leave_open(1)
    sa.event.listen(engine, "reset", lambda raw, record, state: raw.commit())
    leave_open(2)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("select a from t").scalars().all() == [2]
    engine.dispose()
