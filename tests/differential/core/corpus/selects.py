"""SELECT: columns, where, ordering, distinct, limits, locking, label styles."""

from differential.core.compare import Corpus

CASES: Corpus = {
    "table": lambda s: s.select(s.u),
    "table with quoted names": lambda s: s.select(s.n),
    "columns": lambda s: s.select(s.uc.id, s.uc.name),
    "two tables": lambda s: s.select(s.u, s.p),
    "same name twice": lambda s: s.select(s.uc.id, s.pc.id),
    "same column twice": lambda s: s.select(s.uc.id, s.uc.id),
    "table and column": lambda s: s.select(s.u, s.pc.title).where(s.uc.id == s.pc.user_id),
    "nothing from": lambda s: s.select(s.literal(1)),
    "literal two": lambda s: s.select(s.literal(1), s.literal("x")),
    "python number": lambda s: s.select(s.literal_column("1")),
    "no columns": lambda s: s.select().select_from(s.u),
    "select_from": lambda s: s.select(s.func.count()).select_from(s.u),
    "select_from many": lambda s: s.select(s.literal(1)).select_from(s.u, s.p),
    "where": lambda s: s.select(s.uc.id).where(s.uc.id == 5),
    "where two": lambda s: s.select(s.uc.id).where(s.uc.id > 5, s.uc.name != "a"),
    "where chained": lambda s: s.select(s.uc.id).where(s.uc.id > 5).where(s.uc.id < 9),
    "where true": lambda s: s.select(s.uc.id).where(s.true()),
    "where false": lambda s: s.select(s.uc.id).where(s.false()),
    "where true and": lambda s: s.select(s.uc.id).where(s.and_(s.true(), s.uc.id == 1)),
    "where false and": lambda s: s.select(s.uc.id).where(s.and_(s.false(), s.uc.id == 1)),
    "where true or": lambda s: s.select(s.uc.id).where(s.or_(s.true(), s.uc.id == 1)),
    "where false or": lambda s: s.select(s.uc.id).where(s.or_(s.false(), s.uc.id == 1)),
    "where bool column": lambda s: s.select(s.uc.id).where(s.uc.active),
    "where not bool column": lambda s: s.select(s.uc.id).where(~s.uc.active),
    "where bool and": lambda s: s.select(s.uc.id).where(s.uc.active, s.uc.id == 3),
    "where bool is true": lambda s: s.select(s.uc.id).where(s.uc.active.is_(True)),
    "where bool is not true": lambda s: s.select(s.uc.id).where(s.uc.active.is_not(True)),
    "where bool == true": lambda s: s.select(s.uc.id).where(s.uc.active == True),
    "where bool == false": lambda s: s.select(s.uc.id).where(s.uc.active == False),
    "where bool != true": lambda s: s.select(s.uc.id).where(s.uc.active != True),
    "select bool expression": lambda s: s.select(s.uc.id == 1),
    "select bool negated": lambda s: s.select(~s.uc.active),
    "filter": lambda s: s.select(s.uc.id).filter(s.uc.id == 5),
    "filter_by": lambda s: s.select(s.u).filter_by(name="x", id=4),
    "filter_by none": lambda s: s.select(s.u).filter_by(age=None),
    "order_by": lambda s: s.select(s.uc.id).order_by(s.uc.name),
    "order_by two": lambda s: s.select(s.uc.id).order_by(s.uc.name, s.uc.id),
    "order_by desc": lambda s: s.select(s.uc.id).order_by(s.uc.name.desc()),
    "order_by asc": lambda s: s.select(s.uc.id).order_by(s.uc.name.asc()),
    "order_by desc function": lambda s: s.select(s.uc.id).order_by(s.desc(s.uc.name)),
    "order_by asc function": lambda s: s.select(s.uc.id).order_by(s.asc(s.uc.name)),
    "order_by nulls last": lambda s: s.select(s.uc.id).order_by(s.uc.age.desc().nulls_last()),
    "order_by nulls first": lambda s: s.select(s.uc.id).order_by(s.uc.age.nulls_first()),
    "order_by nullslast function": lambda s: s.select(s.uc.id).order_by(s.nulls_last(s.uc.age)),
    "order_by nullsfirst function": lambda s: s.select(s.uc.id).order_by(s.nulls_first(s.uc.age.desc())),
    "order_by string": lambda s: s.select(s.uc.id, s.uc.name).order_by("name"),
    "order_by desc string": lambda s: s.select(s.uc.id, s.uc.name).order_by(s.desc("name")),
    "order_by label string": lambda s: s.select((s.uc.id + 1).label("x")).order_by("x"),
    "order_by label": lambda s: (lambda x: s.select(x).order_by(x))((s.uc.id + 1).label("x")),
    "order_by label desc": lambda s: (lambda x: s.select(x).order_by(x.desc()))((s.uc.id + 1).label("x")),
    "order_by label not selected": lambda s: s.select(s.uc.id).order_by((s.uc.id + 1).label("x")),
    "order_by label in expression": lambda s: (lambda x: s.select(x).order_by(x + 1))(
        (s.uc.id + 1).label("x")
    ),
    "order_by none resets": lambda s: s.select(s.uc.id).order_by(s.uc.name).order_by(None),
    "order_by added": lambda s: s.select(s.uc.id).order_by(s.uc.name).order_by(s.uc.id),
    "order_by expression": lambda s: s.select(s.uc.id).order_by(s.uc.age + s.uc.id),
    "order_by collate": lambda s: s.select(s.uc.id).order_by(s.collate(s.uc.name, "NOCASE").desc()),
    "order_by unknown string": lambda s: s.select(s.uc.id).order_by("nothing_here"),
    "order_by literal_column": lambda s: s.select(s.uc.id).order_by(s.literal_column("1")),
    "order_by text": lambda s: s.select(s.uc.id).order_by(s.text("users.id DESC")),
    "group_by": lambda s: s.select(s.uc.age, s.func.count(s.uc.id)).group_by(s.uc.age),
    "group_by having": lambda s: (
        s.select(s.uc.age, s.func.count(s.uc.id)).group_by(s.uc.age).having(s.func.count(s.uc.id) > 1)
    ),
    "group_by having two": lambda s: (
        s.select(s.uc.age).group_by(s.uc.age).having(s.func.max(s.uc.id) > 1, s.func.min(s.uc.id) < 9)
    ),
    "group_by string": lambda s: s.select(s.uc.age, s.func.count()).select_from(s.u).group_by("age"),
    "group_by label": lambda s: (lambda x: s.select(x, s.func.count(s.uc.id)).group_by(x))(
        s.func.lower(s.uc.name).label("low")
    ),
    "group_by label string": lambda s: s.select(
        s.func.lower(s.uc.name).label("low"), s.func.count(s.uc.id)
    ).group_by("low"),
    "group_by two": lambda s: s.select(s.uc.age, s.uc.active).group_by(s.uc.age, s.uc.active),
    "group_by none": lambda s: s.select(s.uc.age).group_by(s.uc.age).group_by(None),
    "having order": lambda s: (
        s.select(s.uc.age, s.func.count(s.uc.id).label("n"))
        .group_by(s.uc.age)
        .having(s.func.count(s.uc.id) >= 1)
        .order_by(s.desc("n"), s.uc.age)
        .limit(3)
    ),
    "distinct": lambda s: s.select(s.uc.age).distinct(),
    "distinct function": lambda s: s.select(s.distinct(s.uc.age)),
    "distinct count": lambda s: s.select(s.func.count(s.distinct(s.uc.age))),
    "distinct method": lambda s: s.select(s.func.count(s.uc.age.distinct())),
    "limit": lambda s: s.select(s.uc.id).order_by(s.uc.id).limit(3),
    "limit zero": lambda s: s.select(s.uc.id).limit(0),
    "limit none": lambda s: s.select(s.uc.id).limit(3).limit(None),
    "limit expression": lambda s: s.select(s.uc.id).limit(s.literal(2) + 1),
    "limit literal_column": lambda s: s.select(s.uc.id).limit(s.literal_column("2")),
    "limit bindparam": lambda s: s.select(s.uc.id).limit(s.bindparam("n", 3)),
    "offset": lambda s: s.select(s.uc.id).order_by(s.uc.id).offset(2),
    "offset zero": lambda s: s.select(s.uc.id).order_by(s.uc.id).offset(0),
    "limit offset": lambda s: s.select(s.uc.id).order_by(s.uc.id).limit(3).offset(2),
    "slice": lambda s: s.select(s.uc.id).order_by(s.uc.id).slice(1, 4),
    "fetch": lambda s: s.select(s.uc.id).order_by(s.uc.id).fetch(3),
    "fetch offset": lambda s: s.select(s.uc.id).order_by(s.uc.id).fetch(3).offset(1),
    "fetch with ties": lambda s: s.select(s.uc.id).order_by(s.uc.age).fetch(3, with_ties=True),
    "fetch percent": lambda s: s.select(s.uc.id).order_by(s.uc.age).fetch(30, percent=True),
    "limit text": lambda s: s.select(s.uc.id).limit("4"),
    "limit bad": lambda s: s.select(s.uc.id).limit("x"),
    "for update": lambda s: s.select(s.uc.id).with_for_update(),
    "for update read": lambda s: s.select(s.uc.id).with_for_update(read=True),
    "for update nowait": lambda s: s.select(s.uc.id).with_for_update(nowait=True),
    "for update skip locked": lambda s: s.select(s.uc.id).with_for_update(skip_locked=True),
    "for update of": lambda s: s.select(s.uc.id).with_for_update(of=s.u),
    "for update of column": lambda s: s.select(s.uc.id, s.pc.id).with_for_update(of=s.uc.id),
    "for update of two": lambda s: s.select(s.uc.id, s.pc.id).with_for_update(of=[s.u, s.p], read=True),
    "for update key share": lambda s: s.select(s.uc.id).with_for_update(key_share=True),
    "for update key share read": lambda s: s.select(s.uc.id).with_for_update(key_share=True, read=True),
    "for update skip of": lambda s: s.select(s.uc.id).with_for_update(of=s.u, skip_locked=True, read=True),
    "for update limit": lambda s: s.select(s.uc.id).limit(1).with_for_update(),
    "label": lambda s: s.select(s.uc.name.label("n")),
    "label of expression": lambda s: s.select((s.uc.id * 2).label("double")),
    "label quoted": lambda s: s.select(s.uc.name.label("My Name")),
    "label reserved": lambda s: s.select(s.uc.name.label("select")),
    "label with percent": lambda s: s.select(s.uc.name.label("100%")),
    "label none": lambda s: s.select(s.uc.name.label(None)),
    "label in where": lambda s: (lambda x: s.select(x).where(x == 3))((s.uc.id + 1).label("x")),
    "two labels same": lambda s: s.select(s.uc.name.label("a"), s.uc.email.label("a")),
    "anonymous expressions": lambda s: s.select(s.uc.id + 1, s.uc.id + 2),
    "label style tablename": lambda s: s.select(s.u, s.p).set_label_style(s.LABEL_STYLE_TABLENAME_PLUS_COL),
    "label style none": lambda s: s.select(s.uc.id, s.pc.id).set_label_style(s.LABEL_STYLE_NONE),
    "label style disambiguate": lambda s: s.select(s.uc.id, s.pc.id, s.tc.id).set_label_style(
        s.LABEL_STYLE_DISAMBIGUATE_ONLY
    ),
    "with_only_columns": lambda s: s.select(s.u).with_only_columns(s.uc.id),
    "with_only_columns keeps where": lambda s: s.select(s.u).where(s.uc.id == 1).with_only_columns(s.uc.name),
    "with_only_columns maintain": lambda s: s.select(s.u).with_only_columns(
        s.func.count(), maintain_column_froms=True
    ),
    "add_columns": lambda s: s.select(s.uc.id).add_columns(s.uc.name, s.uc.age),
    "column method": lambda s: s.u.select().where(s.uc.id == 1),
    "prefix": lambda s: s.select(s.uc.id).prefix_with("HIGH_PRIORITY"),
    "prefix dialect": lambda s: s.select(s.uc.id).prefix_with("SQL_NO_CACHE", dialect="mysql"),
    "prefix two": lambda s: s.select(s.uc.id).prefix_with("A").prefix_with("B"),
    "suffix": lambda s: s.select(s.uc.id).suffix_with("-- end"),
    "hint": lambda s: s.select(s.uc.id).with_hint(s.u, "USE INDEX (ix)", "mysql"),
    "hint any": lambda s: s.select(s.uc.id).with_hint(s.u, "HINT(%(name)s)"),
    "statement hint": lambda s: s.select(s.uc.id).with_statement_hint("OPTION (x)"),
    "distinct order limit": lambda s: s.select(s.uc.age).distinct().order_by(s.uc.age.desc()).limit(2),
    "union label order": lambda s: (
        s.select(s.uc.id.label("k")).union(s.select(s.pc.id.label("k"))).order_by("k").limit(2)
    ),
    "params": lambda s: s.select(s.uc.id).where(s.uc.id == s.bindparam("x")).params(x=5),
    "params two": lambda s: (
        s.select(s.uc.id).where(s.uc.id == s.bindparam("x"), s.uc.name == s.bindparam("y")).params(x=5, y="z")
    ),
    "reduce_columns": lambda s: (
        s.select(s.uc.id, s.pc.user_id).where(s.uc.id == s.pc.user_id).reduce_columns()
    ),
    "column without table": lambda s: s.select(s.column("x"), s.column("y", s.Integer)).where(
        s.column("x") == 5
    ),
    "lightweight table": lambda s: (lambda t: s.select(t.c.a).where(t.c.b == "x"))(
        s.table("t", s.column("a"), s.column("b"))
    ),
    "lightweight table schema": lambda s: s.select(s.table("t", s.column("a"), schema="other")),
    "quoted column": lambda s: s.select(s.nc.Name, s.nc.order).where(s.nc.order > 1),
    "column star": lambda s: s.select(s.literal_column("*")).select_from(s.u),
    "text column": lambda s: s.select(s.text("users.id"), s.uc.name),
    "text from": lambda s: s.select(s.text("a, b")).select_from(s.text("some_table")),
    "text where": lambda s: s.select(s.uc.id).where(s.text("users.name = :n")).params(n="x"),
}
