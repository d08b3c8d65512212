"""INSERT, UPDATE, DELETE, RETURNING, upserts."""

from differential.core.compare import Corpus

INSERT: Corpus = {
    "all columns": lambda s: s.insert(s.u),
    "values": lambda s: s.insert(s.u).values(name="x"),
    "values two": lambda s: s.insert(s.u).values(name="x", age=3),
    "values order": lambda s: s.insert(s.u).values(age=3, name="x", id=1),
    "values dict": lambda s: s.insert(s.u).values({"name": "x", "age": 3}),
    "values dict columns": lambda s: s.insert(s.u).values({s.uc.name: "x", s.uc.age: 3}),
    "values tuple": lambda s: s.insert(s.t).values((1, "x")),
    "values list of dicts": lambda s: s.insert(s.t).values([{"id": 1, "name": "x"}, {"id": 2, "name": "y"}]),
    "values list of tuples": lambda s: s.insert(s.t).values([(1, "x"), (2, "y")]),
    "values list one": lambda s: s.insert(s.t).values([{"name": "x"}]),
    "values multi with default": lambda s: s.insert(s.u).values([{"name": "x"}, {"name": "y"}]),
    "values expression": lambda s: s.insert(s.t).values(name=s.func.lower("X")),
    "values arithmetic": lambda s: s.insert(s.u).values(name="x", age=s.literal(1) + 2),
    "values scalar subquery": lambda s: s.insert(s.t).values(
        id=s.select(s.func.max(s.uc.id)).scalar_subquery()
    ),
    "values none": lambda s: s.insert(s.t).values(name=None),
    "values null": lambda s: s.insert(s.t).values(name=s.null()),
    "values bindparam": lambda s: s.insert(s.t).values(name=s.bindparam("who")),
    "values bindparam same name": lambda s: s.insert(s.t).values(name=s.bindparam("name")),
    "values json": lambda s: s.insert(s.docs).values(data={"a": 1}),
    "values unknown column": lambda s: s.insert(s.t).values(nothing=1),
    "values quoted": lambda s: s.insert(s.n).values(Name="x", order=3),
    "values twice": lambda s: s.insert(s.u).values(name="x").values(age=4),
    "method": lambda s: s.t.insert().values(name="x"),
    "empty": lambda s: s.insert(s.t).values(),
    "empty dict": lambda s: s.insert(s.t).values({}),
    "default values": lambda s: s.insert(
        s.Table("d", s.MetaData(), s.Column("id", s.Integer, primary_key=True))
    ).values({}),
    "column keys": lambda s: (s.insert(s.u), {"column_keys": ["id", "name"]}),
    "column keys one": lambda s: (s.insert(s.t), {"column_keys": ["name"]}),
    "column keys with values": lambda s: (s.insert(s.u).values(age=5), {"column_keys": ["name"]}),
    "from select": lambda s: s.insert(s.t).from_select(["id", "name"], s.select(s.uc.id, s.uc.name)),
    "from select columns": lambda s: s.insert(s.t).from_select(
        [s.tc.id, s.tc.name], s.select(s.uc.id, s.uc.name)
    ),
    "from select where": lambda s: s.insert(s.t).from_select(
        ["name"], s.select(s.uc.name).where(s.uc.id == 3).order_by(s.uc.id)
    ),
    "from select defaults": lambda s: s.insert(s.u).from_select(["name"], s.select(s.tc.name)),
    "from select no defaults": lambda s: s.insert(s.u).from_select(
        ["name"], s.select(s.tc.name), include_defaults=False
    ),
    "from union": lambda s: s.insert(s.t).from_select(["id"], s.select(s.uc.id).union(s.select(s.pc.id))),
    "from values": lambda s: s.insert(s.t).from_select(
        ["id", "name"],
        s.select(s.values(s.column("a", s.Integer), s.column("b", s.String), name="v").data([(1, "x")])),
    ),
    "returning": lambda s: s.insert(s.t).values(name="x").returning(s.tc.id),
    "returning table": lambda s: s.insert(s.t).values(name="x").returning(s.t),
    "returning two": lambda s: s.insert(s.t).values(name="x").returning(s.tc.id, s.tc.name),
    "returning expression": lambda s: s.insert(s.t).values(name="x").returning((s.tc.id + 1).label("next")),
    "returning function": lambda s: s.insert(s.t).values(name="x").returning(s.func.lower(s.tc.name)),
    "returning literal": lambda s: s.insert(s.t).values(name="x").returning(s.literal_column("1")),
    "returning multi": lambda s: s.insert(s.t).values([{"name": "x"}, {"name": "y"}]).returning(s.tc.id),
    "returning sort": lambda s: s.insert(s.t).returning(s.tc.id, sort_by_parameter_order=True),
    "returning from select": lambda s: (
        s.insert(s.t).from_select(["id"], s.select(s.uc.id)).returning(s.tc.id)
    ),
    "returning numeric": lambda s: s.insert(s.u).values(name="x").returning(s.uc.balance, s.uc.created),
    "return_defaults": lambda s: s.insert(s.u).values(name="x").return_defaults(),
    "return_defaults columns": lambda s: s.insert(s.u).values(name="x").return_defaults(s.uc.age),
    "inline": lambda s: s.insert(s.t).values(name="x").inline(),
    "prefix": lambda s: s.insert(s.t).values(name="x").prefix_with("OR REPLACE"),
    "prefix sqlite": lambda s: s.insert(s.t).values(name="x").prefix_with("OR IGNORE", dialect="sqlite"),
    "with cte": lambda s: s.insert(s.t).from_select(["id"], s.select(s.select(s.uc.id).cte("c").c.id)),
    "default callable": lambda s: s.insert(
        s.Table(
            "d",
            s.MetaData(),
            s.Column("id", s.Integer, primary_key=True),
            s.Column("n", s.Integer, default=lambda: 5),
        )
    ),
    "default sql": lambda s: s.insert(
        s.Table(
            "d",
            s.MetaData(),
            s.Column("id", s.Integer, primary_key=True),
            s.Column("n", s.DateTime, default=s.func.now()),
        )
    ).values(id=1),
    "default server": lambda s: s.insert(
        s.Table(
            "d",
            s.MetaData(),
            s.Column("id", s.Integer, primary_key=True),
            s.Column("n", s.Integer, server_default="5"),
        )
    ).values({}),
    "default scalar": lambda s: s.insert(
        s.Table(
            "d",
            s.MetaData(),
            s.Column("id", s.Integer, primary_key=True),
            s.Column("n", s.Integer, default=7),
        )
    ).values(id=4),
    "autoincrement off": lambda s: s.insert(
        s.Table(
            "d",
            s.MetaData(),
            s.Column("id", s.Integer, primary_key=True, autoincrement=False),
            s.Column("n", s.Integer),
        )
    ).values(n=4),
    "sequence": lambda s: s.insert(
        s.Table(
            "d",
            s.MetaData(),
            s.Column("id", s.Integer, s.Sequence("d_seq"), primary_key=True),
            s.Column("n", s.Integer),
        )
    ).values(n=4),
    "identity": lambda s: s.insert(
        s.Table(
            "d",
            s.MetaData(),
            s.Column("id", s.Integer, s.Identity(), primary_key=True),
            s.Column("n", s.Integer),
        )
    ).values(n=4),
    "schema": lambda s: s.insert(s.Table("d", s.MetaData(), s.Column("n", s.Integer), schema="other")).values(
        n=4
    ),
    "enum": lambda s: s.insert(s.Table("d", s.MetaData(), s.Column("e", s.Enum("a", "b", name="ab")))).values(
        e="a"
    ),
}

