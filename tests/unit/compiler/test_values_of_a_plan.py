"""A plan serves statements with other values, also where the compiler gives parameters other names or types."""

from typing import Any

from sublimate import Column, Integer, MetaData, String, Table, bindparam, select
from sublimate.compiler import compile_statement
from sublimate.dialects import postgresql, sqlite

t = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("name", String))
LITE = sqlite.dialect()


def arguments(first: Any, second: Any, dialect: Any = LITE) -> Any:
    """The arguments of the second statement, by the plan of the first."""
    assert first.cache_key() == second.cache_key()
    return compile_statement(first, dialect).arguments(second.binds)[1]


def test_an_insert_inside_a_cte() -> None:
    def made(name: str) -> Any:
        return select(t.insert().values(name=name).returning(t.c.id).cte("i").c.id)

    assert arguments(made("a"), made("b")) == ["b"]


def test_an_upsert() -> None:
    def made(name: str) -> Any:
        insert = sqlite.insert(t).values(id=1, name=name)
        return insert.on_conflict_do_update(index_elements=["id"], set_={"name": name + "!"})

    assert arguments(made("a"), made("b")) == [1, "b", "b!"]


def test_the_compilers_own_parameters_stay() -> None:
    def made(limit: int) -> Any:
        return select(t.c.id).where(t.c.name == "x").limit(limit)

    assert arguments(made(3), made(5)) == ["x", 5, 0]


def test_parameters_by_name() -> None:
    def made(value: int) -> Any:
        return select(t.c.id).where(t.c.id == value)

    assert arguments(made(3), made(5), postgresql.dialect()) == {"id_1": 5}


def test_a_parameter_with_a_strange_name_is_given_by_its_own_name() -> None:
    compiled = compile_statement(select(t.c.id).where(t.c.id == bindparam("a b", 4)), postgresql.dialect())
    assert compiled.params == {"a_b": 4}
    assert compiled.arguments((), {"a b": 7})[1] == {"a_b": 7}


def test_a_changed_copy_of_a_value_has_another_shape() -> None:
    one = t.c.id == 5
    other = one._with(right=one.right.render_literal_execute())
    assert one.cache_key() == (t.c.id == 6).cache_key()
    assert one.cache_key() != other.cache_key()
