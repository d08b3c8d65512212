"""Mapping tables that are read from the database; events of attributes and instances; validators with options."""

from typing import List, Optional

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, event, inspect, select
from sqlalchemy.ext.declarative import DeferredReflection
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    attributes,
    backref,
    column_property,
    mapped_column,
    registry,
    relationship,
    validates,
)
from sqlalchemy.orm.attributes import flag_dirty, flag_modified, set_attribute, set_committed_value
from twins import both


def make(engine):
    metadata = MetaData()
    Table(
        "person",
        metadata,
        Column("ID", Integer, primary_key=True),
        Column("NAME", String(20)),
        Column("age", Integer),
    )
    Table(
        "pet",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("owner_id", ForeignKey("person.ID")),
        Column("kind", String(10)),
    )
    metadata.create_all(engine)


@both()
def test_reflected_tables(engine, say):
    make(engine)

    class Base(DeclarativeBase):
        pass

    @event.listens_for(Base.metadata, "column_reflect")
    def rename(inspector, table, column_info):
        column_info["key"] = f"attr_{column_info['name'].lower()}"

    class Person(Base):
        __table__ = Table("person", Base.metadata, autoload_with=engine)

    class Pet(Base):
        __table__ = Table("pet", Base.metadata, autoload_with=engine)
        owner = relationship(Person, backref=backref("pets", order_by="Pet.attr_id"))

    say(sorted(inspect(Person).attrs.keys()), sorted(inspect(Pet).attrs.keys()))
    with Session(engine) as session:
        session.add(Pet(attr_kind="cat", owner=Person(attr_name="ada")))
        session.commit()
        say(session.scalars(select(Person)).one().pets[0].attr_kind, select(Person.attr_name))

    other = registry()

    @other.mapped
    class Overridden:
        __table__ = Table(
            "person", other.metadata, Column("NAME", String(20), key="called"), autoload_with=engine
        )
        __mapper_args__ = {"exclude_properties": ["age"]}

    say(sorted(inspect(Overridden).attrs.keys()))

    class Prefixed(DeclarativeBase):
        pass

    class P(Prefixed):
        __table__ = Table("person", Prefixed.metadata, autoload_with=engine)
        __mapper_args__ = {"column_prefix": "c_"}

    say(sorted(inspect(P).attrs.keys()))

    class Named(DeclarativeBase):
        pass

    class N(Named):
        __table__ = Table("person", Named.metadata, autoload_with=engine)
        title = __table__.c.NAME
        shout = column_property(__table__.c.NAME + "!")

    say(sorted(inspect(N).attrs.keys()), select(N))


@both()
def test_deferred_reflection(engine, say):
    make(engine)

    class Base(DeclarativeBase):
        pass

    class Reflected(DeferredReflection):
        __abstract__ = True

    class Person(Reflected, Base):
        __tablename__ = "person"
        pets = relationship("Pet", back_populates="owner")

    class Pet(Reflected, Base):
        __tablename__ = "pet"
        owner = relationship("Person", back_populates="pets")

    Reflected.prepare(engine)
    say(sorted(inspect(Person).attrs.keys()), sorted(inspect(Pet).attrs.keys()))
    with Session(engine) as session:
        session.add(Person(NAME="x", pets=[Pet(kind="dog")]))
        session.commit()
        say(session.scalars(select(Pet)).one().owner.NAME)


class Base(DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Optional[str]]
    kids: Mapped[List["Kid"]] = relationship(back_populates="parent", order_by="Kid.id")

    @validates("name", include_removes=True)
    def check_name(self, key, value, is_remove):
        return value if is_remove or value is None else value.upper()

    @validates("kids", include_removes=True, include_backrefs=False)
    def check_kids(self, key, kid, is_remove):
        if not is_remove and kid.name == "bad":
            raise ValueError("bad kid")
        return kid


class Kid(Base):
    __tablename__ = "kid"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey("parent.id"))
    name: Mapped[Optional[str]]
    parent: Mapped[Optional[Parent]] = relationship(back_populates="kids")


