"""Events of engines and connections under both roots."""

from collections.abc import Callable
from pathlib import Path

import pytest

from differential.engine.event_scenarios import S, trace
from differential.roots import ORACLE, OURS


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", S)
def test_on_sqlite(name: str, tmp_path: Path) -> None:
    ours, theirs = (trace(root, f"sqlite:///{tmp_path}/{root}.db", name) for root in (OURS, ORACLE))
    assert ours == theirs


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", S)
def test_on_postgresql(name: str, postgresql_url: str, with_driver: Callable[[str, str], str]) -> None:
    url = with_driver(postgresql_url, "psycopg")
    ours, theirs = (trace(root, url, name) for root in (OURS, ORACLE))
    assert ours == theirs
