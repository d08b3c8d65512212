"""SQL that types put around values and columns: only where values enter, and where rows leave."""

from typing import Any

import pytest

from differential.outcomes import assert_same
from differential.roots import Root

PLACES = [
    "sa.select(s.scalar_subquery())", "sa.select(t.c.id).where(t.c.u.in_(s))", "sa.select(t.c.id).where(s.exists())",
    "sa.select(s.cte())", "sa.select(sa.union(s, s).subquery())", "sa.union_all(s, s, s)", "sa.union(s, sa.union(s, s).subquery().select())",
    "sa.insert(o).from_select(['u'], s)", "sa.insert(o).from_select(['u'], sa.union(s, s))", "sa.update(t).values(u=s.scalar_subquery())",
    "sa.select(sa.func.max(t.c.u))", "s.order_by(t.c.u).distinct()", "sa.select(sa.exists(s))", "sa.select(t.c.u.label('k'))",
    "t.insert()", "t.update().values(u='A')", "sa.select(t.c.id).where(t.c.u == 'A')", "sa.select(sa.type_coerce('x', Up()))",
    "sa.select(sa.cast('x', Up()))", "sa.select(t.c.j['a']['b'])", "sa.select(t.c.j[('a', 1)])", "sa.select(t.c.u + 'x')",
]  # fmt: skip


@pytest.mark.parametrize("dialect", ["default", "postgresql", "sqlite"])
@pytest.mark.parametrize("place", PLACES)
def test_wrapped_once(place: str, dialect: str) -> None:
    def program(root: Root) -> Any:
        sa = root.sa

        class Up(root.types.TypeDecorator):  # type: ignore[name-defined, misc]
            impl = sa.String
            cache_ok = True

            def bind_expression(self, value: Any) -> Any:
                return sa.func.lo(value)

            def column_expression(self, column: Any) -> Any:
                return sa.func.up(column)

        class Document(root.types.TypeDecorator):  # type: ignore[name-defined, misc]
            impl = sa.JSON
            cache_ok = True

        metadata = sa.MetaData()
        t = sa.Table(
            "t",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("u", Up),
            sa.Column("j", Document),
        )
        o = sa.Table("o", metadata, sa.Column("u", Up))
        statement = eval(place, {"sa": sa, "t": t, "o": o, "s": sa.select(t.c.u), "Up": Up})
        return str(statement.compile(dialect=root.dialect(dialect)))

    assert_same(f"core/decorated {place}", program)
