"""What the changelogs of 2.1, 2.0 and 1.4 say of Core: a program for each entry that once told the roots apart, and for some that must not."""

import pickle

from sqlalchemy import (
    ARRAY,
    BLOB,
    CHAR,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    URL,
    VARBINARY,
    VARCHAR,
    BigInteger,
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    PickleType,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    and_,
    any_,
    bindparam,
    cast,
    column,
    create_engine,
    delete,
    func,
    insert,
    inspect,
    literal,
    literal_column,
    make_url,
    select,
    table,
    text,
    tuple_,
    types,
    update,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateSequence, CreateTable, DropConstraint
from sqlalchemy.sql import functions, operators
from twins import both

q = Table("q", MetaData(), Column("id", Integer, primary_key=True), Column("n", String), Column("m", String))
t = table("t", column("id", Integer), column("n", String), column("x", Numeric))
URLS = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://", "mysql": "mysql+pymysql://"}


def written(element, dialect="postgresql"):
    return str(element.compile(dialect=make_url(URLS[dialect]).get_dialect()()))


def outcomes(say, *calls):
    for call in calls:
        with say.error(message=False):
            say(call())


@both("sqlite")
def test_sequences_and_identities_have_keywords_of_dialects(engine, say):
    """2.1: Oracle's options have its name."""
    say(repr(Sequence("x", start=3, increment=2, schema="s", cache=4, data_type=BigInteger, optional=True)))
    outcomes(
        say,
        lambda: repr(Sequence("x", order=True)),
        lambda: repr(Sequence("x", oracle_order=True)),
        lambda: Sequence("x", order=True).dialect_options["oracle"]["order"],
        lambda: repr(Identity(on_null=True, start=4)),
        lambda: repr(Identity(oracle_on_null=True, oracle_order=True)),
        lambda: Sequence("x", foo=3),
        lambda: Identity(foo=3),
    )


@both("sqlite")
def test_keywords_of_dialects_that_nobody_knows_are_told_of(engine, say):
    outcomes(
        say,
        lambda: repr(Index("x", "a", zzz_using="gin")),
        lambda: Table("x", MetaData(), postgres_using="heap"),
        lambda: repr(Index("x", "a", mssql_clustered=True, oracle_bitmap=True)),
        lambda: delete(t).with_dialect_options(zzz_limit=6),
        lambda: repr(Column("a", Integer, zzz_a=True)),
    )


@both("psycopg")
def test_types_with_create_type_false_are_created_when_they_are_asked_to(engine, say):
    def names():
        return [one["name"] for one in inspect(engine).get_enums()]

    for of in (Enum, postgresql.ENUM):
        steps(engine, say, names, of("a", name="kind", create_type=False), of("b", name="other"))


def steps(engine, say, names, kind, other):
    metadata = MetaData()
    things = Table("things", metadata, Column("kind", kind), Column("other", other))
    say(repr(kind), kind.create_type)
    outcomes(say, lambda: things.create(engine), lambda: kind.create(engine, checkfirst=True), names)
    outcomes(say, lambda: metadata.create_all(engine), names, lambda: metadata.drop_all(engine), names)
    outcomes(say, lambda: kind.drop(engine, checkfirst=True), names)


def owner(of, metadata, table_schema=None, **options):
    """The schema of a type in a table of its own, and whether it belongs to the table's MetaData."""
    things = Table("things", metadata, Column("kind", of("a", name="kind", **options)), schema=table_schema)
    return things.c.kind.type.schema, things.c.kind.type.metadata is metadata, written(CreateTable(things))


@both("psycopg")
def test_named_types_belong_to_the_metadata(engine, say):
    """2.1: the schema of the MetaData is theirs; a table that is dropped leaves them."""
    for of in (Enum, postgresql.ENUM):
        for options in ({}, {"schema": "p"}, {"inherit_schema": True}):
            for schema in (None, "m"):
                say(options, schema, owner(of, MetaData(schema=schema), **options))
                say(options, schema, owner(of, MetaData(schema=schema), "t", **options))

    def names():
        found = inspect(engine).get_enums(), inspect(engine).get_domains()
        return [sorted(one["name"] for one in each) for each in found]

    metadata = MetaData()
    Enum("a", name="free", metadata=metadata)
    postgresql.DOMAIN("whole", Integer, metadata=metadata)
    things = Table("things", metadata, Column("kind", ARRAY(Enum("q", name="kind"))))
    Table("others", metadata, Column("kind", Enum("r", name="other")))
    outcomes(
        say, lambda: metadata.create_all(engine, tables=[things]), names, lambda: things.drop(engine), names
    )
    outcomes(say, lambda: metadata.create_all(engine), names, lambda: metadata.drop_all(engine), names)
    say(sorted(one.name for one in metadata.get_schema_objects(Enum)))
    say(metadata.get_schema_object_by_name(Enum, "other") is metadata.tables["others"].c.kind.type)


@both("psycopg")
def test_named_types_follow_their_tables_to_another_schema(engine, say):
    things = Table("things", MetaData(), Column("kind", Enum("a", name="kind")))
    for copied in (
        things.to_metadata(MetaData()),
        things.to_metadata(MetaData(), schema="other"),
        things.to_metadata(MetaData(schema="other")),
        things.to_metadata(MetaData(schema="other"), schema=None),
    ):
        kind = copied.c.kind.type
        say(copied.fullname, kind.schema, kind.metadata is copied.metadata, written(CreateTable(copied)))
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA other"))
        moved = things.to_metadata(MetaData(), schema="other")
        moved.metadata.create_all(connection)
        connection.execute(moved.insert(), {"kind": "a"})
        say([(one["name"], one["schema"]) for one in inspect(connection).get_enums(schema="*")])
        connection.execute(text("DROP SCHEMA other CASCADE"))


@both("sqlite")
def test_columns_are_inserted_at_a_place(engine, say):
    light = table("q", column("a"), column("b"))
    for name, index in (("z", 0), ("m", 2), ("a", 0), ("before", -1), ("far", 99)):
        light.insert_column(column(name), index)
        say(light.c.keys(), select(light))
    full = Table("q", MetaData(), Column("a"), Column("b"))
    outcomes(
        say,
        lambda: full.insert_column(Column("z", Integer, primary_key=True), 0),
        lambda: full.insert_column(Column("a", Integer), 0),
        lambda: full.insert_column(Column("a", Integer), 0, replace_existing=True),
        lambda: (full.c.keys(), full.primary_key.columns.keys()),
        lambda: written(CreateTable(full), "sqlite"),
    )


@both("sqlite")
def test_a_column_replaces_one_of_the_same_name_or_key(engine, say):
    """2.0.0b4: stricter rules for columns that would be there twice."""
    for name, key in (("a", "a"), ("b", "b"), ("bb", "bb"), ("c", "a")):
        for replaces in (False, True):
            rows = Table("q", MetaData(), Column("a", Integer), Column("b", Integer, key="bb"))
            with say.error(message=False):
                rows.append_column(Column(name, String, key=key), replace_existing=replaces)
            say(name, key, replaces, rows.c.keys(), [one.name for one in rows.c])
    metadata = MetaData()
    rows = Table("q", metadata, Column("a", Integer), Column("b", Integer, key="bb"))
    Table("q", metadata, Column("b", String), extend_existing=True)
    say(rows.c.keys())


@both("psycopg")
def test_distinct_on(engine, say):
    say(written(select(t).distinct().ext(postgresql.distinct_on(t.c.id))))
    say(written(select(t).ext(postgresql.distinct_on(t.c.id)).ext(postgresql.distinct_on(t.c.n))))
    say(written(select(t.c.id.label("z"), t.c.n).ext(postgresql.distinct_on("z", "n"))))
    say(written(select(t.c.id.label("z")).distinct("z")))
    say(written(select(t).distinct(t.c.id), "mysql"))
    outcomes(
        say,
        lambda: written(select(t).ext(postgresql.distinct_on("nope"))),
        lambda: select(t).distinct(t.c.id).ext(postgresql.distinct_on(t.c.n)),
    )


class Vector(types.UserDefinedType):
    cache_ok = True

    class comparator_factory(types.UserDefinedType.Comparator):
        def __radd__(self, other):
            return func.radd(other, self.expr)

        def __rsub__(self, other):
            return self.reverse_operate(operators.mul, other)

        def __rtruediv__(self, other):
            return self.reverse_operate(operators.custom_op("~>", precedence=3), other)

        def __rmatmul__(self, other):
            return literal(other).op("@@")(self.expr)

        def __rrshift__(self, other):
            return literal(other).op(">>>")(self.expr)

        def reverse_operate(self, op, other, **kw):
            return (
                func.xmod(other, self.expr)
                if op is operators.mod
                else super().reverse_operate(op, other, **kw)
            )

    def get_col_spec(self, **kw):
        return "VECTOR"


@both("sqlite")
def test_types_say_what_operators_mean_from_the_right(engine, say):
    z, i = column("z", Vector), column("i", Integer)
    calls = [
        lambda: 5 + z,
        lambda: 5 - z,
        lambda: 5 * z,
        lambda: 5 / z,
        lambda: 5 % z,
        lambda: 5 @ z,
        lambda: 5 >> z,
    ]
    outcomes(say, *calls, lambda: 5 @ i, lambda: 5 >> i, lambda: 5 << i, lambda: 5 << z)


@both("sqlite")
def test_params_are_for_statements(engine, say):
    """2.1: params() of other pieces of SQL is deprecated."""
    condition = t.c.id == column("x").op("+")(func.y())
    say(condition.params(q=1))
    say((t.c.id == 5).unique_params(id_1=6).compile().params)
    say(select(t).where(t.c.id == 5).params(id_1=7).compile().params)
    say(select(t).where(t.c.id == 5).params({"id_1": 7}, id_1=8).compile().params)


class Base(DeclarativeBase):
    pass


class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)


