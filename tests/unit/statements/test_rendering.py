"""Statements as text: what is listed in FROM, where WITH stands, how columns are called."""

from typing import Any

import pytest

from sublimate import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    column,
    exc,
    func,
    or_,
    select,
    true,
    union,
    values,
)
from sublimate.compiler import compile_statement
from sublimate.dialects import mysql, postgresql, sqlite

meta = MetaData()
users = Table("users", meta, Column("id", Integer, primary_key=True), Column("name", String))
posts = Table("posts", meta, Column("id", Integer, primary_key=True), Column("uid", ForeignKey("users.id")))
u, p = users.c, posts.c


def text(statement: Any, dialect: Any = None) -> str:
    return " ".join(str(statement.compile(dialect=dialect)).split())


def test_a_lateral_sees_what_it_is_joined_to() -> None:
    recent = select(p.id).where(p.uid == u.id).lateral("r")
    assert text(select(u.id).join(recent, true())) == (
        "SELECT users.id FROM users JOIN LATERAL (SELECT posts.id AS id FROM posts WHERE posts.uid = users.id) AS r ON true"
    )


def test_a_nesting_cte_stands_in_the_select_that_names_it() -> None:
    inner = select(u.id).cte("inner_c", nesting=True)
    outer = select(inner.c.id).cte("outer_c")
    assert text(select(outer.c.id)) == (
        "WITH outer_c AS (WITH inner_c AS (SELECT users.id AS id FROM users) "
        "SELECT inner_c.id AS id FROM inner_c) SELECT outer_c.id FROM outer_c"
    )


def test_mysql_has_the_with_clause_inside_insert_from_select() -> None:
    cte = select(u.id).cte("c")
    statement = posts.insert().from_select(["id"], select(cte.c.id))
    assert text(statement, mysql.dialect()).startswith("INSERT INTO posts (id) WITH c AS (")
    assert text(statement, sqlite.dialect()).startswith("WITH c AS (")


def test_numbers_follow_the_order_of_rendering() -> None:
    cte = select(p.uid).where(p.id > 3).cte("c")
    statement = users.update().where(u.id.in_(select(cte.c.uid))).values(name="x")
    compiled = compile_statement(statement, postgresql.PGDialect_asyncpg())
    assert "posts.id > $2" in compiled.string
    assert "SET name=$1" in compiled.string
    assert compiled.arguments(statement.binds)[1] == ["x", 3]


def test_values_without_a_name_are_listed_without_one() -> None:
    rows = values(column("a", Integer)).data([(1,)])
    assert text(select(rows)) == "SELECT a FROM (VALUES (:param_1))"
    named = values(column("a", Integer), name="v").data([(1,)])
    assert text(select(named)) == "SELECT v.a FROM (VALUES (:param_1)) AS v (a)"
    assert text(select(named.cte("q").c.a)) == "WITH q(a) AS (VALUES (:param_1)) SELECT q.a FROM q"


def test_an_alias_of_an_alias_is_one_alias() -> None:
    assert text(select(users.alias("a").alias("b").c.id)) == "SELECT b.id FROM users AS b"


def test_labels_keep_their_names_and_columns_give_way() -> None:
    assert (
        text(select(u.id.label("a"), u.name.label("a"))) == "SELECT users.id AS a, users.name AS a FROM users"
    )
    assert text(select(u.id, p.id)) == "SELECT users.id, posts.id AS id_1 FROM users, posts"
    with pytest.raises(exc.InvalidRequestError, match="unique names for explicit labels"):
        str(select(u.id.label("a"), u.name.label("a")).subquery().select())


def test_group_by_a_label_is_the_expression_and_order_by_the_name() -> None:
    low = func.lower(u.name).label("low")
    assert text(select(low).group_by(low).order_by(low)) == (
        "SELECT lower(users.name) AS low FROM users GROUP BY lower(users.name) ORDER BY low"
    )


def test_reduce_columns_leaves_out_what_is_known_to_be_equal() -> None:
    statement = select(u.id, p.id, p.uid).where(u.id == p.id)
    assert [c.table.name + "." + c.name for c in statement.reduce_columns().inner_columns] == [
        "users.id",
        "posts.uid",
    ]
    reduced = statement.reduce_columns(only_synonyms=False).inner_columns
    assert [c.name for c in reduced] == ["id"]


def test_select_of_a_select_says_what_to_do() -> None:
    with pytest.raises(exc.ArgumentError, match=r"use the \.subquery\(\) method"):
        select(select(u.id))


def test_widths_of_a_union_are_compared_when_it_is_compiled() -> None:
    statement = union(select(u.id), select(p.id, p.uid))
    with pytest.raises(exc.CompileError, match="identical numbers of columns"):
        str(statement)


def test_one_table_is_written_to_unless_the_database_writes_to_several() -> None:
    statement = users.update().values({u.name: "x", p.uid: 1}).where(u.id == p.uid)
    assert text(statement, mysql.dialect()).startswith("UPDATE users, posts SET posts.uid=%s, users.name=%s")
    with pytest.raises(exc.CompileError, match="additional tables in the SET clause"):
        text(statement, sqlite.dialect())


@pytest.mark.filterwarnings("ignore:Invoking")
def test_an_empty_list_of_conditions_leaves_the_others_as_they_are() -> None:
    nothing = or_(and_(), and_(and_()))
    assert text(select(u.id).where(nothing, u.id == 1, u.name == "a")) == text(
        select(u.id).where(u.id == 1, u.name == "a")
    )
    assert text(select(u.id).where(nothing)) == text(select(u.id).having(nothing)) == text(select(u.id))
    assert text(users.delete().where(nothing)) == text(users.delete())
