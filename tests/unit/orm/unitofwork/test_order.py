"""Topological order of tables and rows."""

from __future__ import annotations

import itertools

import pytest

from sublimate import exc
from sublimate.orm.unitofwork.order import components, levels


def test_parents_come_first_and_ties_keep_their_order():
    assert components(["c", "a", "b"], [("a", "b"), ("b", "c")]) == [["a"], ["b"], ["c"]]
    assert components(["x", "y", "z"], []) == [["x"], ["y"], ["z"]]


def test_cycles_are_groups():
    groups = components(["a", "b", "c"], [("a", "b"), ("b", "a"), ("b", "c")])
    assert [sorted(group) for group in groups] == [["a", "b"], ["c"]]


def test_a_long_chain_needs_no_recursion():
    nodes = list(range(5000))
    assert components(nodes[::-1], list(itertools.pairwise(nodes))) == [[n] for n in nodes]


def test_levels_of_a_tree():
    assert levels(["leaf", "root", "mid"], [("root", "mid"), ("mid", "leaf")]) == [
        ["root"],
        ["mid"],
        ["leaf"],
    ]


def test_a_cycle_has_no_levels():
    with pytest.raises(exc.CircularDependencyError, match=r"Circular dependency detected. \('a', 'b'\)"):
        levels(["a", "b"], [("a", "b"), ("b", "a")])
