"""Engines under fault tests: each asynchronous driver on a database of its own."""

import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from faults.servers import MariaDB, PostgreSQL, Server
from faults.stage import DRIVERS, Base, Stage
from sublimate.engine import make_url
from sublimate.ext.asyncio import create_async_engine


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server_of(request: pytest.FixtureRequest) -> Callable[[str], Server | None]:
    """The server that a driver's tests run on; None for SQLite."""

    def find(driver: str) -> Server | None:
        if driver == "aiosqlite":
            return None
        if driver in ("asyncmy", "aiomysql"):
            return MariaDB(request.getfixturevalue("mysql_url"))
        return PostgreSQL(request.getfixturevalue("postgresql_url"))

    return find


@pytest.fixture
async def staged(
    server_of: Callable[[str], Server | None], url_for: Callable[[str], str]
) -> AsyncIterator[Callable[..., Any]]:
    """``await staged("asyncpg", pool_size=2)``: a stage with the tables in place."""
    stages: list[Stage] = []

    async def build(driver: str, **options: Any) -> Stage:
        name = f"faults-{uuid.uuid4().hex[:12]}"
        server = server_of(driver)
        url = make_url(options.pop("url", None) or url_for(driver))
        if server is not None:
            told = server.options(driver, name)
            options["connect_args"] = {**told.pop("connect_args", {}), **options.get("connect_args", {})}
            url = url.set(**told)
            server.clear()
        stage = Stage(create_async_engine(url, **options), server, name)
        stages.append(stage)
        async with stage.engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
            await connection.run_sync(Base.metadata.create_all)
        return stage

    yield build
    for stage in stages:
        await stage.engine.dispose()
        if stage.server is not None:
            stage.server.forget(stage.name)
