"""Functions, CASE, CAST, EXTRACT, type_coerce, windows, tuples, table-valued functions."""

from differential.core.compare import Build, Corpus


def col(make: Build) -> Build:
    """The expression as a selected column."""
    return lambda s: s.select(make(s))


COLUMN: Corpus = {
    "count": lambda s: s.func.count(s.uc.id),
    "count star": lambda s: s.func.count(),
    "count text star": lambda s: s.func.count("*"),
    "max": lambda s: s.func.max(s.uc.id),
    "min": lambda s: s.func.min(s.uc.id),
    "sum": lambda s: s.func.sum(s.uc.id),
    "avg": lambda s: s.func.avg(s.uc.id),
    "sum numeric": lambda s: s.func.sum(s.uc.balance),
    "coalesce": lambda s: s.func.coalesce(s.uc.age, 0),
    "coalesce three": lambda s: s.func.coalesce(s.uc.age, s.uc.id, 0),
    "nullif": lambda s: s.func.nullif(s.uc.age, 25),
    "lower": lambda s: s.func.lower(s.uc.name),
    "upper": lambda s: s.func.upper(s.uc.name),
    "length": lambda s: s.func.length(s.uc.name),
    "char_length": lambda s: s.func.char_length(s.uc.name),
    "concat": lambda s: s.func.concat(s.uc.name, "-", s.uc.email),
    "now": lambda s: s.func.now(),
    "current_timestamp": lambda s: s.func.current_timestamp(),
    "current_date": lambda s: s.func.current_date(),
    "current_time": lambda s: s.func.current_time(),
    "localtime": lambda s: s.func.localtime(),
    "localtimestamp": lambda s: s.func.localtimestamp(),
    "current_user": lambda s: s.func.current_user(),
    "session_user": lambda s: s.func.session_user(),
    "sysdate": lambda s: s.func.sysdate(),
    "random": lambda s: s.func.random(),
    "unknown": lambda s: s.func.my_function(1, "x", s.uc.id),
    "unknown empty": lambda s: s.func.my_function(),
    "unknown schema": lambda s: s.func.my_schema.my_function(s.uc.id),
    "unknown two levels": lambda s: s.func.a.b.c(s.uc.id),
    "unknown upper case": lambda s: s.func.MyFunction(s.uc.id),
    "reserved trailing underscore": lambda s: s.func.is_(s.uc.id),
    "quoted name": lambda s: s.func.__getattr__("my func")(s.uc.id),
    "typed": lambda s: s.func.foo(s.uc.id, type_=s.Integer) + 5,
    "typed string": lambda s: s.func.foo(s.uc.id, type_=s.String) + "x",
    "untyped add": lambda s: s.func.foo(s.uc.id) + 5,
    "untyped concat": lambda s: s.func.foo(s.uc.id) + "x",
    "lower add": lambda s: s.func.lower(s.uc.name) + "x",
    "max add": lambda s: s.func.max(s.uc.id) + 5,
    "label": lambda s: s.func.count(s.uc.id).label("n"),
    "nested": lambda s: s.func.max(s.func.length(s.func.lower(s.uc.name))),
    "with none": lambda s: s.func.coalesce(None, s.uc.id),
    "with bool": lambda s: s.func.coalesce(s.uc.active, True),
    "expression argument": lambda s: s.func.sum(s.uc.id * 2 + 1),
    "comparison argument": lambda s: s.func.sum(s.uc.id > 2),
    "select argument": lambda s: s.func.coalesce(s.select(s.func.max(s.pc.id)).scalar_subquery(), 0),
    "filter": lambda s: s.func.count(s.uc.id).filter(s.uc.age > 25),
    "filter two": lambda s: s.func.count(s.uc.id).filter(s.uc.age > 25, s.uc.active),
    "over": lambda s: s.func.row_number().over(),
    "over order": lambda s: s.func.row_number().over(order_by=s.uc.id),
    "over order desc": lambda s: s.func.rank().over(order_by=s.uc.id.desc()),
    "over partition": lambda s: s.func.sum(s.uc.id).over(partition_by=s.uc.age),
    "over both": lambda s: s.func.sum(s.uc.id).over(partition_by=s.uc.age, order_by=s.uc.id),
    "over lists": lambda s: s.func.sum(s.uc.id).over(
        partition_by=[s.uc.age, s.uc.active], order_by=[s.uc.id, s.uc.name.desc()]
    ),
    "over rows": lambda s: s.func.sum(s.uc.id).over(order_by=s.uc.id, rows=(None, 0)),
    "over rows both": lambda s: s.func.sum(s.uc.id).over(order_by=s.uc.id, rows=(-2, 3)),
    "over rows unbounded": lambda s: s.func.sum(s.uc.id).over(order_by=s.uc.id, rows=(0, None)),
    "over range": lambda s: s.func.sum(s.uc.id).over(order_by=s.uc.id, range_=(None, None)),
    "over range numbers": lambda s: s.func.sum(s.uc.id).over(order_by=s.uc.id, range_=(-5, 10)),
    "over groups": lambda s: s.func.sum(s.uc.id).over(order_by=s.uc.id, groups=(-1, 1)),
    "over rows and range": lambda s: s.func.sum(s.uc.id).over(order_by=s.uc.id, rows=(1, 2), range_=(1, 2)),
    "over function": lambda s: s.over(s.func.max(s.uc.id), partition_by=s.uc.age),
    "over filter": lambda s: s.func.count(s.uc.id).filter(s.uc.id > 1).over(partition_by=s.uc.age),
    "over label": lambda s: s.func.row_number().over(order_by=s.uc.id).label("rn"),
    "over arithmetic": lambda s: s.func.row_number().over(order_by=s.uc.id) + 1,
    "lag": lambda s: s.func.lag(s.uc.id, 1).over(order_by=s.uc.id),
    "ntile": lambda s: s.func.ntile(4).over(order_by=s.uc.id),
    "dense_rank": lambda s: s.func.dense_rank().over(order_by=s.uc.age),
    "percent_rank": lambda s: s.func.percent_rank().over(order_by=s.uc.age),
    "within group": lambda s: s.func.percentile_cont(0.5).within_group(s.uc.age),
    "within group desc": lambda s: s.func.percentile_disc(0.5).within_group(s.uc.age.desc()),
    "within group mode": lambda s: s.func.mode().within_group(s.uc.age),
    "within group function": lambda s: s.within_group(s.func.foo(0.5), s.uc.age),
    "within group over": lambda s: (
        s.func.percentile_cont(0.5).within_group(s.uc.age).over(partition_by=s.uc.name)
    ),
    "array_agg": lambda s: s.func.array_agg(s.uc.id),
    "string_agg": lambda s: s.func.string_agg(s.uc.name, ","),
    "aggregate_strings": lambda s: s.func.aggregate_strings(s.uc.name, ","),
    "group_concat": lambda s: s.func.group_concat(s.uc.name),
    "cube": lambda s: s.func.cube(s.uc.id, s.uc.age),
    "rollup": lambda s: s.func.rollup(s.uc.id, s.uc.age),
    "grouping_sets": lambda s: s.func.grouping_sets(s.tuple_(s.uc.id, s.uc.age), s.tuple_(s.uc.id)),
    "next_value": lambda s: s.func.next_value(s.Sequence("my_seq")),
    "substr": lambda s: s.func.substr(s.uc.name, 1, 2),
    "case": lambda s: s.case((s.uc.id > 2, "big"), else_="small"),
    "case no else": lambda s: s.case((s.uc.id > 2, "big")),
    "case two": lambda s: s.case((s.uc.id > 2, "big"), (s.uc.id > 1, "middle"), else_="small"),
    "case value": lambda s: s.case({1: "one", 2: "two"}, value=s.uc.id, else_="many"),
    "case columns": lambda s: s.case((s.uc.id > 2, s.uc.name), else_=s.uc.email),
    "case null": lambda s: s.case((s.uc.id > 2, None), else_=s.uc.name),
    "case label": lambda s: s.case((s.uc.id > 2, 1), else_=0).label("flag"),
    "case sum": lambda s: s.func.sum(s.case((s.uc.age > 25, 1), else_=0)),
    "case arithmetic": lambda s: s.case((s.uc.id > 2, 1), else_=0) + 1,
    "case literal_column": lambda s: s.case(
        (s.uc.id > 2, s.literal_column("1")), else_=s.literal_column("0")
    ),
    "case bool condition": lambda s: s.case((s.uc.active, 1), else_=0),
    "cast": lambda s: s.cast(s.uc.id, s.String),
    "cast length": lambda s: s.cast(s.uc.id, s.String(20)),
    "cast numeric": lambda s: s.cast(s.uc.id, s.Numeric(10, 4)),
    "cast integer": lambda s: s.cast(s.uc.name, s.Integer),
    "cast float": lambda s: s.cast(s.uc.id, s.Float),
    "cast boolean": lambda s: s.cast(s.uc.id, s.Boolean),
    "cast date": lambda s: s.cast(s.uc.created, s.Date),
    "cast datetime": lambda s: s.cast(s.pc.published, s.DateTime),
    "cast timestamp tz": lambda s: s.cast(s.pc.published, s.DateTime(timezone=True)),
    "cast text": lambda s: s.cast(s.uc.id, s.Text),
    "cast literal": lambda s: s.cast("5", s.Integer),
    "cast null": lambda s: s.cast(None, s.Integer),
    "cast json": lambda s: s.cast(s.uc.name, s.JSON),
    "cast bigint": lambda s: s.cast(s.uc.id, s.BigInteger),
    "cast smallint": lambda s: s.cast(s.uc.id, s.SmallInteger),
    "cast uuid": lambda s: s.cast(s.uc.name, s.Uuid),
    "cast binary": lambda s: s.cast(s.uc.name, s.LargeBinary),
    "cast expression": lambda s: s.cast(s.uc.id + 1, s.String) + "x",
    "cast method": lambda s: s.uc.id.cast(s.String),
    "cast interval": lambda s: s.cast("1 day", s.Interval),
    "cast time": lambda s: s.cast(s.uc.created, s.Time),
    "try_cast": lambda s: s.try_cast(s.uc.name, s.Integer),
    "type_coerce": lambda s: s.type_coerce(s.uc.id, s.String) + "x",
    "type_coerce literal": lambda s: s.type_coerce("x", s.String),
    "extract year": lambda s: s.extract("year", s.uc.created),
    "extract month": lambda s: s.extract("month", s.uc.created),
    "extract day": lambda s: s.extract("day", s.pc.published),
    "extract hour": lambda s: s.extract("hour", s.uc.created),
    "extract dow": lambda s: s.extract("dow", s.uc.created),
    "extract epoch": lambda s: s.extract("epoch", s.uc.created),
    "extract func": lambda s: s.func.extract("year", s.uc.created),
    "extract compare": lambda s: s.extract("year", s.uc.created) == 2024,
    "tuple": lambda s: s.tuple_(s.uc.id, s.uc.name),
    "scalar subquery": lambda s: s.select(s.func.count(s.pc.id)).scalar_subquery(),
    "scalar subquery label": lambda s: s.select(s.func.count(s.pc.id)).scalar_subquery().label("n"),
    "scalar subquery add": lambda s: s.select(s.func.count(s.pc.id)).scalar_subquery() + 1,
    "scalar label method": lambda s: s.select(s.func.count(s.pc.id)).label("n"),
    "exists": lambda s: s.exists(s.select(s.pc.id)),
    "as_comparison": lambda s: s.func.foo(s.uc.id, s.pc.id).as_comparison(1, 2),
    "distinct in count": lambda s: s.func.count(s.distinct(s.uc.name)),
    "order in aggregate": lambda s: s.func.array_agg(s.pg.aggregate_order_by(s.uc.id, s.uc.name.desc())),
}

