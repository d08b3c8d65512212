"""What listeners are told of executions, transactions and errors, in order and with which arguments."""

import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg

NAMES = [
    "before_execute",
    "after_execute",
    "before_cursor_execute",
    "after_cursor_execute",
    "handle_error",
    "engine_connect",
    "engine_disposed",
    "set_connection_execution_options",
    "set_engine_execution_options",
    "begin",
    "commit",
    "rollback",
    "savepoint",
    "rollback_savepoint",
    "release_savepoint",
    "begin_twophase",
    "prepare_twophase",
    "commit_twophase",
    "rollback_twophase",
]
TRACED = ("simple", "rb", "nested", "err", "opts", "disposed", "autocommit")


def d(x: Any) -> Any:
    """An argument of a listener, so that two roots can be compared."""
    if x is None or isinstance(x, (str, int, bool)):
        return "xid" if isinstance(x, str) and x.startswith("_sa_") else x
    if isinstance(x, (dict,)) or type(x).__name__ == "immutabledict":
        return dict(x)
    if isinstance(x, (list, tuple)):
        return [d(i) for i in x]
    n = type(x).__name__
    return (
        n
        if n in ("Connection", "Engine", "OptionEngine", "Select", "Insert", "CursorResult", "CreateTable")
        else "obj"
    )


S: dict[str, Callable[..., Any]] = {}


def s(f: Callable[..., Any]) -> Callable[..., Any]:
    S[f.__name__] = f
    return f


def lite(engine: Any) -> bool:
    return bool(engine.name == "sqlite")


@s
def simple(R: Any, e: Any, t: Any) -> Any:
    with e.begin() as c:
        c.execute(R.sa.insert(t).values(id=1, x=2))
        c.execute(R.sa.insert(t), [{"id": 2, "x": 3}, {"id": 3, "x": 4}])
        c.execute(R.sa.select(t.c.id).where(t.c.x == 3)).all()


@s
def rb(R: Any, e: Any, t: Any) -> Any:
    with e.connect() as c:
        c.execute(R.sa.text("select 1"))
        c.rollback()
        c.execute(R.sa.text("select 1"))
        c.commit()
        c.commit()
        c.rollback()
        c.execute(R.sa.text("select 1"))


@s
def nested(R: Any, e: Any, t: Any) -> Any:
    with e.begin() as c:
        with c.begin_nested():
            c.execute(R.sa.insert(t).values(id=1, x=2))
        n = c.begin_nested()
        n.rollback()
        try:
            with c.begin_nested():
                c.execute(R.sa.insert(t).values(id=1, x=2))
        except R.exc.IntegrityError:
            pass


@s
def err(R: Any, e: Any, t: Any) -> Any:
    with e.connect() as c:
        c.execute(R.sa.text("selekt 1"))


@s
def opts(R: Any, e: Any, t: Any) -> Any:
    e2 = e.execution_options(a=1)
    e.update_execution_options(b=2)
    with e2.connect() as c:
        c.execution_options(z=1)
        c.execute(R.sa.select(t.c.id), execution_options={"q": 1})
        return dict(c.get_execution_options()), dict(e2.get_execution_options())


@s
def disposed(R: Any, e: Any, t: Any) -> Any:
    e.dispose()


@s
def retval(R: Any, e: Any, t: Any) -> Any:
    @R.event.listens_for(e, "before_cursor_execute", retval=True)
    def f(conn, cur, st, p, ctx, many):
        return st + " -- c", p

    @R.event.listens_for(e, "before_execute", retval=True)
    def g(conn, cl, mp, p, eo):
        return cl, mp, p

    with e.connect() as c:
        return c.execute(R.sa.select(t.c.id)).all()


@s
def handle_chain(R: Any, e: Any, t: Any) -> Any:
    @R.event.listens_for(e, "handle_error")
    def f(ctx):
        raise KeyError("mine") from ctx.original_exception

    with e.connect() as c:
        try:
            c.execute(R.sa.text("selekt"))
        except KeyError as x:
            return type(x.__cause__).__name__


@s
def handle_disc(R: Any, e: Any, t: Any) -> Any:
    @R.event.listens_for(e, "handle_error")
    def f(ctx):
        ctx.is_disconnect = True

    with e.connect() as c:
        try:
            c.execute(R.sa.text("selekt"))
        except Exception as x:
            out = [type(x).__name__, x.connection_invalidated, c.invalidated]
        out.append([type(y).__name__ if isinstance(y, Exception) else y for y in [1]])
        try:
            c.execute(R.sa.text("select 1"))
        except Exception as x:
            out.append(type(x).__name__ + str(x)[:40])
        c.rollback()
        out.append(c.execute(R.sa.text("select 1")).scalar())
    return out


@s
def handle_nodisc_pool(R: Any, e: Any, t: Any) -> Any:
    @R.event.listens_for(e, "handle_error")
    def f(ctx):
        ctx.is_disconnect = True
        ctx.invalidate_pool_on_disconnect = False

    c2 = e.connect()
    c2.close()
    with e.connect() as c:
        try:
            c.execute(R.sa.text("selekt"))
        except Exception as x:
            return x.connection_invalidated


