"""PostgreSQL's own: DISTINCT ON, arrays, JSONB, ranges, full text, hstore."""

from differential.core.compare import Build, Corpus


def col(make: Build) -> Build:
    """The expression as a selected column."""
    return lambda s: s.select(make(s))


COLUMN: Corpus = {
    "array literal": lambda s: s.pg.array([1, 2, 3]),
    "array expressions": lambda s: s.pg.array([s.uc.id, s.uc.age + 1]),
    "array nested": lambda s: s.pg.array([s.pg.array([1, 2]), s.pg.array([3, 4])]),
    "array empty": lambda s: s.pg.array([], type_=s.Integer),
    "array concat": lambda s: s.pg.array([1, 2]) + s.pg.array([3]),
    "array compare": lambda s: s.dc.words == ["a"],
    "array contains": lambda s: s.dc.words.contains(["a"]),
    "array contained": lambda s: s.dc.words.contained_by(["a", "b"]),
    "array overlap": lambda s: s.dc.words.overlap(["a"]),
    "array any": lambda s: s.dc.words.any("a"),
    "array all": lambda s: s.dc.words.all("a"),
    "array any func": lambda s: s.literal("a") == s.any_(s.dc.words),
    "array index": lambda s: s.dc.words[2],
    "array index compare": lambda s: s.dc.words[2] == "x",
    "array slice": lambda s: s.dc.words[2:7],
    "array func": lambda s: s.pg.ARRAY(s.Integer) and s.func.array_length(s.dc.words, 1),
    "array select": lambda s: s.func.array(s.select(s.pc.id).scalar_subquery()),
    "array agg type": lambda s: s.func.array_agg(s.uc.name)[1],
    "array concat value": lambda s: s.dc.words.__add__(["z"]),
    "jsonb key": lambda s: s.dc.jb["a"],
    "jsonb text": lambda s: s.dc.jb["a"].astext,
    "jsonb text compare": lambda s: s.dc.jb["a"].astext == "x",
    "jsonb text cast": lambda s: s.dc.jb["a"].astext.cast(s.Integer) > 5,
    "jsonb path": lambda s: s.dc.jb[("a", "b")],
    "jsonb path text": lambda s: s.dc.jb[("a", "b")].astext,
    "jsonb chained": lambda s: s.dc.jb["a"]["b"][0],
    "jsonb index": lambda s: s.dc.jb[3],
    "jsonb contains": lambda s: s.dc.jb.contains({"a": 1}),
    "jsonb contained": lambda s: s.dc.jb.contained_by({"a": 1}),
    "jsonb has_key": lambda s: s.dc.jb.has_key("a"),
    "jsonb has_any": lambda s: s.dc.jb.has_any(s.pg.array(["a", "b"])),
    "jsonb has_all": lambda s: s.dc.jb.has_all(s.pg.array(["a", "b"])),
    "jsonb concat": lambda s: s.dc.jb + {"b": 2},
    "jsonb delete path": lambda s: s.dc.jb.delete_path(["a", "b"]),
    "jsonb path_exists": lambda s: s.dc.jb.path_exists("$.a"),
    "jsonb path_match": lambda s: s.dc.jb.path_match("$.a > 1"),
    "jsonb as_integer": lambda s: s.dc.jb["a"].as_integer() == 3,
    "jsonb compare null": lambda s: s.dc.jb["a"].is_(None),
    "json astext": lambda s: s.cast(s.dc.data, s.pg.JSONB)["a"].astext,
    "hstore key": lambda s: s.dc.pairs["a"],
    "hstore has": lambda s: s.dc.pairs.has_key("a"),
    "hstore contains": lambda s: s.dc.pairs.contains({"a": "1"}),
    "hstore keys": lambda s: s.dc.pairs.keys(),
    "range contains": lambda s: s.dc.span.contains(5),
    "range contained": lambda s: s.dc.span.contained_by(s.pg.Range(1, 9)),
    "range overlaps": lambda s: s.dc.span.overlaps(s.pg.Range(1, 9)),
    "range left": lambda s: s.dc.span.strictly_left_of(s.pg.Range(1, 9)),
    "range right": lambda s: s.dc.span << s.pg.Range(1, 9),
    "range adjacent": lambda s: s.dc.span.adjacent_to(s.pg.Range(1, 9)),
    "range plus": lambda s: s.dc.span + s.pg.Range(1, 9),
    "range times": lambda s: s.dc.span * s.pg.Range(1, 9),
    "match": lambda s: s.dc.vector.match("a & b"),
    "match text": lambda s: s.uc.name.match("a", postgresql_regconfig="english"),
    "to_tsvector": lambda s: s.func.to_tsvector("english", s.uc.name),
    "to_tsquery": lambda s: s.func.to_tsquery("a & b"),
    "tsvector op": lambda s: s.dc.vector.op("@@")(s.func.to_tsquery("a")),
    "tsvector bool_op": lambda s: s.dc.vector.bool_op("@@")(s.func.plainto_tsquery("english", "a b")),
    "inet compare": lambda s: s.dc.address == "127.0.0.1",
    "inet op": lambda s: s.dc.address.op("<<")("10.0.0.0/8"),
    "cast array": lambda s: s.cast(s.dc.words, s.pg.ARRAY(s.Text)),
    "cast jsonb": lambda s: s.cast({"a": 1}, s.pg.JSONB),
    "cast enum": lambda s: s.cast("a", s.pg.ENUM("a", "b", name="ab")),
    "aggregate order": lambda s: s.func.array_agg(
        s.pg.aggregate_order_by(s.uc.name, s.uc.id.desc(), s.uc.age)
    ),
    "string_agg order": lambda s: s.func.string_agg(
        s.uc.name, s.pg.aggregate_order_by(s.literal(","), s.uc.id)
    ),
    "to_json": lambda s: s.func.to_jsonb(s.uc.name),
    "interval from now": lambda s: s.func.now() - s.cast("1 day", s.pg.INTERVAL),
    "ilike any": lambda s: s.uc.name.ilike(s.any_(s.pg.array(["a%", "b%"]))),
    "uuid compare": lambda s: s.dc.key == __import__("uuid").UUID(int=7),
    "at time zone": lambda s: s.uc.created.op("AT TIME ZONE")("UTC"),
    "gen uuid": lambda s: s.func.gen_random_uuid(),
}