CASES: Corpus = {
    **{name: col(make) for name, make in COLUMN.items()},
    "group by rollup": lambda s: s.select(s.uc.age).group_by(s.func.rollup(s.uc.age, s.uc.active)),
    "group by case": lambda s: (lambda c: s.select(c, s.func.count(s.uc.id)).group_by(c))(
        s.case((s.uc.id > 2, "a"), else_="b").label("k")
    ),
    "from function alias": lambda s: s.select(s.func.generate_series(1, 5).alias("x")),
    "from function select_from": lambda s: s.select(s.literal_column("*")).select_from(
        s.func.generate_series(1, 5)
    ),
    "function column": lambda s: s.select(s.func.generate_series(1, 5).column_valued("x")),
    "table valued": lambda s: s.select(s.func.json_each('{"a": 1}').table_valued("key", "value")),
    "table valued column": lambda s: (lambda t: s.select(t.c.value).where(t.c.key == "a"))(
        s.func.json_each('["one"]').table_valued("key", "value")
    ),
    "table valued name": lambda s: s.select(
        s.func.json_each('["one"]').table_valued("key", "value", name="je").c.value
    ),
    "table valued derived": lambda s: s.select(
        s.func.json_to_recordset("[]")
        .table_valued(s.column("a", s.Integer), s.column("b", s.String))
        .render_derived()
    ),
    "table valued derived types": lambda s: s.select(
        s.func.json_to_recordset("[]")
        .table_valued(s.column("a", s.Integer), s.column("b", s.String))
        .render_derived(name="x", with_types=True)
    ),
    "table valued ordinality": lambda s: s.select(
        s.func.unnest(s.dc.words).table_valued("w", with_ordinality="n").render_derived()
    ),
    "scalar table valued": lambda s: s.select(s.func.foo(s.uc.id).scalar_table_valued("x")),
    "join lateral function": lambda s: s.select(s.uc.id).join(
        s.func.generate_series(1, s.uc.id).table_valued("n").lateral(), s.true()
    ),
    "count subquery": lambda s: s.select(s.func.count()).select_from(
        s.select(s.u).where(s.uc.id > 1).subquery()
    ),
    "window over partition label order": lambda s: (lambda rn: s.select(s.uc.id, rn).order_by(rn))(
        s.func.row_number().over(partition_by=s.uc.age, order_by=s.uc.id).label("rn")
    ),
}
