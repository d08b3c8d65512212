"""Schema names that are translated, and identity tokens that tell equal keys of several schemas apart. SQLite attaches a schema."""

import pickle

from sqlalchemy import ForeignKey, create_engine, delete, event, insert, inspect, select, text, update
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    immediateload,
    joinedload,
    make_transient,
    make_transient_to_detached,
    mapped_column,
    relationship,
    selectinload,
)  # fmt: skip
from sqlalchemy.orm.util import identity_key
from sqlalchemy.pool import StaticPool
from twins import both

OTHER = {None: "other"}


class Base(DeclarativeBase):
    pass


class Station(Base):
    __tablename__ = "station"
    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str]
    note: Mapped[str | None] = mapped_column(deferred=True)
    reports: Mapped[list["Report"]] = relationship(
        back_populates="station", order_by="Report.id", cascade="all, delete-orphan"
    )


class Report(Base):
    __tablename__ = "report"
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    temperature: Mapped[float]
    station: Mapped[Station] = relationship(back_populates="reports")


def two_schemas():
    """An engine over one connection with the same tables in two schemas."""
    engine = create_engine("sqlite://", poolclass=StaticPool)

    @event.listens_for(engine, "connect")
    def attach(connection, record):
        connection.execute("ATTACH ':memory:' AS other")

    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        connection.execute(text("INSERT INTO station VALUES (1, 'Rome', 'n1'), (2, 'Oslo', 'n2')"))
        connection.execute(text("INSERT INTO report VALUES (1, 1, 20.0), (2, 1, 21)"))
    with engine.begin() as connection:
        connection.execution_options(schema_translate_map=OTHER)
        Base.metadata.create_all(connection)
        connection.execute(text("INSERT INTO other.station VALUES (1, 'Lima', 'o1'), (2, 'Quito', 'o2')"))
        connection.execute(text("INSERT INTO other.report VALUES (1, 1, 10.0), (2, 2, 11)"))
    return engine


def contents(s, say):
    c = s.connection()
    for table in ("station", "other.station", "report", "other.report"):
        say(table, [tuple(row)[:2] for row in c.exec_driver_sql(f"SELECT * FROM {table} ORDER BY id")])


def read_everything(s, say, **options):
    """Every way to read; with options, only those ways that see them."""
    stations, reports = select(Station).order_by(Station.id), select(Report).order_by(Report.id)

    def read(statement):
        s.expunge_all()
        return s.scalars(statement, execution_options=options).unique().all()

    say([o.city for o in read(stations)])
    say([o.station.city for o in read(reports.options(joinedload(Report.station)))])
    for how in (selectinload, joinedload, immediateload):
        say(
            how.__name__,
            [
                (o.city, [r.temperature for r in o.reports])
                for o in read(stations.options(how(Station.reports)))
            ],
        )
        say(
            how.__name__,
            [(o.temperature, o.station.city) for o in read(reports.options(how(Report.station)))],
        )
    nested = reports.options(selectinload(Report.station).selectinload(Station.reports))
    say([(o.temperature, [r.temperature for r in o.station.reports]) for o in read(nested)])
    s.expunge_all()
    say([o.city for o in s.query(Station).execution_options(**options).order_by(Station.id).all()])
    say(s.execute(select(Station.city).order_by(Station.id), execution_options=options).all())
    say(s.scalar(select(Station.__table__.c.city).order_by(Station.id).limit(1), execution_options=options))
    s.expunge_all()
    say([o.city for o in s.scalars(stations, execution_options={**options, "yield_per": 1})])
    s.expunge_all()
    o = s.get(Station, 2, execution_options=options)
    say(o.city, o.note, [r.temperature for r in o.reports])
    s.expire(o)
    say(o.city)
    s.refresh(o)
    say(o.city)
    s.refresh(o, ["city"])
    say(o.city)
    s.expunge_all()
    say(s.get(Report, 2, execution_options=options).station.city)


def write_everything(s, say):
    a = Station(city="New", reports=[Report(temperature=1.0)])
    s.add(a)
    s.flush()
    b = s.get(Station, 1)
    b.city = "Changed"
    for report in list(b.reports):
        b.reports.remove(report)
    s.flush()
    s.bulk_insert_mappings(Station, [{"city": "B"}])
    s.bulk_update_mappings(Station, [{"id": 2, "city": "BU"}])
    contents(s, say)
    s.rollback()
    say(a in s, b.city)


def write_by_statements(s, say, **options):
    s.execute(update(Station).where(Station.id == 1).values(city="U"), execution_options=options)
    fetch = {**options, "synchronize_session": "fetch"}
    s.execute(update(Station).where(Station.id == 2).values(city="V"), execution_options=fetch)
    say(s.scalars(insert(Station).values(city="I").returning(Station), execution_options=options).one().id)
    s.execute(insert(Station), [{"city": "J"}], execution_options=options)
    s.execute(update(Station), [{"id": 2, "city": "K"}], execution_options=options)
    s.execute(delete(Report).where(Report.id == 1), execution_options=options)
    contents(s, say)
    s.rollback()


@both("sqlite")
def test_of_a_statement(_, say):
    engine = two_schemas()
    with Session(engine) as s:
        read_everything(s, say, schema_translate_map=OTHER)
        write_by_statements(s, say, schema_translate_map=OTHER)
        read_everything(s, say)
    engine.dispose()


@both("sqlite")
def test_of_an_engine(_, say):
    engine = two_schemas()
    for each in (engine.execution_options(schema_translate_map=OTHER), engine):
        with Session(each) as s:
            read_everything(s, say)
            write_everything(s, say)
            write_by_statements(s, say)
    engine.dispose()


