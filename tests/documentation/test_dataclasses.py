"""Dataclasses: native, existing ones mapped imperatively or declaratively, attrs, and composites made of them."""

import dataclasses
from dataclasses import InitVar, dataclass, field
from typing import Annotated

import attrs
from sqlalchemy import Column, ForeignKey, Integer, String, Table, func, select
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    DeclarativeBase,
    DynamicMapped,
    Mapped,
    MappedAsDataclass,
    Session,
    WriteOnlyMapped,
    column_property,
    composite,
    mapped_as_dataclass,
    mapped_column,
    query_expression,
    registry,
    relationship,
    synonym,
)
from twins import both


class Base(MappedAsDataclass, DeclarativeBase):
    """All classes are dataclasses."""


intpk = Annotated[int, mapped_column(primary_key=True)]


class User(Base):
    __tablename__ = "user_account"
    id: Mapped[intpk] = mapped_column(init=False)
    name: Mapped[str]
    nick: Mapped[str | None] = mapped_column(default=None)
    level: Mapped[int] = mapped_column(insert_default=5, default_factory=lambda: 4)
    made: Mapped[str] = mapped_column(insert_default=func.lower("X"), init=False)
    size: Mapped[int] = mapped_column(server_default="3", init=False)
    tags: Mapped[str] = mapped_column(default_factory=lambda: "factory", repr=False)
    posts: Mapped[list["Post"]] = relationship(default_factory=list, repr=False, back_populates="user")
    note: Mapped[str] = mapped_column(default="note", kw_only=True)
    secret: Mapped[str] = mapped_column(default="s", compare=False, hash=False)


class Post(Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    title: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), default=None, repr=False)
    user: Mapped[User | None] = relationship(default=None, repr=False, back_populates="posts")


@both()
def test_native(engine, say):
    Base.metadata.create_all(engine)
    user = User("ada", note="n")
    say(user, user.posts, user == User("ada", note="n"), user == User("bob"))
    say([f.name for f in dataclasses.fields(User)], [f.init for f in dataclasses.fields(User)])
    with say.error(message=False):
        User()
    say(
        sorted(k for k in user.__dict__ if not k.startswith("_") and k != "posts"),
        user.note,
        User("x").note,
        User("x").nick,
    )
    with say.error(message=False):
        mapped_column(default=1, insert_default=2)
    say(Post("p", user_id=5).__dict__.get("user", "unset"), Post("p").user, User("p").posts)
    with say.error():
        hash(user)
    with Session(engine) as session:
        session.add(user)
        user.posts.append(Post("hello"))
        Post("other", user=user)
        session.commit()
        say(user.level, user.made, user.size, user.tags, [p.title for p in user.posts])
        found = session.scalars(select(User)).one()
        say(found is user, found.nick)
        session.expunge_all()
        say(session.scalars(select(Post).order_by(Post.id)).first())
        say(dataclasses.asdict(Post("x"))["title"])


@both("sqlite")
def test_class_options(engine, say):
    class Plain(DeclarativeBase):
        pass

    class Ordered(MappedAsDataclass, Plain, order=True, unsafe_hash=True, match_args=True):
        __tablename__ = "ordered"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(default="n")

    class Quiet(MappedAsDataclass, Plain, repr=False, eq=False, init=False):
        __tablename__ = "quiet"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column()

    class KwOnly(MappedAsDataclass, Plain, kw_only=True):
        __tablename__ = "kw"
        a: Mapped[int] = mapped_column(primary_key=True, default=1)
        b: Mapped[int]

    say(Ordered(1) < Ordered(2), hash(Ordered(1)) == hash(Ordered(1)), Ordered.__match_args__, Ordered(3))
    say(Quiet(id=5).id, Quiet(id=1) == Quiet(id=1))
    say(KwOnly(b=2), list(KwOnly.__dataclass_fields__))
    with say.error(message=False):
        KwOnly(1, 2)
    with say.error(message=False):

        class Order(MappedAsDataclass, Plain):
            __tablename__ = "wrong"
            id: Mapped[int] = mapped_column(primary_key=True, default=1)
            b: Mapped[int]

    with say.error(message=False):

        class NoDataclass(Plain):
            __tablename__ = "nodc"
            id: Mapped[int] = mapped_column(primary_key=True, init=False)

    with say.error(message=False):

        class Both(MappedAsDataclass, Plain):
            __tablename__ = "both"
            id: Mapped[int] = mapped_column(primary_key=True, default=1, default_factory=int)

    with say.error(message=False):

        class ListDefault(MappedAsDataclass, Plain):
            __tablename__ = "ld"
            id: Mapped[int] = mapped_column(primary_key=True)
            items: Mapped[list["ListDefault"]] = relationship(default=[])


