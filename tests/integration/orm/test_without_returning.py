"""A database without RETURNING, as MySQL: keys come from the last inserted id, row by row."""

from collections.abc import Iterator

import pytest

from sublimate import ForeignKey, create_engine, exc, insert, select, update
from sublimate.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Animal(Base):
    __tablename__ = "animal"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    legs: Mapped[int] = mapped_column(server_default="4")
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}


class Dog(Animal):
    __tablename__ = "dog"
    id: Mapped[int] = mapped_column(ForeignKey("animal.id"), primary_key=True)
    tricks: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "dog"}


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    with engine.connect():
        for can in ("insert", "update", "delete", "insert_executemany"):
            setattr(engine.dialect, f"{can}_returning", False)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_a_flush_knows_its_keys(session: Session) -> None:
    animals = [Animal(name="a"), Dog(name="d", tricks=3), Animal(name="b", legs=2), Dog(name="e")]
    session.add_all(animals)
    session.flush()
    assert sorted(a.id for a in animals) == [1, 2, 3, 4]
    assert [a.legs for a in animals] == [4, 4, 2, 4]
    session.expire_all()
    assert [a.name for a in animals] == ["a", "d", "b", "e"]


def test_rows_in_bulk_know_their_keys(session: Session) -> None:
    animals = [Animal(name="a"), Animal(name="b"), Dog(name="d", tricks=1), Dog(name="e", tricks=2)]
    session.bulk_save_objects(animals, return_defaults=True)
    assert [a.id for a in animals] == [1, 2, 3, 4]
    rows = [{"name": "x", "tricks": 5}, {"name": "y", "tricks": 6}]
    session.bulk_insert_mappings(Dog, rows, return_defaults=True)
    assert [row["id"] for row in rows] == [5, 6]
    session.execute(insert(Dog), [{"name": "z", "tricks": 7}])
    found = session.execute(select(Dog.name, Dog.tricks).order_by(Dog.id)).all()
    assert found == [("d", 1), ("e", 2), ("x", 5), ("y", 6), ("z", 7)]


def test_returning_is_refused_where_it_would_be_needed(session: Session) -> None:
    rows = [{"name": "x", "kind": "animal"}]
    with pytest.raises(exc.InvalidRequestError, match="explicit RETURNING for bulk INSERT"):
        session.scalars(insert(Animal).returning(Animal), rows)
    table = Animal.__table__
    for statement, given in (
        (insert(table).returning(table.c.id), rows * 2),
        (update(table).returning(table.c.id), [{"name": "x"}, {"name": "y"}]),
    ):
        with pytest.raises(exc.StatementError, match="RETURNING when executemany is used") as caught:
            session.connection().execute(statement, given)
        assert isinstance(caught.value.orig, exc.InvalidRequestError)
    assert session.scalars(select(Animal)).all() == []
