"""The asynchronous faces, on aiosqlite and asyncpg: statements, transactions, streams, events, misuse."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator
from typing import Any

import pytest

import sublimate as sa
from sublimate import event, exc
from sublimate.ext.asyncio import AsyncEngine, create_async_engine
from sublimate.ext.asyncio.exc import AsyncContextAlreadyStarted, AsyncContextNotStarted, AsyncMethodRequired

metadata = sa.MetaData()
things = sa.Table(
    "async_things",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(50)),
    sa.Column("size", sa.Integer, default=7),
)


@pytest.fixture(params=["aiosqlite", "asyncpg", "psycopg", "asyncmy", "aiomysql"])
async def engine(request: Any, url_for: Any) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(url_for(request.param))
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all, checkfirst=False)
    yield engine
    async with engine.begin() as connection:
        await connection.run_sync(metadata.drop_all, checkfirst=False)
    await engine.dispose()


async def names(engine: AsyncEngine) -> list[str]:
    async with engine.connect() as connection:
        return list((await connection.scalars(sa.select(things.c.name).order_by(things.c.id))).all())


async def test_statements_and_transactions(engine):
    async with engine.begin() as c:
        result = await c.execute(sa.insert(things).values(name="a"))
        assert result.inserted_primary_key == (1,)
        rows = await c.execute(
            sa.insert(things).returning(things.c.id, things.c.size), [{"name": "b"}, {"name": "c"}]
        )
        assert rows.all() == [(2, 7), (3, 7)]
        assert await c.scalar(sa.select(sa.func.count()).select_from(things)) == 3
    with pytest.raises(KeyError):
        async with engine.begin() as c:
            await c.execute(sa.delete(things))
            raise KeyError
    async with engine.connect() as c:
        await c.execute(sa.delete(things).where(things.c.id == 1))
        nested = await c.begin_nested()
        await c.execute(sa.delete(things))
        await nested.rollback()
        assert not nested.is_active and c.in_transaction() and not c.in_nested_transaction()
        await c.commit()
        async with c.begin() as t:
            assert t.is_active and c.get_transaction().sync_transaction is t.sync_transaction
            await c.execute(sa.update(things).values(name="z"))
            await t.rollback()
    assert await names(engine) == ["b", "c"]


async def test_thousands_of_rows_come_back_in_order(engine):
    rows = [{"name": f"n{i}", "size": i} for i in range(2500)]
    async with engine.begin() as c:
        sizes = await c.scalars(sa.insert(things).returning(things.c.size), rows)
        assert sizes.all() == list(range(2500))
        ids = (await c.scalars(sa.select(things.c.id).order_by(things.c.size))).all()
        assert ids == sorted(ids)


async def test_stream(engine):
    async with engine.begin() as c:
        await c.execute(sa.insert(things), [{"name": f"n{i}"} for i in range(10)])
    async with engine.connect() as c:
        statement = sa.select(things.c.id, things.c.name).order_by(things.c.id)
        seen = []
        async with c.stream(statement, execution_options={"yield_per": 3}) as result:
            async for row in result:
                seen.append(row.id)
                if len(seen) == 4:
                    break
            assert [r.id for r in await result.fetchmany(2)] == [5, 6]
            assert (await result.scalars("name").all()) == ["n6", "n7", "n8", "n9"]
        assert seen == [1, 2, 3, 4]
        parts = [len(p) async for p in (await c.stream_scalars(statement)).partitions(4)]
        assert parts == [4, 4, 2]
        assert (await (await c.stream(statement)).mappings().first())["name"] == "n0"
        assert await (await c.stream(statement.where(things.c.id == 2))).scalar_one() == 2
        frozen = await (await c.stream(statement)).freeze()
        assert len(frozen().all()) == len(frozen().all()) == 10
        with pytest.raises(exc.MultipleResultsFound):
            await (await c.stream(statement)).one()
        with pytest.raises(AsyncMethodRequired, match=r"Use the AsyncConnection.stream\(\) method"):
            await c.execute(statement, execution_options={"yield_per": 3})


async def test_connection_used_by_two_tasks_is_refused_naming_both(engine):
    async with engine.connect() as c:
        await c.execute(sa.select(1))
        first = asyncio.create_task(c.execute(sa.select(1)), name="first")
        second = asyncio.create_task(c.execute(sa.select(2)), name="second")
        results = await asyncio.gather(first, second, return_exceptions=True)
        assert results[0].scalar() == 1
        assert isinstance(results[1], exc.IllegalStateChangeError)
        assert "'first'" in str(results[1]) and "'second'" in str(results[1])
        assert await c.scalar(sa.select(3)) == 3


async def test_cancelled_statement_leaves_a_usable_engine(engine):
    slow = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000000) SELECT count(*) FROM n",
        "postgresql": "SELECT pg_sleep(30)",
        "mysql": "SELECT sleep(30)",
    }[engine.dialect.name]
    async with engine.connect() as c:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(c.execute(sa.text(slow)), 0.1)
        await c.rollback()
        assert await c.scalar(sa.select(5)) == 5
    assert engine.pool.checkedout() == 0
    assert await names(engine) == []


async def test_run_sync_commits_what_the_function_does(engine):
    def work(connection: sa.Connection, name: str) -> int:
        connection.execute(sa.insert(things).values(name=name))
        with connection.begin_nested():
            connection.execute(sa.insert(things).values(name=name + "2"))
        return connection.scalar(sa.select(sa.func.count()).select_from(things))

    async with engine.begin() as c:
        assert await c.run_sync(work, "sync") == 2
    assert await names(engine) == ["sync", "sync2"]


async def test_events_of_the_engine_see_everything(engine):
    seen: list[Any] = []
    sync = engine.sync_engine
    event.listen(sync, "begin", lambda conn: seen.append("begin"))
    event.listen(sync, "commit", lambda conn: seen.append("commit"))
    event.listen(
        sync,
        "before_execute",
        lambda conn, clause, multi, params, options: seen.append(("execute", multi, params)),
    )

    @event.listens_for(sync, "before_cursor_execute", retval=True)
    def change(conn, cursor, statement, parameters, context, executemany):
        seen.append(("cursor", executemany))
        context.note = "mine"
        return statement + " -- changed", parameters

    @event.listens_for(sync, "after_cursor_execute")
    def after(conn, cursor, statement, parameters, context, executemany):
        seen.append((context.note, statement.endswith("-- changed")))

    async with engine.begin() as c:
        await c.execute(sa.insert(things), {"name": "x"})
    one = ("execute", [], {"name": "x"})
    assert seen == ["begin", one, ("cursor", False), ("mine", True), "commit"]


async def test_handle_error_may_replace_the_error(engine):
    class Mine(Exception):
        pass

    @event.listens_for(engine.sync_engine, "handle_error")
    def replace(context):
        assert isinstance(context.sqlalchemy_exception, exc.DBAPIError) and "nowhere" in context.statement
        return Mine()

    async with engine.connect() as c:
        with pytest.raises(Mine) as caught:
            await c.execute(sa.text("select 1 from nowhere"))
    assert caught.value.__cause__ is not None


async def test_misuse_says_what_to_do(engine):
    for enter in (engine.begin, engine.connect):
        with pytest.raises(TypeError, match="async with"), enter():
            pass
    connection = engine.connect()
    with pytest.raises(AsyncContextNotStarted, match="has not been started"):
        await connection.execute(sa.select(1))
    await connection.start()
    with pytest.raises(AsyncContextAlreadyStarted):
        await connection.start()
    with pytest.raises(exc.InvalidRequestError, match="get_raw_connection"):
        _ = connection.connection
    with pytest.raises(exc.MissingGreenlet, match="await"):
        connection.sync_connection.execute(sa.select(1))
    await connection.close()
    with pytest.raises(exc.ResourceClosedError, match="This Connection is closed"):
        await connection.execute(sa.select(1))
    with pytest.raises(exc.NoInspectionAvailable, match="run_sync"):
        sa.inspect(engine)
    with pytest.raises(NotImplementedError, match="sync_engine"):
        event.listen(engine, "begin", print)


async def test_forgotten_await_warns(engine):
    async with engine.connect() as c:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            c.execute(sa.select(1))
            gc.collect()
        assert any("was never awaited" in str(w.message) for w in caught)


async def test_error_shows_statement_and_parameters(engine):
    async with engine.connect() as c:
        with pytest.raises(exc.DBAPIError) as caught:
            await c.execute(sa.text("select * from nowhere where x = :x"), {"x": "secret"})
        assert "[SQL: select * from nowhere" in str(caught.value) and "secret" in str(caught.value)
    hiding = create_async_engine(engine.url, hide_parameters=True)
    async with hiding.connect() as c:
        with pytest.raises(exc.DBAPIError) as caught:
            await c.execute(sa.text("select * from nowhere where x = :x"), {"x": "secret"})
        assert "secret" not in str(caught.value) and "hidden" in str(caught.value)
    await hiding.dispose()


async def test_raw_connection_is_the_drivers(engine):
    async with engine.connect() as c:
        raw = await c.get_raw_connection()
        roots = {base.__module__.split(".")[0] for base in type(raw.driver_connection).__mro__}
        assert engine.dialect.driver in roots


async def test_forgotten_connection_is_dropped_with_a_warning(engine):
    connection = await engine.connect()
    await connection.execute(sa.select(1))
    with pytest.warns(exc.SAWarning, match="non-checked-in connection"):
        del connection
        gc.collect()
    assert engine.pool.checkedout() == 0
    assert await names(engine) == []


async def test_abandoned_stream_ends_with_its_transaction(engine):
    async with engine.connect() as c:
        statement = sa.text(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n"
        )
        result = await c.stream(statement, execution_options={"yield_per": 10})
        assert await result.fetchone() == (1,)
        assert await c.scalar(sa.select(7)) == 7
        assert await result.fetchone() == (2,)
    assert engine.pool.checkedout() == 0
    assert await names(engine) == []
