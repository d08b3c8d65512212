"""Parameters of a statement: a list of one set is no batch."""

import sqlalchemy as sa
import sqlalchemy.dialects.postgresql
from sqlalchemy.ext.compiler import compiles
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


ITEMS = [
    sa.select(item.c.id).where(item.c.id == 1, item.c.name.in_(["a", "b"])),
    sa.select(item.c.id).where(item.c.id == sa.bindparam("q", 5)),
    sa.select(item.c.id).where(item.c.id.in_(sa.bindparam("ids", [1, 2], expanding=True)), item.c.name == "x"),
    sa.select(item.c.id).where(item.c.id == sa.bindparam("le", 3, literal_execute=True)),
    sa.insert(item).values(name="a"),
    sa.update(item).where(item.c.id == 1).values(name="z"),
    sa.delete(item).where(item.c.id == 3),
    sa.text("SELECT :a").bindparams(a=1),
    sa.text("SELECT 1 AS q").columns(q=sa.Integer),
    sa.and_(item.c.id == 1, item.c.name == "q"),
]  # fmt: skip


@both("sqlite")
def test_what_a_compiled_statement_tells(engine, say):
    for statement in ITEMS:
        for dialect in (engine.dialect, sa.dialects.postgresql.dialect()):
            compiled = statement.compile(dialect=dialect)
            say(compiled.isinsert, compiled.isupdate, compiled.isdelete, compiled.isplaintext)
            say(compiled.positional, compiled.can_execute, compiled.column_keys, compiled.for_executemany)
            say(list(compiled.positiontup or []), compiled.bindtemplate, sorted(compiled.bind_names.values()))
            say(
                len(compiled.post_compile_params),
                len(compiled.literal_execute_params),
                dict(compiled.escaped_bind_names),
            )
            say([compiled.binds[name].value for name in sorted(compiled.bind_names.values())])
            say(compiled.statement is statement, compiled.construct_params({"q": 9}))
            expanded = compiled.construct_expanded_state()
            say(
                expanded.statement,
                expanded.positiontup,
                sorted(expanded.parameters.items()),
                expanded.parameter_expansion,
            )
            written = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
            say(written.string, written.params, list(written.positiontup or []))


@both("sqlite")
def test_lists_of_other_parameters_are_written_out(engine, say):
    compiled = ITEMS[2].compile(dialect=engine.dialect)
    expanded = compiled.construct_expanded_state({"ids": [7, 8, 9]})
    say(expanded.statement, expanded.positional_parameters, sorted(expanded.additional_parameters.items()))
    try:
        ITEMS[2].compile(
            dialect=engine.dialect, compile_kwargs={"render_postcompile": True}
        ).construct_params({"ids": [1]})
    except sa.exc.InvalidRequestError as error:
        say(str(error)[:60])


@both("sqlite")
def test_options_of_compile(engine, say):
    for statement in (
        *ITEMS,
        item.c.id + 1 > 5,
        sa.func.foo(item.c.id),
        sa.select(item).join(item.alias("o"), sa.column("x") == item.c.id),
    ):
        say(statement.compile(compile_kwargs={"include_table": False}).string)
        if statement.__visit_name__ != "textclause":
            say(
                statement.compile(
                    dialect=engine.dialect, compile_kwargs={"literal_binds": True, "include_table": False}
                ).string
            )
    try:
        ITEMS[0].compile(color="red")
    except TypeError as error:
        say(str(error).rpartition(") ")[2])
    say(ITEMS[0].compile(cache_key=None, column_keys=[], render_schema_translate=False).string)


@both("sqlite")
def test_functions_of_compiles_get_what_compile_was_given(engine, say):
    class colored(sa.ColumnElement):
        inherit_cache = True
        type = sa.Integer()

    @compiles(colored)
    def _(element, compiler, **kw):
        return f"colored({kw.get('color')})"

    for statement in (
        colored(),
        sa.select(colored()).where(colored() == 1).order_by(colored()),
        sa.func.f(colored()),
    ):
        say(statement.compile(compile_kwargs={"color": "red"}).string, statement)


@both("sqlite")
def test_values_of_the_statement_and_of_the_execution(engine, say):
    metadata.create_all(engine)
    upper = sa.func.upper("in sql")
    with engine.begin() as connection:
        for statement in (
            item.insert().values(name="stated"), item.insert().values(name=upper), item.insert().values(name=sa.bindparam("other", "default")),
        ):  # fmt: skip
            connection.execute(statement, {"name": "given"})
            say(
                statement.compile(column_keys=["name"]).string, statement.compile(column_keys=["name"]).params
            )
        for statement in (
            item.update().where(item.c.id == 1).values(name="stated"), item.update().where(item.c.id == 2).values(name=upper),
            item.update().where(item.c.id == sa.bindparam("key")).values(name=sa.bindparam("other")),
        ):  # fmt: skip
            connection.execute(statement, [{"name": "updated", "key": 3, "other": "o"}])
            say(statement.compile(column_keys=["name"]).string)
        say(connection.execute(item.select()).all())
