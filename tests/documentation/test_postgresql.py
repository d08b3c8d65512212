"""PostgreSQL: operators of hstores and ranges, DELETE … USING, what its inspector tells besides."""

import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import HSTORE, INT4MULTIRANGE, INT4RANGE, JSONB, Range, array
from twins import both

metadata = sa.MetaData()
stay = sa.Table(
    "stay",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String),
    sa.Column("room", INT4RANGE),
    sa.Column("rooms", INT4MULTIRANGE),
    sa.Column("tags", HSTORE),
    sa.Column("doc", JSONB),
    sa.Column("days", postgresql.ARRAY(sa.Integer)),
)
guest = sa.Table(
    "guest", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("stay_id", sa.Integer)
)
c = stay.c


def compiled(statement):
    text = statement.compile(dialect=postgresql.dialect())
    return f"{text} {text.params}"


@both("sqlite")
def test_operators(engine, say):
    one = Range(1, 2)
    for expression in (
        c.room.union(one),
        c.room.intersection(one),
        c.room.difference(one),
        c.rooms.union([one]),
        c.tags + {"a": "b"},
        postgresql.hstore("a", "b") + {"c": "d"},
        c.tags.concat({"a": "b"}),
        c.doc.delete_path(array(["a", "b"])),
        c.doc.delete_path(["a"]),
        sa.literal(one),
        sa.literal(Range(1, 2**40)),
        sa.literal(Range(None, datetime.date(2020, 1, 1))),
        sa.literal(Range(datetime.datetime(2020, 1, 1), None)),
        sa.literal(Range(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), None)),
        c.days.any(5),
        postgresql.All(5, c.days),
    ):
        say(compiled(sa.select(expression)))
    say(postgresql.array_agg(c.id).type)


@both("sqlite")
def test_delete_using(engine, say):
    for statement in (
        sa.delete(stay).using(guest).where(guest.c.stay_id == c.id),
        sa.delete(stay).using(guest.alias("g"), guest.join(sa.table("other"), sa.true())),
        sa.delete(stay).using(guest).using(guest),
        sa.delete(stay).using(stay),
        sa.delete(stay).using(sa.select(guest).where(guest.c.stay_id == c.id).lateral("l")).where(c.id > 3),
    ):
        say(compiled(statement))


@both("sqlite")
def test_mistakes_in_upserts(engine, say):
    insert = postgresql.insert(stay).values(id=1)
    for set_ in ({}, None, "name"):
        with say.error():
            insert.on_conflict_do_update(index_elements=["id"], set_=set_)
    with say.error():
        insert.on_conflict_do_nothing().on_conflict_do_nothing()
    unknown = insert.on_conflict_do_update(index_elements=["id"], set_={"nope": sa.literal_column("x")})
    say(compiled(unknown))


@both("psycopg")
def test_what_the_inspector_tells(engine, say):
    with engine.begin() as connection:
        for statement in (
            "CREATE TYPE mood AS ENUM ('good', 'bad')",
            "CREATE DOMAIN small AS integer CHECK (value < 10)",
            "CREATE TABLE diary (id integer PRIMARY KEY, mood mood)",
        ):
            connection.exec_driver_sql(statement)
        inspector = sa.inspect(connection)
        say(inspector.has_type("mood"), inspector.has_type("small"), inspector.has_type("nothing"))
        say(inspector.get_foreign_table_names(), inspector.get_foreign_table_names(schema="public"))
        say(inspector.get_table_oid("diary") > 0)
        with say.error():
            inspector.get_table_oid("nothing")
        say(connection.scalar(sa.select(sa.literal(Range(1, 3)) + Range(2, 9))))
        connection.execute(sa.text("DROP TABLE diary; DROP TYPE mood; DROP DOMAIN small"))
