"""INSERT … ON CONFLICT."""

from __future__ import annotations

from typing import Any

from sublimate.statements.upsert import OnConflictInsert


class Insert(OnConflictInsert):
    """INSERT with `on_conflict_do_update()` and `on_conflict_do_nothing()`."""

    stringify_dialect = "sqlite"
    target_required = False
    conflicts_repeat = True


def insert(table: Any) -> Insert:
    """An INSERT that can say what happens when a row is there already.

    >>> from sublimate import column, table
    >>> t = table("t", column("id"), column("name"))
    >>> statement = insert(t).values(id=1, name="a")
    >>> print(statement.on_conflict_do_update(index_elements=["id"], set_={"name": statement.excluded.name}))
    INSERT INTO t (id, name) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name
    """
    return Insert(table)