UPDATE: Corpus = {
    "all": lambda s: s.update(s.u),
    "values": lambda s: s.update(s.u).values(name="x"),
    "values where": lambda s: s.update(s.u).where(s.uc.id == 5).values(name="x"),
    "values two": lambda s: s.update(s.u).values(age=1, name="x"),
    "values dict": lambda s: s.update(s.u).values({s.uc.name: "x"}),
    "values expression": lambda s: s.update(s.u).values(age=s.uc.age + 1),
    "values column": lambda s: s.update(s.u).values(name=s.uc.email),
    "values function": lambda s: s.update(s.u).values(name=s.func.upper(s.uc.name)),
    "values none": lambda s: s.update(s.u).values(age=None),
    "values scalar subquery": lambda s: s.update(s.u).values(
        age=s.select(s.func.count(s.pc.id)).where(s.pc.user_id == s.uc.id).scalar_subquery()
    ),
    "values select": lambda s: s.update(s.u).values(age=s.select(s.func.max(s.pc.id)).scalar_subquery()),
    "values case": lambda s: s.update(s.u).values(age=s.case((s.uc.id > 2, 1), else_=0)),
    "values unknown": lambda s: s.update(s.u).values(nothing=1),
    "where two": lambda s: s.update(s.u).where(s.uc.id > 1, s.uc.id < 5).values(age=0),
    "where chained": lambda s: s.update(s.u).where(s.uc.id > 1).where(s.uc.id < 5).values(age=0),
    "where in select": lambda s: s.update(s.u).where(s.uc.id.in_(s.select(s.pc.user_id))).values(age=0),
    "where exists": lambda s: s.update(s.u).where(s.exists().where(s.pc.user_id == s.uc.id)).values(age=0),
    "filter_by": lambda s: s.update(s.u).filter_by(id=3).values(age=0),
    "bindparam": lambda s: (
        s.update(s.u).where(s.uc.name == s.bindparam("old")).values(name=s.bindparam("new"))
    ),
    "bindparam conflict": lambda s: s.update(s.u).where(s.uc.id == s.bindparam("id")).values(name="x"),
    "same column where and set": lambda s: s.update(s.u).where(s.uc.name == "a").values(name="b"),
    "ordered": lambda s: s.update(s.u).ordered_values((s.uc.name, "x"), (s.uc.age, 5)),
    "ordered strings": lambda s: s.update(s.u).ordered_values(("name", "x"), ("age", 5)),
    "from": lambda s: s.update(s.u).where(s.uc.id == s.pc.user_id).values(name=s.pc.title),
    "from two": lambda s: (
        s.update(s.u).where(s.uc.id == s.pc.user_id, s.pc.id == s.ptc.post_id).values(name=s.pc.title)
    ),
    "from subquery": lambda s: (lambda q: s.update(s.u).where(s.uc.id == q.c.user_id).values(age=q.c.n))(
        s.select(s.pc.user_id, s.func.count().label("n")).group_by(s.pc.user_id).subquery("q")
    ),
    "from values": lambda s: (lambda v: s.update(s.u).where(s.uc.id == v.c.a).values(name=v.c.b))(
        s.values(s.column("a", s.Integer), s.column("b", s.String), name="v").data([(1, "x")])
    ),
    "alias": lambda s: (lambda a: s.update(a).where(a.c.id == 1).values(name="x"))(s.u.alias("a")),
    "returning": lambda s: s.update(s.u).values(age=0).returning(s.uc.id),
    "returning table": lambda s: s.update(s.t).where(s.tc.id == 1).values(name="z").returning(s.t),
    "returning expression": lambda s: s.update(s.u).values(age=0).returning(s.uc.age + 1),
    "return_defaults": lambda s: s.update(s.u).values(age=0).return_defaults(s.uc.name),
    "method": lambda s: s.u.update().where(s.uc.id == 1).values(name="x"),
    "onupdate": lambda s: s.update(
        s.Table(
            "d",
            s.MetaData(),
            s.Column("id", s.Integer, primary_key=True),
            s.Column("n", s.Integer),
            s.Column("at", s.DateTime, onupdate=s.func.now()),
        )
    ).values(n=4),
    "onupdate callable": lambda s: s.update(
        s.Table(
            "d",
            s.MetaData(),
            s.Column("id", s.Integer, primary_key=True),
            s.Column("n", s.Integer),
            s.Column("v", s.Integer, onupdate=lambda: 9),
        )
    ).values(n=4),
    "column keys": lambda s: (
        s.update(s.u).where(s.uc.id == s.bindparam("u_id")),
        {"column_keys": ["name", "age"]},
    ),
    "quoted": lambda s: s.update(s.n).values(Name="x", order=s.nc.order + 1).where(s.nc.order < 3),
    "prefix": lambda s: s.update(s.u).values(age=0).prefix_with("LOW_PRIORITY", dialect="mysql"),
    "hint": lambda s: s.update(s.u).values(age=0).with_hint("WITH (PAGLOCK)", dialect_name="mssql"),
    "limit mysql": lambda s: s.update(s.u).values(age=0).with_dialect_options(mysql_limit=5),
    "json": lambda s: s.update(s.docs).values(data={"a": [1, None]}),
    "correlated exists": lambda s: (
        s.update(s.p).values(score=0).where(~s.exists(s.select(s.uc.id).where(s.uc.id == s.pc.user_id)))
    ),
    "with cte": lambda s: (lambda c: s.update(s.u).where(s.uc.id.in_(s.select(c.c.user_id))).values(age=0))(
        s.select(s.pc.user_id).where(s.pc.id > 3).cte("c")
    ),
    "no values column": lambda s: s.update(s.u).where(s.uc.id == 3),
}

