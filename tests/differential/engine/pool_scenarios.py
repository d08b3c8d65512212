"""What happens in pools: each scenario is a function of a root and a fake DBAPI and returns what it saw."""

import gc
import threading
import time
from collections.abc import Callable
from typing import Any

from differential.engine.fake import FakeDBAPI

SCENARIOS: dict[str, Callable[[Any, FakeDBAPI], Any]] = {}
POOLS = ("QueuePool", "NullPool", "StaticPool", "SingletonThreadPool", "AssertionPool")
BETTER = {
    ("two_at_once", "StaticPool"),  # the last to leave resets the connection, not each
    ("invalidated_softly", "StaticPool"),  # the connection is closed, not forgotten
}
EVENTS = ("connect", "first_connect", "checkout", "checkin", "reset", "invalidate", "soft_invalidate", "close", "detach", "close_detached")  # fmt: skip


def scenario(function: Callable[[Any, FakeDBAPI], Any]) -> Callable[[Any, FakeDBAPI], Any]:
    SCENARIOS[function.__name__] = function
    return function


def attempt(call: Callable[[], Any]) -> Any:
    """The value, or the class of the error and how its message begins."""
    try:
        return call()
    except Exception as error:
        return f"{type(error).__name__}: {' '.join(str(error).split()[:3]) * (type(error) is not AssertionError)}"


def listen_to_all(root: Any, pool: Any, seen: list[Any]) -> None:
    for name in EVENTS:

        def note(*args: Any, name: str = name) -> None:
            seen.append((name, *(describe(arg) for arg in args)))

        root.event.listen(pool, name, note)


def describe(value: Any) -> Any:
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, BaseException):
        return type(value).__name__
    name = getattr(value, "name", None)
    if isinstance(name, str):
        return name
    state = getattr(value, "transaction_was_reset", None)
    if state is not None:
        return ("reset", state, value.terminate_only, value.asyncio_safe)
    return f"of {value.dbapi_connection!r}, info {dict(value.info)}"


def each_pool(function: Callable[[Any, FakeDBAPI, Any], Any]) -> Callable[[Any, FakeDBAPI, Any], Any]:
    for kind in POOLS:
        if (function.__name__, kind) in BETTER:
            continue

        def run(root: Any, dbapi: FakeDBAPI, kind: str = kind) -> Any:
            return function(root, dbapi, getattr(root.pool, kind)(dbapi.connect))

        SCENARIOS[f"{function.__name__} {kind}"] = run
    return function


