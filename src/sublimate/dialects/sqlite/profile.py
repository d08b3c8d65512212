"""Settings that change a user's file or rules: none unless asked for, and then all that an application wants."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from ... import exc

#: how long a connection waits for another's transaction, in milliseconds
BUSY_TIMEOUT = 30_000

#: name -> the PRAGMAs a new connection begins with
PROFILES: dict[str, tuple[tuple[str, str], ...]] = {
    "app": (
        ("busy_timeout", str(BUSY_TIMEOUT)),
        ("foreign_keys", "ON"),
        ("journal_mode", "WAL"),
        ("synchronous", "NORMAL"),
    )
}


def check_profile(name: str | None) -> str | None:
    """The name, if there is such a profile; ArgumentError otherwise."""
    if name is not None and name not in PROFILES:
        raise exc.ArgumentError(f"Unknown sqlite_profile {name!r}; there is {', '.join(map(repr, PROFILES))}")
    return name


def apply_profile(raw: sqlite3.Connection, name: str | None, arguments: Mapping[str, Any]) -> None:
    """Set a new connection up. A busy timeout that the caller chose stays; a file that cannot be written stays too."""
    for pragma, value in PROFILES.get(check_profile(name) or "", ()):
        if pragma == "busy_timeout" and "timeout" in arguments:
            continue
        try:
            raw.execute(f"PRAGMA {pragma} = {value}").close()
        except sqlite3.OperationalError as error:
            if "readonly" not in str(error):
                raise
