"""Mapped classes: inheritance, mixins, dataclasses, hybrids, composites, column properties, versions, types, events."""

import dataclasses
import datetime as dt
import decimal
import enum
import pickle
import uuid
from typing import Annotated, Any, Optional

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Enum,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    event,
    func,
    inspect,
    select,
    types,
    update,
)
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.ext.mutable import MutableDict, MutableList
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Session,
    column_property,
    composite,
    declared_attr,
    mapped_column,
    object_mapper,
    query_expression,
    reconstructor,
    registry,
    relationship,
    selectin_polymorphic,
    synonym,
    undefer_group,
    validates,
    with_expression,
    with_polymorphic,
)
from twins import both

Key = Annotated[int, mapped_column(primary_key=True)]
Name = Annotated[str, 30]


class Base(DeclarativeBase):
    type_annotation_map = {Name: String(30), dict[str, Any]: JSON, decimal.Decimal: Numeric(10, 2)}
    metadata = MetaData(
        naming_convention={"ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s"}
    )


# ---- inheritance


class Employee(Base):
    __tablename__ = "employee"
    id: Mapped[Key]
    name: Mapped[Name]
    kind: Mapped[str]
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"))
    firm: Mapped[Optional["Firm"]] = relationship(back_populates="employees")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "employee"}

    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"


class Engineer(Employee):
    __tablename__ = "engineer"
    id: Mapped[int] = mapped_column(ForeignKey("employee.id"), primary_key=True)
    language: Mapped[str | None]
    __mapper_args__ = {"polymorphic_identity": "engineer"}


class Manager(Employee):
    __tablename__ = "manager"
    id: Mapped[int] = mapped_column(ForeignKey("employee.id"), primary_key=True)
    budget: Mapped[int] = mapped_column(default=0)
    reports: Mapped[list["Report"]] = relationship(back_populates="manager")
    __mapper_args__ = {"polymorphic_identity": "manager"}


class Report(Base):
    __tablename__ = "report"
    id: Mapped[Key]
    title: Mapped[str]
    manager_id: Mapped[int] = mapped_column(ForeignKey("manager.id"))
    manager: Mapped[Manager] = relationship(back_populates="reports")


class Firm(Base):
    __tablename__ = "firm"
    id: Mapped[Key]
    name: Mapped[Name]
    employees: Mapped[list[Employee]] = relationship(back_populates="firm", order_by=Employee.id)


class Vehicle(Base):
    __tablename__ = "vehicle"
    id: Mapped[Key]
    kind: Mapped[str]
    wheels: Mapped[int] = mapped_column(default=4)
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "vehicle"}


class Truck(Vehicle):
    load: Mapped[int | None] = mapped_column(use_existing_column=True)
    __mapper_args__ = {"polymorphic_identity": "truck"}


class Bike(Vehicle):
    gears: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "bike"}


def firm(engine):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(
            Firm(
                name="acme",
                employees=[
                    Engineer(name="eve", language="c"),
                    Manager(name="max", budget=9, reports=[Report(title="q1")]),
                    Employee(name="pat"),
                ],
            )
        )
        session.commit()
    return Session(engine)


@both()
def test_joined_inheritance(engine, say):
    with firm(engine) as session:
        say(session.scalars(select(Employee).order_by(Employee.id)).all())
        say(select(Engineer), session.scalars(select(Engineer).where(Engineer.language == "c")).all())
        say([e.budget for e in session.scalars(select(Employee)) if isinstance(e, Manager)])
        eve = session.scalars(select(Engineer)).one()
        eve.language, eve.name = "d", "eva"
        session.commit()
        say(session.execute(select(Engineer.name, Engineer.language)).all())
        session.delete(eve)
        session.commit()
        say(
            session.scalar(select(func.count()).select_from(Engineer.__table__)),
            session.get(Employee, 2),
            session.get(Engineer, 2),
        )


@both()
def test_with_polymorphic(engine, say):
    with firm(engine) as session:
        every = with_polymorphic(Employee, [Engineer, Manager])
        statement = (
            select(every)
            .where((every.Engineer.language == "c") | (every.Manager.budget > 5))
            .order_by(every.id)
        )
        say(statement, session.scalars(statement).all())
        statement = (
            select(Employee)
            .options(selectin_polymorphic(Employee, [Engineer, Manager]))
            .order_by(Employee.id)
        )
        say(["budget" in e.__dict__ for e in session.scalars(statement)])
        statement = select(Firm).join(Firm.employees.of_type(Engineer)).where(Engineer.language == "c")
        say(statement, session.scalars(statement).one().employees)
        statement = select(Firm.name).where(Firm.employees.of_type(Manager).any(Manager.budget == 9))
        say(statement, session.scalars(statement).all())


