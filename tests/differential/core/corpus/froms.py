"""FROM: joins, aliases, subqueries, lateral, VALUES, correlation, CTEs, set operations."""

from differential.core.compare import Corpus


def sub(s):
    return s.select(s.pc.user_id, s.func.count(s.pc.id).label("n")).group_by(s.pc.user_id)


def tree(s):
    """A recursive walk down the tree of nodes."""
    base = s.select(s.nc.id, s.nc.parent_id).where(s.nc.parent_id.is_(None)).cte("walk", recursive=True)
    child = s.n.alias("child")
    return base.union_all(s.select(child.c.id, child.c.parent_id).join(base, child.c.parent_id == base.c.id))


def one(s):
    return s.select(s.uc.id, s.uc.name).where(s.uc.id == 1)


def two(s):
    return s.select(s.uc.id, s.uc.name).where(s.uc.id == 2)


def three(s):
    return s.select(s.uc.id, s.uc.name).where(s.uc.id == 3)


JOINS: Corpus = {
    "join": lambda s: s.select(s.uc.name, s.pc.title).join(s.p),
    "join from": lambda s: s.select(s.uc.name, s.pc.title).join_from(s.u, s.p),
    "join on": lambda s: s.select(s.uc.name).join(s.p, s.uc.id == s.pc.user_id),
    "join from on": lambda s: s.select(s.uc.name).join_from(s.u, s.p, s.uc.id == s.pc.user_id),
    "outer": lambda s: s.select(s.uc.name, s.pc.title).outerjoin(s.p),
    "outer from": lambda s: s.select(s.uc.name, s.pc.title).outerjoin_from(s.u, s.p),
    "isouter": lambda s: s.select(s.uc.name).join(s.p, isouter=True),
    "full": lambda s: s.select(s.uc.name).join(s.p, full=True),
    "three": lambda s: s.select(s.uc.name, s.tc.name).select_from(s.u).join(s.p).join(s.pt).join(s.t),
    "three on": lambda s: (
        s.select(s.uc.name, s.tc.name)
        .select_from(s.u)
        .join(s.p, s.pc.user_id == s.uc.id)
        .join(s.pt, s.ptc.post_id == s.pc.id)
        .outerjoin(s.t, s.ptc.tag_id == s.tc.id)
    ),
    "table join": lambda s: s.select(s.u.join(s.p)),
    "table outerjoin": lambda s: s.select(s.uc.id).select_from(s.u.outerjoin(s.p)),
    "nested join": lambda s: s.select(s.uc.id).select_from(s.u.join(s.p.join(s.pt), s.uc.id == s.pc.user_id)),
    "nested outer": lambda s: s.select(s.uc.id).select_from(s.u.outerjoin(s.p.join(s.pt))),
    "join function": lambda s: s.select(s.uc.id).select_from(s.join(s.u, s.p, s.uc.id == s.pc.user_id)),
    "outerjoin function": lambda s: s.select(s.uc.id).select_from(s.outerjoin(s.u, s.p)),
    "join where": lambda s: s.select(s.uc.name).join(s.p).where(s.pc.title.like("Post%")).order_by(s.pc.id),
    "join no key": lambda s: s.select(s.uc.id).join(s.t),
    "join text on": lambda s: s.select(s.uc.id).join(s.p, s.text("users.id = posts.user_id")),
    "join and on": lambda s: s.select(s.uc.id).join(s.p, s.and_(s.uc.id == s.pc.user_id, s.pc.id > 3)),
    "join true": lambda s: s.select(s.uc.id).join(s.p, s.true()),
    "join alias": lambda s: (lambda a: s.select(s.uc.id, a.c.id).join(a, a.c.user_id == s.uc.id))(
        s.p.alias("a")
    ),
    "join alias anonymous": lambda s: (lambda a: s.select(s.uc.id, a.c.title).join(a))(s.p.alias()),
    "self join": lambda s: (lambda a: s.select(s.nc.id, a.c.id).join(a, s.nc.parent_id == a.c.id))(
        s.n.alias()
    ),
    "self join ambiguous": lambda s: (lambda a: s.select(s.nc.id).join(a))(s.n.alias()),
    "self join outer": lambda s: (
        lambda a: s.select(s.nc.id, a.c.Name).outerjoin(a, s.nc.parent_id == a.c.id)
    )(s.n.alias("parent")),
    "join subquery": lambda s: (lambda q: s.select(s.uc.name, q.c.n).join(q, q.c.user_id == s.uc.id))(
        sub(s).subquery()
    ),
    "join subquery implied": lambda s: (lambda q: s.select(s.uc.name, q.c.n).join(q))(sub(s).subquery()),
    "join subquery named": lambda s: (lambda q: s.select(s.uc.name, q.c.n).join(q, q.c.user_id == s.uc.id))(
        sub(s).subquery("counts")
    ),
    "outerjoin subquery": lambda s: (
        lambda q: s.select(s.uc.name, s.func.coalesce(q.c.n, 0)).outerjoin(q, q.c.user_id == s.uc.id)
    )(sub(s).subquery()),
    "join cte": lambda s: (lambda q: s.select(s.uc.name, q.c.n).join(q, q.c.user_id == s.uc.id))(
        sub(s).cte("c")
    ),
    "join from ambiguous left": lambda s: s.select(s.uc.id, s.tc.id).join(s.pt),
    "join select columns from": lambda s: s.select(s.pc.id).join(s.u).where(s.uc.id == 1),
    "alias": lambda s: s.select(s.u.alias("a")),
    "alias anonymous": lambda s: s.select(s.u.alias()),
    "alias two anonymous": lambda s: (lambda a, b: s.select(a.c.id, b.c.id).where(a.c.id == b.c.age))(
        s.u.alias(), s.u.alias()
    ),
    "alias where": lambda s: (lambda a: s.select(a.c.id).where(a.c.name == "x"))(s.u.alias("a")),
    "alias quoted": lambda s: (lambda a: s.select(a.c.id).where(a.c.id == 2))(s.u.alias("My Alias")),
    "alias function": lambda s: s.select(s.alias(s.u, "z").c.id),
    "alias of alias": lambda s: s.select(s.u.alias("a").alias("b").c.id),
    "tablesample": lambda s: s.select(s.u.tablesample(10).c.id),
    "tablesample method": lambda s: s.select(
        s.tablesample(s.u, s.func.bernoulli(10), name="x", seed=s.func.random()).c.id
    ),
    "cartesian": lambda s: s.select(s.uc.id, s.tc.id),
    "schema table": lambda s: s.select(s.Table("zz", s.MetaData(), s.Column("a", s.Integer), schema="other")),
    "schema table where": lambda s: (lambda t: s.select(t.c.a).where(t.c.a == 1))(
        s.Table("zz", s.MetaData(), s.Column("a", s.Integer), schema="my schema")
    ),
    "join onclause bad": lambda s: s.select(s.uc.id).join(s.p, 5),
    "join string": lambda s: s.select(s.uc.id).join("posts"),
}