@each_pool
def events_of_one_use(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    seen: list[Any] = []
    listen_to_all(root, pool, seen)
    connection = pool.connect()
    connection.info["a"] = 1
    connection.record_info["r"] = 2
    cursor = connection.cursor()
    cursor.execute("x")
    connection.close()
    again = pool.connect()
    facts = [
        dict(again.info),
        dict(again.record_info),
        again.is_valid,
        again.is_detached,
        repr(again.dbapi_connection),
    ]
    again.close()
    pool.dispose()
    return seen, facts, dbapi.log, again.is_valid, attempt(lambda: again.dbapi_connection)


@each_pool
def invalidated(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    seen: list[Any] = []
    listen_to_all(root, pool, seen)
    connection = pool.connect()
    connection.invalidate(RuntimeError("broken"))
    facts = [
        connection.is_valid,
        attempt(lambda: repr(connection.dbapi_connection)),
        attempt(connection.cursor),
    ]
    connection.close()
    pool.connect().close()
    return seen, facts, dbapi.log


@each_pool
def invalidated_softly(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    seen: list[Any] = []
    listen_to_all(root, pool, seen)
    connection = pool.connect()
    connection.invalidate(soft=True)
    facts = [connection.is_valid]
    connection.close()
    pool.connect().close()
    return seen, facts, dbapi.log


@each_pool
def invalidated_by_its_record(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    records: list[Any] = []
    root.event.listen(pool, "connect", lambda connection, record: records.append(record))
    connection = pool.connect()
    connection.close()
    records[0].invalidate()
    facts = [repr(records[0].dbapi_connection), records[0].in_use]
    connection = pool.connect()
    facts.append(repr(connection.dbapi_connection))
    connection.close()
    return facts, dbapi.log


@each_pool
def detached(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    seen: list[Any] = []
    listen_to_all(root, pool, seen)
    connection = pool.connect()
    connection.info["kept"] = 1
    facts = [attempt(connection.detach)]
    facts += [
        connection.is_detached,
        connection.is_valid,
        dict(connection.info),
        attempt(lambda: connection.record_info),
    ]
    other = attempt(pool.connect)
    facts.append(repr(getattr(other, "dbapi_connection", other)))
    connection.close()
    facts.append(connection.is_valid)
    return facts, seen, dbapi.log


@each_pool
def refused_at_checkout(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    refused = []

    def refuse(connection: Any, record: Any, proxy: Any) -> None:
        if len(refused) < 1:
            refused.append(repr(connection))
            raise root.exc.DisconnectionError("dead")

    root.event.listen(pool, "checkout", refuse)
    connection = attempt(pool.connect)
    return refused, repr(getattr(connection, "dbapi_connection", connection)), dbapi.log


@each_pool
def always_refused(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    def refuse(connection: Any, record: Any, proxy: Any) -> None:
        raise root.exc.DisconnectionError("dead")

    root.event.listen(pool, "checkout", refuse)
    return attempt(pool.connect), dbapi.log, pool.status()[:9]


@each_pool
def refused_with_the_whole_pool(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    first = []

    def refuse(connection: Any, record: Any, proxy: Any) -> None:
        if first:
            first.clear()
            raise root.exc.InvalidatePoolError("all dead")

    pool.connect().close()
    root.event.listen(pool, "checkout", refuse)
    first.append(1)
    connection = attempt(pool.connect)
    return repr(getattr(connection, "dbapi_connection", connection)), dbapi.log


@each_pool
def error_in_checkout(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    state = {"fail": True}

    def fail(connection: Any, record: Any, proxy: Any) -> None:
        if state["fail"]:
            raise ValueError("mine")

    root.event.listen(pool, "checkout", fail)
    first = attempt(pool.connect)
    state["fail"] = False
    connection = attempt(pool.connect)
    return first, repr(getattr(connection, "dbapi_connection", connection)), dbapi.log


@each_pool
def error_in_connect(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    state = {"fail": True}

    def fail(connection: Any, record: Any) -> None:
        if state["fail"]:
            raise ValueError("mine")

    root.event.listen(pool, "connect", fail)
    first = attempt(pool.connect)
    state["fail"] = False
    connection = attempt(pool.connect)
    return first, repr(getattr(connection, "dbapi_connection", connection))


@each_pool
def connect_refused(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    dbapi.refuse = True
    first = attempt(pool.connect)
    dbapi.refuse = False
    connection = attempt(pool.connect)
    return first, repr(getattr(connection, "dbapi_connection", connection)), dbapi.log


@each_pool
def rollback_fails(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    seen: list[Any] = []
    listen_to_all(root, pool, seen)
    connection = pool.connect()
    dbapi.fail_rollback = True
    first = attempt(connection.close)
    dbapi.fail_rollback = False
    connection = attempt(pool.connect)
    return first, repr(getattr(connection, "dbapi_connection", connection)), dbapi.log, seen


@each_pool
def close_fails(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    connection = pool.connect()
    dbapi.fail_close = True
    first = attempt(connection.close)
    second = attempt(pool.dispose)
    return first, second, dbapi.log


@each_pool
def closed_twice(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    connection = pool.connect()
    connection.close()
    return attempt(connection.close), attempt(connection.cursor), attempt(lambda: connection.info), dbapi.log


@each_pool
def two_at_once(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    first = pool.connect()
    second = attempt(pool.connect)
    names = [repr(getattr(each, "dbapi_connection", each))[:60] for each in (first, second)]
    for each in (first, second):
        if hasattr(each, "close"):
            each.close()
    return names, dbapi.log


@each_pool
def recreated(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    seen: list[Any] = []
    listen_to_all(root, pool, seen)
    pool.connect().close()
    other = pool.recreate()
    other.connect().close()
    return type(other).__name__, [one[0] for one in seen], dbapi.log


@each_pool
def dropped_without_close(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    held = pool.connect()
    del held
    gc.collect()
    return dbapi.log, pool.status().partition(" ")[0]


@each_pool
def used_as_a_context_manager_by_closing(root: Any, dbapi: FakeDBAPI, pool: Any) -> Any:
    import contextlib

    with contextlib.closing(pool.connect()) as held:
        facts = [repr(held.dbapi_connection), repr(held.driver_connection)]
    return facts, dbapi.log


for style in (True, False, None, "rollback", "commit"):

    def reset_style(root: Any, dbapi: FakeDBAPI, style: Any = style) -> Any:
        pool = root.pool.QueuePool(dbapi.connect, reset_on_return=style)
        seen: list[Any] = []
        listen_to_all(root, pool, seen)
        pool.connect().close()
        return dbapi.log, seen

    SCENARIOS[f"reset_on_return={style!r}"] = reset_style


@scenario
def reset_on_return_wrong(root: Any, dbapi: FakeDBAPI) -> Any:
    return attempt(lambda: root.pool.QueuePool(dbapi.connect, reset_on_return="sometimes"))


@scenario
def sizes(root: Any, dbapi: FakeDBAPI) -> Any:
    pool = root.pool.QueuePool(dbapi.connect, pool_size=2, max_overflow=1, timeout=0.05)
    seen = [
        (pool.size(), pool.checkedin(), pool.overflow(), pool.checkedout(), pool.status(), pool.timeout())
    ]
    held = []
    for _ in range(3):
        held.append(pool.connect())
        seen.append((pool.size(), pool.checkedin(), pool.overflow(), pool.checkedout(), pool.status()))
    seen.append(attempt(pool.connect))
    for each in held:
        each.close()
        seen.append((pool.size(), pool.checkedin(), pool.overflow(), pool.checkedout()))
    return seen, dbapi.log


@scenario
def unlimited(root: Any, dbapi: FakeDBAPI) -> Any:
    out = []
    for size, overflow in ((0, 10), (0, 0), (1, -1), (1, 0)):
        pool = root.pool.QueuePool(dbapi.connect, pool_size=size, max_overflow=overflow, timeout=0.01)
        held = [attempt(pool.connect) for _ in range(4)]
        out.append([type(each).__name__ == "str" for each in held])
        out.append((pool.status(), pool.overflow()))
        for each in held:
            if not isinstance(each, str):
                each.close()
        out.append(pool.status())
    return out, dbapi.log


for lifo in (True, False):

    def order(root: Any, dbapi: FakeDBAPI, lifo: bool = lifo) -> Any:
        pool = root.pool.QueuePool(dbapi.connect, pool_size=3, use_lifo=lifo)
        held = [pool.connect() for _ in range(3)]
        for each in held:
            each.close()
        return [repr(pool.connect().dbapi_connection) for _ in range(1)]

    SCENARIOS[f"use_lifo={lifo}"] = order


@scenario
def recycled(root: Any, dbapi: FakeDBAPI) -> Any:
    pool = root.pool.QueuePool(dbapi.connect, recycle=0.05)
    seen: list[Any] = []
    listen_to_all(root, pool, seen)
    pool.connect().close()
    pool.connect().close()
    time.sleep(0.08)
    pool.connect().close()
    return seen, dbapi.log


@scenario
def waits_for_a_connection(root: Any, dbapi: FakeDBAPI) -> Any:
    pool = root.pool.QueuePool(dbapi.connect, pool_size=1, max_overflow=0, timeout=5)
    held = pool.connect()
    threading.Timer(0.05, held.close).start()
    return repr(pool.connect().dbapi_connection), dbapi.log


@scenario
def threads_have_their_own(root: Any, dbapi: FakeDBAPI) -> Any:
    pool = root.pool.SingletonThreadPool(dbapi.connect)
    names = [repr(pool.connect().dbapi_connection)]

    def other() -> None:
        names.append(repr(pool.connect().dbapi_connection))

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    names.append(repr(pool.connect().dbapi_connection))
    return names, type(pool.status()).__name__


@scenario
def listeners_given_as_events(root: Any, dbapi: FakeDBAPI) -> Any:
    seen = []
    pool = root.pool.QueuePool(dbapi.connect, events=[(lambda c, r: seen.append(repr(c)), "connect")])
    pool.connect().close()
    return seen


@scenario
def listeners_by_class(root: Any, dbapi: FakeDBAPI) -> Any:
    seen = []

    def note(connection: Any, record: Any) -> None:
        seen.append(repr(connection))

    root.event.listen(root.pool.Pool, "connect", note)
    try:
        root.pool.QueuePool(dbapi.connect).connect().close()
        root.pool.NullPool(dbapi.connect).connect().close()
    finally:
        root.event.remove(root.pool.Pool, "connect", note)
    root.pool.QueuePool(dbapi.connect).connect().close()
    return seen


@scenario
def listener_options(root: Any, dbapi: FakeDBAPI) -> Any:
    seen: list[Any] = []
    pool = root.pool.QueuePool(dbapi.connect)
    root.event.listen(pool, "checkout", lambda *a: seen.append("second"))
    root.event.listen(pool, "checkout", lambda *a: seen.append("first"), insert=True)
    root.event.listen(pool, "checkout", lambda **kw: seen.append(sorted(kw)), named=True)
    root.event.listen(pool, "checkout", lambda dbapi_connection, **kw: seen.append(sorted(kw)), named=True)
    root.event.listen(pool, "checkout", lambda *a: seen.append("once"), once=True)
    pool.connect().close()
    pool.connect().close()
    return seen, attempt(lambda: root.event.listen(pool, "nonsense", lambda: None))


@scenario
def not_started_by_init(root: Any, dbapi: FakeDBAPI) -> Any:
    root.pool.QueuePool(dbapi.connect, pool_size=5)
    return dbapi.log


@scenario
def connects_with_a_record(root: Any, dbapi: FakeDBAPI) -> Any:
    records = []

    def connect(record: Any) -> Any:
        records.append(record is not None)
        return dbapi.connect()

    pool = root.pool.QueuePool(connect)
    held = pool.connect()
    return records, repr(held.dbapi_connection)


@scenario
def reused_info(root: Any, dbapi: FakeDBAPI) -> Any:
    pool = root.pool.QueuePool(dbapi.connect, pool_size=1)
    first = pool.connect()
    first.info["x"] = 1
    first.record_info["y"] = 1
    first.invalidate()
    first.close()
    second = pool.connect()
    return dict(second.info), dict(second.record_info)


@scenario
def overflow_is_closed(root: Any, dbapi: FakeDBAPI) -> Any:
    pool = root.pool.QueuePool(dbapi.connect, pool_size=1, max_overflow=1)
    seen: list[Any] = []
    listen_to_all(root, pool, seen)
    one, two = pool.connect(), pool.connect()
    one.close()
    two.close()
    return [each[0] for each in seen], dbapi.log


@scenario
def attributes_pass_through(root: Any, dbapi: FakeDBAPI) -> Any:
    held = root.pool.QueuePool(dbapi.connect).connect()
    held.commit()
    held.rollback()
    return held.name, attempt(lambda: held.nonsense), dbapi.log


@scenario
def assertion_pool_twice(root: Any, dbapi: FakeDBAPI) -> Any:
    pool = root.pool.AssertionPool(dbapi.connect)
    held = pool.connect()
    text = attempt(pool.connect)
    held.close()
    return text, repr(pool.connect().dbapi_connection), pool.status()


@scenario
def null_pool_status(root: Any, dbapi: FakeDBAPI) -> Any:
    return root.pool.NullPool(dbapi.connect).status()
