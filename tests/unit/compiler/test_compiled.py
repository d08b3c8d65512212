"""Compiled statements: how values become the driver's arguments, in each parameter style."""

from __future__ import annotations

import pytest

from sublimate import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    exc,
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)
from sublimate.compiler import PlanCache, compile_statement
from sublimate.dialects import postgresql, sqlite

t = Table(
    "t", MetaData(), Column("id", Integer, primary_key=True), Column("name", String), Column("n", Integer)
)


def test_qmark_repeats_a_parameter_that_is_used_twice() -> None:
    wanted = bindparam("w", 5)
    statement = select(t.c.id).where((t.c.id == wanted) | (t.c.n == wanted))
    compiled = compile_statement(statement, sqlite.dialect())
    assert compiled.arguments(statement.binds) == ("SELECT t.id \nFROM t \nWHERE t.id = ? OR t.n = ?", [5, 5])


def test_numeric_parameters_are_sent_once() -> None:
    wanted = bindparam("w", 5)
    statement = select(t.c.id).where((t.c.id == wanted) | (t.c.n == wanted))
    sql, args = compile_statement(statement, postgresql.PGDialect_asyncpg()).arguments(statement.binds)
    assert sql.count("$1") == 2
    assert args == [5]


def test_named_parameters_are_a_dictionary() -> None:
    statement = select(t.c.id).where(t.c.id == 5)
    sql, args = compile_statement(statement, postgresql.dialect()).arguments(statement.binds)
    assert "%(id_1)s" in sql
    assert args == {"id_1": 5}


@pytest.mark.parametrize("values", [[], [1], [1, 2, 3]])
def test_in_lists_of_any_length_share_a_plan(values: list[int]) -> None:
    statement = select(t.c.id).where(t.c.id.in_(values), t.c.name == "x")
    compiled = compile_statement(select(t.c.id).where(t.c.id.in_([7, 8]), t.c.name == "y"), sqlite.dialect())
    sql, args = compiled.arguments(statement.binds)
    assert args == [*values, "x"]
    assert sql.count("?") == len(values) + 1


def test_a_tuple_list_is_expanded_by_row() -> None:
    statement = select(t.c.id).where(tuple_(t.c.id, t.c.name).in_([(1, "a"), (2, "b")]))
    sql, args = compile_statement(statement, sqlite.dialect()).arguments(statement.binds)
    assert sql.endswith("IN (VALUES (?, ?), (?, ?))")
    assert args == [1, "a", 2, "b"]


def test_a_required_parameter_must_come() -> None:
    statement = select(t.c.id).where(t.c.id == bindparam("q"))
    compiled = compile_statement(statement, sqlite.dialect())
    with pytest.raises(exc.InvalidRequestError, match="A value is required for bind parameter 'q'"):
        compiled.arguments(statement.binds)
    assert compiled.arguments(statement.binds, {"q": 3})[1] == [3]


def test_callables_are_called_at_execution() -> None:
    numbers = iter([1, 2])
    statement = select(t.c.id).where(t.c.id == bindparam("q", callable_=lambda: next(numbers)))
    compiled = compile_statement(statement, sqlite.dialect())
    assert compiled.arguments(statement.binds)[1] == [1]
    assert compiled.arguments(statement.binds)[1] == [2]


def test_plain_reads_need_no_transaction_and_others_do() -> None:
    def needs(statement: object) -> bool:
        return compile_statement(statement, postgresql.dialect()).needs_transaction

    assert not needs(select(t))
    assert not needs(select(func.count(), func.lower(t.c.name)))
    assert needs(select(func.my_function(t.c.id)))
    assert needs(select(t).with_for_update())
    assert needs(text("SELECT 1"))
    assert needs(insert(t).values(id=1))
    assert needs(select(insert(t).values(id=1).returning(t.c.id).cte()))


def test_parameters_keys_decide_the_columns_of_an_insert() -> None:
    compiled = compile_statement(insert(t), sqlite.dialect(), column_keys=["name"])
    assert compiled.string == "INSERT INTO t (name) VALUES (?)"
    assert compiled.arguments((), {"name": "x"})[1] == ["x"]


def test_unknown_columns_are_named() -> None:
    with pytest.raises(exc.CompileError, match="Unconsumed column names: nope"):
        compile_statement(update(t).values(nope=1), sqlite.dialect())


def test_a_name_used_for_a_value_and_a_condition_is_refused() -> None:
    statement = update(t).where(t.c.id == bindparam("name")).values(name="x")
    with pytest.raises(exc.CompileError, match=r"bindparam\(\) name 'name' is reserved"):
        compile_statement(statement, sqlite.dialect())


def test_literal_binds_are_escaped() -> None:
    statement = select(t.c.id).where(t.c.name == "o'x\\", t.c.id.in_([1, 2]))
    assert str(statement.compile(compile_kwargs={"literal_binds": True})).endswith(
        "t.name = 'o''x\\' AND t.id IN (1, 2)"
    )


def test_the_plan_cache_is_bounded() -> None:
    cache = PlanCache(10)
    for i in range(100):
        cache[i] = i
    assert len(cache) <= 10
    assert cache[99] == 99


def test_no_cache_keeps_nothing() -> None:
    cache = PlanCache(0)
    cache[1] = 1
    assert len(cache) == 0