class B(Base):
    __tablename__ = "b"
    id: Mapped[int] = mapped_column(primary_key=True)
    a_id = mapped_column(ForeignKey("a.id"))


class C(Base):
    __tablename__ = "c"
    id: Mapped[int] = mapped_column(primary_key=True)
    a_id = mapped_column(ForeignKey("a.id"))
    b_id = mapped_column(ForeignKey("b.id"))


@both("sqlite")
def test_the_two_sides_of_join_from_decide(engine, say):
    """2.1: not what else is in FROM."""
    a, b, c = A.__table__, B.__table__, C.__table__
    say(select(a).join_from(a, b).join_from(a, c))
    say(select(a).join_from(a, b).join_from(b, c))
    say(select(A).join_from(A, B).join_from(A, C))
    say(select(A).join_from(A, B).join_from(A, aliased(C)))
    say(select(A.id).join_from(A, C).join_from(A, b))
    d = Table("d", MetaData(), Column("b_id", ForeignKey(b.c.id)))
    outcomes(say, lambda: str(select(a).join_from(a, b).join_from(a, d)))


@both("sqlite")
def test_a_constraint_that_is_dropped_by_itself_stays_in_create_table(engine, say):
    for action, options in (
        (DropConstraint, {}),
        (DropConstraint, {"isolate_from_table": True}),
        (DropConstraint, {"isolate_from_table": False}),
        (AddConstraint, {}),
        (AddConstraint, {"isolate_from_table": False}),
    ):
        rows = Table("q", MetaData(), Column("a", Integer))
        check, unique = CheckConstraint("a > 1", name="ck"), UniqueConstraint("a", name="uq")
        for constraint in (check, unique):
            rows.append_constraint(constraint)
            say(written(action(constraint, **options)))
        say(action.__name__, options, written(CreateTable(rows)))


