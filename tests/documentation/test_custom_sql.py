"""Statements and DDL of users' own: views, EXPLAIN, INSERT from SELECT, functions without a name; tables made in the order they were declared."""

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ClauseElement, ColumnElement, Executable, FunctionElement
from twins import both

metadata = sa.MetaData()
items = sa.Table(
    "items", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String)
)


class View(Executable, ClauseElement):
    inherit_cache = False

    def __init__(self, name, select):
        self.name, self.select = name, select


@compiles(View)
def create_view(element, compiler, **kw):
    return f"CREATE VIEW {element.name} AS {compiler.process(element.select, literal_binds=True)}"


class CreateView(sa.schema.DDLElement):
    def __init__(self, name, select):
        self.name, self.select = name, select


@compiles(CreateView)
def create_view_by_ddl(element, compiler, **kw):
    return (
        f"CREATE VIEW {element.name} AS {compiler.sql_compiler.process(element.select, literal_binds=True)}"
    )


class Explain(Executable, ClauseElement):
    inherit_cache = False

    def __init__(self, statement):
        self.statement = statement


@compiles(Explain)
def explain(element, compiler, **kw):
    return f"EXPLAIN {compiler.process(element.statement, **kw)}"


@compiles(Explain, "sqlite")
def explain_on_sqlite(element, compiler, **kw):
    return f"EXPLAIN QUERY PLAN {compiler.process(element.statement, **kw)}"


class InsertFrom(Executable, ClauseElement):
    inherit_cache = False
    __visit_name__ = "insert_from"

    def __init__(self, table, select):
        self.table, self.select = table, select


@compiles(InsertFrom)
def insert_from(element, compiler, **kw):
    table = compiler.process(element.table, asfrom=True, **kw)
    return f"INSERT INTO {table} {compiler.process(element.select, **kw)}"


class unnamed(FunctionElement):
    inherit_cache = True
    type = sa.Integer()


class named(FunctionElement):
    inherit_cache = True
    name = "named"


class value(ColumnElement):
    inherit_cache = True
    type = sa.Integer()


for kind in (unnamed, named, value):
    compiles(kind)(lambda element, compiler, **kw: "5")


@both()
def test_statements_of_ones_own(engine, say):
    chosen = sa.select(items).where(
        items.c.name.like("%u%"), items.c.id % 2 == 1, items.c.name != "it's 100%"
    )
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(
            items.insert(), [{"id": i, "name": n} for i, n in enumerate(("us", "uu", "x", "%u"), 1)]
        )
        say(connection.execute(View("one", chosen)).returns_rows)
        connection.execute(CreateView("two", chosen))
        for name in ("one", "two"):
            say(connection.execute(sa.text(f"SELECT * FROM {name}")).all())
        result = connection.execute(Explain(sa.select(items).where(items.c.id == 5)))
        say(result.returns_rows, len(result.all()) > 0)
        some = sa.select(items.c.id, items.c.name).where(items.c.id == 1).cte("some")
        result = connection.execute(InsertFrom(items, sa.select(some.c.id + 100, some.c.name)))
        say(
            result.returns_rows,
            result.rowcount,
            connection.scalars(sa.select(items.c.id).order_by(items.c.id)).all(),
        )
        for kind in (unnamed, named, value):
            say(connection.execute(sa.select(kind(), kind().label("x"))).mappings().one())
    say(str(CreateView("two", chosen).compile(engine)), str(View("one", chosen).compile(engine)))
    with orm.Session(engine) as session:
        say(len(session.execute(Explain(sa.select(items))).all()) > 0)


@both()
def test_tables_are_made_in_the_order_of_their_declaration(engine, say):
    tables = sa.MetaData()
    for name, parents in (("z", ""), ("m", "z"), ("a", "m"), ("b", ""), ("k", "bz"), ("c", "")):
        keys = [sa.Column(f"{parent}_id", sa.ForeignKey(f"{parent}.id")) for parent in parents]
        sa.Table(name, tables, sa.Column("id", sa.Integer, primary_key=True), *keys)

    def tell(statement, *rest, **kw):
        say(str(statement.compile(dialect=mock.dialect)).split("(")[0].strip())

    mock = sa.create_mock_engine(engine.url, tell)
    tables.create_all(mock, checkfirst=False)
    tables.drop_all(mock, checkfirst=False)
    tables.create_all(mock, checkfirst=False, tables=[tables.tables[name] for name in "akzmb"])
    say([table.name for table in tables.sorted_tables])


@both()
def test_distinct_as_an_operator_is_warned_of_outside_functions(engine, say):
    metadata.create_all(engine)
    with engine.connect() as connection:
        for column in (
            sa.distinct(items.c.name),
            items.c.name.distinct().label("x"),
            sa.func.count(sa.distinct(items.c.name)),
            sa.func.count(items.c.name.distinct()).label("y"),
        ):
            say(connection.execute(sa.select(column)).all())


@both("psycopg")
def test_a_sequence_is_executed(engine, say):
    sequence = sa.Sequence("numbers", start=5)
    with orm.Session(engine) as session:
        session.execute(sa.schema.CreateSequence(sequence))
        say(session.scalar(sequence), session.execute(sequence), session.connection().execute(sequence))
        say(session.scalar(sequence.next_value()), session.execute(sequence.next_value()).scalar_one())


@both("sqlite")
def test_modules_are_attributes_of_the_package(engine, say):
    say(
        sa.sql.operators.like_op.__name__,
        sa.sql.sqltypes.Integer is sa.Integer,
        sa.sql.elements.ClauseElement is ClauseElement,
    )
    say(
        sa.engine.base.Engine is sa.Engine,
        sa.engine.default.DefaultDialect.__name__,
        sa.pool.impl.QueuePool.__name__,
    )
    say(sa.sql.expression.FunctionElement is FunctionElement, sa.sql.selectable.Select is sa.Select)
    with say.error(message=False):
        sa.sql.nothing
