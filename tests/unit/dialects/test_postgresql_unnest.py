"""Columns of many rows as one text each: what can travel so, and what stays an array."""

from __future__ import annotations

import pytest

from sublimate.dialects.postgresql.unnest import unnest_packing


def pack(cast, values):
    packing = unnest_packing(cast)
    return packing.pack(values)


@pytest.mark.parametrize(
    ("values", "text"),
    [([1, -2, 3], "{1, -2, 3}"), ([1, None], "{1, NULL}"), ([7], "{7}"), ([True, 1], None), ([1, "2"], None)],
)
def test_integers_make_an_array_literal(values, text):
    assert pack("INTEGER", values) == text


def test_integers_of_too_many_digits_stay_an_array():
    assert pack("BIGINT", [1, 10**6000]) is None


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (["a", "b,{}\"'\\"], "a\x1fb,{}\"'\\"),
        (["a", None, ""], "a\x1f\x1e\x1f"),
        ([None], "\x1e"),
        (["NULL", "x"], "NULL\x1fx"),
        (["", ""], "\x1f"),
        ([""], None),
        (["a\x1fb", "c"], None),
        (["\x1e", "c"], None),
        (["\x1e", None], None),
        (["a", b"b"], None),
    ],
)
def test_texts_are_joined_unless_they_have_the_separators(values, text):
    assert pack("VARCHAR", values) == text


@pytest.mark.parametrize("cast", ["BOOLEAN", "NUMERIC", "BYTEA", "UUID", "TIMESTAMP WITH TIME ZONE", "mood"])
def test_other_types_stay_arrays(cast):
    assert unnest_packing(cast) is None
