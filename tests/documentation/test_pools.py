"""Pools by themselves and under engines: made by hand, handed over, shared, in turn, recycled; procedures and result sets of drivers."""

# ruff: noqa: B023

import logging
import threading

from sqlalchemy import create_engine, event, exc, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import (
    AssertionPool,
    AsyncAdaptedQueuePool,
    NullPool,
    QueuePool,
    SingletonThreadPool,
    StaticPool,
)
from twins import both

ONE = select(text("1"))
BLOCKING = ("sqlite", "psycopg", "pymysql")
ASYNC = ("aiosqlite", "asyncpg", "psycopg_async", "asyncmy", "aiomysql")


def maker(engine):
    """What opens a connection of the driver's, and how many it has opened."""
    arguments, parameters = engine.dialect.create_connect_args(engine.url)
    made = []

    def connect():
        made.append(1)
        return engine.dialect.loaded_dbapi.connect(*arguments, **parameters)

    return connect, made


@both(*BLOCKING)
def test_by_hand(engine, say):
    connect, made = maker(engine)
    pool = QueuePool(connect, max_overflow=1, pool_size=1, timeout=0.01)
    say(pool.status(), pool.size(), pool.checkedin(), pool.checkedout(), pool.overflow(), pool.timeout())
    first = pool.connect()
    cursor = first.cursor()
    cursor.execute("select 1")
    say(tuple(cursor.fetchone()), len(made))
    cursor.close()
    second = pool.connect()
    say(pool.status(), first.is_valid, second.dbapi_connection is first.dbapi_connection)
    with say.error(message=False):
        pool.connect()
    first.close()
    say(pool.status())
    second.close()
    say(pool.status(), len(made))
    with_events = []
    event.listen(pool, "checkout", lambda connection, record, proxy: with_events.append("checkout"))
    event.listen(pool, "checkin", lambda connection, record: with_events.append("checkin"))
    again = pool.connect()
    again.close()
    other = pool.recreate()
    say(type(other).__name__, other.size(), other.status(), with_events, other is pool)
    other.connect().close()
    say(with_events, len(made))
    other.dispose()
    pool.dispose()
    say(pool.status())
    pool.connect().close()
    say(len(made), pool.checkedin())
    pool.dispose()


@both(*BLOCKING)
def test_handed_over(engine, say):
    connect, made = maker(engine)
    pool = QueuePool(connect, max_overflow=2, pool_size=1)
    other = create_engine(engine.url, pool=pool)
    say(other.pool is pool, made)
    with other.connect() as connection:
        say(connection.scalar(ONE), len(made), pool.checkedout())
    other.dispose()
    say(other.pool is pool, type(other.pool).__name__, other.pool.size())
    with other.connect() as connection:
        say(connection.scalar(ONE), len(made))
    other.dispose()
    for options in (
        {"pool": pool, "pool_size": 3},
        {"poolclass": StaticPool, "pool_size": 3},
        {"poolclass": 5},
    ):
        with say.error(message=False):
            create_engine(engine.url, **options)


@both(*BLOCKING)
def test_kinds(engine, say):
    connect, made = maker(engine)
    for kind, options in (
        (NullPool, {}), (StaticPool, {}), (SingletonThreadPool, {"pool_size": 3}), (AssertionPool, {}),
        (QueuePool, {"pool_size": 0}), (QueuePool, {"pool_size": 2, "max_overflow": -1}), (QueuePool, {"use_lifo": True}),
        (QueuePool, {"use_lifo": False}),
    ):  # fmt: skip
        made.clear()
        pool = kind(connect, **options)
        one = pool.connect()
        try:
            two = pool.connect()
        except AssertionError:
            say(kind.__name__, "one at a time")
        else:
            say(kind.__name__, options, one.dbapi_connection is two.dbapi_connection, len(made))
            two.close()
        one.close()
        three = pool.connect()
        say(len(made), three.is_valid)
        three.close()
        found = []

        def elsewhere():
            connection = pool.connect()
            found.append(len(made))
            connection.close()

        if engine.name != "sqlite":  # whose connections stay in their thread
            thread = threading.Thread(target=elsewhere)
            thread.start()
            thread.join()
        say(found)
        pool.dispose()


@both(*BLOCKING)
def test_in_turn(engine, say):
    for lifo in (True, False):
        other = create_engine(engine.url, pool_size=3, pool_use_lifo=lifo, poolclass=QueuePool)
        held = [other.connect() for _ in range(3)]
        for number, connection in enumerate(held):
            connection.info["number"] = number
        for connection in held:
            connection.close()
        order = []
        for _ in range(4):
            with other.connect() as connection:
                order.append(connection.info["number"])
        say(lifo, order)
        other.dispose()


