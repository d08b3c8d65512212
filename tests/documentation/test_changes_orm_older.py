"""What SQLAlchemy's changelogs say of the ORM, 1.4 and 2.0.0 to 2.0.23: programs that once found a difference, or pin what matters."""

import dataclasses
import enum
from typing import Annotated, Literal, Optional

import sqlalchemy as sa
from sqlalchemy import ForeignKey, String, event, func, insert, orm, select
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.declarative import DeferredReflection
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import Mapped, Session, composite, mapped_column, relationship
from twins import both


def new_base(**body):
    return type("Base", (orm.DeclarativeBase,), body)


def texts(say, *statements):
    for statement in statements:
        say(" ".join(str(statement).split()))


@both("sqlite")
def test_what_annotated_may_not_say(engine, say):
    """2.0.22, 10369."""
    called = Annotated[
        str, mapped_column("given", String(5), sort_order=-5, deferred=True, comment="c", active_history=True)
    ]
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[called]
        other: Mapped[called] = mapped_column(comment="mine", sort_order=3)

    columns = Item.__table__.c
    say(
        [(column.name, column.comment) for column in columns],
        Item.name.property.deferred,
        Item.name.property.active_history,
    )
    for options in ({"kw_only": True}, {"init": False}, {"repr": False}, {"default": "x"}):

        class Data(orm.MappedAsDataclass, orm.DeclarativeBase):
            pass

        class Thing(Data):
            __tablename__ = "thing"
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[Annotated[str, mapped_column(**options)]]

        say([(field.name, field.init, field.repr, field.kw_only) for field in dataclasses.fields(Thing)])


@both("sqlite")
def test_functions_as_defaults_of_dataclasses(engine, say):
    """2.0.17, 9936."""

    class Base(orm.MappedAsDataclass, orm.DeclarativeBase):
        pass

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        number: Mapped[int] = mapped_column(default=lambda: 5, init=False)

    Base.metadata.create_all(engine)
    item = Item(id=1)
    say(item.number)
    with Session(engine) as session:
        session.add(item)
        session.commit()
        say(item.number)


@both("sqlite")
def test_one_construct_for_two_attributes(engine, say):
    """2.0.17, 3532; 2.0.8, 9537."""
    Base = new_base()

    class Node(Base):
        __tablename__ = "node"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey("node.id"))
        parent = relationship("Node", remote_side=id)
        above = parent
        nothing = sa.column("z")
        labelled = sa.literal_column("1").label("q")
        kept = orm.column_property(sa.literal_column("5"))

    say(sorted(Node.__mapper__.attrs.keys()))


@both("sqlite")
def test_names_of_enums_in_the_map(engine, say):
    """2.0.17, 9963."""

    class Colour(enum.Enum):
        a = 1
        b = 2

    for types in (
        {enum.Enum: sa.Enum(enum.Enum, name="foo")}, {Colour: sa.Enum("a", "b", name="bar")}, {Literal: sa.Enum(enum.Enum, name="lit")},
        {enum.Enum: sa.Enum(enum.Enum, native_enum=False, length=30)}, {},
    ):  # fmt: skip
        Base = new_base(type_annotation_map=types)

        class Item(Base):
            __tablename__ = "item"
            id: Mapped[int] = mapped_column(primary_key=True)
            colour: Mapped[Colour]
            word: Mapped[Literal["p", "q"]]

        say(
            [
                (c.type.name, c.type.enums, c.type.native_enum, c.type.length)
                for c in list(Item.__table__.c)[1:]
            ]
        )


@both("sqlite")
def test_deferred_reflection_of_views(engine, say):
    """2.0.16, 9828."""
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE item (id INTEGER PRIMARY KEY, name VARCHAR)")
        connection.exec_driver_sql("CREATE VIEW seen AS SELECT id, name FROM item")

    class Reflected(DeferredReflection, new_base()):
        __abstract__ = True

    class Item(Reflected):
        __tablename__ = "item"

    class Seen(Reflected):
        __tablename__ = "seen"
        id: Mapped[int] = mapped_column(primary_key=True)

    with engine.connect() as connection:
        Reflected.prepare(connection, views=True)
    say(sorted(Item.__mapper__.attrs.keys()), sorted(Seen.__mapper__.attrs.keys()))


