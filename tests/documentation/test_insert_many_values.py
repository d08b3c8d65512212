"""Many rows and what comes back of them: in the order of the parameters, with and without sentinel columns."""

import uuid

import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    Uuid,
    bindparam,
    func,
    insert,
    insert_sentinel,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.exc import StatementError
from twins import both

metadata = MetaData()
name = ("v", String(20))
counted = Table("many_counted", metadata, Column("id", Integer, primary_key=True), Column(*name))
given = Table(
    "many_given", metadata, Column("id", Integer, primary_key=True, autoincrement=False), Column(*name)
)
unique = Table(
    "many_unique", metadata, Column("id", Uuid, primary_key=True, default=uuid.uuid4), Column(*name)
)
marked = Table(
    "many_marked",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, server_default=text("0")),
    Column(*name),
    insert_sentinel("s"),
)
keyed = Table(
    "many_keyed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(*name),
    Column("k", Uuid, default=uuid.uuid4, insert_sentinel=True),
)
pairs = Table(
    "many_pairs", metadata, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True), Column(*name)
)  # fmt: skip
defaults = Table(
    "many_defaults",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("v", String(20), default="d"),
    Column("c", Integer, default=lambda: 7),
    Column("sd", Integer, server_default="3"),
    Column("fx", Integer, default=func.abs(-4)),
)
ROWS = [{"v": f"v{9 - n}"} for n in range(8)]


def rows_for(table):
    if table in (given, marked):
        return [{**row, "id": n + 1} for n, row in enumerate(ROWS)]
    return [{**row, "a": n, "b": -n} for n, row in enumerate(ROWS)] if table is pairs else ROWS


@both()
def test_rows_come_back_in_order(engine, say):
    say.hears_warnings = False  # SQLAlchemy misses the keys that come with the parameters
    metadata.create_all(engine)
    for table in metadata.sorted_tables:
        rows, v = rows_for(table), table.c.v
        for sort in (True, False):
            with engine.connect() as connection:
                found = connection.execute(
                    insert(table).returning(v, sort_by_parameter_order=sort), rows
                ).all()
                say(table.name, sort, found if sort else sorted(found))
        for statement in (
            insert(table).returning((v + "x").label("q"), sort_by_parameter_order=True),
            insert(table).returning(v),
            insert(table).values(v=func.lower(bindparam("w"))).returning(v, sort_by_parameter_order=True),
        ):
            with engine.connect() as connection:
                sent = [{**row, "w": row["v"].upper()} for row in rows] if "w" in str(statement) else rows
                say(sorted(connection.execute(statement, sent).all()))
        with engine.connect() as connection:
            options = {"insertmanyvalues_page_size": 3}
            one = insert(table).returning(v, sort_by_parameter_order=True)
            say(connection.execute(one, rows, execution_options=options).all())
            connection.rollback()
            say(connection.execute(one, rows[:1]).all())
            connection.rollback()
            with say.error():
                connection.execute(insert(table).values(rows).returning(v, sort_by_parameter_order=True))
            connection.rollback()
            say(sorted(connection.execute(insert(table).values(rows).returning(v))))


@both()
def test_defaults_come_back_too(engine, say):
    metadata.create_all(engine)
    with engine.connect() as connection:
        columns = [column for column in defaults.c if column.key != "id"]
        statement = insert(defaults).returning(*columns, sort_by_parameter_order=True)
        say(connection.execute(statement, [{"v": "a"}, {"v": "b"}]).all())
        result = connection.execute(insert(counted).return_defaults(sort_by_parameter_order=True), ROWS)
        keys = [key for (key,) in result.inserted_primary_key_rows]
        say(len(keys), keys == sorted(keys), [row._fields for row in result.returned_defaults_rows])


@both("sqlite", "psycopg", "pymysql")
def test_expressions_come_back_in_one_round_trip(engine, say):
    metadata.create_all(engine)
    number, v = counted.c
    with engine.connect() as connection:
        if not engine.dialect.insert_executemany_returning:  # MySQL, where a MariaDB is expected
            with pytest.raises(StatementError, match="RETURNING when executemany is used"):
                connection.execute(insert(counted).returning(v), ROWS)
            return
        for what in ([v + "x"], [literal("z").label("z")], [number, func.replace(v, "a", "b").label("w"), v]):
            statement = insert(counted).returning(*what, sort_by_parameter_order=True)
            with say.counting(engine):
                say([tuple(row)[-1] for row in connection.execute(statement, ROWS)])
            paged = connection.execute(statement, ROWS, execution_options={"insertmanyvalues_page_size": 2})
            say([tuple(row)[-1] for row in paged])
        connection.rollback()
    metadata.drop_all(engine)


@both("sqlite")
def test_a_sentinel_is_left_out_unless_it_is_named(engine, say):
    other = marked.alias("b")
    for statement in (
        select(marked), select(select(marked).subquery()), select(marked.c.s), insert(marked), update(marked),
        insert(marked).returning(marked), insert(marked).values(s=1), insert(marked).values([{"v": 1}, {"v": 2}]),
        insert(marked).from_select(["v"], select(marked.c.v)), select(other), select(marked.join(other, literal(True))),
        select(marked.select().cte("c")),
    ):  # fmt: skip
        say(statement)
    say(marked.c.keys(), select(marked).subquery().c.keys())
    kept = Table("kept", MetaData(), Column("a", Integer), insert_sentinel("k", omit_from_statements=False))
    say(select(kept))
    with say.error():
        Table("bad", MetaData(), insert_sentinel("x"), insert_sentinel("y"))
