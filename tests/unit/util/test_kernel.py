"""The compiled loops do what Python's do, refuse what they cannot do, and lose no reference."""

from __future__ import annotations

import gc
import sys
import weakref
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sublimate.util import kernel

VALUES = st.none() | st.integers() | st.text() | st.lists(st.integers(), max_size=2)
QUICKLY = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
ROWS = st.integers(0, 4).flatmap(lambda width: st.lists(st.tuples(*[VALUES] * width), max_size=5))


class Row(tuple):
    __slots__ = ()


class Record:
    """A sequence that is no tuple, as asyncpg's records are."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: int) -> Any:
        return self.values[index]


class Thing:
    def __setattr__(self, name: str, value: Any) -> None:
        raise AssertionError("loading is no change")

    @property
    def own(self) -> int:
        return 1


class Slotted:
    __slots__ = ("a",)


class Made:
    def __new__(cls) -> Any:
        return object.__new__(cls)


@QUICKLY
@given(ROWS)
def test_rows_are_the_same(compiled: Any, raw: list[Any]) -> None:
    for given_rows in (raw, tuple(raw), [Record(r) for r in raw], [list(r) for r in raw]):
        rows = compiled.rows(Row, given_rows)
        assert rows == kernel.python_rows(Row, given_rows) and {type(r) for r in rows} <= {Row}


def test_rows_are_collected_if_they_may_be_part_of_a_cycle(compiled: Any) -> None:
    plain, holder = compiled.rows(Row, [(1, "a"), (2, [])])
    assert not gc.is_tracked(plain) and gc.is_tracked(holder)
    holder[1].append(holder)
    thing = Thing()
    gone = weakref.ref(thing)
    holder[1].append(thing)
    del holder, thing
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    ("row_class", "raw", "error"),
    [
        (list, [], TypeError),
        (type("WithDict", (tuple,), {}), [], TypeError),
        (Row, 5, TypeError),
        (Row, [5], TypeError),
    ],
)
def test_what_is_no_row_is_refused(compiled: Any, row_class: Any, raw: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        compiled.rows(row_class, raw)


@QUICKLY
@given(ROWS.filter(lambda rows: all(len(r) > 1 for r in rows)))
def test_objects_are_the_same(compiled: Any, raw: list[Any]) -> None:
    state = object()
    recipe = (Thing, ("a", "b"), (1, 0), (None, lambda value: [value]), "_state", state)
    for given_rows in (raw, [Record(r) for r in raw]):
        made = compiled.objects(given_rows, *recipe)
        expected = kernel.python_objects(given_rows, *recipe)
        assert [type(o) for o in made] == [Thing] * len(raw)
        assert [o.__dict__ for o in made] == [o.__dict__ for o in expected]
        assert [list(o.__dict__) for o in made] == [list(o.__dict__) for o in expected]


def test_an_error_of_a_processor_comes_through_and_nothing_leaks(compiled: Any) -> None:
    value = object()
    before = sys.getrefcount(value)
    with pytest.raises(ZeroDivisionError):
        compiled.objects([(value,)] * 3, Thing, ("a",), (0,), (lambda v: 1 // 0,), "_state", value)
    with pytest.raises(IndexError):
        compiled.objects([(value,)] * 3, Thing, ("a",), (7,), (None,), "_state", value)
    with pytest.raises(IndexError):
        compiled.objects([Record([value])] * 3, Thing, ("a", "b"), (0, 7), (None, None), "_state", value)
    made = compiled.objects([(value,)] * 3, Thing, ("a",), (0,), (None,), "_state", value)
    assert sys.getrefcount(value) == before + 6
    del made
    gc.collect()
    assert sys.getrefcount(value) == before


def test_a_list_that_shrinks_meanwhile_is_noticed(compiled: Any) -> None:
    raw = [(1,), (2,), (3,)]
    with pytest.raises(RuntimeError):
        compiled.objects(raw, Thing, ("a",), (0,), (lambda v: raw.clear(),), "_state", None)


@pytest.mark.parametrize(
    "arguments",
    [
        (Thing, ("a",), (0, 1), (None,)),
        (Thing, ("a",), (-1,), (None,)),
        (Thing, ("a",), ("x",), (None,)),
        (Made, ("a",), (0,), (None,)),
        (5, ("a",), (0,), (None,)),
    ],
)
def test_wrong_recipes_are_refused(compiled: Any, arguments: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        compiled.objects([(1,)], *arguments, "_state", None)


def test_only_plain_classes_are_taken() -> None:
    assert kernel.takes(Thing, ("a", "_state"))
    assert not kernel.takes(Thing, ("own",))
    assert not kernel.takes(Slotted, ("a",))
    assert not kernel.takes(Made, ("a",))


def test_python_does_it_where_nothing_was_built(compiled: Any) -> None:
    assert kernel.rows in (kernel.python_rows, getattr(kernel.compiled, "rows", None))