@both()
def test_single_table_inheritance(engine, say):
    firm(engine).close()
    with Session(engine) as session:
        session.add_all([Truck(load=3), Bike(gears=21, wheels=2), Vehicle()])
        session.commit()
        statement = select(Truck)
        say(statement, [t.load for t in session.scalars(statement)])
        say([(type(v).__name__, v.wheels) for v in session.scalars(select(Vehicle).order_by(Vehicle.id))])
        statement = select(Vehicle.id).where(Vehicle.kind.in_(["bike", "truck"])).order_by(Vehicle.id)
        say(session.scalars(statement).all(), session.scalar(select(func.count(Bike.id))))
        say(session.execute(update(Bike).values(gears=7)).rowcount, session.scalar(select(Bike.gears)))
        say(select(Bike.gears), Vehicle.__table__.c.keys(), sorted(inspect(Bike).attrs.keys()))


# ---- mixins and tables


class Stamped:
    created: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    revision: Mapped[int] = mapped_column(
        default=1, onupdate=lambda context: context.get_current_parameters().get("revision", 1) + 1
    )


class Named:
    @declared_attr.directive
    def __tablename__(cls):
        return cls.__name__.lower()

    id: Mapped[Key]
    name: Mapped[Name] = mapped_column(index=True)

    @declared_attr
    def owner_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("firm.id"))

    @declared_attr
    def owner(cls) -> Mapped[Firm | None]:
        return relationship(Firm)


class Gadget(Stamped, Named, Base):
    code: Mapped[str] = mapped_column("gadget_code", String(8), unique=True)
    __table_args__ = (
        CheckConstraint("length(gadget_code) > 1", name="long_code"),
        UniqueConstraint("name", "owner_id"),
    )


class Widget(Named, Base):
    price: Mapped[decimal.Decimal]
    amount: Mapped[int] = mapped_column(default=2)
    hidden: Mapped[str | None] = mapped_column(deferred=True, deferred_group="rare")
    secret: Mapped[str | None] = mapped_column(deferred=True, deferred_group="rare")
    bonus: Mapped[int | None] = query_expression()
    title: Mapped[str] = synonym("name")

    @hybrid_property
    def value(self):
        return self.price * self.amount

    @hybrid_property
    def upper(self) -> str:
        return self.name.upper()

    @upper.inplace.expression
    @classmethod
    def _upper(cls):
        return func.upper(cls.name)

    @upper.inplace.setter
    def _set_upper(self, value):
        self.name = value.lower()

    @hybrid_method
    def costs_over(self, limit):
        return self.price > limit

    @reconstructor
    def ready(self):
        self.loaded = True


Widget.doubled = column_property(Widget.amount * 2)


@both()
def test_mixins(engine, say):
    firm(engine).close()
    with Session(engine) as session:
        gadget = Gadget(name="g", code="abc", owner=session.get(Firm, 1))
        session.add(gadget)
        session.commit()
        say(gadget.revision, isinstance(gadget.created, dt.datetime), gadget.owner.name, gadget.owner_id)
        say(
            Gadget.__table__.c.keys(),
            sorted(str(c.name) for c in Gadget.__table__.constraints),
            [i.name for i in Gadget.__table__.indexes],
        )
        say(select(Gadget.code), session.scalars(select(Gadget).filter_by(code="abc")).one().code)
        say(inspect(Gadget).attrs.code.columns[0].name, [c.key for c in inspect(Gadget).column_attrs])


@both()
def test_hybrids(engine, say):
    firm(engine).close()
    with Session(engine) as session:
        session.add_all(
            [
                Widget(name="a", price=decimal.Decimal("2.50")),
                Widget(name="b", price=decimal.Decimal("9.00"), amount=1),
            ]
        )
        session.commit()
        widget = session.scalars(select(Widget).where(Widget.value == 5)).one()
        say(widget.value, widget.upper, widget.costs_over(2), widget.loaded)
        statement = (
            select(Widget.name, Widget.value, Widget.upper)
            .where(Widget.costs_over(1))
            .order_by(Widget.upper.desc())
        )
        say(statement, session.execute(statement).all())
        widget.upper = "NEW"
        say(widget.name, Widget(upper="MADE", price=1).name)
        session.flush()
        say(
            session.execute(
                update(Widget).where(Widget.upper == "NEW").values(amount=Widget.amount + 1)
            ).rowcount,
            widget.amount,
            widget.value,
        )


