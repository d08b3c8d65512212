"""Walking and rewriting statements: visitors, ClauseAdapter, statements in lambdas."""

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.sql import util, visitors
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


@both("sqlite")
def test_replacing_a_table_takes_its_columns_along(engine, say):
    def swap(node, **kw):
        return other if node is page else None

    for statement in STATEMENTS[:5]:
        say(visitors.replacement_traverse(statement, {}, swap))
    say(visitors.replacement_traverse(page.join(note), {}, swap))
    say(visitors.replacement_traverse(sa.select(other).where(other.c.id == page.c.id), {}, swap))
    text = sa.text("a = :b").bindparams(b=1)
    say(
        visitors.replacement_traverse(
            text, {}, lambda n, **kw: sa.literal(9) if n.__visit_name__ == "bindparam" else None
        )
    )


@both("sqlite")
def test_copies_of_statements_on_aliased_classes(engine, say):
    class Base(orm.DeclarativeBase):
        pass

    class Page(Base):
        __tablename__ = "page"
        id = sa.Column(sa.Integer, primary_key=True)

    again = orm.aliased(Page, name="again")
    statement = sa.select(again).where(again.id == Page.id)
    say(visitors.cloned_traverse(statement, {}, {}), visitors.cloned_traverse(statement.exists(), {}, {}))


@both("sqlite")
def test_visitors_find_nodes_by_name(engine, say):
    statements = [
        sa.select(page).where(sa.or_(page.c.id == 1, page.c.size.between(1, 2)), sa.exists().where(note.c.id == page.c.id)),
        sa.select(sa.func.lower(page.c.title), sa.select(note.c.id).scalar_subquery()).where(~sa.column("b", sa.Boolean)),
        sa.select(sa.func.aggregate_strings(page.c.title, ",").aggregate_order_by(page.c.id), page.c.title + "a" + "b"),
        sa.select(page.c.id.in_(sa.select(note.c.id)), sa.select(page).cte("c").alias("d").c.id),
    ]  # fmt: skip
    for statement in statements:
        names = []
        visitors.traverse(statement, {}, {
            name: lambda node, name=name, names=names: names.append(name)
            for name in ("expression_clauselist", "clauselist", "unary", "grouping", "function", "binary", "cte")
        })  # fmt: skip
        say(sorted(set(names)))
        say(sorted(names) if "cte" not in names else "")


def _names(elements):
    return [getattr(element, "name", None) or str(element) for element in elements]


@both("sqlite")
def test_what_statements_speak_of(engine, say):
    sub = sa.select(note).where(note.c.id == 1).subquery("s")
    joined = page.join(note).join(sub, sub.c.id == page.c.id)
    for clause in (*STATEMENTS, joined, sa.select(sub), page.c.id == note.c.page_id):
        for options in (
            {},
            {"check_columns": True},
            {"include_aliases": True},
            {"include_joins": True},
            {"include_crud": True},
        ):
            say(sorted(set(_names(util.find_tables(clause, **options)))))
        say(
            sorted(set(map(str, util.bind_values(clause)))),
            [util.clause_is_present(one, joined) for one in (page, note, other)],
        )
    say(
        _names(util.surface_selectables(joined)),
        _names(dict.fromkeys(util.surface_selectables_only(joined))),
        _names(util.tables_from_leftmost(joined)),
        util.selectables_overlap(joined, note),
    )
    for clause in (
        page.c.id.desc(), page.c.id.desc().nulls_last(), sa.func.f(page.c.id).desc(), page.c.id.label("q").desc(), sa.text("x"), sa.desc("q")
    ):  # fmt: skip
        say(list(map(str, util.unwrap_order_by(clause))))
        say(list(map(str, util.expand_column_list_from_order_by([page.c.id], [clause]))))
    for condition in (
        page.c.id == note.c.page_id, sa.and_(page.c.id == note.c.page_id, page.c.size > 1), page.c.id > note.c.page_id, page.c.id == 1
    ):  # fmt: skip
        for options in ({}, {"any_operator": True}, {"consider_as_referenced_keys": [page.c.id]}):
            if options or "1" not in str(condition):
                say([(str(a), str(b)) for a, b in util.criterion_as_pairs(condition, **options)])
        pairs = []
        util.visit_binary_product(
            lambda binary, left, right, to=pairs: to.append((str(left), str(right))), condition
        )
        say(pairs)
    say(_names(util.reduce_columns([page.c.id, page.c.title, note.c.page_id])))
    say(_names(util.reduce_columns([note.c.id, page.c.id], page.c.id == note.c.id)))
    say(
        util.find_join_source([page, other, joined], note),
        util.find_left_clause_to_join_from([other, page], note, None),
    )
    say(
        util.find_left_clause_that_matches_given([page, joined, other], page),
        util.extract_first_column_annotation(page.c.id, "x"),
    )


@both("sqlite")
def test_join_conditions_by_some_foreign_keys(engine, say):
    link = sa.Table("link", sa.MetaData(), sa.Column("a", sa.ForeignKey(page.c.id)), sa.Column("b", sa.ForeignKey(page.c.id)))  # fmt: skip
    say(util.join_condition(page, link, consider_as_foreign_keys=[link.c.b]))


@both("sqlite")
def test_column_adapters(engine, say):
    adapter = util.ColumnAdapter(other)
    say(adapter.columns[page.c.id], adapter.columns[note.c.id], adapter.columns[page.c.id + 1])
    say(adapter.columns[page.c.id] is adapter.columns[page.c.id], *adapter.adapt_list([page.c.title]))
    say(adapter.traverse(sa.select(page.c.id).where(page.c.size > 1)))
    chosen = util.ColumnAdapter(other, include_fn=lambda column: column.name != "id")
    say(chosen.columns[page.c.id], chosen.columns[page.c.title])
    # a subquery of the table is not what the alias stands for: only what it reads is rewritten
    say(ClauseAdapter(other).traverse(sa.select(sa.select(page).subquery("s").c.id)))
