"""Columns of a table that are no attributes of its class, attributes that a mapping leaves out, and tables with typed columns."""

import dataclasses

from sqlalchemy import ForeignKey, Integer, String, TypedColumns, func, insert, inspect, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    MappedColumn,
    Session,
    Unmapped,
    as_typed_table,
    mapped_column,
    relationship,
    unmapped_column,
)
from twins import both


def described(say, cls):
    say([p.key for p in inspect(cls).attrs])
    say([(c.key, str(c.type), c.nullable, c.primary_key) for c in cls.__table__.c])


@both("sqlite")
def test_unmapped_columns(engine, say):
    class Base(DeclarativeBase):
        pass

    class Stamps:
        created: Unmapped[int] = unmapped_column(server_default="7")

    class User(Stamps, Base):
        __tablename__ = "user_account"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        a = unmapped_column(String(5))
        b: Unmapped[str | None] = unmapped_column(default="made", index=True)
        c: Unmapped[int | None]
        d: "Unmapped[str | None]" = unmapped_column("dd", String(9))

    class Admin(User):
        __tablename__ = "admin"
        id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
        level: Unmapped[int | None]

    described(say, User)
    described(say, Admin)
    say([hasattr(User, name) for name in "abcd"], hasattr(User, "created"), hasattr(User, "dd"))
    say(sorted(i.name for i in User.__table__.indexes))
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        s.execute(insert(User.__table__).values(name="core", a="x"))
        s.commit()
        say(s.execute(select(User.__table__)).all())
        say(select(User))
        found = s.scalars(select(User).where(User.__table__.c.a == "x")).one()
        say(found.name, sorted(k for k in found.__dict__ if k[0] != "_"))
        with say.error():
            User(a="x")


@both("sqlite")
def test_unmapped_columns_of_dataclasses(engine, say):
    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "user_account"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        legacy: Unmapped[str | None] = unmapped_column(init=False)
        name: Mapped[str]

    say([f.name for f in dataclasses.fields(User)], User(name="x"))
    described(say, User)


@both("sqlite")
def test_unmapped_columns_and_attributes(engine, say):
    class Base(DeclarativeBase):
        pass

    for number, cause in enumerate(
        (
            {"note": mapped_column(String), "__annotations__": {"note": Unmapped[str]}},
            {"note": unmapped_column(String), "__annotations__": {"note": Mapped[str]}},
            {"note": unmapped_column()},
            {"note": unmapped_column(nullable=True), "__annotations__": {"note": Unmapped[int]}},
        )
    ):
        body = {
            "__tablename__": f"t{len(Base.metadata.tables)}",
            "id": mapped_column(Integer, primary_key=True),
            **cause,
        }
        with say.error():
            described(say, type(f"T{number}", (Base,), body))


@both("sqlite")
def test_declared_attributes_that_are_excluded(engine, say):
    class Base(DeclarativeBase):
        pass

    class X(Base):
        __tablename__ = "x"
        __mapper_args__ = {"exclude_properties": ["b"]}
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[str]
        b: Mapped[str]

    described(say, X)
    say(hasattr(X, "b"))

    class Y(Base):
        __tablename__ = "y"
        __mapper_args__ = {"include_properties": ["id"]}
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[str]
        b = mapped_column(String)

    described(say, Y)

    class Z(Base):
        __table__ = X.__table__
        __mapper_args__ = {"exclude_properties": ["b"]}

    described(say, Z)


@both("sqlite")
def test_typed_tables(engine, say):
    class Base(DeclarativeBase):
        pass

    class A(Base):
        __tablename__ = "a"
        id: MappedColumn[int] = mapped_column(primary_key=True)
        data: MappedColumn[str]
        bs: Mapped[list["B"]] = relationship()

    class a_cols(A, TypedColumns):
        pass

    class B(Base):
        __tablename__ = "b"
        __typed_cols__: "b_cols"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[int] = mapped_column(ForeignKey("a.id"))

    class b_cols(B, TypedColumns):
        pass

    table = as_typed_table(A, a_cols)
    say(table is A.__table__, as_typed_table(B) is B.__table__)
    say(select(table.c.id, func.count()).group_by(table.c.data))
    say(sorted(p.key for p in inspect(A).attrs))
