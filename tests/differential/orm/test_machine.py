"""Random units of work on random model graphs, step by step under both roots: equal observations, states, and final database.

The programs are the same in every run. `python -m differential.orm.soak FIRST LAST` (in `tests`) draws others, as many as you like.
"""

import time

import pytest

from differential.orm.graphs import Class, Graph
from differential.orm.machine import Machine
from differential.orm.soak import differs, run_seed, show, shrink
from differential.roots import OURS

SEEDS = 12
PROGRAMS = 6


@pytest.mark.parametrize("wide", [False, True], ids=["common", "wide"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_step_by_step(seed: int, wide: bool) -> None:
    for graph, program, _ in run_seed(seed, wide, PROGRAMS):
        graph, program, message = shrink(graph, program, time.monotonic() + 30)
        pytest.fail(f"{message}\n{show(graph, program)}")


@pytest.mark.parametrize("seed", range(20, 20 + SEEDS // 3))
def test_step_by_step_through_an_async_session(seed: int) -> None:
    for graph, program, _ in run_seed(seed, True, PROGRAMS, asynchronous=True):
        graph, program, message = shrink(graph, program, time.monotonic() + 30, asynchronous=True)
        pytest.fail(f"{message}\n{show(graph, program)}")


@pytest.mark.parametrize("asynchronous", [False, True])
def test_the_machine_sees_what_differs(asynchronous: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Graph((Class("A"),), ())
    program = [("new", 0, 1, True), ("set", 0, 2), ("read", 0)]
    assert differs(graph, program, asynchronous) is None
    known = Machine.set
    monkeypatch.setattr(
        Machine, "set", lambda self, number, value: known(self, number, value + (self.root is OURS))
    )
    assert "oracle: 2" in (differs(graph, program, asynchronous) or "")