DELETE: Corpus = {
    "all": lambda s: s.delete(s.u),
    "where": lambda s: s.delete(s.u).where(s.uc.id == 5),
    "where two": lambda s: s.delete(s.u).where(s.uc.id > 5, s.uc.name == "x"),
    "method": lambda s: s.u.delete().where(s.uc.id == 4),
    "where in": lambda s: s.delete(s.u).where(s.uc.id.in_([8, 9])),
    "where in select": lambda s: s.delete(s.pt).where(
        s.ptc.post_id.in_(s.select(s.pc.id).where(s.pc.id > 3))
    ),
    "using": lambda s: s.delete(s.pt).where(s.ptc.post_id == s.pc.id, s.pc.title == "Post 1"),
    "using two": lambda s: (
        s.delete(s.pt).where(s.ptc.post_id == s.pc.id, s.pc.user_id == s.uc.id).where(s.uc.name == "Ann")
    ),
    "using alias": lambda s: (lambda a: s.delete(s.n).where(s.nc.parent_id == a.c.id, a.c.id > 3))(
        s.n.alias("a")
    ),
    "exists": lambda s: s.delete(s.u).where(~s.exists().where(s.pc.user_id == s.uc.id)),
    "returning": lambda s: s.delete(s.pt).where(s.ptc.post_id == 1).returning(s.ptc.tag_id),
    "returning table": lambda s: s.delete(s.pt).returning(s.pt),
    "filter_by": lambda s: s.delete(s.u).filter_by(id=77),
    "alias": lambda s: (lambda a: s.delete(a).where(a.c.id == 1))(s.u.alias("a")),
    "prefix": lambda s: s.delete(s.u).prefix_with("QUICK", dialect="mysql"),
    "schema": lambda s: s.delete(s.Table("d", s.MetaData(), s.Column("n", s.Integer), schema="other")),
    "with cte": lambda s: (lambda c: s.delete(s.u).where(s.uc.id == c.c.user_id))(
        s.select(s.pc.user_id).cte("c")
    ),
}