@both("psycopg")
def test_monotonic_functions(engine, say):
    say(func.foo().monotonic, func.foo(monotonic=True).monotonic, func.now().monotonic)
    with engine.begin() as connection:
        connection.execute(text("CREATE SEQUENCE numbers"))
        rows = Table(
            "q", MetaData(),
            Column("id", Integer, primary_key=True, server_default=func.nextval("numbers", monotonic=True)),
            Column("n", Integer),
        )  # fmt: skip
        rows.create(connection)
        returning = insert(rows).returning(rows.c.n, rows.c.id, sort_by_parameter_order=True)
        say(connection.execute(returning, [{"n": n} for n in (5, 3, 4)]).all())


class Long(types.TypeDecorator):
    impl = BigInteger
    cache_ok = True


@both("sqlite")
def test_numbers_that_count_themselves(engine, say):
    """2.1: Numeric counts only with a scale of zero. A decorated BigInteger is a BIGSERIAL."""
    for type_ in (Numeric(10, 0), Numeric(10), Numeric(10, 2), Numeric, Long):
        outcomes(
            say,
            lambda: written(
                CreateTable(Table("q", MetaData(), Column("id", type_, primary_key=True, autoincrement=True)))  # noqa: B023
            ),
        )


@both("sqlite")
def test_any_of_null_is_written_as_null(engine, say):
    x = column("x", ARRAY(Integer))
    say(any_(x) == None, any_(x) != None, any_(x) < None, any_(x) == 5)


