"""Rows: tuples with names."""

from __future__ import annotations

import pickle
import traceback

import pytest

from sublimate import exc
from sublimate.engine.row import ResultMetaData, Row, result_tuple


@pytest.fixture
def row() -> Row:
    return result_tuple(["id", "name", "count"])([1, "ada", 3])


def test_row_is_a_tuple_with_names(row):
    assert row == (1, "ada", 3) and isinstance(row, tuple) and hash(row) == hash((1, "ada", 3))
    assert (row.id, row.name, row[2]) == (1, "ada", 3)
    assert row._fields == ("id", "name", "count")
    assert row._asdict() == {"id": 1, "name": "ada", "count": 3}
    assert row[:2] == (1, "ada") and repr(row) == "(1, 'ada', 3)"


def test_column_named_like_a_tuple_method_wins(row):
    assert row.count == 3
    assert result_tuple(["id"])([1]).count(1) == 1


def test_row_is_immutable(row):
    with pytest.raises(AttributeError):
        row.id = 5
    with pytest.raises(AttributeError):
        row.other = 5


def test_unknown_attribute_names_the_columns_there_are(row):
    with pytest.raises(
        AttributeError, match="Could not locate column in row for column 'foo'; the row has 'id', 'name'"
    ):
        _ = row.foo
    with pytest.raises(TypeError):
        row["id"]


def test_rows_of_the_same_columns_share_a_class():
    assert result_tuple(["a", "b"]) is result_tuple(["a", "b"])


def test_row_pickles(row):
    copy = pickle.loads(pickle.dumps(row))
    assert copy == row and copy.name == "ada" and copy._mapping["count"] == 3


def test_mapping_reads_by_name_and_by_what_was_selected():
    column, other = object(), object()
    row = ResultMetaData(["a", "b"], [(column, "a"), ("b",)]).row_class((1, 2))
    mapping = row._mapping
    assert mapping["a"] == mapping[column] == 1
    assert dict(mapping) == {"a": 1, "b": 2} and list(mapping) == ["a", "b"] and len(mapping) == 2
    assert mapping == {"a": 1, "b": 2} and repr(mapping) == "{'a': 1, 'b': 2}"
    assert "a" in mapping and column in mapping and other not in mapping and 0 not in mapping
    assert mapping.get("zz") is None
    for key in ("zz", other, 0):
        with pytest.raises(exc.NoSuchColumnError, match="Could not locate column in row for column"):
            mapping[key]


def test_name_of_several_columns_means_the_last_one_in_driver_results():
    row = result_tuple(["a", "a"])([1, 2])
    assert row.a == 2 and row._mapping["a"] == 2 and row._asdict() == {"a": 2} and row._fields == ("a", "a")


def test_name_of_several_columns_is_ambiguous_in_a_planned_result():
    first, second = object(), object()
    row = ResultMetaData(["id", "id", "x"], [(first,), (second,), ()], strict=True).row_class((1, 2, 3))
    with pytest.raises(
        exc.InvalidRequestError, match="Ambiguous column name 'id' in result set column descriptions"
    ):
        _ = row.id
    with pytest.raises(exc.InvalidRequestError, match="Ambiguous column name 'id'"):
        row._mapping["id"]
    assert row.x == 3 and row._mapping[first] == 1 and row._mapping[second] == 2


def test_processors_apply_once_per_value():
    metadata = ResultMetaData(["a", "b", "c"], processors=[None, str.upper, None])
    assert metadata.rows([(1, "x", 2), (3, "y", 4)]) == [(1, "X", 2), (3, "Y", 4)]
    assert metadata.column(1)([(1, "x", 2)]) == ["X"] and metadata.column(2)([(1, "x", 2)]) == [2]
    reduced = metadata.reduce(["b", "a"])
    assert reduced.rows([(1, "x", 2)]) == [("X", 1)] and reduced.column(0)([(1, "x", 2)]) == ["X"]
    assert reduced.reduce([1]).rows([(1, "x", 2)]) == [(1,)]


def test_generated_code_shows_in_tracebacks():
    metadata = ResultMetaData(["a"], processors=[str.upper])
    try:
        metadata.rows([(1,)])
    except TypeError:
        assert "process0(value0)" in traceback.format_exc()


def test_scalar_source_gives_rows_only_where_rows_are_asked_for():
    metadata = ResultMetaData(["User"], source="scalar")
    values = ["u1", "u2"]
    assert metadata.column(0)(values) is values
    rows = metadata.rows(values)
    assert rows == [("u1",), ("u2",)] and rows[0].User == "u1"
    assert metadata.reduce([0, 0]).rows(values) == [("u1", "u1"), ("u2", "u2")]
