"""Mutable values: changes inside them are written."""

import dataclasses
from typing import Any

import pytest

from sublimate import JSON, create_engine, select
from sublimate.ext.mutable import MutableComposite, MutableDict, MutableList
from sublimate.orm import DeclarativeBase, Mapped, Session, composite, mapped_column


@dataclasses.dataclass
class Point(MutableComposite):
    x: int
    y: int

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        self.changed()


@pytest.fixture
def thing():
    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "things"
        id: Mapped[int] = mapped_column(primary_key=True)
        data: Mapped[dict[str, Any]] = mapped_column(MutableDict.as_mutable(JSON), default=dict)
        items: Mapped[list[int]] = mapped_column(MutableList.as_mutable(JSON))
        at: Mapped[Point] = composite(mapped_column("x"), mapped_column("y"))

    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    yield Thing, engine
    engine.dispose()


def test_changes_are_written_after_insert_load_and_refresh(thing):
    cls, engine = thing
    with Session(engine) as session:
        one = cls(items=[1], at=Point(1, 2))
        session.add(one)
        session.flush()
        assert isinstance(one.data, MutableDict)
        one.data["a"] = 1
        session.commit()
        one.data["b"] = 2
        one.items.append(5)
        one.at.x = 9
        assert one in session.dirty
        session.commit()
    with Session(engine) as session:
        one = session.scalars(select(cls)).one()
        assert (one.data, one.items, one.at) == ({"a": 1, "b": 2}, [1, 5], Point(9, 2))
        one.items += [7]
        del one.data["a"]
        session.commit()
        session.refresh(one)
        assert (one.data, one.items) == ({"b": 2}, [1, 5, 7])


def test_values_of_other_kinds_are_refused(thing):
    cls, _ = thing
    with pytest.raises(ValueError, match="Attribute 'data' does not accept objects of type"):
        cls(data=5)
