"""Core events: which happen, in which order, with which arguments; listeners that replace what the driver would do."""

import inspect
import sqlite3

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Table,
    create_engine,
    event,
    insert,
    literal,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.events import ConnectionEvents, DDLEvents, DialectEvents, PoolEvents
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool
from twins import both

NAMES = [
    "before_execute", "after_execute", "before_cursor_execute", "after_cursor_execute", "begin", "commit", "rollback",
    "savepoint", "rollback_savepoint", "release_savepoint", "begin_twophase", "prepare_twophase", "commit_twophase",
    "rollback_twophase", "engine_connect", "engine_disposed", "set_connection_execution_options",
    "set_engine_execution_options", "do_connect", "do_execute", "do_execute_no_params", "do_executemany", "handle_error",
    "first_connect", "connect", "checkout", "checkin", "reset", "invalidate", "soft_invalidate", "close", "detach",
    "close_detached",
]  # fmt: skip


def shown(value):
    if isinstance(value, str):
        return "xid" if value.startswith("_sa_") else "path" if value.startswith("/") else value
    if isinstance(value, int | float | type(None)):
        return value
    if isinstance(value, tuple | list):
        return [shown(each) for each in value]
    if hasattr(value, "items"):
        return {key: shown(each) for key, each in value.items()}
    return "…"


def trace(engine, say, names=NAMES):
    for name in names:

        def note(name=name, **given):
            hidden = ("cursor", "context", "cparams", "multiparams", "params")
            say(name, *(f"{k}={shown(given[k])}" for k in sorted(given) if k not in hidden))

        event.listen(engine, name, note, named=True)


def table_of(engine):
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer, unique=True))
    table.create(engine)
    return table


def methods(cls):
    return {
        name: list(inspect.signature(method).parameters)
        for name, method in vars(cls).items()
        if inspect.isfunction(method) and not name.startswith("_")
    }


@both("sqlite")
def test_families(engine, say):
    for cls in (ConnectionEvents, DialectEvents, PoolEvents, DDLEvents):
        for name, parameters in sorted(methods(cls).items()):
            say(cls.__name__, name, [each for each in parameters if each != "kw"])


@both()
def test_through_a_connections_life(engine, say):
    table = table_of(engine)
    engine.dispose()
    trace(engine, say)
    with engine.connect() as connection:
        connection.execute(insert(table), {"x": 1})
        connection.execute(insert(table), [{"x": 2}, {"x": 3}])
        connection.execute(insert(table).returning(table.c.id), [{"x": 4}, {"x": 5}]).all()
        connection.execute(select(table.c.x).where(table.c.x == 1)).all()
        connection.exec_driver_sql("select 1")
        connection.exec_driver_sql("select 2", execution_options={"no_parameters": True})
        connection.begin_nested().rollback()
        connection.begin_nested().commit()
        connection.commit()
        with say.error(message=False):
            connection.exec_driver_sql("selekt")
        connection.rollback()
        connection.execution_options(mine=1)
        connection.commit()
    engine.execution_options(other=1).update_execution_options(third=1)
    with engine.begin() as connection:
        connection.exec_driver_sql("select 1")
        connection.rollback()
    for verb in ("invalidate", "detach"):
        connection = engine.connect()
        getattr(connection, verb)()
        connection.close()
    connection = engine.connect()
    connection.connection.invalidate(soft=True)
    connection.close()
    engine.dispose()


@both("psycopg")
def test_of_two_phases(engine, say):
    table = table_of(engine)
    trace(
        engine, say, [name for name in NAMES if "twophase" in name or name in ("begin", "commit", "rollback")]
    )
    with engine.connect() as connection:
        transaction = connection.begin_twophase()
        connection.execute(insert(table), {"x": 1})
        transaction.rollback()
        connection.begin_twophase("mine").commit()


@both()
def test_refused(engine, say):
    def listener(*given):
        pass

    for target, name, options in (
        (engine, "begin", {"retval": True}),
        (engine, "savepoint", {"retval": True}),
        (engine, "before_execute", {"retval": True}),
        (engine, "connect", {"retval": True}),
    ):
        with say.error():
            event.listen(target, name, listener, **options)
    for target, name in ((engine, "nonsense"), (object(), "connect"), (engine.pool, "begin")):
        with say.error(message=False):
            event.listen(target, name, listener)
    with say.error(message=False):
        event.remove(engine, "commit", listener)
    say(event.contains(engine, "commit", listener))
    with engine.connect() as connection:
        for name in ("connect", "do_execute", "handle_error", "checkout"):
            with say.error(message=False):
                event.listen(connection, name, listener)


@both()
def test_whose_listeners_come_first(engine, say):
    said = []
    option_engine = engine.execution_options(a=1)
    targets = {"Engine": Engine, "engine": engine, "option": option_engine}
    listening = []
    for name, target in targets.items():
        for which in ("before_execute", "begin", "before_cursor_execute", "set_connection_execution_options"):

            def note(*given, name=name, which=which):
                said.append((name, which))

            event.listen(target, which, note)
            listening.append((target, which, note))
    pools = {"Engine": Engine, "Pool": Pool, "kind": type(engine.pool), "engine": engine, "pool": engine.pool}
    for name, target in pools.items():
        for which in ("connect", "checkout"):

            def note(*given, name=name, which=which):
                said.append((name, which))

            event.listen(target, which, note)
            listening.append((target, which, note))
    for each in (option_engine, engine):
        with each.connect() as connection:

            def own(*given):
                said.append("own")

            event.listen(connection, "before_cursor_execute", own)
            connection.execute(text("select 1"))
            connection.execution_options(z=1)
        say(said)
        said.clear()
    for target, which, note in listening:
        event.remove(target, which, note)
    with option_engine.connect() as connection:
        connection.execute(text("select 1"))
    say(said)