@both()
def test_column_properties(engine, say):
    firm(engine).close()
    with Session(engine) as session:
        widget = Widget(name="w", price=1, hidden="h", secret="s")
        session.add(widget)
        session.commit()
        say(widget.doubled, widget.bonus, widget.title, select(Widget.doubled), select(Widget.title))
        widget.amount = 10
        session.commit()
        say(
            widget.doubled,
            session.scalars(select(Widget.name).where(Widget.doubled > 15, Widget.title == "w")).all(),
        )
        session.expunge_all()
        widget = session.scalars(
            select(Widget).options(with_expression(Widget.bonus, Widget.amount + 5), undefer_group("rare"))
        ).one()
        say(widget.bonus, "hidden" in widget.__dict__, widget.secret)
        session.expunge_all()
        widget = session.scalars(select(Widget)).one()
        say("hidden" in widget.__dict__, widget.hidden, "secret" in widget.__dict__)


# ---- composites, versions, dataclasses


@dataclasses.dataclass
class Point:
    x: int
    y: int


class Line(Base):
    __tablename__ = "line"
    id: Mapped[Key]
    start: Mapped[Point] = composite(mapped_column("x1"), mapped_column("y1"))
    end: Mapped[Point | None] = composite(
        mapped_column("x2", nullable=True), mapped_column("y2", nullable=True)
    )
    version: Mapped[int] = mapped_column(nullable=False)
    __mapper_args__ = {"version_id_col": version}


@both("sqlite")
def test_composites_of_columns_that_say_nothing_of_null(engine, say):
    @dataclasses.dataclass
    class Place:
        x: int
        y: int | None

    class Apart(DeclarativeBase):
        pass

    class Shop(Apart):
        __tablename__ = "shop"
        id: Mapped[int] = mapped_column(primary_key=True)
        x = mapped_column(Integer)
        y = mapped_column(Integer)
        at = composite(Place, x, y)

    class Stall(Apart):
        __tablename__ = "stall"
        id: Mapped[int] = mapped_column(primary_key=True)
        x = mapped_column(Integer, nullable=True)
        y: Mapped[int]
        at = composite(Place, x, "y")

    say([(c.name, c.nullable) for c in (*Shop.__table__.c, *Stall.__table__.c)])
    Apart.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Shop(at=Place(1, None)))
        session.commit()
        shop = session.scalars(select(Shop)).one()
        say(sorted(inspect(shop).unloaded), shop.at.x)
        session.expire(shop, ["x"])
        say("x" in inspect(shop).unloaded)


@both()
def test_composites(engine, say):
    firm(engine).close()
    with Session(engine) as session:
        line = Line(start=Point(1, 2), end=Point(3, 4))
        session.add(line)
        session.commit()
        say(line.start, line.end, select(Line))
        line.end = Point(5, 6)
        session.commit()
        say(line.end, session.scalars(select(Line).where(Line.end == Point(5, 6))).one() is line)
        say(session.execute(select(Line.start, Line.id)).all())
        statement = select(Line.id).where(Line.start != Point(1, 2))
        say(statement, session.scalars(statement).all())


@both()
def test_versions(engine, say):
    firm(engine).close()
    with Session(engine) as session:
        line = Line(start=Point(1, 2))
        session.add(line)
        session.commit()
        say(line.version)
        line.start = Point(2, 2)
        session.commit()
        say(line.version)
        session.connection().execute(Line.__table__.update().values(version=9))
        line.start = Point(3, 3)
        with say.error():
            session.flush()
        session.rollback()
        with Session(engine) as other:
            other.get(Line, 1).start = Point(7, 7)
            other.commit()
        session.expunge_all()
        mine = session.get(Line, 1)
        with Session(engine) as other:
            say(mine.version, other.get(Line, 1).version)


class DataBase(MappedAsDataclass, DeclarativeBase):
    pass


