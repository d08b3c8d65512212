"""Slow statements, counters, comments and spans: what is seen of an engine's statements, on every driver."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from sublimate import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    exc,
    insert,
    select,
    text,
)
from sublimate.ext.asyncio import AsyncSession, create_async_engine
from sublimate.ext.observe import MOST_STATEMENTS, OTHERS, observe, sql_comment
from sublimate.ext.opentelemetry import instrument

things = Table("observed", MetaData(), Column("id", Integer, primary_key=True), Column("name", String(20)))


@pytest.fixture
def engine(sqlite_url: str) -> Any:
    engine = create_engine(sqlite_url)
    things.create(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["aiosqlite", "asyncpg", "psycopg"])
async def async_engine(request: Any, with_driver: Callable[[str, str], str]) -> Any:
    database = "sqlite_url" if request.param == "aiosqlite" else "postgresql_url"
    engine = create_async_engine(with_driver(request.getfixturevalue(database), request.param))
    async with engine.begin() as connection:
        await connection.run_sync(things.metadata.drop_all)
        await connection.run_sync(things.metadata.create_all)
    yield engine
    async with engine.begin() as connection:
        await connection.run_sync(things.metadata.drop_all)
    await engine.dispose()


def spans_of(*engines: Any) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    for engine in engines:
        instrument(engine, tracer_provider=provider)
    return exporter


def test_counters_by_statement(engine: Any) -> None:
    watching = observe(engine)
    with engine.begin() as connection:
        connection.execute(insert(things), [{"name": "a"}, {"name": "b"}])
        for name in ("a", "b", "c"):
            connection.execute(select(things.c.id).where(things.c.name == name)).all()
        with pytest.raises(exc.DBAPIError):
            connection.execute(text("select nonsense"))
    found = {one.sql.split()[0] + str(one.errors): one for one in watching.statements()}
    assert found["INSERT0"].rows == 2 and found["INSERT0"].count == 1
    reads = found["SELECT0"]
    assert (reads.count, reads.rows) == (3, 2) and 0 < reads.longest <= reads.seconds
    assert found["select1"].count == 1
    watching.stop()
    with engine.connect() as connection:
        connection.execute(text("select 5"))
    assert sum(one.count for one in watching.statements()) == 5
    watching.reset()
    assert watching.statements() == []


def test_counters_are_bounded(engine: Any) -> None:
    watching = observe(engine)
    with engine.connect() as connection:
        for number in range(MOST_STATEMENTS + 50):
            connection.exec_driver_sql(f"select {number}")
    counters = {one.sql: one.count for one in watching.statements()}
    assert len(counters) == MOST_STATEMENTS + 1 and counters[OTHERS] == 50


def test_slow_statements_are_logged_and_quick_ones_are_not(engine: Any, caplog: Any) -> None:
    @event.listens_for(engine, "connect")
    def add_function(connection: Any, record: Any) -> None:
        connection.create_function("wait", 1, lambda seconds: __import__("time").sleep(seconds))

    observe(engine, slow=0.05)
    engine.dispose()
    with caplog.at_level(logging.WARNING, logger="sublimate.slow"), engine.connect() as connection:
        connection.execute(text("select wait(:s)"), {"s": 0})
        connection.execute(text("select wait(:s)"), {"s": 0.06})
    [record] = caplog.records
    assert "select wait(?)" in record.getMessage() and "0.06" in record.getMessage()


def test_hidden_parameters_stay_hidden(sqlite_url: str, caplog: Any) -> None:
    engine = create_engine(sqlite_url, hide_parameters=True)
    observe(engine, slow=0)
    with caplog.at_level(logging.WARNING, logger="sublimate.slow"), engine.connect() as connection:
        connection.execute(text("select :secret"), {"secret": "hunter2"})
    assert "hunter2" not in caplog.text and "hidden" in caplog.text


async def test_tags_are_comments_and_nothing_gets_out_of_them(async_engine: Any) -> None:
    sent: list[str] = []
    tags = {"route": "/a*/; drop table observed --", "who": "o'hara 100%", "none": None}
    observe(async_engine, tags=lambda: tags)
    event.listen(async_engine.sync_engine, "after_cursor_execute", lambda *args: sent.append(args[2]))
    async with AsyncSession(async_engine) as session:
        await session.execute(insert(things).values(name="a"))
        assert (await session.execute(select(things.c.name).where(things.c.name == "a"))).all() == [("a",)]
        assert await session.scalar(text("select 1")) == 1
    assert len(sent) == 3
    for sql in sent:
        plain = sql.replace("%%", "%")
        assert plain.endswith(
            " /*route='%2Fa%2A%2F%3B%20drop%20table%20observed%20--',who='o%27hara%20100%25'*/"
        )


def test_no_tags_no_comment() -> None:
    assert sql_comment({}) == sql_comment({"a": None}) == ""


async def test_a_span_for_each_statement(async_engine: Any) -> None:
    exporter = spans_of(async_engine)
    tracer = trace.get_tracer("test", tracer_provider=TracerProvider())
    with tracer.start_as_current_span("request") as parent:
        async with AsyncSession(async_engine) as session:
            await session.execute(insert(things), [{"name": "a"}, {"name": "b"}])
            await session.execute(select(things.c.id))
            with pytest.raises(exc.DBAPIError):
                await session.execute(text("select nonsense"))
            await session.rollback()
            assert await session.scalar(select(1)) == 1
    spans = exporter.get_finished_spans()
    assert [span.attributes["db.operation.name"] for span in spans] == [
        "INSERT",
        "SELECT",
        "SELECT",
        "SELECT",
    ]
    assert all(span.parent.span_id == parent.get_span_context().span_id for span in spans)
    assert {span.attributes["db.system.name"] for span in spans} == {async_engine.name}
    assert spans[1].attributes["db.response.returned_rows"] == 2
    assert "secret" not in str([dict(span.attributes) for span in spans])
    assert [span.status.status_code.name for span in spans] == ["UNSET", "UNSET", "ERROR", "UNSET"]
    assert spans[2].events[0].name == "exception"


async def test_a_cancelled_statement_ends_its_span(async_engine: Any) -> None:
    if async_engine.name == "sqlite":
        pytest.skip("SQLite has no sleep")
    exporter = spans_of(async_engine)

    async def wait() -> None:
        async with AsyncSession(async_engine) as session:
            await session.execute(text("select pg_sleep(5)"))

    task = asyncio.create_task(wait())
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    [span] = exporter.get_finished_spans()
    assert span.attributes["error.type"] == "CancelledError"


def test_any_number_of_engines(tmp_path: Any) -> None:
    engines = [create_engine(f"sqlite:///{tmp_path}/{number}.db") for number in range(3)]
    exporter = spans_of(*engines)
    for engine in engines:
        with engine.connect() as connection:
            connection.execute(text("select 1"))
        engine.dispose()
    names = [span.attributes["db.namespace"] for span in exporter.get_finished_spans()]
    assert names == [engine.url.database for engine in engines]


def test_an_engine_that_nobody_watches_pays_nothing(engine: Any) -> None:
    def listeners() -> list[Any]:
        return [] if engine.dispatch is None else list(engine.dispatch.all_own())

    assert listeners() == []
    watching = observe(engine)
    assert listeners()
    watching.stop()
    assert listeners() == []
