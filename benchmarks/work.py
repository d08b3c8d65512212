"""The items of the budget table: what is done, how often a round, and at most at which multiple of the bare driver."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from .data import Scale

_ROWS = (tuple, asyncpg.Record)
USER = ("id", "email", "name", "age", "is_active", "created_at")
POST = ("id", "title", "body", "author_id")
TAG = ("id", "name")


@dataclass(frozen=True)
class Work:
    """One line of the table: `method` is called with each parameter of a round."""

    name: str
    method: str
    title: str
    postgresql: float | None
    sqlite: float | None
    parameters: Callable[[Scale], Sequence[Any]]
    shape: Callable[[Any], Any] = lambda result: result
    fill: Callable[[Scale], int] | None = None
    """How many rows the scratch table holds before a round; None when the work does not write."""


def record(fields: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """A reader of one object, Record or tuple as a tuple."""

    def read(row: Any) -> tuple[Any, ...]:
        return tuple(row) if isinstance(row, _ROWS) else tuple(getattr(row, f) for f in fields)

    return read


user, post, tag = record(USER), record(POST), record(TAG)


def users(rows: Any) -> list[Any]:
    return [user(row) for row in rows]


def pages(rows: Any) -> list[Any]:
    pairs = [row if isinstance(row, tuple) else (row, row.posts) for row in rows]
    return [(user(u), [post(p) for p in posts]) for u, posts in pairs]


def children(rows: Any) -> list[Any]:
    return [tuple(r) if isinstance(r, _ROWS) else (*post(r), *user(r.author)) for r in rows]


def tagged(rows: Any) -> list[Any]:
    pairs = [row if isinstance(row, tuple) else (row, row.tags) for row in rows]
    return [(post(p), [tag(t)[-2:] for t in tags]) for p, tags in pairs]


def spread(count: int, total: int, margin: int = 0) -> list[int]:
    """`count` keys spread over 1..total, leaving `margin` rows after the last."""
    step = max(1, (total - margin) // count)
    return [1 + n * step for n in range(count)]


WORK: tuple[Work, ...] = (
    Work("get", "get", "get by primary key", 1.2, 3, lambda s: spread(200, s.users), user),
    Work(
        "filter", "filter_unique", "filter on a unique column", 1.2, 3, lambda s: spread(200, s.users), user
    ),
    Work(
        "page",
        "page_selectin",
        "page of 20 with all children",
        2.0,
        None,
        lambda s: spread(20, s.users, 20),
        pages,
    ),
    Work(
        "joined",
        "joined_parent",
        "20 children with parent",
        1.8,
        None,
        lambda s: spread(40, s.posts, 20),
        children,
    ),
    Work("tags", "many_to_many", "50 posts with tags", 2.5, None, lambda s: spread(20, s.posts, 50), tagged),
    Work("objects", "all_objects", "10,000 objects", 1.5, 2.5, lambda s: [1], users),
    Work(
        "rows",
        "all_rows",
        "10,000 rows of three columns",
        1.3,
        None,
        lambda s: [1],
        lambda rows: [tuple(r) for r in rows],
    ),
    Work("insert", "insert_one", "insert one, commit", 1.5, 3, lambda s: range(1, 101), fill=lambda s: 0),
    Work("insert1000", "insert_many", "insert 1,000 objects", 3.0, 3, lambda s: [1000], fill=lambda s: 0),
    Work("change", "change_one", "load, change, commit", 1.5, 3, lambda s: range(1, 101), fill=lambda s: 100),
    Work(
        "change1000", "change_many", "change 1,000 objects", 2.0, None, lambda s: [1000], fill=lambda s: 1000
    ),
    Work("delete", "delete_one", "delete one", 1.5, 3, lambda s: range(1, 101), fill=lambda s: 100),
    Work("concurrent", "concurrent", "200 concurrent requests", 1.2, None, lambda s: [range(1, 201)], users),
)