@both(*BLOCKING)
def test_recycled_and_invalidated(engine, say):
    other = create_engine(engine.url, pool_recycle=0, poolclass=QueuePool)
    opened = []
    event.listen(other, "connect", lambda connection, record: opened.append(1))
    for _ in range(2):
        with other.connect() as connection:
            connection.scalar(ONE)
    say(len(opened) >= 1, other.pool.checkedin())
    other.dispose()
    other = create_engine(engine.url, poolclass=QueuePool)
    opened.clear()
    event.listen(other, "connect", lambda connection, record: opened.append(1))

    @event.listens_for(other, "checkout")
    def refuse(connection, record, proxy):
        if "old" in record.info:
            raise exc.DisconnectionError

    with other.connect() as connection:
        connection.info["old"] = True
        connection.connection.record_info["kept"] = 1
    with other.connect() as connection:
        say(connection.scalar(ONE), connection.info, connection.connection.record_info, len(opened))

    @event.listens_for(other, "checkout")
    def always(connection, record, proxy):
        raise exc.DisconnectionError

    with say.error(message=False):
        other.connect()
    say(other.pool.checkedout())
    other.dispose()


@both("sqlite", "psycopg")
def test_listening_while_it_works(engine, say):
    """`echo` may be turned on and off; what an engine's options add to the log."""
    lines = []

    class Collector(logging.Handler):
        def emit(self, record):
            lines.append(record.getMessage())

    collector, logger = Collector(), logging.getLogger("sqlalchemy")
    logger.addHandler(collector)
    try:
        for echo in (False, True, False):
            engine.echo = echo
            with engine.connect() as connection:
                connection.exec_driver_sql("select 1")
        engine.echo = True
        with engine.execution_options(logging_token="part").connect() as connection:
            connection.exec_driver_sql("select 2")
        engine.echo = False
        say(engine.echo)
    finally:
        logger.removeHandler(collector)
    say([line for line in lines if "select" in line or "BEGIN" in line or "ROLLBACK" in line])


@both("pymysql")
def test_procedures_and_sets_of_results(engine, say):
    with engine.begin() as connection:
        connection.exec_driver_sql("drop procedure if exists twice")
        connection.exec_driver_sql(
            "create procedure twice(in x int) begin select x; select x * 2, 'more'; end",
            execution_options={"no_parameters": True},
        )
    raw = engine.raw_connection()
    cursor = raw.cursor()
    cursor.callproc("twice", (4,))
    say(cursor.fetchall())
    say(cursor.nextset(), cursor.fetchall())
    cursor.close()
    raw.commit()
    raw.close()
    with engine.begin() as connection:
        connection.exec_driver_sql("drop procedure twice")
    say(engine.pool.checkedout())


@both("psycopg")
def test_functions_and_copies(engine, say):
    with engine.connect() as connection:
        connection.exec_driver_sql("create table copied (x integer, y text)")
        with connection.connection.driver_connection.cursor().copy("COPY copied FROM STDIN") as copy:
            for number in range(3):
                copy.write_row((number, f"n{number}"))
        say(connection.exec_driver_sql("select count(*), max(y) from copied").all())
        connection.rollback()
    raw = engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute("select generate_series(1, 3)")
    say(list(map(tuple, cursor)), raw.driver_connection.info.transaction_status.name)
    raw.rollback()
    say(raw.driver_connection.info.transaction_status.name)
    raw.close()


@both(*ASYNC)
async def test_kinds_awaited(engine, say):
    for options in (
        {"poolclass": NullPool}, {"poolclass": StaticPool}, {"pool_size": 1, "max_overflow": 1}, {"pool_use_lifo": True},
    ):  # fmt: skip
        other = create_async_engine(engine.url, **options)
        opened = []
        event.listen(other.sync_engine, "connect", lambda connection, record: opened.append(1))
        async with other.connect() as connection, other.connect() as second:
            say(await connection.scalar(ONE), await second.scalar(ONE), len(opened))
        async with other.connect() as connection:
            say(await connection.scalar(ONE), len(opened), type(other.pool).__name__)
        say(other.pool.status() if "pool_size" in options else None)
        await other.dispose()
        async with other.connect() as connection:
            say(await connection.scalar(ONE), len(opened))
        await other.dispose()


@both("sqlite")
def test_pools_of_the_other_kind_of_drivers(engine, say):
    for make, url in ((create_async_engine, "sqlite+aiosqlite://"), (create_engine, "sqlite://")):
        for kind in (
            QueuePool,
            AsyncAdaptedQueuePool,
            SingletonThreadPool,
            NullPool,
            StaticPool,
            AssertionPool,
        ):
            try:
                say(type(make(url, poolclass=kind).pool).__name__)
            except exc.ArgumentError as error:
                say(error.code, str(error).partition(" (Background")[0])
