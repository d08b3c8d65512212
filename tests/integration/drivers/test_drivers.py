"""What every driver adapter must do, on real databases: one suite for all."""

import asyncio
import inspect

import pytest

from sublimate import exc
from sublimate.dialects.contract.driver import Outcome, TransactionOptions
from sublimate.dialects.mysql.aiomysql import AiomysqlDriver
from sublimate.dialects.mysql.asyncmy import AsyncmyDriver
from sublimate.dialects.mysql.pymysql import PyMySQLDriver
from sublimate.dialects.postgresql.asyncpg import AsyncpgDriver
from sublimate.dialects.postgresql.psycopg import PsycopgAsyncDriver, PsycopgDriver
from sublimate.dialects.sqlite.aiosqlite import AiosqliteDriver
from sublimate.dialects.sqlite.pysqlite import PysqliteDriver
from sublimate.engine.url import make_url

POSTGRESQL = (AsyncpgDriver, PsycopgDriver, PsycopgAsyncDriver)
MYSQL = (PyMySQLDriver, AsyncmyDriver, AiomysqlDriver)
DRIVERS = [PysqliteDriver, AiosqliteDriver, *POSTGRESQL, *MYSQL]
MARKS = {
    "qmark": ("?", lambda value: (value,)),
    "numeric_dollar": ("$1", lambda value: (value,)),
    "pyformat": ("%(a)s", lambda value: {"a": value}),
    "format": ("%s", lambda value: (value,)),
}


async def done(value):
    return await value if inspect.isawaitable(value) else value


def insert(driver):
    mark, args = MARKS[driver.paramstyle]
    return f"INSERT INTO things (id, name) VALUES ({mark}, 'x')", args


@pytest.fixture(params=DRIVERS, ids=lambda driver: driver.name)
def driver(request):
    return request.param()


@pytest.fixture
def url(driver, request):
    if isinstance(driver, MYSQL):
        return make_url(request.getfixturevalue("mysql_url"))
    name = "postgresql_url" if isinstance(driver, POSTGRESQL) else "sqlite_url"
    return make_url(request.getfixturevalue(name))


@pytest.fixture
async def connection(driver, url):
    connection = await done(driver.connect(driver.connect_arguments(url)))
    await done(connection.execute("DROP TABLE IF EXISTS things", None))
    await done(connection.execute("CREATE TABLE things (id integer PRIMARY KEY, name varchar(5))", None))
    yield connection
    if not connection.closed:
        await done(connection.rollback())
        await done(connection.execute("DROP TABLE IF EXISTS things", None))
        await done(connection.close())


async def ids(connection):
    rows = await done(connection.fetch("SELECT id FROM things ORDER BY id", None))
    return [row[0] for row in rows]


async def test_rows_columns_and_counts(driver, connection):
    sql, args = insert(driver)
    assert (await done(connection.execute(sql, args(1)))).rowcount == 1
    outcome = await done(connection.query(f"{sql} RETURNING id, name AS called", args(2)))
    assert isinstance(outcome, Outcome)
    assert list(outcome.columns) == ["id", "called"] and [tuple(row) for row in outcome.rows] == [(2, "x")]
    assert outcome.rowcount == 1
    empty = await done(connection.query("SELECT id, name FROM things WHERE id = 99", None))
    assert list(empty.columns) == ["id", "name"] and list(empty.rows) == []
    nothing = await done(connection.query("CREATE TABLE IF NOT EXISTS things (id integer)", None))
    assert list(nothing.columns) == [] and list(nothing.rows) == []
    assert await ids(connection) == [1, 2]


async def test_many_sets_of_parameters_all_or_nothing(driver, connection):
    sql, args = insert(driver)
    assert await done(connection.executemany(sql, [args(i) for i in range(50)])) in (50, -1)
    with pytest.raises(exc.IntegrityError) as info:
        await done(connection.executemany(sql, [args(i) for i in (60, 61, 1)]))
    assert info.value.ismulti
    assert await ids(connection) == list(range(50))


