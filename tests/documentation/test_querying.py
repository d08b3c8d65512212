"""The querying guide: joins, aliases, subqueries, CTEs, unions, statements from text, bundles, DML of the ORM."""

from typing import Optional

from sqlalchemy import (
    ForeignKey,
    Integer,
    String,
    and_,
    bindparam,
    case,
    cast,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    not_,
    or_,
    select,
    text,
    true,
    tuple_,
    union,
    union_all,
    update,
    values,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import (
    Bundle,
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    contains_eager,
    mapped_column,
    relationship,
    with_loader_criteria,
)
from twins import both


class Base(DeclarativeBase):
    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"


class Team(Base):
    __tablename__ = "team"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    people: Mapped[list["Person"]] = relationship(back_populates="team", order_by="Person.name")


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30), unique=True)
    age: Mapped[int] = mapped_column(default=30)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    boss_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    team: Mapped[Team | None] = relationship(back_populates="people")
    boss: Mapped[Optional["Person"]] = relationship(remote_side=[id], back_populates="staff")
    staff: Mapped[list["Person"]] = relationship(back_populates="boss", order_by=name)


def company(engine):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        red, blue = Team(name="red"), Team(name="blue")
        anna = Person(name="anna", age=50, team=red)
        bert = Person(name="bert", age=40, team=red, boss=anna)
        carl = Person(name="carl", age=30, team=blue, boss=anna)
        dora = Person(name="dora", age=20, team=blue, boss=bert)
        session.add_all([anna, bert, carl, dora, Person(name="emil")])
        session.commit()
    return Session(engine)


@both()
def test_self_join_along_relationship(engine, say):
    with company(engine) as session:
        boss, top = aliased(Person), aliased(Person, name="top")
        statement = (
            select(Person.name, boss.name, top.name)
            .join(Person.boss.of_type(boss))
            .outerjoin(boss.boss.of_type(top))
            .order_by(Person.name)
        )
        say(statement, session.execute(statement).all())
        statement = select(Person).join(boss, Person.boss).where(boss.name == "anna").order_by(Person.name)
        say(statement, session.scalars(statement).all())


@both()
def test_join_on_clause_and_and(engine, say):
    with company(engine) as session:
        statement = select(Team.name, Person.name).join(Team.people.and_(Person.age > 25)).order_by(Person.id)
        say(statement, session.execute(statement).all())
        statement = (
            select(Team.name, func.count(Person.id))
            .outerjoin(Team.people.and_(Person.age > 35))
            .group_by(Team.name)
            .order_by(Team.name)
        )
        say(statement, session.execute(statement).all())
        statement = (
            select(Person.name)
            .select_from(Team)
            .join(Person, Person.team_id == Team.id)
            .where(Team.name == "red")
            .order_by(Person.id)
        )
        say(statement, session.execute(statement).all())
        statement = (
            select(Team.name, Person.name)
            .join_from(Team, Person)
            .where(Person.name < "c")
            .order_by(Person.id)
        )
        say(statement, session.execute(statement).all())
        statement = select(Person.name, Team.name).join(Person.team, isouter=True).where(Team.id.is_(None))
        say(statement, session.execute(statement).all())


@both()
def test_join_errors(engine, say):
    with company(engine) as session:
        with say.error():
            session.execute(select(Team).join(Team))
        with say.error():
            session.execute(select(Person).join(Person))
        with say.error(message=False):
            session.execute(select(Person).join("team"))
        with say.error(message=False):
            session.execute(select(Person).where("name = 'x'"))
        with say.error():
            Person(nme="typo")
        with say.error():
            select(Person).filter_by(nme="x")
        with say.error(message=False):
            select(Person).join(Person.team).filter_by(name="x")
        say(select(Person).join(Person.team).filter_by(age=3))
        with say.error():
            select(Person.nme)
        with say.error():
            bool(Person.name == "x" and Person.age == 3)


