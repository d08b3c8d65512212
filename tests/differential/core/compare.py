"""Compile, and execute, one statement under one root."""

from collections.abc import Callable
from functools import cache
from typing import Any

from differential.core.schema import Scope
from differential.outcomes import Failed, attempt
from differential.roots import DIALECTS, ORACLE, OURS, Root

Build = Callable[[Scope], Any]
Corpus = dict[str, Build]


@cache
def scope(root: Root) -> Scope:
    """One set of tables per root."""
    return Scope(root)


def plain(value: Any) -> Any:
    """A parameter as something two roots can be compared by."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if type(value).__module__.partition(".")[0] in (ORACLE.name, OURS.name):
        return f"<{type(value).__name__}>" if " at 0x" in repr(value) else str(value)
    return (type(value).__name__, value)


def compiled(root: Root, build: Build, dialect: str, **options: Any) -> Any:
    """SQL text and parameters; or, for a statement that cannot be compiled, what it raises."""

    def work() -> Any:
        statement = build(scope(root))
        if isinstance(statement, tuple):
            statement, extra = statement
            options.update(extra)
        if isinstance(statement, str):
            return statement
        result = statement.compile(dialect=root.dialect(dialect), **options)
        return str(result), plain(result.params or {})

    return attempt(work)


def differences(build: Build, **options: Any) -> dict[str, tuple[Any, Any]]:
    """Per dialect, what the oracle and we make of a statement, where that is not the same."""
    found = {}
    for dialect in DIALECTS:
        expected = compiled(ORACLE, build, dialect, **options)
        actual = compiled(OURS, build, dialect, **options)
        if expected != actual:
            found[dialect] = expected, actual
    return found


SEQUENCES = ", ".join(
    f"setval('{table}_id_seq', 1000)" for table in ("users", "posts", "tags", "nodes", "u", "n")
)
SEQUENCES += ", setval('t_x_seq', 1000), setval('keyed_col_a_seq', 1000)"
SEQUENCES = f"SELECT {SEQUENCES}"
"""A sequence is not rolled back, so both roots start from one value."""


def reset_counters(connection: Any, text: str) -> None:
    """Nor are the counters of MySQL and MariaDB; and this ends a transaction, so it comes before it."""
    for table in ("users", "posts", "tags", "nodes", "keyed", "u", "n"):
        if f"INSERT INTO {table} " in text and "RETURNING" in text:
            connection.exec_driver_sql(f"ALTER TABLE {table} AUTO_INCREMENT = 1000")
            connection.commit()


def executed(root: Root, connection: Any, build: Build) -> Any:
    """The rows of a statement, its row count for DML, or what it raises; undone afterwards."""
    if connection.dialect.name == "mysql":
        reset_counters(connection, str(attempt(lambda: str(build(scope(root))))))
    transaction = connection.begin()
    try:
        statement = build(scope(root))
        if isinstance(statement, root.sa.ColumnElement):
            statement = root.sa.select(statement)
        if connection.dialect.name == "postgresql" and "INSERT" in str(statement):
            connection.execute(root.sa.text(SEQUENCES))
        result = connection.execute(statement)
        if result.returns_rows:
            return list(result.keys()), sorted((tuple(map(typed, row)) for row in result), key=repr)
        return result.rowcount
    except Exception as error:
        return Failed(error)
    finally:
        transaction.rollback()


def typed(value: Any) -> Any:
    """A value with its type, so that 1 and True and Decimal(1) differ."""
    if type(value).__module__.partition(".")[0] in (ORACLE.name, OURS.name):
        value = repr(value)  # a Range
    return (type(value).__name__, list(value) if isinstance(value, list | tuple) else value)
