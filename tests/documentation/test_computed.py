"""Attributes that are computed: by the database, by a query, by hybrids and composites; discriminators without a class."""

import dataclasses
from typing import Optional

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, attributes, mapped_column
from twins import both


class Base(orm.DeclarativeBase):
    pass


@dataclasses.dataclass
class Point:
    x: int
    y: int


class Square(Base):
    __tablename__ = "square"
    id: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[int] = mapped_column()
    area: Mapped[int] = orm.column_property(side * side)
    kept: Mapped[int] = orm.column_property(side * 4, expire_on_flush=False)
    rare: Mapped[int] = orm.column_property(side * 3, deferred=True)
    asked: Mapped[Optional[int]] = orm.query_expression()
    given: Mapped[int] = orm.query_expression(sa.literal(55))
    at: Mapped[Point] = orm.composite(mapped_column("x", default=0), mapped_column("y", default=0))

    @hybrid_property
    def double(self):
        return self.side * 2

    @double.inplace.update_expression
    @classmethod
    def _set_double(cls, value):
        return [(cls.side, value / 2 if hasattr(value, "type") else value // 2)]


def values(square):
    return {k: v for k, v in sorted(square.__dict__.items()) if not k.startswith("_")}


@both()
def test_expressions_are_read_again_after_a_flush(engine, say):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(Square(side=3, at=Point(1, 2)))
        session.commit()
        square = session.scalars(
            sa.select(Square).options(orm.with_expression(Square.asked, Square.side + 1))
        ).one()
        say(square.area, square.kept, square.rare, square.asked, square.given)
        square.side = 5
        say(square.area)
        session.flush()
        say(values(square))
        say(square.area, square.kept, square.rare, square.asked)
        attributes.flag_modified(square, "side")
        session.flush()
        say(values(square))


@both("sqlite")
def test_a_query_expression_has_a_default(engine, say):
    Base.metadata.create_all(engine)
    say(sa.select(Square), sa.select(orm.aliased(Square)), sa.select(Square.given, Square.asked))
    say(sa.select(Square).options(orm.with_expression(Square.given, Square.id * 2)))
    with orm.Session(engine) as session:
        session.add(Square(side=1, at=Point(1, 2)))
        session.commit()
        square = session.scalars(sa.select(Square)).one()
        say(square.given, square.asked)
        session.expire(square)
        say(square.given)
        session.expunge_all()
        say(session.get(Square, 1).given)


@both("sqlite")
def test_hybrids_and_composites_by_name(engine, say):
    Base.metadata.create_all(engine)
    say(sa.update(Square).values({"double": 8}), sa.update(Square).values({Square.double: 8}))
    say(sa.select(Square.id).order_by(Square.at.desc()), sa.select(Square.id).order_by(Square.at))
    with orm.Session(engine) as session:
        square = Square(side=1, at=Point(1, 2))
        session.add(square)
        session.commit()
        session.execute(sa.update(Square).values({"double": 8}))
        say(square.side)
        say(attributes.get_history(square, "at"))
        square.at = Point(3, 4)
        say(attributes.get_history(square, "at"))


@both()
def test_versions_are_checked_when_rows_are_updated_by_key(engine, say):
    class Base(orm.DeclarativeBase):
        pass

    class Page(Base):
        __tablename__ = "page"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str]
        version: Mapped[int] = mapped_column()
        __mapper_args__ = {"version_id_col": version}

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        page = Page(text="a")
        session.add(page)
        session.commit()
        session.execute(sa.update(Page), [{"id": page.id, "text": "b", "version": page.version}])
        session.commit()
        say(page.text, page.version)
        with say.error():
            session.execute(sa.update(Page), [{"id": page.id, "text": "c", "version": 77}])
        session.rollback()
        with say.error():
            session.merge(Page(id=page.id, text="c", version=1))


@both("sqlite")
def test_rows_whose_discriminator_names_no_class(engine, say):
    class Base(orm.DeclarativeBase):
        pass

    class Animal(Base):
        __tablename__ = "animal"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[Optional[str]]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

    class Pet(Animal):
        __mapper_args__ = {"polymorphic_abstract": True}

    class Cat(Pet):
        __mapper_args__ = {"polymorphic_identity": "cat"}

    class Nameless(Cat):
        pass

    class Free(Base):
        __tablename__ = "free"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind"}

    class FreeChild(Free):
        pass

    Base.metadata.create_all(engine)
    with say.error():
        Pet()
    with orm.Session(engine) as session:
        session.execute(sa.insert(Animal.__table__), [{"kind": None}, {"kind": "cat"}, {"kind": "dog"}])
        session.execute(sa.insert(Free.__table__), [{"kind": "a"}, {"kind": "b"}])
        for condition in (Animal.id == 1, Animal.id == 2, Animal.id == 3):
            with say.error():
                say([type(a).__name__ for a in session.scalars(sa.select(Animal).where(condition))])
        say([type(f).__name__ for f in session.scalars(sa.select(Free))])
        session.add(Animal(kind="horse"))
        session.flush()