@both("sqlite")
def test_update_sets_what_it_reads(engine, say):
    """2.0.42: columns of other tables only where the statement reads these, and the database can write to several."""
    metadata = MetaData()
    a = Table("a", metadata, Column("id", Integer, primary_key=True), Column("q", Integer))
    b = Table("b", metadata, Column("a_id", ForeignKey("a.id")), Column("q", Integer), Column("z", Integer))
    other, joined = a.alias("other"), a.join(b)
    for statement in (
        update(a).values({b.c.z: 5}),
        update(a).values({b.c.z: 5}).where(a.c.id == b.c.a_id),
        update(a).values({b.c.z: 5, a.c.q: 6}).where(a.c.id == b.c.a_id),
        update(a).values({other.c.q: 5}),
        update(other).values({a.c.q: 5}),
        update(a).values({other.c.q: 5, "q": 6}).where(a.c.id == other.c.id),
        update(joined).values({a.c.q: 5, b.c.q: 6}),
        update(joined).values(q=5).where(b.c.z == 4),
        update(joined).values(z=5),
        update(joined).values({b.c.q: a.c.q}),
    ):
        outcomes(say, lambda: written(statement, "mysql"))  # noqa: B023
    for statement in (
        update(a).values({b.c.z: 5}).where(a.c.id == b.c.a_id),
        update(a).values({other.c.q: 5}),
    ):
        outcomes(say, lambda: written(statement, "sqlite"))  # noqa: B023


@both("psycopg")
def test_a_table_and_its_namesake_in_another_schema(engine, say):
    """2.0.0b1: the one without schema gets another name."""
    metadata = MetaData()
    a, b = (
        Table("a", metadata, Column("id", Integer)),
        Table("a", metadata, Column("id", Integer), schema="other"),
    )
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA other"))
        metadata.create_all(connection)
        connection.execute(a.insert(), [{"id": 1}, {"id": 2}])
        connection.execute(b.insert(), [{"id": 2}, {"id": 3}])
        for statement in (
            select(a, b).where(a.c.id == b.c.id),
            select(a.outerjoin(b, a.c.id == b.c.id)).order_by(a.c.id),
            select(b.c.id, select(func.max(a.c.id)).where(a.c.id > b.c.id - 1).scalar_subquery()).order_by(
                b.c.id
            ),
            select(select(a, b.c.id.label("z")).where(a.c.id == b.c.id).subquery()),
            select(a, a.alias()).where(a.c.id == b.c.id, a.alias("z").c.id == 1),
            select(a.c.id.label("n")).where(a.c.id == b.c.id).order_by("n"),
        ):
            say(written(statement), sorted(connection.execute(statement).all(), key=str))
        connection.execute(text("DROP SCHEMA other CASCADE"))


@both("sqlite")
def test_upserts_with_several_clauses(engine, say):
    """2.1: SQLite may have several ON CONFLICT; elsewhere a second one is refused."""
    rows = Table("q", MetaData(), Column("id", Integer, primary_key=True), Column("n", Integer, unique=True))
    rows.create(engine)
    statement = sqlite.insert(rows).on_conflict_do_nothing(index_elements=["id"])
    statement = statement.on_conflict_do_update(index_elements=["n"], set_={"n": 100}, where=rows.c.n > 5)
    say(statement)
    with engine.begin() as connection:
        for row in ((1, 5), (1, 6), (2, 7), (3, 7), (4, 5)):
            connection.execute(statement, {"id": row[0], "n": row[1]})
        say(connection.execute(select(rows)).all())
    outcomes(
        say,
        lambda: sqlite.insert(t).on_conflict_do_nothing().on_conflict_do_nothing(),
        lambda: postgresql.insert(t).on_conflict_do_nothing().on_conflict_do_nothing(),
        lambda: mysql.insert(t).on_duplicate_key_update(n=1).on_duplicate_key_update(n=1),
    )


