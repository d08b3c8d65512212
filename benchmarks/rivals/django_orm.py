"""Django's asynchronous query sets over psycopg; transactions run in its thread, as Django asks for."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import django
from asgiref.sync import sync_to_async
from django.conf import settings

from .. import data

PARTS = urlsplit(data.postgresql_dsn())
if not settings.configured:
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": data.DATABASE,
                "USER": PARTS.username or "",
                "PASSWORD": PARTS.password or "",
                "HOST": PARTS.hostname or "",
                "PORT": PARTS.port or "",
                "CONN_MAX_AGE": None,
            }
        },
        USE_TZ=False,
    )
    django.setup()

from django.db import connections, models, transaction  # noqa: E402 - needs the settings


class User(models.Model):
    email = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=100)
    age = models.IntegerField()
    is_active = models.BooleanField()
    created_at = models.DateTimeField()

    class Meta:
        app_label, db_table, managed = "bench", "users", False


class Post(models.Model):
    title = models.CharField(max_length=200)
    body = models.TextField()
    author = models.ForeignKey(User, models.CASCADE, related_name="all_posts")

    class Meta:
        app_label, db_table, managed = "bench", "posts", False


class Item(models.Model):
    name = models.CharField(max_length=100)
    value = models.IntegerField()
    note = models.TextField()

    class Meta:
        app_label, db_table, managed = "bench", "items", False


def new_item(key: int) -> Item:
    number, name, value, note = data.item(key)
    return Item(id=number, name=name, value=value, note=note)


@transaction.atomic
def change_one(key: int) -> None:
    item = Item.objects.get(id=key)
    item.value += 1
    item.save(update_fields=["value"])


@transaction.atomic
def change_many(count: int) -> None:
    items = list(Item.objects.filter(id__lte=count).order_by("id"))
    for item in items:
        item.value += 1
    Item.objects.bulk_update(items, ["value"])


@transaction.atomic
def delete_one(key: int) -> None:
    Item.objects.get(id=key).delete()


class Contender:
    name = "django"

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    async def open(self) -> None:
        await self.get(1)

    async def close(self) -> None:
        await sync_to_async(connections.close_all)()

    async def get(self, key: int) -> Any:
        return await User.objects.aget(id=key)

    async def filter_unique(self, key: int) -> Any:
        return await User.objects.aget(email=data.email(key))

    async def page_selectin(self, key: int) -> Any:
        children = models.Prefetch("all_posts", Post.objects.order_by("id"), to_attr="posts")
        query = User.objects.filter(id__gte=key).order_by("id").prefetch_related(children)[:20]
        return [user async for user in query]

    async def joined_parent(self, key: int) -> Any:
        query = Post.objects.filter(id__gte=key).order_by("id").select_related("author")[:20]
        return [post async for post in query]

    async def all_objects(self, key: int) -> Any:
        return [user async for user in User.objects.filter(id__gte=key).order_by("id")[:10000]]

    async def all_rows(self, key: int) -> Any:
        query = User.objects.filter(id__gte=key).order_by("id").values_list("id", "email", "name")
        return [row async for row in query[:10000]]

    async def insert_one(self, key: int) -> None:
        await new_item(key).asave(force_insert=True)

    async def insert_many(self, count: int) -> None:
        await Item.objects.abulk_create([new_item(n) for n in range(1, count + 1)])

    async def change_one(self, key: int) -> None:
        await sync_to_async(change_one)(key)

    async def change_many(self, count: int) -> None:
        await sync_to_async(change_many)(count)

    async def delete_one(self, key: int) -> None:
        await sync_to_async(delete_one)(key)

    async def concurrent(self, keys: range) -> Any:
        return await asyncio.gather(*map(self.get, keys))
