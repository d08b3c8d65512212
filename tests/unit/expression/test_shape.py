"""A statement's key: equal keys mean equal SQL, and what changes the SQL changes the key."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sublimate import (
    Column,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    type_coerce,
    union_all,
)
from sublimate.dialects import postgresql, sqlite
from sublimate.expression.shape import repetition

metadata = MetaData()
users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(50)),
    Column("age", Integer),
)
posts = Table(
    "posts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer),
    Column("title", String),
)


def test_values_do_not_count_but_structure_does() -> None:
    assert (
        select(users).where(users.c.id == 1).cache_key() == select(users).where(users.c.id == 2).cache_key()
    )
    assert select(users).where(users.c.id == 1).cache_key() != select(users).where(users.c.id > 1).cache_key()
    assert (
        select(users).where(users.c.id == 1).cache_key() != select(users).where(users.c.age == 1).cache_key()
    )


def test_binds_come_in_traversal_order() -> None:
    statement = (
        select(users, literal("x").label("l")).where(users.c.id == 1, users.c.name.in_(["a", "b"])).limit(3)
    )
    assert [bind.value for bind in statement.binds] == ["x", 1, ["a", "b"], 3]


def test_anonymous_aliases_count_by_how_they_repeat() -> None:
    def statement(same: bool) -> Any:
        a, b = users.alias(), users.alias()
        return select(a.c.id, (a if same else b).c.name)

    assert statement(True).cache_key() == statement(True).cache_key()
    assert statement(True).cache_key() != statement(False).cache_key()


def test_one_parameter_used_twice_is_not_two_parameters() -> None:
    one, two = literal(5), literal(5)
    assert select(one, one).cache_key() != select(one, two).cache_key()


def test_a_table_that_changed_gives_new_keys() -> None:
    table = Table("t", MetaData(), Column("a", Integer))
    before = select(table).cache_key()
    table.append_column(Column("b", Integer))
    assert select(table).cache_key() != before


def test_two_tables_are_two_shapes() -> None:
    assert select(users).cache_key() != select(posts).cache_key()
    assert (
        select(users.c.id).select_from(users).cache_key() != select(users.c.id).select_from(posts).cache_key()
    )


def test_a_copy_with_another_clause_forgets_its_key() -> None:
    statement = select(users)
    key = statement.cache_key()
    assert statement.where(users.c.id == 1).cache_key() != key
    assert statement.cache_key() == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (cast(users.c.id, String(5)), cast(users.c.id, String(6))),
        (type_coerce(users.c.id, Numeric(asdecimal=True)), type_coerce(users.c.id, Numeric(asdecimal=False))),
        (users.c.id.label("a"), users.c.id.label("b")),
        (func.lower(users.c.name), func.upper(users.c.name)),
        (users.c.name.like("a"), users.c.name.like("a", escape="/")),
        (users.c.id.in_([1]), users.c.id.not_in([1])),
        (users.c.name.contains("a"), users.c.name.startswith("a")),
        (bindparam("a", 1), bindparam("b", 1)),
        (literal_column("a"), literal_column("b")),
        (users.c.id.desc(), users.c.id.asc()),
        (func.sum(users.c.id).over(rows=(None, 0)), func.sum(users.c.id).over(rows=(None, 1))),
    ],
)
def test_what_changes_text_or_results_changes_the_shape(one: Any, other: Any) -> None:
    assert one.shape != other.shape


def test_repetition_pattern() -> None:
    a, b = object(), object()
    assert repetition((a, b, a)) == (0, 1, 0)


# -- random statements

_columns = st.sampled_from([users.c.id, users.c.name, users.c.age, posts.c.id, posts.c.title])
_numbers = st.integers(-3, 3)


def _conditions() -> st.SearchStrategy[Any]:
    leaf = st.one_of(
        st.builds(lambda c, v: c == v, _columns, _numbers),
        st.builds(lambda c, v: c > v, _columns, _numbers),
        st.builds(lambda c: c.is_(None), _columns),
        st.builds(lambda c, vs: c.in_(vs), _columns, st.lists(_numbers, max_size=3)),
        st.builds(lambda c, d: c == d, _columns, _columns),
        st.builds(lambda v: exists().where(posts.c.id == v), _numbers),
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds(lambda a, b: and_(a, b), inner, inner),
            st.builds(lambda a, b: or_(a, b), inner, inner),
            st.builds(not_, inner),
            st.builds(lambda a: case((a, 1), else_=2) == 1, inner),
        ),
        max_leaves=5,
    )


@st.composite
def _statements(draw: Any) -> Any:
    columns = draw(st.lists(_columns, min_size=1, max_size=3))
    if draw(st.booleans()):
        alias = users.alias()
        columns.append(alias.c.id)
    statement = select(*columns)
    for condition in draw(st.lists(_conditions(), max_size=2)):
        statement = statement.where(condition)
    if draw(st.booleans()):
        statement = statement.order_by(draw(_columns))
    if draw(st.booleans()):
        statement = statement.limit(draw(st.integers(0, 9)))
    if draw(st.booleans()):
        statement = select(statement.subquery())
    elif draw(st.booleans()):
        statement = union_all(statement, statement)
    return statement


DIALECTS = [None, sqlite.dialect(), postgresql.dialect()]


@settings(max_examples=200, deadline=None)
@given(_statements(), _statements())
def test_equal_keys_mean_equal_sql_and_different_sql_means_different_keys(one: Any, other: Any) -> None:
    texts = [[str(s.compile(dialect=d)) for d in DIALECTS] for s in (one, other)]
    if one.cache_key() == other.cache_key():
        assert texts[0] == texts[1]
    if texts[0] != texts[1]:
        assert one.cache_key() != other.cache_key()


@settings(max_examples=100, deadline=None)
@given(_statements())
def test_arguments_follow_the_statement_that_is_executed_not_the_one_compiled(statement: Any) -> None:
    """A plan made of one statement serves another of the same key with its own values."""
    from sublimate.compiler import compile_statement

    compiled = compile_statement(statement, sqlite.dialect())
    sql, args = compiled.arguments(statement.binds)
    values = [v for b in statement.binds for v in (b.value if isinstance(b.value, list) else [b.value])]
    assert sql.count("?") == len(args)
    assert set(map(repr, args)) <= set(map(repr, values)) | {"-1", "0"}