async def test_transactions_and_savepoints(driver, connection):
    sql, args = insert(driver)
    await done(connection.begin())
    assert connection.in_transaction
    await done(connection.execute(sql, args(1)))
    await done(connection.savepoint("one"))
    await done(connection.execute(sql, args(2)))
    await done(connection.rollback_to("one"))
    await done(connection.savepoint('Odd "name"'))
    await done(connection.execute(sql, args(3)))
    await done(connection.release('Odd "name"'))
    assert await ids(connection) == [1, 3] and not connection.reset_now()
    await done(connection.commit())
    assert not connection.in_transaction and connection.reset_now()
    await done(connection.begin())
    await done(connection.execute(sql, args(4)))
    await done(connection.rollback())
    assert await ids(connection) == [1, 3]


async def test_a_transaction_without_statements_ends_quietly(connection):
    for end in (connection.commit, connection.rollback):
        await done(connection.begin())
        await done(end())
        assert not connection.in_transaction and connection.reset_now()


async def test_streams_come_in_batches_and_clean_up(driver, connection):
    sql, args = insert(driver)
    await done(connection.executemany(sql, [args(i) for i in range(25)]))
    cursor = await done(connection.stream("SELECT id FROM things ORDER BY id", None, 10))
    sizes = [len(await done(cursor.fetch(10))) for _ in range(4)]
    assert list(cursor.columns) == ["id"] and sizes == [10, 10, 5, 0]
    await done(cursor.close())
    early = await done(connection.stream("SELECT id FROM things", None, 10))
    await done(early.fetch(10))
    await done(early.close())
    assert not connection.in_transaction and not connection.in_exchange
    with pytest.raises(exc.DBAPIError):
        await done(connection.stream("SELECT nothing FROM things", None, 10))
    assert not connection.in_transaction


@pytest.mark.parametrize(
    ("mistake", "kind"),
    [
        (lambda sql, args: (sql, args(1)), exc.IntegrityError),
        (lambda sql, args: ("SELEC", None), (exc.ProgrammingError, exc.OperationalError)),
        (lambda sql, args: ("SELECT * FROM nowhere", None), (exc.ProgrammingError, exc.OperationalError)),
        (lambda sql, args: (sql, args(10**30)), exc.DataError),
        (lambda sql, args: (sql, args(object())), (exc.DataError, exc.ProgrammingError, exc.InterfaceError)),
        (lambda sql, args: (sql, args("\ud800")), exc.DataError),
    ],
    ids=["duplicate", "syntax", "table", "range", "type", "surrogate"],
)
async def test_errors_are_ours_and_leave_the_connection_usable(driver, connection, mistake, kind):
    sql, args = insert(driver)
    await done(connection.execute(sql, args(1)))
    statement, params = mistake(sql, args)
    with pytest.raises(kind) as info:
        await done(connection.execute(statement, params))
    error = info.value
    assert (error.statement, error.params) == (statement, params)
    assert error.driver_exception is error.__cause__ and not error.connection_invalidated
    assert not connection.in_exchange and await ids(connection) == [1]


async def test_nul_bytes_are_bad_data_where_the_database_refuses_them(driver, connection):
    if not isinstance(driver, POSTGRESQL):
        pytest.skip("SQLite and MySQL store them")
    mark, args = MARKS[driver.paramstyle]
    with pytest.raises(exc.DataError):
        await done(connection.execute(f"INSERT INTO things (id, name) VALUES (1, {mark})", args("a\0b")))
    with pytest.raises(exc.DataError):
        await done(connection.execute(f"INSERT INTO things (id, name) VALUES (1, {mark})", args("too long")))


async def test_sqlstate_and_constraint_can_be_read(driver, connection):
    if not isinstance(driver, POSTGRESQL):
        pytest.skip("PostgreSQL only")
    sql, args = insert(driver)
    await done(connection.execute(sql, args(1)))
    with pytest.raises(exc.IntegrityError) as info:
        await done(connection.execute(sql, args(1)))
    assert info.value.orig.sqlstate == "23505"
    if driver.is_async and driver.name == "asyncpg":
        assert info.value.orig.pgcode == "23505" and info.value.orig.constraint_name == "things_pkey"


