"""The collector rests while many objects are made, and is left as it was found."""

from __future__ import annotations

import gc

import pytest

from sublimate.util.collector import MANY, uncollected


@pytest.fixture(autouse=True)
def collector():
    enabled = gc.isenabled()
    gc.enable()
    yield
    (gc.enable if enabled else gc.disable)()


def test_paused_for_many_and_resumed():
    assert uncollected(lambda items: gc.isenabled(), range(MANY)) is False
    assert gc.isenabled()
    assert uncollected(lambda items: gc.isenabled(), range(MANY - 1)) is True


def test_resumed_after_an_error():
    with pytest.raises(ZeroDivisionError):
        uncollected(lambda items: 1 // 0, range(MANY))
    assert gc.isenabled()


def test_nested_pauses_end_with_the_outermost():
    assert uncollected(lambda items: (uncollected(len, items), gc.isenabled()), range(MANY)) == (MANY, False)
    assert gc.isenabled()


def test_a_collector_that_is_off_stays_off():
    gc.disable()
    assert uncollected(len, range(MANY)) == MANY
    assert not gc.isenabled()
