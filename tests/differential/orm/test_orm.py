"""Every scenario under both roots: equal observations, equal final database, no more statements than the oracle."""

import importlib
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from differential.deviations import deviation
from differential.orm.run import Scenario, run_async, run_sync
from differential.outcomes import COUNTS
from differential.roots import ORACLE, OURS

CORPORA = [
    importlib.import_module(f"differential.orm.corpus.{p.stem}")
    for p in sorted((Path(__file__).parent / "corpus").glob("*.py"))
]
DATABASES = ("sqlite", "aiosqlite", "postgresql", "mysql")
CASES = [
    pytest.param(corpus, scenario, database, id=f"{corpus.__name__.rpartition('.')[2]}/{name}-{database}")
    for database in DATABASES
    for corpus in CORPORA
    for name, scenario in corpus.SCENARIOS.items()
    if database not in getattr(corpus, "NOT_ON", ())
]


@pytest.mark.parametrize(("corpus", "scenario", "database"), CASES)
def test_same_unit_of_work(
    corpus: ModuleType, scenario: Scenario, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url, run = address(database, tmp_path, request)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected, actual = (run(root, corpus, scenario, url.format(root.name)) for root in (ORACLE, OURS))
    COUNTS[f"units of work compared on {database}"] += 1
    if deviation(f"orm/{request.node.callspec.id}"):
        return
    assert actual.events == expected.events
    assert actual.tables == expected.tables
    sent = "\n".join(actual.statements)
    assert len(actual.statements) <= len(expected.statements), f"more statements than the oracle:\n{sent}"


def address(database: str, folder: Path, request: pytest.FixtureRequest) -> tuple[str, Any]:
    """The URL (a file each on SQLite) and the way to run."""
    if database == "sqlite":
        return f"sqlite:///{folder}/{{}}.sqlite", run_sync
    if database == "aiosqlite":
        return f"sqlite+aiosqlite:///{folder}/{{}}.sqlite", run_async
    if database == "mysql":
        return request.getfixturevalue("mysql_url").replace("mysql://", "mysql+pymysql://"), run_sync
    url = request.getfixturevalue("postgresql_url")
    return url.replace("postgresql://", "postgresql+psycopg://"), run_sync
