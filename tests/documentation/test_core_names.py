"""Lesser methods of statements: hints, CTEs of VALUES, options of dialects, columns that correspond, functions executed; lists of nothing."""

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from twins import both

metadata = sa.MetaData()
box = sa.Table(
    "box", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("label", sa.String(20))
)
item = sa.Table(
    "item",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("box_id", sa.ForeignKey("box.id")),
    sa.Column("amount", sa.Integer),
)
in_box = item.c.box_id == box.c.id


def two_boxes(connection):
    metadata.create_all(connection)
    connection.execute(box.insert(), [{"id": 1, "label": "a"}, {"id": 2, "label": "b"}])
    connection.execute(
        item.insert(), [{"id": 1, "box_id": 1, "amount": 5}, {"id": 2, "box_id": 2, "amount": 7}]
    )


@both("sqlite", "psycopg")
def test_lists_of_no_conditions(engine, say):
    say.hears_warnings = False
    with engine.begin() as connection:
        two_boxes(connection)
        nothing = sa.or_(sa.and_(), sa.and_(sa.and_()))
        for criteria in (
            [nothing],
            [sa.or_(sa.false(), sa.and_())],
            [sa.or_(sa.true(), sa.and_())],
            [sa.or_(sa.and_(), sa.and_(sa.and_()), box.c.id == 1)],
            [sa.and_(sa.or_(), box.c.id == 2, sa.or_(sa.and_()))],
        ):
            statement = sa.select(box.c.id).where(*criteria).order_by(box.c.id)
            say(statement, connection.scalars(statement).all())
        grouped = sa.select(item.c.box_id).group_by(item.c.box_id).having(nothing).order_by(item.c.box_id)
        say(grouped, connection.scalars(grouped).all())
        for statement in (sa.update(box).where(nothing).values(label="z"), sa.delete(item).where(nothing)):
            say(statement, connection.execute(statement).rowcount)


@both("sqlite", "psycopg")
def test_hints_of_exists(engine, say):
    filled = sa.exists(item.c.id).where(in_box)
    for exists in (
        filled.with_hint(item, "USE INDEX (%(name)s_key)", "mysql"),
        filled.with_hint(item, "NOLOCK %(name)s"),
        filled.with_statement_hint("/* of nothing */", "oracle").with_statement_hint("-- seen"),
    ):
        statement = sa.select(box.c.id).where(exists)
        say(statement, str(statement.compile(dialect=mysql.dialect())))
        say(exists)
    with engine.begin() as connection:
        two_boxes(connection)
        statement = sa.select(box.c.id).where(filled.with_statement_hint("/* seen */")).order_by(box.c.id)
        say(connection.scalars(statement).all())


@both("sqlite", "psycopg")
def test_values_bring_common_table_expressions(engine, say):
    known = sa.select(box.c.id).where(box.c.label == "a").cte("known")
    rows = sa.values(sa.column("number", sa.Integer), name="numbers").data([(1,), (2,)]).add_cte(known)
    say(rows)
    number = sa.column("number")
    for statement in (
        sa.select(sa.func.count()).select_from(rows.cte("listed")),
        sa.select(number).select_from(rows.cte("listed")).where(number.in_(sa.select(known.c.id))),
    ):
        say(statement)
        with engine.begin() as connection:
            metadata.create_all(connection)
            say(connection.execute(statement).all())
    say(sa.select(rows))
    say(sa.select(rows.add_cte(sa.select(item.c.id).cte("more"), nest_here=True)))


@both("sqlite")
def test_options_of_dialects(engine, say):
    limited = sa.update(box).with_dialect_options(mysql_limit=3)
    for statement in (
        limited,
        sa.delete(box).with_dialect_options(mysql_limit=3),
        sa.select(box),
        sa.text("x"),
    ):
        if not isinstance(statement, sa.TextClause):
            say(
                dict(statement.dialect_kwargs),
                dict(statement.kwargs),
                dict(statement.dialect_options["mysql"]),
            )
    say(dict(limited.dialect_options["mysql"]), limited.dialect_options["mysql"]["limit"])
    say(str(limited.values(label="a").compile(dialect=mysql.dialect())))


@both("sqlite")
def test_columns_that_correspond(engine, say):
    statement = sa.select(box.c.id, box.c.label.label("name"), (box.c.id + 1).label("next"))
    rows = statement.subquery()
    say(statement.selectable is statement, rows.selectable is rows)
    for column in (box.c.id, box.c.label, item.c.id, rows.c.id, rows.c.name):
        say(statement.corresponding_column(column))
    say(statement.corresponding_column(box.c.id) is statement.exported_columns.id)
    union = statement.union_all(statement)
    say(union.corresponding_column(box.c.id), union.selectable is union)


@both("sqlite", "psycopg")
def test_functions_are_statements(engine, say):
    absolute = sa.func.abs(-3).execution_options(first=1)
    say(absolute.get_execution_options(), absolute.execution_options(second=2).get_execution_options())
    say(sa.func.abs(1).get_execution_options(), isinstance(absolute, sa.Executable), absolute.options())
    with engine.connect() as connection:
        seen = []
        sa.event.listen(connection, "before_execute", lambda *args: seen.append(dict(args[-1])))
        say(connection.scalar(absolute), connection.execute(sa.func.abs(-2)).all(), seen)
    with say.error():
        absolute.execution_options(isolation_level="SERIALIZABLE")


@both("sqlite")
def test_delete_using_on_other_databases(engine, say):
    for statement in (
        sa.delete(box).using(item).where(in_box),
        sa.delete(box).using(item.join(box)).where(in_box),
        sa.delete(box).using(item.alias("i"), box.alias("other")),
    ):
        say(statement, str(statement.compile(dialect=mysql.dialect())))
        say(str(statement.compile(dialect=postgresql.dialect())))
