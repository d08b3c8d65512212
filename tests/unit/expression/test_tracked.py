"""Variables of lambdas: parameters where SQL uses them, values where Python does."""

from collections.abc import Callable
from typing import Any

import pytest

from sublimate import Integer, String, column, select, table
from sublimate.expression.tracked import call_tracked

a = table("a", column("id", Integer), column("n", String))
NUMBERS = {"x": 7}
word, number, words = "x", 5, ["x", "y"]

BY_PYTHON: dict[str, Callable[[], Any]] = {
    "a.n = '%x%'": lambda: a.c.n == f"%{word}%",
    "a.n = 'x!'": lambda: a.c.n == "%s!" % word,  # noqa: UP031
    "a.n = 'X'": lambda: a.c.n == word.upper(),
    "a.n = '5'": lambda: a.c.n == str(number),
    "a.id = 7": lambda: a.c.id == NUMBERS[word],
    "a.id = 8": lambda: a.c.id == NUMBERS.get(word, 0) + 1,
    "a.id = 2": lambda: a.c.id == len(words),
    "a.id = 1": lambda: a.c.id == (1 if number == 5 else 2),
    "a.n = 'x,y'": lambda: a.c.n == ",".join(words),
}


@pytest.mark.parametrize("expected", BY_PYTHON)
def test_python_has_the_values_of_variables(expected: str) -> None:
    made = call_tracked(BY_PYTHON[expected])
    assert str(made.compile(compile_kwargs={"literal_binds": True})) == expected


def test_sql_has_parameters_named_after_variables() -> None:
    made = call_tracked(lambda: (a.c.id == number) & a.c.n.in_(words))
    assert str(made) == "a.id = :number_1 AND a.n IN (__[POSTCOMPILE_words_1])"
    assert made.compile().params == {"number_1": 5, "words_1": ["x", "y"]}


def test_texts_of_variables_are_shown_afterwards() -> None:
    made = call_tracked(lambda: a.c.id == number)
    assert str(made.right) == ":number_1"
    assert "number" in repr(made.right)
    assert {made.right: 1}[made.right] == 1


def test_errors_are_those_of_the_lambda() -> None:
    with pytest.raises(IndexError):
        call_tracked(lambda: select(a).limit(words[number]))
