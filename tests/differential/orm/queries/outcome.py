"""What a random ORM query says and brings, as plain data."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from differential.orm.queries.models import fill, models
from differential.outcomes import attempt
from differential.roots import DIALECTS, ORACLE, OURS, Root

PARAMETER = re.compile(r":\w+|%\(\w+\)s|\$\d+|POSTCOMPILE_\w+")


def build(root: Root, spec: str) -> Any:
    """The query of a line."""
    return eval(spec, dict(models(root).names))


def text(root: Root, spec: str, dialect: str) -> Any:
    """SQL and parameters of the query, or what it raises."""

    def work() -> Any:
        found = build(root, spec).compile(dialect=root.dialect(dialect))
        # which of equal conditions share a parameter is of no matter
        return PARAMETER.sub("?", str(found)), sorted({str(v) for v in found.params.values()})

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return attempt(work)


def differences(spec: str) -> dict[str, tuple[Any, Any]]:
    """Per dialect, what the oracle and we make of a query, where that is not the same."""
    found = {}
    for dialect in DIALECTS:
        expected, actual = text(ORACLE, spec, dialect), text(OURS, spec, dialect)
        if expected != actual:
            found[dialect] = expected, actual
    return found


@contextmanager
def databases(url: str) -> Iterator[dict[Root, tuple[Any, list[str]]]]:
    """An engine of each root on one filled database, and the statements it was sent."""
    found: dict[Root, tuple[Any, list[str]]] = {}
    for root in (ORACLE, OURS):
        engine, sent = root.sa.create_engine(url), []
        root.event.listen(
            engine, "before_cursor_execute", lambda c, cursor, sql, *rest, to=sent: to.append(sql)
        )
        found[root] = engine, sent
    fill(ORACLE, found[ORACLE][0])
    try:
        yield found
    finally:
        models(ORACLE).Base.metadata.drop_all(found[ORACLE][0])
        for engine, _ in found.values():
            engine.dispose()


WARM = (
    "select(User).options(selectinload(User.posts), joinedload(User.boss))",
    "select(Comment)",
    "select(Company)",
    "select(Tool)",
)
"""What a session may have been asked before."""


def brought(root: Root, engine: Any, spec: str, warm: bool = False) -> Any:
    """Keys and rows of the query, each instance with all that is loaded of it; nothing is left changed.

    `warm`: in a session that has many of the objects already.
    """

    def work() -> Any:
        with root.orm.Session(engine) as session:
            kept = [session.scalars(build(root, known)).unique().all() for known in WARM] if warm else []
            query = build(root, spec)
            result = session.execute(query)
            changes = getattr(query, "is_dml", False)
            if changes and "returning" not in spec:
                return result.rowcount, after(session)
            # the oracle has no key for an alias without a name, nor for an expression in RETURNING
            keys = [] if changes or "aliased(" in spec or "with_polymorphic(" in spec else list(result.keys())
            rows = [tuple(plain(root, value, 3) for value in row) for row in result.unique()]
            del kept
            return keys, rows, after(session) if changes else None

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return attempt(work)


def after(session: Any) -> Any:
    """The tables after an UPDATE or DELETE."""
    connection = session.connection()
    return [
        sorted(map(repr, connection.exec_driver_sql(f"SELECT * FROM {table}").tuples().all()))
        for table in ('"user"', "post", '"group"', "comment", "worker", "tool")
    ]


def plain(root: Root, value: Any, depth: int) -> Any:
    """An instance as its class and what is loaded of it."""
    if not hasattr(type(value), "__mapper__"):
        return repr(value)
    loaded = {key: v for key, v in vars(value).items() if not key.startswith("_")}
    if depth == 0:
        return type(value).__name__, str(root.sa.inspect(value).identity)
    return type(value).__name__, sorted(
        (
            key,
            [plain(root, each, depth - 1) for each in v]
            if isinstance(v, list)
            else plain(root, v, depth - 1),
        )
        for key, v in loaded.items()
    )
