"""Views and CREATE TABLE AS as part of a MetaData; events of tables: what is sent under both roots, in order."""

from typing import Any

import pytest

from differential.outcomes import assert_same
from differential.roots import Root


class Program:
    """A schema with two views and a table made of a SELECT; `log` has the DDL that SQLite is sent."""

    def __init__(self, root: Root) -> None:
        self.root, self.log = root, []  # type: ignore[var-annotated]
        sa, schema = root.sa, root.schema
        self.metadata = sa.MetaData()
        self.table = sa.Table("t", self.metadata, sa.Column("id", sa.Integer, primary_key=True))
        self.view = schema.CreateView(sa.select(self.table.c.id), "b_view", metadata=self.metadata)
        inner = self.view.table.c.id
        self.above = schema.CreateView(sa.select(inner).where(inner > 3), "a_view", metadata=self.metadata)
        self.made = schema.CreateTableAs(sa.select(self.table.c.id), "z_made", metadata=self.metadata)
        self.engine = self.listened()

    def listened(self) -> Any:
        engine = self.root.sa.create_engine("sqlite://")

        def keep(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
            if statement.strip().startswith(("CREATE", "DROP")):
                self.log.append(" ".join(statement.split()))

        self.root.event.listen(engine, "before_cursor_execute", keep)
        return engine


def everything(p: Program) -> Any:
    for event in ("before_create", "after_create", "before_drop", "after_drop"):
        p.root.event.listen(
            p.view.table, event, lambda target, c, event=event, **kw: p.log.append((event, target.name))
        )
    p.metadata.create_all(p.engine)
    p.metadata.create_all(p.engine)
    with p.engine.begin() as connection:
        connection.execute(p.table.insert(), [{"id": 1}, {"id": 9}])
        p.log.append(connection.execute(p.root.sa.select(p.above.table)).all())
        p.log.append(p.root.sa.inspect(connection).get_view_names())
    p.metadata.drop_all(p.engine)
    p.metadata.drop_all(p.engine)
    return p.log


def one_by_one(p: Program) -> Any:
    p.table.create(p.engine)
    for item in (p.view.table, p.made.table):
        item.create(p.engine)
        item.create(p.engine, checkfirst=True)
    p.view.table.drop(p.engine)
    p.made.table.drop(p.engine)
    with p.engine.begin() as connection:
        connection.execute(p.view)
    return p.log


def copied(p: Program) -> Any:
    other = p.root.sa.MetaData()
    for table in p.metadata.sorted_tables:
        table.to_metadata(other)
    other.create_all(p.listened())
    return p.log


def facts(p: Program) -> Any:
    tables = (p.table, p.view.table, p.above.table, p.made.table)
    free = p.root.schema.CreateView(p.root.sa.select(p.table), "free")
    return (
        [table.is_view for table in tables], [table.name for table in p.metadata.sorted_tables],
        [str(p.root.schema.CreateTable(table)) for table in tables], free.table.metadata is p.metadata,
        sorted(p.root.schema.CheckFirst.__members__),
    )  # fmt: skip


def looked_up(p: Program) -> Any:
    p.metadata.create_all(p.engine)
    p.metadata.create_all(p.engine, checkfirst=p.root.schema.CheckFirst.TABLES)
    return p.log


@pytest.mark.parametrize(
    "program", [everything, one_by_one, copied, facts, looked_up], ids=lambda f: f.__name__
)
def test_views(program: Any) -> None:
    assert_same(f"schema/views {program.__name__}", lambda root: program(Program(root)))


def test_events_of_tables() -> None:
    def program(root: Root) -> Any:
        p, sa = Program(root), root.sa
        told: list[Any] = []
        metadata = sa.MetaData()
        first = sa.Table(
            "t", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("u_id", sa.ForeignKey("u.id")),
            listeners=[("before_create", lambda target, c, **kw: told.append(("own", target.name)))],
        )  # fmt: skip
        sa.Table("u", metadata, sa.Column("id", sa.Integer, primary_key=True))
        for target in (first, metadata):
            for event in ("before_create", "after_create", "before_drop", "after_drop"):
                root.event.listen(
                    target, event,
                    lambda target, c, event=event, **kw: told.append((event, type(target).__name__, [t.name for t in kw.get("tables") or []])),
                )  # fmt: skip
        ddl = root.schema.DDL
        root.event.listen(first, "after_create", ddl("INSERT INTO %(table)s (id) VALUES (7)"))
        root.event.listen(first, "after_create", ddl("no sql").execute_if(dialect="postgresql"))
        root.event.listen(
            first,
            "after_create",
            ddl("no sql").execute_if(callable_=lambda ddl, target, bind, **kw: target.name == "u"),
        )
        metadata.create_all(p.engine)
        with p.engine.connect() as connection:
            told.append(connection.execute(sa.select(first.c.id)).all())
        metadata.drop_all(p.engine)
        return told, p.log

    assert_same("schema/events", program)