@s
def connect_refused(R: Any, e: Any, t: Any) -> Any:
    out = []

    def bad(*a, **k):
        raise (sqlite3.OperationalError if lite(e) else psycopg.OperationalError)("nope")

    e3 = R.sa.create_engine(e.url, creator=bad)

    @R.event.listens_for(e3, "handle_error")
    def f(ctx):
        out.append(
            [
                ctx.connection,
                type(ctx.engine).__name__,
                ctx.statement,
                type(ctx.original_exception).__name__,
                type(ctx.sqlalchemy_exception).__name__,
            ]
        )

    try:
        e3.connect()
    except Exception as x:
        out.append([type(x).__name__, getattr(x, "connection_invalidated", None), str(x)[:30]])
    try:
        e3.raw_connection()
    except Exception as x:
        out.append([type(x).__name__])
    return out


@s
def conn_level(R: Any, e: Any, t: Any) -> Any:
    out = []
    with e.connect() as c:
        R.event.listen(c, "before_cursor_execute", lambda *a: out.append("c"))
        R.event.listen(e, "before_cursor_execute", lambda *a: out.append("e"))
        c.execute(R.sa.text("select 1"))
    with e.connect() as c:
        c.execute(R.sa.text("select 1"))
    return out


@s
def class_level(R: Any, e: Any, t: Any) -> Any:
    out = []

    def f(*a: Any) -> None:
        out.append(a[2])

    R.event.listen(R.sa.Engine, "before_cursor_execute", f)
    try:
        with e.connect() as c:
            c.execute(R.sa.text("select 1"))
    finally:
        R.event.remove(R.sa.Engine, "before_cursor_execute", f)
    with e.connect() as c:
        c.execute(R.sa.text("select 1"))
    return out, R.event.contains(R.sa.Engine, "before_cursor_execute", f)


@s
def context_things(R: Any, e: Any, t: Any) -> Any:
    out = []

    @R.event.listens_for(e, "before_cursor_execute")
    def b(conn, cur, st, p, ctx, many):
        ctx._t = 1
        out.append(
            [
                cur is not None,
                d(p),
                many,
                ctx.isinsert,
                ctx.isupdate,
                ctx.isdelete,
                ctx.isddl,
                ctx.is_text if hasattr(ctx, "is_text") else None,
                ctx.executemany,
                dict(ctx.execution_options),
                ctx.statement == st,
                type(ctx.compiled).__name__ != "NoneType",
                type(ctx.invoked_statement).__name__,
                ctx.engine is e,
                ctx.root_connection is conn,
            ]
        )

    @R.event.listens_for(e, "after_cursor_execute")
    def a(conn, cur, st, p, ctx, many):
        out.append([ctx._t, ctx.rowcount if not st.startswith("SEL") else None, conn.info.get("k")])

    with e.connect() as c:
        c.info["k"] = 2
        c.execute(R.sa.select(t.c.id).where(t.c.id == 1), execution_options={"foo": 2})
        c.execute(R.sa.insert(t).values(id=1, x=1))
        c.execute(R.sa.insert(t), [{"id": 2, "x": 2}, {"id": 3, "x": 3}])
        c.execute(R.sa.update(t).values(x=t.c.x + 10))
        c.execute(R.sa.delete(t))
        c.exec_driver_sql("select 1")
        c.execute(R.sa.text("select 1"))
    return out


@s
def autocommit(R: Any, e: Any, t: Any) -> Any:
    with e.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        c.execute(R.sa.insert(t).values(id=1, x=2))
        c.commit()
    with e.execution_options(isolation_level="AUTOCOMMIT").begin() as c:
        c.execute(R.sa.insert(t).values(id=2, x=3))
    with e.connect() as c:
        return c.execute(R.sa.text("select count(*) from evt")).scalar()


@s
def iso(R: Any, e: Any, t: Any) -> Any:
    out = []

    def a(f):
        try:
            out.append(f())
        except Exception as x:
            out.append(type(x).__name__ + ": " + str(x)[:150])

    with e.connect() as c:
        a(c.get_isolation_level)
        a(lambda: c.default_isolation_level)
        c.execute(R.sa.text("select 1"))
        a(lambda: c.execution_options(isolation_level="SERIALIZABLE") and 1)
        c.rollback()
        a(lambda: c.execution_options(isolation_level="SERIALIZABLE") and 1)
        a(c.get_isolation_level)
        a(lambda: c.execution_options(isolation_level="nonsense") and 1)
    with e.connect() as c:
        a(c.get_isolation_level)
    a(lambda: R.sa.create_engine(e.url, isolation_level="foo").connect())
    e4 = R.sa.create_engine(e.url, isolation_level="SERIALIZABLE")
    with e4.connect() as c:
        a(c.get_isolation_level)
        a(lambda: c.default_isolation_level)
    with e4.execution_options(isolation_level="AUTOCOMMIT").connect() as c:
        a(c.get_isolation_level)
        a(lambda: c.in_transaction())
        c.execute(R.sa.text("select 1"))
        a(lambda: c.in_transaction())
    a(lambda: sorted(e.dialect.get_isolation_level_values(None)))
    with e.connect() as c:
        a(lambda: c.execute(R.sa.text("select 1").execution_options(isolation_level="AUTOCOMMIT")).scalar())
    with e.connect() as c:
        a(
            lambda: c.execute(
                R.sa.text("select 1"), execution_options={"isolation_level": "AUTOCOMMIT"}
            ).scalar()
        )
    return out


