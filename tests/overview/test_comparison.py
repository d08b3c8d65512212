"""What the README says about SQLAlchemy is true of SQLAlchemy."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    posts: Mapped[list["Post"]] = relationship()


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))


@pytest.fixture
def path(tmp_path: Path) -> str:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/x.sqlite")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(User(posts=[Post()]) for _ in range(100))
        session.commit()
    engine.dispose()
    return f"{tmp_path}/x.sqlite"


def test_a_loop_over_a_relationship_costs_a_query_each(path: str) -> None:
    engine = sa.create_engine(f"sqlite:///{path}")
    sent: list[Any] = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2]))
    with Session(engine) as session:
        assert sum(len(user.posts) for user in session.scalars(sa.select(User))) == 100
    assert len(sent) == 101
    engine.dispose()


@pytest.mark.filterwarnings("ignore")
async def test_a_touch_in_async_code_names_neither_attribute_nor_line_nor_option(path: str) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
    async with AsyncSession(engine) as session:
        user = (await session.scalars(sa.select(User).limit(1))).one()
        with pytest.raises(sa.exc.StatementError) as caught:
            user.posts
    message = str(caught.value)
    assert "User.posts" not in message and "selectinload" not in message
    assert Path(__file__).name not in message
    await engine.dispose()
    await asyncio.sleep(0)