@both("sqlite")
def test_attributes_in_the_place_of_others(engine, say):
    """2.0.16, 9841 and 9869; 2.0.0rc1, 4629."""
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

        def children(self):
            return []

    table = Item.__table__
    Item.__mapper__.add_property("name", orm.column_property(table.c.name + "x"))
    say("placed")
    Item.plain = 5
    Item.__mapper__.add_property("plain", orm.column_property(table.c.name + "y"))
    Item.new = orm.column_property(table.c.name + "z")
    say("again")
    Item.new = orm.column_property(table.c.name + "w")
    texts(say, select(Item.new))

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
        item: Mapped[Item] = relationship(backref="children")

    orm.configure_mappers()
    say("no table")
    with say.error(message=False):
        orm.registry().map_imperatively(type("Other", (), {}), Item)


@both("sqlite")
def test_parameters_in_values_of_an_insert(engine, say):
    """2.0.11, 9583; 2.0.20, 10192."""
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[Optional[str]]

    Base.metadata.create_all(engine)
    given = sa.bindparam("x")
    with Session(engine) as session:
        session.execute(
            insert(Item).values(id=sa.bindparam("i"), name=given), [{"i": 1, "x": "a"}, {"i": 2, "x": "b"}]
        )
        session.execute(insert(Item).values(name=func.lower(given)), {"id": 5, "x": "QQ"})
        session.execute(
            insert(Item).values(name=func.lower(given)), [{"id": 6, "x": "QQ"}, {"id": 7, "x": "WW"}]
        )
        found = session.scalars(
            insert(Item).values(name=func.upper(given)).returning(Item), [{"x": "aa"}, {"x": "bb"}]
        )
        say([(item.id, item.name) for item in found])
        say(session.execute(select(Item.id, Item.name).order_by(Item.id)).all())
        with say.error(message=False):
            session.execute(insert(Item).returning(sa.text("*")), [{"id": 8}, {"id": 9}])


@both("sqlite")
def test_listeners_of_a_composite(engine, say):
    """2.0.6, 9460."""
    Base = new_base()

    @dataclasses.dataclass
    class Point:
        x: Optional[int]
        y: Optional[int]

        def __repr__(self):
            return f"Point({self.x}, {self.y})"

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        p: Mapped[Point] = composite(mapped_column("x1"), mapped_column("y1"), active_history=True)
        q: Mapped[Point] = composite(mapped_column("x2"), mapped_column("y2"))

    Base.metadata.create_all(engine)
    for attribute in (Item.p, Item.q):
        event.listen(attribute, "set", lambda target, value, old, initiator: say(value, old))
    with Session(engine) as session:
        item = Item(id=1)
        item.q = Point(3, 4)
        session.add(item)
        session.commit()
        item.p = Point(5, 6)
        item.q = Point(7, 8)
        item.p = None


@both("sqlite")
def test_keys_that_are_none(engine, say):
    """2.0.5, 9424 and 9418."""
    for ignores in (False, True):
        Base = new_base()

        class Owner(Base):
            __tablename__ = "owner"
            id: Mapped[int] = mapped_column(primary_key=True)
            notes: Mapped[dict[str, "Note"]] = relationship(
                collection_class=orm.attribute_keyed_dict("word", ignore_unpopulated_attribute=ignores),
                back_populates="owner",
            )

        class Note(Base):
            __tablename__ = "note"
            id: Mapped[int] = mapped_column(primary_key=True)
            word: Mapped[Optional[str]]
            owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))
            owner: Mapped[Owner] = relationship(back_populates="notes")

        owner = Owner()
        Note(word=None).owner = owner
        say(list(owner.notes))
        with say.error(message=False):
            say(len(Owner(notes={None: Note(word=None)}).notes))
        owner = Owner(notes={"x": Note(word="x")})
        say(list(type(owner.notes)(dict(owner.notes))), list(owner.notes.copy()))


@both("sqlite")
def test_refresh_of_a_changed_key(engine, say):
    """2.0.0rc1, 8703; 2.0.0rc1, 7837."""
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[Optional[str]]

    Base.metadata.create_all(engine)

    class Choosing(Session):
        def get_bind(self, mapper=None, *, clause=None, place=None, **kw):
            if place is not None:
                say(place, mapper is not None, clause is not None)
            return engine

    with Choosing(autoflush=False) as session:
        item = Item(id=1)
        session.add(item)
        session.commit()
        session.expunge_all()
        item = session.get(Item, 1, bind_arguments={"place": "here"})
        item.id = 77
        session.refresh(item)
        say(item.id)
        item.id = 77
        with say.error(message=False):
            session.refresh(item, ["name"])


@both("sqlite")
def test_primary_keys_by_the_names_of_attributes(engine, say):
    """2.0.2, 9240."""

    class Item(new_base()):
        __tablename__ = "item"
        a: Mapped[int]
        b: Mapped[int] = mapped_column("bb")
        __mapper_args__ = {"primary_key": ["a", "b"]}

    say([column.name for column in sa.inspect(Item).primary_key])
    with say.error(message=False):

        class Wrong(new_base()):
            __tablename__ = "item"
            a: Mapped[int]
            __mapper_args__ = {"primary_key": ["q"]}


