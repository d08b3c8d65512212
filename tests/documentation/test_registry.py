"""What a registry is told and asked, and what a state tells of changes."""

import decimal
from typing import Annotated, Optional

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    Numeric,
    String,
    Table,
    event,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    TypeResolve,
    UserDefinedOption,
    attributes,
    declared_attr,
    mapped_column,
    registry,
    relationship,
    was_deleted,
)
from twins import both

short = Annotated[str, 50]


@both("sqlite")
def test_types_by_listener(engine, say):
    class Base(DeclarativeBase):
        type_annotation_map = {str: String(99)}

    @event.listens_for(Base, "resolve_type_annotation")
    def choose(found):
        say(
            found.key,
            found.cls.__name__,
            found.resolved_type,
            found.raw_pep_593_type,
            found.pep_593_resolved_argument,
        )
        say(isinstance(found, TypeResolve), found.resolve(int), found.registry is Base.registry)
        if found.resolved_type is decimal.Decimal:
            return Numeric(5, 2)
        if found.key == "odd":
            return String(3)

    for name in ("before_configured", "after_configured"):
        event.listen(Base.registry, name, lambda registry, name=name: say(name, registry is Base.registry))

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[Optional[str]]
        short: Mapped[short]
        price: Mapped[decimal.Decimal]
        odd: Mapped[object]
        given: Mapped[str] = mapped_column(String(4))

    Base.registry.configure()
    Base.registry.configure()
    say([repr(c.type) for c in A.__table__.c])


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Cached(UserDefinedOption):
    pass


@both("sqlite")
def test_states_tell_changes(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        thing = Thing(name="1")
        state = inspect(thing)
        say(
            sorted(state.committed_state),
            state.get_history("name", attributes.PASSIVE_OFF),
            state.session_id,
            state.identity_token,
        )
        session.add(thing)
        session.commit()
        session.refresh(thing)
        thing.name = "2"
        say(
            state.committed_state, state.session_id == session.hash_key, attributes.get_history(thing, "name")
        )
        session.commit()
        thing.name = "3"
        say(state.get_history("name", attributes.PASSIVE_NO_INITIALIZE))
        session.rollback()
        say(attributes.get_history(thing, "name", attributes.PASSIVE_NO_INITIALIZE))
        say(attributes.get_history(thing, "name"), was_deleted(thing))
        session.delete(thing)
        session.flush()
        say(was_deleted(thing), state.deleted)
        session.rollback()

        @event.listens_for(session, "do_orm_execute")
        def look(context):
            say([(type(o).__name__, o.payload) for o in context.user_defined_options])

        session.scalars(select(Thing).options(Cached("a minute"))).all()
        say(Cached("x").propagate_to_loaders)


@both("sqlite")
def test_classes_without_a_constructor_get_the_registrys(engine, say):
    def announced(self, **values):
        say("made", sorted(values))
        for name, value in values.items():
            setattr(self, name, value)

    for reg in (registry(), registry(constructor=announced)):

        @reg.mapped
        class Decorated:
            __tablename__ = "decorated"
            id: Mapped[int] = mapped_column(primary_key=True)

        @reg.mapped
        class Below(Decorated):
            __tablename__ = "below"
            id: Mapped[int] = mapped_column(ForeignKey("decorated.id"), primary_key=True)

        class Imperative:
            pass

        class Own:
            def __init__(self, x):
                self.x = x

        for cls in (Imperative, Own):
            reg.map_imperatively(
                cls, Table(cls.__name__, reg.metadata, Column("id", Integer, primary_key=True))
            )

        class Base(DeclarativeBase):
            registry = reg

            @declared_attr.directive
            def __tablename__(cls):
                return f"named_{cls.__name__.lower()}"

        class Declared(Base):
            id: Mapped[int] = mapped_column(primary_key=True)

        say(Declared.__tablename__)
        for cls in (Decorated, Below, Imperative, Declared):
            say(cls.__name__, cls(id=1).id, cls().id)
            with say.error(message=False):
                say(cls(nothing=1).nothing)
        with say.error(message=False):
            Own(id=1)


def tablename_on_a_base():
    class Named(DeclarativeBase):
        __tablename__ = "named"


@both("sqlite")
def test_a_base_has_no_table_of_its_own(engine, say):
    with say.error():
        tablename_on_a_base()


@both("sqlite")
def test_a_class_may_be_inspected_before_its_relationships_can_be_resolved(engine, say):
    class Base(DeclarativeBase):
        pass

    class Link(Base):
        __tablename__ = "link"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Left(Base):
        __tablename__ = "left_side"
        id: Mapped[int] = mapped_column(primary_key=True)
        link_id: Mapped[int] = mapped_column(ForeignKey("link.id"))
        link: Mapped["Link"] = relationship(backref="lefts")
        rights: Mapped[list["Right"]] = relationship(back_populates="left")

    say(inspect(Link).local_table.name, inspect(Left).columns.keys(), inspect(Left).primary_key)
    say(inspect(Link).has_property("id"), inspect(Link).polymorphic_map, inspect(Left.id).key)

    class Right(Base):
        __tablename__ = "right_side"
        id: Mapped[int] = mapped_column(primary_key=True)
        left_id: Mapped[int] = mapped_column(ForeignKey(inspect(Left).primary_key[0]))
        left: Mapped["Left"] = relationship(back_populates="rights")

    say(inspect(Left).relationships.keys(), inspect(Link).get_property("lefts").key)
    say(inspect(Left).get_property("rights").mapper is inspect(Right))


@both("sqlite")
def test_statements_are_built_before_their_classes_are_complete(engine, say):
    class Base(DeclarativeBase):
        pass

    class Author(Base):
        __tablename__ = "author"
        id: Mapped[int] = mapped_column(primary_key=True)
        books = relationship("Book", back_populates="author")

    found = select(Author).join(Author.books).where(Author.id > 1)
    say(str(select(func.count()).select_from(Author)), str(insert(Author)), str(update(Author)))
    say(
        select(Author).subquery() is not None,
        [p.key for p in Author.__mapper__.iterate_properties if p.key != "books"],
    )
    say(Author.id.property.columns[0].name, Author.__mapper__.configured)
    for use in (
        lambda: str(found),
        lambda: select(Author).subquery().c,
        lambda: Author.books.property,
        lambda: Session().query(Author),
    ):
        try:
            use()
        except Exception as error:
            say(type(error).__name__, "'Book' failed to locate a name" in str(error))