@both("sqlite")
def test_mixins_and_plain_fields(engine, say):
    class Mixin(MappedAsDataclass):
        create_user: Mapped[int] = mapped_column(default=1)
        update_user: Mapped[int | None] = mapped_column(default=None, init=False)

    class Root(DeclarativeBase, MappedAsDataclass):
        pass

    class Thing(Mixin, Root):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(init=False, primary_key=True)
        name: Mapped[str] = mapped_column(default="x")
        password: InitVar[str] = "pw"
        not_mapped: str = "plain"
        factory: list[int] = field(default_factory=list)
        hashed: Mapped[str] = mapped_column(init=False)

        def __post_init__(self, password):
            self.hashed = f"hash({password})"

    thing = Thing(password="secret", name="t")
    say(thing, thing.hashed, thing.not_mapped, thing.factory, [c.name for c in Thing.__table__.c])
    Root.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(thing)
        session.commit()
        session.expunge_all()
        found = session.scalars(select(Thing)).one()
        say(found.hashed, found.create_user)
        with say.error(message=False):
            found.factory

    class Sub(Thing):
        __tablename__ = "sub"
        id: Mapped[int] = mapped_column(ForeignKey("thing.id"), primary_key=True, init=False)
        extra: Mapped[str] = mapped_column(default="e", kw_only=True)

    say(Sub(extra="z"))


@both("sqlite")
def test_decorators(engine, say):
    reg = registry()

    @reg.mapped_as_dataclass
    class One:
        __tablename__ = "one"
        id: Mapped[int] = mapped_column(init=False, primary_key=True)
        name: Mapped[str]

    @reg.mapped_as_dataclass(unsafe_hash=True, order=True)
    class Two:
        __tablename__ = "two"
        id: Mapped[int] = mapped_column(init=False, primary_key=True)
        name: Mapped[str] = mapped_column(default="two")

    @mapped_as_dataclass(reg, kw_only=True)
    class Three:
        __tablename__ = "three"
        id: Mapped[int] = mapped_column(init=False, primary_key=True)
        name: Mapped[str]

    one, two = One("a"), Two()
    say(
        repr(one).partition("One")[2],
        repr(two).partition("Two")[2],
        Two.__hash__ is not None,
        repr(Three(name="n")).partition("Three")[2],
    )

    def make(cls, **kw):
        say(sorted(k for k, v in kw.items() if v is not dataclasses.MISSING and v))
        return dataclasses.dataclass(cls, **kw)

    class Root(DeclarativeBase):
        pass

    class Four(MappedAsDataclass, Root, dataclass_callable=make, kw_only=True):
        __tablename__ = "four"
        id: Mapped[int] = mapped_column(init=False, primary_key=True)
        name: Mapped[str]

    say(Four(name="four").name)


@both("sqlite")
def test_other_attributes(engine, say):
    @dataclass
    class Point:
        x: int
        y: int

    class Local(MappedAsDataclass, DeclarativeBase):
        pass

    class Vertex(Local):
        __tablename__ = "vertex"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        start: Mapped[Point] = composite(mapped_column("x1"), mapped_column("y1"))
        end: Mapped[Point | None] = composite(
            mapped_column("x2", Integer, nullable=True),
            mapped_column("y2", Integer, nullable=True),
            default=None,
        )
        total: Mapped[int] = column_property(func.abs(5), init=False)
        expr: Mapped[int | None] = query_expression(repr=False)
        beginning: Mapped[Point] = synonym("start", init=False, repr=False)

        @hybrid_property
        def x(self) -> int:
            return self.start.x

    vertex = Vertex(start=Point(1, 2))
    say(vertex.start, vertex.end, vertex.x, vertex.beginning)
    Local.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(vertex)
        session.commit()
        say(vertex.total, vertex.start, vertex.end)
    say([f.name for f in dataclasses.fields(Vertex)])


@both("sqlite")
def test_large_collections_and_proxies(engine, say):
    class Local(MappedAsDataclass, DeclarativeBase):
        pass

    class Parent(Local):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        many: WriteOnlyMapped["Child"] = relationship(init=False)
        queried: DynamicMapped["Child"] = relationship(default_factory=list, overlaps="many", repr=False)
        names: AssociationProxy[list[str]] = association_proxy("kids", "name", init=False)
        kids: Mapped[list["Child"]] = relationship(init=False, overlaps="many,queried", repr=False)

    class Child(Local):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"), init=False)
        name: Mapped[str] = mapped_column(default="c")

    Local.metadata.create_all(engine)
    with Session(engine) as session:
        parent = Parent(queried=[Child("q")])
        parent.many.add(Child("m"))
        session.add(parent)
        session.commit()
        say(sorted(c.name for c in parent.queried), sorted(parent.names))


