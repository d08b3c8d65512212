"""What SQLAlchemy's changelogs say of the ORM, 2.1: programs that once found a difference, or pin what matters."""

import dataclasses
import operator
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy import ForeignKey, String, event, func, insert, literal, orm, select, update
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, Session, aliased, composite, mapped_column, relationship
from twins import both


def new_base(**body):
    return type("Base", (orm.DeclarativeBase,), body)


def texts(say, *statements):
    for statement in statements:
        say(" ".join(str(statement).split()))


@both("sqlite")
def test_a_mixin_sets_up_a_base(engine, say):
    """2.1, 13198."""
    there = sa.MetaData()
    registry = orm.registry()

    class Settings:
        metadata = there
        type_annotation_map = {str: String(33)}

    class Base(Settings, orm.DeclarativeBase):
        pass

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    say(Base.metadata is there, Item.__table__.c.name.type, Base.registry.metadata is there)

    class Registered:
        pass

    Registered.registry = registry

    class Other(Registered, orm.DeclarativeBase):
        pass

    say(Other.registry is registry, Other.metadata is registry.metadata)


@both("sqlite")
def test_what_is_no_name_for_the_other_side(engine, say):
    """2.1, 10050, 10564 and 10500."""
    Base = new_base()

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        children: Mapped[list["Child"]] = relationship(back_populates=lambda: 5)

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))

    with say.error(message=False):
        orm.configure_mappers()
    Base.registry.dispose()
    Base = new_base()

    class Left(Base):
        __tablename__ = "left"
        id: Mapped[int] = mapped_column(primary_key=True)
        rights: Mapped[list["Right"]] = relationship(secondary="Link")

    class Right(Base):
        __tablename__ = "right"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Link(Base):
        __tablename__ = "link"
        left_id: Mapped[int] = mapped_column(ForeignKey("left.id"), primary_key=True)
        right_id: Mapped[int] = mapped_column(ForeignKey("right.id"), primary_key=True)

    with say.error(message=False):
        orm.configure_mappers()
    with say.error(message=False):
        event.listen(Link, "first_init", print)
    Base.registry.dispose()


@both("sqlite")
def test_deprecated_in_21(engine, say):
    """2.1, 10816, 11045, 9647 and 12441."""
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[Optional[str]]
        parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey("item.id"))
        parent: Mapped[Optional["Item"]] = relationship(lazy="noload", remote_side=lambda: Item.id)

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        first = Item(id=1)
        session.add_all([first, Item(id=2)])
        say("flush")
        session.flush([first])
        session.flush([])
        say(session.execute(select(Item.id), []).all())
    with say.error(message=False):
        orm.defer(Item.name, Item.id)
    say("params")
    (Item.id == sa.bindparam("q")).params(q=5)


@both("sqlite")
def test_a_listener_may_have_begun(engine, say):
    """2.1, 11163."""
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)

    Base.metadata.create_all(engine)
    event.listen(engine, "engine_connect", lambda connection: connection.execute(sa.text("SELECT 1")))
    for mode in ("rollback_only", "conditional_savepoint", "control_fully", "create_savepoint"):
        with Session(engine, join_transaction_mode=mode) as session:
            session.add(Item())
            session.commit()
            say(mode, session.scalar(select(func.count()).select_from(Item)))


@both("sqlite")
def test_operators_of_a_proxied_set(engine, say):
    """2.1, 11349."""
    Base = new_base()

    class Owner(Base):
        __tablename__ = "owner"
        id: Mapped[int] = mapped_column(primary_key=True)
        tags: Mapped[set["Tag"]] = relationship()
        names = association_proxy("tags", "name", creator=lambda name: Tag(name=name))

    class Tag(Base):
        __tablename__ = "tag"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))

    owner = Owner()
    for name in ("or_", "and_", "xor", "sub", "ior", "iand", "ixor", "isub"):
        for value in (["x"], "x", {"x", "z"}, None, frozenset(["x"]), ("y",)):
            owner.names = {"x", "y"}
            with say.error(message=False):
                say(name, sorted(getattr(operator, name)(owner.names, value)), sorted(owner.names))
    for name in ("intersection_update", "symmetric_difference_update", "difference_update", "update"):
        owner.names = {"x", "y"}
        getattr(owner.names, name)(["x", "q"])
        say(name, sorted(owner.names))


@both("sqlite")
def test_rows_of_no_subclass(engine, say):
    """2.1, 12395."""
    Base = new_base()

    class Animal(Base):
        __tablename__ = "animal"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

    class Dog(Animal):
        bark: Mapped[Optional[str]]
        __mapper_args__ = {"polymorphic_identity": "dog"}

    class Cat(Animal):
        purr: Mapped[Optional[str]]
        __mapper_args__ = {"polymorphic_identity": "cat"}

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Animal(id=1), Dog(id=2, bark="b"), Cat(id=3, purr="p")])
        session.commit()
        both_kinds = orm.with_polymorphic(Animal, [Dog, Cat])
        say([type(each).__name__ for each in session.scalars(select(both_kinds).order_by(both_kinds.id))])
        with say.error():
            session.scalars(select(both_kinds.Dog).order_by(both_kinds.id)).all()


