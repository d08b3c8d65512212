"""The MySQL and MariaDB dialects, one class per driver."""

from __future__ import annotations

import re
from typing import Any

from sublimate import exc
from sublimate.dialects.default import DefaultDialect
from sublimate.dialects.identifiers import IdentifierPreparer
from sublimate.dialects.mysql import introspection
from sublimate.dialects.mysql import render as _render
from sublimate.dialects.mysql.capabilities import CAPABILITIES, MARIADB_SINCE, MYSQL_SINCE
from sublimate.dialects.mysql.capabilities import MARIADB as MARIADB_CAPABILITIES
from sublimate.dialects.mysql.ddl import MySQLDDLCompiler, MySQLTypeCompiler
from sublimate.dialects.mysql.types import COLSPECS, ISCHEMA_NAMES
from sublimate.dialects.reserved_words import MARIADB, MYSQL
from sublimate.schema.base import Steps


class MySQLIdentifierPreparer(IdentifierPreparer):
    reserved_words = MYSQL

    def __init__(self, dialect: Any, **kw: Any) -> None:
        super().__init__(dialect, initial_quote="`", escape_quote="`")

    def format_collation(self, collation: str) -> str:
        plain = collation.isascii() and collation.replace("_", "a").isalnum()
        return collation if plain else self.quote_identifier(collation)


class MariaDBIdentifierPreparer(MySQLIdentifierPreparer):
    reserved_words = MARIADB


class MySQLDialect(DefaultDialect):
    """MySQL 8 and later; connected to a MariaDB server it behaves as MariaDB does."""

    preparer = MySQLIdentifierPreparer
    type_compiler_cls = MySQLTypeCompiler
    ddl_compiler = MySQLDDLCompiler
    colspecs = COLSPECS
    ischema_names = ISCHEMA_NAMES
    introspection = introspection
    is_mariadb = False
    #: the new row is named `AS new` in ON DUPLICATE KEY UPDATE, not read by VALUES()
    requires_alias_for_on_duplicate_key = False
    #: FOR SHARE, which takes OF, NOWAIT and SKIP LOCKED, instead of LOCK IN SHARE MODE
    says_for_share = False
    #: an index may have expressions, and the catalogue tells them
    indexes_expressions = False
    #: CAST knows FLOAT and DOUBLE
    casts_to_float = False
    #: how the server keeps the names of tables: 0 as given, 1 in lower case, 2 as given and compared without case
    lower_case_table_names = 0
    ansi_quotes = False

    def initialize_steps(self, fetch: Any) -> Steps[None]:
        rows = yield from fetch("SELECT VERSION(), DATABASE(), @@sql_mode, @@lower_case_table_names")
        version, self.default_schema_name, mode, names = rows[0]
        self._take_version(_text(version))
        self.ansi_quotes = "ANSI_QUOTES" in _text(mode)
        self.backslash_escapes = "NO_BACKSLASH_ESCAPES" not in _text(mode)
        self.lower_case_table_names = int(names)
        rows = yield from fetch(
            "SHOW VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation')"
        )
        if rows:
            self.default_isolation_level = _text(rows[0][1]).replace("-", " ").upper()
            self.reads_one_moment = self.default_isolation_level in ("REPEATABLE READ", "SERIALIZABLE")
        self.type_memos.clear()
        self.initialized = True

    def _take_version(self, version: str) -> None:
        """What kind of server it is, and what its version can do."""
        found = re.search(r"(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)", version)
        number = tuple(int(part) for part in found.groups()) if found else ()
        self.server_version_info = number
        is_mariadb = "mariadb" in version.lower()
        if self.is_mariadb and not is_mariadb:
            raise exc.InvalidRequestError(
                f"The server is no MariaDB: its version is {version!r}. Connect with a URL that begins with mysql"
            )
        self.is_mariadb = is_mariadb
        for name, since in (MARIADB_SINCE if is_mariadb else MYSQL_SINCE).items():
            setattr(self, name, number >= since)

    def twophase_sql(self, verb: str, xid: str, prepared: bool) -> tuple[str, ...] | None:
        name = "'" + xid.replace("\\", "\\\\").replace("'", "''") + "'"
        if verb == "recover":
            return ("XA RECOVER",)
        if verb == "begin":
            return (f"XA BEGIN {name}",)
        if verb == "prepare":
            return f"XA END {name}", f"XA PREPARE {name}"
        if prepared:
            return (f"XA {verb.upper()} {name}",)
        end = f"XA COMMIT {name} ONE PHASE" if verb == "commit" else f"XA ROLLBACK {name}"
        return f"XA END {name}", end

    def recovered_names(self, rows: Any) -> list[str]:
        return [_text(data)[:length] for _, length, _, data in rows]


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


for _name, _value in CAPABILITIES.items():
    setattr(MySQLDialect, _name, _value)


class MySQLDialect_pymysql(MySQLDialect):
    """MySQL through PyMySQL."""

    driver = "pymysql"
    driver_adapter = ("sublimate.dialects.mysql.pymysql", "PyMySQLDriver")


class MySQLDialect_asyncmy(MySQLDialect):
    """MySQL through asyncmy."""

    driver = "asyncmy"
    is_async = True
    has_terminate = True
    driver_adapter = ("sublimate.dialects.mysql.asyncmy", "AsyncmyDriver")


class MySQLDialect_aiomysql(MySQLDialect):
    """MySQL through aiomysql."""

    driver = "aiomysql"
    is_async = True
    has_terminate = True
    driver_adapter = ("sublimate.dialects.mysql.aiomysql", "AiomysqlDriver")


class MariaDBDialect(MySQLDialect):
    """MariaDB 10.7 and later."""

    is_mariadb = True
    preparer = MariaDBIdentifierPreparer


for _name, _value in MARIADB_CAPABILITIES.items():
    setattr(MariaDBDialect, _name, _value)
MariaDBDialect.name = "mariadb"


class MariaDBDialect_pymysql(MariaDBDialect):
    """MariaDB through PyMySQL."""

    driver = "pymysql"
    driver_adapter = MySQLDialect_pymysql.driver_adapter


class MariaDBDialect_asyncmy(MariaDBDialect):
    """MariaDB through asyncmy."""

    driver = "asyncmy"
    is_async = True
    has_terminate = True
    driver_adapter = MySQLDialect_asyncmy.driver_adapter


class MariaDBDialect_aiomysql(MariaDBDialect):
    """MariaDB through aiomysql."""

    driver = "aiomysql"
    is_async = True
    has_terminate = True
    driver_adapter = MySQLDialect_aiomysql.driver_adapter


_ = _render  # registers what this dialect writes differently
