"""One program, two import roots: the test file itself is read again with `sqlalchemy` replaced by ours.

A program gets an engine and a `say` that writes its transcript; both transcripts must be equal, line by line. The classes of warnings are lines of it.
Models that several files share are scenes. What is executed inside `with say.counting(engine, "name"):` is counted, and ours may not be more.
"""

import asyncio
import difflib
import gc
import inspect
import re
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest


class Say:
    """The transcript of a run: what the program printed, statements and errors included."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.lines: list[str] = []
        self.counts: dict[str, list[str]] = {}
        self.hears_warnings = True  # a program may turn it off

    def __call__(self, *values: object) -> None:
        self.lines.append(self.same(" | ".join(map(shown, values))))

    def same(self, text: str) -> str:
        """Text without what may differ: the root's name, addresses, trailing blanks."""
        text = re.sub(r"0x[0-9a-f]+", "0x…", text.replace(self.root, "ROOT"))
        return re.sub(r"[ \t]+\n", "\n", text)

    def warning(self, message: Any, category: type[Warning], *rest: object) -> None:
        """Stands in for `warnings.showwarning`."""
        if self.hears_warnings and self.root in category.__module__:
            self(category.__name__)

    @contextmanager
    def counting(self, engine: Any, name: str = "statements") -> Iterator[list[str]]:
        """Note the statements that are executed meanwhile, under a name both roots share."""
        listen, remove = (getattr(sys.modules[f"{self.root}.event"], n) for n in ("listen", "remove"))
        found = self.counts.setdefault(name, [])
        target = getattr(engine, "sync_engine", engine)

        def note(connection: Any, cursor: Any, statement: str, *rest: object) -> None:
            found.append(statement)

        listen(target, "before_cursor_execute", note)
        try:
            yield found
        finally:
            remove(target, "before_cursor_execute", note)

    @contextmanager
    def error(self, message: bool = True) -> Iterator[None]:
        """Expect an error; its class and, unless told otherwise, its first line are part of the transcript."""
        try:
            yield
        except Exception as error:
            line = str(error).splitlines()[0] if message and str(error) else ""
            first = ": " + line.partition(" (Background on this error")[0] if line else ""
            self(f"{type(error).__name__}{first}")
        else:
            self("no error")


def shown(value: object) -> str:
    """Statements as their SQL, everything else as repr shows it."""
    if isinstance(value, str) or hasattr(value, "get_children") or type(value).__name__.endswith("Compiled"):
        return str(value)
    return repr(value)


@cache
def twin(path: str, root: str) -> types.ModuleType:
    """The test file as a module of its own, with every `sqlalchemy` in it replaced."""
    return read_under(path, root, f"{Path(path).stem}_under_{root}")


@cache
def scene(name: str, root: str, whose: str) -> types.ModuleType:
    """Models that several files of programs use, under a root; each file (`whose` name) gets classes of its own.

    A file says `scene("shop", "sqlalchemy", __name__)`: its twin asks for the same under the other root.
    """
    return read_under(str(Path(__file__).parent / "scenes" / f"{name}.py"), root, f"{name}_of_{whose}")


def read_under(path: str, root: str, name: str) -> types.ModuleType:
    """A file as a module with this name, every `sqlalchemy` in it replaced."""
    source = Path(path).read_text().replace("sqlalchemy", root)
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    exec(compile(source, path, "exec"), module.__dict__)
    return module


def both(*backends: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Run the program under both roots on these backends (by default all that fit it)."""

    def decorate(program: Callable[..., Any]) -> Callable[..., Any]:
        is_async = inspect.iscoroutinefunction(program)
        default = ("aiosqlite", "asyncpg") if is_async else ("sqlite", "psycopg")

        @pytest.mark.parametrize("backend", backends or default)
        def test(backend: str, request: pytest.FixtureRequest) -> None:
            path = inspect.getfile(program)
            oracle = play_oracle(path, program.__name__, backend, request)
            ours = play(path, "sublimate", program.__name__, backend, request)
            assert oracle.lines, "the program said nothing"
            if found := differences(oracle, ours):
                pytest.fail("\n".join(found), pytrace=False)

        test.__name__ = program.__name__
        test.__doc__ = program.__doc__
        test.program = program  # type: ignore[attr-defined]
        return test

    return decorate


def differences(oracle: Say, ours: Say) -> list[str]:
    """Where the transcripts part, and where we executed more."""
    found = list(difflib.unified_diff(oracle.lines, ours.lines, "SQLAlchemy", "ours", lineterm=""))
    for name, theirs in oracle.counts.items():
        mine = ours.counts.get(name, [])
        if len(mine) > len(theirs):
            found += [
                f"{name}: {len(mine)} statements instead of {len(theirs)}",
                *mine,
                "instead of",
                *theirs,
            ]
    return found


def play_oracle(path: str, name: str, backend: str, request: pytest.FixtureRequest) -> Say:
    """Under SQLAlchemy, where an error is the test's own mistake: its message, none of SQLAlchemy's source."""
    try:
        return play(path, "sqlalchemy", name, backend, request)
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
    pytest.fail(f"under SQLAlchemy: {message}", pytrace=False)


def play(path: str, root: str, name: str, backend: str, request: pytest.FixtureRequest) -> Say:
    module = twin(path, root)
    program = getattr(module, name).program
    if "configure_mappers" in program.__code__.co_names:
        gc.collect()  # or it meets the mappers that an earlier test left broken on purpose
    say = Say(root)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = say.warning
        perform(program, root, database(backend, request), say)
    return say


def perform(program: Callable[..., Any], root: str, url: str, say: Say) -> None:
    if inspect.iscoroutinefunction(program):
        asyncio.run(play_async(program, root, url, say))
        return
    engine = sys.modules[root].create_engine(url)
    try:
        program(engine, say)
    finally:
        engine.dispose()


async def play_async(program: Callable[..., Any], root: str, url: str, say: Say) -> None:
    import importlib

    engine = importlib.import_module(f"{root}.ext.asyncio").create_async_engine(url)
    try:
        await program(engine, say)
    finally:
        await engine.dispose()


def database(backend: str, request: pytest.FixtureRequest) -> str:
    """An empty database on this backend."""
    if backend in ("sqlite", "aiosqlite"):
        directory = request.getfixturevalue("tmp_path")
        number = len(list(directory.iterdir()))
        return f"sqlite{'+aiosqlite' * (backend == 'aiosqlite')}:///{directory}/{number}.sqlite"
    url = request.getfixturevalue("url_for")(backend)
    (empty_mysql if "mysql" in url.partition("+")[0] else empty_postgresql)(url.replace(f"+{backend}", "", 1))
    return str(url)


def empty_postgresql(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
        connection.execute("CREATE SCHEMA public")


def empty_mysql(url: str) -> None:
    import pymysql

    parts = urlsplit(url)
    name = parts.path.lstrip("/")
    with pymysql.connect(
        host=parts.hostname, port=parts.port or 3306, user=parts.username, password=parts.password or ""
    ) as server:
        server.cursor().execute(f"DROP DATABASE IF EXISTS `{name}`")
        server.cursor().execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
