"""Horizontal sharding: which choosers are asked what, which shard is sent what, and what the objects know of their shards."""

from sqlalchemy import (
    ForeignKey,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.ext.horizontal_shard import ShardedQuery, ShardedSession, set_shard_id
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    immediateload,
    joinedload,
    mapped_column,
    object_session,
    relationship,
    selectin_polymorphic,
    selectinload,
    sessionmaker,
    subqueryload,
    with_polymorphic,
)  # fmt: skip
from twins import both


class Base(DeclarativeBase):
    pass


class Station(Base):
    __tablename__ = "station"
    id: Mapped[int] = mapped_column(primary_key=True)
    continent: Mapped[str]
    city: Mapped[str]
    reports: Mapped[list["Report"]] = relationship(back_populates="station", order_by="Report.id")


class Report(Base):
    __tablename__ = "report"
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    temperature: Mapped[float]
    station: Mapped[Station] = relationship(back_populates="reports")


class Node(Base):
    __tablename__ = "node"
    id: Mapped[int] = mapped_column(primary_key=True)
    home: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    parent: Mapped["Node | None"] = relationship(remote_side=id, back_populates="children")
    children: Mapped[list["Node"]] = relationship(back_populates="parent", order_by=id)
    big: Mapped[str | None] = mapped_column(deferred=True)
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "node"}


class Leaf(Node):
    __tablename__ = "leaf"
    id: Mapped[int] = mapped_column(ForeignKey("node.id"), primary_key=True)
    color: Mapped[str | None]
    __mapper_args__ = {"polymorphic_identity": "leaf"}


OPEN = []  # engines that the next program closes


class Watch:
    """Says what the choosers are asked and which shard is sent what, repetitions once."""

    def __init__(self, say, engines):
        self.say = say
        self.last = None
        for name, engine in engines.items():
            event.listen(engine, "before_cursor_execute", self.sql(name))

    def sql(self, name):
        def note(connection, cursor, statement, *rest):
            words = statement.replace("(", " ").replace(")", " ").split()
            table = next((t for t in ("report", "station", "node") if t in words), "")
            if words[0] != "PRAGMA":
                self(name, words[0], table)

        return note

    def __call__(self, *line):
        if line != self.last:
            self.say(*line)
        self.last = line


def of_users(options):
    return {
        k: v
        for k, v in options.items()
        if k[0] != "_" and k not in ("sa_top_level_orm_context", "populate_existing")
    }


def weather(say, **choosers):
    """A session maker over two databases, and these."""
    while OPEN:
        OPEN.pop().dispose()
    engines = {name: create_engine("sqlite://") for name in ("north", "south")}
    for each in engines.values():
        OPEN.append(each)
        Base.metadata.create_all(each)
    watch = Watch(say, engines)

    def shard_chooser(mapper, instance, clause=None):
        watch("shard?", mapper and mapper.class_.__name__, type(instance).__name__, clause is None)
        if instance is None:
            return "north"
        place = instance if isinstance(instance, Station) else instance.station
        return "north" if place.continent in ("Europe", "Asia") else "south"

    def identity_chooser(mapper, primary_key, *, lazy_loaded_from, execution_options, bind_arguments, **kw):
        touched = lazy_loaded_from and lazy_loaded_from.identity_key[1:]
        watch(
            "identity?",
            mapper.class_.__name__,
            primary_key,
            touched,
            of_users(execution_options),
            sorted(bind_arguments),
            kw,
        )
        return [lazy_loaded_from.identity_token] if lazy_loaded_from else ["north", "south"]

    def execute_chooser(state):
        touched = state.lazy_loaded_from if state.is_select else None
        watch(
            "execute?", state.is_select, state.is_update, state.is_delete, state.is_select and state.is_relationship_load,
            touched and touched.identity_key[1:], sorted(state.bind_arguments),
        )  # fmt: skip
        return [touched.identity_token] if touched is not None else ["north", "south"]

    given = {
        "shard_chooser": shard_chooser,
        "identity_chooser": identity_chooser,
        "execute_chooser": execute_chooser,
    }
    return sessionmaker(class_=ShardedSession, shards=engines, **given | choosers), engines


