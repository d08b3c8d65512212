"""Default constructors of mapped classes, bases with attributes of their own, and the events of classes that are instrumented."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, event
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    column_property,
    configure_mappers,
    declared_attr,
    mapped_column,
    registry,
    relationship,
    synonym,
)
from twins import both


def own(self, **kw):
    for key, value in kw.items():
        setattr(self, key, f"own {value}")


@both("sqlite")
def test_default_constructors(engine, say):
    for given in ({}, {"constructor": own}, {"constructor": None}):
        reg = registry(**given)

        @reg.mapped
        class A:
            __tablename__ = "a"
            id: Mapped[int] = mapped_column(primary_key=True)
            d: Mapped[str | None]

        class B:
            __tablename__ = "b"
            id: Mapped[int] = mapped_column(primary_key=True)
            d: Mapped[str | None]

        reg.map_declaratively(B)

        class C:
            pass

        reg.map_imperatively(
            C, Table("c", reg.metadata, Column("id", Integer, primary_key=True), Column("d", String))
        )

        class D:
            def __init__(self, d):
                self.d = d * 2

        reg.map_imperatively(
            D, Table("d", reg.metadata, Column("id", Integer, primary_key=True), Column("d", String))
        )

        class E(reg.generate_base()):
            __tablename__ = "e"
            id: Mapped[int] = mapped_column(primary_key=True)
            d: Mapped[str | None]

        for cls in (A, B, C, D, E):
            for arguments in ({"d": "x"}, {"wrong": 1}, {}):
                with say.error(message=False):
                    say(cls.__name__, cls(**arguments).d)


@both("sqlite")
def test_bases(engine, say):
    class Base(DeclarativeBase):
        registry = registry(constructor=own)

        @declared_attr.directive
        def __tablename__(cls):
            return cls.__name__.lower()

        id: Mapped[int] = mapped_column(primary_key=True)

    class H(Base):
        name: Mapped[str]

    class J(Base):
        __tablename__ = "other"

    say(H.__tablename__, J.__tablename__, H(name="x").name, list(H.__table__.c.keys()))
    for body in (
        {"__tablename__": "x", "id": mapped_column(Integer, primary_key=True)},
        {"__table__": H.__table__},
    ):
        with say.error():
            type("X", (DeclarativeBase,), body)


@both("sqlite")
def test_instrumentation_events(engine, say):
    class Base(DeclarativeBase):
        pass

    heard = []

    def tell():
        say(sorted(heard, key=str))
        heard.clear()

    event.listen(Base, "class_instrument", lambda cls: heard.append(("class", cls.__name__)), propagate=True)
    event.listen(Base, "class_uninstrument", lambda cls: heard.append(("gone", cls.__name__)), propagate=True)

    @event.listens_for(Base, "attribute_instrument", propagate=True)
    def attribute(cls, key, attribute):
        heard.append((cls.__name__, key, attribute.key, hasattr(attribute.property, "columns")))

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        nick = synonym("name")
        bs: Mapped[list["B"]] = relationship(backref="a")

    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[int] = mapped_column(ForeignKey("a.id"))

    tell()
    configure_mappers()
    tell()
    A.more = column_property(A.id + 1)
    tell()

    class C(A):
        extra: Mapped[int | None] = mapped_column(use_existing_column=True)

    configure_mappers()
    tell()
    Base.registry.dispose()
    tell()
