"""The ORM contender: one program, run under SQLAlchemy's import root and under ours."""

import asyncio
from typing import Any

from . import data
from .models import define


class MappedContender:
    """Sessions over an async engine with a pool of ten; each piece of one-row work opens a session of its own."""

    def __init__(self, root: str, url: str) -> None:
        self.name = root
        self.models = models = define(root)
        options = {} if url.startswith("sqlite") else {"pool_size": 10, "max_overflow": 0}
        self.engine = models.aio.create_async_engine(url, **options)
        self.session = models.aio.async_sessionmaker(self.engine, expire_on_commit=False)

    async def open(self) -> None:
        async with self.session() as session:
            await session.execute(self.models.sa.text("SELECT 1"))

    async def close(self) -> None:
        if held := getattr(self, "held", None):
            await held.close()
        await self.engine.dispose()

    async def get(self, key: int) -> Any:
        async with self.session() as session:
            return await session.get(self.models.User, key)

    async def filter_unique(self, key: int) -> Any:
        User, select = self.models.User, self.models.sa.select
        async with self.session() as session:
            result = await session.execute(select(User).where(User.email == data.email(key)))
            return result.scalar_one()

    async def page_selectin(self, key: int) -> Any:
        m = self.models
        statement = m.sa.select(m.User).where(m.User.id >= key).order_by(m.User.id).limit(20)
        async with self.session() as session:
            return (await session.scalars(statement.options(m.orm.selectinload(m.User.posts)))).all()

    async def joined_parent(self, key: int) -> Any:
        m = self.models
        statement = m.sa.select(m.Post).where(m.Post.id >= key).order_by(m.Post.id).limit(20)
        async with self.session() as session:
            option = m.orm.joinedload(m.Post.author, innerjoin=True)
            return (await session.scalars(statement.options(option))).all()

    async def many_to_many(self, key: int) -> Any:
        m = self.models
        statement = m.sa.select(m.Post).where(m.Post.id >= key).order_by(m.Post.id).limit(50)
        async with self.session() as session:
            return (await session.scalars(statement.options(m.orm.selectinload(m.Post.tags)))).all()

    async def all_objects(self, key: int) -> Any:
        User, select = self.models.User, self.models.sa.select
        async with self.session() as session:
            return (
                await session.scalars(select(User).where(User.id >= key).order_by(User.id).limit(10000))
            ).all()

    async def all_rows(self, key: int) -> Any:
        User, select = self.models.User, self.models.sa.select
        statement = (
            select(User.id, User.email, User.name).where(User.id >= key).order_by(User.id).limit(10000)
        )
        async with self.session() as session:
            return (await session.execute(statement)).all()

    def _item(self, key: int) -> Any:
        number, name, value, note = data.item(key)
        return self.models.Item(id=number, name=name, value=value, note=note)

    async def insert_one(self, key: int) -> None:
        async with self.session() as session:
            session.add(self._item(key))
            await session.commit()

    async def insert_many(self, count: int) -> None:
        async with self.session() as session:
            session.add_all([self._item(n) for n in range(1, count + 1)])
            await session.commit()

    async def change_one(self, key: int) -> None:
        async with self.session() as session:
            item = await session.get(self.models.Item, key)
            item.value += 1
            await session.commit()

    async def change_many(self, count: int) -> None:
        Item, select = self.models.Item, self.models.sa.select
        async with self.session() as session:
            for item in await session.scalars(select(Item).where(Item.id <= count).order_by(Item.id)):
                item.value += 1
            await session.commit()

    async def delete_one(self, key: int) -> None:
        async with self.session() as session:
            item = await session.get(self.models.Item, key)
            await session.delete(item)
            await session.commit()

    async def concurrent(self, keys: range) -> Any:
        return await asyncio.gather(*map(self.get, keys))

    async def load_for_reading(self) -> Any:
        if not hasattr(self, "held"):
            self.held = self.session()
        User, select = self.models.User, self.models.sa.select
        return (await self.held.scalars(select(User).order_by(User.id).limit(10000))).all()

    @staticmethod
    def read_attributes(users: Any) -> int:
        total = 0
        for user in users:
            user.email, user.name, user.is_active, user.created_at  # noqa: B018
            total += user.age
        return total
