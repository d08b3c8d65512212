"""What happens to connections of the driver in the user's hands, and the recipes of the documentation that use them."""

import gc
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

import psycopg

INS = "insert into rt values (1)"
SCENARIOS: dict[str, Callable[["Ground"], Any]] = {}


def scenario(function: Callable[["Ground"], Any]) -> Callable[["Ground"], Any]:
    SCENARIOS[function.__name__] = function
    return function


def att(call: Callable[[], Any]) -> Any:
    """The value, or the class of the error and how its message begins."""
    try:
        return call()
    except Exception as error:
        return f"{type(error).__name__}: {' '.join(str(error).split()[:6])}"


class Ground:
    """One root, one database with an empty table `rt`."""

    def __init__(self, root: Any, url: str) -> None:
        self.root = root
        self.url = url
        self.lite = url.startswith("sqlite")
        self.engines: list[Any] = []

    def engine(self, **options: Any) -> Any:
        engine = self.make(**options)
        with engine.begin() as connection:
            connection.exec_driver_sql("drop table if exists rt")
            connection.exec_driver_sql("create table rt (x integer)")
        return engine

    def make(self, **options: Any) -> Any:
        self.engines.append(self.root.sa.create_engine(self.url, **options))
        return self.engines[-1]

    def end(self) -> None:
        for engine in self.engines:
            engine.dispose()
        gc.collect()

    def connect(self) -> Any:
        """A connection that the driver opens, without any engine."""
        if self.lite:
            return sqlite3.connect(self.url.removeprefix("sqlite:///"))
        return psycopg.connect(self.url.replace("+psycopg", ""))


def count(engine: Any) -> Any:
    with engine.connect() as connection:
        return connection.exec_driver_sql("select count(*) from rt").scalar()


def put(raw: Any) -> None:
    put(raw)


@scenario
def raw_not_committed(g: Ground) -> Any:
    e = g.engine()
    r = e.raw_connection()
    put(r)
    r.close()
    return count(e)


@scenario
def raw_committed(g: Ground) -> Any:
    e = g.engine()
    r = e.raw_connection()
    put(r)
    r.commit()
    r.close()
    return count(e)


@scenario
def raw_rolled_back_then_used(g: Ground) -> Any:
    e = g.engine()
    r = e.raw_connection()
    c = r.cursor()
    c.execute(INS)
    r.rollback()
    c.execute(INS)
    r.commit()
    c.execute(INS)
    c.close()
    r.close()
    with e.begin() as c:
        c.exec_driver_sql(INS)
    return count(e)


@scenario
def in_begin_committed(g: Ground) -> Any:
    e = g.engine()
    with e.begin() as c:
        put(c.connection)
    return count(e)


@scenario
def in_begin_rolled_back(g: Ground) -> Any:
    e = g.engine()
    try:
        with e.begin() as c:
            put(c.connection)
            1 / 0
    except ZeroDivisionError:
        pass
    return count(e)


@scenario
def without_begin(g: Ground) -> Any:
    e = g.engine()
    with e.connect() as c:
        put(c.connection)
        f = c.in_transaction()
        c.commit()
    return count(e), f


@scenario
def then_autobegin(g: Ground) -> Any:
    e = g.engine()
    with e.connect() as c:
        put(c.connection)
        c.exec_driver_sql("select 1")
        c.commit()
        put(c.connection)
    return count(e)


@scenario
def after_select(g: Ground) -> Any:
    e = g.engine()
    with e.connect() as c:
        c.execute(g.root.sa.text("select 1")).all()
        put(c.connection)
        c.rollback()
        put(c.connection)
        c.exec_driver_sql("select 1")
        c.commit()
    return count(e)


@scenario
def autocommit(g: Ground) -> Any:
    e = g.engine()
    with e.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        put(c.connection)
    return count(e)


@scenario
def autocommit_engine(g: Ground) -> Any:
    e = g.engine(isolation_level="AUTOCOMMIT")
    r = e.raw_connection()
    put(r)
    r.close()
    return count(e)


@scenario
def nested(g: Ground) -> Any:
    e = g.engine()
    with e.begin() as c:
        c.connection
        with c.begin_nested() as n:
            c.connection.cursor().execute(INS)
            n.rollback()
        c.connection.cursor().execute(INS)
    return count(e)


@scenario
def isolation(g: Ground) -> Any:
    if g.lite:
        return None
    e = g.engine()
    with e.connect().execution_options(isolation_level="SERIALIZABLE") as c:
        cu = c.connection.cursor()
        cu.execute("show transaction_isolation")
        a = cu.fetchone()
        c.exec_driver_sql("select 1")
        b = c.exec_driver_sql("show transaction_isolation").scalar()
    with e.connect() as c:
        return a, b, c.exec_driver_sql("show transaction_isolation").scalar(), c.get_isolation_level()


@scenario
def detached(g: Ground) -> Any:
    e = g.engine()
    c = e.connect()
    c.detach()
    k = c.connection.is_detached
    c.exec_driver_sql(INS)
    c.commit()
    c.close()
    return k, count(e)


