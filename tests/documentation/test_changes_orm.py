"""What SQLAlchemy's changelogs say of the ORM, entry by entry: programs that once found a difference, or pin what matters."""

import dataclasses
import enum
import operator
import pickle
from typing import Annotated, Any, Literal, Optional, TypeVar

import sqlalchemy as sa
from sqlalchemy import ForeignKey, String, event, func, insert, literal, orm, select, update
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.declarative import DeferredReflection
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, Session, aliased, composite, mapped_column, relationship
from twins import both
from typing_extensions import TypeAliasType


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


@both("sqlite")
def test_get_without_a_lock_is_plain(engine, say):
    """2.0.49, 13176."""
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        item = Item(id=1)
        session.add(item)
        session.commit()
        session.refresh(item)
        with say.counting(engine) as statements:
            for lock in (False, None, True):
                session.get(Item, 1, with_for_update=lock)
                say(lock, len(statements))


@both("sqlite")
def test_criteria_of_a_union(engine, say):
    """2.0.44, 12905."""
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Item(id=1, name="a"), Item(id=2, name="b")])
        session.commit()
        for name in ("a", "b", "a"):
            both_ways = sa.union_all(select(Item.name), select(Item.name).where(Item.id > 0))
            say(session.execute(both_ways.options(orm.with_loader_criteria(Item, Item.name == name))).all())
        say(session.execute(both_ways).all())


@both("sqlite")
def test_an_existing_column_in_annotated(engine, say):
    """2.0.43, 12787."""
    Base = new_base()
    number = Annotated[int, mapped_column(use_existing_column=True)]

    class Animal(Base):
        __tablename__ = "animal"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

    class Dog(Animal):
        age: Mapped[number]
        __mapper_args__ = {"polymorphic_identity": "dog"}

    class Cat(Animal):
        age: Mapped[number]
        __mapper_args__ = {"polymorphic_identity": "cat"}

    say(
        [column.name for column in Animal.__table__.c],
        Dog.age.property.columns[0] is Cat.age.property.columns[0],
    )


@both("sqlite")
def test_options_for_the_columns_of_a_composite(engine, say):
    """2.0.42, 12593."""
    Base = new_base()

    @dataclasses.dataclass
    class Point:
        x: int
        y: int

        def __repr__(self):
            return f"Point({self.x}, {self.y})"

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        p: Mapped[Point] = composite(mapped_column("x1"), mapped_column("y1"))
        q: Mapped[Point] = composite(mapped_column("x2"), mapped_column("y2"), deferred=True, group="g")
        name: Mapped[str]

    for option in (
        orm.defer(Item.p),
        orm.undefer(Item.q),
        orm.load_only(Item.p),
        orm.load_only(Item.q, Item.name),
    ):
        texts(say, select(Item).options(option))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Item(id=1, p=Point(1, 2), q=Point(3, 4), name="x"))
        session.commit()
        session.expunge_all()
        item = session.scalars(select(Item).options(orm.defer(Item.p, raiseload=True))).one()
        with say.error(message=False):
            say(item.p)
        say(item.q)


@both("sqlite")
def test_generic_aliases_of_annotated(engine, say):
    """2.0.44, 12829; 2.0.37, 11370."""
    T = TypeVar("T")
    Indexed = TypeAliasType("Indexed", Annotated[T, mapped_column(index=True)], type_params=(T,))
    Base = new_base(type_annotation_map={Optional[str]: String(5)})

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[Indexed[str]]
        age: Mapped[Optional[Indexed[int]]]
        note: Mapped[Optional[str]]
        plain: Mapped[str]

    say([(column.name, repr(column.type), column.nullable, column.index) for column in Item.__table__.c])


@both("sqlite")
def test_what_listeners_are_told_of_a_statement(engine, say):
    """2.0.39, 12357; 2.0.15, 9805."""
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[Optional[str]]

    Base.metadata.create_all(engine)
    table = Item.__table__

    def heard(state):
        say(
            state.is_orm_statement,
            state.bind_mapper,
            [mapper.class_.__name__ for mapper in state.all_mappers],
        )

    with Session(engine) as session:
        event.listen(session, "do_orm_execute", heard)
        for statement in (
            select(Item.id + Item.id + Item.id), select(func.max(Item.id)), select(literal(1)).where(Item.id == 1), select(table),
            sa.text("SELECT 1"), select(func.count()).select_from(Item),
            select(table.c.id).where(table.c.id.in_(select(Item.id))), select(sa.cast(Item.id, String)),
            select(select(Item.id).limit(1).scalar_subquery()), select(select(Item.id).subquery().c.id), insert(Item),
            update(Item).values(name="x"), sa.delete(Item),
        ):  # fmt: skip
            session.execute(statement)


@both("sqlite")
def test_a_dataclass_has_no_table_of_its_own(engine, say):
    """2.0.36, 11973."""

    class Base(orm.MappedAsDataclass, orm.DeclarativeBase):
        pass

    with say.error(message=False):

        class Item(Base):
            __table__ = sa.Table("item", Base.metadata, sa.Column("id", sa.Integer, primary_key=True))


