"""One schema, looked at under both roots: names, tables, keys, many at once, and reflected into tables."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from differential.outcomes import COUNTS, attempt
from differential.roots import ORACLE, OURS, Root

HERE = Path(__file__).parent
TEMPORARY = [
    "CREATE TEMP TABLE tmp (a integer primary key, b text unique)",
    "CREATE TEMP VIEW tmpv AS SELECT 1 AS x",
]
ATTACHED = [
    "ATTACH ':memory:' AS aux",
    "CREATE TABLE aux.at (id integer primary key, x text not null, constraint cx check (id > 0))",
    "CREATE INDEX aux.atx ON at (x)",
]
ABOUT_A_TABLE = [
    "get_columns", "get_pk_constraint", "get_foreign_keys", "get_indexes", "get_unique_constraints", "get_check_constraints",
    "get_table_comment", "get_table_options", "get_view_definition", "has_table",
]  # fmt: skip
ABOUT_A_SCHEMA = [
    "get_table_names", "get_view_names", "get_materialized_view_names", "get_sequence_names", "get_enums", "get_domains",
    "get_sorted_table_and_fkc_names", "has_schema",
]  # fmt: skip
MANY = ["columns", "pk_constraint", "foreign_keys", "indexes", "unique_constraints", "check_constraints"]


class Side:
    """One root's connection to the schema, and its inspector."""

    def __init__(self, root: Root, url: str) -> None:
        self.root = root
        self.engine = root.sa.create_engine(url)
        self.connection = self.engine.connect()
        sqlite = self.engine.dialect.name == "sqlite"
        for statement in TEMPORARY + (ATTACHED if sqlite else []):
            self.connection.exec_driver_sql(statement)
        self.connection.commit()
        self.schemas = [None, "aux", "main"] if sqlite else [None, "other", "public"]
        self.inspector = root.sa.inspect(self.connection)

    def ask(self, method: str, *args: Any, **kw: Any) -> Any:
        return attempt(lambda: plain(getattr(self.inspector, method)(*args, **kw)))

    def close(self) -> None:
        self.connection.close()
        self.engine.dispose()


def canonical(value: Any) -> str:
    if isinstance(value, dict):
        return repr(sorted((repr(key), canonical(item)) for key, item in value.items()))
    return repr([canonical(item) for item in value]) if isinstance(value, list) else repr(value)


def plain(value: Any) -> Any:
    """Types and texts by what they say; lists without their order, which neither root promises."""
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted(map(plain, value), key=canonical)
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, (str, int, type(None))):
        return str(value) if isinstance(value, str) else value
    return type(value).__name__, str(value) if type(value).__name__ == "TextClause" else repr(value)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def sides(request: Any, tmp_path_factory: Any) -> Iterator[tuple[Side, Side]]:
    kind = request.param
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('inspection') / 'inspected.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql_url").replace("postgresql:", "postgresql+psycopg:")
    engine = ORACLE.sa.create_engine(url)
    with engine.begin() as connection:
        for statement in (HERE / f"{kind}.sql").read_text().split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    both = Side(ORACLE, url), Side(OURS, url)
    yield both
    for side in both:
        side.close()
    if kind == "postgresql":
        with engine.begin() as connection:
            for statement in (
                "DROP SCHEMA other CASCADE",
                "DROP SCHEMA public CASCADE",
                "CREATE SCHEMA public",
            ):
                connection.exec_driver_sql(statement)
    engine.dispose()


def same(sides: tuple[Side, Side], method: str, *args: Any, **kw: Any) -> None:
    expected, actual = (side.ask(method, *args, **kw) for side in sides)
    COUNTS["inspections"] += 1
    assert actual == expected, (method, args, kw, differing(expected, actual))


def differing(expected: Any, actual: Any) -> Any:
    if not isinstance(expected, list) or not isinstance(actual, list):
        return expected, actual
    return [x for x in expected if x not in actual], [x for x in actual if x not in expected]


