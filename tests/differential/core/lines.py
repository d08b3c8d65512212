"""Statements written as one line of Python each, evaluated under either root in one namespace of tables and names."""

import datetime
import decimal
import enum
import re
import uuid
from functools import cache
from types import SimpleNamespace
from typing import Any

from differential.core.compare import Build, Corpus
from differential.core.schema import Scope


class Color(enum.Enum):
    red = 1
    green = 2


def corpus(lines: str) -> Corpus:
    """One case a line, named by the line; empty lines and comments are skipped."""
    found = [line.strip() for line in lines.splitlines()]
    return {line: _build(line) for line in found if line and not line.startswith("#")}


def _build(line: str) -> Build:
    code = compile(line, "<line>", "eval")
    return lambda s: _shown(eval(code, namespace(s)), s)


def _shown(value: Any, s: Scope) -> Any:
    """A statement as it is; another value as text that can be compared."""
    if hasattr(value, "compile") and hasattr(value, "get_children"):
        return value
    return re.sub(r" at 0x\w+", "", repr(value)).replace(s.root.name, "root")


@cache
def namespace(s: Scope) -> dict[str, Any]:
    """What a line may name: all of the root, its dialects, and the tables below."""
    sa = s.root.sa
    names = {name: getattr(sa, name) for name in dir(sa) if not name.startswith("__")}
    names.update(datetime=datetime, decimal=decimal, uuid=uuid, Color=Color, sa=sa, s=s)
    names.update(postgresql=s.pg, sqlite=s.lite, mysql=s.my, schema=s.schema, functions=s.root.functions)
    names.update(vars(_tables(s, sa)))
    names.update(vars(_parts(sa, SimpleNamespace(**names))))
    return names


def _tables(s: Scope, sa: Any) -> Any:
    """Tables that the databases have, beside those of Scope."""
    col, key = sa.Column, sa.ForeignKey
    t = sa.Table(
        "t", s.meta, col("x", sa.Integer, primary_key=True), col("y", sa.Integer), col("s", sa.String(50)),
        col("b", sa.Boolean), col("j", sa.JSON), col("d", sa.DateTime), col("n", sa.Numeric(10, 2)), col("f", sa.Float),
    )  # fmt: skip
    u = sa.Table(
        "u", s.meta, col("id", sa.Integer, primary_key=True), col("x", key("t.x")), col("name", sa.String(50))
    )
    n = sa.Table(
        "n", s.meta, col("id", sa.Integer, primary_key=True), col("pid", key("n.id")), col("Name", sa.String(50)),
        col("order", sa.Integer),
    )  # fmt: skip
    keyed = sa.Table(
        "keyed",
        s.meta,
        col("col_a", sa.Integer, key="a", primary_key=True),
        col("col_b", sa.String(50), key="b"),
    )
    return SimpleNamespace(t=t, u=u, n=n, keyed=keyed)


def _parts(sa: Any, at: Any) -> Any:
    """Tables that no database has, and parts that several lines use."""
    m = sa.MetaData()
    col, key, number = sa.Column, sa.ForeignKey, sa.Integer
    for name in ("t",):
        sa.Table(name, m, col("x", number, primary_key=True))
    t, n = at.t, at.n
    parts: dict[str, Any] = {
        "a1": t.alias("a1"),
        "sq": sa.select(t.c.x, t.c.y).where(t.c.x > 5).subquery("sq"),
        "c1": sa.select(t.c.x, t.c.y).cte("c1"),
        "tt": sa.table("tt", sa.column("p", number), sa.column("q", sa.String)),
        "two": sa.Table("two", m, col("id", number, primary_key=True), col("a", key(t.c.x)), col("b", key(t.c.x))),
        "sch": sa.Table("sch_t", m, col("id", number, primary_key=True), col("x", number), schema="sch"),
        "sch2": sa.Table("sch_t", m, col("id", number, primary_key=True), schema="other"),
        "comp2": sa.Table("comp2", m, col("p", number, primary_key=True), col("q", number, primary_key=True)),
        "compc": sa.Table(
            "compc", m, col("id", number, primary_key=True), col("p", number), col("q", number),
            sa.ForeignKeyConstraint(["p", "q"], ["comp2.p", "comp2.q"]),
        ),
        "ident": sa.Table("ident", m, col("id", number, sa.Identity(), primary_key=True), col("a", number)),
        "comp": sa.Table(
            "comp", m, col("id", number, primary_key=True), col("a", number), col("b", number, sa.Computed("a + 1"))
        ),
        "dflt": sa.Table(
            "dflt", m, col("id", number, primary_key=True), col("a", number, default=5),
            col("b", number, default=lambda: 6), col("c", number, default=sa.func.foo()),
            col("d", number, server_default="7"), col("e", number, onupdate=8), col("f", number, onupdate=sa.func.now()),
            col("g", number, default=sa.Sequence("sq")), col("h", number, server_onupdate=sa.FetchedValue()),
        ),
        "ar": sa.Table(
            "ar", m, col("id", number, primary_key=True), col("a", sa.ARRAY(number)), col("jb", at.postgresql.JSONB),
            col("x", number), col("pa", at.postgresql.ARRAY(sa.String)), col("hs", at.postgresql.HSTORE),
            col("rng", at.postgresql.INT4RANGE), col("tv", at.postgresql.TSVECTOR), col("inet", at.postgresql.INET),
        ),
        "seq": sa.Sequence("sq"),
        "seq2": sa.Sequence("Sq 2", schema="sch"),
        "rec": lambda: _recursive(sa, n),
    }  # fmt: skip
    return SimpleNamespace(**parts)


def _recursive(sa: Any, n: Any) -> Any:
    base = sa.select(n.c.id, n.c.pid).where(n.c.pid.is_(None)).cte("r", recursive=True)
    child = n.alias("ch")
    return base.union_all(sa.select(child.c.id, child.c.pid).where(child.c.pid == base.c.id))


ROWS: dict[str, list[dict[str, Any]]] = {
    "t": [
        {
            "x": number, "y": y, "s": text, "b": number % 2 == 0, "j": {"a": number, "b": [text, {"z": y}]},
            "d": datetime.datetime(2024, number, 1, 12, 30, number), "n": decimal.Decimal(number) / 4, "f": number / 2,
        }
        for number, y, text in [(1, 5, "x"), (2, None, "a%b"), (3, 3, "X_y"), (5, 6, "it's"), (6, 5, "")]
    ],
    "u": [{"id": i, "x": x, "name": f"name {i}"} for i, x in [(1, 1), (2, 1), (3, 5), (5, 6)]],
    "n": [{"id": i, "pid": p, "Name": f"n{i}", "order": -i} for i, p in [(1, None), (2, 1), (3, 2)]],
    "keyed": [{"a": 1, "b": "x"}, {"a": 5, "b": "y"}],
}  # fmt: skip