@both()
def test_entity_from_subquery(engine, say):
    with company(engine) as session:
        inner = select(Person).where(Person.age > 25).order_by(Person.age.desc()).limit(2).subquery()
        older = aliased(Person, inner)
        statement = select(older).order_by(older.name)
        say(statement, session.scalars(statement).all())
        statement = select(Team.name, older).join(older, Team.people)
        say(statement, [tuple(r) for r in session.execute(statement.order_by(older.name))])
        say(session.scalars(select(Person)).first() in session.scalars(select(older)).all())


@both()
def test_recursive_cte(engine, say):
    with company(engine) as session:
        chain = (
            select(Person.id, Person.name, literal(0).label("level"))
            .where(Person.name == "anna")
            .cte("chain", recursive=True)
        )
        chain = chain.union_all(
            select(Person.id, Person.name, chain.c.level + 1).join(chain, Person.boss_id == chain.c.id)
        )
        statement = select(chain.c.name, chain.c.level).order_by(chain.c.level, chain.c.name)
        say(statement, session.execute(statement).all())
        below = aliased(Person, select(Person).where(Person.boss_id.is_not(None)).cte("below"))
        statement = select(below).where(below.age < 35).order_by(below.name)
        say(statement, session.scalars(statement).all())


@both()
def test_unions_of_entities(engine, say):
    with company(engine) as session:
        both_ends = union_all(select(Person).where(Person.age < 25), select(Person).where(Person.age > 45))
        statement = select(Person).from_statement(both_ends.order_by(Person.age))
        say(session.scalars(statement).all())
        either = aliased(Person, both_ends.subquery())
        statement = select(either).order_by(either.name.desc())
        say(statement, session.scalars(statement).all())
        names = union(select(Person.name.label("n")), select(Team.name)).subquery()
        say(session.scalars(select(names.c.n).order_by(names.c.n)).all())
        statement = (
            select(Person.name)
            .where(Person.age > 45)
            .union(select(Team.name).where(Team.id == 1))
            .order_by("name")
        )
        say(statement, session.execute(statement).all())


@both()
def test_scalar_subqueries_and_correlation(engine, say):
    with company(engine) as session:
        number = (
            select(func.count(Person.id)).where(Person.team_id == Team.id).scalar_subquery().label("number")
        )
        statement = select(Team.name, number).order_by(number.desc(), Team.name)
        say(statement, session.execute(statement).all())
        peer = aliased(Person)
        oldest = (
            select(func.max(peer.age))
            .where(peer.team_id == Person.team_id)
            .correlate(Person)
            .scalar_subquery()
        )
        statement = select(Person).where(Person.age == oldest).order_by(Person.name)
        say(statement, session.scalars(statement).all())
        statement = select(Team).where(exists().where(Person.team_id == Team.id, Person.age < 25))
        say(statement, session.scalars(statement).all())
        statement = (
            select(Person.name)
            .where(Person.team_id.in_(select(Team.id).where(Team.name == "red")))
            .order_by(Person.id)
        )
        say(statement, session.scalars(statement).all())


@both()
def test_bundles_and_columns(engine, say):
    with company(engine) as session:
        bundle = Bundle("who", Person.name, Person.age)
        for row in session.execute(
            select(bundle, Team.name).join(Person.team).where(bundle.c.age > 25).order_by(Person.id)
        ):
            say(row.who.name, row.who.age, row.name)
        row = session.execute(select(Person.name, Person.age.label("years"), Person)).first()
        say(row._asdict().keys() == {"name", "years", "Person"}, row.years, row.Person.name, row._tuple()[0])
        say(select(Person, aliased(Person, name="other").id).column_descriptions[0]["name"])


@both()
def test_operators(engine, say):
    with company(engine) as session:
        for criterion in (
            Person.name.startswith("a"),
            Person.name.contains("%", autoescape=True),
            Person.name.ilike("%ER%"),
            Person.age.between(25, 45),
            Person.age.not_in([20, 30]),
            or_(Person.age == 20, and_(Person.age == 50, Person.boss_id.is_(None))),
            not_(Person.age > 25),
            ~Person.name.in_([]),
            Person.team == None,
            Person.boss != None,
            tuple_(Person.name, Person.age).in_([("anna", 50), ("bert", 41)]),
            func.lower(Person.name) == "anna",
            (Person.age + 10) * 2 > 100,
            Person.age % 20 == 0,
            Person.name + "!" == "anna!",
            Person.boss_id.is_distinct_from(1),
            func.char_length(Person.name) == 4
            if engine.dialect.name == "postgresql"
            else func.length(Person.name) == 4,
        ):
            statement = select(Person.name).where(criterion).order_by(Person.name)
            say(statement, session.scalars(statement).all())