@both("sqlite")
def test_text_whose_columns_stand_in_order(engine, say):
    """2.0.2, 9217."""
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Item(id=1, name="x"))
        session.commit()
        text = sa.text("SELECT name AS q, id AS z FROM item").columns(Item.name, Item.id)
        say([(item.id, item.name) for item in session.scalars(select(Item).from_statement(text))])


@both("sqlite")
def test_plain_fields_of_dataclass_bases(engine, say):
    """2.0.1, 9179."""

    class Base(orm.MappedAsDataclass, orm.DeclarativeBase):
        given: dataclasses.InitVar[int]

        def __post_init__(self, given):
            self.seen = given

    class Abstract(Base):
        __abstract__ = True
        plain: int = 3

    class Item(Abstract):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True, default=None)

    item = Item(given=5, id=1)
    say(item.seen, item.id, item.plain, Item(given=5, plain=9, id=2).plain)
    say([field.name for field in dataclasses.fields(Item)], [column.name for column in Item.__table__.c])


@both("sqlite")
def test_merge_of_what_was_loaded_elsewhere(engine, say):
    """1.4.45, 8862; 1.4.41, 8446."""
    Base = new_base()

    class Owner(Base):
        __tablename__ = "owner"
        id: Mapped[int] = mapped_column(primary_key=True)
        facts: Mapped[Optional[dict]] = mapped_column(MutableDict.as_mutable(sa.JSON))
        notes: Mapped[list["Note"]] = relationship(lazy="raise")
        seen: Mapped[list["Note"]] = relationship(viewonly=True)

    class Note(Base):
        __tablename__ = "note"
        id: Mapped[int] = mapped_column(primary_key=True)
        owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))

    Base.metadata.create_all(engine)
    say(Owner.seen.property.cascade)
    with Session(engine) as session:
        session.add(Owner(id=1, facts={"a": 1}, notes=[Note(id=1)]))
        session.commit()
        owner = session.scalars(
            select(Owner).options(orm.selectinload(Owner.notes), orm.selectinload(Owner.seen))
        ).one()
        for load in (False, True):
            session.expunge_all()
            merged = session.merge(owner, load=load)
            say("seen" in merged.__dict__, "notes" in merged.__dict__, merged.seen[0] is merged.notes[0])
            merged.facts["b"] = 2
            say(merged in session.dirty)
            session.commit()
            say(merged.facts)


@both("sqlite")
def test_joins_whose_columns_are_replaced(engine, say):
    """1.4.37, 8001."""
    Base = new_base()

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[int] = mapped_column(ForeignKey("a.id"))

    a, b = A.__table__, B.__table__
    for statement in (select(A.id, B.id).join(B, A.id == B.a_id), select(a.c.id).join(b, a.c.id == b.c.a_id)):
        texts(
            say,
            statement.with_only_columns(func.count()),
            statement.with_only_columns(B.id),
            statement.with_only_columns(B.id, A.id),
        )


@both("sqlite")
def test_columns_of_mixins_below_mixins(engine, say):
    """1.4.40, 8190."""

    class Numbers:
        number = sa.Column(sa.Integer)
        other: Mapped[Optional[int]] = mapped_column()

    class Twice(Numbers):
        @orm.declared_attr
        def twice(cls) -> Mapped[int]:
            return orm.column_property(cls.number * 2 + cls.other)

    Base = new_base()

    class A(Twice, Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    class B(Twice, Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)

    texts(say, select(A.twice), select(B.twice))
    say([column.name for column in A.__table__.c])


@both("sqlite")
def test_what_a_proxy_cannot_show(engine, say):
    """1.4.33, 7827; 1.4.43, 8711."""
    Base = new_base()

    class Owner(Base):
        __tablename__ = "owner"
        id: Mapped[int] = mapped_column(primary_key=True)
        tags: Mapped[list["Tag"]] = relationship()
        shown = association_proxy("tags", "shown")
        nothing = association_proxy("tags", "nothing")

    class Tag(Base):
        __tablename__ = "tag"
        id: Mapped[int] = mapped_column(primary_key=True)
        owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))

        @hybrid_property
        def shown(self):
            return self.missing.upper()

    for attempt in (lambda: Owner.shown == "x", lambda: Owner.shown.any(), lambda: Owner.nothing == 5):
        with say.error(message=False):
            attempt()
    with say.error(message=False):
        orm.selectinload(Owner.tags).options(orm.with_loader_criteria(Tag, Tag.id > 1))
