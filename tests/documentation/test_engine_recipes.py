"""Recipes for engines and pools: disconnects, processes, credentials, resets, loops, logging, the driver's own connection, mocks, plugins."""

# ruff: noqa: B023

import asyncio
import logging
import multiprocessing
import os
import re
import threading
import traceback
import warnings

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    create_mock_engine,
    engine_from_config,
    event,
    exc,
    func,
    insert,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import plugins
from sqlalchemy.engine import CreateEnginePlugin
from sqlalchemy.ext.asyncio import (
    async_engine_from_config,
    create_async_engine,
)
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool, PoolResetState, QueuePool, StaticPool
from twins import both

table = Table(
    "er", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer), Column("y", String(20))
)
SERVERS = ("psycopg", "pymysql")
ASYNC_SERVERS = ("asyncpg", "psycopg_async", "asyncmy", "aiomysql")
BLOCKING = ("sqlite", *SERVERS)
ASYNC = ("aiosqlite", *ASYNC_SERVERS)
ONE = select(text("1"))
KEY = "sql" + "alchemy."  # as configuration files have it, whatever the root is


def whose(url):
    """What ends all other connections to this database, and the number of the one that asks."""
    if url.get_backend_name() == "postgresql":
        return "SELECT pg_backend_pid()", "SELECT pg_terminate_backend({})"
    return "SELECT CONNECTION_ID()", "KILL {}"


