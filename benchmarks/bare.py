"""The bare drivers: the fastest idiomatic code that returns the same data, with no library in between."""

import asyncio
from collections import defaultdict
from datetime import datetime
from typing import Any

import aiosqlite
import asyncpg

from . import data

USER = "id, email, name, age, is_active, created_at"
POST = "id, title, body, author_id"
JOINED = (
    "SELECT p.id, p.title, p.body, p.author_id, u.id AS u_id, u.email, u.name, u.age, u.is_active, u.created_at "
    "FROM posts p JOIN users u ON u.id = p.author_id WHERE p.id >= {} ORDER BY p.id LIMIT 20"
)


def group(rows: Any, key: int) -> dict[Any, list[Any]]:
    """Rows by the value of one column."""
    groups: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


class BareAsyncpg:
    """asyncpg with its own pool."""

    name = "asyncpg"

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    async def open(self) -> None:
        self.pool = await asyncpg.create_pool(self.dsn, min_size=1, max_size=10)

    async def close(self) -> None:
        await self.pool.close()

    async def get(self, key: int) -> Any:
        return await self.pool.fetchrow(f"SELECT {USER} FROM users WHERE id = $1", key)

    async def filter_unique(self, key: int) -> Any:
        return await self.pool.fetchrow(f"SELECT {USER} FROM users WHERE email = $1", data.email(key))

    async def page_selectin(self, key: int) -> Any:
        async with self.pool.acquire() as c:
            users = await c.fetch(f"SELECT {USER} FROM users WHERE id >= $1 ORDER BY id LIMIT 20", key)
            keys = [u[0] for u in users]
            rows = await c.fetch(f"SELECT {POST} FROM posts WHERE author_id = ANY($1) ORDER BY id", keys)
        posts = group(rows, 3)
        return [(u, posts[u[0]]) for u in users]

    async def joined_parent(self, key: int) -> Any:
        return await self.pool.fetch(JOINED.format("$1"), key)

    async def many_to_many(self, key: int) -> Any:
        async with self.pool.acquire() as c:
            posts = await c.fetch(f"SELECT {POST} FROM posts WHERE id >= $1 ORDER BY id LIMIT 50", key)
            rows = await c.fetch(
                "SELECT pt.post_id, t.id, t.name FROM post_tags pt JOIN tags t ON t.id = pt.tag_id "
                "WHERE pt.post_id = ANY($1) ORDER BY t.id",
                [p[0] for p in posts],
            )
        tags = group(rows, 0)
        return [(p, tags[p[0]]) for p in posts]

    async def all_objects(self, key: int) -> Any:
        return await self.pool.fetch(f"SELECT {USER} FROM users WHERE id >= $1 ORDER BY id LIMIT 10000", key)

    async def all_rows(self, key: int) -> Any:
        return await self.pool.fetch(
            "SELECT id, email, name FROM users WHERE id >= $1 ORDER BY id LIMIT 10000", key
        )

    async def insert_one(self, key: int) -> None:
        await self.pool.execute(
            "INSERT INTO items (id, name, value, note) VALUES ($1, $2, $3, $4)", *data.item(key)
        )

    async def insert_many(self, count: int) -> None:
        rows = [data.item(n) for n in range(1, count + 1)]
        await self.pool.executemany("INSERT INTO items (id, name, value, note) VALUES ($1, $2, $3, $4)", rows)

    async def change_one(self, key: int) -> None:
        async with self.pool.acquire() as c, c.transaction():
            row = await c.fetchrow("SELECT id, name, value, note FROM items WHERE id = $1", key)
            await c.execute("UPDATE items SET value = $1 WHERE id = $2", row["value"] + 1, key)

    async def change_many(self, count: int) -> None:
        async with self.pool.acquire() as c, c.transaction():
            rows = await c.fetch("SELECT id, name, value, note FROM items WHERE id <= $1 ORDER BY id", count)
            changes = [(row["value"] + 1, row["id"]) for row in rows]
            await c.executemany("UPDATE items SET value = $1 WHERE id = $2", changes)

    async def delete_one(self, key: int) -> None:
        async with self.pool.acquire() as c, c.transaction():
            row = await c.fetchrow("SELECT id, name, value, note FROM items WHERE id = $1", key)
            await c.execute("DELETE FROM items WHERE id = $1", row["id"])

    async def concurrent(self, keys: range) -> Any:
        return await asyncio.gather(*map(self.get, keys))

    async def load_for_reading(self) -> Any:
        return await self.all_objects(1)

    @staticmethod
    def read_attributes(rows: Any) -> int:
        total = 0
        for row in rows:
            row["email"], row["name"], row["is_active"], row["created_at"]
            total += row["age"]
        return total


