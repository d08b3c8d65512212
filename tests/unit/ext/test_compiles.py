"""`@compiles`: users' SQL for users' constructs and for ours; it counts from the moment it is registered."""

from collections.abc import Iterator
from typing import Any

import pytest

from sublimate import Column, Engine, Integer, MetaData, Table, create_engine, insert, select
from sublimate.ext.compiler import compiles, deregister
from sublimate.sql.expression import ClauseElement, ColumnElement, Executable, FunctionElement
from sublimate.statements.dml import Insert


class Answer(FunctionElement[int]):
    name = "answer"
    type = Integer()
    inherit_cache = True


class Undeclared(ColumnElement[Any]):
    """Says nothing of what it is made of, so no plan of it is kept."""

    def __init__(self, word: str) -> None:
        self.word = word


class InsertFromSelect(Executable, ClauseElement):
    inherit_cache = False

    def __init__(self, table: Any, select: Any) -> None:
        self.table, self.select = table, select


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = create_engine("sqlite://")
    yield made
    made.dispose()


@pytest.fixture
def registered() -> Iterator[None]:
    yield
    for cls in (Answer, Undeclared, InsertFromSelect, Insert):
        deregister(cls)


def test_a_construct_registered_late_changes_statements_that_have_run(
    registered: None, engine: Engine
) -> None:
    @compiles(Answer)
    def first(element: Any, compiler: Any, **kw: Any) -> str:
        return "41"

    statement = select(Answer())
    with engine.connect() as connection:
        assert connection.scalar(statement) == 41

        @compiles(Answer)
        def second(element: Any, compiler: Any, **kw: Any) -> str:
            return "42"

        assert connection.scalar(statement) == 42
        assert connection.scalar(select(Answer())) == 42


def test_the_default_is_used_where_nothing_is_registered_for_the_dialect(
    registered: None, engine: Engine
) -> None:
    @compiles(Answer, "sqlite")
    def on_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
        return "42"

    with engine.connect() as connection:
        assert connection.scalar(select(Answer())) == 42
    assert str(Answer()) == "answer()"


def test_two_constructs_that_declare_nothing_are_never_taken_for_one_another(
    registered: None, engine: Engine
) -> None:
    @compiles(Undeclared)
    def render(element: Any, compiler: Any, **kw: Any) -> str:
        return str(element.word)

    with engine.connect() as connection:
        assert [connection.scalar(select(Undeclared(word))) for word in ("1", "2", "1")] == [1, 2, 1]
    assert not engine.plans, "plans of such statements would only push out others"


def test_a_statement_of_ones_own_can_be_executed(registered: None, engine: Engine) -> None:
    @compiles(InsertFromSelect)
    def render(element: Any, compiler: Any, **kw: Any) -> str:
        table = compiler.process(element.table, asfrom=True, **kw)
        return f"INSERT INTO {table} {compiler.process(element.select, **kw)}"

    table = Table("t", meta := MetaData(), Column("x", Integer, primary_key=True))
    with engine.begin() as connection:
        meta.create_all(connection)
        connection.execute(insert(table), [{"x": 1}, {"x": 2}])
        connection.execute(InsertFromSelect(table, select(table.c.x + 10).where(table.c.x > 1)))
        assert connection.scalars(select(table.c.x).order_by(table.c.x)).all() == [1, 2, 12]


def test_a_statement_of_ours_can_be_changed(registered: None, engine: Engine) -> None:
    table = Table("t", MetaData(), Column("x", Integer))

    @compiles(Insert)
    def prefixed(element: Any, compiler: Any, **kw: Any) -> str:
        return str(compiler.visit_insert(element.prefix_with("OR IGNORE"), **kw))

    assert str(insert(table).values(x=1)) == "INSERT OR IGNORE INTO t (x) VALUES (:x)"