@both("sqlite")
def test_types_and_their_generic_forms(engine, say):
    for type_ in (VARBINARY(5), mysql.LONGBLOB(), LargeBinary(3), postgresql.BYTEA()):
        say(repr(type_.as_generic()))
    say(postgresql.BIT(3).python_type)
    for type_ in (VARCHAR(0), CHAR(0), BLOB(0), mysql.TEXT(0), String(0)):
        say(written(CreateTable(Table("q", MetaData(), Column("a", type_))), "mysql"))


@both("sqlite")
def test_enums_of_any_length(engine, say):
    """2.0.21"""
    for options in ({}, {"length": None}, {"length": 10}):
        kind = Enum("a", "bbb", native_enum=False, **options)
        say(repr(kind), kind.length, repr(kind.copy()), kind.adapt(Enum).length)
        say(written(CreateTable(Table("q", MetaData(), Column("kind", kind)))))


@both("sqlite")
def test_tables_with_every_kind_of_type_are_pickled(engine, say):
    for pickler in (None, pickle):
        kind = pickle.loads(pickle.dumps(PickleType(pickler=pickler, protocol=2)))
        rows = Table("q", MetaData(), Column("id", Integer, primary_key=True), Column("p", kind))
        rows.metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(rows.insert(), {"p": {1: 2}})
            say(kind.protocol, connection.execute(select(rows.c.p)).scalars().all())


@both("sqlite")
def test_arguments_that_exclude_each_other(engine, say):
    metadata = MetaData()
    x, y = (Table(name, metadata, Column("q", Integer), Column("r", Integer)) for name in "xy")
    outcomes(
        say,
        lambda: Column("a", Integer, insert_default=5, default=6),
        lambda: Column("a", Integer, insert_default=5).default.arg,
        lambda: Index("i", x.c.q, y.c.q),
        lambda: written(CreateIndex(Index("j", x.c.q, func.lower(x.c.r)))),
        lambda: create_engine("sqlite://", implicit_returning=True).name,
        lambda: x.c[(0, 1)].keys(),
        lambda: x.c["r", "q"].keys(),
    )


@both("sqlite")
def test_arguments_of_urls_that_nobody_reads_are_told_of(engine, say):
    create_engine("sqlite:///:memory:?foo=1").connect().close()


@both("sqlite")
def test_compiled_statements_expand_for_other_values(engine, say):
    """2.0.0rc1: construct_expanded_state()"""
    statement = select(t).where(t.c.id.in_([1, 2]), t.c.n == "x").limit(5)
    for dialect in URLS:
        made = statement.compile(dialect=make_url(URLS[dialect]).get_dialect()())
        state = made.construct_expanded_state({"id_1": [7, 8, 9]})
        say(state.statement, state.parameters, state.parameter_expansion, made.positional)
        outcomes(say, lambda: state.positional_parameters)  # noqa: B023
    read = statement.compile(compile_kwargs={"render_postcompile": True})
    say(read.params)
    with say.error(message=False):
        read.construct_params({"n_1": "y"})


@both("sqlite")
def test_names_of_constraints_in_every_kind_of_quotes(engine, say):
    """2.0.45"""
    with engine.begin() as connection:
        connection.exec_driver_sql(
            """CREATE TABLE "CHECK" (id INTEGER, CONSTRAINT "c k" CHECK (id > 5), CONSTRAINT [br] CHECK (id IN (1,2,3)),
            CONSTRAINT `bt` CHECK (id != ')('), CONSTRAINT 'sq' CHECK (id < 10))"""
        )
        connection.exec_driver_sql(
            """CREATE TABLE b (id INTEGER PRIMARY KEY, x INTEGER,
            CONSTRAINT "FK Upper" FOREIGN KEY (x) REFERENCES "CHECK" (id) ON DELETE CASCADE)"""
        )
    say(sorted(inspect(engine).get_check_constraints("CHECK"), key=str))
    say(inspect(engine).get_foreign_keys("b"))


