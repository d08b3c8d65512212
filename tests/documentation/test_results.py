"""Results and rows: every method of every kind of result, what INSERT, UPDATE and DELETE leave behind, the row's own interface."""

# ruff: noqa: B023

import pickle
import warnings

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.engine import Row
from twins import both

table = Table(
    "rs", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer), Column("y", String(20))
)
ALL = select(table).order_by(table.c.id)
ONE = ALL.where(table.c.id == 1)
NONE = ALL.where(table.c.id == 99)
X = select(table.c.x).order_by(table.c.id)
TWICE = select(literal(1)).union_all(select(literal(1)))


def shown(value):
    if type(value) in (tuple, list):
        return [shown(each) for each in value]
    if isinstance(value, Row):
        return f"Row{value!r}"
    name = type(value).__name__
    if name in ("RowMapping", "RMKeyView"):
        return name, list(value.items()) if hasattr(value, "items") else list(value)
    return value if isinstance(value, str | int | dict | type(None)) else name


def attempt(say, label, work):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            say(label, shown(work()))
        except Exception as error:
            say(label, type(error).__name__)


def filled(connection):
    table.create(connection)
    connection.execute(insert(table), [{"id": i, "x": i % 3, "y": f"y{i}"} for i in range(1, 8)])
    connection.commit()
    return connection.execute


def called(value):
    return value() if callable(value) else value


KINDS = {
    "rows": lambda result: result,
    "scalars": lambda result: result.scalars(),
    "mappings": lambda result: result.mappings(),
    "tuples": lambda result: result.tuples(),
}
METHODS = [
    "all", "fetchall", "first", "one", "one_or_none", "scalar", "scalar_one", "scalar_one_or_none", "fetchone", "fetchmany",
    "keys", "close", "unique", "freeze", "closed",
]  # fmt: skip


@both()
def test_methods_of_each_kind(engine, say):
    with engine.connect() as connection:
        run = filled(connection)
        for kind, view in KINDS.items():
            for name in METHODS:
                for label, statement in (("all", ALL), ("one", ONE), ("none", NONE)):
                    if (kind, name) == ("rows", "freeze"):
                        continue
                    attempt(
                        say, f"{kind} {name} {label}", lambda: called(getattr(view(run(statement)), name))
                    )
        for name in ("columns", "scalars"):
            for given in (2, 0, "x", -1, "nope", table.c.x, 99, None):
                attempt(say, f"{name} {given}", lambda: list(getattr(run(ALL), name)(given)))
        for name in ("fetchmany", "partitions", "yield_per"):
            for size in (2, 100):
                attempt(say, f"{name} {size}", lambda: list(getattr(run(ALL), name)(size)))


@both()
def test_in_part(engine, say):
    with engine.connect() as connection:
        run = filled(connection)
        for label, work in {
            "next": lambda r: (next(r), next(r), r.fetchone(), r.fetchmany(2), r.all(), r.all(), r.fetchone(), r.first()),
            "after first": lambda r: (r.first(), r.all()),
            "after close": lambda r: (r.close(), r.closed, r.all()),
            "after scalar": lambda r: (r.scalar(), r.fetchall()),
            "unique": lambda r: r.unique(lambda row: row.x).all(),
            "partitions": lambda r: [list(part) for part in r.partitions(3)],
            "partitions of scalars": lambda r: [list(part) for part in r.scalars("y").partitions(3)],
            "partitions of mappings": lambda r: [len(part) for part in r.mappings().partitions(3)],
            "partitions by yield_per": lambda r: [len(part) for part in r.yield_per(2).partitions()],
            "yield_per": lambda r: list(r.yield_per(2)),
            "pages": lambda r: [len(r.yield_per(2).fetchmany()), len(r.fetchmany()), len(r.fetchmany(1))],
            "columns": lambda r: r.columns("y", "id").columns("id").all(),
            "columns by position": lambda r: r.columns(1, 0).first(),
            "columns by expression": lambda r: r.columns(table.c.y).first(),
            "columns twice": lambda r: r.columns("y", "y").first(),
            "columns from the end": lambda r: r.columns(-1).first(),
            "columns of mappings": lambda r: r.mappings().columns("y").first(),
            "keys of columns": lambda r: r.columns("y").keys(),
        }.items():  # fmt: skip
            attempt(say, label, lambda: work(run(ALL)))
        for label, work in {
            "all": lambda r: r.unique().all(),
            "scalars": lambda r: r.scalars().unique().all(),
            "mappings": lambda r: r.mappings().unique().all(),
            "step by step": lambda r: (r.unique().fetchmany(2), r.fetchone(), r.all()),
            "partitions": lambda r: [list(part) for part in r.unique().partitions(2)],
            "first": lambda r: r.unique().first(),
        }.items():
            attempt(say, f"unique {label}", lambda: work(run(X)))
        attempt(say, "one of equals", lambda: run(TWICE).unique().one())
        attempt(say, "one of equal scalars", lambda: run(TWICE).scalars().unique().one())