@both("sqlite")
def test_of_a_connection(_, say):
    engine = two_schemas()
    with (
        engine.connect().execution_options(schema_translate_map=OTHER) as connection,
        Session(connection) as s,
    ):
        read_everything(s, say)
        write_everything(s, say)
        write_by_statements(s, say)
    engine.dispose()


@both("sqlite")
def test_of_a_session(_, say):
    engine = two_schemas()
    with Session(engine, execution_options={"schema_translate_map": OTHER}) as s:
        read_everything(s, say)
        write_everything(s, say)
        say(
            [o.city for o in s.scalars(select(Station), execution_options={"schema_translate_map": {}}).all()]
        )
    engine.dispose()


@both("sqlite")
def test_of_a_sessions_connection(_, say):
    engine = two_schemas()
    with Session(engine) as s:
        s.connection(execution_options={"schema_translate_map": OTHER})
        read_everything(s, say)
        write_everything(s, say)
        s.rollback()
        s.connection(execution_options={"schema_translate_map": OTHER})
        write_by_statements(s, say)
        read_everything(s, say)  # another transaction
    engine.dispose()


def key(obj):
    return inspect(obj).identity_key[1:]


@both("sqlite")
def test_identity_tokens(_, say):
    engine = two_schemas()
    options = {"schema_translate_map": OTHER, "identity_token": "other"}
    stations = select(Station).order_by(Station.id)
    with Session(engine, expire_on_commit=False) as s:
        a = s.scalars(stations.execution_options(**options)).all()
        b = s.scalars(stations).all()
        say(
            [(o.city, key(o)) for o in a + b],
            len(s.identity_map),
            len([o for o in s if isinstance(o, Station)]),
        )
        say(sorted(map(str, (k.identity_key[1:] for k in s.identity_map.all_states()))))
        say(
            s.identity_map.get((Station, (1,), "other")) is a[0],
            s.identity_map.get((Station, (1,), None)) is b[0],
        )
        say(a[0].note)  # only the statement was translated
        say([(r.temperature, key(r)) for r in a[0].reports])
        found = s.scalars(select(Report).order_by(Report.id).execution_options(**options)).all()
        say([(r.temperature, key(r)) for r in found], found[0].station.city, key(found[0].station))
        say(s.get(Station, 1).city, s.get(Station, 1, identity_token="other").city)
        say(s.get(Station, 2, identity_token="third", execution_options=options).city)
    for how in (selectinload, joinedload):
        with Session(engine) as s:
            found = (
                s.scalars(stations.options(how(Station.reports)).execution_options(**options)).unique().all()
            )
            say([(o.city, key(o), [(r.temperature, key(r)) for r in o.reports]) for o in found])
    engine.dispose()


@both("sqlite")
def test_objects_with_tokens(_, say):
    engine = two_schemas()
    with Session(engine) as s:
        a = s.get(Station, 1, identity_token="t")
        say(key(a), a.city)
        s.expire(a)
        say(a.city)
        s.refresh(a)
        say(key(a), s.merge(a) is a)
        s.expunge(a)
        c = s.get(Station, 1)
        d = s.merge(a)
        say(key(c), key(d), d is c)
        with say.error():
            s.add(a)
        d.city = "New"
        s.flush()
        say(key(d))
        s.rollback()
        say(key(d), d.city)
        say(identity_key(Station, 1, identity_token="q")[1:], identity_key(instance=d)[1:])
        say(Station.__mapper__.identity_key_from_instance(d)[1:])
        n = Station(city="N")
        inspect(n).identity_token = "zz"
        s.add(n)
        s.flush()
        say(key(n), inspect(n).identity_token, s.get(Station, n.id, identity_token="zz") is n)
        s.rollback()
        say(inspect(n).transient, inspect(n).identity_token)
    with Session(engine) as s:
        a = s.get(Station, 1, identity_token="t")
        s.expunge_all()
        b = pickle.loads(pickle.dumps(a))
        say(key(a), key(b), inspect(b).identity_token)
        s.add(b)
        say(s.get(Station, 1, identity_token="t") is b)
        for options in (
            {}, {"synchronize_session": "fetch"}, {"synchronize_session": "fetch", "identity_token": "t"}, {"identity_token": "t"},
        ):  # fmt: skip
            city = "+".join(["U", *options])
            s.execute(update(Station).where(Station.id == 1).values(city=city).execution_options(**options))
            say(b.city)
        s.rollback()
        make_transient(b)
        say(inspect(b).identity_token)
    with Session(engine) as s:
        say([key(o) for o in s.query(Station).execution_options(identity_token="t")])
        loaded = (
            select(Station)
            .from_statement(text("SELECT * FROM station"))
            .execution_options(identity_token="t")
        )
        say([key(o) for o in s.scalars(loaded)])
        say([key(o) for o in s.scalars(select(Station).execution_options(identity_token="u", yield_per=1))])
    engine.dispose()


@both("sqlite")
def test_bulk_updates_of_missing_rows(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        s.add(Station(id=1, city="Rome"))
        s.commit()
    missing = [{"id": 1, "city": "y"}, {"id": 99, "city": "x"}]
    twice = [{"id": 1, "city": "y"}, {"id": 1, "city": "x"}]
    for rows in (missing[1:], missing, twice):
        with Session(engine) as s:
            with say.error():
                s.execute(update(Station), rows)
            say(s.scalars(select(Station.city)).all())
        with Session(engine) as s:
            with say.error():
                s.bulk_update_mappings(Station, rows)
            with say.error():
                s.scalars(select(Station.city)).all()
    with Session(engine) as s:
        a = Station(id=77, city="q")
        make_transient_to_detached(a)
        a.city = "r"
        with say.error():
            s.bulk_save_objects([a])