async def test_a_closed_connection_says_so(connection):
    await done(connection.ping())
    await done(connection.close())
    assert connection.closed
    with pytest.raises(exc.DBAPIError) as info:
        await done(connection.fetch("SELECT 1", None))
    assert info.value.connection_invalidated


async def test_terminate_never_raises(connection):
    connection.terminate()
    connection.terminate()
    assert connection.closed


async def test_isolation_levels(driver, connection):
    await done(connection.begin(TransactionOptions(isolation_level="SERIALIZABLE")))
    if isinstance(driver, POSTGRESQL):
        rows = await done(connection.fetch("SHOW transaction_isolation", None))
        assert rows[0][0] == "serializable"
        await done(connection.rollback())
        await done(connection.begin(TransactionOptions(readonly=True)))
        with pytest.raises(exc.InternalError):
            await done(connection.execute("DELETE FROM things", None))
    if isinstance(driver, MYSQL):
        await done(connection.rollback())
        await done(connection.begin(TransactionOptions(isolation_level="READ COMMITTED", readonly=True)))
        with pytest.raises(exc.OperationalError, match="READ ONLY"):
            await done(connection.execute("DELETE FROM things", None))
        with pytest.raises(exc.ArgumentError, match="deferrable"):
            await done(connection.begin(TransactionOptions(deferrable=True)))
    await done(connection.rollback())
    with pytest.raises(exc.ArgumentError, match="isolation_level"):
        await done(connection.begin(TransactionOptions(isolation_level="NONSENSE")))


async def test_a_changed_table_does_not_break_prepared_statements(driver, connection):
    sql, args = insert(driver)
    await done(connection.execute(sql, args(1)))
    for _ in range(8):
        assert len((await done(connection.fetch("SELECT * FROM things", None)))[0]) == 2
    await done(connection.execute("ALTER TABLE things ADD COLUMN more integer", None))
    assert len((await done(connection.fetch("SELECT * FROM things", None)))[0]) == 3


async def test_json_comes_as_text_for_our_types(driver, connection):
    if not isinstance(driver, POSTGRESQL):
        pytest.skip("PostgreSQL only")
    outcome = await done(
        connection.query("""SELECT 1, '{"a": 1}'::json AS j, '{"a": 1}'::jsonb AS b""", None)
    )
    assert tuple(outcome.rows[0]) == (1, '{"a": 1}', '{"a": 1}') and list(outcome.json_columns) == [1, 2]


async def test_no_server_is_an_operational_error(driver):
    if isinstance(driver, POSTGRESQL):
        target = make_url("postgresql://nobody@127.0.0.1:1/none")
    elif isinstance(driver, MYSQL):
        target = make_url("mysql://nobody@127.0.0.1:1/none")
    else:
        target = make_url("sqlite:////no/such/directory/file.db")
    with pytest.raises(exc.OperationalError):
        await done(driver.connect(driver.connect_arguments(target)))