def filled(say):
    maker, engines = weather(say)
    with maker() as s:
        s.add_all(
            [
                Station(
                    continent="Europe", city="Rome", reports=[Report(temperature=20), Report(temperature=21)]
                ),
                Station(continent="Asia", city="Kyoto", reports=[Report(temperature=12)]),
                Station(continent="Africa", city="Accra", reports=[Report(temperature=31)]),
                Station(continent="America", city="Lima"),
            ]
        )
        say.lines, before = [], say.lines
        s.commit()
        say.lines = before
    return maker, engines


def token(obj):
    return inspect(obj).identity_key[1:]


@both("sqlite")
def test_flush_and_commit(engine, say):
    maker, _ = weather(say)
    with maker() as s:
        a = Station(continent="Europe", city="Rome", reports=[Report(temperature=20), Report(temperature=21)])
        c = Station(continent="Africa", city="Accra", reports=[Report(temperature=31)])
        others = [Station(continent="Asia", city="Kyoto"), Station(continent="America", city="Lima")]
        s.add_all([a, others[0], c, others[1]])
        say(inspect(a).identity_token, inspect(c).identity_token)
        s.flush()
        say(token(a), token(c), inspect(c).identity_token, token(c.reports[0]))
        say(sorted(map(str, s.identity_map.keys())))
        say(
            s.identity_map[Station, (1,), "south"] is c,
            (Station, (1,), None) in s.identity_map,
            len(s.identity_map),
        )
        s.commit()
        say(c.city)
        say([r.temperature for r in c.reports])
        s.refresh(c)
        c.city = "Tema"
        s.commit()
        say(s.get(Station, 1).city)
        say(s.get(Station, 1, identity_token="south").city)
        say(s.get(Station, 7))
        n = Station(continent="Asia", city="Osaka")
        s.add(n)
        s.flush()
        s.rollback()
        say(inspect(n).transient, inspect(n).identity_token)
        n.continent = "Africa"
        s.add(n)
        s.commit()
        say(token(n))
        s.refresh(c)
        c.continent = "Asia"  # too late: it stays where it is
        s.commit()
        say(token(c))


@both("sqlite")
def test_get_and_refresh(engine, say):
    maker, _ = filled(say)
    with maker() as s:
        say(s.get(Station, 1, identity_token="south").city)
        with say.error():
            s.get(Station, 1)
        say(s.get(Station, 2, bind_arguments={"shard_id": "south"}).city)
        say(s.get(Station, 2, options=[set_shard_id("south")]).city)
        say(s.get(Station, 99))
    with maker() as s:
        o = s.scalars(select(Station).where(Station.city == "Lima")).one()
        say(token(o))
        s.refresh(o)
        s.refresh(o, ["city"])
        s.expire(o)
        say(o.city)
        s.refresh(o, ["city", "reports"])
        s.expunge(o)
        say(token(o))
        s.add(o)
        say(token(o), o in s, object_session(o) is s)
    with maker() as s:
        m = s.merge(o)
        say(m is not o, m.city, token(m))
        m = s.merge(Station(id=2, city="X"))
        say(m.city, token(m))
        s.rollback()
        s.close()
        say(inspect(m).detached, token(m))


@both("sqlite")
def test_select(engine, say):
    maker, engines = filled(say)
    with maker() as s:
        say([(o.city, token(o)) for o in s.scalars(select(Station).order_by(Station.id))])
        say([(o.city, token(o)) for o in s.scalars(select(Station).options(set_shard_id("south")))])
        say(
            [(o.city, token(o)) for o in s.scalars(select(Station).execution_options(identity_token="south"))]
        )
        say(
            [
                (o.city, token(o))
                for o in s.scalars(select(Station), execution_options={"identity_token": "south"})
            ]
        )
        say([(o.city, token(o)) for o in s.scalars(select(Station), bind_arguments={"shard_id": "south"})])
        say(s.execute(select(Station.id, Station.city).order_by(Station.id)).all())
        say(s.execute(select(func.count()).select_from(Station)).all())
        say(s.scalar(select(func.count()).select_from(Station)))
        with say.error():
            s.execute(select(Station.id)).scalar_one()
        say(len(list(s.scalars(select(Station).execution_options(yield_per=1)))))
        say(s.execute(text("SELECT count(*) FROM station"), bind_arguments={"shard_id": "south"}).scalar())
        say(s.execute(text("SELECT count(*) FROM station")).all())
        say(s.connection(bind_arguments={"shard_id": "south"}).engine is engines["south"])
        say(s.connection_callable(shard_id="south").engine is engines["south"])
        say(
            s.get_bind(shard_id="south") is engines["south"], s.get_bind(inspect(Station)) is engines["north"]
        )
        with say.error():
            s.get_bind(shard_id="nowhere")


