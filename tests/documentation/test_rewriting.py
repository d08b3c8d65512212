"""Walking and rewriting statements: visitors, ClauseAdapter, statements in lambdas."""

import sqlalchemy as sa
from sqlalchemy.sql import visitors
from sqlalchemy.sql.util import ClauseAdapter
from twins import both

metadata = sa.MetaData()
page = sa.Table(
    "page",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("title", sa.String(20)),
    sa.Column("size", sa.Integer),
)
note = sa.Table(
    "note",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("page_id", sa.ForeignKey("page.id")),
)
other = page.alias("other")
STATEMENTS = [
    sa.select(page.c.id, sa.func.lower(page.c.title).label("low")).where(page.c.size > 5).order_by(page.c.title.desc()),
    sa.select(page, note.c.id).select_from(page.join(note)).where(sa.or_(page.c.title == "x", note.c.id.in_([1, 2]))),
    sa.select(page).where(sa.exists().where(note.c.page_id == page.c.id)),
    sa.select(page.c.id).union(sa.select(note.c.id)).order_by("id"),
    sa.select(other).where(other.c.id == page.c.id),
    sa.update(page).where(page.c.id == 1).values(title=sa.func.upper(page.c.title)),
    sa.case((page.c.size > 1, "a"), else_="b"),
    sa.func.sum(page.c.size).over(partition_by=page.c.title, order_by=page.c.id),
    page.c.size.between(1, 5),
]  # fmt: skip


@both("sqlite")
def test_visitors(engine, say):
    for statement in STATEMENTS:
        columns, values = [], []
        visitors.traverse(
            statement, {}, {"column": lambda c, to=columns: to.append(str(c)), "bindparam": lambda b, to=values: to.append(b.value)}
        )  # fmt: skip
        say(sorted(columns), sorted(map(str, values)))
        names = {node.__visit_name__ for node in visitors.iterate(statement)}
        told = (
            "bindparam",
            "case",
            "column",
            "function",
            "join",
            "label",
            "over",
            "select",
            "table",
            "update",
        )
        say([name for name in told if name in names])
        doubled = visitors.cloned_traverse(
            statement, {}, {"bindparam": lambda b: setattr(b, "value", [b.value] * 2)}
        )
        say(doubled.compile().params, statement.compile().params)
        if not getattr(statement, "is_dml", False):
            say(
                visitors.replacement_traverse(
                    statement, {}, lambda node, **kw: other.c[node.name] if getattr(node, "table", None) is page else None
                )
            )  # fmt: skip


@both("sqlite")
def test_visitors_as_classes(engine, say):
    class Seen(visitors.ExternalTraversal):
        def __init__(self):
            self.seen = []

        def visit_column(self, column):
            self.seen.append(str(column))

    class Twice(visitors.CloningExternalTraversal):
        def visit_bindparam(self, bind):
            bind.value = [bind.value] * 2

    class Elsewhere(visitors.ReplacingExternalTraversal):
        def replace(self, node):
            return other.c[node.name] if getattr(node, "table", None) is page else None

    for statement in (STATEMENTS[0], STATEMENTS[2], STATEMENTS[-1]):
        seen = Seen()
        seen.traverse(statement)
        say(sorted(seen.seen), Twice().traverse(statement).compile().params)
        say(Elsewhere().traverse(statement), statement)


@both("sqlite")
def test_clause_adapters(engine, say):
    for selectable in (
        other,
        sa.select(page).subquery("sub"),
        sa.select(page).where(page.c.size > 3).cte("big"),
    ):
        adapter = ClauseAdapter(selectable)
        for statement in STATEMENTS:
            say(adapter.traverse(statement))
        say(*adapter.copy_and_process([page.c.id, page.c.title == "x"]))
    say(ClauseAdapter(other, equivalents={note.c.page_id: {page.c.id}}).traverse(note.c.page_id == 1))
    say(ClauseAdapter(other).chain(ClauseAdapter(note.alias("n"))).traverse(page.c.id == note.c.page_id))
    say(ClauseAdapter(other).traverse(other.c.id == page.c.id))