@both("sqlite")
def test_hybrids_in_bulk(engine, say):
    """2.1, 12496."""
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[int]
        y: Mapped[int]

        @hybrid_property
        def pair(self):
            return self.x, self.y

        @pair.inplace.bulk_dml
        @classmethod
        def _pair_in_bulk(cls, mapping, value):
            mapping["x"], mapping["y"] = value

        @pair.inplace.update_expression
        @classmethod
        def _pair_in_update(cls, value):
            return [(cls.x, value[0]), (cls.y, value[1])]

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.execute(insert(Item), [{"id": 1, "pair": (1, 2)}, {"id": 2, "pair": (3, 4)}])
        session.execute(insert(Item).values(id=3, pair=(5, 6)))
        session.execute(insert(Item).values([{"id": 4, "pair": (7, 8)}]))
        session.execute(update(Item).where(Item.id == 3).values(pair=(50, 60)))
        session.execute(update(Item), [{"id": 1, "pair": (10, 20)}])
        say(session.execute(select(Item.id, Item.x, Item.y)).all())


@both("sqlite")
def test_when_a_composite_is_none(engine, say):
    """2.1, 12570."""
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
        always: Mapped[Point] = composite(mapped_column("x1"), mapped_column("y1"))
        never: Mapped[Optional[Point]] = composite(mapped_column("x2"), mapped_column("y2"))
        half: Mapped[Point] = composite(
            mapped_column("x3"), mapped_column("y3"), return_none_on=lambda x, y: x is None
        )
        told: Mapped[Optional[Point]] = composite(
            mapped_column("x4"), mapped_column("y4"), return_none_on=None
        )

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        item = Item(id=1)
        say(item.always, item.never, item.half, item.told)
        session.add(item)
        session.commit()
        item.never, item.half = Point(1, None), Point(None, 5)
        session.commit()
        say(item.always, item.never, item.half, item.told)
        item.always = item.never = None
        say(item.always, item.never)
        session.commit()
        say(item.always, item.never)


@both("sqlite")
def test_directions_of_a_composite(engine, say):
    """2.1, 12769."""
    Base = new_base()

    class Point:
        def __init__(self, x, y):
            self.x, self.y = x, y

    class Backwards(orm.CompositeProperty.Comparator):
        def desc(self):
            return sa.tuple_(*self.__clause_element__().clauses).desc()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        p: Mapped[Any] = composite(Point, mapped_column("x1", sa.Integer), mapped_column("y1", sa.Integer))
        q: Mapped[Any] = composite(
            Point,
            mapped_column("x2", sa.Integer),
            mapped_column("y2", sa.Integer),
            comparator_factory=Backwards,
        )

    for direction in (
        Item.p.desc(), sa.desc(Item.p), Item.p.asc().nulls_first(), sa.nulls_last(Item.p), sa.nulls_last(sa.desc(Item.p)),
        sa.desc(Item.q), sa.asc(Item.q), Item.q,
    ):  # fmt: skip
        texts(say, select(Item.id).order_by(direction))


@both("sqlite")
def test_columns_that_an_alias_does_not_have(engine, say):
    """2.1, 12838."""
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    named = select(Item.id, literal("x").label("name")).subquery()
    other = select(Item.id, Item.name.label("other")).subquery()
    texts(say, select(aliased(Item, named, adapt_on_names=True).name), select(aliased(Item, other).name))
    texts(say, select(aliased(Item, named).name))


@both("sqlite")
def test_keyword_only_fields_of_a_mixin(engine, say):
    """2.1, 12854."""
    registry = orm.registry()

    @orm.unmapped_dataclass(kw_only=True)
    class Dated:
        created: Mapped[Optional[str]] = mapped_column(default=None)

    @orm.mapped_as_dataclass(registry)
    class Item(Dated):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(default="z")

    item = Item(id=1, name="q", created="p")
    say(item.id, item.name, item.created, [column.name for column in Item.__table__.c])


@both("sqlite")
def test_join_from_says_where_from(engine, say):
    """2.1, 12931."""
    Base = new_base()

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[int] = mapped_column(ForeignKey("a.id"))

    class C(Base):
        __tablename__ = "c"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[int] = mapped_column(ForeignKey("a.id"))
        b_id: Mapped[int] = mapped_column(ForeignKey("b.id"))

    a, b, c = A.__table__, B.__table__, C.__table__
    texts(
        say,
        select(A).join_from(A, B).join_from(A, C),
        select(A).join_from(A, B).join_from(B, C),
        select(a).join_from(a, b).join_from(a, c),
        select(a).join_from(a, b).join_from(b, c, isouter=True),
        select(A).join(B).join(C),
    )


@both("sqlite")
def test_dictionaries_of_columns(engine, say):
    """2.1, 12960."""
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Item(id=1, name="x"))
        session.commit()
        bundle = orm.DictBundle("who", Item.id, Item.name.label("called"))
        say(session.execute(select(bundle)).all(), session.scalars(select(bundle)).all())
        nested = orm.DictBundle("outer", Item.id, orm.Bundle("inner", Item.name))
        say(session.execute(select(nested)).all(), session.query(bundle).one().who)


@both("sqlite")
def test_parameters_inside_an_alias(engine, say):
    """2.1, 7066."""
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Item(id=1, name="x"), Item(id=2, name="y")])
        session.commit()
        some = aliased(Item, select(Item).where(Item.id == sa.bindparam("q")).subquery())
        for number in (1, 2):
            statement = select(some).params({"q": number})
            say(
                session.scalars(statement).one().name, session.scalars(statement.order_by(some.id)).one().name
            )
            say(session.scalars(select(select(some.name).params(q=number).subquery())).all())
        say(session.scalars(select(some).params(q=1), {"q": 2}).one().name)
