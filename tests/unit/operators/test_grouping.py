"""Where operators take parentheses, and what negation makes of them."""

import pytest

from sublimate import Boolean, Integer, String, and_, case, column, exists, func, not_, or_, select, table
from sublimate.dialects import postgresql, sqlite
from sublimate.operators import custom_op
from sublimate.operators import functions as f
from sublimate.operators.table import is_precedent

t = table("t", column("id", Integer), column("name", String), column("flag", Boolean))
c = t.c


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ((c.id + 1) * 2, "(t.id + :id_1) * :param_1"),
        (c.id + c.id * 2, "t.id + t.id * :id_1"),
        (-(c.id + 1), "-(t.id + :id_1)"),
        (~(c.id + 1), "NOT (t.id + :id_1)"),
        (~and_(c.id == 1, c.id == 2), "NOT (t.id = :id_1 AND t.id = :id_2)"),
        (or_(and_(c.id == 1, c.id == 2), c.id == 3), "t.id = :id_1 AND t.id = :id_2 OR t.id = :id_3"),
        (and_(or_(c.id == 1, c.id == 2), c.id == 3), "(t.id = :id_1 OR t.id = :id_2) AND t.id = :id_3"),
        (c.name.contains("x") == c.flag, "(t.name LIKE '%' || :name_1 || '%') = t.flag"),
        ((c.id + 1).self_group(), "(t.id + :id_1)"),
    ],
)
def test_parentheses_are_where_they_must_be(expression, text) -> None:
    assert str(expression) == text


def test_an_eager_operator_is_grouped_inside_operations_only() -> None:
    arrow = custom_op("->", precedence=15, eager_grouping=True)
    assert str(arrow(c.name, "a")) == "t.name -> :name_1"
    assert str(arrow(c.name, "a") == "x") == "(t.name -> :name_1) = :param_1"
    assert str(func.f(arrow(c.name, "a"))) == "f(t.name -> :name_1)"


def test_every_operator_is_grouped_against_nothing() -> None:
    assert is_precedent(f.add, None)
    assert not is_precedent(f.mul, f.add)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (~c.id.in_([1]), "(t.id NOT IN (__[POSTCOMPILE_id_1]))"),
        (~c.name.like("x"), "t.name NOT LIKE :name_1"),
        (not_(c.id.is_(None)), "t.id IS NOT NULL"),
        (~exists(select(c.id)), "NOT (EXISTS (SELECT t.id \nFROM t))"),
        (~~and_(c.id == 1, c.id == 2), "NOT (NOT (t.id = :id_1 AND t.id = :id_2))"),
        (~~c.flag, "t.flag"),
        (~(c.id == c.id.any_()), "NOT (t.id = ANY (t.id))"),
    ],
)
def test_negation_uses_the_opposite_operator_where_there_is_one(condition, text) -> None:
    assert str(condition) == text


def test_a_boolean_value_is_a_condition_as_the_database_needs_it() -> None:
    where = select(c.id).where(c.flag, ~c.flag)
    assert str(where.compile(dialect=sqlite.dialect())).endswith("WHERE t.flag = 1 AND t.flag = 0")
    assert str(where.compile(dialect=postgresql.dialect())).endswith("WHERE t.flag AND NOT t.flag")
    assert str(case((c.flag, 1)).compile(dialect=sqlite.dialect())) == "CASE WHEN t.flag THEN ? END"


def test_none_is_compared_with_is() -> None:
    assert str(c.id == None) == "t.id IS NULL"
    assert str(c.id != None) == "t.id IS NOT NULL"
    with pytest.raises(Exception, match="operators can be used with None/True/False"):
        c.id < None  # noqa: B015