CASES: Corpus = {
    **{name: col(make) for name, make in COLUMN.items()},
    "distinct on": lambda s: s.select(s.uc.age, s.uc.name).ext(s.pg.distinct_on(s.uc.age)),
    "distinct on two": lambda s: (
        s.select(s.uc.id).ext(s.pg.distinct_on(s.uc.age, s.uc.name)).order_by(s.uc.age, s.uc.name)
    ),
    "distinct columns": lambda s: s.select(s.uc.id).distinct(s.uc.age),
    "from only": lambda s: s.select(s.uc.id).with_hint(s.u, "ONLY", "postgresql"),
    "unnest": lambda s: s.select(s.func.unnest(s.dc.words).column_valued("w")),
    "unnest join": lambda s: s.select(s.dc.id, s.func.unnest(s.dc.words).column_valued("w")),
    "where json": lambda s: s.select(s.dc.id).where(s.dc.jb["a"].astext == "x", s.dc.words.any("q")),
    "insert array": lambda s: s.insert(s.docs).values(id=1, words=["a"], numbers=[1]),
    "insert jsonb": lambda s: s.insert(s.docs).values(id=1, jb={"a": None}),
    "insert range": lambda s: s.insert(s.docs).values(id=1, span=s.pg.Range(1, 5)),
    "insert uuid": lambda s: s.insert(s.docs).values(id=1, key=__import__("uuid").UUID(int=7)),
    "insert jsonb null": lambda s: s.insert(s.docs).values(id=1, jb=s.pg.JSONB.NULL),
    "update jsonb": lambda s: s.update(s.docs).values(jb=s.dc.jb + {"a": 1}).where(s.dc.id == 1),
    "create enum": lambda s: s.schema.CreateTable(
        s.Table("t", s.MetaData(), s.Column("e", s.pg.ENUM("a", "b", name="ab")))
    ),
    "exclude constraint": lambda s: s.schema.CreateTable(
        s.Table(
            "t",
            s.MetaData(),
            s.Column("r", s.pg.INT4RANGE),
            s.pg.ExcludeConstraint(("r", "&&"), using="gist"),
        )
    ),
}
