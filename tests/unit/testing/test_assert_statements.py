"""assert_statements(): counts, limits, engines, N+1 with its lines; in synchronous and asynchronous code."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest

from sublimate import ForeignKey, StaticPool, create_engine, event, exc, select, text
from sublimate.ext.asyncio import AsyncAttrs, AsyncSession, create_async_engine
from sublimate.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload
from sublimate.testing import assert_statements


class Base(AsyncAttrs, DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    posts: Mapped[list["Post"]] = relationship(back_populates="author")


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    author: Mapped[User] = relationship(back_populates="posts")


@pytest.fixture
def engine() -> Iterator[Any]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all(User(posts=[Post(), Post()]) for _ in range(4))
    yield engine
    engine.dispose()


def failure_of(block: Any) -> str:
    with pytest.raises(AssertionError) as caught:
        block()
    return str(caught.value)


def test_the_exact_number_passes_and_any_other_fails(engine: Any) -> None:
    def ask(count: int) -> None:
        with engine.connect() as connection, assert_statements(count):
            connection.execute(text("SELECT 1"))
            connection.execute(text("SELECT 2"))

    ask(2)
    assert failure_of(lambda: ask(1)).startswith("expected 1 statement, 2 were executed\nexecuted:\n")
    assert failure_of(lambda: ask(3)).startswith("expected 3 statements, 2 were executed")


def test_at_most(engine: Any) -> None:
    def ask(count: int) -> None:
        with engine.connect() as connection, assert_statements(count, at_most=True):
            connection.execute(text("SELECT 1"))
            connection.execute(text("SELECT 2"))

    ask(3)
    assert "expected at most 1 statement, 2 were executed" in failure_of(lambda: ask(1))


def test_no_statement_at_all(engine: Any) -> None:
    with assert_statements(0):
        pass

    def ask() -> None:
        with assert_statements(1):
            pass

    assert "nothing was executed" in failure_of(ask)


def test_the_lines_are_named(engine: Any) -> None:
    def ask() -> None:
        with engine.connect() as connection, assert_statements(0):
            connection.execute(text("SELECT 'here'"))

    line = ask.__code__.co_firstlineno + 2
    assert f"   1. {__file__}:{line}  SELECT 'here'" in failure_of(ask)


def test_a_loop_of_lazy_loads_is_found_and_named(engine: Any) -> None:
    def loop() -> None:
        with Session(engine, peers=False) as session, assert_statements():
            for user in session.scalars(select(User)):
                len(user.posts)

    line = loop.__code__.co_firstlineno + 3
    assert f"N+1: the same SELECT ran 4 times from {__file__}:{line}" in failure_of(loop)


def test_a_loop_over_peers_or_eager_loads_is_fine(engine: Any) -> None:
    with Session(engine) as session, assert_statements(2):
        assert [len(user.posts) for user in session.scalars(select(User))] == [2, 2, 2, 2]
    statement = select(User).options(selectinload(User.posts))
    with Session(engine, peers=False) as session, assert_statements(2):
        assert [len(user.posts) for user in session.scalars(statement)] == [2, 2, 2, 2]


def test_a_loop_of_queries_is_found_unless_allowed(engine: Any) -> None:
    def loop(**kw: Any) -> None:
        with Session(engine) as session, assert_statements(4, **kw):
            for key in (1, 2, 3, 4):
                session.get_one(User, key)

    loop(allow_repeats=True)
    assert "N+1: the same SELECT ran 4 times" in failure_of(loop)


def test_lists_of_any_length_are_the_same_select(engine: Any) -> None:
    def loop() -> None:
        with Session(engine) as session, assert_statements():
            for keys in ([1], [1, 2], [1, 2, 3]):
                session.scalars(select(User.id).where(User.id.in_(keys))).all()

    assert "ran 3 times" in failure_of(loop)


def test_one_engine_or_all(engine: Any) -> None:
    other = create_engine("sqlite://")
    with other.connect() as connection, assert_statements(0, engine=engine):
        connection.execute(text("SELECT 1"))
    with other.connect() as connection, assert_statements(1, engine=other) as statements:
        connection.execute(text("SELECT :x"), {"x": 5})
    assert re.match(r"SELECT \?", statements[0].sql)
    assert list(statements[0].parameters) == [5]
    other.dispose()


def test_an_error_of_the_block_is_not_replaced(engine: Any) -> None:
    with pytest.raises(ZeroDivisionError), assert_statements(5):
        _ = 1 / 0


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="not -1"):
        assert_statements(-1)


def test_it_stops_listening(engine: Any) -> None:
    with assert_statements(0) as statements:
        pass
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert statements == []


async def play(listening: bool) -> None:
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        session.add_all(User(posts=[Post(), Post()]) for _ in range(4))
        await session.commit()
    async with AsyncSession(engine, peers=False) as session:
        if listening:  # with listeners, sessions do their work in a thread
            event.listen(session, "after_begin", lambda *args: None)
        with assert_statements(2, engine=engine):
            await session.scalars(select(User).options(selectinload(User.posts)))
    async with AsyncSession(engine, peers=False) as session:
        if listening:
            event.listen(session, "after_begin", lambda *args: None)
        try:
            async with assert_statements(2, engine=engine):
                for user in await session.scalars(select(User)):
                    await user.awaitable_attrs.posts
        except AssertionError as error:
            message = str(error)
    await engine.dispose()
    line = play.__code__.co_firstlineno + 18
    assert "expected 2 statements, 5 were executed" in message
    assert f"N+1: the same SELECT ran 4 times from {__file__}:{line}" in message


@pytest.mark.parametrize("listening", [False, True])
def test_asynchronous_code(listening: bool) -> None:
    asyncio.run(play(listening))
