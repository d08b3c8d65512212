"""What libraries around SQLAlchemy rely on: foreign keys narrowed, inspect() of any SQL, contexts, comparators that invent."""

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
    column,
    event,
    exc,
    func,
    inspect,
    literal,
    select,
    text,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    column_property,
    load_only,
    mapped_column,
    relationship,
    selectinload,
    synonym,
    with_polymorphic,
)
from sqlalchemy.types import TypeDecorator, UserDefinedType
from twins import both


def outcome(function):
    try:
        return str(function())
    except (exc.SQLAlchemyError, AttributeError, ValueError) as error:
        return type(error).__name__


def seminar(composite, single, foreign_keys):
    """The join of a relationship where several constraints share columns."""

    class Base(DeclarativeBase):
        pass

    class Seminar(Base):
        __tablename__ = "seminar"
        title: Mapped[str] = mapped_column(primary_key=True)
        term: Mapped[str] = mapped_column(primary_key=True)

    class Lecture(Base):
        __tablename__ = "lecture"
        id: Mapped[int] = mapped_column(primary_key=True)
        title = mapped_column(String, *[ForeignKey(Seminar.title)] * ("t" in single))
        term = mapped_column(String, *[ForeignKey(Seminar.term)] * ("m" in single))
        old_title, old_term = mapped_column(String), mapped_column(String)
        __table_args__ = tuple(
            ForeignKeyConstraint(names, [Seminar.title, Seminar.term]) for names in composite
        )
        columns = {"t": title, "m": term, "ot": old_title, "om": old_term}
        seminar = relationship(
            Seminar, foreign_keys=None if foreign_keys is None else list(map(columns.get, foreign_keys))
        )

    Base.registry.configure()
    prop = inspect(Lecture).relationships["seminar"]
    return str(prop.primaryjoin), sorted(map(str, prop.local_columns))


@both("sqlite")
def test_foreign_keys_choose_among_constraints_and_among_their_columns(engine, say):
    own, old = ["title", "term"], ["old_title", "old_term"]
    for composite in ([own], [own, old], [old], []):
        for single in ("tm", "t", "m", ""):
            for given in (None, ["t"], ["m"], ["t", "m"], ["ot"], ["ot", "om"], ["t", "ot"]):
                say(composite, single, given, outcome(lambda: seminar(composite, single, given)))  # noqa: B023


@both("sqlite")
def test_inspect_gives_pieces_of_sql_and_schema_themselves(engine, say):
    metadata = MetaData()
    table = Table("t", metadata, Column("id", Integer, primary_key=True))
    for thing in (table, table.c.id, table.alias(), select(table), text("x"), column("x") == 1, metadata):
        say(inspect(thing) is thing)
    for thing in (Integer(), 5):
        say(outcome(lambda: inspect(thing)))  # noqa: B023


@both("sqlite", "psycopg")
def test_listeners_read_the_parameters_and_leave_notes(engine, say):
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("n", String(20)))
    table.create(engine)

    @event.listens_for(engine, "before_cursor_execute")
    def before(connection, cursor, statement, parameters, context, executemany):
        connection.started = 1
        context.started = 2

    @event.listens_for(engine, "after_cursor_execute")
    def after(connection, cursor, statement, parameters, context, executemany):
        named = outcome(lambda: context.compiled_parameters)
        say(
            [dict(p) if hasattr(p, "keys") else p for p in context.parameters],
            named,
            connection.started,
            context.started,
        )

    with engine.begin() as connection:
        connection.execute(table.insert(), [{"n": "b"}, {"n": "c"}])
        connection.execute(select(table.c.n).where(table.c.id > 1)).all()
        connection.execute(text("SELECT n FROM t WHERE n = :n"), {"n": "b"}).all()
        connection.exec_driver_sql("SELECT 1")


class Shape(UserDefinedType):
    cache_ok = True

    class comparator_factory(UserDefinedType.Comparator):
        def __getattr__(self, name):
            if not name.startswith("st_"):
                raise AttributeError(name)
            return lambda *args: getattr(func, name)(self.expr, *args)

    def get_col_spec(self, **kw):
        return "SHAPE"


@both("sqlite")
def test_comparators_may_invent_their_methods(engine, say):
    class Base(DeclarativeBase):
        pass

    class Lake(Base):
        __tablename__ = "lake"
        id: Mapped[int] = mapped_column(primary_key=True)
        shape = mapped_column(Shape)

    say(select(Lake.shape.st_area()), Lake.__table__.c.shape.st_within(Lake.id))
    say(outcome(lambda: Lake.shape.area), outcome(lambda: Lake.__table__.c.shape.area))


class Refused(ValueError, exc.DontWrapMixin):
    pass


class Picky(TypeDecorator):
    impl = String
    cache_ok = True

    def process_bind_param(self, value, dialect):
        raise Refused(value)


