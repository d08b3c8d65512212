"""Results, compared with SQLAlchemy's over the same rows, in memory and streamed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.engine import result as oracle

from sublimate import exc
from sublimate.engine import result as ours
from sublimate.engine.buffer import NO_ROWS, RowBuffer
from sublimate.engine.row import ResultMetaData, SimpleResultMetaData, named_metadata

KEYS = ("a", "b")
ROWS = [(1, "x"), (1, "y"), (2, "x"), (1, "x")]


def in_memory(rows: Any = ROWS) -> ours.Result:
    return ours.Result(named_metadata(KEYS), RowBuffer(list(rows)))


def streamed(rows: Any = ROWS) -> ours.Result:
    return ours.IteratorResult(SimpleResultMetaData(KEYS), iter(rows))


def reference(rows: Any = ROWS) -> Any:
    return oracle.IteratorResult(oracle.SimpleResultMetaData(KEYS), iter(rows))


def outcome(call: Any, make: Any, rows: Any) -> Any:
    result = make(rows)
    try:
        value = call(result)
    except Exception as error:
        return type(error).__name__, str(error)
    try:
        rest: Any = [tuple(row) for row in result.fetchall()]
    except Exception as error:
        rest = type(error).__name__, str(error)
    return _plain(value), rest


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if type(value).__name__ == "RowMapping":
        return dict(value)
    return tuple(value) if type(value).__name__ == "Row" else value


CALLS = {
    "all": lambda r: r.all(),
    "fetchall": lambda r: r.fetchall(),
    "first": lambda r: r.first(),
    "one": lambda r: r.one(),
    "one_or_none": lambda r: r.one_or_none(),
    "scalar": lambda r: r.scalar(),
    "scalar_one": lambda r: r.scalar_one(),
    "scalar_one_or_none": lambda r: r.scalar_one_or_none(),
    "fetchone": lambda r: r.fetchone(),
    "fetchone twice": lambda r: [r.fetchone(), r.fetchone()],
    "fetchmany": lambda r: r.fetchmany(2),
    "next": lambda r: next(r),
    "list": lambda r: list(r),
    "loop left early": lambda r: next(iter(r)),
    "partitions": lambda r: list(r.partitions(3)),
    "yield_per": lambda r: list(r.yield_per(3).partitions()),
    "scalars": lambda r: r.scalars().all(),
    "scalars by name": lambda r: r.scalars("b").all(),
    "scalars by index": lambda r: r.scalars(1).first(),
    "scalars one": lambda r: r.scalars(1).one(),
    "scalars unique": lambda r: r.scalars().unique().all(),
    "scalars partitions": lambda r: list(r.scalars().partitions(3)),
    "mappings": lambda r: r.mappings().all(),
    "mappings one_or_none": lambda r: r.mappings().one_or_none(),
    "mappings fetchone": lambda r: r.mappings().fetchone(),
    "mappings columns": lambda r: r.mappings().columns("b").first(),
    "tuples": lambda r: r.tuples().all(),
    "columns": lambda r: r.columns("b", "a").all(),
    "columns by position": lambda r: r.columns(1).all(),
    "unique": lambda r: r.unique().all(),
    "unique strategy": lambda r: r.unique(lambda row: row[1]).all(),
    "unique scalars": lambda r: r.unique().scalars().all(),
    "unique scalars by index": lambda r: r.unique().scalars(1).all(),
    "unique mappings": lambda r: r.unique().mappings().all(),
    "unique columns": lambda r: r.unique().columns(0).all(),
    "unique fetchmany": lambda r: [r.unique().fetchmany(2), r.fetchmany(2)],
    "unique one": lambda r: r.columns("b").unique().one(),
    "unique loop": lambda r: list(r.unique()),
    "unique partitions": lambda r: list(r.unique().partitions(2)),
    "freeze": lambda r: (lambda frozen: [frozen().all(), frozen().scalars().all()])(r.freeze()),
    "new rows": lambda r: r.freeze().with_new_rows([(7, "z")])().all(),
    "merge": lambda r: r.merge(r.freeze()()).all(),
    "closed": lambda r: (r.close(), r.closed)[1],
    "not closed": lambda r: r.closed,
    "context manager": lambda r: r.__enter__().fetchone(),
}  # fmt: skip


@pytest.mark.parametrize("rows", [[], ROWS[:1], ROWS], ids=["none", "one", "four"])
@pytest.mark.parametrize("make", [in_memory, streamed])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_result_behaves_as_sqlalchemys(call, make, rows):
    assert outcome(call, make, rows) == outcome(call, reference, rows)


def test_views_share_their_position():
    result = in_memory()
    scalars = result.scalars()
    assert scalars.fetchmany(1) == [1] and result.fetchone() == (1, "y") and scalars.all() == [2, 1]


def test_closing_a_view_closes_the_result():
    result = in_memory()
    assert result.mappings().first() == {"a": 1, "b": "x"} and result.closed
    with pytest.raises(exc.ResourceClosedError, match="This result object is closed"):
        result.all()


def test_fetching_during_a_loop_continues_where_the_fetch_ended():
    result = in_memory()
    seen = []
    for row in result:
        seen.append(row)
        if len(seen) == 1:
            assert result.fetchone() == ROWS[1]
    assert seen == [ROWS[0], *ROWS[2:]]


@pytest.mark.parametrize(
    "method", ["all", "first", "one", "scalar", "fetchone", "keys", "scalars", "columns"]
)
def test_result_without_rows_says_so(method):
    result = ours.Result(named_metadata(()), RowBuffer((), refusal=NO_ROWS))
    with pytest.raises(exc.ResourceClosedError, match="does not return rows"):
        getattr(result, method)()


def test_rows_that_need_unique_are_refused_without_it():
    metadata = ResultMetaData(
        ["A"], source="scalar", unique_filters=[id], needs_unique="The unique() method must be invoked"
    )
    value = object()
    for method in ("all", "one", "fetchone", "__next__"):
        with pytest.raises(exc.InvalidRequestError, match=r"The unique\(\) method must be invoked"):
            getattr(ours.Result(metadata, RowBuffer([value, value])), method)()
    assert ours.Result(metadata, RowBuffer([value, value])).unique().scalars().all() == [value]
    assert ours.Result(metadata, RowBuffer([value, value])).scalars().unique().one() is value


def test_scalar_source_costs_no_rows():
    values = [object()]
    result = ours.Result(ResultMetaData(["A"], source="scalar"), RowBuffer(values))
    assert result.scalars().all() is values


def test_values_that_cannot_be_hashed_need_a_strategy():
    with pytest.raises(TypeError, match="unhashable"):
        in_memory([([1], "x")]).unique().all()
    assert len(in_memory([([1], "x"), ([1], "y")]).unique(lambda row: row[1]).all()) == 2


def test_keys_view_finds_names():
    keys = in_memory().keys()
    assert (
        list(keys) == ["a", "b"]
        and "a" in keys
        and "zz" not in keys
        and repr(keys) == "RMKeyView(['a', 'b'])"
    )


@pytest.mark.parametrize("method", ["columns", "scalars"])
def test_unknown_column_is_named(method):
    with pytest.raises(exc.NoSuchColumnError, match="Could not locate column in row for column 'zz'"):
        getattr(in_memory(), method)("zz")
