"""Engines, connections and their transactions: URLs, configuration, attributes, nesting, isolation, forms of parameters, errors."""

# ruff: noqa: B023

import copy
import pickle
import warnings

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Sequence,
    String,
    Table,
    create_engine,
    create_mock_engine,
    create_pool_from_url,
    delete,
    engine_from_config,
    event,
    func,
    insert,
    inspect,
    literal,
    make_url,
    select,
    text,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool, QueuePool, SingletonThreadPool, StaticPool
from twins import both

table = Table(
    "cn", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer), Column("y", String(20), server_default="d")
)  # fmt: skip
COUNT = select(func.count()).select_from(table)


def attempt(say, label, work):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = work()
        except Exception as error:
            say(label, type(error).__name__)
        else:
            simple = isinstance(value, str | int | tuple | list | dict | type(None))
            say(label, repr(value) if simple else type(value).__name__)


URLS = [
    "dbtype://username:password@hostspec:110//usr/db_file.db", "dbtype+apitype://username:password@hostspec/database",
    "dbtype:////usr/local/_xtest@example.com/members.db", "dbtype://hostspec/?arg1=val1&arg2=val2", "dbtype:///:memory:",
    "dbtype:///E:/work/src/LEM/db/hello.db?foo=bar&hoho=lala", "dbtype://", "dbtype://username:apples%2Foranges@hostspec/database",
    "dbtype://username:password@[2001:da8:2004:1000:202:116:160:90]:80/database?foo=bar", "dbtype://u:p@h/test database with@atsign",
    "dbtype://username:password@hostspec:450?query=but_no_db", "dbtype://user%25%26%7C:pass%25%26%7C@hostspec:499?query=but_no_db",
    "dbtype://user:pass@/db?host=h1:1&host=h2:2", "dbtype://u:p@host/db?a=b%20c&d=e+f&g=%2F", "dbtype://:pw@host", "dbtype://@host",
    "nonsense", "", "dbtype:/x", "dbtype://u:@h/d", "dbtype://h/d?x=1&x=2&y=3", "mssql+pyodbc:///?odbc_connect=a%3Db%3Bc",
    "dbtype://u:p@h/d#frag", "x-y://h", "db.x+y_z://h/d",
]  # fmt: skip


@both("sqlite")
def test_urls(engine, say):
    for each in URLS:

        def parts():
            url = make_url(each)
            return (*url[:6], dict(url.query), str(url), url.render_as_string(hide_password=False), repr(url))

        attempt(say, each, parts)
    url = URL.create(
        "postgresql+psycopg", "scott", "ti/g:e@r", host="h", port=5, database="d", query={"a": ["1", "2"], "b": "x y"}
    )  # fmt: skip
    for label, work in {
        "set": lambda: url.set(drivername="x", port=None, password=None).render_as_string(),
        "string": lambda: url.update_query_string("a=9&b=8", append=True).render_as_string(),
        "pairs": lambda: url.update_query_pairs([("a", "5"), ("a", "6"), ("z", "1")]).render_as_string(),
        "dict": lambda: url.update_query_dict({"a": "1", "q": ["x", "y"]}).render_as_string(),
        "difference": lambda: url.difference_update_query(["a", "nope"]).render_as_string(),
        "normalized": lambda: dict(url.normalized_query),
        "names": lambda: (
            url.get_backend_name(),
            url.get_driver_name(),
            make_url("sqlite://").get_driver_name(),
        ),
        "unknown": lambda: make_url("foo://x").get_dialect(),
        "equal": lambda: (
            url == make_url(url),
            url == str(url),
            hash(url) == hash(copy.copy(url)),
            url != url.set(port=6),
        ),
        "pickled": lambda: pickle.loads(pickle.dumps(url)) == url,
        "arguments": lambda: url.translate_connect_args(username="user", database="dbname"),
        "assigned": lambda: setattr(url, "port", 3),
        "special": lambda: URL.create("x", "a b@:/?#[]%", "a b@:/?#[]%+", "h", None, "d").render_as_string(
            False
        ),
        "number as name": lambda: URL.create(5),
        "number as host": lambda: URL.create("x", host=5),
        "number in query": lambda: URL.create("x", query={"a": 5}),
    }.items():
        attempt(say, label, work)


