"""Every code block of the overview, acted out under both import roots, with equal results."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
SECTIONS = (
    "engine_and_session",
    "defining_models",
    "one_to_many",
    "many_to_many",
    "one_to_one",
    "lazy_and_eager",
    "schemas_and_models",
    "flush_commit_rollback",
    "crud_operations",
    "advanced_queries",
    "timestamp_mixin",
    "soft_deletes",
    "repository_pattern",
    "gotchas",
)
DRIVERS = ("aiosqlite", "pysqlite", "asyncpg", "psycopg", "psycopg_async", "pymysql", "asyncmy", "aiomysql")


def act_out(root: str, url: str, directory: Path) -> dict[str, Any]:
    """Run all sections in a process of their own."""
    command = [sys.executable, str(HERE / "tree.py"), root, url, str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULTS ")]
    if not lines:
        return {"crash": done.stderr[-3000:]}
    results: dict[str, Any] = json.loads(lines[0].removeprefix("RESULTS "))
    return results


@pytest.fixture(scope="session")
def outcomes(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Callable[[str], tuple[dict[str, Any], dict[str, Any]]]:
    """What all sections gave on a driver: (theirs, ours). Each runs once per test session."""
    mysql = ("pymysql", "asyncmy", "aiomysql")

    @cache
    def run(driver: str) -> tuple[dict[str, Any], dict[str, Any]]:
        theirs, ours = (tmp_path_factory.mktemp(f"{driver}_{root}") for root in ("sqlalchemy", "sublimate"))
        if "sqlite" in driver:
            urls = [f"sqlite+{driver}:///{directory / 'x.sqlite'}" for directory in (theirs, ours)]
        else:
            database = "mysql" if driver in mysql else "postgresql"
            server = request.getfixturevalue(f"{database}_url").replace("://", f"+{driver}://", 1)
            urls = [server, server]
        return act_out("sqlalchemy", urls[0], theirs), act_out("sublimate", urls[1], ours)

    return run


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("driver", [pytest.param(d, marks=pytest.mark.xdist_group(d)) for d in DRIVERS])
def test_the_section_does_the_same_under_both_roots(outcomes: Any, driver: str, section: str) -> None:
    theirs, ours = outcomes(driver)
    assert "crash" not in theirs, theirs["crash"]
    assert theirs.keys() == set(SECTIONS)
    assert "error" not in theirs[section], theirs[section]["error"]
    assert "crash" not in ours, ours["crash"]
    assert "error" not in ours[section], ours[section]["error"]
    assert ours[section] == theirs[section]