@both("psycopg")
def test_collations_are_reflected_through_arrays(engine, say):
    """2.0.45"""
    with engine.begin() as connection:
        connection.exec_driver_sql(
            'CREATE TABLE x (a varchar(5) COLLATE "C", b text, c varchar(5)[] COLLATE "C")'
        )
    say([repr(one["type"]) for one in inspect(engine).get_columns("x")])


@both("psycopg")
def test_exclude_constraints_of_expressions_are_copied(engine, say):
    rows = Table(
        "x", MetaData(), Column("a", Integer),
        postgresql.ExcludeConstraint((func.int4range(column("a"), 5), "&&"), where=column("a") > 5, name="ex"),
    )  # fmt: skip
    say(written(CreateTable(rows.to_metadata(MetaData(), schema="q"))))


@both("psycopg")
def test_options_and_hints_of_postgresql(engine, say):
    """2.1: storage parameters."""
    rows = Table(
        "q", MetaData(), Column("a", Integer), postgresql_with={"fillfactor": 50, "autovacuum_enabled": False}
    )
    rows.create(engine)
    say(written(CreateTable(rows)), inspect(engine).get_table_options("q"))
    say(written(delete(t).with_hint("ONLY")), written(update(t).values(n="x").with_hint("ONLY")))
    with engine.connect() as connection:
        result = connection.execute(select(literal(1)))
        say(result.supports_sane_rowcount())


@both("sqlite")
def test_parameters_named_like_columns_do_not_replace_sql(engine, say):
    """2.0.3: values() of expressions that use such a parameter."""
    q.create(engine)
    given = bindparam("n")
    with engine.begin() as connection:
        for statement, parameters in (
            (insert(q).values(n=func.lower("X")), {"n": "b"}),
            (insert(q).values(n=func.lower(given)), {"n": "B"}),
            (insert(q).values(n=func.lower(given)), {"n": "B", "m": "c"}),
            (insert(q).values(n=func.lower(given)), [{"n": "B"}, {"n": "C"}]),
            (insert(q).values(n="a"), {"n": "b"}),
            (insert(q).values(n=func.lower(bindparam("z"))), {"n": "B", "z": "Q"}),
            (update(q).where(q.c.id == 1).values(n=q.c.n + bindparam("n")), {"n": "k"}),
            (update(q).where(q.c.id == 2).values(n=func.upper(given)), {"n": "bb", "m": "k"}),
            (update(q).where(q.c.id == 3).values(n=q.c.m), {"n": "bb"}),
            (update(q).where(q.c.id == 4).values(n="x"), {"n": "k"}),
        ):
            with say.error(message=False):
                connection.execute(statement, parameters)
        say(connection.execute(select(q).order_by(q.c.id)).all())


@both("sqlite")
def test_parameters_of_orm_inserts_with_lists(engine, say):
    """2.0.10"""

    class Base(DeclarativeBase):
        pass

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        n: Mapped[str]

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.execute(insert(A).values(n=func.lower(bindparam("z"))), [{"z": "B"}, {"z": "C"}])
        session.execute(insert(A).values(n=func.lower(bindparam("n"))), {"n": "D"})
        say(session.scalars(select(A.n).order_by(A.id)).all())


class Marked(types.TypeDecorator):
    impl = String
    cache_ok = True

    def bind_expression(self, bindvalue):
        return func.upper(bindvalue)


@both("sqlite", "psycopg")
def test_bind_expressions_within_lists(engine, say):
    rows = Table("rows", MetaData(), Column("id", Integer, primary_key=True), Column("u", Marked(5)))
    rows.create(engine)
    with engine.begin() as connection:
        connection.execute(rows.insert(), [{"u": "ax%"}, {"u": "b"}])
        say(connection.execute(select(rows).where(rows.c.u.in_(["ax%", "b"]), rows.c.id < 5)).all())
        say(connection.execute(select(rows.c.id).where(rows.c.u.not_in(["ax%"]))).all())
        say(connection.execute(delete(rows).where(rows.c.u.in_(["ax%"]))).rowcount)
    statement = select(rows).where(rows.c.u.in_(["a%", "b"]))
    say(str(statement.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True})))