@scenario
def infos(g: Ground) -> Any:
    e = g.engine()
    c = e.connect()
    c.info["a"] = 1
    r = c.connection
    out = [
        dict(r.info),
        r.is_valid,
        c.connection is r,
        r.dbapi_connection is r.driver_connection,
        type(r.dbapi_connection).__module__,
    ]
    c.invalidate()
    out += [r.is_valid, c.invalidated]
    out.append(att(lambda: c.connection.is_valid))
    out.append(dict(c.info))
    c.close()
    return out


@scenario
def dispose_new_pool(g: Ground) -> Any:
    e = g.engine()
    p = e.pool
    c = e.connect()
    e.dispose()
    d = e.pool is p
    c.exec_driver_sql("select 1")
    c.close()
    c2 = e.connect()
    c2.close()
    return d, type(e.pool).__name__


@scenario
def creator(g: Ground) -> Any:
    first = g.engine()
    made: list[Any] = []

    def make() -> Any:
        made.append(g.connect())
        return made[-1]

    e = g.make(creator=make)
    with e.connect() as c:
        c.exec_driver_sql(INS)
        c.rollback()
        c.exec_driver_sql(INS)
        c.commit()
        c.exec_driver_sql(INS)
    with e.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        c.exec_driver_sql(INS)
    e.dispose()
    return len(made), count(first)


@scenario
def pool_given(g: Ground) -> Any:
    g.engine().dispose()
    pool = g.root.pool.QueuePool(g.connect)
    e = g.make(pool=pool)
    with e.begin() as c:
        c.execute(g.root.sa.text(INS))
    return count(e), e.pool is pool


@scenario
def savepoint_recipe(g: Ground) -> Any:
    if not g.lite:
        return None
    e = g.engine()

    @g.root.event.listens_for(e, "connect")
    def c1(d, r):
        d.isolation_level = None

    @g.root.event.listens_for(e, "begin")
    def b1(conn):
        conn.exec_driver_sql("BEGIN")

    e.dispose()
    with e.connect() as c:
        c.exec_driver_sql(INS)
        with c.begin_nested() as n:
            c.exec_driver_sql(INS)
            n.rollback()
        c.commit()
    return count(e)


@scenario
def begin_immediate_recipe(g: Ground) -> Any:
    if not g.lite:
        return None
    e = g.engine()
    log = []

    @g.root.event.listens_for(e, "begin")
    def b1(conn):
        log.append(conn.exec_driver_sql("BEGIN IMMEDIATE") is not None)

    with e.begin() as c:
        c.execute(g.root.sa.text(INS))
    return count(e), log


@scenario
def sqlite_autocommit_recipe(g: Ground) -> Any:
    if not g.lite or sys.version_info < (3, 12):
        return None
    g.engine().dispose()
    e = g.make(connect_args={"autocommit": False})
    with e.connect() as c:
        c.exec_driver_sql(INS)
        c.commit()
        c.exec_driver_sql(INS)
        c.rollback()
    return count(e)


@scenario
def set_at_connect(g: Ground) -> Any:
    e = g.engine()
    e.dispose()

    @g.root.event.listens_for(e, "connect")
    def f(d, r):
        cu = d.cursor()
        cu.execute("select 1")
        cu.close()
        r.info["x"] = 1

    with e.connect() as c:
        return dict(c.info)


@scenario
def reset_event(g: Ground) -> Any:
    e = g.engine()
    out = []

    @g.root.event.listens_for(e, "reset")
    def f(d, r, st):
        out.append((st.transaction_was_reset, st.terminate_only))

    with e.connect() as c:
        c.exec_driver_sql(INS)
    with e.connect() as c:
        c.exec_driver_sql(INS)
        c.commit()
    with e.connect() as c:
        pass
    with e.connect() as c:
        c.execute(g.root.sa.text("select 1"))
    with e.begin() as c:
        c.exec_driver_sql(INS)
    e.raw_connection().close()
    r = e.raw_connection()
    r.cursor().execute(INS)
    r.close()
    return out


@scenario
def reset_custom(g: Ground) -> Any:
    e = g.engine(pool_reset_on_return=None)

    @g.root.event.listens_for(e, "reset")
    def f(d, r, st):
        if not st.terminate_only:
            d.rollback()

    with e.connect() as c:
        c.exec_driver_sql(INS)
    return count(e)


@scenario
def checkin_info(g: Ground) -> Any:
    e = g.engine()
    out = []

    @g.root.event.listens_for(e, "checkout")
    def co(d, r, p):
        out.append((type(p).__name__.strip("_")[:5], p.dbapi_connection is d, r.in_use, p.is_valid))
        p.info["t"] = 1

    @g.root.event.listens_for(e, "checkin")
    def ci(d, r):
        out.append((d is not None, dict(r.info)))

    with e.connect():
        pass
    return [o[1:] for o in out]


@scenario
def close_twice_and_use(g: Ground) -> Any:
    e = g.engine()
    c = e.connect()
    c.close()
    c.close()
    return [
        c.closed,
        att(lambda: c.connection),
        att(lambda: c.exec_driver_sql("select 1")),
        att(lambda: c.begin()),
        att(lambda: c.invalidate()),
        att(lambda: c.detach()),
        c.invalidated,
        c.in_transaction(),
    ]
