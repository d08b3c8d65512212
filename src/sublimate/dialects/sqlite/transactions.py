"""When BEGIN is sent to SQLite, and how. Reads need none; whoever may write says IMMEDIATE at once.

A transaction that began by reading cannot become a writing one while another writes: SQLite refuses it at once with
"database is locked", however long the busy timeout. So a transaction begins with its first statement that may write.
"""

from __future__ import annotations

import re
import sqlite3
from functools import lru_cache

from ... import exc
from ..contract.driver import TransactionOptions

LEVELS = ("SERIALIZABLE", "READ UNCOMMITTED")
#: these either change nothing, or are refused inside a transaction, or begin or end one themselves
_WITHOUT_BEGIN = frozenset(
    [
        "SELECT",
        "VALUES",
        "EXPLAIN",
        "PRAGMA",
        "ATTACH",
        "DETACH",
        "VACUUM",
        "BEGIN",
        "COMMIT",
        "END",
        "ROLLBACK",
    ]
)
_FIRST_WORD = re.compile(r"(?:[\s;]+|--[^\n]*(?:\n|\Z)|/\*.*?(?:\*/|\Z))*([A-Za-z]*)", re.DOTALL)
_WRITES = re.compile(r"\b(?:INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


@lru_cache(maxsize=512)
def may_write(sql: str) -> bool:
    """Whether a statement has to stand in a transaction.

    >>> may_write("SELECT 1"), may_write("INSERT INTO t VALUES (1)"), may_write("WITH a AS (SELECT 1) DELETE FROM t")
    (False, True, True)
    """
    found = _FIRST_WORD.match(sql)
    word = found.group(1).upper() if found else ""
    if word == "WITH":
        return _WRITES.search(sql) is not None
    return word not in _WITHOUT_BEGIN


def pragma_for(options: TransactionOptions | None) -> int:
    """The value of PRAGMA read_uncommitted that an isolation level stands for."""
    if options is None or options.isolation_level is None:
        return 0
    level = options.isolation_level.upper().replace("_", " ")
    if level not in LEVELS:
        raise exc.ArgumentError(
            f"Invalid value '{options.isolation_level}' for isolation_level. "
            "Valid isolation levels for 'sqlite' are AUTOCOMMIT, READ UNCOMMITTED, SERIALIZABLE"
        )
    return int(level == "READ UNCOMMITTED")


def begin(raw: sqlite3.Connection) -> None:
    """Begin a transaction; holders of a shared connection (an in-memory database) join the one there is."""
    if not raw.in_transaction:
        raw.execute("BEGIN IMMEDIATE")


def rollback(raw: sqlite3.Connection) -> None:
    """Undo; SQLite itself may have done so after some errors."""
    if raw.in_transaction:
        raw.execute("ROLLBACK")