@both("sqlite")
def test_joins_of_tables_without_names_of_their_own(engine, say):
    """2.0.49, 13193 and 13209."""
    Base = new_base()

    class Company(Base):
        __tablename__ = "company"
        id: Mapped[int] = mapped_column(primary_key=True)
        people: Mapped[list["Person"]] = relationship(order_by="Person.id")

    class Person(Base):
        __tablename__ = "person"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        company_id: Mapped[Optional[int]] = mapped_column(ForeignKey("company.id"))
        notes: Mapped[list["Note"]] = relationship(order_by="Note.id")
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

    class Engineer(Person):
        __tablename__ = "engineer"
        id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "engineer"}

    class Note(Base):
        __tablename__ = "note"
        id: Mapped[int] = mapped_column(primary_key=True)
        person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Company(id=1, people=[Person(id=1), Engineer(id=2, notes=[Note(id=1)])]))
        session.commit()
        for flat in (False, True):
            some = orm.with_polymorphic(Person, [Engineer], flat=flat)
            step = orm.joinedload(Company.people.of_type(some))
            for option in (step.joinedload(some.Engineer.notes), step.selectinload(some.Engineer.notes)):
                session.expunge_all()
                with say.error(message=False):
                    company = session.scalars(select(Company).options(option)).unique().one()
                    with say.counting(engine, "touches"):
                        say([len(each.notes) for each in company.people if isinstance(each, Engineer)])


@both("sqlite")
def test_joined_loads_of_dml(engine, say):
    """2.0.35, 11853; 2.0.24, 10776."""
    Base = new_base()

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[Optional[str]]
        children: Mapped[list["Child"]] = relationship()

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for load in (orm.joinedload, orm.subqueryload, orm.selectinload):
            say(
                session.scalars(
                    insert(Parent).values(name="x").returning(Parent).options(load(Parent.children))
                )
                .one()
                .children
            )
        bundle = orm.Bundle("both", Parent.id, Parent.name)
        say(session.execute(insert(Parent).values(id=50, name="q").returning(bundle)).all())
        say(session.execute(update(Parent).where(Parent.id > 49).values(name="z").returning(bundle)).all())
        nested = orm.Bundle("outer", Parent.name, orm.Bundle("inner", Parent.id))
        say(session.execute(sa.delete(Parent).where(Parent.id > 49).returning(nested)).all())


@both("sqlite")
def test_names_of_flat_aliases(engine, say):
    """2.0.32, 11575 and 11592; 2.0.31, 11361."""
    Base = new_base()

    class Person(Base):
        __tablename__ = "person"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

    class Engineer(Person):
        __tablename__ = "engineer"
        id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "engineer"}

    texts(
        say, select(aliased(Engineer, name="foo", flat=True)), select(aliased(Person, name="foo", flat=True))
    )
    for options in ({}, {"aliased": True}, {"flat": True}):
        texts(say, select(orm.with_polymorphic(Person, [Engineer], name="foo", **options)))
    next_one = (Person.id + 1).label("next")
    for order in (
        next_one.nulls_first(),
        sa.nulls_last(next_one),
        next_one.desc().nulls_last(),
        sa.nulls_first(sa.desc("next")),
    ):
        texts(say, select(next_one).order_by(order))


@both("sqlite")
def test_bulk_keys(engine, say):
    """2.0.32, 11661; 2.0.30, 11332."""
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[Optional[str]]

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for rows in ([{"name": "a"}, {"name": "b"}], [{"name": "a", "id": 50}, {"name": "b"}]):
            session.bulk_insert_mappings(Item, rows, return_defaults=True)
            say(rows)
        items = [Item(name="x"), Item(name="y")]
        session.bulk_save_objects(items, return_defaults=True)
        say(
            [item.id for item in items],
            sa.inspect(items[0]).identity_key[1:],
            sa.inspect(items[0]).detached,
            items[0] in session,
        )


@both("sqlite")
def test_pickled_metadata_keeps_the_checks_of_types(engine, say):
    """2.0.31, 11365."""
    there = sa.MetaData()
    sa.Table(
        "item",
        there,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("done", sa.Boolean(create_constraint=True)),
        sa.Column("size", sa.Enum("s", "m", create_constraint=True, native_enum=False, name="sizes")),
    )
    again = pickle.loads(pickle.dumps(there))
    for metadata in (there, again):
        texts(say, sa.schema.CreateTable(metadata.tables["item"]).compile(engine))


