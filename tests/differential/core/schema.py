"""The tables that the statements speak of, their rows, and the scope in which a case is built."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from differential.roots import Root


class Scope:
    """What a case sees: SQLAlchemy's top-level names, the dialect modules, tables (`u`) and their columns (`uc`)."""

    def __init__(self, root: Root) -> None:
        self.root = root
        self.pg, self.lite, self.my = root.postgresql, root.sqlite, root.mysql
        self.schema = root.schema
        self.meta = root.sa.MetaData()
        self.u, self.p, self.t, self.pt, self.n = tables(root.sa, self.meta)
        self.uc, self.pc, self.tc, self.ptc, self.nc = (
            t.c for t in (self.u, self.p, self.t, self.pt, self.n)
        )
        self.docs = documents(root, root.sa.MetaData())
        self.dc = self.docs.c

    def __getattr__(self, name: str) -> Any:
        return getattr(self.root.sa, name)


def tables(sa: Any, meta: Any) -> tuple[Any, ...]:
    """Users, posts, tags, their association, and a tree."""
    Column, key = sa.Column, sa.ForeignKey
    users = sa.Table(
        "users",
        meta,
        Column("id", sa.Integer, primary_key=True),
        Column("name", sa.String(50), nullable=False),
        Column("email", sa.String(100), unique=True),
        Column("age", sa.Integer),
        Column("balance", sa.Numeric(10, 2)),
        Column("active", sa.Boolean, default=True),
        Column("created", sa.DateTime),
    )
    posts = sa.Table(
        "posts",
        meta,
        Column("id", sa.Integer, primary_key=True),
        Column("user_id", key("users.id"), nullable=False),
        Column("title", sa.String(200), nullable=False),
        Column("body", sa.Text),
        Column("score", sa.Float),
        Column("published", sa.Date),
    )
    tags = sa.Table("tags", meta, Column("id", sa.Integer, primary_key=True), Column("name", sa.String(30)))
    post_tags = sa.Table(
        "post_tags",
        meta,
        Column("post_id", key("posts.id"), primary_key=True),
        Column("tag_id", key("tags.id"), primary_key=True),
    )
    nodes = sa.Table(
        "nodes",
        meta,
        Column("id", sa.Integer, primary_key=True),
        Column("parent_id", key("nodes.id")),
        Column("Name", sa.String(20)),
        Column("order", sa.Integer),
    )
    return users, posts, tags, post_tags, nodes


def documents(root: Root, meta: Any) -> Any:
    """A table of PostgreSQL's own types."""
    sa, pg = root.sa, root.postgresql
    return sa.Table(
        "docs",
        meta,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("data", sa.JSON),
        sa.Column("jb", pg.JSONB),
        sa.Column("words", pg.ARRAY(sa.String)),
        sa.Column("numbers", sa.ARRAY(sa.Integer)),
        sa.Column("key", sa.Uuid),
        sa.Column("span", pg.INT4RANGE),
        sa.Column("address", pg.INET),
        sa.Column("vector", pg.TSVECTOR),
        sa.Column("pairs", pg.HSTORE),
    )


ROWS: dict[str, list[dict[str, Any]]] = {
    "users": [
        {
            "id": n,
            "name": name,
            "email": f"{name.lower().replace(' ', '.').replace('%', '')}@example.com",
            "age": age,
            "balance": Decimal(n * 1000 + 50) / 100,
            "active": n % 2 == 1,
            "created": datetime(2024, n, 1, 12, 30, n),
        }
        for n, name, age in [
            (1, "Ann", 30),
            (2, "bob", 25),
            (3, "Cy 50%", None),
            (4, "d_e", 41),
            (5, "Eve", 25),
        ]
    ],
    "posts": [
        {
            "id": n,
            "user_id": 1 + n % 4,
            "title": f"Post {n}",
            "body": None if n % 3 == 0 else f"body {n}",
            "score": n * 1.5,
            "published": date(2024, 1, n),
        }
        for n in range(1, 9)
    ],
    "tags": [{"id": n, "name": name} for n, name in enumerate(["red", "green", "blue"], 1)],
    "post_tags": [{"post_id": n, "tag_id": 1 + (n + k) % 3} for n in range(1, 7) for k in range(2)],
    "nodes": [
        {"id": n, "parent_id": parent, "Name": f"n{n}", "order": -n}
        for n, parent in [(1, None), (2, 1), (3, 1), (4, 2), (5, 4)]
    ],
}

DOCUMENTS: list[dict[str, Any]] = [
    {"id": n, "data": {"a": n, "b": ["x", {"z": n}]}, "jb": {"a": n, "b": [n]}, "words": ["a", f"w{n}"], "numbers": [n, 2, 3]}
    for n in range(1, 4)
] + [{"id": 4, "data": None, "jb": None, "words": None, "numbers": []}]  # fmt: skip