@both()
def test_case_cast_and_windows(engine, say):
    with company(engine) as session:
        kind = case((Person.age < 25, "young"), (Person.age < 45, "middle"), else_="old").label("kind")
        statement = select(kind, func.count()).group_by(kind).order_by(kind)
        say(session.execute(statement).all())
        statement = (
            select(
                Person.name,
                func.row_number()
                .over(partition_by=Person.team_id, order_by=Person.age.desc())
                .label("place"),
            )
            .where(Person.team_id.is_not(None))
            .order_by(Person.name)
        )
        say(statement, session.execute(statement).all())
        say(
            session.execute(
                select(cast(Person.age, String), literal_column("1 + 1"), literal("x")).where(Person.id == 1)
            ).one()
        )
        statement = select(
            func.sum(Person.age).filter(Person.age > 25), func.avg(Person.age), func.min(Person.name)
        )
        say(statement, [str(v)[:4] for v in session.execute(statement).one()])
        statement = select(case({"anna": 1}, value=Person.name, else_=0)).order_by(Person.id)
        say(statement, session.scalars(statement).all())


@both()
def test_distinct_order_and_limits(engine, say):
    with company(engine) as session:
        statement = (
            select(Person.boss_id).distinct().where(Person.boss_id.is_not(None)).order_by(Person.boss_id)
        )
        say(statement, session.scalars(statement).all())
        statement = (
            select(Person).order_by(Person.team_id.desc().nulls_last(), Person.name).offset(1).limit(3)
        )
        say(session.scalars(statement).all())
        say(session.scalars(select(Person).order_by(Person.id).slice(1, 3)).all())
        say(
            session.scalar(select(func.count()).select_from(select(Person).where(Person.age > 25).subquery()))
        )
        say(
            session.scalars(
                select(Person.name).order_by(None).order_by(Person.id).fetch(2)
                if engine.dialect.name == "postgresql"
                else select(Person.name).order_by(Person.id).limit(2)
            ).all()
        )


@both()
def test_result_methods(engine, say):
    with company(engine) as session:
        ordered = select(Person.id, Person.name).order_by(Person.id)
        result = session.execute(ordered)
        say(result.fetchone(), result.fetchmany(2), list(result), result.closed)
        say([list(p) for p in session.execute(ordered).partitions(2)])
        say(session.execute(ordered).columns(1).all(), session.execute(ordered).scalars(1).all())
        say(session.execute(ordered).mappings().first(), dict(session.execute(ordered).tuples().all()))
        with say.error():
            session.execute(ordered).mappings().one()
        with say.error():
            session.execute(ordered).one().missing
        frozen = session.execute(ordered).freeze()
        say(
            frozen().all() == frozen().all(),
            session.execute(select(Person.boss_id)).unique().scalars().all().__len__(),
        )
        say(session.execute(ordered.where(Person.id == 99)).first(), session.execute(ordered).scalar())


@both()
def test_contains_eager(engine, say):
    with company(engine) as session:
        statement = select(Team).join(Team.people).where(Person.age > 35).options(contains_eager(Team.people))
        say(statement)
        teams = session.scalars(statement).unique().all()
        say([(t, t.people) for t in teams])
        session.expunge_all()
        old = aliased(Person)
        statement = (
            select(Team)
            .join(Team.people.of_type(old))
            .options(contains_eager(Team.people.of_type(old)))
            .order_by(Team.id, old.name.desc())
        )
        say(
            statement,
            [
                (t, t.people)
                for t in session.scalars(statement.execution_options(populate_existing=True)).unique()
            ],
        )


