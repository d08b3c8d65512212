"""`@compiles` for elements that exist already: which ones a function takes over, under both roots."""

from collections.abc import Callable
from typing import Any

import pytest

from differential.roots import ORACLE, OURS, Root

CLASSES: dict[str, Callable[[Root], Any]] = {
    name: lambda root, name=name: getattr(root.sql.expression, name)  # type: ignore[misc]
    for name in (
        "Label", "ColumnClause", "BindParameter", "BinaryExpression", "ClauseList", "BooleanClauseList", "Select", "Insert",
        "Update", "Delete", "CompoundSelect", "Alias", "CTE", "Join", "FunctionElement", "Case", "Cast", "Over",
        "FunctionFilter", "TextClause", "Null", "Extract", "TypeCoerce", "TableClause", "Lateral", "TableSample",
    )
}  # fmt: skip
CLASSES |= {
    name: lambda root, name=name: getattr(root.schema, name)  # type: ignore[misc]
    for name in ("Column", "CreateTable", "CreateColumn", "DropTable", "CreateIndex", "CheckConstraint")
}
CLASSES |= {
    name: lambda root, name=name: getattr(root.functions, name)  # type: ignore[misc]
    for name in ("count", "coalesce")
}
CLASSES |= {
    name: lambda root, name=name: getattr(root.types, name)  # type: ignore[misc]
    for name in ("Integer", "String", "VARCHAR")
}


def statements(root: Root) -> dict[str, Any]:
    """Statements in which every one of the classes occurs."""
    sa = root.sa
    column, func, select = sa.Column, sa.func, sa.select
    t = sa.Table(
        "t",
        sa.MetaData(),
        column("x", sa.Integer, primary_key=True),
        column("y", sa.String(5)),
        column("z", sa.VARCHAR(3)),
        sa.CheckConstraint("x > 1", name="ck"),
        sa.Index("ix", "y"),
    )
    a, x, y = t.alias("a"), t.c.x, t.c.y
    sq, cte = select(x).subquery("sq"), select(x).cte("ct")
    return {
        "select": select(x.label("q"), func.count(x), sa.literal(1), sa.case((x == 1, 2)), sa.cast(x, sa.String(3)), x + 1)
        .where(x == 5, sa.or_(y == "a", y.in_(["x"])))
        .order_by(y.desc()),
        "froms": select(a.c.x, sq.c.x, cte.c.x.label("w")).select_from(a.join(sq, a.c.x == sq.c.x)).join(cte, x > 1),
        "within": select(select(a.c.x).subquery().c.x, select(x.label("k")).scalar_subquery()),
        "union": sa.union(select(x.label("q")), select(a.c.x)),
        "rest": select(
            func.sum(x).over(order_by=y), func.count().filter(x == 1), sa.extract("year", x), sa.type_coerce(x, sa.String),
            sa.text("z"), sa.null(), sa.column("c"), func.coalesce(x, 1),
        ),
        "lateral": select(x, select(a.c.x).where(a.c.x == x).lateral("l").c.x),
        "sample": select(sa.tablesample(t, 5, name="ts").c.x),
        "insert": sa.insert(t).values(x=1, y=func.lower("a")).returning(x, y.label("r")),
        "update": sa.update(t).values(y="b").where(x == 1).returning(x.label("r")),
        "delete": sa.delete(t).where(x == 1),
        "create table": root.schema.CreateTable(t),
        "drop table": root.schema.DropTable(t),
        "create index": root.schema.CreateIndex(next(iter(t.indexes))),
    }  # fmt: skip


def marked(element: Any, compiler: Any, **kw: Any) -> str:
    """What the element is written as anyway, in angle brackets."""
    return f"<{getattr(compiler, f'visit_{element.__visit_name__}')(element, **kw)}>"


def texts(root: Root, cls: Any) -> dict[tuple[str, str], str]:
    root.compiler.compiles(cls)(marked)
    try:
        return {
            (name, dialect): str(statement.compile(dialect=root.dialect(dialect)))
            for name, statement in statements(root).items()
            for dialect in ("default", "postgresql", "sqlite")
        }
    finally:
        root.compiler.deregister(cls)


@pytest.mark.parametrize("name", CLASSES)
def test_a_function_takes_over_what_the_class_writes(name: str) -> None:
    expected, actual = texts(ORACLE, CLASSES[name](ORACLE)), texts(OURS, CLASSES[name](OURS))
    assert actual == expected
    assert any("<" in text for text in actual.values()) or name in ("FunctionElement", "TableClause")
