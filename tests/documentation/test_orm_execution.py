"""ORM-enabled DML in every mode, upserts, streams, bundles, polymorphic loads, joined transactions, two phases, several databases."""

from sqlalchemy import (
    create_engine,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import (
    Bundle,
    Session,
    aliased,
    joinedload,
    selectin_polymorphic,
    selectinload,
    with_polymorphic,
)
from twins import both, scene

FIRM = scene("firm", "sqlalchemy", __name__)
Base, Company, Employee, Engineer, Manager, Paper, Word = (
    getattr(FIRM, name) for name in ["Base", "Company", "Employee", "Engineer", "Manager", "Paper", "Word"]
)


def firm(engine):
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all(
            [
                Company(
                    name="acme",
                    employees=[
                        Manager(name="mia", title="boss", papers=[Paper(name="p1"), Paper(name="p2")]),
                        Engineer(name="eve", skill="c"),
                        Employee(name="joe"),
                    ],
                ),
                Company(
                    name="zed",
                    employees=[Engineer(name="kim", skill="py"), Manager(name="max", title="chief")],
                ),
                *[Word(name=n, count=c) for n, c in (("a", 1), ("b", 2), ("c", 3), ("d", 4))],
            ]
        )
    return Session(engine)


def loaded(obj, seen=()):
    if isinstance(obj, (list, tuple)):
        return [loaded(o, seen) for o in obj]
    if not hasattr(obj, "_sa_instance_state"):
        return obj
    if obj in seen:
        return repr(obj)
    state, known = inspect(obj), obj.__dict__
    return (
        repr(obj),
        ",".join(sorted(a.key for a in state.mapper.column_attrs if a.key in known)),
        {r.key: loaded(known[r.key], (*seen, obj)) for r in state.mapper.relationships if r.key in known},
    )


def show(engine, say, name, statement):
    with Session(engine) as session:
        try:
            with say.counting(engine, name):
                rows = [tuple(row) for row in session.execute(statement).unique().all()]
        except Exception as error:
            say(name, type(error).__name__, str(error).splitlines()[0].partition(" (Background on")[0][:200])
            return
        say(name)
        for row in rows:
            say("   ", loaded(row))


@both()
def test_polymorphic_loads(engine, say):
    firm(engine).close()
    everyone = with_polymorphic(Employee, "*")
    some = with_polymorphic(Employee, [Manager], flat=True)
    employees = select(Employee).order_by(Employee.id)
    show(engine, say, "plain", employees)
    show(engine, say, "selectin poly", employees.options(selectin_polymorphic(Employee, [Manager, Engineer])))
    show(engine, say, "selectin poly one", employees.options(selectin_polymorphic(Employee, [Manager])))
    show(
        engine,
        say,
        "selectin poly and more",
        employees.options(selectin_polymorphic(Employee, [Manager, Engineer]), selectinload(Manager.papers)),
    )
    show(engine, say, "subclass option", employees.options(selectinload(Manager.papers)))
    show(engine, say, "with poly", select(everyone).order_by(everyone.id))
    show(engine, say, "with poly some", select(some).order_by(some.id))
    show(engine, say, "with poly where", select(everyone).where(everyone.Manager.title == "boss"))
    show(
        engine,
        say,
        "with poly option",
        select(everyone).order_by(everyone.id).options(selectinload(everyone.Manager.papers)),
    )
    show(
        engine,
        say,
        "with poly joined",
        select(everyone).order_by(everyone.id).options(joinedload(everyone.Manager.papers)),
    )
    show(engine, say, "subclass", select(Manager).order_by(Manager.id))
    show(
        engine,
        say,
        "subclass base attr",
        select(Manager).order_by(Manager.id).options(selectinload(Manager.company)),
    )
    companies = select(Company).order_by(Company.id)
    show(
        engine, say, "of_type selectin", companies.options(selectinload(Company.employees.of_type(everyone)))
    )
    show(engine, say, "of_type joined", companies.options(joinedload(Company.employees.of_type(some))))
    show(
        engine,
        say,
        "of_type nested",
        companies.options(selectinload(Company.employees.of_type(Manager)).selectinload(Manager.papers)),
    )
    show(
        engine,
        say,
        "selectin then poly",
        companies.options(selectinload(Company.employees).selectin_polymorphic([Manager, Engineer])),
    )
    show(
        engine,
        say,
        "poly in options",
        companies.options(selectinload(Company.employees).options(selectin_polymorphic(Employee, [Manager]))),
    )
    show(
        engine,
        say,
        "join of_type",
        select(Company.name, Manager.title).join(Company.employees.of_type(Manager)).order_by(Manager.id),
    )
    show(
        engine,
        say,
        "any of_type",
        select(Company).where(Company.employees.of_type(Manager).any(Manager.title == "boss")),
    )


class Pair(Bundle):
    def create_row_processor(self, query, procs, labels):
        def proc(row):
            return dict(zip(labels, (proc(row) for proc in procs), strict=True))

        return proc


@both()
def test_bundles_and_mixtures(engine, say):
    with firm(engine) as session:
        who = Bundle("who", Word.id, Word.name)
        row = session.execute(select(who, Word.count).order_by(Word.id)).first()
        say(row, row.who.name, row.count, row._fields, row.who._mapping["id"])
        say(session.execute(select(Pair("p", Word.name, Word.count)).order_by(Word.id)).all()[:2])
        say(
            session.execute(
                select(Bundle("x", Word.name, Bundle("y", Word.count, Word.id))).order_by(Word.id)
            ).first()
        )
        say(
            session.execute(select(Bundle("one", Word.name, single_entity=True)).order_by(Word.id))
            .scalars()
            .first()
        )
        say(select(who).where(who.c.name == "a"))
        other = aliased(Word, name="other")
        for row in session.execute(
            select(Word, other).join(other, other.count > Word.count).order_by(Word.id, other.id)
        ):
            say(row, row._fields, row.other)
        say(session.execute(select(Word, Company.name).where(Word.id == Company.id).order_by(Word.id)).all())
        both_words = union_all(select(Word).where(Word.id == 1), select(Word).where(Word.id == 2))
        say(session.scalars(select(Word).from_statement(both_words)).all())
        from_union = aliased(Word, both_words.subquery())
        say(session.scalars(select(from_union).order_by(from_union.id.desc())).all())
        cte = select(Word).where(Word.count > 2).cte("big")
        big = aliased(Word, cte)
        say(session.execute(select(big, func.length(big.name)).order_by(big.id)).all())
        named = select(Word.id.label("id"), (Word.count * 2).label("count")).subquery()
        adapted = aliased(Word, named, adapt_on_names=True)
        say(session.execute(select(adapted.id, adapted.count).order_by(adapted.id)).all())


@both()
def test_synchronized_updates(engine, say):
    firm(engine).close()
    for way in ("auto", "evaluate", "fetch", False):
        with Session(engine) as session:
            words = session.scalars(select(Word).order_by(Word.id)).all()
            with say.counting(engine, f"update {way}"):
                result = session.execute(
                    update(Word)
                    .where(Word.count > 2)
                    .values(count=Word.count + 10, upper=func.upper(Word.name)),
                    execution_options={"synchronize_session": way},
                )
            say(
                way,
                result.rowcount,
                [w.__dict__.get("count") for w in words],
                [w.__dict__.get("upper") for w in words],
            )
            say([w.upper for w in words])
            with say.counting(engine, f"delete {way}"):
                result = session.execute(
                    delete(Word).where(Word.name.in_(["a", "b"])),
                    execution_options={"synchronize_session": way},
                )
            say(result.rowcount, [w in session for w in words], [inspect(w).deleted for w in words])
            session.rollback()
            say([w in session for w in words], [w.count for w in words])
    with Session(engine) as session:
        words = session.scalars(select(Word).order_by(Word.id)).all()
        words[0].count = 50
        session.execute(update(Word).where(Word.count == 50).values(name="fifty"))
        say(words[0].name, session.is_modified(words[0]))
        session.execute(update(Word).values({Word.count: 0}).where(Word.id == 2))
        session.execute(update(Word).values({"count": Word.count + 1}).where(Word.id.in_([2, 3])))
        say([w.count for w in words])
        session.execute(update(Word).where(Word.name.like("f%")).values(count=7))
        say(words[0].count)
        session.execute(
            update(Word)
            .where(Word.name == select(Company.name).where(Company.id == 1).scalar_subquery())
            .values(count=8)
        )
        say([w.count for w in words])
        with say.error(message=False):
            session.execute(
                update(Word).where(Word.name.regexp_match("x")).values(count=1),
                execution_options={"synchronize_session": "evaluate"},
            )
        with say.error():
            session.execute(
                update(Word).values(count=1), execution_options={"synchronize_session": "sometimes"}
            )
        session.rollback()
        session.execute(update(Word), [{"id": 1, "count": 11}, {"id": 2, "count": 22, "name": "bb"}])
        say([w.count for w in words], words[1].name)
        with say.error():
            session.execute(update(Word), [{"count": 11}])


@both()
def test_returning(engine, say):
    with firm(engine) as session:
        found = session.scalars(
            insert(Word).returning(Word), [{"name": "e", "count": 5}, {"name": "f", "count": 6}]
        ).all()
        say(found, [w in session for w in found], [w.count for w in found])
        found = session.scalars(
            insert(Word).returning(Word, sort_by_parameter_order=True), [{"name": n} for n in ("i", "h", "g")]
        ).all()
        say(found, [w.count for w in found])
        say(session.execute(insert(Word).values(name="z").returning(Word.name, Word.count)).all())
        say(session.execute(insert(Word).returning(Word.name, Word), [{"name": "y"}]).all())
        words = session.scalars(select(Word).order_by(Word.id)).all()
        say(
            session.scalars(update(Word).where(Word.count > 4).values(count=0).returning(Word)).all(),
            [w.count for w in words],
        )
        say(
            session.scalars(
                update(Word).where(Word.name == "a").values(upper=func.upper("a")).returning(Word.upper)
            ).all(),
            words[0].upper,
        )
        say(session.scalars(delete(Word).where(Word.name.in_(["y", "z"])).returning(Word.name)).all())
        gone = session.scalars(delete(Word).where(Word.name == "a").returning(Word)).all()
        say(gone, words[0] in session)
        session.rollback()
        say(session.scalar(select(func.count()).select_from(Word)))


@both()
def test_upserts_return_objects(engine, say):
    with firm(engine) as session:
        dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
        words = session.scalars(select(Word).order_by(Word.id)).all()
        statement = dialect.insert(Word).values([{"name": "a", "count": 100}, {"name": "new", "count": 1}])
        statement = statement.on_conflict_do_update(
            index_elements=[Word.name], set_={"count": statement.excluded.count}
        )
        found = session.scalars(
            statement.returning(Word), execution_options={"populate_existing": True}
        ).all()
        say(found, found[0] is words[0], words[0].count)
        ignored = dialect.insert(Word).values(name="a").on_conflict_do_nothing().returning(Word)
        say(session.scalars(ignored).all())
        many = dialect.insert(Word)
        many = many.on_conflict_do_update(index_elements=["name"], set_={"count": many.excluded.count})
        say(
            session.scalars(
                many.returning(Word.count), [{"name": "b", "count": 9}, {"name": "q", "count": 8}]
            ).all()
        )


@both()
def test_streams(engine, say):
    with firm(engine) as session:
        for count in (1, 2, 3, 100):
            result = session.scalars(select(Word).order_by(Word.id).execution_options(yield_per=count))
            say([len(part) for part in result.partitions()])
        say(
            [
                w.name
                for w in session.scalars(select(Word).order_by(Word.id), execution_options={"yield_per": 2})
            ]
        )
        say(
            [
                [e.name for e in c.employees]
                for c in session.scalars(
                    select(Company)
                    .order_by(Company.id)
                    .options(selectinload(Company.employees))
                    .execution_options(yield_per=1)
                )
            ]
        )
        with say.error():
            session.scalars(
                select(Company).options(joinedload(Company.employees)).execution_options(yield_per=1)
            ).all()
        result = session.execute(
            select(Word.id, Word.name)
            .order_by(Word.id)
            .execution_options(stream_results=True, max_row_buffer=2)
        )
        say(result.all())
        result = session.execute(select(Word).order_by(Word.id).execution_options(yield_per=2))
        say(result.first())
        with say.error():
            session.scalars(select(Word).execution_options(yield_per=10)).unique().all()


@both()
def test_joined_transactions(engine, say):
    firm(engine).close()
    for mode in ("conditional_savepoint", "rollback_only", "control_fully", "create_savepoint"):
        for nested in (False, True):
            for end in ("commit", "rollback", "close"):
                with engine.connect() as connection:
                    outer = connection.begin()
                    connection.execute(text("INSERT INTO company (name) VALUES ('outer')"))
                    savepoint = connection.begin_nested() if nested else None
                    session = Session(connection, join_transaction_mode=mode)
                    session.add(Company(name="inner"))
                    session.flush()
                    getattr(session, end)()
                    session.close()
                    active = outer.is_active, savepoint and savepoint.is_active, connection.in_transaction()
                    names = None
                    if outer.is_active and connection.in_transaction():
                        names = (
                            connection.execute(
                                select(Company.name).where(Company.id > 2).order_by(Company.id)
                            )
                            .scalars()
                            .all()
                        )
                    say(mode, nested, end, active, names)
                    if outer.is_active:
                        outer.rollback()
                with engine.begin() as connection:
                    connection.execute(text("DELETE FROM company WHERE id > 2"))


@both("psycopg")
def test_suite_recipe(engine, say):
    firm(engine).close()
    connection = engine.connect()
    transaction = connection.begin()
    session = Session(bind=connection, join_transaction_mode="create_savepoint")
    session.add(Company(name="test"))
    session.commit()
    session.add(Company(name="more"))
    session.flush()
    session.rollback()
    say(session.scalars(select(Company.name).order_by(Company.id)).all())
    with session.begin_nested():
        session.add(Company(name="nested"))
    session.commit()
    say(session.scalar(select(func.count(Company.id))))
    session.close()
    transaction.rollback()
    connection.close()
    with Session(engine) as session:
        say(session.scalars(select(Company.name).order_by(Company.id)).all())


@both("sqlite")
def test_several_databases(engine, say):
    other = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    Base.metadata.create_all(other)

    class Routed(Session):
        def get_bind(self, mapper=None, clause=None, **kw):
            if mapper is not None and inspect(mapper).mapper.class_ is Word:
                return other
            return engine

    for make in (
        lambda: Session(binds={Word: other, Base: engine}),
        lambda: Session(engine, binds={Word.__table__: other}),
        lambda: Session(binds={Base: engine, Word: other}),
        lambda: Routed(),
    ):
        with make() as session:
            session.add_all([Word(name="w"), Company(name="c", employees=[Engineer(name="e")])])
            session.commit()
            say(session.scalars(select(Word.name)).all(), session.scalars(select(Company)).one().employees)
            say(session.get_bind(Word) is other, session.get_bind(inspect(Company)) is engine)
            say(session.connection(bind_arguments={"mapper": Word}).engine is other)
            say(
                session.scalar(select(func.count()).select_from(Word)),
                session.execute(update(Word).values(count=3)).rowcount,
            )
            session.rollback()
            for entity in (Word, Engineer, Company):
                for obj in session.scalars(select(entity)):
                    session.delete(obj)
            session.commit()
    with engine.connect() as first, other.connect() as second:
        say(
            first.scalar(select(func.count()).select_from(Word)),
            second.scalar(select(func.count()).select_from(Company)),
        )
    session = Session()
    session.bind_mapper(Word, other)
    session.bind_table(Company.__table__, engine)
    say(session.get_bind(Word) is other, session.get_bind(Company) is engine)
    with say.error():
        session.get_bind(Paper)
    other.dispose()


@both("psycopg")
def test_two_phases(engine, say):
    Base.metadata.create_all(engine)
    session = Session(engine, twophase=True)
    with say.error():
        Session(engine).prepare()
    say(session.twophase)
    try:
        session.add(Company(name="two"))
        session.flush()
        session.rollback()
        say(session.scalar(select(func.count()).select_from(Company)))
    finally:
        session.close()