@both("sqlite")
def test_loading_relationships(engine, say):
    maker, _ = filled(say)
    with maker() as s:
        found = s.scalars(select(Report).order_by(Report.id)).all()
        say([(o.id, inspect(o).identity_token, o.station.city) for o in found])
    with maker() as s:
        for o in s.scalars(select(Station).order_by(Station.id)).all():
            say(o.city)
            say([(r.temperature, inspect(r).identity_token) for r in o.reports])
    with maker() as s:
        found = (
            s.scalars(select(Station).order_by(Station.id).options(joinedload(Station.reports)))
            .unique()
            .all()
        )
        say([(o.city, [r.temperature for r in o.reports]) for o in found])
    for option in (selectinload, subqueryload, immediateload):
        with maker() as s:
            for shard in ("north", "south"):
                statement = (
                    select(Station).order_by(Station.id).options(option(Station.reports), set_shard_id(shard))
                )
                say(
                    [
                        (o.city, [(r.temperature, token(r)) for r in o.reports])
                        for o in s.scalars(statement).all()
                    ]
                )


@both("sqlite")
def test_update_and_delete(engine, say):
    maker, _ = filled(say)
    with maker() as s:
        o = s.scalars(select(Station).where(Station.city == "Lima")).one()
        found = s.execute(update(Station).where(Station.id == 2).values(city=Station.city + "!"))
        say(found.rowcount, o.city)
        how = {"synchronize_session": "fetch"}
        s.execute(update(Station).where(Station.id == 2).values(city="?").execution_options(**how))
        say(o.city)
        s.execute(delete(Report).where(Report.id == 1))
        s.execute(delete(Report).where(Report.id == 2).options(set_shard_id("south")))
        s.execute(delete(Report).where(Report.id == 2), bind_arguments={"shard_id": "north"})
        say([x.city for x in s.scalars(select(Station)).all()])
        s.delete(o)
        s.flush()
        say(inspect(o).deleted, token(o), o in s)
        s.rollback()
        say(o.city, o in s)
        s.execute(insert(Station).values(city="Everywhere", continent="Asia"))
        say(s.scalars(select(Station.city).where(Station.city == "Everywhere")).all())


@both("sqlite")
def test_bulk_needs_shards(engine, say):
    maker, _ = filled(say)
    for verb in (
        lambda s: s.bulk_insert_mappings(Station, [{"city": "I", "continent": "Asia"}]),
        lambda s: s.bulk_save_objects([Station(city="J", continent="Africa")]),
    ):
        with maker() as s:
            with say.error(message=False):
                verb(s)
            with say.error(message=False):
                s.execute(select(Station.city))
            s.rollback()


@both("sqlite")
def test_queries(engine, say):
    maker, _ = filled(say)
    with maker() as s:
        say(type(s.query(Station)) is ShardedQuery)
        say(len(s.query(Station).order_by(Station.id).all()))
        say([o.city for o in s.query(Station).set_shard("south").order_by(Station.id).all()])
        say(
            s.query(Station).set_shard("south").count(),
            s.query(Station).options(set_shard_id("south")).count(),
        )
        say(s.query(Station).filter_by(city="Lima").first().city)
        say(s.query(Station).filter_by(id=2).update({"city": "U"}))


