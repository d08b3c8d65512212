"""What a declarative class body becomes: columns, their order, types and nullability; mixins; errors."""

import enum
import uuid
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

import pytest

from sublimate import JSON, Column, ForeignKey, Index, Integer, MetaData, Numeric, String, Text, func, select
from sublimate import exc as core_exc
from sublimate.orm import (
    DeclarativeBase,
    DeclarativeBaseNoMeta,
    Mapped,
    MappedAsDataclass,
    add_mapped_attribute,
    column_property,
    declarative_base,
    declared_attr,
    deferred,
    mapped_column,
    registry,
    relationship,
    synonym,
)
from sublimate.orm.declarative.class_body import merged_order
from sublimate.orm.exc import MappedAnnotationError


@pytest.fixture
def base():
    class Base(DeclarativeBase):
        pass

    return Base


class Color(enum.Enum):
    RED = 1
    BLUE = 2


def columns(cls: Any) -> dict[str, str]:
    return {c.key: f"{c.type!r} {'null' if c.nullable else 'not null'}" for c in cls.__table__.c}


def test_types_and_nullability_come_from_the_annotation(base):
    class Thing(base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        nick: Mapped[str | None]
        old: Mapped[float | None]
        made: Mapped[datetime]
        price: Mapped[Decimal]
        token: Mapped[uuid.UUID]
        color: Mapped[Color]
        kind: Mapped[Literal["a", "b"]]
        text: Mapped["str | None"]

    assert columns(Thing) == {
        "id": "Integer() not null",
        "name": "String() not null",
        "nick": "String() null",
        "old": "Double() null",
        "made": "DateTime() not null",
        "price": "Numeric() not null",
        "token": "Uuid() not null",
        "color": "Enum('RED', 'BLUE', name='color') not null",
        "kind": "Enum('a', 'b', native_enum=False) not null",
        "text": "String() null",
    }


def test_explicit_nullable_and_type_win(base):
    class Thing(base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[str | None] = mapped_column(nullable=False)
        b: Mapped[str] = mapped_column(Text, nullable=True)

    assert columns(Thing)["a"] == "String() not null"
    assert columns(Thing)["b"] == "Text() null"


def test_annotated_columns_are_templates(base):
    key = Annotated[int, mapped_column(primary_key=True)]
    name = Annotated[str, mapped_column(String(30), index=True, default="x")]
    owner = Annotated[int, mapped_column(ForeignKey("thing.id"))]

    class Thing(base):
        __tablename__ = "thing"
        id: Mapped[key]
        a: Mapped[name]
        b: Mapped[name | None] = mapped_column(default="y")
        owner_id: Mapped[owner]

    table = Thing.__table__
    assert table.primary_key.columns.keys() == ["id"]
    assert repr(table.c.a.type) == "String(length=30)" and table.c.a.default.arg == "x"
    assert table.c.b.default.arg == "y" and table.c.b.nullable and table.c.b.index
    assert {c.name for i in table.indexes for c in i.columns} == {"a", "b"}
    assert [fk.column for fk in table.c.owner_id.foreign_keys] == [table.c.id]


def test_the_type_annotation_map_takes_exact_types_and_annotated_ones():
    short = Annotated[str, 20]

    class Base(DeclarativeBase):
        type_annotation_map = {
            str: String(99),
            short: String(20),
            Decimal: Numeric(10, 2),
            dict[str, Any]: JSON,
        }

    class Thing(Base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[str]
        b: Mapped[short]
        c: Mapped[Decimal | None]
        d: Mapped[dict[str, Any]]

    shown = [repr(c.type) for c in Thing.__table__.c][1:]
    assert shown == ["String(length=99)", "String(length=20)", "Numeric(precision=10, scale=2)", "JSON()"]


def test_own_columns_come_first_then_those_of_mixins_and_sort_order_moves_them(base):
    class Mixin:
        z: Mapped[int]
        y = Column(Integer)
        late: Mapped[int] = mapped_column(sort_order=5)

    class Thing(Mixin, base):
        __tablename__ = "thing"
        b = Column(Integer)
        id: Mapped[int] = mapped_column(primary_key=True)
        c: Mapped[int]
        first = mapped_column(Integer, sort_order=-1)

    assert Thing.__table__.c.keys() == ["first", "b", "id", "c", "y", "z", "late"]


def test_merged_order_keeps_both_lists_orders():
    assert merged_order(["b", "id", "d", "f"], ["a", "c", "id", "e"]) == ["b", "a", "c", "id", "e", "d", "f"]
    assert merged_order([], ["a"]) == ["a"]
    assert merged_order(["a", "b"], ["b", "a"]) and set(merged_order(["a", "b"], ["b", "a"])) == {"a", "b"}


def test_each_class_gets_its_own_copy_of_a_mixins_column(base):
    class Stamped:
        at: Mapped[datetime] = mapped_column(server_default=func.now())

    class A(Stamped, base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    class B(Stamped, base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)

    assert A.__table__.c.at is not B.__table__.c.at
    assert A.__table__.c.at.server_default is not None


def test_declared_attr_is_worked_out_for_each_class(base):
    class Owned:
        @declared_attr.directive
        def __tablename__(cls) -> str:
            return cls.__name__.lower()

        @declared_attr
        def owner_id(cls) -> Mapped[int]:
            return mapped_column(ForeignKey("user.id"))

        @declared_attr
        def owner(cls) -> Mapped["User"]:
            return relationship()

    class User(base):
        __tablename__ = "user"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Note(Owned, base):
        id: Mapped[int] = mapped_column(primary_key=True)

    class File(Owned, base):
        id: Mapped[int] = mapped_column(primary_key=True)

    assert File.__table__.name == "file"
    assert Note.owner.property.mapper.class_ is User
    assert str(File.owner.property.primaryjoin) == '"user".id = file.owner_id'


def test_a_relationship_on_a_mixin_needs_declared_attr(base):
    class Mixin:
        other: Mapped["Any"] = relationship("Other")

    with pytest.raises(core_exc.InvalidRequestError, match="must be declared as @declared_attr"):

        class Thing(Mixin, base):
            __tablename__ = "thing"
            id: Mapped[int] = mapped_column(primary_key=True)


def test_columns_may_be_used_in_table_args(base):
    class Thing(base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50))
        __table_args__ = (Index("ix_lower", func.lower(name), unique=True), {"comment": "things"})

    (index,) = Thing.__table__.indexes
    assert index.unique and str(index.expressions[0]) == "lower(thing.name)"
    assert Thing.__table__.comment == "things"


def test_a_class_may_have_a_ready_table():
    class Base(DeclarativeBase):
        metadata = MetaData()

    from sublimate import Table

    class Thing(Base):
        __table__ = Table(
            "thing", Base.metadata, Column("id", Integer, primary_key=True), Column("name", String)
        )

    assert Thing.__mapper__.attrs.keys() == ["id", "name"]


def test_class_vars_and_plain_attributes_are_left_alone(base):
    class Thing(base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        limit: ClassVar[int] = 5
        label = "x"

    assert Thing.__mapper__.attrs.keys() == ["id"]
    assert Thing.limit == 5


def test_attributes_added_later_are_mapped(base):
    class Thing(base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)

    Thing.name = mapped_column("name", String(10))
    Thing.alias = synonym("name")
    assert str(Thing.alias == "x") == "thing.name = :name_1"
    assert Thing(name="y").alias == "y"


def test_a_base_without_metaclass_uses_add_mapped_attribute():
    class Base(DeclarativeBaseNoMeta):
        pass

    class Thing(Base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)

    add_mapped_attribute(Thing, "name", Column("name", String))
    assert str(Thing.name == "x") == "thing.name = :name_1"


def test_decorators_and_factories_map_as_well():
    reg = registry()

    @reg.mapped
    class A:
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    Base = declarative_base()

    class B(Base):
        __tablename__ = "b"
        id = Column(Integer, primary_key=True)
        name = Column(String)

    assert A.__table__.name == "a"
    assert B(name="x").name == "x"
    assert B.metadata is Base.metadata


def test_deferred_and_expression_attributes(base):
    class Thing(base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        first: Mapped[str] = mapped_column()
        body: Mapped[str] = mapped_column(Text, deferred=True)
        old: Mapped[str] = deferred(Column(Text))
        loud: Mapped[str] = column_property(first + "!")

    mapper = Thing.__mapper__
    assert mapper.attrs.body.deferred and mapper.attrs.old.deferred
    assert (
        str(select(Thing)) == "SELECT thing.first || :param_1 AS anon_1, thing.id, thing.first \nFROM thing"
    )


def test_dataclasses_get_their_init_and_repr():
    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    class Point(Base):
        __tablename__ = "point"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        x: Mapped[int]
        y: Mapped[int] = mapped_column(default=7)
        tags: Mapped[list["Tag"]] = relationship(default_factory=list)

    class Tag(Base):
        __tablename__ = "tag"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        point_id: Mapped[int] = mapped_column(ForeignKey("point.id"), init=False)

    point = Point(1, tags=[Tag()])
    assert (point.x, point.y, len(point.tags)) == (1, 7, 1)
    assert "x=1, y=7" in repr(point)
    with pytest.raises(TypeError):
        Point()


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        (
            {"__annotations__": {"id": Mapped[int]}},
            core_exc.ArgumentError,
            "could not assemble any primary key columns for mapped table 'thing'",
        ),
        (
            {"__annotations__": {"x": Mapped[object]}},
            MappedAnnotationError,
            "Could not locate SQLAlchemy Core type .* for the 'x' attribute",
        ),
        (
            {"__annotations__": {"x": Mapped["Nowhere"]}},
            MappedAnnotationError,
            "Could not resolve all types within mapped annotation",
        ),
        (
            {"x": mapped_column()},
            core_exc.ArgumentError,
            'Python typing annotation is required for attribute "Thing.x"',
        ),
        ({"x": relationship()}, core_exc.ArgumentError, 'annotation is required for attribute "Thing.x"'),
    ],
)
def test_what_cannot_be_understood_is_told_by_name(base, body, error, words):
    with pytest.raises(error, match=words):
        type("Thing", (base,), {"__tablename__": "thing", **body})


def test_a_plain_annotation_is_refused_unless_allowed(base):
    with pytest.raises(
        MappedAnnotationError, match=r'Type annotation for "Thing.id" can\'t be correctly interpreted'
    ):

        class Thing(base):
            __tablename__ = "thing"
            id: int = mapped_column(primary_key=True)

    class Allowed(base):
        __tablename__ = "allowed"
        __allow_unmapped__ = True
        id: int = Column(Integer, primary_key=True)


def test_a_class_without_table_is_told(base):
    with pytest.raises(core_exc.InvalidRequestError, match="does not have a __table__ or __tablename__"):

        class Thing(base):
            id: Mapped[int] = mapped_column(primary_key=True)


def test_the_root_base_itself_cannot_be_mapped():
    with pytest.raises(core_exc.InvalidRequestError, match="Cannot use 'DeclarativeBase' directly"):

        class Thing(DeclarativeBase):
            __tablename__ = "thing"
            id: Mapped[int] = mapped_column(primary_key=True)