SUBQUERIES: Corpus = {
    "from subquery": lambda s: s.select(sub(s).subquery()),
    "from subquery named": lambda s: s.select(sub(s).subquery("x")),
    "from subquery column": lambda s: (lambda q: s.select(q.c.n).where(q.c.n > 1))(sub(s).subquery()),
    "from alias method": lambda s: s.select(sub(s).alias("x").c.n),
    "nested subquery": lambda s: (lambda q: s.select(s.select(q.c.n).where(q.c.n > 1).subquery("outer_q")))(
        sub(s).subquery("inner_q")
    ),
    "subquery duplicate names": lambda s: s.select(s.select(s.uc.id, s.pc.id).join(s.p).subquery()),
    "subquery label style": lambda s: s.select(
        s.select(s.u, s.p).join(s.p).set_label_style(s.LABEL_STYLE_TABLENAME_PLUS_COL).subquery()
    ),
    "subquery limit": lambda s: s.select(s.select(s.u).order_by(s.uc.id).limit(2).subquery()),
    "subquery anonymous column": lambda s: s.select(
        s.select(s.uc.id + 1, s.func.count()).group_by(s.uc.id).subquery()
    ),
    "corresponding column": lambda s: (lambda q: s.select(q.corresponding_column(s.pc.user_id)))(
        sub(s).subquery()
    ),
    "correlated scalar": lambda s: s.select(
        s.uc.name, s.select(s.func.count(s.pc.id)).where(s.pc.user_id == s.uc.id).scalar_subquery().label("n")
    ),
    "correlated where": lambda s: s.select(s.uc.name).where(
        s.select(s.func.count(s.pc.id)).where(s.pc.user_id == s.uc.id).scalar_subquery() > 1
    ),
    "correlate": lambda s: s.select(s.uc.name).where(
        s.uc.id == s.select(s.pc.user_id).where(s.pc.user_id == s.uc.id).correlate(s.u).scalar_subquery()
    ),
    "correlate none": lambda s: s.select(s.uc.name).where(
        s.uc.id
        == s.select(s.func.max(s.pc.user_id)).where(s.pc.user_id == s.uc.id).correlate(None).scalar_subquery()
    ),
    "correlate_except": lambda s: s.select(s.uc.name).where(
        s.uc.id
        == s.select(s.func.max(s.pc.user_id))
        .where(s.pc.user_id == s.uc.id)
        .correlate_except(s.p)
        .scalar_subquery()
    ),
    "correlate all": lambda s: s.select(s.uc.name).where(s.exists(s.select(s.uc.id).where(s.uc.age > 3))),
    "correlated nested": lambda s: s.select(s.uc.name).where(
        s.exists()
        .where(s.pc.user_id == s.uc.id)
        .where(s.exists().where(s.ptc.post_id == s.pc.id).where(s.ptc.tag_id == 1))
    ),
    "correlate alias": lambda s: (lambda a: s.select(a.c.id).where(s.exists().where(s.uc.id == a.c.age)))(
        s.u.alias("a")
    ),
    "scalar in order": lambda s: s.select(s.uc.id).order_by(
        s.select(s.func.count(s.pc.id)).where(s.pc.user_id == s.uc.id).scalar_subquery().desc()
    ),
    "scalar two columns": lambda s: s.select(s.select(s.pc.id, s.pc.title).scalar_subquery()),
    "scalar in having": lambda s: (
        s.select(s.uc.age)
        .group_by(s.uc.age)
        .having(s.func.count() > s.select(s.func.min(s.tc.id)).scalar_subquery())
    ),
    "lateral": lambda s: (lambda q: s.select(s.uc.id, q.c.title).join(q, s.true()))(
        s.select(s.pc.title).where(s.pc.user_id == s.uc.id).limit(2).lateral()
    ),
    "lateral named": lambda s: (
        lambda q: s.select(s.uc.id, q.c.title).select_from(s.u).join(q, s.true(), isouter=True)
    )(s.select(s.pc.title).where(s.pc.user_id == s.uc.id).lateral("recent")),
    "lateral comma": lambda s: (lambda q: s.select(s.uc.id, q.c.title))(
        s.select(s.pc.title).where(s.pc.user_id == s.uc.id).lateral("recent")
    ),
    "values": lambda s: s.select(
        s.values(s.column("a", s.Integer), s.column("b", s.String), name="v").data([(1, "x")])
    ),
    "values two": lambda s: s.select(
        s.values(s.column("a", s.Integer), s.column("b", s.String), name="v").data([(1, "x"), (2, "y")])
    ),
    "values anonymous": lambda s: s.select(s.values(s.column("a", s.Integer)).data([(1,), (2,)])),
    "values literal": lambda s: s.select(
        s.values(s.column("a", s.Integer), name="v", literal_binds=True).data([(1,), (2,)])
    ),
    "values join": lambda s: (lambda v: s.select(s.uc.name, v.c.b).join(v, v.c.a == s.uc.id))(
        s.values(s.column("a", s.Integer), s.column("b", s.String), name="v").data([(1, "x")])
    ),
    "values alias": lambda s: s.select(s.values(s.column("a", s.Integer)).data([(1,)]).alias("q").c.a),
    "values cte": lambda s: s.select(s.values(s.column("a", s.Integer)).data([(1,)]).cte("q").c.a),
    "values scalar": lambda s: s.select(s.uc.id).where(
        s.uc.id.in_(s.values(s.column("a", s.Integer)).data([(1,), (2,)]).scalar_values())
    ),
    "text subquery": lambda s: s.select(
        s.text("SELECT id, name FROM users").columns(s.column("id")).subquery("q").c.id
    ),
    "subquery of all": lambda s: (lambda q: s.select(q).where(q.c.id > 1).order_by(q.c.name))(
        s.select(s.u).subquery("q")
    ),
    "subquery twice": lambda s: (lambda q: s.select(q.c.id).where(q.c.id.in_(s.select(q.c.age))))(
        s.select(s.u).subquery()
    ),
    "two subqueries": lambda s: (lambda a, b: s.select(a.c.id, b.c.id).where(a.c.id == b.c.id))(
        s.select(s.uc.id).where(s.uc.id > 1).subquery(), s.select(s.uc.id).where(s.uc.id < 4).subquery()
    ),
    "exported columns": lambda s: ", ".join(s.select(s.u, s.pc.id).exported_columns.keys()),
    "selected columns": lambda s: ", ".join(
        s.select(s.u, s.pc.id, s.uc.id.label("z")).selected_columns.keys()
    ),
    "subquery columns": lambda s: ", ".join(
        s.select(s.uc.id, s.pc.id, s.func.count(), s.uc.id + 1).subquery().c.keys()
    ),
    "select as from": lambda s: s.select(s.select(s.uc.id)),
}