@both()
def test_loader_criteria(engine, say):
    with company(engine) as session:
        statement = select(Team).options(with_loader_criteria(Person, Person.age > 25)).order_by(Team.id)
        say([(t, t.people) for t in session.scalars(statement)])
        statement = (
            select(Person).options(with_loader_criteria(Person, lambda cls: cls.age < 45)).order_by(Person.id)
        )
        say(statement, session.scalars(statement).all())
        boss = aliased(Person)
        statement = (
            select(Person.name)
            .join(Person.boss.of_type(boss))
            .options(with_loader_criteria(Person, lambda cls: cls.age < 45, include_aliases=True))
        )
        say(session.scalars(statement).all())


@both()
def test_bulk_insert_of_rows(engine, say):
    with company(engine) as session:
        session.execute(
            insert(Person), [{"name": "fred", "age": 1}, {"name": "gina", "age": 2}, {"name": "hugo"}]
        )
        people = session.scalars(
            insert(Person).returning(Person), [{"name": "ina"}, {"name": "jo", "age": 9}]
        ).all()
        say([(p.name, p.age, p in session) for p in people])
        say(
            session.execute(
                insert(Person).returning(Person.id, Person.name, sort_by_parameter_order=True),
                [{"name": "kai"}, {"name": "lea"}],
            ).all()
        )
        session.execute(update(Person), [{"id": 1, "age": 51}, {"id": 2, "age": 41}])
        say(session.scalars(select(Person.age).order_by(Person.id)).all())
        session.execute(insert(Person).values([{"name": "max"}, {"name": "nia"}]))
        say(session.scalar(select(func.count(Person.id))))
        session.bulk_insert_mappings(Person, [{"name": "oli", "age": 3}])
        session.bulk_update_mappings(Person, [{"id": 1, "name": "ANNA"}])
        session.bulk_save_objects([Person(name="pia"), Person(name="quin")])
        say(session.scalars(select(Person.name).order_by(Person.id)).all())


@both()
def test_synchronize_session(engine, say):
    for how in ("auto", "evaluate", "fetch", False):
        with company(engine) as session:
            people = session.scalars(select(Person).order_by(Person.id)).all()
            result = session.execute(
                update(Person).where(Person.age >= 40).values(age=Person.age + 1),
                execution_options={"synchronize_session": how},
            )
            say(how, result.rowcount, [p.age for p in people])
            session.execute(
                delete(Person).where(Person.name == "emil").execution_options(synchronize_session=how)
            )
            say(people[4] in session, [p.name for p in people[:4]])
            session.rollback()
        Base.metadata.drop_all(engine)


@both()
def test_update_with_returning_entities(engine, say):
    with company(engine) as session:
        carl = session.scalars(select(Person).where(Person.name == "carl")).one()
        statement = (
            update(Person)
            .where(Person.team_id == 2)
            .values(age=func.coalesce(Person.age, 0) + 5)
            .returning(Person)
        )
        found = session.scalars(statement, execution_options={"populate_existing": True}).all()
        say(sorted((p.name, p.age) for p in found), carl.age)
        gone = session.execute(
            delete(Person).where(Person.name == "emil").returning(Person.id, Person.name)
        ).all()
        say(gone)
        with say.error(message=False):
            session.execute(update(Person).where(func.nonsense(Person.age) == 1).values(age=1))


@both()
def test_evaluate_that_cannot(engine, say):
    with company(engine) as session:
        people = session.scalars(select(Person).order_by(Person.id)).all()
        with say.error():
            session.execute(
                update(Person).where(func.lower(Person.name) == "anna").values(age=1),
                execution_options={"synchronize_session": "evaluate"},
            )
        session.execute(update(Person).where(func.lower(Person.name) == "anna").values(age=1))
        say(people[0].age)
        session.execute(update(Person).where(Person.team.has(name="red")).values({"age": 7}))
        say([p.age for p in people])
        session.execute(
            update(Person).where(Person.team_id == Team.id, Team.name == "blue").values({Person.age: 8})
        )
        say([p.age for p in people])
        with say.error():
            session.execute(update(Person).values(nme=1))


