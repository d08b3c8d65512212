"""The SQLite dialect, one class per driver."""

from __future__ import annotations

from typing import Any

from sublimate.dialects.default import DefaultDialect
from sublimate.dialects.identifiers import IdentifierPreparer
from sublimate.dialects.reserved_words import SQLITE
from sublimate.dialects.sqlite import introspection
from sublimate.dialects.sqlite import render as _render
from sublimate.dialects.sqlite.capabilities import CAPABILITIES
from sublimate.dialects.sqlite.ddl import SQLiteDDLCompiler, SQLiteTypeCompiler
from sublimate.dialects.sqlite.profile import check_profile
from sublimate.dialects.sqlite.types import COLSPECS, CONVERTED_BY_DRIVER, ISCHEMA_NAMES
from sublimate.schema.base import Steps


class SQLiteIdentifierPreparer(IdentifierPreparer):
    reserved_words = SQLITE


class SQLiteDialect(DefaultDialect):
    """SQLite 3.35 and later."""

    preparer = SQLiteIdentifierPreparer
    type_compiler_cls = SQLiteTypeCompiler
    ddl_compiler = SQLiteDDLCompiler
    colspecs: dict[Any, Any] = COLSPECS
    ischema_names = ISCHEMA_NAMES
    #: "app": connections enforce foreign keys, keep a write-ahead log and wait for other writers
    sqlite_profile: str | None = None
    introspection = introspection

    def __init__(self, native_datetime: bool = False, sqlite_profile: str | None = None, **kw: Any) -> None:
        super().__init__(**kw)
        self.native_datetime = native_datetime
        if native_datetime:  # the driver converts (`detect_types`)
            self.colspecs = {key: value for key, value in COLSPECS.items() if key not in CONVERTED_BY_DRIVER}
        self.sqlite_profile = check_profile(sqlite_profile)
        self.server_version_info = None

    def connect_defaults(self) -> dict[str, Any]:
        return {"sqlite_profile": self.sqlite_profile} if self.sqlite_profile else {}

    def keeps_one_connection(self, url: Any) -> bool:
        database, mode = url.database or ":memory:", url.query.get("mode")
        return database == ":memory:" or "mode=memory" in database or mode == "memory"

    def initialize_steps(self, fetch: Any) -> Steps[None]:
        rows = yield from fetch("SELECT sqlite_version()")
        self.server_version_info = tuple(int(part) for part in str(rows[0][0]).split("."))
        self.default_schema_name = "main"
        if self.server_version_info < (3, 35):
            self.insert_returning = self.update_returning = self.delete_returning = False
            self.insert_executemany_returning = False
        self.initialized = True


for _name, _value in CAPABILITIES.items():
    setattr(SQLiteDialect, _name, _value)


class SQLiteDialect_pysqlite(SQLiteDialect):
    """SQLite through Python's own sqlite3."""

    driver = "pysqlite"
    driver_adapter = ("sublimate.dialects.sqlite.pysqlite", "PysqliteDriver")


class SQLiteDialect_aiosqlite(SQLiteDialect):
    """SQLite through aiosqlite."""

    driver = "aiosqlite"
    is_async = True
    has_terminate = True
    driver_adapter = ("sublimate.dialects.sqlite.aiosqlite", "AiosqliteDriver")


_ = _render  # registers what this dialect writes differently
