"""text(), TextClause.columns, literal_binds, str(), compile options, quoting, identifiers."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from differential.core.compare import Build, Corpus

LITERAL = {"compile_kwargs": {"literal_binds": True}}


def literal(make: Build) -> Build:
    """The statement compiled with its values in the text."""
    return lambda s: (make(s), LITERAL)


TEXTS: Corpus = {
    "plain": lambda s: s.text("SELECT 1"),
    "bind": lambda s: s.text("SELECT * FROM users WHERE id = :id"),
    "bind value": lambda s: s.text("SELECT * FROM users WHERE id = :id").bindparams(id=5),
    "bind two": lambda s: s.text("SELECT * FROM users WHERE id = :id AND name = :name").bindparams(
        id=5, name="x"
    ),
    "bind repeated": lambda s: s.text("SELECT * FROM users WHERE id = :id OR age = :id").bindparams(id=5),
    "bind typed": lambda s: s.text("SELECT * FROM users WHERE id = :id").bindparams(
        s.bindparam("id", 5, type_=s.Integer)
    ),
    "bind unknown": lambda s: s.text("SELECT 1").bindparams(x=5),
    "bind expanding": lambda s: s.text("SELECT * FROM users WHERE id IN :ids").bindparams(
        s.bindparam("ids", [1, 2], expanding=True)
    ),
    "escaped colon": lambda s: s.text(r"SELECT '\:x'"),
    "double colon": lambda s: s.text("SELECT x::integer"),
    "colon in time": lambda s: s.text("SELECT '12:30:45'"),
    "percent": lambda s: s.text("SELECT * FROM users WHERE name LIKE 'a%'"),
    "percent and bind": lambda s: s.text("SELECT * FROM users WHERE name LIKE 'a%' AND id = :x").bindparams(
        x=1
    ),
    "question mark": lambda s: s.text("SELECT data ? 'a' FROM docs WHERE id = :x").bindparams(x=1),
    "dollar": lambda s: s.text("SELECT $1, $$x$$"),
    "columns": lambda s: s.text("SELECT id, name FROM users").columns(s.uc.id, s.uc.name),
    "columns types": lambda s: s.text("SELECT id, name FROM users").columns(id=s.Integer, name=s.String),
    "columns subquery": lambda s: (lambda q: s.select(q.c.id).where(q.c.id > 1))(
        s.text("SELECT id FROM users").columns(s.column("id", s.Integer)).subquery("t")
    ),
    "columns cte": lambda s: s.select(s.text("SELECT id FROM users").columns(s.column("id")).cte("t").c.id),
    "columns bind": lambda s: s.select(
        s.text("SELECT id FROM users WHERE id > :n").bindparams(n=1).columns(id=s.Integer).subquery().c.id
    ),
    "in select": lambda s: s.select(s.uc.id).where(s.text("id = :x")).where(s.uc.name == "y"),
    "text order": lambda s: s.select(s.uc.id).order_by(s.text("name DESC"), s.uc.id),
    "text group": lambda s: s.select(s.func.count(s.uc.id)).group_by(s.text("age")),
    "text and": lambda s: s.select(s.uc.id).where(s.and_(s.text("a = 1"), s.uc.id == 3)),
    "text or": lambda s: s.select(s.uc.id).where(s.or_(s.text("a = 1"), s.uc.id == 3)),
    "text not": lambda s: s.select(s.uc.id).where(s.not_(s.text("a = 1"))),
    "literal_column label": lambda s: s.select(s.literal_column("abs(-1)").label("t")),
    "literal_column type": lambda s: s.select(s.literal_column("'a'", s.String) + "b"),
    "literal_column percent": lambda s: s.select(s.literal_column("10 % 3")),
    "quoted_name": lambda s: s.select(s.column(s.quoted_name("abc", quote=True))),
    "quoted_name off": lambda s: s.select(s.column(s.quoted_name("Abc D", quote=False))),
    "identifier double quote": lambda s: s.select(s.column('a"b')),
    "identifier backtick": lambda s: s.select(s.column("a`b")),
    "identifier percent": lambda s: s.select(s.column("a%b")).where(s.column("a%b") == 3),
    "identifier colon": lambda s: s.select(s.column("a:b")).where(s.column("a:b") == 3),
    "identifier dot": lambda s: s.select(s.column("a.b")),
    "identifier digit": lambda s: s.select(s.column("1a")),
    "identifier dollar": lambda s: s.select(s.column("a$b")),
    "identifier unicode": lambda s: s.select(s.column("größe")).where(s.column("größe") > 1),
    "identifier upper": lambda s: s.select(s.column("ABC")),
    "identifier empty table": lambda s: s.select(s.table("user", s.column("order"), s.column("group"))),
    "identifier paren": lambda s: s.select(s.column("a(b)")).where(s.column("a(b)") == 3),
    "identifier space bind": lambda s: s.select(s.column("a b")).where(s.column("a b") == 3),
    "long label": lambda s: s.select(s.column("x" * 80).label("y" * 80)),
    "long alias": lambda s: s.select(s.u.alias("z" * 70).c.id),
    "long tablename label": lambda s: s.select(
        s.Table("t" * 40, s.MetaData(), s.Column("c" * 40, s.Integer))
    ).set_label_style(s.LABEL_STYLE_TABLENAME_PLUS_COL),
}

LITERALS: Corpus = {
    "integer": lambda s: s.select(s.uc.id).where(s.uc.id == 5),
    "negative": lambda s: s.select(s.uc.id).where(s.uc.id == -5),
    "string": lambda s: s.select(s.uc.id).where(s.uc.name == "it's"),
    "string percent": lambda s: s.select(s.uc.id).where(s.uc.name == "50%"),
    "string backslash": lambda s: s.select(s.uc.id).where(s.uc.name == "a\\b"),
    "string colon": lambda s: s.select(s.uc.id).where(s.uc.name == "a:b ? $1"),
    "boolean": lambda s: s.select(s.uc.id).where(s.uc.active == s.literal(True)),
    "none": lambda s: s.select(s.literal(None)),
    "none in insert": lambda s: s.insert(s.t).values(id=1, name=None),
    "decimal": lambda s: s.select(s.uc.id).where(s.uc.balance == Decimal("10.50")),
    "float": lambda s: s.select(s.pc.id).where(s.pc.score > 1.5),
    "date": lambda s: s.select(s.pc.id).where(s.pc.published == date(2024, 1, 2)),
    "datetime": lambda s: s.select(s.uc.id).where(s.uc.created == datetime(2024, 1, 2, 3, 4, 5, 6)),
    "time": lambda s: s.select(s.literal(time(1, 2, 3))),
    "timedelta": lambda s: s.select(s.literal(timedelta(days=1, seconds=5))),
    "bytes": lambda s: s.select(s.literal(b"a'b")),
    "uuid": lambda s: s.select(s.dc.id).where(s.dc.key == UUID(int=5)),
    "json": lambda s: s.insert(s.docs).values(id=1, data={"a": "it's"}),
    "in": lambda s: s.select(s.uc.id).where(s.uc.id.in_([1, 2])),
    "in empty": lambda s: s.select(s.uc.id).where(s.uc.id.in_([])),
    "not in empty": lambda s: s.select(s.uc.id).where(s.uc.id.not_in([])),
    "in strings": lambda s: s.select(s.uc.id).where(s.uc.name.in_(["a", "b'"])),
    "in tuples": lambda s: s.select(s.uc.id).where(s.tuple_(s.uc.id, s.uc.name).in_([(1, "a"), (2, "b")])),
    "limit": lambda s: s.select(s.uc.id).limit(3).offset(4),
    "like": lambda s: s.select(s.uc.id).where(s.uc.name.like("%x%")),
    "contains autoescape": lambda s: s.select(s.uc.id).where(s.uc.name.contains("5%", autoescape=True)),
    "insert": lambda s: s.insert(s.u).values(id=1, name="x", age=3),
    "insert many": lambda s: s.insert(s.t).values([{"id": 1, "name": "x"}, {"id": 2, "name": "y"}]),
    "update": lambda s: s.update(s.u).values(name="x").where(s.uc.id == 5),
    "delete": lambda s: s.delete(s.u).where(s.uc.id == 5),
    "case": lambda s: s.select(s.case((s.uc.id > 2, "x"), else_="y")),
    "function": lambda s: s.select(s.func.coalesce(s.uc.age, 5)),
    "cast": lambda s: s.select(s.cast("5", s.Integer)),
    "text bind": lambda s: s.text("SELECT :x").bindparams(x="q"),
    "missing value": lambda s: s.select(s.uc.id).where(s.uc.id == s.bindparam("x")),
    "enum": lambda s: s.select(s.cast("a", s.Enum("a", "b", name="ab"))),
    "array": lambda s: s.select(s.dc.id).where(s.dc.numbers == [1, 2]),
    "union": lambda s: s.union(s.select(s.uc.id).where(s.uc.id == 1), s.select(s.pc.id).where(s.pc.id == 2)),
    "cte": lambda s: s.select(s.select(s.uc.id).where(s.uc.id == 1).cte("c")),
    "object": lambda s: s.select(s.literal(print)),
    "numeric string column": lambda s: s.select(s.uc.id).where(s.uc.name == s.literal("5", s.String)),
    "big": lambda s: s.select(s.literal(2**40)),
    "interval": lambda s: s.select(s.uc.created + timedelta(days=2)),
}

CASES: Corpus = {
    **{f"text {name}": build for name, build in TEXTS.items()},
    **{f"literal {name}": literal(build) for name, build in LITERALS.items()},
}