class BareAiosqlite:
    """One aiosqlite connection, kept open."""

    name = "aiosqlite"

    def __init__(self, path: str) -> None:
        self.path = path

    async def open(self) -> None:
        self.connection = await aiosqlite.connect(self.path)

    async def close(self) -> None:
        await self.connection.close()

    async def _all(self, sql: str, args: Any = ()) -> Any:
        return await self.connection.execute_fetchall(sql, args)

    async def _users(self, sql: str, args: Any = ()) -> list[tuple[Any, ...]]:
        parse = datetime.fromisoformat
        return [(a, b, c, d, e == 1, parse(f)) for a, b, c, d, e, f in await self._all(sql, args)]

    async def get(self, key: int) -> Any:
        return (await self._users(f"SELECT {USER} FROM users WHERE id = ?", (key,)))[0]

    async def filter_unique(self, key: int) -> Any:
        return (await self._users(f"SELECT {USER} FROM users WHERE email = ?", (data.email(key),)))[0]

    async def page_selectin(self, key: int) -> Any:
        users = await self._users(f"SELECT {USER} FROM users WHERE id >= ? ORDER BY id LIMIT 20", (key,))
        marks = ", ".join("?" * len(users))
        sql = f"SELECT {POST} FROM posts WHERE author_id IN ({marks}) ORDER BY id"
        posts = group(await self._all(sql, [u[0] for u in users]), 3)
        return [(u, posts[u[0]]) for u in users]

    async def joined_parent(self, key: int) -> Any:
        rows = await self._all(JOINED.format("?"), (key,))
        parse = datetime.fromisoformat
        return [(*row[:8], row[8] == 1, parse(row[9])) for row in rows]

    async def many_to_many(self, key: int) -> Any:
        posts = await self._all(f"SELECT {POST} FROM posts WHERE id >= ? ORDER BY id LIMIT 50", (key,))
        sql = (
            "SELECT pt.post_id, t.id, t.name FROM post_tags pt JOIN tags t ON t.id = pt.tag_id "
            f"WHERE pt.post_id IN ({', '.join('?' * len(posts))}) ORDER BY t.id"
        )
        tags = group(await self._all(sql, [p[0] for p in posts]), 0)
        return [(p, tags[p[0]]) for p in posts]

    async def all_objects(self, key: int) -> Any:
        return await self._users(f"SELECT {USER} FROM users WHERE id >= ? ORDER BY id LIMIT 10000", (key,))

    async def all_rows(self, key: int) -> Any:
        return await self._all(
            "SELECT id, email, name FROM users WHERE id >= ? ORDER BY id LIMIT 10000", (key,)
        )

    async def insert_one(self, key: int) -> None:
        await self.connection.execute(
            "INSERT INTO items (id, name, value, note) VALUES (?, ?, ?, ?)", data.item(key)
        )
        await self.connection.commit()

    async def insert_many(self, count: int) -> None:
        rows = [data.item(n) for n in range(1, count + 1)]
        await self.connection.executemany(
            "INSERT INTO items (id, name, value, note) VALUES (?, ?, ?, ?)", rows
        )
        await self.connection.commit()

    async def change_one(self, key: int) -> None:
        ((_, _, value, _),) = await self._all("SELECT id, name, value, note FROM items WHERE id = ?", (key,))
        await self.connection.execute("UPDATE items SET value = ? WHERE id = ?", (value + 1, key))
        await self.connection.commit()

    async def change_many(self, count: int) -> None:
        rows = await self._all("SELECT id, name, value, note FROM items WHERE id <= ? ORDER BY id", (count,))
        changes = [(row[2] + 1, row[0]) for row in rows]
        await self.connection.executemany("UPDATE items SET value = ? WHERE id = ?", changes)
        await self.connection.commit()

    async def delete_one(self, key: int) -> None:
        (row,) = await self._all("SELECT id, name, value, note FROM items WHERE id = ?", (key,))
        await self.connection.execute("DELETE FROM items WHERE id = ?", (row[0],))
        await self.connection.commit()

    async def concurrent(self, keys: range) -> Any:
        return await asyncio.gather(*map(self.get, keys))

    async def load_for_reading(self) -> Any:
        self.connection.row_factory = aiosqlite.Row
        try:
            return await self._all(f"SELECT {USER} FROM users ORDER BY id LIMIT 10000")
        finally:
            self.connection.row_factory = None

    read_attributes = staticmethod(BareAsyncpg.read_attributes)