class Song(DataBase):
    __tablename__ = "song"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    title: Mapped[str]
    length: Mapped[int] = mapped_column(default=180, kw_only=True)
    tags: Mapped[list["SongTag"]] = relationship(default_factory=list, repr=False, kw_only=True)


class SongTag(DataBase):
    __tablename__ = "song_tag"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    word: Mapped[str]
    song_id: Mapped[int | None] = mapped_column(ForeignKey("song.id"), init=False, repr=False)


@both()
def test_dataclasses(engine, say):
    DataBase.metadata.create_all(engine)
    song = Song("so what", tags=[SongTag("jazz")])
    say(song, dataclasses.is_dataclass(Song), [f.name for f in dataclasses.fields(Song)])
    with say.error(message=False):
        Song()
    with Session(engine) as session:
        session.add(song)
        session.commit()
        say(song, song.tags, dataclasses.asdict(song.tags[0])["word"], Song("a") == Song("a"))
        say(song.length)


# ---- types


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Money(types.TypeDecorator):
    impl = Integer
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else int(value * 100)

    def process_result_value(self, value, dialect):
        return None if value is None else decimal.Decimal(value) / 100


class Everything(Base):
    __tablename__ = "everything"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    colour: Mapped[Colour] = mapped_column(default=Colour.RED)
    word: Mapped[str] = mapped_column(Enum("a", "b", name="words"), default="a")
    data: Mapped[dict[str, Any]] = mapped_column(MutableDict.as_mutable(JSON), default=dict)
    items: Mapped[list[Any] | None] = mapped_column(MutableList.as_mutable(JSON))
    price: Mapped[decimal.Decimal | None]
    money: Mapped[decimal.Decimal | None] = mapped_column(Money)
    at: Mapped[dt.datetime | None]
    day: Mapped[dt.date | None]
    hour: Mapped[dt.time | None]
    span: Mapped[dt.timedelta | None]
    blob: Mapped[bytes | None]
    big: Mapped[int | None] = mapped_column(BigInteger)
    ratio: Mapped[float | None]
    flag: Mapped[bool] = mapped_column(default=False)
    other: Mapped[uuid.UUID | None] = mapped_column(Uuid(as_uuid=True, native_uuid=False))