CONFIGURATIONS = [
    {}, {"echo": "debug"}, {"echo": "maybe"}, {"nonsense": "1"}, {"pool_recycle": "abc"},
    {"pool_size": "3", "pool_pre_ping": "yes"}, {"pool_timeout": "5", "max_overflow": "2", "pool_use_lifo": "1"}, {"future": "false"},
    {"max_identifier_length": "30", "label_length": "10"},
]  # fmt: skip
OPTIONS = [
    {"foo": 1}, {"pool_size": 5, "poolclass": NullPool}, {"pool_timeout": 5, "poolclass": StaticPool}, {"paramstyle": "named"},
    {"pool": QueuePool(lambda: None), "pool_size": 3}, {"future": False}, {"plugins": ["nope"]}, {"query_cache_size": 0},
    {"pool_reset_on_return": "foo"}, {"pool_reset_on_return": "commit"}, {"enable_from_linting": False}, {"echo_pool": True},
    {"execution_options": {"isolation_level": "AUTOCOMMIT"}}, {"poolclass": SingletonThreadPool}, {"skip_autocommit_rollback": True},
]  # fmt: skip


def facts(engine):
    size = engine.pool.size() if type(engine.pool) is QueuePool else None
    return type(engine.pool).__name__, engine.echo, size, dict(engine.get_execution_options())


@both("sqlite")
def test_configuration(engine, say):
    url = str(engine.url)
    for given in CONFIGURATIONS:
        keys = {f"db.{key}": value for key, value in {"url": url, **given}.items()}
        attempt(say, sorted(given.items()), lambda: facts(engine_from_config(keys, "db.")))
    for options in OPTIONS:
        attempt(say, sorted(options), lambda: facts(create_engine(url, **options)))
    for bad in ("sqlite", "foo://x", "sqlite+foo://", None):
        attempt(say, bad, lambda: create_engine(bad))
    for memory in (
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "sqlite:///file:x?uri=true",
    ):
        attempt(say, memory, lambda: type(create_engine(memory).pool).__name__)
    for options in (
        {},
        {"poolclass": NullPool},
        {"pool_size": 3},
        {"pool_recycle": 5, "pool_pre_ping": True},
    ):
        attempt(say, sorted(options), lambda: type(create_pool_from_url(url, **options)).__name__)
    seen = []
    mock = create_mock_engine(
        "postgresql+psycopg://",
        lambda sql, *given, **more: seen.append(str(sql.compile(dialect=mock.dialect))),
    )
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, primary_key=True), Column("x", String(5), index=True))
    Sequence("sq", metadata=metadata)
    metadata.create_all(mock)
    metadata.drop_all(mock, checkfirst=False)
    say([" ".join(sql.split()) for sql in seen], mock.name, mock.engine is mock)


@both()
def test_attributes(engine, say):
    table.create(engine)
    connection = engine.connect()
    for name in ("closed", "invalidated", "default_isolation_level", "info"):
        attempt(say, name, lambda: getattr(connection, name))
    for name in (
        "in_transaction",
        "in_nested_transaction",
        "get_transaction",
        "get_nested_transaction",
        "get_isolation_level",
    ):
        attempt(say, name, getattr(connection, name))
    connection.rollback()
    transaction = connection.begin()
    savepoint = connection.begin_nested()
    say(connection.get_nested_transaction() is savepoint, connection.get_transaction() is transaction)
    transaction.rollback()
    for label, work in {
        "savepoint": savepoint.rollback, "commit": transaction.commit, "rollback": transaction.rollback,
        "close": transaction.close, "begin": connection.begin, "again": connection.begin,
    }.items():  # fmt: skip
        attempt(say, label, work)
    connection.close()
    for name in ("execute", "scalar", "exec_driver_sql"):
        statement = "select 1" if name == "exec_driver_sql" else text("select 1")
        attempt(say, f"closed {name}", lambda: getattr(connection, name)(statement))
    for name in (
        "begin",
        "begin_nested",
        "commit",
        "rollback",
        "close",
        "in_transaction",
        "detach",
        "invalidate",
    ):
        attempt(say, f"closed {name}", getattr(connection, name))
    with engine.connect() as connection:
        connection.detach()
        say(connection.connection.is_detached, engine.pool.checkedout(), connection.scalar(text("select 1")))
    with engine.connect() as connection:
        connection.execute(text("select 1"))
        connection.invalidate()
        say(connection.invalidated, connection.closed, connection.in_transaction())
        for name in ("begin", "begin_nested", "commit"):
            attempt(say, f"invalidated {name}", getattr(connection, name))
        connection.rollback()
        say(connection.scalar(text("select 1")), connection.invalidated)
    connection = engine.connect()
    connection.info["k"] = 1
    connection.close()
    with engine.connect() as connection:
        say(dict(connection.info))
        connection.invalidate()
        say(dict(connection.info))
    raw = engine.raw_connection()
    say(raw.is_valid, raw.is_detached, dict(raw.info), dict(raw.record_info))
    raw.close()
    say(raw.is_valid, raw.dbapi_connection)
    say(
        inspect(engine).has_table("cn"),
        engine.name,
        engine.driver,
        engine.dialect.name,
        engine.dialect.driver,
    )


