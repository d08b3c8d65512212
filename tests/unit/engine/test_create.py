"""create_engine(): keywords, defaults and errors, compared with SQLAlchemy's where both have them."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

import sublimate as sa
from sublimate import event, exc
from sublimate.ext.asyncio import async_engine_from_config, create_async_engine, create_async_pool_from_url

PG = "postgresql+psycopg://u:secret@h/d"


def attempt(root: str, url: Any, **kw: Any) -> Any:
    try:
        engine = importlib.import_module(root).create_engine(url, **kw)
    except Exception as error:
        return type(error).__name__, str(error).replace("sqlalchemy", "sublimate")
    return repr(engine), type(engine.pool).__name__, engine.name, engine.driver, engine.echo, str(engine.url)


CASES = [
    ("sqlite://", {}),
    ("sqlite:///file.db", {}),
    (PG, {"pool_size": 3, "max_overflow": 1, "pool_timeout": 2, "pool_recycle": 60, "pool_pre_ping": True}),
    (PG, {"pool_use_lifo": True, "pool_reset_on_return": None, "connect_args": {"connect_timeout": 3}}),
    (
        PG,
        {"echo": True, "hide_parameters": True, "query_cache_size": 10, "logging_name": "x", "future": True},
    ),
    (PG, {"label_length": 20, "max_identifier_length": 60, "insertmanyvalues_page_size": 10}),
    (PG, {"json_serializer": str, "json_deserializer": str, "enable_from_linting": False}),
    (PG, {"skip_autocommit_rollback": True, "isolation_level": "SERIALIZABLE"}),
    ("sqlite://", {"foo": 1}),
    ("sqlite://", {"pool_sizee": 1, "ehco": True}),
    ("sqlite://", {"future": False}),
    (None, {}),
    ("foo bar", {}),
    ("foo://", {}),
    ("postgresql+foo://", {}),
]


@pytest.mark.parametrize(("url", "kw"), CASES)
def test_create_engine_answers_as_sqlalchemy(url, kw):
    assert attempt("sublimate", url, **kw) == attempt("sqlalchemy", url, **kw)


def test_password_is_never_shown():
    engine = sa.create_engine(PG)
    assert (
        "secret" not in repr(engine) and "secret" not in str(engine.url) and "secret" not in repr(engine.pool)
    )


def test_poolclass_and_its_keywords():
    assert type(sa.create_engine(PG, poolclass=sa.NullPool).pool) is sa.NullPool
    with pytest.raises(TypeError, match=r"pool_size.*NullPool"):
        sa.create_engine(PG, poolclass=sa.NullPool, pool_size=3)
    pool = sa.create_pool_from_url("sqlite:///x.db", size=2, pre_ping=True)
    assert type(pool) is sa.QueuePool and pool.size() == 2
    assert sa.create_engine("sqlite://", pool=pool).pool is pool


def test_creator_opens_the_connections():
    import sqlite3

    opened = []

    def creator() -> Any:
        opened.append(sqlite3.connect(":memory:"))
        return opened[-1]

    engine = sa.create_engine("sqlite:///ignored.db", creator=creator)
    with engine.connect() as connection:
        assert connection.connection.driver_connection is opened[0]


def test_do_connect_may_change_the_arguments():
    engine = sa.create_engine("sqlite:///nowhere/at/all.db")

    @event.listens_for(engine, "do_connect")
    def elsewhere(dialect, record, arguments, parameters):
        parameters["database"] = ":memory:"

    assert engine.connect().scalar(sa.text("select 1")) == 1


def test_engine_from_config_reads_strings():
    engine = sa.engine_from_config(
        {"db.url": "sqlite:///x.db", "db.echo": "debug", "db.pool_size": "7", "other": "x"}, "db."
    )
    assert engine.echo == "debug" and engine.pool.size() == 7
    with pytest.raises(ValueError, match="not true/false"):
        sa.engine_from_config({"sqlalchemy.url": "sqlite://", "sqlalchemy.pool_pre_ping": "maybe"})


def test_execution_options_make_an_engine_of_the_same_pool():
    engine = sa.create_engine("sqlite://", execution_options={"a": 1})
    other = engine.execution_options(isolation_level="AUTOCOMMIT")
    assert other.pool is engine.pool and other.plans is engine.plans
    assert other.get_execution_options() == {"a": 1, "isolation_level": "AUTOCOMMIT"}
    assert engine.get_execution_options() == {"a": 1}
    engine.update_execution_options(b=2)
    assert engine.connect().get_execution_options() == {"a": 1, "b": 2}
    seen = []
    event.listen(engine, "begin", lambda conn: seen.append("engine"))
    event.listen(other, "begin", lambda conn: seen.append("other"))
    with other.begin():
        assert seen == ["other", "engine"]
    with engine.begin():
        assert seen == ["other", "engine", "engine"]


def test_events_of_all_engines_and_of_one_connection():
    seen: list[str] = []

    def on_class(conn: Any) -> None:
        seen.append("class")

    event.listen(sa.Engine, "commit", on_class)
    try:
        with sa.create_engine("sqlite://").connect() as connection:
            event.listen(connection, "commit", lambda conn: seen.append("connection"))
            connection.execute(sa.text("select 1"))
            connection.commit()
            assert seen == ["connection", "class"]
    finally:
        event.remove(sa.Engine, "commit", on_class)


def test_pool_events_are_listened_to_on_the_engine():
    seen = []
    engine = sa.create_engine("sqlite:///:memory:")
    event.listen(engine, "connect", lambda connection, record: seen.append("connect"))
    engine.connect().close()
    assert seen == ["connect"]


def test_asynchronous_engines():
    assert type(create_async_engine("sqlite+aiosqlite://").pool) is sa.StaticPool
    assert type(create_async_engine("sqlite+aiosqlite:///x.db").pool) is sa.AsyncAdaptedQueuePool
    assert create_async_engine("postgresql+psycopg://h/d").sync_engine.pool.is_async
    assert type(create_async_pool_from_url("postgresql+asyncpg://h/d")) is sa.AsyncAdaptedQueuePool
    assert async_engine_from_config({"sqlalchemy.url": "sqlite+aiosqlite://"}).name == "sqlite"
    with pytest.raises(
        exc.InvalidRequestError,
        match="requires an async driver to be used",
    ):
        create_async_engine("sqlite://")
    with pytest.raises(exc.InvalidRequestError, match=r"connection.stream\(\)"):
        create_async_engine("postgresql+asyncpg://h/d", server_side_cursors=True)


def test_missing_driver_names_the_package(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(ModuleNotFoundError, match="pip install"):
        sa.create_engine("postgresql+asyncpg://h/d")


def test_mock_engine_collects_ddl():
    seen: list[str] = []
    engine = sa.create_mock_engine(
        "postgresql://", lambda ddl, *args: seen.append(str(ddl.compile(dialect=engine.dialect)))
    )
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True))
    metadata.create_all(engine)
    assert seen == ["\nCREATE TABLE t (\n\tid SERIAL NOT NULL, \n\tPRIMARY KEY (id)\n)\n\n"]


def test_begin_is_sent_with_the_first_statement_that_needs_it():
    def in_transaction(**kw: Any) -> list[bool]:
        t = sa.table("sqlite_master", sa.column("name"))
        found = []
        with sa.create_engine("sqlite://", **kw).connect() as connection:
            for statement in (sa.select(t.c.name), sa.text("create table x (a integer)")):
                connection.execute(statement)
                found.append(connection._entry.connection.in_transaction)
        return found

    assert in_transaction() == [False, True]
    assert in_transaction(lazy_begin=False) == [True, True]
    assert in_transaction(isolation_level="SERIALIZABLE") == [True, True]
    assert in_transaction(isolation_level="AUTOCOMMIT") == [False, False]
