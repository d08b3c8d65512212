"""Hydrators turn rows into objects: generated, readable, and driven here with plain tuples and no database."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from sublimate import ForeignKey, Integer, TypeDecorator, create_engine, select
from sublimate.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, noload, relationship
from sublimate.orm.loading.plan import make_load_plan
from sublimate.orm.state import STATE, LoadContext
from sublimate.util import kernel


class Base(DeclarativeBase):
    pass


class Doubled(TypeDecorator[int]):
    impl = Integer
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value * 2


class Box(Base):
    __tablename__ = "boxes"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    size: Mapped[int] = mapped_column(Doubled)
    things: Mapped[list[Thing]] = relationship(back_populates="box")


class Thing(Base):
    __tablename__ = "things"
    id: Mapped[int] = mapped_column(primary_key=True)
    box_id: Mapped[int] = mapped_column(ForeignKey("boxes.id"))
    box: Mapped[Box] = relationship(back_populates="things")


class Pair(Base):
    __tablename__ = "pairs"
    a: Mapped[int] = mapped_column(primary_key=True)
    b: Mapped[int] = mapped_column(primary_key=True)


@pytest.fixture(autouse=True, params=["python", "compiled"])
def _loops(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test here runs with Python's loops and with the compiled ones."""
    chosen = None if request.param == "python" else request.getfixturevalue("compiled")
    monkeypatch.setattr(kernel, "compiled", chosen)


DIALECT = create_engine("sqlite://").dialect


def hydrate(statement: Any, rows: list[Any], session: Any, populate_existing: bool = False) -> list[Any]:
    plan = make_load_plan(statement, DIALECT)
    values, _ = plan.hydrator(populate_existing)(rows, session, None, plan.options)
    return values


def test_all_objects_of_one_load_share_one_context() -> None:
    session = Session()
    boxes = hydrate(select(Box), [(1, "a", 5), (2, "b", 6)], session)
    assert [(b.id, b.name, b.size) for b in boxes] == [(1, "a", 10), (2, "b", 12)]
    first, second = (b.__dict__[STATE] for b in boxes)
    assert first is second and isinstance(first, LoadContext)
    assert first.keys == [1, 2]


def test_a_known_object_is_used_again_and_keeps_its_values() -> None:
    session = Session()
    (box,) = hydrate(select(Box), [(1, "a", 5)], session)
    again = hydrate(select(Box), [(1, "changed", 5), (2, "b", 6)], session)
    assert again[0] is box and box.name == "a"
    assert again[1].name == "b"


def test_populate_existing_overwrites_and_forgets_changes() -> None:
    session = Session()
    (box,) = hydrate(select(Box), [(1, "a", 5)], session)
    box.name = "mine"
    assert session.dirty
    hydrate(select(Box), [(1, "theirs", 5)], session, populate_existing=True)
    assert box.name == "theirs" and not session.dirty


def test_a_known_object_gets_what_it_lacks() -> None:
    session = Session()
    (box,) = hydrate(select(Box), [(1, "a", 5)], session)
    session.expire(box, ["name"])
    hydrate(select(Box), [(1, "new", 5)], session)
    assert box.name == "new"


def test_the_same_row_twice_is_one_object() -> None:
    session = Session()
    first, second = hydrate(select(Box), [(1, "a", 5), (1, "a", 5)], session)
    assert first is second


def test_an_object_nobody_holds_is_made_anew() -> None:
    session = Session()
    hydrate(select(Box), [(1, "a", 5)], session)
    gc.collect()
    (box,) = hydrate(select(Box), [(1, "b", 5)], session)
    assert box.name == "b"


def test_composite_keys_are_tuples_in_the_identity_map() -> None:
    session = Session()
    pairs = hydrate(select(Pair), [(1, 2), (1, 3)], session)
    assert session.identity_map[(Pair, (1, 3), None)] is pairs[1]


def test_joined_collections_gather_rows_and_empty_ones_stay_empty() -> None:
    session = Session()
    statement = select(Box).options(joinedload(Box.things))
    rows = [(1, "a", 5, 10, 1), (1, "a", 5, 11, 1), (2, "b", 6, None, None)]
    boxes = hydrate(statement, rows, session)
    assert [b.id for b in boxes] == [1, 1, 2]
    assert [t.id for t in boxes[0].things] == [10, 11]
    assert boxes[2].things == []


def test_a_loaded_collection_is_left_alone() -> None:
    session = Session()
    (box,) = hydrate(select(Box).options(noload(Box.things)), [(1, "a", 5)], session)
    hydrate(select(Box).options(joinedload(Box.things)), [(1, "a", 5, 10, 1)], session)
    assert box.things == []


def test_an_outer_joined_entity_may_be_missing() -> None:
    session = Session()
    rows = hydrate(select(Box, Thing).outerjoin(Box.things), [(1, "a", 5, None, None)], session)
    assert rows[0][0].id == 1 and rows[0][1] is None


def test_generated_code_appears_in_tracebacks() -> None:
    import traceback

    with pytest.raises((ValueError, IndexError)) as caught:
        hydrate(select(Box), [(1, "a")], Session())
    text = "".join(traceback.format_exception(caught.value))
    assert "sublimate:hydrate" in text and ("in zip(made, part)" in text or "made = make_objects" in text)


def test_rows_of_one_key_are_one_object_also_in_the_first_load() -> None:
    boxes = hydrate(select(Box), [(1, "a", 5), (2, "b", 6), (1, "a", 5)], Session())
    assert boxes[0] is boxes[2] and boxes[0].__dict__[STATE].keys == [1, 2]
    pairs = hydrate(select(Pair), [(1, 1), (1, 2), (1, 1)], Session())
    assert pairs[0] is pairs[2] and pairs[1].b == 2


def test_thousands_of_rows_stay_in_order_and_leave_their_list() -> None:
    session = Session()
    rows = [(n, f"box {n}", n) for n in range(2500)]
    boxes = hydrate(select(Box), rows, session)
    assert [(b.id, b.size) for b in boxes] == [(n, 2 * n) for n in range(2500)]
    assert rows == []
    assert hydrate(select(Box), [(7, "box 7", 7)], session) == [boxes[7]]
