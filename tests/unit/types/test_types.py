"""Types as objects: enumerations, decorators, variants, shape keys, results of operators."""

import enum
import operator
from typing import Any

import pytest

from sublimate import exc, types
from sublimate.dialects import mysql, postgresql, sqlite
from sublimate.operators import concat_op
from sublimate.types.base import bind_processor_for, result_processor_for


class Color(enum.Enum):
    red = "r"
    crimson = "r"  # noqa: PIE796
    blue = "b"


def test_enum_of_a_class_has_names_without_aliases() -> None:
    type_ = types.Enum(Color)
    assert type_.enums == ["red", "blue"]
    assert (type_.name, type_.length, type_.python_type) == ("color", 4, Color)


def test_enum_with_values() -> None:
    type_ = types.Enum(Color, values_callable=lambda cls: [member.value for member in cls])
    read = result_processor_for(type_, sqlite.dialect())
    assert type_.enums == ["r", "b"]
    assert read("b") is Color.blue


@pytest.mark.parametrize("validate", [True, False])
def test_enum_refuses_unknown_values(validate: bool) -> None:
    type_ = types.Enum("a", "b", name="ab", validate_strings=validate)
    write, read = bind_processor_for(type_, sqlite.dialect()), result_processor_for(type_, sqlite.dialect())
    message = "'x' is not among the defined enum values. Enum name: ab. Possible values: a, b"
    with pytest.raises(LookupError, match=message):
        read("x")
    if validate:
        with pytest.raises(LookupError, match=message):
            write("x")
    else:
        assert write("x") == "x"


def test_enum_length_must_hold_the_longest() -> None:
    with pytest.raises(ValueError, match="2 < 3"):
        types.Enum("a", "bbb", length=2)


class Shout(types.TypeDecorator[str]):
    impl = types.String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return value and value.lower()

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return value and value.upper()


class Anything(Shout):
    cache_ok = None


def test_decorator_changes_values_around_its_type() -> None:
    dialect = sqlite.dialect()
    assert bind_processor_for(Shout(), dialect)("AbC") == "abc"
    assert result_processor_for(Shout(), dialect, None)("abc") == "ABC"
    assert Shout(5).compile(dialect) == "VARCHAR(5)"


def test_decorator_without_an_inner_type() -> None:
    class Bad(types.TypeDecorator[str]):
        pass

    with pytest.raises(AttributeError, match="class-level variable 'impl'"):
        Bad()


def test_decorator_chooses_its_type_by_dialect() -> None:
    class Document(types.TypeDecorator[Any]):
        impl = types.Text
        cache_ok = True

        def load_dialect_impl(self, dialect: Any) -> Any:
            return dialect.type_descriptor(
                postgresql.JSONB() if dialect.name == "postgresql" else types.Text()
            )

    assert Document().compile(postgresql.dialect()) == "JSONB"
    assert Document().compile(sqlite.dialect()) == "TEXT"


def test_variant_is_another_type_on_its_dialects() -> None:
    type_ = types.BigInteger().with_variant(types.Integer(), "sqlite")
    assert [type_.compile(d.dialect()) for d in (sqlite, postgresql, mysql)] == [
        "INTEGER",
        "BIGINT",
        "BIGINT",
    ]
    with pytest.raises(exc.ArgumentError, match="already present"):
        type_.with_variant(types.Text(), "sqlite")


def test_shape_keys_are_equal_for_equal_types_only() -> None:
    assert types.String(5).shape_key == types.String(5).shape_key
    assert types.String(5).shape_key != types.String(6).shape_key
    assert types.String(5).shape_key != types.VARCHAR(5).shape_key
    assert types.Numeric(1).shape_key != types.Numeric(True).shape_key
    assert types.Enum("a", name="x").shape_key != types.Enum("b", name="x").shape_key
    assert types.ARRAY(types.Integer).shape_key != types.ARRAY(types.Text).shape_key


def test_a_decorator_that_promises_nothing_is_equal_to_itself_only() -> None:
    assert Shout().shape_key == Shout().shape_key
    first, second = Anything(), Anything()
    assert first.shape_key == first.shape_key
    assert first.shape_key != second.shape_key


def test_the_dialect_does_not_keep_types_alive() -> None:
    dialect = sqlite.dialect()
    for _ in range(100):
        types.String(7).dialect_impl(dialect)
    assert len(dialect.type_memos) < 5


@pytest.mark.parametrize(
    ("left", "op", "right", "result"),
    [
        (types.Integer(), operator.add, types.Numeric(10, 2), types.Numeric),
        (types.Integer(), operator.truediv, types.Integer(), types.Numeric),
        (types.Float(), operator.mul, types.Interval(), types.Interval),
        (types.Date(), operator.sub, types.Date(), types.Integer),
        (types.Date(), operator.add, types.Interval(), types.DateTime),
        (types.DateTime(), operator.sub, types.DateTime(), types.Interval),
        (types.Time(), operator.sub, types.Time(), types.Interval),
        (types.Interval(), operator.add, types.DateTime(), types.DateTime),
        (types.Integer(), operator.mod, types.Numeric(), types.Integer),
    ],
)
def test_operators_choose_the_type_of_their_result(left: Any, op: Any, right: Any, result: Any) -> None:
    found, type_ = left.adapt_operator(op, right)
    assert found is op
    assert type(type_) is result


def test_plus_of_strings_is_concatenation() -> None:
    assert types.String().adapt_operator(operator.add, types.Text())[0] is concat_op
    assert types.String().adapt_operator(operator.add, types.Integer())[0] is operator.add


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "Integer()"), (2**31, "BigInteger()"), ("a", "String()"), (b"a", "LargeBinary()"), (1.5, "Double()"),
     (True, "Boolean()"), (None, "NullType()"), ([], "NullType()")],
)  # fmt: skip
def test_a_plain_value_has_a_type(value: Any, text: str) -> None:
    assert repr(types.type_for_value(value)) == text


def test_arrays_are_not_nested() -> None:
    with pytest.raises(ValueError, match="Do not nest ARRAY types"):
        types.ARRAY(types.ARRAY(types.Integer))


def test_generic_form_of_a_type() -> None:
    assert repr(types.VARCHAR(5).as_generic()) == "String(length=5)"
    assert repr(postgresql.INTERVAL(precision=3).as_generic()) == "Interval(second_precision=3)"