def objects(side: Side, schema: str | None) -> list[str]:
    names = list(side.inspector.get_table_names(schema)) + list(side.inspector.get_view_names(schema))
    if side.engine.dialect.name == "postgresql":
        names += side.inspector.get_materialized_view_names(schema)
    return [*names, "nope", "tmp", "tmpv"]


def test_names(sides: tuple[Side, Side]) -> None:
    for method in ("get_schema_names", "get_temp_table_names", "get_temp_view_names"):
        same(sides, method)
    for method, schema in product(ABOUT_A_SCHEMA, sides[0].schemas):
        same(sides, method, schema)
    assert sides[0].inspector.default_schema_name == sides[1].inspector.default_schema_name


@pytest.mark.parametrize("method", ABOUT_A_TABLE)
def test_each_table(sides: tuple[Side, Side], method: str) -> None:
    for schema in sides[0].schemas:
        for name in objects(sides[0], schema):
            same(sides, method, name, schema=schema)


@pytest.mark.parametrize("what", MANY)
def test_many_tables(sides: tuple[Side, Side], what: str) -> None:
    for schema, kind, scope, names in product(
        sides[0].schemas,
        ("TABLE", "VIEW", "ANY_VIEW", "ANY"),
        ("DEFAULT", "TEMPORARY", "ANY"),
        (None, ["parent", "nope"], []),
    ):
        answers = []
        for side in sides:
            reflection = __import__(f"{side.root.name}.engine.reflection", fromlist=["ObjectKind"])
            answers.append(
                side.ask(
                    f"get_multi_{what}", schema=schema, filter_names=names, kind=reflection.ObjectKind[kind],
                    scope=reflection.ObjectScope[scope],
                )
            )  # fmt: skip
        COUNTS["inspections"] += 1
        assert answers[1] == answers[0], (what, schema, kind, scope, names)


def test_presence(sides: tuple[Side, Side]) -> None:
    for table, index in product(["child", "nope"], ["ix_child_x", "nope"]):
        same(sides, "has_index", table, index)
    for name in ("s1", "nope"):
        same(sides, "has_sequence", name)
    same(sides, "has_multi_table", ["parent", "nope", "v1"])
    same(sides, "sort_tables_on_foreign_key_dependency", consider_schemas=(None,))


def reflected(side: Side, options: dict[str, Any]) -> dict[str, Any]:
    schema, metadata = side.root.schema, side.root.sa.MetaData()
    metadata.reflect(side.connection, **options)
    found: dict[str, Any] = {"order": [table.key for table in metadata.sorted_tables]}
    for key, table in metadata.tables.items():
        indexes = sorted(str(schema.CreateIndex(i).compile(side.connection)) for i in table.indexes)
        columns = [(c.name, c.nullable, c.primary_key, c.autoincrement, c.comment) for c in table.columns]
        if options.get("resolve_fks", True):
            columns.append(str(schema.CreateTable(table).compile(side.connection)))
        found[key] = (columns, indexes, table.comment)
    return found


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"views": True},
        {"schema": 1},
        {"resolve_fks": False},
        {"only": ["child"]},
        {"only": lambda n, m: n > "d"},
    ],
    ids=["all", "views", "schema", "no_fks", "only", "only_some"],
)
def test_reflected_tables(sides: tuple[Side, Side], options: dict[str, Any]) -> None:
    if "schema" in options:
        options = {"schema": sides[0].schemas[1]}
    expected, actual = (attempt(lambda side=side: reflected(side, options)) for side in sides)
    assert actual == expected
    COUNTS["reflections"] += 1


def test_the_cache_is_kept_until_it_is_cleared(sides: tuple[Side, Side]) -> None:
    for side in sides:
        side.inspector.clear_cache()
        before = side.inspector.get_table_names()
        side.connection.exec_driver_sql("CREATE TABLE later (a integer)")
        assert side.inspector.get_table_names() == before
        side.inspector.clear_cache()
        assert "later" in side.inspector.get_table_names()
        side.connection.exec_driver_sql("DROP TABLE later")
        side.connection.commit()
        side.inspector.clear_cache()