@both()
def test_types_of_all_kinds(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        one = Everything(
            id=uuid.UUID(int=1), colour=Colour.BLUE, data={"a": [1, None]}, items=[1], price=decimal.Decimal("1.5"),
            money=decimal.Decimal("2.25"), at=dt.datetime(2024, 2, 29, 12, 30, 1, 5), day=dt.date(2024, 2, 29), hour=dt.time(1, 2, 3),
            span=dt.timedelta(days=1, seconds=2), blob=b"\x00\xff", big=2**40, ratio=0.5, flag=True, other=uuid.UUID(int=2),
        )  # fmt: skip
        session.add(one)
        session.commit()
        for key in inspect(Everything).column_attrs.keys():  # noqa: SIM118
            say(key, getattr(one, key))
        for criterion in (
            Everything.colour == Colour.BLUE, Everything.data["a"][0].as_integer() == 1, Everything.price > 1, Everything.money == decimal.Decimal("2.25"),
            Everything.at < dt.datetime(2025, 1, 1), Everything.day == dt.date(2024, 2, 29), Everything.flag, ~Everything.flag, Everything.blob == b"\x00\xff",
            Everything.id == uuid.UUID(int=1), Everything.other.in_([uuid.UUID(int=2)]), Everything.big > 2**35, Everything.span > dt.timedelta(hours=2),
        ):  # fmt: skip
            say(criterion, session.scalar(select(func.count()).where(criterion)))


@both()
def test_mutable_json(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        one = Everything(data={"n": 1}, items=[1, 2])
        session.add(one)
        session.commit()
        one.data["n"] = 2
        say(one in session.dirty)
        session.commit()
        one.items.append(3)
        one.data.update(k="v")
        session.commit()
        say(one.data, one.items, type(one.data).__name__, dict(one.data))
        one.data = {"fresh": True}
        session.commit()
        one.data.pop("fresh")
        session.commit()
        say(one.data)
        one.items = None
        session.commit()
        say(one.items, session.scalar(select(func.count()).where(Everything.items.is_(None))))


@both()
def test_wrong_values(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for values in ({"colour": "green"}, {"word": "z"}, {"at": "yesterday"}):
            session.add(Everything(**values))
            with say.error(message=False):
                session.flush()
            session.rollback()
        with say.error(message=False):
            Everything(data=5)


# ---- events, inspection, pickles, imperative


class Post(Base):
    __tablename__ = "post"
    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    views: Mapped[int] = mapped_column(default=0)

    @validates("title")
    def not_empty(self, key, value):
        if not value:
            raise ValueError(f"{key} is empty")
        return value.title()

    @validates("views", include_backrefs=False)
    def positive(self, key, value):
        assert value >= 0, "no negative views"
        return value


@both()
def test_mapper_events(engine, say):
    Base.metadata.create_all(engine)
    names = (
        "before_insert",
        "after_insert",
        "before_update",
        "after_update",
        "before_delete",
        "after_delete",
    )
    listeners = [
        (name, lambda mapper, connection, target, name=name: say(name, target.title, target.id))
        for name in names
    ]

    def slugify(mapper, connection, target):
        target.slug = target.title.lower().replace(" ", "-")

    for name, fn in listeners:
        event.listen(Post, name, fn)
    event.listen(Post, "before_insert", slugify)
    try:
        with Session(engine) as session:
            post = Post(title="hello world")
            session.add(post)
            session.commit()
            say(post.slug)
            post.views += 1
            session.commit()
            post.title = post.title
            session.commit()
            session.delete(post)
            session.commit()
    finally:
        for name, fn in listeners:
            event.remove(Post, name, fn)
        event.remove(Post, "before_insert", slugify)


@both()
def test_attribute_events(engine, say):
    Base.metadata.create_all(engine)

    def changed(target, value, oldvalue, initiator):
        say(
            "set",
            value,
            oldvalue if isinstance(oldvalue, (int, str)) else type(oldvalue).__name__,
            initiator.key,
        )
        return value * 2

    event.listen(Post.views, "set", changed, retval=True)
    try:
        post = Post(title="a", views=3)
        say(post.views)
        post.views = 5
        say(post.views)
    finally:
        event.remove(Post.views, "set", changed)
    appended = lambda target, value, initiator: say("append", value.name)  # noqa: E731
    removed = lambda target, value, initiator: say("remove", value.name)  # noqa: E731
    event.listen(Firm.employees, "append", appended)
    event.listen(Firm.employees, "remove", removed)
    try:
        acme = Firm(name="x", employees=[Employee(name="q")])
        acme.employees.append(Engineer(name="r"))
        acme.employees.pop()
        Employee(name="s", firm=acme)
        acme.employees.remove(acme.employees[0])
    finally:
        event.remove(Firm.employees, "append", appended)
        event.remove(Firm.employees, "remove", removed)


@both()
def test_instance_events_and_init(engine, say):
    Base.metadata.create_all(engine)

    def on_init(target, args, kwargs):
        kwargs.setdefault("title", "untitled")

    def on_load(target, context):
        say("load", target.title)

    event.listen(Post, "init", on_init)
    event.listen(Post, "load", on_load)
    try:
        with Session(engine) as session:
            session.add(Post())
            session.commit()
            session.expunge_all()
            say(session.scalars(select(Post)).one().title)
    finally:
        event.remove(Post, "init", on_init)
        event.remove(Post, "load", on_load)


@both()
def test_validators(engine, say):
    with say.error():
        Post(title="")
    with say.error():
        Post(title="x", views=-1)
    post = Post(title="two words")
    with say.error():
        post.views = -2
    say(post.title, post.views)


@both()
def test_do_orm_execute(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Post(title="a", views=1), Post(title="b", views=5)])
        session.commit()

        @event.listens_for(session, "do_orm_execute")
        def watch(state):
            say(
                state.is_select,
                state.is_update,
                state.is_column_load,
                state.is_relationship_load,
                state.execution_options.get("all"),
            )
            if state.is_select and not state.execution_options.get("all"):
                state.statement = state.statement.where(Post.views > 3)

        say([p.title for p in session.scalars(select(Post))])
        say(
            [
                p.title
                for p in session.scalars(select(Post).order_by(Post.id), execution_options={"all": True})
            ]
        )
        session.execute(update(Post).values(views=0), execution_options={"all": True})


@both()
def test_inspection(engine, say):
    mapper = inspect(Engineer)
    say(
        mapper.class_.__name__,
        mapper.local_table.name,
        mapper.inherits.class_.__name__,
        mapper.polymorphic_identity,
        str(mapper.polymorphic_on),
    )
    say(
        [str(c) for c in mapper.primary_key],
        sorted(set(mapper.columns.keys())),
        [r.key for r in mapper.relationships],
        mapper.relationships.firm.direction.name,
    )
    say(
        sorted(m.class_.__name__ for m in inspect(Employee).self_and_descendants),
        mapper.isa(inspect(Employee)),
        mapper is Engineer.__mapper__,
    )
    say(
        str(mapper),
        sorted(mapper.attrs.keys()),
        sorted(k for k in list(inspect(Widget).all_orm_descriptors.keys()) if k[0] != "_"),
    )
    say(
        inspect(Firm).relationships["employees"].mapper.class_.__name__,
        inspect(Firm.name).key,
        str(Firm.name),
        str(Firm.name.type),
        Firm.employees.property.uselist,
    )
    employee = Employee(name="t")
    say(
        inspect(employee).mapper.class_.__name__,
        inspect(employee).transient,
        object_mapper(employee) is inspect(Employee),
        inspect(employee).attrs.name.value,
    )
    with say.error():
        inspect(object())
    with say.error():
        object_mapper(object())
    say(Employee.firm.property.back_populates)
    Base.metadata.create_all(engine)
    names = inspect(engine).get_table_names()
    say(
        "employee" in names,
        [c["name"] for c in inspect(engine).get_columns("engineer")],
        inspect(engine).get_foreign_keys("engineer")[0]["referred_table"],
    )


@both()
def test_pickles(engine, say):
    with firm(engine) as session:
        acme = session.scalars(select(Firm)).one()
        acme.employees
        text = pickle.dumps(acme)
    copy = pickle.loads(text)
    say(copy.name, copy.employees, inspect(copy).detached, copy is acme)
    with Session(engine) as session:
        session.add(copy)
        copy.name = "emca"
        session.commit()
        say(session.scalars(select(Firm.name)).all(), copy.employees[0].firm is copy)
        row = session.execute(select(Firm.id, Firm.name)).one()
        say(pickle.loads(pickle.dumps(tuple(row))), pickle.loads(pickle.dumps(row)) == row)


@both()
def test_imperative_mapping(engine, say):
    mapper_registry = registry()
    planet = Table(
        "planet", mapper_registry.metadata, Column("id", Integer, primary_key=True), Column("name", Text)
    )
    moon = Table(
        "moon",
        mapper_registry.metadata,
        Column("id", Integer, primary_key=True),
        Column("planet_id", ForeignKey("planet.id")),
        Column("n", String(9)),
    )

    class Planet:
        def __init__(self, name):
            self.name = name

    class Moon:
        pass

    mapper_registry.map_imperatively(
        Planet,
        planet,
        properties={
            "moons": relationship(Moon, backref="planet", order_by=moon.c.id),
            "title": planet.c.name,
        },
    )
    mapper_registry.map_imperatively(Moon, moon, properties={"label": moon.c.n})
    mapper_registry.metadata.create_all(engine)
    with Session(engine) as session:
        made = Moon()
        made.label = "phobos"
        earth = Planet("earth")
        earth.title = "earth"
        earth.moons.append(made)
        session.add(earth)
        session.commit()
        say(
            earth.title,
            made.planet.title,
            session.scalars(select(Moon).where(Moon.label == "phobos")).one() is made,
            select(Planet),
        )


@both()
def test_mapping_mistakes(engine, say):
    class Local(DeclarativeBase):
        pass

    with say.error():

        class NoKey(Local):
            __tablename__ = "no_key"
            name: Mapped[str] = mapped_column()

    with say.error():

        class NoTable(Local):
            id: Mapped[int] = mapped_column(primary_key=True)

    with say.error():

        class NotMapped(Local):
            __tablename__ = "not_mapped"
            id: Mapped[int] = mapped_column(primary_key=True)
            name: str = mapped_column()
            other: int

    with say.error():

        class Reserved(Local):
            __tablename__ = "reserved"
            id: Mapped[int] = mapped_column(primary_key=True)
            metadata: Mapped[str]

    with say.error():

        class Odd(Local):
            __tablename__ = "odd"
            id: Mapped[int] = mapped_column(primary_key=True)
            thing: Mapped[object]

    class Child(Local):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent: Mapped["Missing"] = relationship()

    with say.error():
        Child()
    Local.registry.dispose()  # nobody else is to trip over it