def test_a_missing_package_names_what_to_install(driver, monkeypatch):
    if driver.module == "sqlite3":
        pytest.skip("comes with Python")
    monkeypatch.setitem(__import__("sys").modules, driver.module, None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install .*" + driver.module):
        type(driver).load()


ASYNC = [AsyncpgDriver, PsycopgAsyncDriver, AsyncmyDriver, AiomysqlDriver]


@pytest.mark.parametrize("driver", ASYNC, indirect=True, ids=lambda d: d.name)
async def test_cancelled_in_a_statement_is_in_an_exchange(driver, connection):
    sleep = "SELECT sleep(5)" if isinstance(driver, MYSQL) else "SELECT pg_sleep(5)"
    task = asyncio.create_task(connection.fetch(sleep, None))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert connection.in_exchange
    connection.terminate()


@pytest.mark.parametrize("driver", [AiosqliteDriver], indirect=True, ids=["aiosqlite"])
async def test_a_cancelled_sqlite_statement_is_stopped_and_undone(driver, connection):
    await connection.begin()
    await connection.execute("INSERT INTO things VALUES (1, 'x')", ())
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    task = asyncio.create_task(connection.fetch(endless, ()))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not connection.reset_now()
    await asyncio.wait_for(connection.rollback(), 30)
    assert connection.reset_now() and await ids(connection) == []


@pytest.mark.parametrize("driver", [AiosqliteDriver], indirect=True, ids=["aiosqlite"])
async def test_a_write_cancelled_before_its_begin_was_sent_is_undone(driver, connection):
    await connection.begin()
    task = asyncio.create_task(connection.execute("INSERT INTO things VALUES (1, 'x')", ()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await connection.rollback()
    assert await ids(connection) == []


@pytest.mark.parametrize("driver", [*POSTGRESQL, *MYSQL], indirect=True, ids=lambda d: d.name)
async def test_a_connection_lost_at_commit_leaves_the_outcome_unknown(driver, connection, url):
    sql, args = insert(driver)
    await done(connection.begin())
    await done(connection.execute(sql, args(1)))
    if isinstance(driver, MYSQL):
        me, kill, killer = "SELECT connection_id()", "KILL {}", PyMySQLDriver()
    else:
        me, kill, killer = "SELECT pg_backend_pid()", "SELECT pg_terminate_backend({})", PsycopgDriver()
    pid = (await done(connection.fetch(me, None)))[0][0]
    other = killer.connect(killer.connect_arguments(url))
    other.query(kill.format(pid), None)
    with pytest.raises(exc.CommitUnknownError) as info:
        await done(connection.commit())
    assert info.value.connection_invalidated and connection.closed
    other.execute("DROP TABLE things", None)
    other.close()


def test_connect_arguments_of_postgresql_urls():
    url = make_url("postgresql://ada:s%40crt@h:5433/db?application_name=x&prepared_statement_cache_size=0")
    assert AsyncpgDriver().connect_arguments(url) == {
        "user": "ada", "password": "s@crt", "database": "db", "host": "h", "port": 5433,
        "application_name": "x", "prepared_statement_cache_size": 0,
    }  # fmt: skip
    several = make_url("postgresql://ada@/db?host=a:1&host=b:2")
    assert AsyncpgDriver().connect_arguments(several) == {
        "user": "ada", "database": "db", "host": ["a", "b"], "port": [1, 2],
    }  # fmt: skip
    assert PsycopgDriver().connect_arguments(several) == {
        "user": "ada", "dbname": "db", "host": "a,b", "port": "1,2",
    }  # fmt: skip
    with pytest.raises(exc.ArgumentError, match="port must be a number"):
        AsyncpgDriver().connect_arguments(make_url("postgresql://ada@/db?host=a:x"))


def test_connect_arguments_of_sqlite_urls():
    of = PysqliteDriver().connect_arguments
    assert of(make_url("sqlite://")) == {"database": ":memory:", "check_same_thread": False}
    assert of(make_url("sqlite:////tmp/x.db?timeout=2.5")) == {
        "database": "/tmp/x.db", "timeout": 2.5, "check_same_thread": False,
    }  # fmt: skip
    assert of(make_url("sqlite:///file:x?mode=ro&uri=true"))["database"] == "file:x?mode=ro"
    with pytest.raises(exc.ArgumentError, match="Invalid SQLite URL"):
        of(make_url("sqlite://host/x.db"))


async def test_a_server_without_prepared_statements_can_be_used(postgresql_url):
    driver = AsyncpgDriver()
    url = make_url(postgresql_url).update_query_dict({"prepared_statement_cache_size": "0"})
    connection = await driver.connect(driver.connect_arguments(url))
    assert (await connection.fetch("SELECT $1::int", (1,)))[0][0] == 1
    assert connection._statements == {}
    await connection.close()