@both("sqlite")
def test_errors_of_types_may_ask_not_to_be_wrapped(engine, say):
    table = Table("t", MetaData(), Column("n", Picky))
    with engine.connect() as connection:
        for statement in (select(literal("a", Picky())), table.insert().values(n="b")):
            say(outcome(lambda: connection.execute(statement)))  # noqa: B023
        say(outcome(lambda: connection.execute(table.insert(), [{"n": "c"}, {"n": "d"}])))


@both("sqlite")
def test_statements_say_what_they_are_and_scalar_subqueries_what_they_hold(engine, say):
    table = Table("t", MetaData(), Column("id", Integer), Column("n", String))
    for statement in (select(table), table.insert(), table.update(), table.delete(), func.now()):
        flags = ("is_select", "is_insert", "is_update", "is_delete", "is_dml", "is_text", "is_from_statement")
        say([flag for flag in flags if getattr(statement, flag)])
    scalar = select(table.c.id).scalar_subquery()
    say(scalar.limit(2), scalar.group_by(table.c.n), scalar.selected_columns.keys())
    say(outcome(lambda: scalar.nothing))


@both("sqlite")
def test_active_history_can_be_switched_on_later(engine, say):
    class Base(DeclarativeBase):
        pass

    class Word(Base):
        __tablename__ = "word"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str]

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Word(text="a"), Word(text="b")])
        session.commit()
        for word in session.scalars(select(Word).order_by(Word.id)).all():
            session.expire(word)
            word.text = "new"
            say(inspect(word).attrs.text.history)
            session.rollback()
            Word.text.impl.active_history = True


class Habits(DeclarativeBase):
    pass


class Owner(Habits):
    __tablename__ = "owner"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str] = mapped_column()
    loud = column_property(func.upper(name))
    pets = relationship("Pet", back_populates="owner", order_by="Pet.id")
    alias = synonym("name")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "owner"}


class Firm(Owner):
    __tablename__ = "firm"
    id: Mapped[int] = mapped_column(ForeignKey("owner.id"), primary_key=True)
    size: Mapped[int] = mapped_column()
    double = column_property(size * 2)
    seen = relationship("Pet", viewonly=True, order_by="Pet.id")
    vat: Mapped[str | None]
    __mapper_args__ = {"polymorphic_identity": "firm"}


class Pet(Habits):
    __tablename__ = "pet"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))
    owner = relationship(Owner, back_populates="pets")


Firm.more = column_property(Firm.size + 1)


def habits(engine):
    Habits.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Firm(name="f", size=3, pets=[Pet(name="p"), Pet(name="q")]))
        session.commit()


@both("sqlite")
def test_attributes_in_their_order(engine, say):
    """Serializers and forms list what a mapper lists: own attributes before inherited ones, columns last."""
    for cls in (Owner, Firm):
        mapper = inspect(cls)
        say([p.key for p in mapper.attrs], mapper.relationships.keys(), mapper.synonyms.keys())
        say([p.key for p in mapper.column_attrs], select(cls))
    say(select(with_polymorphic(Owner, [Firm])))


@both("sqlite")
def test_what_serializers_read_of_objects(engine, say):
    habits(engine)

    def state(obj):
        found = inspect(obj)
        loaded = {a.key: str(a.loaded_value) for a in found.attrs if a.key not in found.unloaded}
        say(sorted(loaded), sorted(found.unloaded), found.dict.keys() == vars(obj).keys())
        say(obj._sa_instance_state is found, found.mapper is inspect(type(obj)), sorted(found.attrs.keys()))
        say(found.transient, found.pending, found.persistent, found.detached, found.expired, found.modified)

    with Session(engine) as session:
        owner = session.scalars(select(Owner).options(selectinload(Owner.pets))).one()
        state(owner)
        session.expire(owner, ["name"])
        state(owner)
        session.expire(owner)
        state(owner)
        say(owner.name)
        state(owner)
        session.expunge(owner)
        state(owner)
        pet = session.scalars(select(Pet).options(load_only(Pet.name)).order_by(Pet.id)).first()
        state(pet)
        new = Pet(name="n", owner_id=1)
        state(new)
        session.add(new)
        state(new)


@both("sqlite")
def test_merging_what_is_only_viewed(engine, say):
    habits(engine)
    with Session(engine) as session:
        firm = session.scalars(select(Firm).options(selectinload(Firm.seen))).one()
        say(sorted(Firm.seen.property.cascade), sorted(Firm.pets.property.cascade))
        for load in (True, False):
            session.expunge_all()
            merged = session.merge(firm, load=load)
            say(
                sorted(k for k in vars(merged) if k[0] != "_"),
                len(list(session)),
                session.is_modified(merged),
            )
            session.flush()
