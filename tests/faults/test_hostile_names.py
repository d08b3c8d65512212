"""Names from hostile hands, in every public place that takes one: quoted or refused, never part of the SQL's grammar.

A statement with a hostile name must consist of the same tokens as with a harmless one; only the name differs. What is
raw SQL by definition (text, literal_column, op, prefixes, hints) is not in the list.
"""

import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import sqlglot
from sqlglot.errors import TokenError
from sqlglot.tokens import TokenType

from sublimate import (
    CHAR,
    JSON,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Enum,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    cast,
    collate,
    column,
    create_engine,
    delete,
    desc,
    extract,
    func,
    insert,
    literal,
    nulls_last,
    select,
    table,
    text,
    update,
    values,
)
from sublimate.dialects import mysql, postgresql, sqlite
from sublimate.exc import SQLAlchemyError
from sublimate.schema import (
    AddConstraint,
    CreateIndex,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTableAs,
    CreateView,
    DropConstraint,
    DropIndex,
    DropSchema,
    DropTable,
    DropView,
    SetColumnComment,
    SetConstraintComment,
    SetTableComment,
)

HARMLESS = "Harmless"
HOSTILE = [
    'a"b',
    "a'b",
    "a`b",
    "a]b",
    "a;b",
    "a--b",
    "a/*b",
    "a*/b",
    "a b",
    "a.b",
    "a(b)",
    'a"; DROP TABLE canary; --',
    "a'; DROP TABLE canary; --",
    "a`; DROP TABLE canary; --",
    "1) UNION SELECT 1 --",
    "a\\",
    "a\\'; DROP TABLE canary; --",
    'a\\"; DROP TABLE canary; --',
    "a%sb",
    "a%(x)s",
    "a:b",
    "a::b",
    "a?b",
    "a$1",
    "a\nb",
    "$$",
    "select",
    "é",
    "a\0b",
    "",
]
DIALECTS = {
    "sqlite": sqlite.dialect(),
    "postgresql": postgresql.dialect(),
    "mysql": mysql.dialect(),
}
Place = Callable[[str], Any]
PLACES: dict[str, Place] = {}


def place(function: Place) -> Place:
    PLACES[function.__name__] = function
    return function


def users(**kw: Any) -> Any:
    return Table(
        "users", MetaData(), Column("id", Integer, primary_key=True), Column("name", String(9)), **kw
    )


def created(*items: Any, **kw: Any) -> Any:
    return CreateTable(Table("t", MetaData(), Column("a", Integer), Column("b", Integer), *items, **kw))


def owned(item: Any) -> Any:
    Table("t", MetaData(), Column("a", Integer), Column("b", Integer), item)
    return item


def typed(kind: Any) -> Any:
    return CreateTable(Table("t", MetaData(), Column("a", kind)))


def named(kind: str, template: str, item: Any) -> Any:
    """A constraint with a name that a convention makes of hostile words."""
    metadata = MetaData(naming_convention={kind: template.replace("%", "%%")})
    return CreateTable(Table("t", metadata, Column("a", Integer), item))


