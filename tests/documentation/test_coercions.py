"""Selects and tables that stand where a value is expected; what MySQL says of casts and full text."""

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.sql import visitors
from twins import both

item = sa.Table(
    "item", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20))
)
ids = sa.select(item.c.id)


@both("sqlite")
def test_selects_as_values(engine, say):
    say(item.c.id == ids, item.c.id + ids, sa.func.coalesce(ids, 3), sa.cast(ids, sa.String))
    say(sa.update(item).values(id=ids), sa.insert(item).values(id=ids), sa.select(item).order_by(ids))
    say("none from here")
    say(item.c.id == ids.scalar_subquery(), item.c.id.in_(ids), sa.exists(ids), sa.select(ids.subquery()))
    upsert = postgresql.insert(item).on_conflict_do_update(index_elements=["id"], set_={"id": ids})
    say(str(upsert.compile(dialect=postgresql.dialect())))
    say("tables")
    say(item.c.id.in_(sa.select(item.c.id).cte("c")), item.c.id.in_(sa.select(item.c.id).subquery()))


@both("sqlite")
def test_errors_have_codes(engine, say):
    def attempt(function):
        try:
            function()
        except sa.exc.SQLAlchemyError as error:
            say(type(error).__name__, error.code)

    with engine.connect() as connection:
        attempt(lambda: connection.execute(sa.text("SELECT :a")))
        attempt(lambda: connection.execute(sa.select(item).where(item.c.id == sa.bindparam("a"))))
        attempt(lambda: connection.execute(sa.text("SELEC")))
    attempt(lambda: sa.select(item).select_from(ids))


@both("sqlite")
def test_mysql(engine, say):
    for name in ("mysql", "mariadb"):
        dialect = sa.create_engine(f"{name}+pymysql://localhost/none").dialect
        say(name)
        for expression in (
            sa.cast(item.c.name, sa.Boolean),
            sa.cast(item.c.name, sa.Float),
            sa.cast(item.c.name, mysql.CHAR(3, charset="latin1")),
            sa.cast(item.c.name, sa.String(5)),
            sa.extract("milliseconds", item.c.name),
            mysql.match(item.c.name, against="x", in_boolean_mode=True),
            mysql.match(item.c.name, against="x", with_query_expansion=True),
            mysql.match(item.c.name, against="x").in_natural_language_mode(),
        ):
            say(str(expression.compile(dialect=dialect)))
        say(
            str(sa.delete(item).with_dialect_options(mysql_limit=4).compile(dialect=dialect))
            if name == "mysql"
            else ""
        )
        values = {"id": 1}
        with_unknown = mysql.insert(item).values(values).on_duplicate_key_update(name="x", nothing="y")
        with_unknown.compile(dialect=dialect)


@both("sqlite")
def test_walking_a_statement_meets_its_tables(engine, say):
    class Base(orm.DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "user"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str]

    for statement in (
        ids,
        sa.select(item),
        sa.select(sa.func.max(item.c.id)),
        sa.select(User).where(User.name == "x"),
        sa.select(User.id),
        sa.union(ids, ids),
        sa.select(item).where(sa.exists().where(User.id == item.c.id)),
        sa.delete(item).where(item.c.id.in_(sa.select(User.id))),
    ):
        say(sorted({node.name for node in visitors.iterate(statement) if isinstance(node, sa.Table)}))


@both("sqlite")
def test_the_order_of_parameters_of_expanded_lists(engine, say):
    statement = sa.select(item).where(item.c.name == "x", item.c.id.in_([1, 2])).limit(3)
    compiled = statement.compile(engine, compile_kwargs={"render_postcompile": True})
    say(str(compiled), [compiled.params[name] for name in compiled.positiontup])


@both("sqlite")
def test_a_failing_constructor_is_told(engine, say):
    class Base(orm.DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "user"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    sa.event.listen(User, "init_failure", lambda target, args, kwargs: say("failed", kwargs))
    with say.error(message=False):
        User(nothing=1)
    User(id=1)
