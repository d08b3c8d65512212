"""What SQLAlchemy's changelogs say of the ORM, 2.0.24 to 2.0.50: programs that once found a difference, or pin what matters."""

import dataclasses
import enum
import pickle
from typing import Annotated, Optional, TypeVar

import sqlalchemy as sa
from sqlalchemy import ForeignKey, String, event, func, insert, literal, orm, select, update
from sqlalchemy.orm import Mapped, Session, aliased, composite, mapped_column, relationship
from twins import both
from typing_extensions import TypeAliasType


def new_base(**body):
    return type("Base", (orm.DeclarativeBase,), body)


def texts(say, *statements):
    for statement in statements:
        say(" ".join(str(statement).split()))


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
