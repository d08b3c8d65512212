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
        "Grouping", "UnaryExpression", "Exists", "ScalarSelect", "Subquery", "CollectionAggregate", "ExpressionClauseList",
        "ClauseElement", "WithinGroup", "ReturnsRows",
    )
}  # fmt: skip
CLASSES |= {
    name: lambda root, name=name: getattr(root.schema, name)  # type: ignore[misc]
    for name in (
        "Column",
        "CreateTable",
        "CreateColumn",
        "DropTable",
        "CreateIndex",
        "CheckConstraint",
        "DDLElement",
        "Constraint",
    )
}
CLASSES |= {
    name: lambda root, name=name: getattr(root.functions, name)  # type: ignore[misc]
    for name in ("count", "coalesce")
}
CLASSES |= {
    name: lambda root, name=name: getattr(root.types, name)  # type: ignore[misc]
    for name in ("Integer", "String", "VARCHAR")
}


#: bases of many kinds of elements, of which each has a function of its own
MARK_NOTHING = {"FunctionElement", "TableClause", "ClauseElement", "ReturnsRows", "DDLElement", "Constraint"}


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
        column("b", sa.Boolean),
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
        "operand": select(x).where(sa.exists().where(a.c.x == x), ~sa.exists(select(a.c.x)), x.in_(select(a.c.x)), ~t.c.b, t.c.b),
        "lists": select(x).where(x.between(1, 2), x == sa.any_(select(a.c.x).scalar_subquery()), func.foo((x + 1) * 2) == 3),
        "ordered": select(x.label("q"), func.sum(x + 1).label("s")).group_by("q").order_by("s", sa.desc("q"), x.label("q")),
        "renamed": select(a.alias("aa").c.x, sq.alias("sa").c.x, cte.alias("ca").c.x, sq.lateral("sl").c.x),
        "aggregates": select(func.string_agg(y, ",").aggregate_order_by(x), func.rank(3).within_group(x), func.aggregate_strings(y, ",")),
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
    assert any("<" in text for text in actual.values()) or name in MARK_NOTHING
