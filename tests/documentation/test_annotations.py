"""Annotations of mapped classes where mixins, aliases and `__table__` meet, and those that are refused."""

import dataclasses
import datetime
import decimal
import enum
from typing import Annotated, Any, ClassVar, Literal, Optional

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column
from twins import both


def columns(cls):
    return [(c.name, repr(c.type), c.nullable, c.default is not None) for c in cls.__table__.c]


@both("sqlite")
def test_an_alias_may_be_optional_and_literals_keep_their_length(engine, say):
    class Mood(enum.Enum):
        GOOD = 1
        BAD = 2

    remark = Annotated[Optional[str], mapped_column(sa.String(30))]
    money = Annotated[decimal.Decimal, 12]

    class Base(orm.DeclarativeBase):
        type_annotation_map = {
            enum.Enum: sa.Enum(enum.Enum, native_enum=False, length=40),
            money: sa.Numeric(12, 4),
        }

    class Entry(Base):
        __tablename__ = "entry"
        id: Mapped[int] = mapped_column(primary_key=True)
        note: Mapped[remark]
        mood: Mapped[Mood]
        kind: Mapped[Literal["in", "out"]]
        amount: Mapped[money | None]

    say(columns(Entry))


@both("sqlite")
def test_a_mixins_attribute_outlives_a_bare_annotation(engine, say):
    class Base(orm.DeclarativeBase):
        pass

    class Mixin:
        id: Mapped[int] = mapped_column(primary_key=True)
        size: Mapped[int] = mapped_column(default=5)
        plain = mapped_column(sa.Integer)
        bare: Mapped[int]

        @orm.declared_attr
        def made(cls) -> Mapped[int]:
            return mapped_column(default=9)

        late: Mapped[datetime.date]

    class Thing(Mixin, Base):
        __tablename__ = "thing"
        id: Mapped[int]
        size: Mapped[str]
        plain: Mapped[int]
        bare: Mapped[str]
        made: Mapped[str]
        own: Mapped[str]

    say(columns(Thing))

    class Other(Mixin, Base):
        __tablename__ = "other"
        size: Mapped[str] = mapped_column(sa.String(3))

    say(columns(Other))


@both("sqlite")
def test_plain_annotations_are_refused(engine, say):
    class Base(orm.DeclarativeBase):
        pass

    def declare(annotation, *value):
        body = {
            "__tablename__": f"t{len(Base.metadata.tables)}",
            "__annotations__": {"id": Mapped[int], "x": annotation},
            "id": mapped_column(primary_key=True),
            **({"x": value[0]} if value else {}),
        }
        with say.error():
            cls = type(f"T{len(Base.metadata.tables)}", (Base,), body)
            say(list(cls.__table__.c.keys()))

    declare(int)
    declare(int, 5)
    declare(int, None)
    declare(ClassVar[int])
    declare(Any)
    declare("list[int]")
    declare(Mapped)
    declare(Mapped[int])

    class Allowed(Base):
        __tablename__ = "allowed"
        __allow_unmapped__ = True
        id: int = sa.Column(sa.Integer, primary_key=True)
        x: int

    class Hints:
        y: int

    class Hinted(Hints, Base):
        __tablename__ = "hinted"
        id: Mapped[int] = mapped_column(primary_key=True)

    say(columns(Allowed), columns(Hinted))


@both("sqlite")
def test_annotations_beside_a_table_make_no_columns(engine, say):
    class Base(orm.DeclarativeBase):
        pass

    class Given(Base):
        __table__ = sa.Table("given", Base.metadata, sa.Column("id", sa.Integer, primary_key=True))
        id: Mapped[int]
        other: Mapped[str]

    say(list(sa.inspect(Given).attrs.keys()))
    with say.error():

        class Refused(Base):
            __table__ = sa.Table("refused", Base.metadata, sa.Column("id", sa.Integer, primary_key=True))
            other: Mapped[str] = mapped_column()


@both("sqlite")
def test_mixins_of_dataclasses_are_dataclasses(engine, say):
    class Base(orm.MappedAsDataclass, orm.DeclarativeBase):
        pass

    class Plain:
        x: Mapped[int] = mapped_column(default=3)

    class Good(orm.MappedAsDataclass):
        x: Mapped[int] = mapped_column(default=3)

    with say.error(message=False):

        class Refused(Plain, Base):
            __tablename__ = "refused"
            id: Mapped[int] = mapped_column(primary_key=True, init=False)

    class Taken(Good, Base):
        __tablename__ = "taken"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)

    say([f.name for f in dataclasses.fields(Taken)], Taken().x)


@both("sqlite")
def test_cascading_attributes_that_cannot_be(engine, say):
    class Base(orm.DeclarativeBase):
        pass

    class Counted:
        @orm.declared_attr.cascading
        def number(cls) -> Mapped[int]:
            return orm.column_property(sa.literal(5))

    class Parent(Counted, Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Child(Parent):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(sa.ForeignKey("parent.id"), primary_key=True)
        number = 3

    class Alone(Base):
        __tablename__ = "alone"

        @orm.declared_attr.cascading
        def id(cls) -> Mapped[int]:
            return mapped_column(sa.Integer, primary_key=True)

    say(Parent().number, columns(Alone))