@both("sqlite")
def test_the_class_of_connections(engine, say):
    def note(connection, cursor, statement, *rest):
        say("heard", statement)

    event.listen(Connection, "before_cursor_execute", note)
    with engine.connect() as connection:
        connection.execute(text("select 1"))
    event.remove(Connection, "before_cursor_execute", note)
    with engine.connect() as connection:
        connection.execute(text("select 1"))


@both()
def test_options_of_listeners(engine, say):
    @event.listens_for(engine, "before_cursor_execute", named=True, retval=True)
    def change(statement, parameters, **rest):
        say(statement, parameters, sorted(rest))
        return statement.replace("1", "2"), parameters

    @event.listens_for(engine, "before_execute", retval=True)
    def swap(connection, clause, multiparams, params, options):
        say(multiparams, params, options)
        return (select(literal_column("7")) if "six" in str(clause) else clause), multiparams, params

    event.listen(engine, "begin", lambda connection: say("once"), once=True)
    with engine.connect() as connection:
        say(connection.execute(text("select 1")).scalar())
        connection.rollback()
        say(connection.scalar(select(literal_column("6").label("six")), execution_options={"k": 1}))
        say(connection.scalar(text("select :x as six"), {"x": 5}))
    for name in ("before_cursor_execute", "before_execute"):
        other = create_engine(engine.url)
        event.listen(other, name, lambda *given: None, retval=True)
        with other.connect() as connection, say.error(message=False):
            connection.execute(text("select 1"))
        other.dispose()


@both()
def test_listeners_that_execute(engine, say):
    table = table_of(engine)

    @event.listens_for(engine, "do_execute")
    def execute(cursor, statement, parameters, context):
        say("do_execute", statement, shown(parameters), context.isinsert, context.executemany)
        if "mine" in statement:
            cursor.execute("select 41 as a union all select 42")
            return True
        if "bad" in statement:
            cursor.execute("selekt")
        if "value" in statement:
            raise ValueError("mine")

    @event.listens_for(engine, "do_executemany")
    def executemany(cursor, statement, parameters, context):
        say("do_executemany", statement, parameters)
        cursor.executemany(statement, parameters)
        return True

    event.listen(engine, "do_execute_no_params", lambda cursor, statement, context: say("bare", statement))
    with engine.connect() as connection:
        for statement in (text("select 1 as mine"), select(literal(1).label("mine"))):
            say(sorted(connection.execute(statement).scalars()))
        say(connection.execute(text("select 1 as mine")).keys())
        say(sorted(connection.exec_driver_sql("select 3 as mine").scalars()))
        for word in ("bad", "value"):
            with say.error():
                connection.execute(text(f"select 1 as {word}x"))
            connection.rollback()
        connection.execute(insert(table), [{"x": 2}, {"x": 3}])
        say(connection.execute(update(table).values(x=table.c.x + 10)).rowcount)
        say(connection.scalars(select(table.c.x).order_by(table.c.x)).all())
        with say.error(message=False):
            connection.execute(insert(table), [{"x": 12}, {"x": 13}])
    with Session(engine) as session:
        say(sorted(session.scalars(text("select 1 as mine"))))
        streamed = select(literal(1).label("mine")).execution_options(yield_per=1)
        say(sorted(session.execute(streamed).scalars()))


@both("sqlite")
def test_the_first_who_returns_true_ends_it(engine, say):
    event.listen(engine, "do_execute", lambda cursor, *given: (say(1), cursor.execute("select 9"), True)[-1])
    event.listen(engine, "do_execute", lambda *given: say(2))
    with engine.connect() as connection:
        say(connection.exec_driver_sql("select 1").scalar())


@both("sqlite")
def test_the_dialect_as_target(engine, say):
    event.listen(engine.dialect, "do_execute", lambda *given: say("do_execute"))
    event.listen(engine.dialect, "handle_error", lambda told: say("handle_error"))

    @event.listens_for(engine.dialect, "do_connect")
    def connect(dialect, record, args, parameters):
        say(dialect is engine.dialect, len(args))
        return sqlite3.connect(":memory:")

    with engine.connect() as connection:
        connection.exec_driver_sql("select 1")
        with say.error(message=False):
            connection.exec_driver_sql("selekt")


@both()
async def test_of_an_asynchronous_engine(engine, say):
    async with engine.begin() as connection:
        table = await connection.run_sync(table_of)
    await engine.dispose()
    trace(engine.sync_engine, say)

    @event.listens_for(engine.sync_engine, "do_execute")
    def execute(cursor, statement, parameters, context):
        if "mine" in statement:
            cursor.execute("select 41 as a")
            return True

    async with engine.connect() as connection:
        await connection.execute(insert(table), [{"x": 2}, {"x": 3}])
        say((await connection.execute(text("select 1 as mine"))).scalar())
        async with connection.begin_nested():
            await connection.execute(select(table.c.x))
        await connection.commit()
        with say.error(message=False):
            await connection.exec_driver_sql("selekt")
    await engine.dispose()
