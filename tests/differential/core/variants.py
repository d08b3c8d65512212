"""Pieces of statements that are easily taken for one another: each in many forms that differ in SQL or in results."""

import enum
from collections.abc import Callable
from functools import cache
from typing import Any

from differential.core.schema import Scope

Make = Callable[[Scope], Any]


class One(enum.Enum):
    a = 1
    b = 2


class Two(enum.Enum):
    a = "x"
    b = "y"


@cache
def custom(s: Scope) -> dict[str, Any]:
    """Types and constructs of a user's own."""
    types, compiler, elements = s.root.types, s.root.compiler, s.root.sa

    class Times(types.TypeDecorator):  # type: ignore[misc, name-defined]
        """A number times another one."""

        impl = types.Integer
        cache_ok = True

        def __init__(self, factor: Any) -> None:
            super().__init__()
            self.factor = factor

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            return value and value * self.factor

    class Careless(types.TypeDecorator):  # type: ignore[misc, name-defined]
        """Says nothing of caching."""

        impl = types.Integer
        cache_ok = False

        def __init__(self, word: str) -> None:
            super().__init__()
            self.word = word

        def bind_expression(self, bindvalue: Any) -> Any:
            return getattr(s.func, self.word)(bindvalue)

    class Wrapped(types.UserDefinedType):  # type: ignore[misc, name-defined]
        cache_ok = True

        def __init__(self, word: str) -> None:
            self.word = word

        def get_col_spec(self, **kw: Any) -> str:
            return self.word

        def bind_expression(self, bindvalue: Any) -> Any:
            return getattr(s.func, self.word)(bindvalue)

        def column_expression(self, col: Any) -> Any:
            return getattr(s.func, f"un{self.word}")(col)

    class Undeclared(elements.ColumnElement):  # type: ignore[misc, name-defined]
        """Says nothing of what it is made of."""

        def __init__(self, word: str) -> None:
            self.word = word

    class Declared(elements.ColumnElement):  # type: ignore[misc, name-defined]
        _traverse_internals = [
            ("word", s.root.visitors.InternalTraversal.dp_string),
            ("inner", s.root.visitors.InternalTraversal.dp_clauseelement),
        ]

        def __init__(self, word: str, inner: Any) -> None:
            self.word, self.inner = word, inner

    class function(s.root.functions.GenericFunction):  # type: ignore[misc, name-defined]
        inherit_cache = True
        name = "custom_one"

    @compiler.compiles(Undeclared)  # type: ignore[untyped-decorator]
    def _(element: Any, compiler: Any, **kw: Any) -> str:
        return str(element.word)

    @compiler.compiles(Declared)  # type: ignore[untyped-decorator]
    def _(element: Any, compiler: Any, **kw: Any) -> str:
        return f"{element.word}({compiler.process(element.inner, **kw)})"

    return {name: value for name, value in locals().items() if isinstance(value, type)}


def _types(s: Scope) -> list[Any]:
    c, t = custom(s), s.root.types
    return [
        t.Integer(), t.BigInteger(), t.String(), t.String(5), t.String(6), t.String(5, collation="C"), t.Text(),
        t.Unicode(5), t.Numeric(10, 2), t.Numeric(10, 4), t.Numeric(10, 2, asdecimal=False), t.Float(), t.Float(5),
        t.Float(asdecimal=True), t.Double(), t.Boolean(), t.Date(), t.DateTime(), t.DateTime(timezone=True), t.Time(),
        t.Interval(), t.LargeBinary(), t.JSON(), t.JSON(none_as_null=True), t.Uuid(), t.Uuid(as_uuid=False),
        t.Uuid(native_uuid=False), t.PickleType(), t.Enum(One), t.Enum(Two), t.Enum("a", "b", name="n"),
        t.Enum("a", "c", name="n"), t.Enum("a", "b", name="n", native_enum=False), t.ARRAY(t.Integer),
        t.ARRAY(t.String), t.ARRAY(t.Integer, dimensions=2), t.ARRAY(t.Integer, as_tuple=True), c["Times"](2),
        c["Times"](3), c["Times"](2.0), c["Careless"]("f"), c["Careless"]("g"), c["Wrapped"]("f"), c["Wrapped"]("g"),
        t.Integer().with_variant(t.String(3), "sqlite"), t.Integer().with_variant(t.String(4), "sqlite"),
        t.Integer().with_variant(t.String(3), "postgresql"), s.pg.JSONB(), s.pg.UUID(), s.pg.INTERVAL(),
        s.pg.INTERVAL(precision=3), s.pg.TIMESTAMP(precision=3), s.pg.ARRAY(t.Integer), s.my.INTEGER(unsigned=True),
        s.my.INTEGER(), s.my.ENUM("a", "b"), s.my.SET("a", "b"), s.lite.DATETIME(storage_format="%(year)s"),
        s.lite.DATETIME(),
    ]  # fmt: skip