def kill(engine, number):
    killer = create_engine(
        engine.url.set(drivername={"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}[engine.url.get_backend_name()]),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
    )  # fmt: skip
    with killer.connect() as connection:
        connection.exec_driver_sql(whose(engine.url)[1].format(number))
        watch = (
            f"SELECT count(*) FROM pg_stat_activity WHERE pid = {number}"
            if engine.url.get_backend_name() == "postgresql"
            else f"SELECT count(*) FROM information_schema.processlist WHERE id = {number}"
        )
        while connection.exec_driver_sql(watch).scalar():
            pass
    killer.dispose()


@both(*SERVERS)
def test_disconnects_met_with_optimism(engine, say):
    table.create(engine)
    seen = []
    event.listen(
        engine,
        "handle_error",
        lambda told: seen.append((told.is_disconnect, told.invalidate_pool_on_disconnect)),
    )
    event.listen(
        engine, "invalidate", lambda connection, record, error: seen.append(("invalidate", error is not None))
    )
    with engine.connect() as other:
        connection = engine.connect()
        connection.execute(insert(table), {"x": 1})
        kill(engine, connection.exec_driver_sql(whose(engine.url)[0]).scalar())
        other.close()
        try:
            connection.execute(insert(table), {"x": 2})
        except exc.DBAPIError as error:
            say(type(error).__name__, error.connection_invalidated, seen)
        say(connection.invalidated, connection.closed, connection.in_transaction())
        with say.error(message=False):
            connection.execute(ONE)
        connection.rollback()
        say(connection.execute(select(func.count()).select_from(table)).scalar(), connection.invalidated)
        connection.close()
    with engine.connect() as connection:
        say(connection.scalar(ONE), engine.pool.checkedout())


@both(*SERVERS)
def test_disconnects_met_with_pessimism(engine, say):
    engine = create_engine(engine.url, pool_pre_ping=True)
    seen = []
    event.listen(engine, "handle_error", lambda told: seen.append((told.is_disconnect, told.is_pre_ping)))
    for _ in range(2):
        with engine.connect() as connection:
            number = connection.exec_driver_sql(whose(engine.url)[0]).scalar()
        kill(engine, number)
    with engine.connect() as connection:
        say(connection.exec_driver_sql(whose(engine.url)[0]).scalar() != number, connection.invalidated)
    say(seen)
    engine.dispose()


@both(*ASYNC_SERVERS)
async def test_disconnects_awaited(engine, say):
    engine = create_async_engine(engine.url, pool_pre_ping=True)
    async with engine.connect() as connection:
        await connection.run_sync(table.create)
        await connection.commit()
        await connection.execute(insert(table), {"x": 1})
        kill(engine, (await connection.exec_driver_sql(whose(engine.url)[0])).scalar())
        try:
            await connection.execute(insert(table), {"x": 2})
        except exc.DBAPIError as error:
            say(error.connection_invalidated)
        say(connection.invalidated, connection.closed, connection.in_transaction())
        await connection.rollback()
        say(await connection.scalar(select(func.count()).select_from(table)), connection.invalidated)
        number = (await connection.exec_driver_sql(whose(engine.url)[0])).scalar()
    kill(engine, number)
    async with engine.begin() as connection:
        await connection.execute(insert(table), {"x": 3})
        say(await connection.scalar(select(func.count()).select_from(table)))
    await engine.dispose()


@both(*BLOCKING)
def test_a_disconnect_of_ones_own(engine, say):
    @event.listens_for(engine, "handle_error")
    def decide(told):
        if "dead" in str(told.original_exception):
            told.is_disconnect = True

    pool = engine.pool
    with engine.connect() as connection:
        connection.exec_driver_sql("select 1")
        try:
            connection.exec_driver_sql("select dead_thing")
        except exc.DBAPIError as error:
            say(error.connection_invalidated, connection.invalidated)
        connection.rollback()
        say(connection.scalar(ONE))
    say(engine.pool is pool, engine.pool.checkedout())


def child(work):
    """What `work` returns in a forked process."""
    here, there = multiprocessing.get_context("fork").Pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pid = os.fork()
    if pid == 0:
        try:
            there.send(work())
        except BaseException:
            there.send(traceback.format_exc())
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    return here.recv()


@both(*BLOCKING)
def test_a_fork_with_dispose(engine, say):
    table.create(engine)
    engine.dispose()
    counts = {"connect": 0, "close": 0}
    for name in counts:
        event.listen(engine, name, lambda *given, name=name: counts.update({name: counts[name] + 1}))
    with engine.begin() as connection:
        connection.execute(insert(table), {"x": 1})
    before = dict(counts)

    def work():
        engine.dispose(close=False)
        with engine.begin() as connection:
            connection.execute(insert(table), {"x": 2})
        return {name: counts[name] - before[name] for name in counts}, engine.pool.checkedin()

    say(before, child(work), counts == before)
    with engine.connect() as connection:
        say(connection.scalar(select(func.count()).select_from(table)), counts == before)
    engine.dispose()
    say(counts["close"])


@both(*BLOCKING)
def test_a_fork_guarded_by_events(engine, say):
    engine.dispose()

    @event.listens_for(engine, "connect")
    def connect(connection, record):
        record.info["pid"] = os.getpid()

    @event.listens_for(engine, "checkout")
    def checkout(connection, record, proxy):
        pid = os.getpid()
        if record.info["pid"] != pid:
            record.dbapi_connection = proxy.dbapi_connection = None
            raise exc.DisconnectionError("another process")

    with engine.connect() as connection:
        connection.scalar(ONE)

    def work():
        with engine.connect() as connection:
            return connection.scalar(ONE), connection.info["pid"] == os.getpid()

    say(child(work))
    with engine.connect() as connection:
        say(connection.scalar(ONE), connection.info["pid"] == os.getpid())


@both("psycopg")
def test_processes_of_a_pool_with_null_pool(engine, say):
    engine = create_engine(engine.url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.scalar(ONE)

    def work():
        with engine.connect() as connection:
            return connection.scalar(ONE)

    say(child(work), engine.pool.status())


@both(*BLOCKING)
def test_resets(engine, say):
    table.create(engine)
    for how in (None, "rollback", "commit", True, False):
        other = create_engine(engine.url, pool_reset_on_return=how)
        seen = []

        def reset(connection, record, state):
            seen.append(
                (
                    type(connection).__name__ != "NoneType",
                    state.transaction_was_reset,
                    state.terminate_only,
                    state.asyncio_safe,
                )
            )

        event.listen(other, "reset", reset)
        with other.connect() as connection:
            connection.execute(insert(table), {"x": 1})
        if how:  # else whoever is next would inherit the transaction
            raw = other.raw_connection()
            raw.cursor().execute("insert into er (x) values (2)")
            raw.close()
        with other.connect() as connection, connection.begin():
            connection.execute(insert(table), {"x": 3})
        connection = other.connect()
        connection.execute(ONE)
        connection.detach()
        connection.close()
        other.dispose()
        with engine.connect() as connection:
            say(how, seen, connection.scalars(select(table.c.x).order_by(table.c.id)).all())


@both(*SERVERS)
def test_a_reset_of_ones_own(engine, say):
    engine = create_engine(engine.url, pool_reset_on_return=None, pool_size=1)

    @event.listens_for(engine, "reset")
    def reset(connection, record, state):
        if not state.terminate_only:
            connection.cursor().execute("select 1")
        connection.rollback()
        say("reset", isinstance(state, PoolResetState), record.info, state.transaction_was_reset)

    for number in range(3):
        with engine.connect() as connection:
            connection.info["n"] = number
            connection.scalar(ONE)
            if number == 1:
                connection.commit()
    engine.dispose()


@both(*ASYNC)
async def test_resets_awaited(engine, say):
    for how in (None, "rollback", "commit"):
        other = create_async_engine(engine.url, pool_reset_on_return=how)
        event.listen(
            other.sync_engine,
            "reset",
            lambda connection, record, state: say(
                how, state.transaction_was_reset, state.terminate_only, state.asyncio_safe
            ),
        )
        async with other.connect() as connection:
            await connection.execute(ONE)
            await connection.commit()
        async with other.connect() as connection:
            await connection.execute(ONE)
            await connection.invalidate()
        await other.dispose()


@both(*BLOCKING)
def test_credentials(engine, say):
    url = engine.url
    correct = url.translate_connect_args(username="user")

    other = create_engine(
        url.set(**({"database": "/nowhere/x"} if engine.name == "sqlite" else {"username": "nobody"}))
    )

    @event.listens_for(other, "do_connect")
    def fresh(dialect, record, arguments, parameters):
        say(len(arguments), dialect is other.dialect, sorted(set(parameters) & {"user", "password", "host"}))
        if url.get_backend_name() == "sqlite":
            arguments[0] = url.database
            return
        parameters["user"] = correct["user"]
        parameters.pop("password", None)
        if "password" in correct:
            parameters["password"] = correct["password"]

    with other.connect() as connection:
        say(connection.scalar(ONE))
    other.dispose()

    calls = []

    def creator():
        calls.append(1)
        arguments, parameters = engine.dialect.create_connect_args(url)
        return engine.dialect.connect(*arguments, **parameters)

    other = create_engine(f"{url.drivername}://", creator=creator, poolclass=QueuePool)
    with other.connect() as connection:
        say(connection.scalar(ONE), len(calls))
    with other.connect() as connection:
        connection.invalidate()
        say(connection.scalar(ONE), len(calls))
    other.dispose()


@both(*ASYNC)
async def test_credentials_awaited(engine, say):
    url, calls = engine.url, []
    dialect = engine.dialect

    async def creator():
        calls.append(1)
        arguments, parameters = dialect.create_connect_args(url)
        driver = url.get_driver_name()
        if driver == "asyncpg":
            import asyncpg

            return await asyncpg.connect(
                *arguments, **{k: v for k, v in parameters.items() if not k.startswith("prepared")}
            )
        if driver.startswith("psycopg"):
            import psycopg

            return await psycopg.AsyncConnection.connect(*arguments, **parameters)
        if driver == "aiosqlite":
            import aiosqlite

            return await aiosqlite.connect(url.database)
        parameters = url.translate_connect_args(username="user", database="db")
        if driver == "asyncmy":
            import asyncmy

            return await asyncmy.connect(**parameters)
        import aiomysql

        return await aiomysql.connect(**parameters)

    other = create_async_engine(f"{url.drivername}://", async_creator=creator)
    async with other.connect() as connection:
        say((await connection.execute(text("select 5"))).scalar(), len(calls))
        raw = await connection.get_raw_connection()
        say(origin(raw.driver_connection), raw.is_valid)
    await other.dispose()
    parts = {"database": "/nowhere/x"} if engine.name == "sqlite" else {"username": "nobody"}
    other = create_async_engine(url.set(**parts))

    @event.listens_for(other.sync_engine, "do_connect")
    def fresh(dialect, record, arguments, parameters):
        if url.get_backend_name() == "sqlite":
            arguments[0] = url.database
            return
        parameters["user"] = url.username
        parameters["password"] = url.password or ""

    async with other.connect() as connection:
        say(await connection.scalar(ONE))
    await other.dispose()


@both(*ASYNC)
async def test_loops(engine, say):
    """`NullPool` for several loops; `dispose()` before the next one for a pool."""
    url = engine.url

    async def ask(other, dispose):
        async with other.connect() as connection:
            value = await connection.scalar(ONE)
        if dispose:
            await other.dispose()
        return value

    def run(work):
        found = []
        thread = threading.Thread(target=lambda: found.append(asyncio.run(work)))
        thread.start()
        thread.join()
        return found

    for options, dispose in (({"poolclass": NullPool}, False), ({"poolclass": NullPool}, True), ({}, True)):
        other = create_async_engine(url, **options)
        for _ in range(3):
            say(dispose, run(ask(other, dispose)))
        say(type(other.pool).__name__)


class Collector(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        message = re.sub(r"(generated in|cached since|no key) [0-9.e-]+s", r"\1 T", record.getMessage())
        message = re.sub(r"<.*>", "<…>", message)
        self.lines.append(f"{record.levelname} {record.name} {message}")


def logged(work):
    collector, logger = Collector(), logging.getLogger("sqlalchemy")
    logger.addHandler(collector)
    try:
        work()
    finally:
        logger.removeHandler(collector)
    return collector.lines


@both("sqlite", "psycopg")
def test_logging(engine, say):
    def use(other):
        with other.connect() as connection:
            connection.execute(text("select :secret"), {"secret": "pw"}).all()
            connection.execution_options(logging_token="tok").exec_driver_sql("select 2").all()
            try:
                connection.execute(text("select :secret from nowhere"), {"secret": "pw"})
            except exc.DBAPIError as error:
                say("pw" in str(error), "parameters hidden" in str(error))
        with other.connect() as connection:
            connection.invalidate()
        with other.connect() as connection:
            connection.detach()
        other.raw_connection().close()
        other.dispose()

    for options in (
        {"echo": True, "hide_parameters": True, "logging_name": "mine"},
        {"echo": True},
        {"echo_pool": True},
        {"echo_pool": True, "pool_logging_name": "pooled"},
        {"echo_pool": "debug", "pool_logging_name": "pooled"},
        {"echo_pool": "debug", "poolclass": NullPool},
        {"echo_pool": "debug", "poolclass": QueuePool, "pool_size": 1},
        {"echo": "debug", "logging_name": "l", "pool_logging_name": "p", "echo_pool": "debug"},
    ):
        other = create_engine(engine.url, **options)
        with other.connect():
            pass  # what is asked of a server at first is not the point
        for line in logged(lambda: use(other)):
            say(line)
        say(other.logging_name, other.pool.logging_name, other.hide_parameters, other.echo)


@both(*BLOCKING)
def test_levels_for_a_part(engine, say):
    table.create(engine)
    other = engine.execution_options(isolation_level="AUTOCOMMIT")
    say(
        other.pool is engine.pool,
        other.url == engine.url,
        other.get_execution_options(),
        other.dialect is engine.dialect,
    )
    with other.connect() as connection:
        connection.execute(insert(table), {"x": 1})
        say(connection.get_isolation_level(), connection.in_transaction(), connection.get_execution_options())
        connection.rollback()
    with engine.connect() as connection:
        say(connection.get_isolation_level() == connection.default_isolation_level)
        say(connection.scalar(select(func.count()).select_from(table)))
        with say.error(message=False):
            connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.rollback()
        connection.execution_options(isolation_level="AUTOCOMMIT")
        say(connection.get_isolation_level())
        with connection.begin():
            connection.execute(insert(table), {"x": 2})
            with say.error(message=False):
                connection.execution_options(isolation_level="SERIALIZABLE")
        connection.execution_options(isolation_level="SERIALIZABLE")
        say(connection.get_isolation_level(), connection.scalar(select(func.count()).select_from(table)))
    with engine.connect() as connection:
        say(connection.get_isolation_level() == connection.default_isolation_level)
    with engine.begin() as connection:
        say(connection.get_execution_options())
        connection.execute(insert(table), {"x": 3})
    with other.begin() as connection:
        connection.execute(insert(table), {"x": 4})
        connection.rollback()
        with say.error(message=False):
            connection.execute(ONE)
    with engine.connect() as connection:
        say(connection.scalars(select(table.c.x).order_by(table.c.x)).all())


@both(*BLOCKING)
def test_the_drivers_connection(engine, say):
    table.create(engine)
    raw = engine.raw_connection()
    say(
        raw.dbapi_connection is raw.driver_connection,
        raw.is_valid,
        raw.is_detached,
        raw.info,
        raw.record_info,
    )
    cursor = raw.cursor()
    cursor.execute("insert into er (x) values (1)")
    say(cursor.rowcount)
    raw.commit()
    cursor.execute("select x from er")
    say(list(map(tuple, cursor.fetchall())), [each[0] for each in cursor.description])
    cursor.close()
    raw.info["mine"] = 5
    raw.close()
    say(raw.is_valid, engine.pool.checkedout())
    for name in ("cursor", "commit", "rollback", "close", "detach", "invalidate"):
        try:
            say(name, getattr(raw, name)())
        except Exception:
            say(name, "refused")
    with engine.connect() as connection:
        say(connection.info, connection.connection.is_valid)
        say(connection.connection.dbapi_connection is connection.connection.driver_connection)
        connection.info["mine"] = 6
        connection.detach()
        say(connection.info, connection.connection.is_detached, connection.closed, engine.pool.checkedout())
        connection.execute(insert(table), {"x": 7})
        connection.commit()
    say(connection.closed)
    with engine.connect() as connection:
        say(connection.info, connection.scalars(select(table.c.x).order_by(table.c.x)).all())
        connection.invalidate()
        with say.error():
            connection.info
        connection.rollback()
        say(connection.info, connection.invalidated)
    raw = engine.raw_connection()
    raw.detach()
    say(raw.is_detached, raw.is_valid, raw.record_info, raw.info)
    raw.close()
    raw = engine.raw_connection()
    raw.invalidate()
    say(raw.is_valid, raw.dbapi_connection)
    raw.close()
    with engine.raw_connection() if hasattr(type(raw), "__enter__") else engine.connect():
        pass


@both(*ASYNC)
async def test_the_drivers_connection_awaited(engine, say):
    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        say(origin(raw.driver_connection), raw.is_valid, raw.is_detached)
        say(
            raw.dbapi_connection is not raw.driver_connection,
            raw.dbapi_connection.driver_connection is raw.driver_connection,
        )
        say(
            await connection.run_sync(lambda c: raw.dbapi_connection.run_async(returning_five)),
            connection.info,
        )
        connection.info["k"] = 1
        say(raw.info)
        sync = connection.sync_connection
        say(sync.closed, sync.engine is engine.sync_engine, connection.engine is engine)
        with say.error(message=False):
            connection.connection
        say(await connection.run_sync(lambda c: c.connection.driver_connection is raw.driver_connection))
        await connection.invalidate()
        say(connection.invalidated)
    raw = await engine.raw_connection()

    def use():
        cursor = raw.cursor()
        cursor.execute("select 5 as five")
        found = list(map(tuple, cursor.fetchall())), [each[0] for each in cursor.description]
        cursor.close()
        return found

    async with engine.connect() as connection:
        say(await connection.run_sync(lambda c: use()))
        await connection.run_sync(lambda c: raw.close())
    say(raw.is_valid, engine.pool.checkedout())


def origin(connection):
    """The package that made the class of a connection, or the one it inherits from."""
    return [cls.__module__.partition(".")[0] for cls in type(connection).__mro__ if hasattr(cls, "close")][-1]


async def returning_five(connection):
    return 5


@both(*BLOCKING)
def test_the_drivers_sql(engine, say):
    table.create(engine)
    sign = "?" if engine.name == "sqlite" else "%s"
    with engine.connect() as connection:
        say(connection.exec_driver_sql(f"insert into er (x, y) values ({sign}, {sign})", (1, "a")).rowcount)
        connection.exec_driver_sql(f"insert into er (x, y) values ({sign}, {sign})", [(2, "b"), (3, "c")])
        if engine.name == "sqlite":
            connection.exec_driver_sql("insert into er (x, y) values (:x, :y)", {"x": 4, "y": "d"})
        else:
            connection.exec_driver_sql("insert into er (x, y) values (%(x)s, %(y)s)", {"x": 4, "y": "d"})
        result = connection.exec_driver_sql("select x, y as why from er order by x")
        say(result.keys(), result.mappings().all())
        say(connection.exec_driver_sql("select '%' as p").scalar() if engine.name == "sqlite" else None)
        say(connection.exec_driver_sql("select '%' as p", execution_options={"no_parameters": True}).scalar())
        result = connection.exec_driver_sql("update er set x = x + 1")
        say(result.returns_rows, result.rowcount, result.closed)
        with say.error(message=False):
            result.fetchall()


@both(*BLOCKING)
def test_streams(engine, say):
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(table), [{"x": n, "y": "q"} for n in range(250)])
    rows = select(table.c.x).order_by(table.c.x)
    with engine.connect() as connection:
        for options in (
            {"stream_results": True}, {"stream_results": True, "max_row_buffer": 10}, {"yield_per": 7}, {"yield_per": 7, "stream_results": False},
            {"max_row_buffer": 5}, {"stream_results": True, "yield_per": 300},
        ):  # fmt: skip
            result = connection.execute(rows, execution_options=options)
            say(
                options,
                len(result.fetchmany(3)),
                result.fetchone(),
                [len(part) for part in result.partitions()],
            )
            result = connection.execution_options(**options).execute(rows)
            say(
                [len(part) for part in result.partitions(100)],
                result.closed,
                connection.get_execution_options(),
            )
            result = connection.execute(rows.execution_options(**options))
            say(sum(row.x for row in result), result.closed)
            result = connection.execute(rows, execution_options=options)
            say(result.columns("x").fetchmany(2), result.first(), result.closed)
            result = connection.execute(rows, execution_options=options).yield_per(20)
            say([len(part) for part in result.scalars().partitions()])
            connection = connection.execution_options(
                stream_results=False, max_row_buffer=1000, yield_per=None
            )
    with engine.execution_options(stream_results=True).connect() as connection:
        result = connection.execute(rows)
        say(result.fetchone(), result.closed)
        result.close()
        say(result.closed, connection.scalar(ONE))
        with say.error(message=False):
            result.fetchone()


@both(*ASYNC)
async def test_streams_awaited(engine, say):
    async with engine.begin() as connection:
        await connection.run_sync(table.create)
        await connection.execute(insert(table), [{"x": n, "y": "q"} for n in range(250)])
    rows = select(table.c.x).order_by(table.c.x)
    async with engine.connect() as connection:
        for options in (
            {},
            {"max_row_buffer": 10},
            {"yield_per": 7},
            {"stream_results": True, "yield_per": 300},
        ):
            result = await connection.stream(rows, execution_options=options)
            say(options, len(await result.fetchmany(3)), [len(part) async for part in result.partitions()])
            result = await connection.stream(rows.execution_options(**options))
            say([len(part) async for part in result.partitions(100)], result.closed)
            async with connection.stream(rows, execution_options=options) as result:
                async for row in result:
                    if row.x == 5:
                        break
            say(result.closed)
            async with connection.stream_scalars(rows, execution_options=options) as found:
                say(await found.first(), found.closed)
            result = await connection.stream(rows, execution_options=options)
            say(
                await result.columns(0).fetchone(),
                await result.mappings().fetchmany(1),
                await result.scalars().first(),
            )
            result = await connection.stream(rows, execution_options=options)
            frozen = await result.freeze()
            say(len(frozen().all()), frozen().scalars().first())
            result = (await connection.stream(rows, execution_options=options)).yield_per(50).unique()
            say([len(part) async for part in result.scalars().partitions()])
            with say.error(message=False):
                await (await connection.stream(rows, execution_options=options)).one()
        say(await connection.scalar(ONE))


@both("sqlite")
def test_mocks(engine, say):
    for url in (
        "postgresql+psycopg://",
        "postgresql+asyncpg://",
        "sqlite://",
        "mysql+pymysql://",
        "mariadb+pymysql://",
    ):
        seen = []
        mock = create_mock_engine(
            url,
            lambda sql, *given, **more: seen.append(
                (" ".join(str(sql.compile(dialect=mock.dialect)).split()), given, more)
            ),
        )
        table.metadata.create_all(mock, checkfirst=False)
        table.metadata.create_all(mock)
        mock.execute(select(table.c.x)) if hasattr(mock, "execute") else None
        say(url, seen, mock.name, mock.dialect.name, mock.engine is mock, type(mock).__name__)
        with say.error(message=False):
            mock.connect()
    with say.error(message=False):
        create_mock_engine("foo://", print)


@both("sqlite")
def test_configurations(engine, say):
    url = str(engine.url)
    for make, given in (
        (
            engine_from_config,
            {KEY + "url": url, KEY + "echo": "true", KEY + "pool_recycle": "30", "other": "1"},
        ),
        (engine_from_config, {KEY + "url": url, KEY + "echo_pool": "debug", KEY + "pool_pre_ping": "on"}),
        (engine_from_config, {KEY + "url": make_url(url), KEY + "isolation_level": "AUTOCOMMIT"}),
        (
            engine_from_config,
            {KEY + "url": url, KEY + "hide_parameters": "true", KEY + "connect_args": {"timeout": 3}},
        ),
        (engine_from_config, {KEY + "nothing": url}),
        (async_engine_from_config, {KEY + "url": url}),
        (
            async_engine_from_config,
            {KEY + "url": url.replace("sqlite", "sqlite+aiosqlite", 1), KEY + "echo": "false"},
        ),
    ):
        try:
            made = make(given)
            say(
                type(made).__name__,
                type(made.pool).__name__,
                made.echo,
                made.pool._recycle,
                bool(made.pool._pre_ping),
                made.dialect.driver,
            )
            say(bool(getattr(made, "hide_parameters", False)))
        except Exception as error:
            say(type(error).__name__, str(error))
    say(engine_from_config({"a.url": url, "a.echo": "no"}, "a.", echo=True, pool_size=2).echo)
    say(
        type(
            async_engine_from_config({"url": "sqlite+aiosqlite://", "poolclass": StaticPool}, prefix="")
        ).__name__
    )
    say(AsyncAdaptedQueuePool.__name__)


@both("sqlite")
def test_plugins(engine, say):
    class Watching(CreateEnginePlugin):
        def __init__(self, url, keywords):
            say("init", sorted(url.query.items()), sorted(set(keywords) - {"plugins"}))
            self.level = keywords.pop("watch_level", None)
            self.mark = url.query.get("mark")

        def update_url(self, url):
            say("update")
            return url.difference_update_query(["mark"])

        def handle_dialect_kwargs(self, cls, arguments):
            say("dialect", cls.__name__)

        def handle_pool_kwargs(self, cls, arguments):
            say("pool", cls.__name__, sorted(set(arguments) - {"logging_name", "echo", "dialect"}))
            arguments["pool_size" if "pool_size" in arguments else "recycle"] = 77

        def engine_created(self, made):
            say("created", type(made).__name__, str(made.url).partition("?")[2], self.level, self.mark)
            event.listen(made, "before_cursor_execute", lambda *given: say("heard", given[2]))

    class Old(CreateEnginePlugin):
        def __init__(self, url, keywords):
            say("old", sorted(url.query))

        def update_url(self, url):
            return url

    import sys

    module = sys.modules[__name__]
    module.Watching, module.Old = Watching, Old
    plugins.register("watching", __name__, "Watching")
    plugins.register("old", __name__, "Old")
    url = engine.url
    for given, options in (
        (url.update_query_dict({"plugin": "watching", "mark": "1"}), {}),
        (url.update_query_dict({"plugin": ["watching", "old"], "mark": "1"}), {}),
        (url.update_query_dict({"mark": "1"}), {"plugins": ["old", "watching"], "watch_level": 3}),
        (url, {"plugins": []}),
        (url, {"watch_level": 3}),
        (url.update_query_dict({"plugin": "nope"}), {}),
    ):
        try:
            made = create_engine(given, **options)
            with made.connect() as connection:
                connection.scalar(ONE)
            say(made.pool._recycle, sorted(made.url.query.items()))
            made.dispose()
        except Exception as error:
            say(type(error).__name__, str(error))


@both(*BLOCKING)
def test_no_driver_wants_sizes(engine, say):
    table.create(engine)
    event.listen(engine, "do_setinputsizes", lambda *given: say("asked for sizes"))
    with engine.begin() as connection:
        connection.execute(insert(table), [{"x": 1, "y": "a"}, {"x": 2, "y": "b"}])
        say(connection.execute(select(table.c.x).where(table.c.y == "a")).all())


@both(*ASYNC)
async def test_no_awaited_driver_wants_sizes(engine, say):
    event.listen(engine.sync_engine, "do_setinputsizes", lambda *given: say("asked for sizes"))
    async with engine.begin() as connection:
        await connection.run_sync(table.create)
        await connection.execute(insert(table), [{"x": 1, "y": "a"}, {"x": 2, "y": "b"}])
        say((await connection.execute(select(table.c.x).where(table.c.y == "a"))).all())