@both()
def test_blocks(engine, say):
    table.create(engine)
    connection = engine.connect()

    def rolled_back():
        with connection.begin() as transaction:
            connection.execute(insert(table), {"x": 1})
            transaction.rollback()
        return connection.in_transaction()

    def committed_inside():
        with connection.begin():
            connection.execute(insert(table), {"x": 1})
            connection.commit()
            connection.execute(insert(table), {"x": 2})

    def failing():
        with connection.begin():
            connection.execute(insert(table), {"x": 1})
            raise ValueError

    def nested():
        with connection.begin():
            with connection.begin_nested() as savepoint:
                connection.execute(insert(table), {"x": 1})
                savepoint.rollback()
            with connection.begin_nested():
                connection.execute(insert(table), {"x": 2})
            return connection.scalar(COUNT)

    def nested_error():
        with connection.begin():
            connection.execute(insert(table), {"x": 9})
            try:
                with connection.begin_nested():
                    connection.exec_driver_sql("selekt")
            except DBAPIError:
                pass
            return connection.scalar(COUNT)

    for work in (rolled_back, committed_inside, failing, nested, nested_error):
        attempt(say, work.__name__, work)
        attempt(say, "in transaction", connection.in_transaction)
        connection.rollback()
    connection.close()


@both()
def test_forms_of_parameters(engine, say):
    table.create(engine)
    sign = "?" if engine.name == "sqlite" else "%s"
    given = {
        "list": [{"x": 1}, {"x": 2}], "tuple": ({"x": 1}, {"x": 2}), "dict": {"x": 1}, "empty": [], "none": None,
        "list of tuples": [(1, 2)], "numbers": (1, 2), "string": "x", "number": 5, "mixed": [{"x": 1}, (2,)],
        "unknown": {"x": 1, "nope": 2}, "missing": [{"x": 1}, {"y": "q"}], "defaulted": [{"y": "a"}, {"x": 1, "y": "q"}],
    }  # fmt: skip
    forms = {
        "one": (1,),
        "many": [(1,), (2,)],
        "list": [1],
        "none": None,
        "lists": [[1], [2]],
        "string": "a",
        "number": 5,
    }
    with engine.connect() as connection:

        def rows_of(work):
            before = connection.scalar(COUNT)
            work()
            return connection.scalar(COUNT) - before

        def kept_apart(label, work):
            savepoint = connection.begin_nested()
            attempt(say, label, lambda: rows_of(work))
            if savepoint.is_active:
                savepoint.rollback()

        for label, parameters in given.items():
            kept_apart(label, lambda: connection.execute(insert(table), parameters))
        for label in ("list", "dict", "numbers", "list of tuples"):
            kept_apart(
                f"text {label}",
                lambda: connection.execute(text("insert into cn (x) values (:x)"), given[label]),
            )
        for label, parameters in forms.items():
            kept_apart(
                f"driver {label}",
                lambda: connection.exec_driver_sql(f"insert into cn (x) values ({sign})", parameters),
            )
        for label, statement in {
            "string": "select 1", "column": table.c.x, "table": table, "function": func.coalesce(None, 5), "literal": literal(1),
            "none": None, "class": select, "compiled": select(literal(3)).compile(engine),
        }.items():  # fmt: skip
            attempt(say, f"executed {label}", lambda: connection.execute(statement).scalar())
            connection.rollback()
        attempt(
            say,
            "stream",
            lambda: connection.execution_options(stream_results=True).exec_driver_sql("select 1").all(),
        )
        attempt(
            say,
            "yield_per",
            lambda: connection.exec_driver_sql("select 1", execution_options={"yield_per": 2}).all(),
        )


