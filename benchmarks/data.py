"""The data set: users, ten posts each, three tags a post; loaded by COPY (PostgreSQL) or executemany (SQLite)."""

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

SERVER = os.environ.get("SUBLIMATE_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/")
DATABASE = "sublimate_bench"
TAGS = 100
POSTS_PER_USER = 10
EPOCH = datetime(2024, 1, 1)

TABLES = ("post_tags", "tags", "posts", "users", "items")
DDL = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(255) NOT NULL UNIQUE, name VARCHAR(100) NOT NULL,
  age INTEGER NOT NULL, is_active BOOLEAN NOT NULL, created_at TIMESTAMP NOT NULL);
CREATE TABLE posts (id INTEGER PRIMARY KEY, title VARCHAR(200) NOT NULL, body TEXT NOT NULL,
  author_id INTEGER NOT NULL REFERENCES users (id));
CREATE INDEX ix_posts_author_id ON posts (author_id);
CREATE TABLE tags (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL);
CREATE TABLE post_tags (post_id INTEGER NOT NULL REFERENCES posts (id), tag_id INTEGER NOT NULL REFERENCES tags (id),
  PRIMARY KEY (post_id, tag_id));
CREATE TABLE items (id INTEGER PRIMARY KEY, name VARCHAR(100) NOT NULL, value INTEGER NOT NULL, note TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Scale:
    """How many rows a run works on."""

    users: int = 10_000

    @property
    def posts(self) -> int:
        return self.users * POSTS_PER_USER


def email(number: int) -> str:
    """The unique address of one user."""
    return f"user{number}@example.com"


def users(scale: Scale) -> Iterator[tuple[Any, ...]]:
    """The rows of the users table."""
    for n in range(1, scale.users + 1):
        yield (
            n,
            email(n),
            f"User number {n}",
            18 + n % 60,
            n % 7 != 0,
            EPOCH + timedelta(seconds=n * 61, microseconds=n),
        )


def posts(scale: Scale) -> Iterator[tuple[Any, ...]]:
    """The rows of the posts table."""
    for n in range(1, scale.posts + 1):
        yield (
            n,
            f"Post number {n}",
            f"The text of post number {n}, long enough to look like one.",
            1 + n % scale.users,
        )


def tags() -> Iterator[tuple[Any, ...]]:
    """The rows of the tags table."""
    for n in range(1, TAGS + 1):
        yield n, f"tag-{n}"


def post_tags(scale: Scale) -> Iterator[tuple[Any, ...]]:
    """The rows of the association table: three tags a post."""
    for n in range(1, scale.posts + 1):
        for step in (0, 7, 31):
            yield n, 1 + (n + step) % TAGS


def item(number: int) -> tuple[Any, ...]:
    """One row of the scratch table that the writing items use."""
    return number, f"Item {number}", number * 3, "a note"


def rows(scale: Scale) -> dict[str, Iterator[tuple[Any, ...]]]:
    """Every table's rows, parents first."""
    return {"users": users(scale), "posts": posts(scale), "tags": tags(), "post_tags": post_tags(scale)}


def postgresql_dsn() -> str:
    """The address of the benchmark database."""
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{DATABASE}"))


async def load_postgresql(scale: Scale) -> None:
    """Create the benchmark database unless it holds this scale already."""
    admin = await asyncpg.connect(SERVER)
    if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
        await admin.execute(f"CREATE DATABASE {DATABASE}")
    await admin.close()
    connection = await asyncpg.connect(postgresql_dsn())
    try:
        if not await _holds(connection, scale):
            await _fill(connection, scale)
    finally:
        await connection.close()


async def _holds(connection: Any, scale: Scale) -> bool:
    try:
        counts = await connection.fetchrow(
            "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM post_tags)"
        )
    except asyncpg.UndefinedTableError:
        return False
    return tuple(counts) == (scale.users, scale.posts * 3)


async def _fill(connection: Any, scale: Scale) -> None:
    await connection.execute("".join(f"DROP TABLE IF EXISTS {name} CASCADE;" for name in TABLES) + DDL)
    for table, records in rows(scale).items():
        await connection.copy_records_to_table(table, records=records)
    await connection.execute("ANALYZE")


def load_sqlite(scale: Scale, path: Path) -> None:
    """Write a fresh SQLite file of this scale."""
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.executescript(DDL)
    for table, records in rows(scale).items():
        batch = [tuple(str(v) if isinstance(v, datetime) else v for v in row) for row in records]
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(batch[0]))})", batch)
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()