existing = registry()


@existing.mapped
@dataclass
class Declared:
    __table__ = Table(
        "declared",
        existing.metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(50)),
        Column("nick", String(12)),
    )
    id: int = field(init=False)
    name: str | None = None
    nick: str | None = None
    addresses: list = field(default_factory=list)
    __mapper_args__ = {
        "properties": {"addresses": relationship("Address", order_by="Address.id")},
    }


@existing.mapped
@dataclass
class Address:
    __tablename__ = "address"
    __sa_dataclass_metadata_key__ = "sa"
    id: int = field(init=False, metadata={"sa": mapped_column("id", Integer, primary_key=True)})
    owner_id: int = field(init=False, metadata={"sa": mapped_column("owner_id", ForeignKey("declared.id"))})
    email: str | None = field(default=None, metadata={"sa": Column(String(50))})


@dataclass
class Imperative:
    id: int = field(init=False)
    name: str | None = None


existing.map_imperatively(
    Imperative,
    Table("imp", existing.metadata, Column("id", Integer, primary_key=True), Column("name", String(50))),
)


@both("sqlite")
def test_existing_dataclasses(engine, say):
    existing.metadata.create_all(engine)
    with Session(engine) as session:
        declared = Declared(name="n", addresses=[Address("a@b")])
        session.add_all([declared, Imperative("i")])
        session.commit()
        say(declared.addresses[0].email, declared.id, session.scalars(select(Imperative)).one().name)
        say(repr(declared).partition("Declared")[2])


mixed = registry()


@dataclass
class UserMixin:
    __tablename__ = "user"
    __sa_dataclass_metadata_key__ = "sa"
    id: int = field(init=False, metadata={"sa": Column(Integer, primary_key=True)})
    addresses: list = field(default_factory=list, metadata={"sa": lambda: relationship("Mail")})


@dataclass
class MailMixin:
    __tablename__ = "mail"
    __sa_dataclass_metadata_key__ = "sa"
    id: int = field(init=False, metadata={"sa": Column(Integer, primary_key=True)})
    user_id: int = field(init=False, metadata={"sa": lambda: Column(ForeignKey("user.id"))})
    email: str | None = field(default=None, metadata={"sa": Column(String(50))})


@mixed.mapped
class Owner(UserMixin):
    pass


@mixed.mapped
class Mail(MailMixin):
    pass


@both("sqlite")
def test_dataclass_mixins_with_metadata(engine, say):
    mixed.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Owner(addresses=[Mail("x")]))
        session.commit()
        say([m.email for m in session.scalars(select(Owner)).one().addresses])


@both("sqlite")
def test_attrs(engine, say):
    reg = registry()

    @attrs.define(slots=False)
    class Imperative:
        id: int = attrs.field(init=False)
        name: str = attrs.field()
        kids: list["Kid"] = attrs.Factory(list)

    @attrs.define(slots=False)
    class Kid:
        id: int = attrs.field(init=False)
        name: str = attrs.field()

    imp = Table("imp", reg.metadata, Column("id", Integer, primary_key=True), Column("name", String(50)))
    kid = Table(
        "kid",
        reg.metadata,
        Column("id", Integer, primary_key=True),
        Column("imp_id", ForeignKey("imp.id")),
        Column("name", String(50)),
    )
    reg.map_imperatively(Imperative, imp, properties={"kids": relationship(Kid)})
    reg.map_imperatively(Kid, kid)
    reg.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Imperative("i", [Kid("k")]))
        session.commit()
        say(session.scalars(select(Imperative)).one().kids[0].name)


@both("sqlite")
def test_subclasses_share_a_column_and_have_defaults_of_their_own(engine, say):
    class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
        pass

    class Animal(Base, kw_only=True):
        __tablename__ = "animal"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        kind: Mapped[str] = mapped_column(init=False)
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

    class Dog(Animal, kw_only=True):
        legs: Mapped[int | None] = mapped_column(use_existing_column=True, default=4)
        __mapper_args__ = {"polymorphic_identity": "dog"}

    class Bird(Animal, kw_only=True):
        legs: Mapped[int | None] = mapped_column(use_existing_column=True, default=2)
        __mapper_args__ = {"polymorphic_identity": "bird"}

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Dog(), Bird(), Dog(legs=3), Bird(legs=5)])
        session.commit()
        say(session.scalars(select(Animal).order_by(Animal.id)).all())
        say(session.scalar(select(func.sum(Dog.legs))), session.scalar(select(func.sum(Bird.legs))))