@both()
def test_frozen_merged_spliced(engine, say):
    with engine.connect() as connection:
        run = filled(connection)
        frozen = run(ALL).freeze()
        say(len(frozen().all()), len(frozen().all()), frozen().scalars("y").first(), len(frozen.data))
        say(shown(frozen.with_new_rows([(1, 2, "z")])().all()), list(frozen.metadata.keys))
        merged = run(ALL).merge(run(ALL), run(ALL))
        say(type(merged).__name__, len(merged.all()))
        say(shown(run(X).unique().merge(run(X).unique()).all()))
        say(run(ALL).merge(run(ALL)).scalars("y").all()[6:8])
        say(shown(run(ALL.limit(2)).splice_horizontally(run(X.limit(2))).all()))
        say(shown(run(ALL.limit(1)).splice_vertically(run(ALL.limit(2))).all()))
        say(shown(run(ALL.limit(2)).splice_horizontally(run(ALL.limit(1))).all()))
        statement = insert(table).returning(table.c.id, table.c.x, sort_by_parameter_order=True)
        other = insert(table).returning(table.c.id.label("other"), sort_by_parameter_order=True)
        first = run(statement, [{"id": 20, "x": 1}, {"id": 21, "x": 2}])
        second = run(other, [{"id": 30}, {"id": 31}])
        for row in first.splice_horizontally(second):
            say(shown(row), row.other, row._mapping[table.c.x])


STATEMENTS = {
    "select": (ALL, None),
    "insert": (insert(table), {"id": 50, "x": 1}),
    "insert many": (insert(table), [{"id": 51}, {"id": 52}]),
    "insert returning": (insert(table).returning(table.c.x), {"id": 53}),
    "insert many returning": (insert(table).returning(table.c.x), [{"id": 73}, {"id": 74}]),
    "insert values": (insert(table).values([{"id": 83}, {"id": 84}]), None),
    "insert expression": (insert(table).values(id=91, x=select(literal(3)).scalar_subquery()), None),
    "insert from": (insert(table).from_select(["id"], select(literal(99))), None),
    "insert inline": (insert(table).inline().values(id=95), None),
    "update": (update(table).where(table.c.id == 1).values(x=5), None),
    "update many": (
        update(table).where(table.c.id == bindparam("q")).values(x=bindparam("v")),
        [{"q": 1, "v": 2}, {"q": 2, "v": 3}],
    ),
    "update expression": (update(table).values(x=table.c.x + 1), None),
    "update returning": (update(table).values(x=1).returning(table.c.id), None),
    "delete": (delete(table).where(table.c.id == 3), None),
    "text": (text("select 1"), None),
    "text insert": (text("insert into rs (id) values (60)"), None),
}
FACTS = [
    "returns_rows", "is_insert", "closed", "inserted_primary_key", "inserted_primary_key_rows", "last_inserted_params",
    "last_updated_params", "lastrow_has_defaults", "postfetch_cols", "prefetch_cols", "returned_defaults",
    "returned_defaults_rows", "supports_sane_rowcount", "supports_sane_multi_rowcount",
]  # fmt: skip
IN_CONTEXT = ["isinsert", "isupdate", "isdelete", "isddl", "is_text", "executemany", "statement"]