@both("sqlite")
def test_inheritance(engine, say):
    engines = {name: create_engine("sqlite://") for name in "ab"}
    for each in engines.values():
        Base.metadata.create_all(each)
    maker = sessionmaker(
        class_=ShardedSession, shards=engines, shard_chooser=lambda mapper, instance, clause=None: instance.home,
        identity_chooser=lambda mapper, primary_key, **kw: ["a", "b"], execute_chooser=lambda state: ["a", "b"],
    )  # fmt: skip

    def rows():
        for name, each in engines.items():
            with each.connect() as c:
                say(name, c.execute(select(Node.__table__)).all(), c.execute(select(Leaf.__table__)).all())

    with maker() as s:
        a = Node(id=1, home="a", children=[Leaf(id=2, home="a", color="red", big="B")])
        b = Leaf(id=3, home="b", color="blue", children=[Leaf(id=4, home="b"), Node(id=5, home="b")])
        s.add_all([a, b])
        s.commit()
        rows()
        b.color = "green"
        s.flush()
        say(token(b))
        s.rollback()
    with maker() as s:
        found = s.scalars(select(Node).order_by(Node.id)).all()
        say([(type(o).__name__, getattr(o, "color", None), token(o)) for o in found])
        say([[c.id for c in o.children] for o in found], [o.parent and o.parent.id for o in found])
        say(found[1].big)
        s.delete(found[1])
        s.flush()
        rows()
        s.rollback()
        say([(inspect(o).identity_token, inspect(o).persistent) for o in found])
        first = s.scalars(select(Node).options(set_shard_id("b")).order_by(Node.id)).first()
        say(first.id, [c.id for c in first.children])
        say([o.id for o in s.scalars(select(with_polymorphic(Node, [Leaf]))).all()])
    with maker() as s:
        found = s.scalars(select(Node).options(selectin_polymorphic(Node, [Leaf]))).all()
        say([(o.id, o.__dict__.get("color")) for o in found])
        say([o.id for o in s.scalars(select(Leaf).where(Leaf.color == "red")).all()])


@both("sqlite")
def test_listeners(engine, say):
    maker, _ = filled(say)
    with maker() as s:

        @event.listens_for(s, "do_orm_execute")
        def listen(state):
            say(
                "heard",
                state.is_select,
                state.bind_arguments.get("shard_id"),
                state.execution_options.get("identity_token"),
            )

        loaded = []
        event.listen(
            s, "loaded_as_persistent", lambda session, obj: loaded.append((session is s, token(obj)))
        )
        found = s.scalars(select(Station).order_by(Station.id)).all()
        say(loaded, {inspect(o).session is s for o in found})


@both("sqlite")
def test_construction(engine, say):
    for given in ((), (lambda *a: "a",), (lambda *a: "a", lambda *a: "a")):
        with say.error(message=False):
            ShardedSession(*given)
    Base.metadata.create_all(engine)
    s = ShardedSession(lambda *a, **k: "a", lambda *a, **k: ["a"], lambda state: ["a"])
    s.bind_shard("a", engine)
    n = Node(id=1, home="a")
    s.add(n)
    s.commit()
    say(n.id, inspect(n).identity_token)
    s.close()
    s = ShardedSession(lambda *a, **k: "zz", lambda *a, **k: ["a"], lambda state: ["a"], shards={"a": engine})
    s.add(Node(id=3))
    with say.error():
        s.commit()
    s.close()


@both("aiosqlite")
async def test_asynchronous(engine, say):
    engines = {
        "a": create_async_engine("sqlite+aiosqlite://"),
        "b": create_async_engine("sqlite+aiosqlite://"),
    }
    for each in engines.values():
        async with each.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(
        sync_session_class=ShardedSession, shards={name: each.sync_engine for name, each in engines.items()},
        shard_chooser=lambda mapper, instance, clause=None: instance.home,
        identity_chooser=lambda mapper, primary_key, **kw: ["a", "b"], execute_chooser=lambda state: ["a", "b"],
    ) as s:  # fmt: skip
        s.add_all([Node(id=1, home="a"), Node(id=1, home="b"), Leaf(id=2, home="b", color="red")])
        await s.commit()
        found = (
            await s.scalars(select(Node).options(selectin_polymorphic(Node, [Leaf])).order_by(Node.id))
        ).all()
        say([(type(o).__name__, token(o)) for o in found])
        say(token(await s.get(Node, 1, identity_token="b")), token(await s.get(Node, 2)))
        await s.refresh(found[1])
        found[1].home = "c"
        await s.commit()
        await s.refresh(found[1])
        say(found[1].home)
    for each in engines.values():
        await each.dispose()