DOCUMENTS = Table(
    "documents", MetaData(), Column("j", JSON), Column("b", postgresql.JSONB), Column("h", postgresql.HSTORE),
    Column("a", postgresql.ARRAY(String)),
)  # fmt: skip
U = users()
SIMPLE: dict[str, Place] = {
    # statements
    "label": lambda n: select(literal(1).label(n)),
    "label_ordered": lambda n: select(U.c.id.label(n)).order_by(n),
    "order_by_string": lambda n: select(U.c.id).order_by(n),
    "group_by_string": lambda n: select(U.c.id).group_by(n),
    "alias": lambda n: select(U.alias(n)),
    "subquery": lambda n: select(select(U.c.id).subquery(n)),
    "cte": lambda n: select(select(U.c.id).cte(n)),
    "lateral": lambda n: select(select(U.c.id).lateral(n)),
    "values": lambda n: select(values(column("a", Integer), name=n).data([(1,)])),
    "values_column": lambda n: select(values(column(n, Integer), name="v").data([(1,)])),
    "tablesample": lambda n: select(U.tablesample(5, name=n)),
    "table": lambda n: select(table(n, column("a"))),
    "table_schema": lambda n: select(table("t", column("a"), schema=n)),
    "column": lambda n: select(column(n)),
    "column_of_table": lambda n: select(table("t", column(n)).c[n]),
    "function": lambda n: select(getattr(func, n)(1)),
    "function_package": lambda n: select(getattr(func, n).f(1)),
    "function_alias": lambda n: select(func.f(1).alias(n)),
    "table_valued": lambda n: select(func.f(1).table_valued(n)),
    "column_valued": lambda n: select(func.f(1).column_valued(n)),
    "bind": lambda n: select(U).where(U.c.id == bindparam(n, 5)),
    "text_bind": lambda n: text("SELECT :x").bindparams(bindparam("x", n)),
    "text_column": lambda n: select(text("SELECT 1").columns(column(n, Integer)).subquery("s")),
    "extract": lambda n: select(extract(n, column("d", Date))),
    "collate": lambda n: select(collate(U.c.name, n)),
    "collate_method": lambda n: select(U.c.name.collate(n)),
    "order_collate": lambda n: select(U.c.id).order_by(U.c.name.collate(n).desc()),
    "literal": lambda n: select(literal(n)),
    "like": lambda n: select(U.c.id).where(U.c.name.like(n)),
    "like_escape": lambda n: select(U.c.id).where(U.c.name.like("x", escape=n)),
    "contains_escape": lambda n: select(U.c.id).where(U.c.name.contains("x", escape=n)),
    "in_": lambda n: select(U.c.id).where(U.c.name.in_([n])),
    "insert_key": lambda n: insert(U).values({n: 1}),
    "update_key": lambda n: update(U).values({n: 1}),
    "insert_value": lambda n: insert(U).values(name=n),
    "regexp_flags": lambda n: select(U.c.name.regexp_match("x", flags=n)),
    "regexp_replace_flags": lambda n: select(U.c.name.regexp_replace("x", "y", flags=n)),
    "limit": lambda n: select(U.c.id).limit(n),
    "offset": lambda n: select(U.c.id).offset(n),
    "for_update_of": lambda n: select(U.c.id).with_for_update(of=table(n, column("x"))),
    "cast_collation": lambda n: select(cast(U.c.name, String(5, collation=n))),
    "within_group": lambda n: select(func.mode().within_group(column(n))),
    "window_order": lambda n: select(func.rank().over(order_by=column(n))),
    "text_label": lambda n: select(text("1").label(n)) if hasattr(text("1"), "label") else None,
    "translate": lambda n: (select(users(schema="s")), {"s": n}),
    "conflict_constraint": lambda n: postgresql.insert(U).on_conflict_do_nothing(constraint=n),
    "conflict_element": lambda n: postgresql.insert(U).on_conflict_do_nothing(index_elements=[n]),
    "conflict_set": lambda n: postgresql.insert(U).on_conflict_do_update(index_elements=["id"], set_={n: 1}),
    "sqlite_conflict": lambda n: sqlite.insert(U).on_conflict_do_update(index_elements=[n], set_={"name": 1}),
    "duplicate_key": lambda n: mysql.insert(U).on_duplicate_key_update({n: 1}),
    # DDL
    "create_table": lambda n: CreateTable(Table(n, MetaData(), Column("a", Integer))),
    "drop_table": lambda n: DropTable(Table(n, MetaData(), Column("a", Integer))),
    "create_table_schema": lambda n: CreateTable(Table("t", MetaData(), Column("a", Integer), schema=n)),
    "create_column": lambda n: created(Column(n, Integer)),
    "table_comment": lambda n: created(comment=n),
    "column_comment": lambda n: created(Column("c", Integer, comment=n)),
    "set_table_comment": lambda n: SetTableComment(users(comment=n)),
    "set_column_comment": lambda n: SetColumnComment(
        Table("t", MetaData(), Column("c", Integer, comment=n)).c.c
    ),
    "server_default": lambda n: created(Column("c", String(5), server_default=n)),
    "primary_key_name": lambda n: created(PrimaryKeyConstraint("a", name=n)),
    "unique_name": lambda n: created(UniqueConstraint("a", name=n)),
    "check_name": lambda n: created(CheckConstraint("a > 1", name=n)),
    "foreign_key_name": lambda n: created(Column("c", ForeignKey(U.c.id, name=n))),
    "ondelete": lambda n: created(ForeignKeyConstraint(["a"], [U.c.id], ondelete=n)),
    "onupdate": lambda n: created(ForeignKeyConstraint(["a"], [U.c.id], onupdate=n)),
    "initially": lambda n: created(ForeignKeyConstraint(["a"], [U.c.id], initially=n, deferrable=True)),
    "match": lambda n: created(ForeignKeyConstraint(["a"], [U.c.id], match=n)),
    "add_constraint": lambda n: AddConstraint(owned(UniqueConstraint("a", name=n))),
    "drop_constraint": lambda n: DropConstraint(owned(UniqueConstraint("a", name=n))),
    "create_index": lambda n: CreateIndex(Index(n, U.c.id)),
    "drop_index": lambda n: DropIndex(Index(n, U.c.id)),
    "index_using": lambda n: CreateIndex(Index("i", U.c.id, postgresql_using=n)),
    "index_ops": lambda n: CreateIndex(Index("i", U.c.id, postgresql_ops={"id": n})),
    "index_with": lambda n: CreateIndex(Index("i", U.c.id, postgresql_with={n: 1})),
    "index_tablespace": lambda n: CreateIndex(Index("i", U.c.id, postgresql_tablespace=n)),
    "index_include": lambda n: CreateIndex(Index("i", U.c.id, postgresql_include=[column(n)])),
    "mysql_index_prefix": lambda n: CreateIndex(Index("i", U.c.id, mysql_prefix=n)),
    "mysql_index_using": lambda n: CreateIndex(Index("i", U.c.id, mysql_using=n)),
    "table_tablespace": lambda n: created(postgresql_tablespace=n),
    "table_using": lambda n: created(postgresql_using=n),
    "table_on_commit": lambda n: created(postgresql_on_commit=n),
    "mysql_engine": lambda n: created(mysql_engine=n),
    "mysql_charset": lambda n: created(mysql_charset=n),
    "mysql_collate": lambda n: created(mysql_collate=n),
    "sqlite_on_conflict": lambda n: created(UniqueConstraint("a", sqlite_on_conflict=n)),
    "create_schema": lambda n: CreateSchema(n),
    "drop_schema": lambda n: DropSchema(n),
    "create_sequence": lambda n: CreateSequence(Sequence(n)),
    "sequence_schema": lambda n: CreateSequence(Sequence("s", schema=n)),
    "sequence_start": lambda n: CreateSequence(Sequence("s", start=n)),
    "next_value": lambda n: select(Sequence(n).next_value()),
    "identity_start": lambda n: created(Column("c", Integer, Identity(start=n))),
    # types
    "string_length": lambda n: typed(String(n)),
    "char_length": lambda n: typed(CHAR(n)),
    "string_collation": lambda n: typed(String(5, collation=n)),
    "numeric_precision": lambda n: typed(Numeric(n, 2)),
    "numeric_scale": lambda n: typed(Numeric(5, n)),
    "float_precision": lambda n: typed(Float(n)),
    "binary_length": lambda n: typed(LargeBinary(n)),
    "enum_value": lambda n: typed(Enum(n, "b", name="e", create_constraint=True)),
    "enum_name": lambda n: typed(Enum("a", "b", name=n)),
    "enum_schema": lambda n: typed(Enum("a", "b", name="e", schema=n)),
    "create_enum": lambda n: (
        postgresql.CreateEnumType(postgresql.ENUM(n, name="e"))
        if hasattr(postgresql, "CreateEnumType")
        else None
    ),
    "interval_fields": lambda n: typed(postgresql.INTERVAL(fields=n)),
    "timestamp_precision": lambda n: typed(postgresql.TIMESTAMP(precision=n)),
    "bit_length": lambda n: typed(postgresql.BIT(n)),
    "domain_name": lambda n: typed(postgresql.DOMAIN(n, Integer)),
    "mysql_varchar_charset": lambda n: typed(mysql.VARCHAR(5, charset=n)),
    "mysql_varchar_collation": lambda n: typed(mysql.VARCHAR(5, collation=n)),
    "mysql_enum": lambda n: typed(mysql.ENUM(n)),
    "mysql_set": lambda n: typed(mysql.SET(n)),
    "mysql_integer_width": lambda n: typed(mysql.INTEGER(display_width=n)),
    "mysql_fsp": lambda n: typed(mysql.DATETIME(fsp=n)),
    "datetime_literal": lambda n: created(Column("c", DateTime, server_default=n)),
    # documents, arrays, hstore
    "json_key": lambda n: select(DOCUMENTS.c.j[n]),
    "json_path": lambda n: select(DOCUMENTS.c.j[(n, 0, n)]),
    "json_text": lambda n: select(DOCUMENTS.c.j[n].as_string()),
    "jsonb_has_key": lambda n: select(DOCUMENTS.c.b.has_key(n)),
    "jsonb_path_exists": lambda n: select(DOCUMENTS.c.b.path_exists(n)),
    "jsonb_delete_path": lambda n: select(DOCUMENTS.c.b.delete_path([n])),
    "hstore_key": lambda n: select(DOCUMENTS.c.h[n]),
    "hstore_literal": lambda n: select(postgresql.hstore(n, n)),
    "array_literal": lambda n: select(postgresql.array([n, "x"])),
    "array_any": lambda n: select(DOCUMENTS.c.a.any(n)),
    "array_type": lambda n: select(cast(n, postgresql.ARRAY(String))),
    # collations and casts
    "collation_column": lambda n: typed(postgresql.ARRAY(String(collation=n))),
    "cast_enum": lambda n: select(cast("a", Enum("a", name=n))),
    "cast_domain": lambda n: select(cast(1, postgresql.DOMAIN(n, Integer))),
    "domain_collation": lambda n: postgresql.CreateDomainType(postgresql.DOMAIN("d", String, collation=n)),
    "domain_constraint": lambda n: postgresql.CreateDomainType(
        postgresql.DOMAIN("d", Integer, constraint_name=n, check="VALUE > 1")
    ),
    "domain_default": lambda n: postgresql.CreateDomainType(postgresql.DOMAIN("d", String, default=n)),
    "text_search_config": lambda n: select(postgresql.to_tsvector(n, "words")),
    "text_search_match": lambda n: select(U.c.name.match(n, postgresql_regconfig="english")),
    # binds
    "bind_expanding": lambda n: select(U.c.id.in_(bindparam(n, [1, 2], expanding=True))),
    "bind_in_values": lambda n: insert(U).values(name=bindparam(n, "x")),
    "bind_in_text": lambda n: text("SELECT :x").bindparams(x=n),
    "literal_execute": lambda n: select(
        literal("x", literal_execute=True), bindparam(n, 5, literal_execute=True)
    ),
    # order_by strings, with and without direction
    "order_by_desc_string": lambda n: select(U.c.id).order_by(desc(n)),
    "order_by_label_string": lambda n: select(U.c.id.label("x")).order_by(nulls_last(n)),
    "group_by_label": lambda n: select(func.count(), U.c.name.label(n)).group_by(n),
    # functions
    "function_kind": lambda n: select(func.cast(U.c.id, type_=Integer).label(n)),
    "function_ordinality": lambda n: select(func.f(1).table_valued("value", with_ordinality=n)),
    "function_derived": lambda n: select(func.f(1).table_valued(column(n, Integer)).render_derived(name=n)),
    "window_partition": lambda n: select(func.rank().over(partition_by=[column(n)])),
    "aggregate_separator": lambda n: select(func.aggregate_strings(U.c.name, n)),
    # schema_translate_map, in statements and DDL
    "translate_insert": lambda n: (insert(users(schema="s")).values(name="x"), {"s": n}),
    "translate_none": lambda n: (select(users()), {None: n}),
    # names from conventions
    "convention_unique": lambda n: named("uq", n, UniqueConstraint("a")),
    "convention_check": lambda n: named("ck", n, CheckConstraint("a > 1", name="c")),
    "convention_foreign_key": lambda n: named("fk", n, ForeignKeyConstraint(["a"], [U.c.id])),
    "convention_primary_key": lambda n: named("pk", n, PrimaryKeyConstraint("a")),
    "convention_column": lambda n: CreateTable(
        Table(
            "t",
            MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"}),
            Column(n, Integer, unique=True),
        )
    ),
    "convention_index": lambda n: CreateIndex(
        next(iter(Table(f"t{n}", MetaData(), Column(n, Integer, index=True)).indexes))
    ),
    # views, comments and other DDL
    "create_view": lambda n: CreateView(select(U.c.id), n),
    "create_view_schema": lambda n: CreateView(select(U.c.id), "v", schema=n),
    "create_table_as": lambda n: CreateTableAs(select(U.c.id.label(n)), n),
    "drop_view": lambda n: DropView(CreateView(select(U.c.id), n).table),
    "constraint_comment": lambda n: SetConstraintComment(owned(UniqueConstraint("a", name="u", comment=n))),
    "constraint_comment_name": lambda n: SetConstraintComment(
        owned(UniqueConstraint("a", name=n, comment="x"))
    ),
    "exclude_name": lambda n: created(postgresql.ExcludeConstraint((column("a"), "="), name=n)),
    "exclude_using": lambda n: created(postgresql.ExcludeConstraint((column("a"), "="), using=n)),
    "exclude_operator": lambda n: created(postgresql.ExcludeConstraint((column("a"), n))),
    "unique_include": lambda n: created(UniqueConstraint("a", postgresql_include=[n])),
    "inherits": lambda n: created(postgresql_inherits=n),
    "table_with": lambda n: created(postgresql_with={n: 5}),
    "table_with_value": lambda n: created(postgresql_with={"fillfactor": n}),
    "prefixed_schema": lambda n: CreateTable(users(schema=n)),
    "quoted_schema_parts": lambda n: select(table("t", column("a"), schema=f"a.{n}")),
    "alias_of_function": lambda n: select(func.f(1).alias(n).column),
    "cte_column": lambda n: select(select(U.c.id.label(n)).cte("c").c[n]),
    "recursive_cte": lambda n: select(select(U.c.id).cte(n, recursive=True)),
    "delete_returning": lambda n: delete(U).returning(U.c.id.label(n)),
    "on_conflict_where": lambda n: sqlite.insert(U).on_conflict_do_update(
        index_elements=["id"], set_={"name": n}, where=U.c.name == n
    ),
}
PLACES.update(SIMPLE)
REFUSALS = (
    SQLAlchemyError,
    TypeError,
    ValueError,
    AttributeError,
    NotImplementedError,
    UnicodeError,
    KeyError,
)


