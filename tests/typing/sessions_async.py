"""Asynchronous sessions, connections and what makes them."""

import asyncio
from collections.abc import Sequence
from typing import Any, assert_type

from models import Post, User
from sublimate import (
    Connection,
    CursorResult,
    Engine,
    Result,
    Row,
    ScalarResult,
    insert,
    select,
    text,
    update,
)
from sublimate.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncResult,
    AsyncScalarResult,
    AsyncSession,
    AsyncSessionTransaction,
    AsyncTransaction,
    async_object_session,
    async_scoped_session,
    async_session,
    async_sessionmaker,
)
from sublimate.orm import IdentityMap, Session


class Bound(AsyncSession):
    def shout(self) -> str:
        return "x"


async def factories(engine: AsyncEngine) -> None:
    make = async_sessionmaker(engine, class_=Bound)
    assert_type(make, async_sessionmaker[Bound])
    async with make.begin() as session:
        assert_type(session, Bound)
    scope = async_scoped_session(make, asyncio.current_task)
    assert_type(scope, async_scoped_session[Bound])
    assert_type(scope().shout(), str)
    assert_type(await scope.get(User, 1), User | None)
    assert_type(await scope.execute(select(User.id)), Result[int])
    assert_type((await scope.scalars(select(User))).all(), Sequence[User])
    assert_type(await scope.merge(User()), User)
    assert_type(scope.begin(), AsyncSessionTransaction)
    assert_type(await scope.connection(), AsyncConnection)


async def sessions(session: AsyncSession, user: User) -> None:
    assert_type(await session.execute(update(User)), Result[*tuple[Any, ...]])
    assert_type(await session.execute(insert(User).returning(User), [{}]), Result[User])
    assert_type(await session.stream(select(User, Post.title)), AsyncResult[User, str])
    assert_type(await session.connection(), AsyncConnection)
    assert_type(await session.merge_all([user]), Sequence[User])
    assert_type(session.sync_session, Session)
    assert_type(session.identity_map, IdentityMap)
    assert_type(user in session.new, bool)
    assert_type(session.get_bind(), Engine | Connection)
    assert_type(session.get_transaction(), AsyncSessionTransaction | None)
    async with session.begin() as transaction:
        assert_type(transaction, AsyncSessionTransaction)
        assert_type(transaction.session, AsyncSession)
    assert_type(await session.run_sync(lambda sync: sync.query(User).all()), list[User])
    assert_type(async_object_session(user), AsyncSession | None)
    assert_type(async_session(session.sync_session), AsyncSession | None)
    await session.execute("select 1")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]


async def connections(engine: AsyncEngine) -> None:
    assert_type(engine.sync_engine, Engine)
    async with engine.begin() as connection:
        assert_type(connection, AsyncConnection)
        assert_type(connection.sync_connection, Connection | None)
        assert_type(await connection.execute(select(User.id, User.name)), CursorResult[int, str])
        assert_type(await connection.execute(text("select 1")), CursorResult[*tuple[Any, ...]])
        assert_type(await connection.scalars(select(User.id)), ScalarResult[int])
        assert_type(connection.get_transaction(), AsyncTransaction | None)
        async with connection.stream(select(User.id, User.name)) as rows:
            assert_type(rows, AsyncResult[int, str])
            async for row in rows:
                assert_type(row, Row[int, str])
        numbers = await connection.stream_scalars(select(User.id))
        assert_type(numbers, AsyncScalarResult[int])
        assert_type(await numbers.all(), Sequence[int])
        async with connection.begin_nested() as savepoint:
            assert_type(savepoint, AsyncTransaction)