CTES: Corpus = {
    "cte": lambda s: s.select(sub(s).cte("c")),
    "cte anonymous": lambda s: s.select(sub(s).cte()),
    "cte where": lambda s: (lambda c: s.select(c.c.n).where(c.c.n > 1))(sub(s).cte("c")),
    "cte two": lambda s: (lambda a, b: s.select(a.c.n, b.c.id).where(a.c.user_id == b.c.id))(
        sub(s).cte("a"), s.select(s.uc.id).where(s.uc.id > 2).cte("b")
    ),
    "cte of cte": lambda s: (lambda a: s.select(s.select(a.c.n).where(a.c.n > 1).cte("b").c.n))(
        sub(s).cte("a")
    ),
    "cte alias": lambda s: (
        lambda c: (lambda x: s.select(c.c.n, x.c.n).where(c.c.user_id == x.c.user_id))(c.alias("x"))
    )(sub(s).cte("c")),
    "cte recursive": lambda s: s.select(tree(s)),
    "cte recursive order": lambda s: (lambda t: s.select(t.c.id).order_by(t.c.id))(tree(s)),
    "cte recursive union": lambda s: (lambda b: s.select(b.union(s.select(b.c.n + 1).where(b.c.n < 5))))(
        s.select(s.literal(1).label("n")).cte("nums", recursive=True)
    ),
    "cte recursive literal": lambda s: (
        lambda b: s.select(s.func.sum(b.union_all(s.select(b.c.n + 1).where(b.c.n < 5)).c.n))
    )(s.select(s.literal_column("1").label("n")).cte("nums", recursive=True)),
    "cte in scalar subquery": lambda s: (
        lambda c: s.select(s.uc.id).where(s.uc.id == s.select(s.func.max(c.c.n)).scalar_subquery())
    )(sub(s).cte("c")),
    "cte in exists": lambda s: (lambda c: s.select(s.uc.id).where(s.exists().where(c.c.user_id == s.uc.id)))(
        sub(s).cte("c")
    ),
    "cte in in": lambda s: (lambda c: s.select(s.uc.id).where(s.uc.id.in_(s.select(c.c.user_id))))(
        sub(s).cte("c")
    ),
    "cte quoted": lambda s: s.select(sub(s).cte("My CTE")),
    "cte nesting": lambda s: s.select(s.select(sub(s).cte("inner_c", nesting=True).c.n).cte("outer_c")),
    "cte materialized": lambda s: s.select(sub(s).cte("c").prefix_with("MATERIALIZED", dialect="postgresql")),
    "cte suffix": lambda s: s.select(sub(s).cte("c").suffix_with("-- done")),
    "cte union": lambda s: (lambda c: s.select(c.c.n).union(s.select(c.c.user_id)))(sub(s).cte("c")),
    "cte params order": lambda s: (
        lambda c: s.select(s.uc.id).where(s.uc.id == 5).join(c, c.c.id == s.uc.id)
    )(s.select(s.pc.id).where(s.pc.title == "x").cte("c")),
    "cte duplicate names": lambda s: (lambda a, b: s.select(a.c.id, b.c.id))(
        s.select(s.uc.id).where(s.uc.id == 1).cte("c"), s.select(s.pc.id).where(s.pc.id == 1).cte("c")
    ),
    "cte of values": lambda s: s.select(s.values(s.column("a", s.Integer), name="v").data([(1,)]).cte("z")),
    "cte insert": lambda s: s.select(s.t.insert().values(name="x").returning(s.tc.id).cte("ins").c.id),
    "cte update": lambda s: s.select(s.t.update().values(name="x").returning(s.tc.id).cte("upd")),
    "cte delete": lambda s: s.select(s.t.delete().where(s.tc.id == 1).returning(s.tc.id).cte("del")),
    "cte in update": lambda s: (lambda c: s.update(s.u).values(age=c.c.n).where(s.uc.id == c.c.user_id))(
        sub(s).cte("c")
    ),
    "cte in delete": lambda s: (lambda c: s.delete(s.u).where(s.uc.id.in_(s.select(c.c.user_id))))(
        sub(s).cte("c")
    ),
    "cte in insert": lambda s: (lambda c: s.insert(s.t).from_select(["id"], s.select(c.c.n)))(
        sub(s).cte("c")
    ),
    "add_cte": lambda s: s.select(s.uc.id).add_cte(s.t.insert().values(name="x").cte("ins")),
    "add_cte nest": lambda s: s.select(s.uc.id).add_cte(sub(s).cte("c"), nest_here=True),
    "cte join three": lambda s: (
        lambda c: (
            s.select(s.uc.name, s.pc.title, c.c.n).join(s.p).join(c, c.c.user_id == s.uc.id).order_by(s.pc.id)
        )
    )(sub(s).cte("counts")),
}

