"""Streams hold one batch: neither the objects nor their entries in the identity map pile up, even if no collector ever runs."""

import asyncio
import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from sublimate import create_engine, func, insert, inspect, select, update
from sublimate.ext.asyncio import AsyncSession, create_async_engine
from sublimate.orm import DeclarativeBase, Mapped, Session, mapped_column

ROWS = 12_000


class Base(DeclarativeBase):
    pass


class Event(Base):
    __tablename__ = "event"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def fill(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(Event.__table__), [{"name": f"e{i}"} for i in range(ROWS)])  # type: ignore[arg-type]
    engine.dispose()


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    """What is let go has to go by itself: a cycle would keep whole batches until somebody collects them."""
    gc.disable()
    yield
    gc.enable()


class Watch:
    """How many objects of a stream live at the same time."""

    def __init__(self) -> None:
        self.alive: weakref.WeakSet[Event] = weakref.WeakSet()
        self.most = self.seen = 0

    def __call__(self, found: Event) -> None:
        self.alive.add(found)
        self.seen += 1
        self.most = max(self.most, len(self.alive))


def test_a_synchronous_stream_holds_a_batch(tmp_path: Path) -> None:
    fill(tmp_path / "events.sqlite")
    engine = create_engine(f"sqlite:///{tmp_path}/events.sqlite")
    watch = Watch()
    with Session(engine) as session:
        for found in session.scalars(select(Event).execution_options(yield_per=100)):
            watch(found)
        entries = sum(map(len, session.identity_map.by_mapper.values()))
    engine.dispose()
    assert watch.seen == ROWS
    assert watch.most <= 200  # the batch that is read, and what is left of the last
    assert entries <= 2_500


def test_an_asynchronous_stream_holds_a_batch(tmp_path: Path) -> None:
    fill(tmp_path / "events.sqlite")
    watch = Watch()

    async def read() -> int:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/events.sqlite")
        async with AsyncSession(engine) as session:
            async for found in await session.stream_scalars(select(Event).execution_options(yield_per=100)):
                watch(found)
            entries = sum(map(len, session.identity_map.by_mapper.values()))
        await engine.dispose()
        return entries

    entries = asyncio.run(read())
    assert watch.seen == ROWS
    assert watch.most <= 200  # the batch that is read, and what is left of the last
    assert entries <= 2_500


def test_a_long_import_in_one_transaction_keeps_one_flush(tmp_path: Path) -> None:
    """Flushed objects that nobody keeps go; those that are kept are transient again after the rollback."""
    engine = create_engine(f"sqlite:///{tmp_path / 'import.sqlite'}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        kept = Event(name="kept")
        session.add(kept)
        alive: list[weakref.ref[Event]] = []
        for batch in range(10):
            events = [Event(name=f"{batch}-{i}") for i in range(100)]
            alive += map(weakref.ref, events)
            session.add_all(events)
            del events
            session.flush()
        assert sum(reference() is not None for reference in alive) <= 100
        session.execute(update(Event).values(name="new"))
        for event in session.scalars(select(Event).execution_options(yield_per=100)):
            event.name = "changed"
            alive.append(weakref.ref(event))
            if event.id % 100 == 0:
                session.flush()
        del event
        session.flush()
        assert sum(reference() is not None for reference in alive) <= 202  # two batches and what is kept
        assert kept.name == "changed"
        session.rollback()
        assert inspect(kept).transient
        assert session.scalar(select(func.count()).select_from(Event)) == 0
    engine.dispose()
