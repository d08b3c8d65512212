"""Parameters of a statement: a list of one set is no batch."""

import sqlalchemy as sa
import sqlalchemy.dialects.postgresql
from twins import both

metadata = sa.MetaData()
item = sa.Table(
    "item",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
)


@both()
def test_one_set_in_a_list(engine, say):
    metadata.create_all(engine)

    def note(connection, cursor, statement, parameters, context, executemany):
        say(executemany, context.executemany, type(parameters).__name__)

    sa.event.listen(engine, "before_cursor_execute", note)
    with engine.begin() as connection:
        result = connection.execute(item.insert(), [{"name": "a"}])
        say(result.inserted_primary_key, result.inserted_primary_key_rows)
        say(result.last_inserted_params())
        result = connection.execute(
            item.update().where(item.c.id == sa.bindparam("key")), [{"key": 1, "name": "b"}]
        )
        say(result.rowcount, result.last_updated_params())
        connection.execute(sa.text("INSERT INTO item (name) VALUES (:name)"), [{"name": "c"}])
        connection.execute(item.insert(), [{"name": "d"}, {"name": "e"}])
        say(connection.execute(item.select().where(item.c.id == sa.bindparam("key")), [{"key": 1}]).all())


@both("sqlite")
def test_the_parameters_that_an_error_tells(engine, say):
    metadata.create_all(engine)

    def attempt(*given):
        with engine.connect() as connection:
            try:
                connection.execute(*given)
            except sa.exc.DBAPIError as error:
                say(error.params, error.ismulti, str(error).splitlines()[2])

    attempt(item.insert().values(id=5))
    attempt(item.insert(), [{"id": 5}])
    attempt(item.insert(), [{"id": 5}, {"id": 6}])
    attempt(sa.text("INSERT INTO item (id) VALUES (:id)"), {"id": 5})
    attempt(item.insert().returning(item.c.id), [{"id": 5}, {"id": 6}])


@both()
def test_defaults_see_the_parameters_of_their_row(engine, say):
    own = sa.MetaData()

    def next_to(context):
        return context.get_current_parameters()["a"] + 10

    table = sa.Table(
        "pairs",
        own,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.Integer),
        sa.Column("b", sa.Integer, default=next_to),
    )
    own.create_all(engine)
    with engine.begin() as connection:
        connection.execute(table.insert().values(a=1))
        connection.execute(table.insert(), [{"a": 2}, {"a": 3}])
        connection.execute(table.insert().values([{"a": 4}, {"a": 5}, {"a": 6}]))
        say(connection.execute(sa.select(table.c.a, table.c.b).order_by(table.c.a)).all())
        with say.error(message=False):
            connection.execute(table.insert().values(id=99))
    say(repr(sa.dialects.postgresql.INET().as_generic(allow_nulltype=True)))