@both("sqlite")
def test_sources_and_targets_of_inserts(engine, say):
    defaults = Table(
        "d", MetaData(), Column("id", Integer, primary_key=True), Column("n", String, default="x")
    )
    united = select(q.c.id).union(select(q.c.id))
    outcomes(
        say,
        lambda: str(defaults.insert().from_select(["id"], united)),
        lambda: str(defaults.insert().from_select(["id"], united, include_defaults=False)),
        lambda: str(defaults.insert().from_select(["id"], select(q.c.id))),
        lambda: written(
            sqlite.insert(q).on_conflict_do_nothing(index_elements=[text("lower(n)"), q.c.id]), "sqlite"
        ),
        lambda: str(select("*").select_from(q)),
        lambda: select("id"),
    )


@both("sqlite")
def test_reflecting_over_what_is_known(engine, say):
    """1.4.47: MetaData.reflect(extend_existing=True)"""
    q.create(engine)
    metadata = MetaData()
    metadata.reflect(engine)
    metadata.reflect(engine, extend_existing=True)
    known = metadata.tables["q"]
    say([(c.name, c.primary_key) for c in known.c], [c.name for c in known.primary_key])


@both("psycopg")
def test_types_move_with_their_schemas(engine, say):
    """1.4.22: schema_translate_map reaches the types that parameters are cast to, in flushes too."""

    class Base(DeclarativeBase):
        pass

    kind = Enum("a", "b", name="kind", schema="x")

    class A(Base):
        __tablename__ = "a"
        __table_args__ = {"schema": "x"}
        id: Mapped[int] = mapped_column(primary_key=True)
        one = mapped_column(kind)
        many = mapped_column(ARRAY(kind))

    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE SCHEMA other")
        connection = connection.execution_options(schema_translate_map={"x": "other"})
        Base.metadata.create_all(connection)
        with Session(connection) as session:
            session.add_all([A(one="a", many=["a", "b"]), A(one="b", many=None)])
            session.flush()
            for each in session.scalars(select(A).order_by(A.id)):
                each.one, each.many = "b", ["b"]
            session.flush()
            session.execute(insert(A), [{"one": "a", "many": ["a"]}, {"one": "b", "many": ["b"]}])
            session.execute(update(A), [{"id": 1, "one": "a"}, {"id": 2, "one": "b"}])
            say(session.execute(select(A.one, A.many).order_by(A.id)).all())
            say(session.scalar(select(cast("a", kind))), session.scalar(select(cast(["a"], ARRAY(kind)))))
            say(session.scalars(select(A.id).where(A.many == ["b"], A.one.in_(["a"]))).all())


@both("sqlite", "psycopg")
def test_unions_are_ordered_by_labels(engine, say):
    label = literal(1).label("foo")
    also = t.c.id.label("foo")
    for statement in (
        select(label).union(select(label)).order_by(label),
        select(label).union_all(select(literal(2))).order_by(label.desc()),
    ):
        say(str(statement))
        with engine.connect() as connection:
            say(connection.execute(statement).all())
    say(str(select(also).union(select(also)).order_by(also)))


@both("aiosqlite")
async def test_async_transactions_are_known_again(engine, say):
    """1.4.0b2"""
    async with engine.connect() as connection:
        outer = await connection.begin()
        inner = await connection.begin_nested()
        say(outer == connection.get_transaction(), inner == connection.get_nested_transaction())
        say(connection.get_transaction() is connection.get_transaction())
        await inner.rollback()
        say(connection.get_nested_transaction(), outer.is_active)


@both("sqlite")
def test_literal_columns_may_be_several(engine, say):
    """1.4.20"""
    with engine.connect() as connection:
        for statement in (
            select(literal_column("1 as a, 2 as b")),
            select(literal_column("coalesce(1, 2)"), literal(5).label("z")),
            select(literal_column("1 as a, 2 as b"), literal(5).label("z")),
            select(literal_column("'a,b'", String)),
            select(literal_column("*")).select_from(select(literal(1).label("q")).subquery()),
        ):
            row = connection.execute(statement).one()
            say(row._fields, dict(row._mapping))


