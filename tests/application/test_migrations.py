"""The blog's migrations make the tables that its models describe, and take them away again, under both import roots."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sublimate import Connection, inspect
from sublimate.ext.asyncio import create_async_engine


def alembic(blog: Path, root: str, url: str, *arguments: str) -> str:
    """Run Alembic in a copy of the application, as its users do."""
    dropin = ["-m", "sublimate.dropin"] if root == "sublimate" else []
    done = subprocess.run(
        [sys.executable, *dropin, "-m", "alembic", *arguments],
        cwd=blog,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "BLOG_DATABASE_URL": url},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def tables_of(url: str, create: Callable[[Connection], None] | None = None) -> dict[str, Any]:
    """What an inspector sees of each table, in an order of its own."""

    def look(connection: Connection) -> dict[str, Any]:
        inspector = inspect(connection)
        return {
            table: {
                "columns": [
                    (c["name"], str(c["type"]), c["nullable"], c["default"])
                    for c in inspector.get_columns(table)
                ],
                "key": inspector.get_pk_constraint(table),
                "unique": sorted(c["column_names"] for c in inspector.get_unique_constraints(table)),
                "references": sorted(map(str, inspector.get_foreign_keys(table))),
                "indexes": sorted(map(str, inspector.get_indexes(table))),
            }
            for table in sorted(inspector.get_table_names())
            if table != "alembic_version"
        }

    async def run() -> dict[str, Any]:
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            if create is not None:
                await connection.run_sync(create)
            found: dict[str, Any] = await connection.run_sync(look)
        await engine.dispose()
        return found

    return asyncio.run(run())


@pytest.mark.filterwarnings("ignore")
def test_migrations_make_what_the_models_say(
    database_url: str, second_database_url: str, blog_tree: Callable[[str], Path]
) -> None:
    from app.models import Base

    blog = blog_tree("sublimate")
    alembic(blog, "sublimate", database_url, "upgrade", "head")
    migrated = tables_of(database_url)
    assert migrated == tables_of(second_database_url, Base.metadata.create_all)
    alembic(blog, "sublimate", database_url, "check")
    alembic(blog, "sublimate", database_url, "downgrade", "base")
    assert tables_of(database_url) == {}


def test_migrations_run_on_sqlalchemy_too(tmp_path: Path, blog_tree: Callable[[str], Path]) -> None:
    blogs = {root: blog_tree(root) for root in ("sqlalchemy", "sublimate")}
    urls = {root: f"sqlite+aiosqlite:///{tmp_path}/{root}.sqlite" for root in blogs}
    for root, blog in blogs.items():
        alembic(blog, root, urls[root], "upgrade", "head")
    assert tables_of(urls["sqlalchemy"]) == tables_of(urls["sublimate"]) != {}
    sql = {
        root: alembic(blog, root, "postgresql+asyncpg://", "upgrade", "head", "--sql")
        for root, blog in blogs.items()
    }
    assert sql["sqlalchemy"] == sql["sublimate"]
