"""Pools under both roots, over a DBAPI that notes every call: sizes, order, events, invalidation, failures."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from differential.engine.fake import FakeDBAPI
from differential.engine.pool_scenarios import SCENARIOS, attempt
from differential.roots import ORACLE, OURS


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    """A log record would keep a connection alive that a scenario forgets."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SCENARIOS)
def test_pools_do_the_same(name: str) -> None:
    def run(root: Any) -> Any:
        dbapi = FakeDBAPI()
        return attempt(lambda: SCENARIOS[name](root, dbapi))

    assert run(OURS) == run(ORACLE)