@both()
def test_upsert(engine, say):
    made = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
    with company(engine) as session:
        anna = session.get(Person, 1)
        statement = made(Person).values([{"name": "anna", "age": 99}, {"name": "rita", "age": 12}])
        statement = statement.on_conflict_do_update(
            index_elements=[Person.name], set_={"age": statement.excluded.age}
        ).returning(Person)
        people = session.scalars(statement, execution_options={"populate_existing": True}).all()
        say(sorted((p.name, p.age) for p in people), anna.age)
        say(statement.compile(dialect=engine.dialect).string)
        nothing = made(Person).on_conflict_do_nothing(index_elements=["name"])
        say(nothing.compile(dialect=engine.dialect).string)
        session.execute(nothing, [{"name": "anna"}, {"name": "sue"}])
        say(session.scalars(select(Person.name).order_by(Person.name)).all())


@both()
def test_insert_from_select_and_values(engine, say):
    with company(engine) as session:
        session.execute(insert(Team).from_select(["name"], select(Person.name).where(Person.age > 35)))
        say(session.scalars(select(Team.name).order_by(Team.id)).all())
        if engine.dialect.name == "sqlite":
            return
        data = values(column("k", Integer), column("v", String), name="data").data([(1, "one"), (2, "two")])
        statement = select(Person.name, data.c.v).join(data, data.c.k == Person.id).order_by(Person.id)
        say(statement, session.execute(statement).all())


@both()
def test_from_text(engine, say):
    with company(engine) as session:
        statement = text("SELECT * FROM person WHERE age > :age ORDER BY id").bindparams(age=35)
        say(session.scalars(select(Person).from_statement(statement)).all())
        statement = text("SELECT id, name FROM person WHERE name = :n").columns(Person.id, Person.name)
        person = session.scalars(select(Person).from_statement(statement), {"n": "emil"}).one()
        say(person, person.age)
        sub = text("SELECT id, age FROM person").columns(Person.id, Person.age).subquery("raw")
        say(session.execute(select(sub.c.age).where(sub.c.id == bindparam("one")), {"one": 1}).scalar_one())


@both("psycopg")
def test_postgresql_specials(engine, say):
    with company(engine) as session:
        statement = select(Person).distinct(Person.team_id).order_by(Person.team_id, Person.age.desc())
        say(statement.compile(dialect=engine.dialect).string, session.scalars(statement).all())
        youngest = (
            select(Person.name)
            .where(Person.team_id == Team.id)
            .order_by(Person.age)
            .limit(1)
            .lateral("youngest")
        )
        statement = select(Team.name, youngest.c.name).join(youngest, true()).order_by(Team.id)
        say(statement, session.execute(statement).all())
        statement = (
            select(Team.name, func.array_agg(Person.name))
            .join(Person)
            .group_by(Team.name)
            .order_by(Team.name)
        )
        say(session.execute(statement).all().__len__())
        statement = select(Person).where(Person.id == 1).with_for_update(skip_locked=True, of=Person)
        say(statement.compile(dialect=engine.dialect).string, session.scalars(statement).all())
        say(
            session.scalars(
                select(Person.name).where(Person.id == func.any(postgresql.array([1, 2]))).order_by(Person.id)
            ).all()
        )


@both()
def test_legacy_query(engine, say):
    with company(engine) as session:
        query = session.query(Person).filter(Person.age > 25).filter_by(team_id=1).order_by(Person.id)
        say(str(query), query.all(), query.count(), query.first())
        say(session.query(Person.name, Team.name).join(Person.team).order_by(Person.id).all())
        say(session.query(Person).filter_by(name="anna").one().name, session.query(Person).get(2).name)
        say(session.query(func.count(Person.id)).scalar(), session.query(query.exists()).scalar())
        say(
            session.query(Person).filter(Person.name == "emil").update({"age": 31}),
            session.query(Person).filter_by(age=31).delete(),
        )
        with say.error():
            session.query(Person).one()