TYPED: list[Callable[[Scope, Any], Any]] = [
    lambda s, t: s.select(s.column("q", t)),
    lambda s, t: s.select(s.cast(s.uc.id, t)),
    lambda s, t: s.select(s.type_coerce(s.uc.id, t)),
    lambda s, t: s.select(s.bindparam("q", None, type_=t)),
    lambda s, t: s.select(s.uc.id).where(s.column("q", t) == s.bindparam("q")),
    lambda s, t: s.select(s.func.foo(s.uc.id, type_=t)),
    lambda s, t: s.select(s.uc.id.op("+", return_type=t)(s.uc.age)),
    lambda s, t: s.text("SELECT q").columns(q=t),
    lambda s, t: s.text("SELECT :q").bindparams(s.bindparam("q", None, type_=t)),
    lambda s, t: s.select(s.label("q", s.uc.id, t)),
    lambda s, t: s.select(s.values(s.column("q", t), name="v").data([(None,)])),
    lambda s, t: s.select(s.case((s.uc.id == 1, s.type_coerce(None, t)))),
    lambda s, t: s.select(s.column("q", t)).subquery().select(),
    lambda s, t: s.select(s.func.foo(1).table_valued(s.column("q", t))),
    lambda s, t: s.select(s.uc.id).where(s.column("q", t).in_(s.bindparam("q", expanding=True))),
]


def _names(s: Scope) -> list[Any]:
    quoted = s.quoted_name
    return [
        "abc",
        "Abc",
        "a b",
        quoted("abc", True),
        quoted("abc", False),
        quoted("Abc", True),
        quoted("Abc", False),
    ]


NAMED: list[Callable[[Scope, Any], Any]] = [
    lambda s, n: s.select(s.column(n)),
    lambda s, n: s.select(s.uc.id.label(n)),
    lambda s, n: s.select(s.u.alias(n)),
    lambda s, n: s.select(s.select(s.uc.id).cte(n)),
    lambda s, n: s.select(s.select(s.uc.id).subquery(n)),
    lambda s, n: s.select(s.uc.name.collate(n)),
    lambda s, n: s.select(s.func.foo(s.uc.id).table_valued(n)),
    lambda s, n: s.select(s.values(s.column(n), name="v").data([(1,)])),
    lambda s, n: s.select(s.func.foo(s.uc.id).scalar_table_valued(n)),
    lambda s, n: s.select(getattr(s.func, n)(s.uc.id)),
]

_FLAGS = [{}, {"nowait": True}, {"read": True}, {"skip_locked": True}, {"key_share": True}]
_MATCHES = [
    "like",
    "ilike",
    "not_like",
    "contains",
    "icontains",
    "startswith",
    "endswith",
    "regexp_match",
    "match",
]

