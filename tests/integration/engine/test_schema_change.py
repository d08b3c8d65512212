"""A prepared statement whose table changed is prepared anew, on every connection, also inside a transaction."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from sublimate import exc, text
from sublimate.ext.asyncio import create_async_engine, retrying


async def test_ddl_through_the_engine_makes_every_connection_prepare_anew(
    postgresql_url: str, with_driver: Callable[[str, str], str]
) -> None:
    engine = create_async_engine(with_driver(postgresql_url, "asyncpg"))
    read = text("SELECT * FROM changing")
    try:
        async with engine.connect() as one, engine.connect() as two:
            await one.execute(text("CREATE TABLE changing (a INTEGER)"))
            await one.commit()
            for connection in (one, two):
                assert list((await connection.execute(read)).keys()) == ["a"]
                await connection.commit()
            await one.execute(text("ALTER TABLE changing ADD COLUMN b INTEGER"))
            assert list((await one.execute(read)).keys()) == ["a", "b"]
            await one.rollback()
            assert list((await one.execute(read)).keys()) == ["a"]
            await one.execute(text("ALTER TABLE changing ADD COLUMN c INTEGER"))
            await one.commit()
            for connection in (one, two):
                assert list((await connection.execute(read)).keys()) == ["a", "c"]
                await connection.rollback()
    finally:
        async with engine.begin() as connection:
            await connection.execute(text("DROP TABLE IF EXISTS changing"))
        await engine.dispose()


@pytest.fixture(params=["asyncpg", "psycopg"])
async def engine(request: Any, postgresql_url: str, with_driver: Callable[[str, str], str]) -> Any:
    engine = create_async_engine(with_driver(postgresql_url, request.param), pool_size=3)
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE IF EXISTS changing"))
        await connection.execute(text("CREATE TABLE changing (a INTEGER)"))
        await connection.execute(text("INSERT INTO changing VALUES (1)"))
    yield engine
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE changing"))
    await engine.dispose()


READ = text("SELECT * FROM changing WHERE a = :a").bindparams(a=1)


async def prepare_everywhere(engine: Any) -> None:
    """Have three connections of the pool prepare the statement."""
    async with engine.connect() as one, engine.connect() as two, engine.connect() as three:
        for connection in (one, two, three):
            for _ in range(8):  # psycopg prepares what it has met five times
                await connection.execute(READ)
            await connection.commit()


def alter(url: str, sql: str) -> None:
    """DDL that the engine does not see."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql)  # type: ignore[arg-type]


async def test_ddl_by_others_is_noticed_and_the_statement_sent_again(
    engine: Any, postgresql_url: str
) -> None:
    await prepare_everywhere(engine)
    alter(postgresql_url, "ALTER TABLE changing ADD COLUMN b INTEGER")
    lone = engine.execution_options(isolation_level="AUTOCOMMIT")
    async with lone.connect() as one, lone.connect() as two, lone.connect() as three:
        for connection in (one, two, three):
            assert list((await connection.execute(READ)).keys()) == ["a", "b"]


async def test_inside_a_transaction_it_is_told_once_and_the_whole_pool_is_ready(
    engine: Any, postgresql_url: str
) -> None:
    await prepare_everywhere(engine)
    alter(postgresql_url, "ALTER TABLE changing ALTER COLUMN a TYPE BIGINT, ADD COLUMN c INTEGER")
    refused = 0
    async with engine.connect() as one, engine.connect() as two, engine.connect() as three:
        for connection in (one, two, three):
            try:
                assert list((await connection.execute(READ)).keys()) == ["a", "c"]
            except exc.DBAPIError as error:
                assert error.can_retry and not error.connection_invalidated
                refused += 1
                await connection.rollback()
                assert list((await connection.execute(READ)).keys()) == ["a", "c"]
    assert refused == 1


async def test_retrying_makes_it_invisible(engine: Any, postgresql_url: str) -> None:
    await prepare_everywhere(engine)
    alter(postgresql_url, "ALTER TABLE changing ADD COLUMN d INTEGER")
    async for attempt in retrying(engine):
        async with attempt as connection:
            assert list((await connection.execute(READ)).keys()) == ["a", "d"]


async def test_statements_that_someone_deallocated_are_prepared_again(engine: Any) -> None:
    lone = engine.execution_options(isolation_level="AUTOCOMMIT")
    async with lone.connect() as connection:
        for _ in range(8):
            await connection.execute(READ)
        await connection.exec_driver_sql("SELECT 1")
        raw = (await connection.get_raw_connection()).driver_connection
        await raw.execute("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$")
        assert (await connection.execute(READ)).all() == [(1,)]
