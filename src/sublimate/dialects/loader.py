"""Dialects by the name in a URL: the built-in ones, those registered by call, and those of installed packages."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import Any

from sublimate import exc
from sublimate.util.known_dialects import FINDERS

_BUILT_IN: dict[str, tuple[str, str]] = {
    "sqlite": ("sublimate.dialects.sqlite.dialect", "SQLiteDialect_pysqlite"),
    "sqlite.pysqlite": ("sublimate.dialects.sqlite.dialect", "SQLiteDialect_pysqlite"),
    "sqlite.aiosqlite": ("sublimate.dialects.sqlite.dialect", "SQLiteDialect_aiosqlite"),
    "postgresql": ("sublimate.dialects.postgresql.dialect", "PGDialect_psycopg"),
    "postgresql.psycopg": ("sublimate.dialects.postgresql.dialect", "PGDialect_psycopg"),
    "postgresql.psycopg_async": ("sublimate.dialects.postgresql.dialect", "PGDialectAsync_psycopg"),
    "postgresql.asyncpg": ("sublimate.dialects.postgresql.dialect", "PGDialect_asyncpg"),
    "mysql": ("sublimate.dialects.mysql.dialect", "MySQLDialect_pymysql"),
    "mysql.pymysql": ("sublimate.dialects.mysql.dialect", "MySQLDialect_pymysql"),
    "mysql.asyncmy": ("sublimate.dialects.mysql.dialect", "MySQLDialect_asyncmy"),
    "mysql.aiomysql": ("sublimate.dialects.mysql.dialect", "MySQLDialect_aiomysql"),
    "mariadb": ("sublimate.dialects.mysql.dialect", "MariaDBDialect_pymysql"),
    "mariadb.pymysql": ("sublimate.dialects.mysql.dialect", "MariaDBDialect_pymysql"),
    "mariadb.asyncmy": ("sublimate.dialects.mysql.dialect", "MariaDBDialect_asyncmy"),
    "mariadb.aiomysql": ("sublimate.dialects.mysql.dialect", "MariaDBDialect_aiomysql"),
}
#: a synchronous dialect -> the asynchronous one used where only the database is named
_ASYNC = {"psycopg": "psycopg_async"}


class PluginLoader:
    """Finds plugins of one group by name: registered ones first, then those of installed packages."""

    def __init__(
        self,
        group: str,
        auto_fn: Callable[[str], Any] | None = None,
        hint_fn: Callable[[str], str] | None = None,
    ) -> None:
        self.group = group
        self.impls: dict[str, Callable[[], Any]] = {}
        self.auto_fn = auto_fn
        self.hint_fn = hint_fn

    def register(self, name: str, modulepath: str, objname: str) -> None:
        """Name a class to import when the name is asked for: `registry.register("foo", "my.module", "FooDialect")`."""

        def load() -> Any:
            return getattr(importlib.import_module(modulepath), objname)

        self.impls[name] = load

    def deregister(self, name: str) -> None:
        """Forget a registered name."""
        del self.impls[name]

    def load(self, name: str) -> Any:
        """The plugin of this name."""
        if name in self.impls:
            return self.impls[name]()
        if self.auto_fn is not None:
            found = self.auto_fn(name)
            if found is not None:
                self.impls[name] = found
                return found()
        from importlib.metadata import entry_points

        for entry in entry_points(group=self.group, name=name):
            self.impls[name] = entry.load
            return entry.load()
        error = exc.NoSuchModuleError(f"Can't load plugin: {self.group}:{name}")
        if self.hint_fn is not None and (hint := self.hint_fn(name)):
            error.add_note(hint)
        raise error


def _built_in(name: str) -> Callable[[], Any] | None:
    known = _BUILT_IN.get(name)
    if known is None:
        return None
    module, class_name = known
    return lambda: getattr(importlib.import_module(module), class_name)


def _hint(name: str) -> str:
    """What there is instead of a dialect or driver that is missing."""
    from importlib.metadata import entry_points

    database = name.partition(".")[0]
    drivers = sorted(known.partition(".")[2] for known in _BUILT_IN if known.startswith(f"{database}."))
    if drivers:
        return f"Drivers for {database} here: {', '.join(drivers)}."
    if any(entry.name.partition(".")[0] == database for entry in entry_points(group="sqlalchemy.dialects")):
        return (
            f"The installed dialect {database!r} is written for SQLAlchemy and its compiler; "
            "one for Sublimate has an entry point of the group 'sublimate.dialects'."
        )
    return ""


#: databases of SQLAlchemy's that are not here: programs written for several name them, and that is no mistake
_ELSEWHERE = frozenset({"mssql", "oracle"})


@cache
def _is_installed(name: str) -> bool:
    from importlib.metadata import entry_points

    groups = ("sublimate.dialects", "sqlalchemy.dialects")
    found = {entry.name.partition(".")[0] for group in groups for entry in entry_points(group=group)}
    return name in found


def _is_dialect(name: str) -> bool:
    """Whether a database is known under a name, here or to a package that is installed."""
    known = {key.partition(".")[0] for key in (*_BUILT_IN, *registry.impls)}
    return name in known or name in _ELSEWHERE or _is_installed(name)


FINDERS.append(_is_dialect)
registry = PluginLoader("sublimate.dialects", auto_fn=_built_in, hint_fn=_hint)
plugins = PluginLoader("sublimate.plugins")


def load_dialect(drivername: str, is_async: bool = False) -> Any:
    """The dialect class for `postgresql+asyncpg` and the like."""
    name, _, driver = drivername.partition("+")
    if is_async:
        driver = _ASYNC.get(driver, driver)
    cls = registry.load(f"{name}.{driver}" if driver else name)
    module = getattr(cls, "dialect", None)
    return module if isinstance(module, type) else cls
