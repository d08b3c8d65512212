"""Tortoise ORM over asyncpg."""

import asyncio
from typing import Any

from tortoise import Tortoise, fields
from tortoise.models import Model
from tortoise.query_utils import Prefetch
from tortoise.transactions import in_transaction

from .. import data


class User(Model):
    id = fields.IntField(primary_key=True)
    email = fields.CharField(255, unique=True)
    name = fields.CharField(100)
    age = fields.IntField()
    is_active = fields.BooleanField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "users"


class Tag(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(50)

    class Meta:
        table = "tags"


class Post(Model):
    id = fields.IntField(primary_key=True)
    title = fields.CharField(200)
    body = fields.TextField()
    author = fields.ForeignKeyField("models.User", related_name="posts")
    tags = fields.ManyToManyField(
        "models.Tag", through="post_tags", backward_key="post_id", forward_key="tag_id"
    )

    class Meta:
        table = "posts"


class Item(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(100)
    value = fields.IntField()
    note = fields.TextField()

    class Meta:
        table = "items"


def new_item(key: int) -> Item:
    number, name, value, note = data.item(key)
    return Item(id=number, name=name, value=value, note=note)


class Contender:
    name = "tortoise"

    def __init__(self, dsn: str) -> None:
        self.url = dsn.replace("postgresql://", "asyncpg://", 1) + "?minsize=1&maxsize=10"

    async def open(self) -> None:
        await Tortoise.init(db_url=self.url, modules={"models": [__name__]}, use_tz=False)

    async def close(self) -> None:
        await Tortoise.close_connections()

    async def get(self, key: int) -> Any:
        return await User.get(id=key)

    async def filter_unique(self, key: int) -> Any:
        return await User.get(email=data.email(key))

    async def page_selectin(self, key: int) -> Any:
        children = Prefetch("posts", queryset=Post.all().order_by("id"))
        return await User.filter(id__gte=key).order_by("id").limit(20).prefetch_related(children)

    async def joined_parent(self, key: int) -> Any:
        return await Post.filter(id__gte=key).order_by("id").limit(20).select_related("author")

    async def many_to_many(self, key: int) -> Any:
        tags = Prefetch("tags", queryset=Tag.all().order_by("id"))
        return await Post.filter(id__gte=key).order_by("id").limit(50).prefetch_related(tags)

    async def all_objects(self, key: int) -> Any:
        return await User.filter(id__gte=key).order_by("id").limit(10000)

    async def all_rows(self, key: int) -> Any:
        return await User.filter(id__gte=key).order_by("id").limit(10000).values_list("id", "email", "name")

    async def insert_one(self, key: int) -> None:
        await new_item(key).save(force_create=True)

    async def insert_many(self, count: int) -> None:
        await Item.bulk_create([new_item(n) for n in range(1, count + 1)])

    async def change_one(self, key: int) -> None:
        async with in_transaction():
            item = await Item.get(id=key)
            item.value += 1
            await item.save(update_fields=["value"])

    async def change_many(self, count: int) -> None:
        async with in_transaction():
            items = await Item.filter(id__lte=count).order_by("id")
            for item in items:
                item.value += 1
            await Item.bulk_update(items, ["value"])

    async def delete_one(self, key: int) -> None:
        async with in_transaction():
            item = await Item.get(id=key)
            await item.delete()

    async def concurrent(self, keys: range) -> Any:
        return await asyncio.gather(*map(self.get, keys))