@both("sqlite")
def test_tables_made_by_functions(engine, say):
    """2.0.31, 11509; 2.0.24, 10597; 2.0.26, 10899."""

    def own_table(cls):
        return sa.Table(cls.__name__.lower(), cls.metadata, sa.Column("id", sa.Integer, primary_key=True))

    class Base(orm.DeclarativeBase):
        __table__ = orm.declared_attr(own_table)

    class Item(Base):
        pass

    say(Item.__table__.name, sorted(Item.__mapper__.attrs.keys()))
    Plain = new_base()

    class Abstract(Plain):
        __abstract__ = True
        __table__ = orm.declared_attr.directive(own_table)

    class Other(Abstract):
        pass

    say(Other.__table__.name)

    class Node(Plain):
        __tablename__ = "node"

        class Colour(enum.Enum):
            red = 1
            blue = 2

        id: Mapped[int] = mapped_column(primary_key=True)
        colour: Mapped["Colour"]
        maybe: Mapped["Optional[Node.Colour]"] = mapped_column()
        parent_id = mapped_column(ForeignKey("node.id"))
        parent: Mapped["Node"] = relationship(primaryjoin=orm.remote(id) == orm.foreign(parent_id))

    orm.configure_mappers()
    say([(column.name, repr(column.type)) for column in Node.__table__.c])
    say(Node.parent.property.direction.name, Node.parent.property.primaryjoin)


@both("sqlite")
def test_what_from_statement_sends(engine, say):
    """2.0.30, 11220."""
    Base = new_base()

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)

    Base.metadata.create_all(engine)

    def heard(state):
        say(
            state.is_from_statement,
            state.is_select,
            state.is_insert,
            state.is_update,
            state.is_delete,
            state.is_executemany,
        )

    with Session(engine) as session:
        event.listen(session, "do_orm_execute", heard)
        for inner in (
            sa.text("SELECT * FROM item"), select(Item), insert(Item).values(id=7).returning(Item),
            update(Item).values(id=8).returning(Item), sa.delete(Item).returning(Item),
        ):  # fmt: skip
            say(len(session.scalars(select(Item).from_statement(inner)).all()))


@both("sqlite")
def test_composites_of_completed_subclasses(engine, say):
    """2.0.30, 11291 and 11327."""
    Base = new_base()

    @dataclasses.dataclass
    class Point:
        x: int
        y: int

    class Animal(Base):
        __tablename__ = "animal"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        p: Mapped[Point] = composite(mapped_column("x1"), mapped_column("y1"))
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

    class Dog(Animal):
        __tablename__ = "dog"
        id: Mapped[int] = mapped_column(ForeignKey("animal.id"), primary_key=True)
        bark: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "dog"}

    class Puppy(Dog):
        __tablename__ = "puppy"
        id: Mapped[int] = mapped_column(ForeignKey("dog.id"), primary_key=True)
        toy: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "puppy"}

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Animal(id=1, p=Point(1, 2)), Puppy(id=2, bark="b", toy="t", p=Point(3, 4))])
        session.commit()
        for classes in ([Dog], [Dog, Puppy], [Puppy]):
            session.expunge_all()
            found = session.scalars(
                select(Animal).options(orm.selectin_polymorphic(Animal, classes)).order_by(Animal.id)
            ).all()
            say([(sorted(sa.inspect(each).unloaded), each.p.x) for each in found])


@both("sqlite")
def test_contains_eager_stays_with_its_statement(engine, say):
    """2.0.30, 11292."""
    Base = new_base()

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        bs: Mapped[list["B"]] = relationship(order_by="B.id")

    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[int] = mapped_column(ForeignKey("a.id"))
        cs: Mapped[list["C"]] = relationship(order_by="C.id")

    class C(Base):
        __tablename__ = "c"
        id: Mapped[int] = mapped_column(primary_key=True)
        b_id: Mapped[int] = mapped_column(ForeignKey("b.id"))

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([A(id=i, bs=[B(cs=[C()]), B(cs=[C(), C()])]) for i in (1, 2)])
        session.commit()
        joined = select(A).join(A.bs).join(B.cs).order_by(A.id)
        for option in (
            orm.defaultload(A.bs).contains_eager(B.cs),
            orm.contains_eager(A.bs).contains_eager(B.cs),
        ):
            session.expunge_all()
            found = session.scalars(joined.options(option)).unique().all()
            say([[len(b.cs) for b in a.bs] for a in found])
            session.expire_all()
            say([[len(b.cs) for b in a.bs] for a in found])


@both("sqlite")
def test_conditions_on_an_association_table(engine, say):
    """2.0.28, 11010."""
    Base = new_base()
    link = sa.Table(
        "link",
        Base.metadata,
        sa.Column("a_id", ForeignKey("a.id")),
        sa.Column("b_id", ForeignKey("b.id")),
        sa.Column("flag", sa.Integer),
    )

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        bs: Mapped[list["B"]] = relationship(secondary=link)

    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)

    flagged, other_b = A.bs.and_(link.c.flag == 5), aliased(B)
    texts(say, select(A).join(flagged), select(A).outerjoin(A.bs.and_(link.c.flag == 5, B.id == 3)))
    texts(say, select(A).join(A.bs.of_type(other_b).and_(link.c.flag == 5, other_b.id == 7)))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(A(id=1, bs=[B(id=1), B(id=2)]))
        session.flush()
        session.execute(link.update().where(link.c.b_id == 1).values(flag=5))
        session.commit()
        for load in (orm.selectinload, orm.joinedload, orm.subqueryload, orm.lazyload):
            session.expunge_all()
            say([b.id for b in session.scalars(select(A).options(load(flagged))).unique().one().bs])


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