@both()
def test_what_a_statement_leaves_behind(engine, say):
    with engine.connect() as connection:
        filled(connection)
        for label, (statement, parameters) in STATEMENTS.items():
            with connection.begin_nested() as savepoint:
                result = connection.execute(statement, parameters)
                for fact in FACTS:
                    attempt(say, f"{label} {fact}", lambda: called(getattr(result, fact)))
                context = result.context
                say(label, [getattr(context, name) for name in IN_CONTEXT if name != "statement"])
                say(context.root_connection is connection, type(context.invoked_statement).__name__)
                if "update" in label or label == "delete":
                    say(result.rowcount if "returning" not in label else "-")
                result.close()
                savepoint.rollback()
        for name in METHODS:
            if name not in ("unique", "closed", "freeze"):
                attempt(say, f"no rows {name}", lambda: getattr(connection.execute(delete(table)), name)())
        with connection.execute(ALL) as result:
            say(shown(result.first()))
        say(result.closed)


@both()
def test_a_row(engine, say):
    with engine.connect() as connection:
        run = filled(connection)
        row = run(ALL).first()
        mapping = row._mapping
        for label, work in {
            "tuple": lambda: (tuple(row), row._asdict(), row._fields, row[0], row[-1], row[0:2], len(row), *row),
            "attributes": lambda: (row.id, row.x, row.y),
            "by name": lambda: row["id"],
            "by column": lambda: row[table.c.id],
            "comparison": lambda: (row == (1, 1, "y1"), row < (2,), hash(row) == hash((1, 1, "y1")), 1 in row),
            "repr": lambda: repr(row),
            "unknown": lambda: row.nope,
            "set": lambda: setattr(row, "x", 1),
            "del": lambda: delattr(row, "x"),
            "keys": lambda: row.keys(),
            "sequence": lambda: (row.count(1), row.index("y1")),
            "pickle": lambda: (pickle.loads(pickle.dumps(row)), pickle.loads(pickle.dumps(row))._mapping["y"]),
            "mapping": lambda: (mapping["x"], mapping[table.c.y], mapping.get("x"), mapping.get("no", 5), len(mapping)),
            "mapping by position": lambda: mapping[0],
            "mapping of nothing": lambda: mapping["no"],
            "mapping has": lambda: ("x" in mapping, table.c.x in mapping, "no" in mapping, 0 in mapping),
            "mapping views": lambda: (list(mapping.keys()), list(mapping.items()), list(mapping.values()), list(mapping)),
            "mapping as dict": lambda: (mapping == {"id": 1, "x": 1, "y": "y1"}, dict(mapping), dict(**mapping), repr(mapping)),
            "mapping keys": lambda: ("x" in mapping.keys(), table.c.x in mapping.keys()),  # noqa: SIM118
            "mapping pickle": lambda: dict(pickle.loads(pickle.dumps(mapping))),
        }.items():  # fmt: skip
            attempt(say, label, work)
        labels = (literal(1).label("count"), literal(2).label("index"))
        double = run(select(table.c.x, table.c.x.label("x2"), *labels, table.c.y.label("x")).limit(1)).first()
        say(double._fields, double.count, double.index)
        attempt(say, "double", lambda: double.x)
        attempt(say, "double in mapping", lambda: double._mapping["x"])
        say(run(select(literal(1), func.coalesce(1, 2), table.c.x + 1).limit(1)).keys())
        typed = text("select x, y from rs order by id").columns(table.c.x, table.c.y)
        say(run(typed).mappings().first()[table.c.y])
        say(shown(run(text("select y, x from rs order by id").columns(x=Integer, y=String)).first()))
        say(connection.exec_driver_sql('select 1 as "Ab"').first().Ab)
