"""The overview's table of gotchas, turned into features."""

import asyncio
import gc
import sys
import warnings
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sublimate import ForeignKey, create_engine, event, select
from sublimate.exc import IllegalStateChangeError, MissingGreenlet
from sublimate.ext.asyncio import AsyncAttrs, AsyncSession, create_async_engine
from sublimate.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


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
    author: Mapped["User"] = relationship(back_populates="posts")


def watched(engine: Any) -> list[str]:
    """The SELECT statements the engine sends from now on."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    event.listen(getattr(engine, "sync_engine", engine), "before_cursor_execute", note)
    return sent


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Any]:
    """An engine with ten users of three posts each, and the SELECTs it sends."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/x.sqlite")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        session.add_all(User(posts=[Post() for _ in range(3)]) for _ in range(10))
        await session.commit()
    yield SimpleNamespace(engine=engine, sent=watched(engine))
    await engine.dispose()


async def test_a_loop_that_awaits_a_relationship_costs_two_queries(stage: Any) -> None:
    async with AsyncSession(stage.engine) as session:
        users = (await session.scalars(select(User))).all()
        total = sum([len(await user.awaitable_attrs.posts) for user in users])
    assert total == 30
    assert len(stage.sent) == 2


async def test_a_blocking_loop_costs_two_queries(tmp_path: Path, stage: Any) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/x.sqlite")
    sent = watched(engine)
    with Session(engine) as session:
        assert sum(len(user.posts) for user in session.scalars(select(User))) == 30
        assert len(sent) == 2
    engine.dispose()


async def test_a_touch_that_cannot_wait_names_attribute_query_and_remedy(stage: Any) -> None:
    async with AsyncSession(stage.engine) as session:
        line = sys._getframe().f_lineno + 1
        users = (await session.scalars(select(User))).all()
        with pytest.raises(MissingGreenlet) as caught:
            users[0].posts
        message = str(caught.value)
        assert "User.posts" in message
        assert f"{Path(__file__).name}:{line}" in message or f'{Path(__file__).name}", line {line}' in message
        assert "selectinload(User.posts)" in message
        assert "awaitable_attrs" in message
        assert len(stage.sent) == 1
        assert len(await users[0].awaitable_attrs.posts) == 3


async def test_a_session_used_by_two_tasks_is_refused_and_both_are_named(stage: Any) -> None:
    async with AsyncSession(stage.engine) as session:

        async def use() -> int:
            return len((await session.scalars(select(User))).all())

        tasks = [asyncio.create_task(use(), name=name) for name in ("first task", "second task")]
        results = await asyncio.gather(*tasks, return_exceptions=True)
        refused = [result for result in results if isinstance(result, IllegalStateChangeError)]
        assert len(refused) == 1 and 10 in results
        assert "first task" in str(refused[0]) and "second task" in str(refused[0])
        assert await use() == 10  # one after the other is fine


@pytest.mark.parametrize("verb", ["execute", "scalars", "commit", "flush", "rollback", "refresh"])
async def test_forgetting_await_is_said(stage: Any, verb: str) -> None:
    session = AsyncSession(stage.engine)
    arguments = {"execute": [select(User)], "scalars": [select(User)], "refresh": [User()]}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        getattr(session, verb)(*arguments.get(verb, []))
        gc.collect()
    assert any("never awaited" in str(w.message) and verb in str(w.message) for w in caught)
    await session.close()


async def test_using_a_result_without_await_is_an_error(stage: Any) -> None:
    async with AsyncSession(stage.engine) as session:
        forgotten: Any = session.execute(select(User))
        with pytest.raises((AttributeError, TypeError)):
            forgotten.scalars()
        await forgotten


def test_discover_imports_every_model_of_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sublimate.orm import discover

    package = tmp_path / "shop" / "models"
    package.mkdir(parents=True)
    for directory in (package.parent, package):
        (directory / "__init__.py").touch()
    (package / "base.py").write_text(
        "from sublimate.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass\n"
    )
    for name in ("order", "invoice"):
        (package / f"{name}.py").write_text(
            "from sublimate.orm import Mapped, mapped_column\nfrom shop.models.base import Base\n"
            f"class {name.title()}(Base):\n    __tablename__ = '{name}s'\n"
            "    id: Mapped[int] = mapped_column(primary_key=True)\n"
        )
    monkeypatch.syspath_prepend(tmp_path)
    found = str(discover("shop.models"))
    assert "Order" in found and "Invoice" in found
    base = sys.modules["shop.models.base"].Base
    assert sorted(base.metadata.tables) == ["invoices", "orders"]