@both("sqlite")
def test_validators_and_functions(engine, say):
    Base.metadata.create_all(engine)
    parent = Parent(name="a")
    say(parent.name)
    with say.error():
        parent.kids.append(Kid(name="bad"))
    with say.error():
        parent.kids = [Kid(name="good"), Kid(name="bad")]
    Kid(name="bad", parent=parent)
    say([k.name for k in parent.kids])
    with Session(engine) as session:
        session.add(parent)
        session.commit()
        set_attribute(parent, "name", "b")
        say(parent.name, attributes.get_attribute(parent, "name"))
        session.commit()
        parent.id
        set_committed_value(parent, "name", "committed")
        say(parent.name, session.is_modified(parent), inspect(parent).attrs.name.history)
        set_committed_value(parent, "kids", [Kid(id=99, name="made up")])
        say([k.name for k in parent.kids], parent in session.dirty)
        session.expire(parent)
        say(parent.name)
        flag_modified(parent, "name")
        say(parent in session.dirty, session.is_modified(parent))
        session.commit()
        flag_dirty(parent)
        say(parent in session.dirty, session.is_modified(parent))
        session.rollback()
        with say.error(message=False):
            flag_modified(Parent(), "name")
        say([k.name for k in parent.kids])
        parent.kids.remove(parent.kids[0])
        session.commit()
        say(parent.kids)


@both("sqlite")
def test_events_of_attributes_and_instances(engine, say):
    class Local(DeclarativeBase):
        pass

    class A(Local):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[Optional[int]]
        bs: Mapped[List["B"]] = relationship(back_populates="a", order_by="B.id")

    class B(Local):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[Optional[int]] = mapped_column(ForeignKey("a.id"))
        a: Mapped[Optional[A]] = relationship(back_populates="bs")

    heard = []

    def note(name, *what):
        heard.append((name, *what))

    event.listen(A.x, "set", lambda target, value, old, initiator: note("set", value, old))
    event.listen(A.x, "remove", lambda target, value, initiator: note("remove", value))
    event.listen(A.x, "modified", lambda target, initiator: note("modified"))
    event.listen(A.bs, "append", lambda target, value, initiator: note("append", initiator.key))
    event.listen(A.bs, "append_wo_mutation", lambda target, value, initiator: note("append_wo_mutation"))
    event.listen(A.bs, "remove", lambda target, value, initiator: note("remove b"))
    event.listen(A.bs, "bulk_replace", lambda target, values, initiator: note("bulk_replace", len(values)))
    event.listen(A.bs, "init_collection", lambda target, coll, adapter: note("init_collection"))
    event.listen(A.bs, "dispose_collection", lambda target, coll, adapter: note("dispose_collection"))
    event.listen(
        B.a, "set", lambda target, value, old, initiator: note("set a", value is None, initiator.key)
    )

    @event.listens_for(A, "init")
    def init(target, args, kwargs):
        note("init", sorted(kwargs))

    @event.listens_for(A, "load")
    def load(target, context):
        note("load", target.id)

    @event.listens_for(A, "refresh")
    def refresh(target, context, attrs):
        note("refresh", attrs is None or sorted(set(attrs) - {"bs"}))

    @event.listens_for(A, "refresh_flush")
    def refresh_flush(target, context, attrs):
        note("refresh_flush", sorted(attrs))

    @event.listens_for(A, "expire")
    def expire(target, attrs):
        note("expire", attrs and sorted(attrs))

    @event.listens_for(A, "pickle")
    def pickled(target, state_dict):
        note("pickle")

    Local.metadata.create_all(engine)

    def told(what):
        say(what, heard)
        heard.clear()

    with Session(engine) as session:
        a = A(x=1)
        told("made")
        a.x = 2
        del a.x
        flag_modified(a, "x") if "x" in a.__dict__ else None
        told("scalar")
        b = B()
        a.bs.append(b)
        a.bs.remove(b)
        B(a=a)
        told("collection")
        a.bs = [B(), B()]
        say(len(a.bs), heard.pop()[0])
        heard.clear()
        session.add(a)
        session.commit()
        told("committed")
        a.id
        told("refreshed")
        a.bs
        session.expire(a, ["x"])
        a.x
        told("expired")
        session.expunge_all()
        a = session.scalars(select(A)).one()
        told("loaded")
        flag_modified(a, "x")
        told("flagged")
        session.refresh(a)
        told("refresh()")
