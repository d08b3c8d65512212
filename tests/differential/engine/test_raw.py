"""Driver connections and recipes under both roots, each on a database of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from differential.engine.raw_scenarios import SCENARIOS, Ground, att
from differential.roots import ORACLE, OURS


def run(name: str, root: Any, url: str) -> Any:
    ground = Ground(root, url)
    try:
        return att(lambda: SCENARIOS[name](ground))
    finally:
        ground.end()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SCENARIOS)
def test_on_sqlite(name: str, tmp_path: Path) -> None:
    ours, theirs = (run(name, root, f"sqlite:///{tmp_path}/{root}.db") for root in (OURS, ORACLE))
    assert ours == theirs


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SCENARIOS)
def test_on_postgresql(name: str, postgresql_url: str, with_driver: Callable[[str, str], str]) -> None:
    ours, theirs = (run(name, root, with_driver(postgresql_url, "psycopg")) for root in (OURS, ORACLE))
    assert ours == theirs