@s
def ro(R: Any, e: Any, t: Any) -> Any:
    if lite(e):
        return
    out = []
    with e.connect().execution_options(
        isolation_level="SERIALIZABLE", postgresql_readonly=True, postgresql_deferrable=True
    ) as c:
        for q in ("transaction_isolation", "transaction_read_only", "transaction_deferrable"):
            out.append(c.exec_driver_sql("show " + q).scalar())
        try:
            c.execute(R.sa.insert(t).values(id=1, x=2))
        except Exception as x:
            out.append(type(x).__name__)
    with e.connect() as c:
        for q in ("transaction_isolation", "transaction_read_only", "transaction_deferrable"):
            out.append(c.exec_driver_sql("show " + q).scalar())
        try:
            c.execution_options(postgresql_readonly=True)
            out.append("ok")
        except Exception as x:
            out.append(type(x).__name__ + str(x)[:60])
    return out


@s
def misc_tx(R: Any, e: Any, t: Any) -> Any:
    out = []

    def a(f):
        try:
            v = f()
            out.append(v if isinstance(v, (int, str, bool, type(None))) else type(v).__name__)
        except Exception as x:
            out.append(type(x).__name__ + ": " + str(x)[:110])

    with e.connect() as c:
        tx = c.begin()
        a(c.begin)
        a(c.get_transaction)
        a(c.get_nested_transaction)
        n = c.begin_nested()
        a(c.get_nested_transaction)
        a(lambda: n.is_active)
        a(lambda: n.parent is tx if hasattr(n, "parent") else "np")
        tx.rollback()
        a(lambda: n.is_active)
        a(n.rollback)
        a(n.commit)
        a(tx.commit)
        a(tx.rollback)
        a(tx.close)
        a(lambda: tx.is_active)
        a(lambda: tx.is_valid)
        a(c.in_transaction)
        c.execute(R.sa.text("select 1"))
        a(c.in_transaction)
        a(c.begin)
        c.commit()
        a(c.in_nested_transaction)
        with c.begin() as t2:
            t2.commit()
            a(lambda: c.execute(R.sa.text("select 1")))
        a(lambda: c.execute(R.sa.text("select 1")).scalar())
        c.rollback()
        try:
            with c.begin() as t3:
                t3.rollback()
                c.execute(R.sa.text("select 1"))
        except Exception as x:
            out.append(type(x).__name__ + ": " + str(x)[:60])
        c.close()
        a(c.begin_nested)
        a(c.commit)
        a(c.rollback)
        a(c.in_transaction)
        a(lambda: c.info)
        a(lambda: c.get_isolation_level())
    return out


@s
def logging_token(R: Any, e: Any, t: Any) -> Any:
    c = e.connect().execution_options(logging_token="tk")
    r = c.get_execution_options()["logging_token"]
    c.close()
    return r


@s
def do_connect(R: Any, e: Any, t: Any) -> Any:
    out = []
    e2 = R.sa.create_engine(e.url)

    @R.event.listens_for(e2, "do_connect")
    def f(dialect, rec, cargs, cparams):
        out.append([dialect is e2.dialect, rec is not None, type(cargs).__name__, type(cparams).__name__])

    e2.connect().close()
    return out


@s
def driver_sql_forms(R: Any, e: Any, t: Any) -> Any:
    ph = "?" if lite(e) else "%s"
    with e.begin() as c:
        r = c.exec_driver_sql(f"insert into evt (id,x) values ({ph},{ph})", (1, 2)).rowcount
        r2 = c.exec_driver_sql(f"insert into evt (id,x) values ({ph},{ph})", [(2, 3), (3, 4)]).rowcount
        return r, r2, c.exec_driver_sql("select count(*) from evt").scalar()


def trace(root: Any, url: str, name: str) -> Any:
    """What scenario `name` told its listeners, and what it returned."""
    engine = root.sa.create_engine(url)
    metadata = root.sa.MetaData()
    table = root.sa.Table(
        "evt",
        metadata,
        root.sa.Column("id", root.sa.Integer, primary_key=True),
        root.sa.Column("x", root.sa.Integer, unique=True),
    )
    metadata.drop_all(engine)
    metadata.create_all(engine)
    log: list[Any] = []
    if name in TRACED:
        for event in NAMES:

            def note(*args: Any, event: str = event) -> None:
                log.append((event, [d(arg) for arg in args]))

            root.event.listen(engine, event, note)
    try:
        return S[name](root, engine, table), log
    except Exception as error:
        return type(error).__name__, log
    finally:
        engine.dispose()
