"""INSERT … ON DUPLICATE KEY UPDATE."""

from __future__ import annotations

from typing import Any

from sublimate.statements.upsert import OnDuplicateInsert


class Insert(OnDuplicateInsert):
    """INSERT with `on_duplicate_key_update()`."""

    stringify_dialect = "mysql"


def insert(table: Any) -> Insert:
    """An INSERT that can change the row that is there already."""
    return Insert(table)
