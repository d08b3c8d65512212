"""Piccolo over asyncpg."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from piccolo.columns import (
    Boolean,
    ForeignKey,
    Integer,
    Text,
    Timestamp,
    Varchar,
)
from piccolo.engine.postgres import PostgresEngine
from piccolo.table import Table

from .. import data

PARTS = urlsplit(data.postgresql_dsn())
DB = PostgresEngine(
    {"host": PARTS.hostname, "port": PARTS.port or 5432, "user": PARTS.username, "database": data.DATABASE}
)


class User(Table, tablename="users", db=DB):
    id = Integer(primary_key=True)
    email = Varchar(255, unique=True)
    name = Varchar(100)
    age = Integer()
    is_active = Boolean()
    created_at = Timestamp(default=None)


class Post(Table, tablename="posts", db=DB):
    id = Integer(primary_key=True)
    title = Varchar(200)
    body = Text()
    author_id = ForeignKey(User, null=False)

    @property
    def author(self) -> Any:
        """The fetched parent, under the name that the harness reads."""
        return self.author_id


class Item(Table, tablename="items", db=DB):
    id = Integer(primary_key=True)
    name = Varchar(100)
    value = Integer()
    note = Text()


def new_item(key: int) -> Item:
    number, name, value, note = data.item(key)
    return Item(id=number, name=name, value=value, note=note)


class Contender:
    name = "piccolo"

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    async def open(self) -> None:
        await DB.start_connection_pool(min_size=1, max_size=10)

    async def close(self) -> None:
        await DB.close_connection_pool()

    async def get(self, key: int) -> Any:
        return await User.objects().get(User.id == key)

    async def filter_unique(self, key: int) -> Any:
        return await User.objects().get(User.email == data.email(key))

    async def all_objects(self, key: int) -> Any:
        return await User.objects().where(User.id >= key).order_by(User.id).limit(10000)

    async def all_rows(self, key: int) -> Any:
        query = User.select(User.id, User.email, User.name).where(User.id >= key)
        return [tuple(row.values()) for row in await query.order_by(User.id).limit(10000)]

    async def insert_one(self, key: int) -> None:
        await Item.insert(new_item(key))

    async def insert_many(self, count: int) -> None:
        await Item.insert(*[new_item(n) for n in range(1, count + 1)])

    async def change_one(self, key: int) -> None:
        async with DB.transaction():
            item = await Item.objects().get(Item.id == key)
            item.value += 1
            await item.save([Item.value])

    async def delete_one(self, key: int) -> None:
        async with DB.transaction():
            item = await Item.objects().get(Item.id == key)
            await item.remove()

    async def concurrent(self, keys: range) -> Any:
        return await asyncio.gather(*map(self.get, keys))
