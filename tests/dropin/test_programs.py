"""Programs of libraries that import SQLAlchemy: each prints the same on SQLAlchemy and under the drop-in."""

import difflib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "programs"
ROOTS = ("sqlalchemy", "sublimate")


def run(program: str, root: str, *arguments: str, cwd: Path) -> str:
    """What a program prints, on SQLAlchemy or under the drop-in; the names of places and roots taken out."""
    cwd.mkdir(parents=True, exist_ok=True)
    start = ["-m", "sublimate.dropin"] if root == "sublimate" else []
    command = [sys.executable, "-W", "ignore", *start, str(PROGRAMS / f"{program}.py"), *arguments]
    done = subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=150,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    assert done.returncode == 0, (
        f"{root}: {done.stderr[-3000:]}" if root == "sublimate" else done.stderr[-300:]
    )
    text = re.sub(r"0x[0-9a-f]{6,}", "0x", done.stdout.replace(str(cwd), "."))
    return re.sub(r"Create Date: .*", "Create Date:", text)


def assert_same(program: str, *arguments: Callable[[str], str] | str, tmp_path: Path) -> None:
    """Run it under both roots; an argument may be a function of the root."""
    printed = [
        run(program, root, *[a if isinstance(a, str) else a(root) for a in arguments], cwd=tmp_path / root)
        for root in ROOTS
    ]
    expected, ours = (text.splitlines() for text in printed)
    assert len(expected) > 3
    assert ours == expected, "\n".join(difflib.unified_diff(expected, ours, *ROOTS, lineterm="", n=2))


@pytest.fixture
def database(request: pytest.FixtureRequest, with_driver: Callable[[str, str], str]) -> Callable[[str], str]:
    """`database("psycopg")`: the URL of a fresh database, for programs that leave it empty."""
    fixtures = {"pysqlite": "sqlite_url", "aiosqlite": "sqlite_url", "psycopg": "postgresql_database"}
    fixtures |= {"asyncpg": "postgresql_database", "pymysql": "mysql_database", "asyncmy": "mysql_database"}
    return lambda driver: with_driver(request.getfixturevalue(fixtures[driver]), driver)


@pytest.mark.parametrize("driver", ["pysqlite", "psycopg", "pymysql"])
def test_alembic_writes_and_runs_the_same_migrations(
    driver: str, database: Callable[[str], str], tmp_path: Path
) -> None:
    assert_same("migrations", database(driver), tmp_path=tmp_path)


@pytest.mark.parametrize("driver", ["aiosqlite", "asyncpg", "asyncmy"])
def test_alembic_s_async_template_works_without_greenlet(
    driver: str, database: Callable[[str], str], tmp_path: Path
) -> None:
    assert_same("async_migrations", database(driver), tmp_path=tmp_path)


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "sqlite"])
def test_alembic_s_operations_have_the_same_text(dialect: str, tmp_path: Path) -> None:
    assert_same("operations", dialect, tmp_path=tmp_path)


def test_the_tools_of_sqlalchemy_util_do_the_same(tmp_path: Path) -> None:
    assert_same("tools", tmp_path=tmp_path)


def test_sqlmodel_maps_stores_and_loads_the_same(tmp_path: Path) -> None:
    assert_same("sqlmodels", tmp_path=tmp_path)


def test_what_admin_and_pagination_libraries_ask_of_statements_is_answered_the_same(tmp_path: Path) -> None:
    assert_same("statements", tmp_path=tmp_path)