COMPOUNDS: Corpus = {
    "union": lambda s: one(s).union(two(s)),
    "union all": lambda s: one(s).union_all(two(s)),
    "intersect": lambda s: one(s).intersect(two(s)),
    "intersect all": lambda s: one(s).intersect_all(two(s)),
    "except": lambda s: one(s).except_(two(s)),
    "except all": lambda s: one(s).except_all(two(s)),
    "union function": lambda s: s.union(one(s), two(s)),
    "union three": lambda s: s.union(one(s), two(s), three(s)),
    "union method three": lambda s: one(s).union(two(s), three(s)),
    "union_all function": lambda s: s.union_all(one(s), two(s), three(s)),
    "intersect function": lambda s: s.intersect(one(s), two(s)),
    "except function": lambda s: s.except_(one(s), two(s)),
    "union of union": lambda s: s.union(one(s).union_all(two(s)), three(s)),
    "union right nested": lambda s: s.union(one(s), two(s).union_all(three(s))),
    "union except": lambda s: s.except_(one(s).union(two(s)), three(s)),
    "union intersect": lambda s: s.union(one(s), s.intersect(two(s), three(s))),
    "union order": lambda s: one(s).union(two(s)).order_by("id"),
    "union order column": lambda s: (lambda q: q.order_by(q.selected_columns.id.desc()))(
        one(s).union(two(s))
    ),
    "union limit": lambda s: one(s).union(two(s)).limit(1).offset(1),
    "union order limit": lambda s: one(s).union_all(two(s)).order_by("name", "id").limit(3),
    "union inner limit": lambda s: s.union(one(s).limit(1), two(s).limit(1)),
    "union inner order": lambda s: s.union(
        one(s).order_by(s.uc.id).limit(1), two(s).order_by(s.uc.id).limit(1)
    ),
    "union subquery": lambda s: s.select(one(s).union(two(s)).subquery()),
    "union subquery named": lambda s: (lambda q: s.select(q.c.name).where(q.c.id > 0))(
        one(s).union(two(s)).subquery("both")
    ),
    "union alias": lambda s: s.select(one(s).union_all(two(s)).alias("z").c.id),
    "union cte": lambda s: s.select(one(s).union_all(two(s)).cte("z").c.id),
    "union scalar": lambda s: s.select(s.select(s.uc.id).union(s.select(s.pc.id)).scalar_subquery()),
    "union exists": lambda s: s.select(s.tc.id).where(one(s).union(two(s)).exists()),
    "union for update": lambda s: one(s).union(two(s)).with_for_update(),
    "union group": lambda s: one(s).union(two(s)).group_by("id"),
    "union labels": lambda s: s.union(s.select(s.uc.id.label("a")), s.select(s.pc.id.label("b"))),
    "union mismatched": lambda s: s.union(s.select(s.uc.id), s.select(s.pc.id, s.pc.title)),
    "union literal": lambda s: s.union_all(s.select(s.literal(1)), s.select(s.literal(2))),
    "union with values": lambda s: s.union_all(
        s.select(s.uc.id, s.literal("u")), s.select(s.pc.id, s.literal("p"))
    ),
    "union same params": lambda s: s.union_all(one(s), one(s)),
    "union distinct": lambda s: s.union_all(s.select(s.uc.age).distinct(), s.select(s.pc.id).distinct()),
    "union fetch": lambda s: one(s).union(two(s)).fetch(2),
    "union of subqueries": lambda s: s.union(
        s.select(one(s).subquery().c.id), s.select(two(s).subquery().c.id)
    ),
    "union text": lambda s: s.union(
        one(s), s.text("SELECT 1, 'x'").columns(s.column("id"), s.column("name"))
    ),
}

CASES: Corpus = {
    f"{kind} {name}": build
    for kind, corpus in [("join", JOINS), ("sub", SUBQUERIES), ("with", CTES), ("set", COMPOUNDS)]
    for name, build in corpus.items()
}
