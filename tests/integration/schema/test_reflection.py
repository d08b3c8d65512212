"""Tables created in a real database and read back, by blocking and by awaited drivers."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from sublimate import (
    CheckConstraint,
    Column,
    DateTime,
    Enum,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    event,
    exc,
    func,
    inspect,
)
from sublimate.ext.asyncio import create_async_engine


def blog() -> MetaData:
    metadata = MetaData()
    Table(
        "users", metadata, Column("id", Integer, primary_key=True), Column("name", String(50), nullable=False, unique=True),
        Column("created", DateTime, server_default=func.now()), Column("balance", Numeric(10, 2), server_default="5"),
        Column("mood", Enum("sad", "ok", name="mood")), CheckConstraint("balance > 0", name="solvent"),
    )  # fmt: skip
    Table(
        "posts", metadata, Column("id", Integer, primary_key=True), Column("title", String(200), index=True),
        Column("user_id", ForeignKey("users.id", ondelete="CASCADE", name="author"), nullable=False),
        UniqueConstraint("user_id", "title", name="one_title"),
    )  # fmt: skip
    return metadata


@pytest.fixture(params=["pysqlite", "psycopg", "pymysql"])
def url(request: Any, url_for: Callable[[str], str]) -> str:
    return url_for(request.param)


@pytest.fixture
def engine(url: str) -> Any:
    engine = create_engine(url)
    metadata = blog()
    metadata.drop_all(engine)
    metadata.create_all(engine)
    yield engine
    metadata.drop_all(engine)
    engine.dispose()


def test_what_was_created_is_read_back(engine: Any) -> None:
    inspector = inspect(engine)
    assert {"users", "posts"} <= set(inspector.get_table_names())
    columns = {column["name"]: column for column in inspector.get_columns("users")}
    assert (columns["name"]["nullable"], columns["name"]["type"].length) == (False, 50)
    assert (columns["balance"]["type"].precision, columns["balance"]["type"].scale) == (10, 2)
    assert inspector.get_pk_constraint("users")["constrained_columns"] == ["id"]
    (key,) = inspector.get_foreign_keys("posts")
    assert (key["name"], key["referred_table"], key["options"]) == (
        "author",
        "users",
        {"ondelete": "CASCADE"},
    )
    assert [i["column_names"] for i in inspector.get_indexes("posts") if i["name"] == "ix_posts_title"] == [
        ["title"]
    ]
    assert "one_title" in [unique["name"] for unique in inspector.get_unique_constraints("posts")]
    assert [check["name"] for check in inspector.get_check_constraints("users") if check["name"]] == [
        "solvent"
    ]
    assert inspector.has_table("users") and not inspector.has_table("nope")


def test_a_missing_table_is_named(engine: Any) -> None:
    with pytest.raises(exc.NoSuchTableError, match="nope"):
        inspect(engine).get_columns("nope")
    with pytest.raises(exc.NoSuchTableError, match="nope"):
        Table("nope", MetaData(), autoload_with=engine)
    with pytest.raises(exc.InvalidRequestError, match=r"not available in .*nope"):
        MetaData().reflect(engine, only=["nope"])


def test_reflected_tables_work_as_tables(engine: Any) -> None:
    metadata, seen = MetaData(), []
    event.listen(metadata, "column_reflect", lambda inspector, table, info: seen.append(info["name"]))
    posts = Table("posts", metadata, autoload_with=engine)
    assert set(metadata.tables) == {"posts", "users"}
    assert posts.c.user_id.references(metadata.tables["users"].c.id)
    assert "title" in seen
    with engine.begin() as connection:
        connection.execute(metadata.tables["users"].insert(), {"name": "ada", "mood": "ok"})
        created = connection.execute(metadata.tables["users"].select()).one().created
    assert isinstance(created, datetime.datetime)


def test_only_some_columns(engine: Any) -> None:
    table = Table("users", MetaData(), autoload_with=engine, include_columns=["id", "name"])
    assert table.c.keys() == ["id", "name"]


def test_own_columns_win_over_reflected_ones(engine: Any) -> None:
    table = Table("users", MetaData(), Column("name", String(7)), autoload_with=engine)
    assert table.c.name.type.length == 7
    assert "balance" in table.c


def test_creating_twice_changes_nothing_and_dropping_removes_all(engine: Any) -> None:
    metadata = blog()
    metadata.create_all(engine)
    metadata.drop_all(engine)
    assert not {"users", "posts"} & set(inspect(engine).get_table_names())
    metadata.drop_all(engine)


@pytest.mark.parametrize("driver", ["aiosqlite", "asyncpg", "psycopg", "asyncmy", "aiomysql"])
async def test_awaited(driver: str, url_for: Callable[[str], str]) -> None:
    engine, metadata = create_async_engine(url_for(driver)), blog()
    async with engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        assert {"users", "posts"} <= set(names)
        await connection.run_sync(metadata.drop_all)
    await engine.dispose()