def compiled(make: Place, name: str, dialect: Any) -> str | None:
    """The SQL, or None where the name is refused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            statement = make(name)
            if statement is None:
                return None
            translate = None
            if isinstance(statement, tuple):
                statement, translate = statement
            found = statement.compile(dialect=dialect, schema_translate_map=translate)
            string = str(found)
            if hasattr(found, "arguments") and ("IN" in string or "POSTCOMPILE" in string):
                string = found.arguments(statement.binds)[0]
            return string
    except REFUSALS as error:
        assert str(error) or name == "", "refused without a word"
        return None


WORDS = (TokenType.VAR, TokenType.IDENTIFIER)
STRINGS = (TokenType.STRING, TokenType.RAW_STRING)
PLACEHOLDER = re.compile(r"%\([^)]*\)s")
# options of DDL that are phrases of words: what consists of words gets through, and can do no more than be wrong
PHRASES = {"a b", "a.b", "a(b)"}
PHRASE_PLACES = {
    "ondelete", "onupdate", "initially", "match", "table_on_commit", "sqlite_on_conflict", "index_ops", "index_with",
    "interval_fields", "mysql_index_prefix", "mysql_engine", "mysql_charset", "mysql_collate", "table_with", "table_with_value",
}  # fmt: skip


def tokens(sql: str, dialect: str) -> list[tuple[Any, str]]:
    """Kinds of tokens; names and strings count as what they are, whatever is in them."""
    found = []
    sql = PLACEHOLDER.sub("?", sql)  # the driver puts a parameter there
    for token in sqlglot.tokenize(sql, read={"postgresql": "postgres"}.get(dialect, dialect)):
        kind = token.token_type
        if kind in STRINGS:
            found.append((TokenType.STRING, ""))
        elif kind in WORDS or token.text.isidentifier():
            found.append((TokenType.VAR, ""))
        else:
            found.append((kind, "" if kind is TokenType.NUMBER else token.text))
    return found


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_name_stays_a_name(dialect: str, where: str) -> None:
    harmless = compiled(PLACES[where], HARMLESS, DIALECTS[dialect])
    bad = []
    for name in HOSTILE:
        sql = compiled(PLACES[where], name, DIALECTS[dialect])
        if sql is None or name == "" or (name in PHRASES and where in PHRASE_PLACES):
            continue
        sql = sql.replace("%%", "%") if "%" in name else sql
        try:
            got = tokens(sql, dialect)
        except TokenError as error:
            bad.append((name, sql, f"{error}"))
            continue
        want = tokens(harmless, dialect) if harmless is not None else None
        if (want is not None and got != want) or (want is None and "canary" in sql and "DROP" in sql):
            bad.append((name, sql, ""))
    assert not bad, "\n".join(f"{name!r}: {sql}  {error}" for name, sql, error in bad)


MULTI_STATEMENTS = 1 << 16
"""The client flag that lets one text hold several statements on MariaDB."""


@pytest.mark.parametrize("kind", ["sqlite", "psycopg", "pymysql"])
def test_no_name_is_executed(kind: str, url_for: Any) -> None:
    """On real databases, where a statement without parameters may even hold several: the canary stays."""
    if kind == "sqlite":
        engine = create_engine("sqlite://")
    else:
        flags = {"client_flag": MULTI_STATEMENTS} if kind == "pymysql" else {}
        engine = create_engine(url_for(kind), connect_args=flags)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE canary (id integer)")
        connection.commit()
        for where, make in PLACES.items():
            for name in HOSTILE:
                if "canary" not in name and "UNION" not in name:
                    continue
                if compiled(make, name, engine.dialect) is None:
                    continue
                statement = make(name)
                if isinstance(statement, tuple):
                    statement = statement[0]
                try:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        connection.execute(statement)
                except (SQLAlchemyError, ValueError, TypeError, NotImplementedError):
                    pass
                connection.rollback()
            count = connection.exec_driver_sql("SELECT count(*) FROM canary").scalar()
            assert count == 0, where
            connection.rollback()
        connection.exec_driver_sql("DROP TABLE canary")
        connection.commit()
    engine.dispose()


@pytest.mark.parametrize("name", [name for name in HOSTILE if name and "\0" not in name])
@pytest.mark.parametrize("kind", ["sqlite", "psycopg", "pymysql"])
def test_a_hostile_name_works_as_a_name(kind: str, name: str, url_for: Any) -> None:
    """Tables, columns, labels and binds may be called anything, and data comes back whole."""
    engine = create_engine("sqlite://" if kind == "sqlite" else url_for(kind))
    metadata = MetaData()
    odd = Table(
        f"t{name}", metadata, Column("id", Integer, primary_key=True), Column(name, String(50), comment=name)
    )
    Index(f"ix{name}", odd.c[name])
    with engine.connect() as connection:
        metadata.create_all(connection)
        connection.execute(insert(odd), {"id": 1, name: name})
        connection.execute(insert(odd), [{"id": 2, name: "x"}, {"id": 3, name: "y"}])
        query = select(odd.c[name].label(f"l{name}")).where(odd.c[name] == bindparam(f"b{name}"))
        row = connection.execute(query, {f"b{name}": name}).one()
        assert row[0] == name and row._mapping[f"l{name}"] == name
        inner = select(odd).cte(f"c{name}").alias(f"a{name}")
        assert connection.execute(select(inner.c[name]).where(inner.c.id == 1)).scalar_one() == name
        connection.execute(update(odd).values({name: "z"}).where(odd.c[name].in_([name])))
        assert connection.scalar(select(func.count()).where(odd.c[name] == "z")) == 1
        metadata.drop_all(connection)
        connection.rollback()
    engine.dispose()


@pytest.mark.parametrize("kind", ["pysqlite", "aiosqlite", "psycopg", "psycopg_async", "asyncpg"])
async def test_a_savepoint_may_be_called_anything(
    kind: str, request: pytest.FixtureRequest, with_driver: Any
) -> None:
    """The drivers quote the name themselves: within it nothing is executed, and it can be gone back to."""
    url = "sqlite://" if "sqlite" in kind else request.getfixturevalue("postgresql_url")
    engine = create_engine(
        with_driver(url, kind), _is_async=kind in ("aiosqlite", "psycopg_async", "asyncpg")
    )

    async def done(value: Any) -> Any:
        return await value if hasattr(value, "__await__") else value

    entry = await done(engine.pool.acquire())
    connection = entry.connection
    await done(connection.begin())
    await done(connection.execute("CREATE TABLE canary (id integer)", ()))
    for name in HOSTILE:
        if not name or "\0" in name:
            continue
        await done(connection.savepoint(name))
        await done(connection.execute("INSERT INTO canary VALUES (1)", ()))
        await done(connection.rollback_to(name))
        await done(connection.release(name))
    assert (await done(connection.query("SELECT count(*) FROM canary", ()))).rows[0][0] == 0
    await done(connection.rollback())
    await done(engine.pool.release(entry))
    await done(engine.pool.dispose())
