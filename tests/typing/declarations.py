"""Class bodies: what each construct makes of an attribute, with an annotation and without; mixins."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, assert_type

from models import Base
from sublimate import ForeignKey, Integer, Numeric, String, TypeDecorator, func, select
from sublimate.orm import (
    InstrumentedAttribute,
    Mapped,
    Mapper,
    attribute_keyed_dict,
    column_property,
    composite,
    declared_attr,
    deferred,
    mapped_column,
    query_expression,
    reconstructor,
    relationship,
    synonym,
    validates,
)


@dataclass
class Place:
    x: int
    y: int


class Cents(TypeDecorator[Decimal]):
    impl = Numeric
    cache_ok = True


class Owned:
    @declared_attr
    def owner_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("person.id"))

    @declared_attr
    def owner(cls) -> Mapped["Person"]:
        return relationship()

    @declared_attr
    def owners(cls) -> Mapped[list["Person"]]:
        return relationship()

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return "x"


class Thing(Owned, Base):
    id: Mapped[int] = mapped_column("key", Integer, ForeignKey("x.id"), primary_key=True)
    price: Mapped[Decimal] = mapped_column(Cents, nullable=False, index=True)


class Person(Base):
    __tablename__ = "person"
    __table_args__ = {"schema": "x"}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True, sort_order=5)
    untyped = mapped_column(String)
    untyped_relationship = relationship("Thing")
    things: Mapped[dict[str, Thing]] = relationship(
        collection_class=attribute_keyed_dict("id"),
        cascade="all, delete-orphan",
        lazy="selectin",
        order_by=Thing.id,
    )
    place: Mapped[Place] = composite(mapped_column("x"), mapped_column("y"))
    made = composite(lambda x, y: Place(x, y), "x", "y")
    shout: Mapped[str] = column_property(func.upper("x"))
    untyped_size = column_property(select(func.count(Thing.id)).scalar_subquery())
    asked: Mapped[int] = query_expression()
    later: Mapped[str] = deferred(mapped_column(String))
    alias: Mapped[str] = synonym("name")
    untyped_alias = synonym("name")

    @validates("name")
    def check(self, key: str, value: str) -> str:
        return value

    @reconstructor
    def loaded(self) -> None: ...


def instances(thing: Thing, person: Person) -> None:
    assert_type(thing.owner_id, int)
    assert_type(thing.owner, Person)
    assert_type(thing.owners, list[Person])
    assert_type(thing.price, Decimal)
    assert_type(person.things, dict[str, Thing])
    assert_type(person.place, Place)
    assert_type(person.made, Place)
    assert_type(person.shout, str)
    assert_type(person.asked, int)
    assert_type(person.later, str)
    assert_type(person.alias, str)
    assert_type(person.untyped, Any)
    assert_type(person.untyped_relationship, Any)
    assert_type(person.untyped_alias, Any)
    assert_type(person.check("name", "x"), str)


def classes() -> None:
    assert_type(Thing.owner_id, InstrumentedAttribute[int])
    assert_type(Thing.owners, InstrumentedAttribute[list[Person]])
    assert_type(Thing.__tablename__, str)
    assert_type(Person.untyped, InstrumentedAttribute[Any])
    assert_type(Person.untyped_relationship, InstrumentedAttribute[Any])
    assert_type(Person.place, InstrumentedAttribute[Place])
    assert_type(Person.made, InstrumentedAttribute[Place])
    assert_type(Person.__mapper__, Mapper[Any])


named: int = relationship("Thing")  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
lazy: Mapped[Thing] = relationship(lazy="maybe")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
target: Mapped[Thing] = relationship(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
number: Mapped[int] = mapped_column(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
other: Mapped[str] = column_property(Thing.id)  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
