"""Declarative mapping: its styles, tables, mapper arguments, mixins."""

import datetime
import decimal
import enum
import uuid
from typing import Annotated, Any, Literal, NewType, Union

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    inspect,
    select,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    DeclarativeBaseNoMeta,
    Mapped,
    Session,
    add_mapped_attribute,
    as_declarative,
    column_property,
    configure_mappers,
    declarative_base,
    declarative_mixin,
    declared_attr,
    deferred,
    has_inherited_table,
    mapped_column,
    reconstructor,
    registry,
    relationship,
    synonym,
    undefer,
)
from sqlalchemy.schema import CreateTable
from twins import both


def table_of(cls):
    return str(CreateTable(cls.__table__))


def columns_of(cls):
    return [(c.key, c.name, repr(c.type), c.nullable, c.primary_key) for c in cls.__table__.c]


@both("sqlite")
def test_styles(engine, say):
    """Base class, generated base, decorator, imperative: the same mapping."""

    class Base(DeclarativeBase):
        pass

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        data: Mapped[str | None]

    reg = registry()
    B_ = reg.generate_base()

    class B(B_):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        data: Mapped[str | None]

    class NoMeta(DeclarativeBaseNoMeta):
        pass

    class C(NoMeta):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        data: Mapped[str | None]

    other = registry()

    @other.mapped
    class D:
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        data: Mapped[str | None]

    third = registry()

    class E:
        pass

    third.map_imperatively(
        E, Table("a", third.metadata, Column("id", Integer, primary_key=True), Column("data", String))
    )

    @as_declarative()
    class F_:
        id = Column(Integer, primary_key=True)

        @declared_attr
        def __tablename__(cls):
            return cls.__name__.lower()

    class F(F_):
        data = Column(String)

    for cls in (A, B, C, D, E, F):
        say(
            columns_of(cls),
            cls(id=1, data="x").data if cls not in (D, E) else "",
            sorted(cls.__mapper__.attrs.keys()),
        )
    C.more = 1
    add_mapped_attribute(C, "extra", mapped_column(Integer))
    A.later = mapped_column(String(5))
    A.twice = column_property(A.__table__.c.id * 2)
    A.alias = synonym("data")
    say(sorted(C.__mapper__.attrs.keys()), sorted(A.__mapper__.attrs.keys()), select(A))
    say(A.registry is Base.registry, A.metadata is Base.metadata, B_.registry is reg)


@both("sqlite")
def test_table_arguments(engine, say):
    class Base(DeclarativeBase):
        metadata = MetaData(
            schema="main",
            naming_convention={
                "ix": "ix_%(column_0_label)s",
                "pk": "pk_%(table_name)s",
                "uq": "uq_%(table_name)s_%(column_0_name)s",
            },
        )

    class One(Base):
        __tablename__ = "one"
        __table_args__ = (
            UniqueConstraint("name", "size"),
            CheckConstraint("size > 0", name="positive"),
            Index("ix_both", "name", "size"),
            {"comment": "a table", "sqlite_autoincrement": True},
        )
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(20), index=True)
        size: Mapped[int]
        unique: Mapped[int] = mapped_column(unique=True)

    class Two(Base):
        __tablename__ = "two"
        __table_args__ = {"schema": None, "mysql_engine": "InnoDB"}
        id: Mapped[int] = mapped_column(primary_key=True)

    class Three(Base):
        __table__ = Table(
            "three",
            Base.metadata,
            Column("three_id", Integer, primary_key=True),
            Column("three_name", String(5)),
        )
        id = __table__.c.three_id
        name = __table__.c.three_name

    say(table_of(One), One.__table__.comment, sorted(i.name for i in One.__table__.indexes))
    say(One.__table__.schema, Two.__table__.schema, dict(Two.__table__.kwargs))
    say(select(Three), sorted(Three.__mapper__.attrs.keys()))


@both("sqlite")
def test_columns(engine, say):
    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column("thing_id", primary_key=True)
        a: Mapped[str] = mapped_column("a_name", String(30), key="a_key", default="x", doc="documented")
        b: Mapped[int | None] = mapped_column(server_default="5", comment="five")
        c: Mapped[int] = mapped_column(nullable=True)
        d: Mapped[int | None] = mapped_column(nullable=False)
        e = mapped_column(Integer, Computed("thing_id + 1"))
        f = mapped_column("f", BigInteger, info={"x": 1})
        g: Mapped[str] = mapped_column(Text, deferred=True, deferred_group="big")
        h: Mapped[str] = mapped_column(Text, deferred=True, deferred_raiseload=True)
        i: Mapped[int] = mapped_column(Identity(start=5), sort_order=-1)
        j: Mapped[datetime.datetime] = mapped_column(insert_default=func.now(), onupdate=func.now())
        k: Mapped[str] = deferred(Column(String(3)), group="big")

    say(columns_of(Thing))
    say(select(Thing), select(Thing).options(undefer(Thing.g)))
    say(
        Thing.a.doc if hasattr(Thing.a, "doc") else "",
        Thing.__doc__,
        Thing.a.__doc__,
        Thing.__table__.c.f.info,
    )
    say(table_of(Thing))
    with say.error():
        Thing.e.nothing