def upsert(module, table, **values):
    return module.insert(table).values(**values)


UPSERT: Corpus = {
    "pg nothing": lambda s: upsert(s.pg, s.t, id=1, name="x").on_conflict_do_nothing(),
    "pg nothing elements": lambda s: upsert(s.pg, s.t, id=1, name="x").on_conflict_do_nothing(
        index_elements=["id"]
    ),
    "pg nothing column": lambda s: upsert(s.pg, s.t, id=1, name="x").on_conflict_do_nothing(
        index_elements=[s.tc.id]
    ),
    "pg nothing constraint": lambda s: upsert(s.pg, s.t, id=1, name="x").on_conflict_do_nothing(
        constraint="tags_pkey"
    ),
    "pg update": lambda s: upsert(s.pg, s.t, id=1, name="x").on_conflict_do_update(
        index_elements=["id"], set_={"name": "y"}
    ),
    "pg update excluded": lambda s: (
        lambda i: i.on_conflict_do_update(index_elements=[s.tc.id], set_={"name": i.excluded.name})
    )(upsert(s.pg, s.t, id=1, name="x")),
    "pg update columns": lambda s: (
        lambda i: i.on_conflict_do_update(index_elements=["id"], set_={s.tc.name: i.excluded.name + "z"})
    )(upsert(s.pg, s.t, id=1, name="x")),
    "pg update where": lambda s: (
        lambda i: i.on_conflict_do_update(
            index_elements=["id"], set_={"name": "q"}, where=s.tc.name != "blue"
        )
    )(upsert(s.pg, s.t, id=1, name="x")),
    "pg update excluded where": lambda s: (
        lambda i: i.on_conflict_do_update(
            index_elements=["id"], set_={"name": i.excluded.name}, where=i.excluded.id > 0
        )
    )(upsert(s.pg, s.t, id=1, name="x")),
    "pg index where": lambda s: upsert(s.pg, s.u, id=1, name="x").on_conflict_do_update(
        index_elements=["email"], index_where=s.uc.active, set_={"name": "y"}
    ),
    "pg constraint update": lambda s: upsert(s.pg, s.t, id=1, name="x").on_conflict_do_update(
        constraint="tags_pkey", set_={"name": "y"}
    ),
    "pg constraint object": lambda s: upsert(s.pg, s.t, id=1, name="x").on_conflict_do_update(
        constraint=s.t.primary_key, set_={"name": "y"}
    ),
    "pg update excluded all": lambda s: (
        lambda i: i.on_conflict_do_update(index_elements=["id"], set_=i.excluded)
    )(upsert(s.pg, s.t, id=1, name="x")),
    "pg update returning": lambda s: (
        upsert(s.pg, s.t, id=1, name="x")
        .on_conflict_do_update(index_elements=["id"], set_={"name": "y"})
        .returning(s.tc.id, s.tc.name)
    ),
    "pg multi": lambda s: (
        lambda i: i.on_conflict_do_update(index_elements=["id"], set_={"name": i.excluded.name})
    )(s.pg.insert(s.t).values([{"id": 1, "name": "x"}, {"id": 9, "name": "z"}])),
    "pg no target": lambda s: upsert(s.pg, s.t, id=1).on_conflict_do_update(set_={"name": "y"}),
    "pg both targets": lambda s: upsert(s.pg, s.t, id=1).on_conflict_do_update(
        constraint="a", index_elements=["id"], set_={"name": "y"}
    ),
    "lite nothing": lambda s: upsert(s.lite, s.t, id=1, name="x").on_conflict_do_nothing(),
    "lite nothing elements": lambda s: upsert(s.lite, s.t, id=1, name="x").on_conflict_do_nothing(
        index_elements=["id"]
    ),
    "lite update": lambda s: (
        lambda i: i.on_conflict_do_update(index_elements=["id"], set_={"name": i.excluded.name})
    )(upsert(s.lite, s.t, id=1, name="x")),
    "lite update where": lambda s: (
        lambda i: i.on_conflict_do_update(index_elements=["id"], set_={"name": "k"}, where=s.tc.id > 0)
    )(upsert(s.lite, s.t, id=1, name="x")),
    "lite index where": lambda s: upsert(s.lite, s.u, id=1, name="x").on_conflict_do_update(
        index_elements=[s.uc.email], index_where=s.uc.email.like("%"), set_={"name": "y"}
    ),
    "lite returning": lambda s: (
        upsert(s.lite, s.t, id=1, name="x")
        .on_conflict_do_update(index_elements=["id"], set_={"name": "y"})
        .returning(s.tc.id)
    ),
    "lite update no target": lambda s: upsert(s.lite, s.t, id=1, name="x").on_conflict_do_update(
        set_={"name": "y"}
    ),
    "my update": lambda s: upsert(s.my, s.t, id=1, name="x").on_duplicate_key_update(name="y"),
    "my update inserted": lambda s: (lambda i: i.on_duplicate_key_update(name=i.inserted.name))(
        upsert(s.my, s.t, id=1, name="x")
    ),
    "my update dict": lambda s: upsert(s.my, s.t, id=1, name="x").on_duplicate_key_update(
        {"name": "y", "id": 3}
    ),
    "my update ordered": lambda s: upsert(s.my, s.u, id=1, name="x").on_duplicate_key_update(
        [("name", "y"), ("age", 5)]
    ),
    "my update function": lambda s: (
        lambda i: i.on_duplicate_key_update(name=s.func.concat(i.inserted.name, "z"))
    )(upsert(s.my, s.t, id=1, name="x")),
}

CASES: Corpus = {
    f"{kind} {name}": build
    for kind, corpus in [("insert", INSERT), ("update", UPDATE), ("delete", DELETE), ("upsert", UPSERT)]
    for name, build in corpus.items()
}