OTHERS: list[Callable[[Scope], list[Any]]] = [
    lambda s: [s.select(s.u).with_for_update(**flags) for flags in _FLAGS],
    lambda s: [s.select(s.u).with_for_update(of=of) for of in (None, s.u, s.uc.id, [s.u])],
    lambda s: [getattr(s.uc.name, m)("x") == True for m in _MATCHES],
    lambda s: [s.uc.name.like("x", escape=e) for e in (None, "/", "'", "\\")],
    lambda s: [s.uc.name.regexp_match("x", flags=e) for e in (None, "i", "g", "'")],
    lambda s: [s.uc.name.match("x", mysql_boolean_mode=b) for b in (True, False)],
    lambda s: [s.uc.id.between(1, 2, symmetric=b) for b in (True, False)],
    lambda s: [s.uc.id.in_(v) for v in ([], [1], [1, 2], [None], [s.uc.age], s.select(s.uc.age))],
    lambda s: [s.uc.id.not_in(v) for v in ([], [1])],
    lambda s: [s.uc.id == v for v in (None, 1, True, s.null(), s.bindparam("id_1"), s.literal(1, literal_execute=True))],
    lambda s: [s.select(s.bindparam("q", 1, **kw)) for kw in ({}, {"unique": True}, {"literal_execute": True})],
    lambda s: [s.select(s.uc.id).limit(v) for v in (None, 1, s.literal_column("1"), s.bindparam("n"))],
    lambda s: [s.select(s.uc.id).fetch(1, with_ties=a, percent=b) for a in (True, False) for b in (True, False)],
    lambda s: [s.select(s.u, s.p).set_label_style(style) for style in s.SelectLabelStyle],
    lambda s: [s.select(s.uc.id).prefix_with(p, dialect=d) for p in ("A", "B") for d in ("*", "mysql", "sqlite")],
    lambda s: [s.select(s.u).with_hint(s.u, h, d) for h in ("A", "B") for d in ("*", "mysql")],
    lambda s: [s.select(s.uc.id).with_statement_hint(h) for h in ("A", "B")],
    lambda s: [s.select(s.uc.id).cte("q", recursive=r, nesting=n).select() for r in (0, 1) for n in (0, 1)],
    lambda s: [s.select(s.u).join(s.p, isouter=a, full=b) for a in (True, False) for b in (True, False)],
    lambda s: [s.func.foo(s.uc.id).over(order_by=s.uc.id, **{k: v}) for k in ("rows", "range_", "groups") for v in ((None, 0), (-1, 1), (1, 2), (0, None))],
    lambda s: [s.func.foo(s.uc.id).over(order_by=s.uc.id, rows=(1, 2), exclude=e) for e in (None, "TIES", "GROUP")],
    lambda s: [s.values(s.column("q"), name="v", literal_binds=b).data([(v,)]).select() for b in (True, False) for v in (1, 2, "1", 1.0)],
    lambda s: [s.func.foo(1).table_valued("a", with_ordinality=o).render_derived(with_types=w).select() for o in (None, "b") for w in (True, False)],
    lambda s: [s.insert(s.t).values(name=v) for v in ("x", None, s.func.foo(), s.null(), s.literal("x"))],
    lambda s: [s.insert(s.t).from_select(["name"], s.select(s.uc.name), include_defaults=b) for b in (True, False)],
    lambda s: [s.insert(s.t).values([{"name": "x"}] * n) for n in (1, 2, 3)],
    lambda s: [s.insert(s.t).returning(c) for c in (s.tc.id, s.tc.name, s.tc.id.label("q"))],
    lambda s: [s.update(s.u).values({"name": "x", "age": 1}), s.update(s.u).ordered_values(("age", 1), ("name", "x")), s.update(s.u).ordered_values(("name", "x"), ("age", 1))],
    lambda s: [s.update(s.u).values(name="x").with_dialect_options(mysql_limit=n) for n in (1, 2)],
    lambda s: [s.lite.insert(s.t).values(id=1).on_conflict_do_update(index_elements=["id"], set_=v) for v in ({"name": "x"}, {"name": s.tc.name}, {"id": 2})],
    lambda s: [s.pg.insert(s.t).values(id=1).on_conflict_do_nothing(**kw) for kw in ({}, {"index_elements": ["id"]}, {"constraint": "q"})],
    lambda s: [s.my.insert(s.t).values(id=1).on_duplicate_key_update(v) for v in ({"id": 1, "name": "x"}, [("name", "x"), ("id", 1)])],
    lambda s: [custom(s)["Undeclared"](w) for w in ("x", "y", "x")],
    lambda s: [custom(s)["Declared"](w, i) for w in ("x", "y") for i in (s.uc.id, s.uc.age, s.uc.id == 1)],
    lambda s: [f(s.uc.id) for f in (s.func.custom_one, custom(s)["function"], s.func.pkg.custom_one, s.func.CUSTOM_ONE)],
    lambda s: [s.func.aggregate_strings(s.uc.name, sep) for sep in (",", ";", "'")],
    lambda s: [s.uc.id.op(o, precedence=p, is_comparison=c)(1) for o in ("+", "||") for p in (0, 7) for c in (True, False)],
    lambda s: [s.extract(f, s.uc.created) for f in ("year", "month")],
    lambda s: [s.text(x) for x in ("a", "b", ":a", "\\:a", "a%")],
    lambda s: [(lambda a: s.select(a, a))(s.u.alias()), s.select(s.u.alias(), s.u.alias())],
    lambda s: [(lambda b: s.select(b, b))(s.bindparam("q", 1, unique=True)), s.select(s.bindparam("q", 1, unique=True), s.bindparam("q", 1, unique=True))],
    lambda s: [s.select(s.uc.id).where(s.exists().where(s.pc.id == s.uc.id).correlate(c)) for c in (None, s.u)],
    lambda s: [s.select(s.uc.id).order_by(o) for o in ("id", s.text("id"), s.uc.id, s.uc.id.desc(), s.uc.id.asc().nulls_first(), "name")],
    lambda s: [getattr(s, n)(s.select(s.uc.id), s.select(s.pc.id)) for n in ("union", "union_all", "intersect", "except_", "except_all", "intersect_all")],
]  # fmt: skip


def families(s: Scope) -> list[list[Any]]:
    """Lists of statements and expressions to be told apart."""
    typed = [[make(s, t) for t in _types(s)] for make in TYPED]
    named = [[make(s, n) for n in _names(s)] for make in NAMED]
    return [*typed, *named, *[make(s) for make in OTHERS]]