str50 = Annotated[str, 50]
intpk = Annotated[int, mapped_column(primary_key=True)]
required = Annotated[str, mapped_column(String(40), nullable=False)]
timestamp = Annotated[
    datetime.datetime, mapped_column(nullable=False, server_default=func.CURRENT_TIMESTAMP())
]
owner_fk = Annotated[int, mapped_column(ForeignKey("owner.id"))]
money = Annotated[decimal.Decimal, "money"]
Code = NewType("Code", str)


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"


Status = Literal["open", "closed"]


@both("sqlite")
def test_annotations(engine, say):
    class Base(DeclarativeBase):
        type_annotation_map = {
            str50: String(50),
            money: Numeric(12, 4),
            Code: String(8),
            dict[str, Any]: JSON,
            Union[list[str], None]: JSON(none_as_null=True),
            int: BigInteger().with_variant(Integer, "sqlite"),
            Literal["x", "y"]: Enum("x", "y", name="xy"),
        }

    class Owner(Base):
        __tablename__ = "owner"
        id: Mapped[intpk]
        name: Mapped[required]
        long: Mapped[str50]
        maybe: Mapped[str50 | None]
        price: Mapped[money]
        code: Mapped[Code]
        made: Mapped[timestamp]
        data: Mapped[dict[str, Any]]
        tags: Mapped[list[str] | None]
        color: Mapped[Color]
        status: Mapped[Status]
        xy: Mapped[Literal["x", "y"]]
        key: Mapped[uuid.UUID]
        number: Mapped[float]
        raw: Mapped[bytes]
        day: Mapped[datetime.date | None]
        span: Mapped[datetime.timedelta]
        flag: Mapped[bool]
        plain: Mapped["str | None"]
        parent_id: Mapped[owner_fk | None]

    say(columns_of(Owner))
    say(sorted(str(fk.column) for fk in Owner.__table__.foreign_keys))
    say(table_of(Owner))
    say.hears_warnings = False  # about names that are used again
    for wrong in (object, dict, Union[int, str], Literal[1, 2]):
        with say.error(message=False):

            class Wrong(Base):
                __tablename__ = "wrong"
                id: Mapped[intpk]
                what: Mapped[wrong]  # type: ignore[valid-type]

        Base.metadata.remove(Base.metadata.tables["wrong"]) if "wrong" in Base.metadata.tables else None


class HasId:
    id: Mapped[int] = mapped_column(primary_key=True)


class Stamped:
    created: Mapped[datetime.datetime] = mapped_column(default=func.now(), sort_order=10)
    updated: Mapped[datetime.datetime | None]


class Named:
    @declared_attr.directive
    def __tablename__(cls) -> str:
        return cls.__name__.lower()

    __table_args__ = {"mysql_engine": "InnoDB"}
    __mapper_args__ = {"eager_defaults": True}


class HasOwner:
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    @declared_attr
    def owner(cls) -> Mapped["Person"]:
        return relationship("Person", primaryjoin=lambda: Person_.id == cls.owner_id)

    @declared_attr
    def doubled(cls) -> Mapped[int]:
        return column_property(cls.owner_id * 2)


Person_ = None


@both()
def test_mixins(engine, say):
    global Person_

    class Base(DeclarativeBase):
        pass

    class Person(Named, HasId, Base):
        name: Mapped[str]

    Person_ = Person

    class Car(Named, Stamped, HasId, HasOwner, Base):
        title: Mapped[str]

    class Boat(Named, HasId, HasOwner, Base):
        __table_args__ = ({"sqlite_with_rowid": True},)
        length: Mapped[int] = mapped_column(default=3)

    Base.metadata.create_all(engine)
    say(
        [c.name for c in Car.__table__.c],
        [c.name for c in Boat.__table__.c],
        dict(Car.__table__.kwargs),
        dict(Boat.__table__.kwargs),
    )
    say(inspect(Car).eager_defaults, inspect(Boat).eager_defaults)
    with Session(engine) as session:
        ada = Person(name="ada")
        session.add_all([Car(title="t", owner=ada), Boat(owner=ada)])
        session.commit()
        say(session.scalars(select(Car)).one().owner.name, session.scalars(select(Boat)).one().doubled)
    say(select(Boat), Person.id is not Car.id, HasId.id is Person.id)


