"""What is told of CREATE and DROP: events of MetaData, tables and indexes, DDL with conditions."""

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.schema import DDL, AddConstraint, CheckConstraint
from twins import both

NAMES = ("before_create", "after_create", "before_drop", "after_drop")


def schema(say):
    """Two tables and an index that tell what happens to them."""
    metadata = sa.MetaData()
    shelf = sa.Table(
        "ddl_shelf", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String)
    )
    book = sa.Table(
        "ddl_book",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("shelf_id", sa.ForeignKey("ddl_shelf.id")),
    )
    index = sa.Index("ddl_by_name", shelf.c.name)

    def tell(name):
        def told(target, connection, **kw):
            tables = [table.name for table in kw.get("tables") or ()]
            say(name, type(target).__name__, getattr(target, "name", None), tables, kw.get("checkfirst"))
            say(kw.get("_is_metadata_operation"))

        return told

    for target in (metadata, shelf, book, index):
        for name in NAMES:
            event.listen(target, name, tell(name))
    return metadata, shelf, book, index


@both("sqlite", "psycopg")
def test_events_of_tables_indexes_and_metadata(engine, say):
    metadata, _, book, index = schema(say)
    with engine.begin() as connection:
        for checkfirst in (False, True):
            metadata.create_all(connection, checkfirst=checkfirst)
            book.drop(connection, checkfirst=checkfirst)
            book.create(connection, checkfirst=checkfirst)
            metadata.drop_all(connection, tables=[book], checkfirst=checkfirst)
            metadata.create_all(connection, tables=[book], checkfirst=checkfirst)
            index.drop(connection)
            index.create(connection)
            metadata.drop_all(connection, checkfirst=checkfirst)


@both("sqlite", "psycopg")
def test_ddl_under_conditions(engine, say):
    metadata, shelf, *_ = schema(say)

    def on_sqlite(ddl, target, bind, **kw):
        tables = [table.name for table in kw.get("tables") or ()]
        say(type(ddl).__name__, target.name, type(bind).__name__, kw["state"], kw["dialect"].name, tables)
        return kw["dialect"].name == "sqlite"

    text = "INSERT INTO %(fullname)s (id) VALUES ({})"
    for ddl in (
        DDL("INSERT INTO %(table)s (id) VALUES (%(given)s)", context={"given": 7}),
        DDL(text.format(8)).execute_if(dialect="sqlite"),
        DDL(text.format(9)).execute_if(dialect=("postgresql", "mysql")),
        DDL(text.format(10)).execute_if(callable_=on_sqlite, state="some state"),
        DDL(text.format(11)).execute_if(callable_=on_sqlite, dialect="oracle"),
        AddConstraint(CheckConstraint("id < 100", name="ddl_few"), isolate_from_table=False).execute_if(
            dialect="other"
        ),
    ):
        event.listen(shelf, "after_create", ddl)
    event.listen(metadata, "before_drop", DDL("DELETE FROM ddl_shelf WHERE id %% 2 = 1"))
    event.listen(
        shelf,
        "before_drop",
        lambda table, connection, **kw: say(connection.scalars(sa.select(table.c.id)).all()),
    )
    with engine.begin() as connection:
        metadata.create_all(connection)
        say(connection.scalars(sa.select(shelf.c.id).order_by(shelf.c.id)).all())
        metadata.drop_all(connection)


@both("sqlite", "psycopg")
def test_constraints_and_indexes_of_some_databases(engine, say):
    metadata = sa.MetaData()
    sa.Table(
        "ddl_some",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        CheckConstraint("id > 0", name="ddl_above").ddl_if(dialect="postgresql"),
        sa.Index("ddl_some_id", "id").ddl_if(
            callable_=lambda ddl, target, bind, **kw: kw["dialect"].name == "sqlite"
        ),
    )
    with engine.begin() as connection:
        metadata.create_all(connection)
        found = sa.inspect(connection)
        say([one["name"] for one in found.get_check_constraints("ddl_some")])
        say([one["name"] for one in found.get_indexes("ddl_some")])
        metadata.drop_all(connection)


@both("sqlite")
def test_listeners_of_all_tables(engine, say):
    heard = []

    def table_made(target, connection, **kw):
        heard.append(target.name)

    def all_made(target, connection, **kw):
        heard.append("all")

    event.listen(sa.Table, "before_create", table_made)
    event.listen(sa.MetaData, "after_create", all_made)
    metadata = sa.MetaData()
    sa.Table("ddl_heard", metadata, sa.Column("id", sa.Integer, primary_key=True))
    metadata.create_all(engine)
    event.remove(sa.Table, "before_create", table_made)
    event.remove(sa.MetaData, "after_create", all_made)
    metadata.drop_all(engine)
    metadata.create_all(engine)
    say(heard)
    with say.error():
        DDL("SELECT 1", on="sqlite")
    say(str(DDL("DROP %(table)s %(schema)s %(fullname)s").against(metadata.tables["ddl_heard"]).compile()))