@both()
def test_options_and_levels(engine, say):
    table.create(engine)
    say(
        dict(engine.execution_options(a=1).execution_options(b=2).get_execution_options()),
        engine.get_execution_options(),
    )
    engine.update_execution_options(z=1)
    say(engine.execution_options(a=1).get_execution_options())
    say(
        engine.get_execution_options().union({"q": 5}),
        select(1).execution_options(c=1).get_execution_options(),
    )
    with say.error():
        engine.get_execution_options()["x"] = 1
    for level in ("read_uncommitted", "serializable", "AUTOCOMMIT"):
        with engine.connect() as connection:
            say(level, connection.execution_options(isolation_level=level).get_isolation_level())
            say(connection.default_isolation_level)
    for statement in (text("x"), select(1)):
        with say.error():
            statement.execution_options(isolation_level="SERIALIZABLE")
    with say.error():
        engine.connect().execution_options(isolation_level="foo")
    other = create_engine(engine.url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.execute(insert(table), {"x": 77})
        say(
            connection.in_transaction(),
            connection.rollback(),
            connection.scalar(COUNT.where(table.c.x == 77)),
        )
        connection.rollback()
        say(connection.execution_options(isolation_level="SERIALIZABLE").get_isolation_level())
        with connection.begin():
            connection.execute(delete(table))
    other.dispose()


@both("sqlite", "psycopg")
def test_errors_for_listeners(engine, say):
    class Mine(Exception):
        pass

    @event.listens_for(engine, "handle_error")
    def first(told):
        wrapped = getattr(told, next(name for name in dir(told) if name.endswith("alchemy_exception")))
        say(
            type(told.original_exception).__name__,
            type(wrapped).__name__,
            told.statement,
            told.is_disconnect,
            told.is_pre_ping,
        )
        if "raised" in told.statement:
            raise Mine from told.original_exception
        return Mine() if "returned" in told.statement else None

    @event.listens_for(engine, "handle_error")
    def second(told):
        say("second", type(getattr(told, "chained_exception", None)).__name__)
        return Mine("second") if "both" in told.statement else None

    with engine.connect() as connection:
        for sql in (
            "selekt",
            "selekt raised",
            "selekt returned",
            "selekt returned both",
            "selekt raised both",
            "selekt both",
        ):
            try:
                connection.exec_driver_sql(sql)
            except Exception as error:
                say(sql, type(error).__name__, type(error.__cause__).__name__)
            connection.rollback()
    refusing = create_engine("sqlite:////nonexistent/directory/x.db")
    event.listen(
        refusing, "handle_error", lambda told: say(told.connection, told.engine is refusing, told.statement)
    )
    with say.error():
        refusing.connect()


@both("aiosqlite")
async def test_asynchronous_faces(engine, say):
    say(engine == AsyncEngine(engine.sync_engine))
    with say.error():
        create_async_engine(engine.url, creator=1, async_creator=1)
    async with engine.begin() as connection:
        await connection.run_sync(table.create)
        await connection.execute(insert(table), [{"x": n} for n in range(5)])
        result = await connection.stream(select(table.c.x).order_by(table.c.x))
        say(await result.fetchone() == (0,), len(await result.fetchmany(1)), len(await result.fetchmany()))
        result = await connection.stream(select(table.c.x).order_by(table.c.x))
        say([len(part) async for part in result.partitions()])
        result = await connection.stream(select(table.c.x).order_by(table.c.x))
        say([len(part) async for part in result.partitions(2)])
        result = await connection.stream(select(table.c.x).order_by(table.c.x))
        say(len(await result.tuples().all()))