@both("sqlite")
def test_mixins_and_inheritance(engine, say):
    class Base(DeclarativeBase):
        pass

    class Tablename:
        @declared_attr.directive
        def __tablename__(cls) -> str | None:
            return None if has_inherited_table(cls) else cls.__name__.lower()

    class HasKey:
        @declared_attr.cascading
        def id(cls) -> Mapped[int]:
            if has_inherited_table(cls):
                return mapped_column(ForeignKey("root.id"), primary_key=True)
            return mapped_column(Integer, primary_key=True)

    class Root(HasKey, Base):
        __tablename__ = "root"
        type: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "root"}

    class Leaf(Root):
        __tablename__ = "leaf"
        extra: Mapped[int]
        __mapper_args__ = {"polymorphic_identity": "leaf"}

    class Single(Tablename, Base):
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]

        @declared_attr.directive
        def __mapper_args__(cls) -> dict[str, Any]:
            if cls.__name__ == "Single":
                return {"polymorphic_on": "kind", "polymorphic_identity": "Single"}
            return {"polymorphic_identity": cls.__name__}

    class Sub(Single):
        sub_data: Mapped[str | None]

    class Shared:
        @declared_attr
        def start(cls) -> Mapped[int | None]:
            return mapped_column(use_existing_column=True)

    class Left(Shared, Single):
        pass

    class Right(Shared, Single):
        pass

    say(select(Leaf), select(Root), select(Sub))
    say(
        [c.name for c in Single.__table__.c],
        Left.start.property.columns[0] is Right.start.property.columns[0],
    )
    say(inspect(Sub).polymorphic_identity, sorted(inspect(Single).polymorphic_map))

    class Abstract(Base):
        __abstract__ = True
        metadata = MetaData()
        common: Mapped[int] = mapped_column(primary_key=True)

    class Concrete(Abstract):
        __tablename__ = "concrete"

    say("concrete" in Base.metadata.tables, "concrete" in Abstract.metadata.tables, columns_of(Concrete))

    class Indexed:
        a: Mapped[int]
        b: Mapped[int]

        @declared_attr.directive
        def __table_args__(cls) -> tuple[Any, ...]:
            return (Index(f"ix_{cls.__tablename__}", "a", "b"),)

    class WithIndex(Indexed, Base):
        __tablename__ = "with_index"
        id: Mapped[int] = mapped_column(primary_key=True)

    say([i.name for i in WithIndex.__table__.indexes])


@both("sqlite")
def test_mapper_arguments(engine, say):
    class Base(DeclarativeBase):
        pass

    class Group(Base):
        __tablename__ = "grp"
        a: Mapped[int] = mapped_column(primary_key=True)
        b: Mapped[str]
        version: Mapped[int] = mapped_column("v")
        __mapper_args__ = {
            "version_id_col": version,
            "confirm_deleted_rows": False,
        }

    table = Table("view", Base.metadata, Column("x", Integer), Column("y", Integer), Column("z", Integer))

    class View(Base):
        __table__ = table
        __mapper_args__ = {
            "primary_key": [table.c.x, table.c.y],
            "include_properties": ["x", "y"],
            "column_prefix": "_",
        }

    say(sorted(inspect(Group).attrs.keys()), inspect(Group).version_id_col.name)
    say(inspect(View).primary_key, sorted(inspect(View).attrs.keys()), select(View))

    heard = []

    class Late(Base):
        __tablename__ = "late"
        id: Mapped[int] = mapped_column(primary_key=True)

        @classmethod
        def __declare_first__(cls):
            heard.append("first")

        @classmethod
        def __declare_last__(cls):
            heard.append("last")

        @reconstructor
        def on_load(self):
            heard.append("loaded")

    configure_mappers()
    say(heard)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Late(id=1))
        session.commit()
        session.expunge_all()
        session.get(Late, 1)
        say(heard)


@both("sqlite")
def test_old_styles(engine, say):
    Base = declarative_base(name="Root", metadata=MetaData(), class_registry={})

    @declarative_mixin
    class Mixin:
        note = Column(String(10))

    class Parent(Mixin, Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)
        children = relationship("Child", backref="parent", lazy="joined")

    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        parent_id = Column(Integer, ForeignKey("parent.id"))

    class Legacy(Base):
        __tablename__ = "legacy"
        __allow_unmapped__ = True
        id: int = Column(Integer, primary_key=True)
        other: str = "plain"

    say(Base.__name__, select(Parent), Legacy.other, sorted(inspect(Legacy).attrs.keys()))
    say(Parent(children=[Child()]).children[0].parent is not None)
