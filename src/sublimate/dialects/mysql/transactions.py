"""BEGIN and two-phase transactions in MySQL's words; shared by the drivers."""

from __future__ import annotations

from ... import exc
from ..contract.driver import TransactionOptions

LEVELS = ("READ COMMITTED", "READ UNCOMMITTED", "REPEATABLE READ", "SERIALIZABLE")


def begin_sql(options: TransactionOptions | None) -> tuple[str, ...]:
    """The statements that begin a transaction; an isolation level is set for the next one only.

    >>> begin_sql(TransactionOptions("SERIALIZABLE", readonly=True))
    ('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE', 'START TRANSACTION READ ONLY')
    """
    if options is None:
        return ("BEGIN",)
    if options.deferrable is not None:
        raise exc.ArgumentError("MySQL and MariaDB have no deferrable transactions; leave the option out")
    mode = {None: "", True: " READ ONLY", False: " READ WRITE"}[options.readonly]
    start = f"START TRANSACTION{mode}"
    if options.isolation_level is None:
        return (start,)
    return f"SET TRANSACTION ISOLATION LEVEL {_level(options.isolation_level)}", start


LEVEL_SQL = "SHOW SESSION VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation')"


def session_sql(options: TransactionOptions | None) -> tuple[str, ...]:
    """What makes all later transactions of a session such ones.

    >>> session_sql(TransactionOptions("SERIALIZABLE", readonly=True))
    ('SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY',)
    """
    parts = []
    if options is not None and options.isolation_level is not None:
        parts.append(f"ISOLATION LEVEL {_level(options.isolation_level)}")
    if options is not None and options.readonly is not None:
        parts.append("READ ONLY" if options.readonly else "READ WRITE")
    return (f"SET SESSION TRANSACTION {', '.join(parts)}",) if parts else ()


def _level(name: str) -> str:
    level = name.upper().replace("_", " ")
    if level not in LEVELS:
        raise exc.ArgumentError(
            f"Invalid value '{name}' for isolation_level. "
            f"Valid isolation levels for 'mysql' are AUTOCOMMIT, {', '.join(LEVELS)}"
        )
    return level
