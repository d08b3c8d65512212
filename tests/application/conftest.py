"""The blog over HTTP, on a fresh SQLite file, a fresh PostgreSQL database and a fresh MariaDB database.

`SUBLIMATE_APP_ROOT=sqlalchemy` runs the same tests against the application on SQLAlchemy.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

BLOG = Path(__file__).parents[2] / "examples" / "blog"
ROOT = os.environ.get("SUBLIMATE_APP_ROOT", "sublimate")


def copy_blog(target: Path, root: str) -> Path:
    """The application's tree with its import root rewritten; nothing else differs."""
    shutil.copytree(BLOG, target, ignore=shutil.ignore_patterns("__pycache__", "*.sqlite*"))
    for path in target.rglob("*.py"):
        path.write_text(path.read_text().replace("sublimate", root))
    return target


@pytest.fixture
def blog_tree(tmp_path: Path) -> Callable[[str], Path]:
    """`blog_tree("sqlalchemy")`: a copy of the application under that import root."""
    return lambda root: copy_blog(tmp_path / f"blog_{root}", root)


@pytest.fixture(scope="session", autouse=True)
def blog_path() -> Iterator[Path]:
    """Make `app` and `story` importable for the tests in this directory."""
    with tempfile.TemporaryDirectory() as directory:
        path = BLOG if ROOT == "sublimate" else copy_blog(Path(directory) / "blog", ROOT)
        sys.path.insert(0, str(path))
        yield path
        sys.path.remove(str(path))


@pytest.fixture(params=["sqlite", "postgresql", "mysql"])
def database_url(request: pytest.FixtureRequest, with_driver: Callable[[str, str], str]) -> str:
    if request.param == "sqlite":
        return with_driver(request.getfixturevalue("sqlite_url"), "aiosqlite")
    if request.param == "mysql":
        return with_driver(request.getfixturevalue("mysql_database"), "asyncmy")
    return with_driver(request.getfixturevalue("postgresql_database"), "asyncpg")


@pytest.fixture
def second_database_url(
    database_url: str, request: pytest.FixtureRequest, with_driver: Callable[[str, str], str]
) -> str:
    """Another fresh database of the same kind."""
    if database_url.startswith("sqlite"):
        return database_url.replace("test.sqlite", "second.sqlite")
    if database_url.startswith("mysql"):
        return with_driver(request.getfixturevalue("second_mysql_database"), "asyncmy")
    return with_driver(request.getfixturevalue("second_postgresql_database"), "asyncpg")


@pytest.fixture
def settings(database_url: str) -> Any:
    from app.settings import Settings

    key = "a key for the tests, long enough for HMAC"
    return Settings(database_url, key, hash_time_cost=1, hash_memory_kib=8)


@pytest.fixture
async def app(settings: Any) -> AsyncIterator[Any]:
    """The running application (its lifespan has begun)."""
    from app.main import create_app

    application = create_app(settings)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def client(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://blog") as http:
        yield http


@pytest.fixture
def blogger(client: httpx.AsyncClient) -> Callable[[str], Any]:
    """`await blogger("ada")`: a signed-in user with `send(method, path, json)`."""
    from story import sign_up

    return lambda name: sign_up(client, name)