@both("sqlite")
def test_texts_of_the_first_versions_of_1_4(engine, say):
    convention = MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
    long = Table("x" * 40, convention, Column("y" * 40, Integer, unique=True))
    unique = next(c for c in long.constraints if isinstance(c, UniqueConstraint))
    say(written(postgresql.insert(long).on_conflict_do_nothing(constraint=unique)))
    say(written(CreateSequence(Sequence("s", cycle=False)), "mysql"))
    outcomes(
        say,
        lambda: written(t.c.n.match("x", mysql_natural_language=True), "mysql"),
        lambda: str(select(func.lower(t.c.n)).filter_by(id=5)),
        lambda: str(select(func.count()).select_from(t).filter_by(n="x")),
        lambda: repr(postgresql.ENUM("a", name="x", native_enum=False)),
    )

    class Secret:
        def __str__(self):
            return "secret"

    url = URL.create("postgresql", username="u", password=Secret(), host="h")
    say(url.translate_connect_args())


@both("sqlite")
def test_what_1_4_0_says_of_functions_and_tables(engine, say):
    class elsewhere(functions.GenericFunction):
        inherit_cache = True
        package = "once"

    class elsewhere(functions.GenericFunction):  # noqa: F811
        inherit_cache = True
        package = "once"

    outcomes(
        say, Table, lambda: Table("t"), lambda: str(and_(c for c in [t.c.id == 1, t.c.n == "x"])),
        lambda: str(func.once.elsewhere()),
    )  # fmt: skip


@both("sqlite")
def test_elements_compare_with_their_values(engine, say):
    """1.4.0b1"""
    for one, other in (
        (t.c.id == 1, t.c.id == 1),
        (t.c.id == 1, t.c.id == 2),
        (t.c.id.in_([1]), t.c.id.in_([2, 3])),
        (update(t).values(n="x"), update(t).values(n="y")),
        (select(t).limit(5), select(t).limit(5)),
        (literal(5), literal(6)),
        (func.foo(1), func.bar(1)),
    ):
        say(one.compare(other))


@both("sqlite")
def test_names_with_tables_of_nameless_columns(engine, say):
    """1.4.0b1: columns of a subquery that had to be told apart, under names with the table's."""
    other = Table("other", MetaData(), Column("id", Integer), Column("n", String))
    inner = select(q.c.id, other.c.id, other.c.n).subquery("s")
    named = select(inner, q).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    say(str(named), str(select(named.subquery("z"))))
    say(str(select(select(tuple_(q.c.id, q.c.n)).scalar_subquery() == tuple_(1, "x"))))
    say(str(select(q.c.id).union(select(q.c.id)).group_by(q.c.id)))


@both("sqlite")
def test_defaults_see_those_to_come_as_none(engine, say):
    """1.4.0b1: get_current_parameters() has every column that gets a value."""

    def seen(context):
        return str(sorted(context.get_current_parameters().items()))

    rows = Table(
        "rows", MetaData(), Column("id", Integer, primary_key=True), Column("n", String),
        Column("a", String, default=seen, onupdate=seen), Column("b", Integer, default=5, onupdate=lambda: 6),
    )  # fmt: skip
    rows.create(engine)
    with engine.begin() as connection:
        connection.execute(rows.insert().values(n="x"))
        connection.execute(rows.insert(), [{"n": "y"}, {"n": "z"}])
        connection.execute(rows.insert().values([{"n": "t", "b": 1}, {"n": "u"}]))
        with say.error(message=False):
            connection.execute(q.insert().values([{"n": "v"}, {"n": "w"}]), {"m": "x"})
        connection.execute(rows.update().where(rows.c.id == 1).values(n="q"))
        say(connection.execute(select(rows).order_by(rows.c.id)).all())


@both("sqlite")
def test_collections_without_columns_are_false(engine, say):
    empty = Table("empty", MetaData())
    say(bool(empty.c), bool(empty.primary_key.columns), bool(select().selected_columns), bool(q.c))
