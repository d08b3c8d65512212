"""A commit that is one statement sends that statement alone: no BEGIN, no COMMIT. Everything else is as ever."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from sublimate import ForeignKey, create_engine, event, exc, func, select, text
from sublimate.ext.asyncio import AsyncSession, create_async_engine
from sublimate.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sublimate.orm.exc import FlushError


class Base(DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "one_parents"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    children: Mapped[list[Child]] = relationship(back_populates="parent")


class Child(Base):
    __tablename__ = "one_children"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(
        ForeignKey("one_parents.id", deferrable=True, initially="DEFERRED")
    )
    parent: Mapped[Parent] = relationship(back_populates="children")


class Word(Base):
    __tablename__ = "one_words"
    text: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]


class Wire:
    """An engine on SQLite, and every statement that reached the database."""

    def __init__(self, **options: Any) -> None:
        self.sent: list[str] = []
        self.engine = create_engine("sqlite://", creator=self._connect, **options)
        Base.metadata.create_all(self.engine)
        self.sent.clear()

    def _connect(self) -> sqlite3.Connection:
        raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        raw.set_trace_callback(self.sent.append)
        return raw

    def verbs(self) -> list[str]:
        verbs = [sql.split()[0] for sql in self.sent]
        self.sent.clear()
        return verbs


def test_one_row_is_one_statement() -> None:
    wire = Wire()
    with Session(wire.engine) as session:
        parent = Parent(id=1, name="a")
        session.add(parent)
        session.commit()
        assert wire.verbs() == ["INSERT"]
        assert parent.name == "a" and wire.verbs() == ["SELECT"]
        parent.name = "b"
        session.commit()
        assert wire.verbs() == ["UPDATE"]
        session.delete(session.get_one(Parent, 1))
        session.commit()
        assert wire.verbs()[-1] == "DELETE" and "BEGIN" not in wire.sent
        assert session.scalars(select(Parent)).all() == []


def test_a_generated_key_comes_back() -> None:
    wire = Wire()
    with Session(wire.engine) as session:
        session.add(parent := Parent(name="a"))
        session.commit()
        assert wire.verbs() == ["INSERT"] and parent.id == 1


def test_two_rows_are_a_transaction() -> None:
    wire = Wire()
    with Session(wire.engine) as session, session.begin():
        session.add(Parent(name="a", children=[Child()]))
    assert wire.verbs() == ["BEGIN", "INSERT", "INSERT", "COMMIT"]


def test_what_was_flushed_or_read_before_is_part_of_the_transaction() -> None:
    wire = Wire()
    with Session(wire.engine) as session:
        session.add(Parent(name="a"))
        session.flush()
        session.add(Parent(name="b"))
        session.commit()
        assert wire.verbs() == ["BEGIN", "INSERT", "INSERT", "COMMIT"]
        session.execute(text("SELECT 1"))
        session.add(Parent(name="c"))
        session.commit()
        sent = wire.verbs()
        assert sorted(sent) == ["BEGIN", "COMMIT", "INSERT", "SELECT"] and sent[-1] == "COMMIT"


def _listen_to_engine(wire: Wire, session: Session, told: list[str]) -> None:
    event.listen(wire.engine, "commit", lambda connection: told.append("commit"))


def _listen_to_session(wire: Wire, session: Session, told: list[str]) -> None:
    event.listen(session, "after_flush", lambda *_: told.append("commit"))


@pytest.mark.parametrize("listen", [_listen_to_engine, _listen_to_session])
def test_listeners_may_add_statements_so_there_is_a_transaction(listen: Callable[..., None]) -> None:
    wire, told = Wire(), []
    with Session(wire.engine) as session:
        listen(wire, session, told)
        session.add(Parent(name="a"))
        session.commit()
    assert wire.verbs() == ["BEGIN", "INSERT", "COMMIT"] and told == ["commit"]


def test_the_switch_turns_it_off() -> None:
    wire = Wire(lazy_begin=False)
    with Session(wire.engine) as session:
        session.add(Parent(name="a"))
        session.commit()
    assert wire.verbs() == ["BEGIN", "INSERT", "COMMIT"]


def test_a_session_on_a_connection_leaves_the_commit_to_it() -> None:
    wire = Wire()
    with wire.engine.connect() as connection:
        outer = connection.begin()
        with Session(connection) as session:
            session.add(Parent(name="a"))
            session.commit()
        outer.rollback()
        assert connection.scalar(select(func.count(Parent.id))) == 0


def test_a_savepoint_is_inside_a_transaction() -> None:
    wire = Wire()
    with Session(wire.engine) as session:
        with session.begin_nested():
            session.add(Parent(name="a"))
        assert "BEGIN" in wire.verbs()
        session.rollback()
        assert session.scalar(select(func.count(Parent.id))) == 0


def test_an_error_leaves_nothing_and_the_session_goes_on() -> None:
    wire = Wire()
    with Session(wire.engine) as session:
        session.add(Parent(id=1, name="a"))
        session.commit()
        session.add(Parent(id=2, name="a"))
        with pytest.raises(exc.IntegrityError):
            session.commit()
        session.rollback()
        session.add(Parent(id=2, name="b"))
        session.commit()
        assert session.scalars(select(Parent.name).order_by(Parent.id)).all() == ["a", "b"]


def test_a_row_whose_object_would_have_no_key_is_not_kept() -> None:
    wire = Wire()
    with Session(wire.engine) as session:
        with wire.engine.begin() as connection:
            connection.execute(text("DROP TABLE one_words"))
            connection.execute(text("CREATE TABLE one_words (text VARCHAR PRIMARY KEY, count INTEGER)"))
        session.add(Word(count=1))
        with pytest.raises(FlushError):
            session.commit()
        session.rollback()
        assert session.scalar(select(func.count()).select_from(Word)) == 0


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
async def test_a_deferred_constraint_is_checked(postgresql_url: str, driver: str) -> None:
    engine = create_async_engine(postgresql_url.replace("postgresql://", f"postgresql+{driver}://", 1))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with AsyncSession(engine) as session:
            session.add(Child(id=1, parent_id=99))
            with pytest.raises(exc.IntegrityError):
                await session.commit()
            await session.rollback()
            assert await session.scalar(select(func.count(Child.id))) == 0
            session.add(Parent(id=99, name="a"))
            await session.commit()
            session.add(Child(id=1, parent_id=99))
            await session.commit()
            assert await session.scalar(select(func.count(Child.id))) == 1
    finally:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
        await engine.dispose()
