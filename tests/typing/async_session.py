"""The asynchronous session, engine and streams."""

from collections.abc import AsyncIterator, Sequence
from typing import assert_type

from models import Post, User
from sublimate import Result, ScalarResult, select
from sublimate.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncScalarResult,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sublimate.orm import Session

engine = create_async_engine("sqlite+aiosqlite://", echo=True)
assert_type(engine, AsyncEngine)
factory = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
assert_type(factory, async_sessionmaker[AsyncSession])


async def get_db() -> AsyncIterator[AsyncSession]:
    async with factory() as session:
        yield session
        await session.commit()


def count(session: Session) -> int:
    return len(session.new)


async def use(session: AsyncSession) -> None:
    assert_type(await session.get(User, 1), User | None)
    assert_type(await session.get_one(User, 1), User)
    result = await session.execute(select(User))
    assert_type(result, Result[User])
    assert_type(result.scalars().all(), Sequence[User])
    assert_type(result.scalar_one_or_none(), User | None)
    assert_type(await session.scalars(select(User)), ScalarResult[User])
    maybe: str | None = await session.scalar(select(User.name))
    assert maybe is None or len(maybe) < 50
    assert_type((await session.execute(select(User, Post.title))).all()[0][1], str)
    assert_type(await session.stream_scalars(select(User)), AsyncScalarResult[User])
    async for user in await session.stream_scalars(select(User)):
        assert_type(user, User)
    assert_type(await session.merge(User(name="x")), User)
    assert_type(await session.run_sync(count), int)
    async with session.begin():
        session.add(User(name="x"))
    async with session.begin_nested():
        await session.flush()
    await session.refresh(User(name="x"), ["posts"])
    await session.delete(User(name="x"))


async def core() -> None:
    async with engine.begin() as connection:
        assert_type(connection, AsyncConnection)
        await connection.run_sync(User.metadata.create_all)
        for row in await connection.execute(select(User.id, User.name)):
            assert_type(row[1], str)
    await engine.dispose()
