"""BEGIN in PostgreSQL's words, and what a URL says of hosts; shared by the drivers."""

from __future__ import annotations

from ... import exc
from ..contract.driver import TransactionOptions

LEVELS = ("SERIALIZABLE", "READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ")


def begin_sql(options: TransactionOptions | None) -> str:
    """
    >>> begin_sql(TransactionOptions("REPEATABLE READ", readonly=True))
    'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'
    """
    if options is None:
        return "BEGIN"
    parts = ["BEGIN"]
    if options.isolation_level is not None:
        parts.append(f"ISOLATION LEVEL {_level(options.isolation_level)}")
    if options.readonly is not None:
        parts.append("READ ONLY" if options.readonly else "READ WRITE")
    if options.deferrable is not None:
        parts.append("DEFERRABLE" if options.deferrable else "NOT DEFERRABLE")
    return " ".join(parts)


def _level(name: str) -> str:
    level = name.upper().replace("_", " ")
    if level not in LEVELS:
        raise exc.ArgumentError(
            f"Invalid value '{name}' for isolation_level. "
            f"Valid isolation levels for 'postgresql' are AUTOCOMMIT, {', '.join(sorted(LEVELS))}"
        )
    return level
