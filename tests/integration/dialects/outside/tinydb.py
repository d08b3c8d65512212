"""A dialect as somebody else would write it: one file, nothing of ours but public contracts.

"Tiny" is a database of one connection that takes `:1` for parameters, `FIRST n` for LIMIT, TEXTS for VARCHAR and quotes names with
brackets. (Underneath it is SQLite, so that the test needs no server.)
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from sublimate import exc, types
from sublimate.compiler.registry import renders
from sublimate.compiler.types import TypeCompiler
from sublimate.dialects.contract.driver import Driver, Outcome
from sublimate.dialects.default import DefaultDialect
from sublimate.dialects.identifiers import IdentifierPreparer
from sublimate.statements.text import text

# ---- how it writes SQL


@renders("limit_clause", dialect="tiny")
def render_limit(select: Any, ctx: Any, **kw: Any) -> str:
    """`FIRST n` goes to the end here, so that the driver can turn it into LIMIT."""
    return f" FIRST {ctx.render(select._limit_clause)}" if select._limit_clause is not None else ""


class TinyTypes(TypeCompiler):
    def visit_VARCHAR(self, type_: Any, **kw: Any) -> str:
        return f"TEXTS({type_.length or 100})"

    def visit_boolean(self, type_: Any, **kw: Any) -> str:
        return "FLAG"


class TinyNames(IdentifierPreparer):
    def __init__(self, dialect: Any) -> None:
        super().__init__(dialect, initial_quote="[", final_quote="]")


class YesNo(types.Boolean):
    """Booleans are kept as the words yes and no."""

    def bind_processor(self, dialect: Any) -> Any:
        return {True: "yes", False: "no", None: None}.__getitem__

    def result_processor(self, dialect: Any, coltype: object) -> Any:
        return {"yes": True, "no": False, None: None}.__getitem__


# ---- what it contains


class TinyIntrospection:
    @staticmethod
    def relation_names_steps(connection: Any, schema: str | None = None) -> Iterator[Any]:
        result = yield from connection.execute_steps(
            text("SELECT name FROM sqlite_master WHERE type = 'table'")
        )
        return [row[0] for row in result.all()]

    table_names_steps = relation_names_steps

    @staticmethod
    def columns_steps(connection: Any, table: str, schema: str | None = None, **kw: Any) -> Iterator[Any]:
        result = yield from connection.execute_steps(
            text("SELECT * FROM pragma_table_info(:name)"), {"name": table}
        )
        rows = result.all()
        if not rows:
            raise exc.NoSuchTableError(table)
        known = {"INTEGER": types.Integer, "FLAG": types.Boolean}
        return [
            {
                "name": row[1],
                "type": known.get(row[2], types.String)(),
                "nullable": not row[3],
                "default": row[4],
            }
            for row in rows
        ]

    @staticmethod
    def pk_constraint_steps(
        connection: Any, table: str, schema: str | None = None, **kw: Any
    ) -> Iterator[Any]:
        result = yield from connection.execute_steps(
            text("SELECT * FROM pragma_table_info(:name)"), {"name": table}
        )
        return {"constrained_columns": [row[1] for row in result.all() if row[5]], "name": None}

    @staticmethod
    def foreign_keys_steps(
        connection: Any, table: str, schema: str | None = None, **kw: Any
    ) -> Iterator[Any]:
        yield from ()
        return []

    indexes_steps = unique_constraints_steps = check_constraints_steps = foreign_keys_steps


class TinyDialect(DefaultDialect):
    name = "tiny"
    driver = "tinydriver"
    default_paramstyle = "qmark"
    preparer = TinyNames
    type_compiler_cls = TinyTypes
    introspection = TinyIntrospection
    colspecs = {types.Boolean: YesNo}
    driver_adapter = (__name__, "TinyDriver")
    supports_native_boolean = True
    supports_multivalues_insert = True
    insert_null_pk_still_autoincrements = True
    isolation_levels = ("SERIALIZABLE", "AUTOCOMMIT")
    default_isolation_level = "SERIALIZABLE"

    def keeps_one_connection(self, url: Any) -> bool:
        return True


# ---- how it is reached


class TinyDriver(Driver):
    name = "tinydriver"
    package = "nothing"
    module = "sqlite3"
    paramstyle = "qmark"

    def connect_arguments(self, url: Any) -> dict[str, Any]:
        return {"database": url.database or ":memory:"}

    def connect(self, arguments: Mapping[str, Any]) -> TinyConnection:
        return self.adopt(sqlite3.connect(**arguments, isolation_level=None, check_same_thread=False))

    def adopt(self, raw: Any) -> TinyConnection:
        return TinyConnection(self, raw)

    def translate(
        self,
        error: Exception,
        statement: str | None,
        params: Any,
        *,
        ismulti: bool = False,
        lost: bool = False,
    ) -> Exception:
        if not isinstance(error, sqlite3.Error):
            return error
        return exc.DBAPIError.instance(
            statement, params, error, sqlite3.Error, self.hide_parameters, ismulti=ismulti
        )  # type: ignore[return-value]


class TinyConnection:
    is_async: ClassVar[bool] = False
    loop_bound: ClassVar[bool] = False
    in_exchange = False
    closed = False

    def __init__(self, driver: TinyDriver, raw: sqlite3.Connection) -> None:
        self.driver, self.raw = driver, raw

    @property
    def in_transaction(self) -> bool:
        return self.raw.in_transaction

    def reset_now(self) -> bool:
        return not self.raw.in_transaction

    def _do(self, sql: str, args: Any = ()) -> sqlite3.Cursor:
        try:
            return self.raw.execute(re.sub(r" FIRST (\S+)$", r" LIMIT \1", sql), args or ())
        except sqlite3.Error as error:
            raise self.driver.translate(error, sql, args) from error

    def fetch(self, sql: str, args: Any) -> list[Any]:
        return self._do(sql, args).fetchall()

    def query(self, sql: str, args: Any) -> Outcome:
        cursor = self._do(sql, args)
        names = [column[0] for column in cursor.description or ()]
        return Outcome(names, cursor.fetchall(), cursor.rowcount, cursor.lastrowid)

    def execute(self, sql: str, args: Any) -> Outcome:
        cursor = self._do(sql, args)
        return Outcome((), (), cursor.rowcount, cursor.lastrowid)

    def executemany(self, sql: str, args_list: Sequence[Any]) -> int:
        return sum(self._do(sql, args).rowcount for args in args_list)

    def begin(self, options: Any = None) -> None:
        if not self.raw.in_transaction:
            self._do("BEGIN")

    def commit(self) -> None:
        if self.raw.in_transaction:
            self._do("COMMIT")

    def rollback(self) -> None:
        if self.raw.in_transaction:
            self._do("ROLLBACK")

    def savepoint(self, name: str) -> None:
        self._do(f"SAVEPOINT {name}")

    def rollback_to(self, name: str) -> None:
        self._do(f"ROLLBACK TO {name}")

    def release(self, name: str) -> None:
        self._do(f"RELEASE {name}")

    def ping(self) -> None:
        self._do("SELECT 1")

    def close(self) -> None:
        self.raw.close()

    terminate = close
