"""AsyncSession on aiosqlite, asyncpg, psycopg, asyncmy and aiomysql: reads without transaction, loading, failures, cancellation, sharing."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sublimate import ForeignKey, String, event, exc, func, select, text, update
from sublimate.ext.asyncio import (
    AsyncAttrs,
    AsyncEngine,
    AsyncSession,
    async_object_session,
    async_scoped_session,
    async_sessionmaker,
    create_async_engine,
)
from sublimate.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    mapped_column,
    raiseload,
    relationship,
    selectinload,
    with_loader_criteria,
)


class Base(AsyncAttrs, DeclarativeBase):
    type_annotation_map = {str: String(50)}


class Author(Base):
    __tablename__ = "as_authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    motto: Mapped[str | None] = mapped_column(deferred=True)
    books: Mapped[list[Book]] = relationship(
        back_populates="author", order_by="Book.id", cascade="all, delete-orphan"
    )


class Book(Base):
    __tablename__ = "as_books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("as_authors.id"))
    author: Mapped[Author] = relationship(back_populates="books")


@pytest.fixture(params=["aiosqlite", "asyncpg", "psycopg", "asyncmy", "aiomysql"])
async def engine(request: Any, url_for: Any) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(url_for(request.param))
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        for i in range(3):
            books = [Book(title=f"book {i}{j}") for j in range(i)]
            session.add(Author(name=f"author {i}", motto="x", books=books))
        await session.commit()
    yield engine
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
    await engine.dispose()


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def sent(engine: AsyncEngine) -> list[str]:
    """The statements sent from now on."""
    found: list[str] = []

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        found.append(statement)

    return found


async def authors(session: AsyncSession, *options: Any) -> list[Author]:
    return list((await session.scalars(select(Author).options(*options).order_by(Author.id))).unique().all())


async def test_a_plain_read_holds_no_connection(engine: AsyncEngine, session: AsyncSession) -> None:
    if engine.dialect.name == "mysql":
        engine.sync_engine.lazy_begin = True  # there it is no matter of course: see the next test
    assert not session.in_transaction()
    assert await session.get(Author, 1) is not None
    assert session.in_transaction()  # as far as the program can tell
    assert engine.pool.checkedout() == 0
    session.add(Author(name="new"))
    await session.flush()
    assert engine.pool.checkedout() == 1
    assert await session.scalar(select(func.count()).select_from(Author)) == 4  # reads what it wrote
    await session.rollback()
    assert engine.pool.checkedout() == 0
    assert await session.scalar(select(func.count()).select_from(Author)) == 3


async def test_where_a_transaction_reads_one_moment_reads_are_inside_it(engine: AsyncEngine) -> None:
    if engine.dialect.name != "mysql":
        pytest.skip("MySQL and MariaDB only: their usual isolation level is REPEATABLE READ")
    count = select(func.count()).select_from(Author)
    async with AsyncSession(engine) as reader, AsyncSession(engine) as writer:
        assert await reader.scalar(count) == 3 and engine.pool.checkedout() == 1
        writer.add(Author(name="new"))
        await writer.commit()
        assert await reader.scalar(count) == 3
        await reader.rollback()
        assert await reader.scalar(count) == 4


async def test_get_uses_the_identity_map(session: AsyncSession, sent: list[str]) -> None:
    first = await session.get(Author, 1)
    assert await session.get(Author, 1) is first
    assert await session.get(Author, 99) is None
    assert len(sent) == 2
    with pytest.raises(exc.NoResultFound):
        await session.get_one(Author, 99)


@pytest.mark.parametrize("strategy", [selectinload, joinedload], ids=lambda f: f.__name__)
async def test_eager_loads_bring_children(session: AsyncSession, sent: list[str], strategy: Any) -> None:
    found = await authors(session, strategy(Author.books))
    assert [[book.title for book in author.books] for author in found] == [
        [],
        ["book 10"],
        ["book 20", "book 21"],
    ]
    assert len(sent) == (2 if strategy is selectinload else 1)


async def test_awaiting_one_attribute_loads_it_for_all_peers(session: AsyncSession, sent: list[str]) -> None:
    found = await authors(session)
    counts = [len(await author.awaitable_attrs.books) for author in found]
    assert counts == [0, 1, 2]
    assert len(sent) == 2
    assert await found[0].awaitable_attrs.motto == "x"
    assert found[2].motto == "x"
    assert len(sent) == 3


async def test_peers_can_be_switched_off(engine: AsyncEngine, sent: list[str]) -> None:
    async with AsyncSession(engine, peers=False) as session:
        for author in await authors(session):
            await author.awaitable_attrs.books
    assert len(sent) == 4


async def test_a_parent_in_the_identity_map_needs_no_query(session: AsyncSession, sent: list[str]) -> None:
    found = await authors(session)
    books = (await session.scalars(select(Book))).all()
    assert len(found) == 3 and {book.author.name for book in books} == {"author 1", "author 2"}
    assert len(sent) == 2


async def test_a_touch_in_async_code_says_what_to_do(session: AsyncSession) -> None:
    author = (await authors(session))[0]
    with pytest.raises(exc.MissingGreenlet, match=r"selectinload\(Author\.books\)"):
        author.books
    with pytest.raises(exc.MissingGreenlet, match=r"undefer\(Author\.motto\)"):
        author.motto
    assert len(await author.awaitable_attrs.books) == 0


async def test_an_expired_attribute_says_what_to_do(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        author = (await authors(session))[0]
        session.expire(author)
        with pytest.raises(exc.MissingGreenlet, match="expire_on_commit=False"):
            author.name
        await session.refresh(author)
        assert author.name == "author 0"


async def test_run_sync_may_load_lazily(session: AsyncSession) -> None:
    def titles(sync: Session) -> list[str]:
        return [book.title for author in sync.scalars(select(Author)) for book in author.books]

    assert sorted(await session.run_sync(titles)) == ["book 10", "book 20", "book 21"]


async def test_raiseload_is_respected(session: AsyncSession) -> None:
    author = (await authors(session, raiseload(Author.books)))[0]
    with pytest.raises(exc.InvalidRequestError, match="lazy='raise'"):
        await author.awaitable_attrs.books


async def test_criteria_go_on_to_later_loads(session: AsyncSession) -> None:
    only = with_loader_criteria(Book, Book.title.like("%1"))
    found = await authors(session, only)
    assert [len(await author.awaitable_attrs.books) for author in found] == [0, 0, 1]


async def test_streams_make_objects_page_by_page(session: AsyncSession) -> None:
    seen = []
    result = await session.stream_scalars(
        select(Author).options(selectinload(Author.books)).order_by(Author.id).execution_options(yield_per=2)
    )
    async for author in result:
        seen.append((author.name, len(author.books)))
    assert seen == [("author 0", 0), ("author 1", 1), ("author 2", 2)]


async def test_a_failed_flush_asks_for_rollback_and_the_session_lives_on(session: AsyncSession) -> None:
    session.add(Author(name="author 0"))
    with pytest.raises(exc.IntegrityError):
        await session.flush()
    with pytest.raises(
        exc.PendingRollbackError, match="rolled back due to a previous exception during flush"
    ):
        await session.scalar(select(Author.name))
    await session.rollback()
    assert len(await authors(session)) == 3
    session.add(Author(name="fresh"))
    await session.commit()
    assert len(await authors(session)) == 4


async def test_savepoints_undo_only_their_own(session: AsyncSession) -> None:
    session.add(Author(name="kept"))
    async with session.begin_nested():
        session.add(Author(name="inner"))
    with pytest.raises(exc.IntegrityError):
        async with session.begin_nested():
            session.add(Author(name="author 0"))
    await session.commit()
    names = set((await session.scalars(select(Author.name))).all())
    assert {"kept", "inner"} < names


async def test_begin_commits_or_rolls_back(engine: AsyncEngine) -> None:
    make = async_sessionmaker(engine)
    async with make.begin() as session:
        session.add(Author(name="in"))
    with pytest.raises(ValueError):
        async with make.begin() as session:
            session.add(Author(name="out"))
            await session.flush()
            raise ValueError
    async with make() as session:
        names = (await session.scalars(select(Author.name))).all()
    assert "in" in names and "out" not in names


async def test_dml_keeps_loaded_objects_in_step(session: AsyncSession) -> None:
    author = (await authors(session))[0]
    await session.execute(update(Author).where(Author.id == author.id).values(name=Author.name + "!"))
    assert author.name == "author 0!"
    await session.execute(update(Author).where(Author.books.any()).values(name=func.upper(Author.name)))
    assert (await authors(session))[1].name == "AUTHOR 1"


async def test_two_tasks_at_once_are_refused(session: AsyncSession) -> None:
    async def read() -> int:
        return len((await session.scalars(select(Author))).all())

    results = await asyncio.gather(read(), read(), return_exceptions=True)
    assert sum(isinstance(r, exc.IllegalStateChangeError) for r in results) == 1
    assert await read() == 3


async def test_listeners_may_ask_the_database(session: AsyncSession) -> None:
    counted = []

    @event.listens_for(session, "before_flush")
    def count(sync: Session, context: Any, instances: Any) -> None:
        with sync.no_autoflush:
            counted.append(sync.scalar(select(func.count()).select_from(Author)))

    session.add(Author(name="counted"))
    await session.flush()
    assert counted == [3]


async def test_cancelled_work_leaves_session_and_pool_usable(engine: AsyncEngine) -> None:
    for delay in (0.0, 0.0005, 0.001, 0.002, 0.004, 0.008):
        async with AsyncSession(engine) as session:

            async def work(session: AsyncSession = session) -> None:
                for _ in range(50):
                    session.add(Author(name=f"never {id(object())} {_}"))
                    await session.flush()
                    await session.scalars(select(Author))
                await session.rollback()

            task = asyncio.create_task(work())
            await asyncio.sleep(delay)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await session.rollback()
            assert await session.scalar(select(func.count()).select_from(Author)) == 3
    assert engine.pool.checkedout() == 0


async def test_a_closed_session_leaves_no_garbage_cycle(engine: AsyncEngine) -> None:
    import weakref

    gc.collect()
    gc.disable()
    try:
        async with AsyncSession(engine) as session:
            await session.get(Author, 1)
        gone = weakref.ref(session.sync_session)
        del session
        assert gone() is None
    finally:
        gc.enable()


async def test_scopes_and_faces(engine: AsyncEngine) -> None:
    scoped = async_scoped_session(async_sessionmaker(engine), asyncio.current_task)
    assert scoped() is scoped()
    author = await scoped.get(Author, 1)
    assert async_object_session(author) is scoped()
    await scoped.remove()
    assert async_object_session(author) is None


async def test_text_and_core_statements_share_the_transaction(session: AsyncSession) -> None:
    await session.execute(text("UPDATE as_authors SET name = 'by text' WHERE id = 1"))
    assert await session.scalar(select(Author.name).where(Author.id == 1)) == "by text"
    await session.rollback()
    assert await session.scalar(select(Author.name).where(Author.id == 1)) == "author 0"
