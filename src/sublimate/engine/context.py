"""What is known about one execution: for events, for defaults that ask, and for the result of an INSERT or UPDATE."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sublimate import exc
from sublimate.dialects.contract.driver import Outcome
from sublimate.engine.row import AnyRow, ResultMetaData


def _length(rows: Any) -> int:
    return len(rows) if isinstance(rows, Sequence) else -1


class ContextCursor:
    """The cursor of an execution as its listeners see it: what it came to, and a cursor of the driver's for more."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.own: Any = None
        """The driver's cursor, once it is used."""
        self.rowcount = -1
        self.lastrowid: Any = None
        self.returned_rows = 0
        """Rows of an answer that came whole; `rowcount` is what the driver says."""
        self.description: list[tuple[Any, ...]] | None = None

    def _note(self, rowcount: int, lastrowid: Any, names: Sequence[str]) -> None:
        self.rowcount, self.lastrowid = rowcount, lastrowid
        self.description = [(name, *[None] * 6) for name in names] or None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if self.own is None:
            entry = self._connection._entry
            self.own = entry.pool.face_of(entry.connection).cursor()
        return getattr(self.own, name)


#: how the parameters of one of several rows end
_OF_A_GROUP = re.compile(r"_m\d+$")


class ExecutionContext:
    """One execution in progress, or done. Listeners may put attributes of their own on it."""

    def __init__(
        self,
        connection: Any,
        sql: str,
        args: Any,
        plan: Any = None,
        many: bool = False,
        binds: tuple[Any, ...] = (),
        rows: Sequence[Mapping[str, Any]] = ({},),
        options: Mapping[str, Any] | None = None,
        compiled: Any = None,
    ) -> None:
        self.root_connection = connection
        self.statement = sql
        self._args: Any = (
            None if args is None else args if many else [tuple(args) if type(args) is list else args]
        )
        self.plan = plan
        self.executemany = many
        self.current_parameters: dict[str, Any] | None = None
        self.group_suffix: str | None = None
        self.rowcount = -1
        self.lastrowid: Any = None
        self.returned_defaults_rows: Sequence[AnyRow] | None = None
        self._cursor: ContextCursor | None = None
        self._options = options
        self._compiled = compiled
        self._binds = binds
        self._rows = rows

    @property
    def compiled(self) -> Any:
        return self.plan.compiled if self.plan is not None else self._compiled

    @property
    def connection(self) -> Any:
        return self.root_connection

    @property
    def engine(self) -> Any:
        return self.root_connection.engine

    @property
    def dialect(self) -> Any:
        return self.root_connection.dialect

    @property
    def execution_options(self) -> Mapping[str, Any]:
        options: Mapping[str, Any] = self.root_connection.get_execution_options()
        return {**options, **self._options} if self._options else options

    @property
    def cursor(self) -> ContextCursor:
        """What listeners see as the cursor."""
        if self._cursor is None:
            self._cursor = ContextCursor(self.root_connection)
        return self._cursor

    def _note(self, outcome: Any) -> None:
        """Keep what the statement came to, for listeners."""
        if isinstance(outcome, Outcome):
            self.rowcount, self.lastrowid = outcome.rowcount, outcome.lastrowid
            names: Sequence[str] = outcome.columns
            self.cursor.returned_rows = len(outcome.rows)
        else:
            self.rowcount = outcome if isinstance(outcome, int) else _length(outcome)
            names = [column.name for column in self.compiled.result_columns] if self.plan is not None else ()
        self.cursor._note(self.rowcount, self.lastrowid, names)

    @property
    def kind(self) -> str:
        if self.plan is None:
            return "text" if self._compiled is None else "ddl"
        found: str = self.compiled.kind
        return found

    @property
    def isinsert(self) -> bool:
        return self.kind == "insert"

    @property
    def isupdate(self) -> bool:
        return self.kind == "update"

    @property
    def isdelete(self) -> bool:
        return self.kind == "delete"

    @property
    def isddl(self) -> bool:
        return self.kind == "ddl"

    @property
    def is_text(self) -> bool:
        return self.kind == "text"

    @property
    def invoked_statement(self) -> Any:
        return None if self.compiled is None else self.compiled.statement

    @property
    def has_user_returning(self) -> bool:
        return self.plan is not None and self.compiled.returning

    @property
    def prefetch_cols(self) -> list[Any]:
        return [column for column, _ in self.compiled.prefetch]

    @property
    def postfetch_cols(self) -> list[Any]:
        return list(self.compiled.postfetch)

    @property
    def parameters(self) -> Sequence[Any]:
        """What the driver is given: one tuple or dictionary for each set of parameters."""
        parameters: Sequence[Any] = self._args or []
        return parameters

    def sends(self, args: Any, many: bool) -> None:
        """Note what is about to be sent, where it was not known before."""
        if self._args is None:
            self._args = args if many else [args]

    @property
    def compiled_parameters(self) -> list[dict[str, Any]]:
        """The values by parameter name, for each set of parameters."""
        if self.plan is None:
            if self._compiled is not None:
                return []
            raise AttributeError("SQL text that was sent as it is has no compiled parameters")
        return [self.plan.named_values(self._binds, row) for row in self._rows]

    @property
    def inserted_primary_key_rows(self) -> list[AnyRow]:
        """The primary key of each inserted row; None where it was not learnt."""
        columns = tuple(self.compiled.dml.table.primary_key)
        make = ResultMetaData([c.key for c in columns], [(c,) for c in columns]).row_class
        rows = [{}] if self.compiled.statement._multi_values else self.compiled_parameters
        keys = [[row.get(c.key) for c in columns] for row in rows]
        if self.returned_defaults_rows or not self.executemany:
            keys = [
                [self._generated(n, c, v) for c, v in zip(columns, key, strict=True)]
                for n, key in enumerate(keys)
            ]
        return [make(key) for key in keys]

    def _generated(self, number: int, column: Any, value: Any) -> Any:
        if self.returned_defaults_rows:
            mapping = self.returned_defaults_rows[number]._mapping
            if column in mapping:
                return mapping[column]
        if value is None and self.lastrowid and column is self.compiled.dml.table.autoincrement_column:
            statement = self.compiled.statement
            return None if statement._multi_values or statement._inline else self.lastrowid
        return value

    def get_current_parameters(self, isolate_multiinsert_groups: bool = True) -> dict[str, Any]:
        """The parameters of the row whose default is being computed."""
        if self.current_parameters is None:
            raise exc.InvalidRequestError(
                "get_current_parameters() can only be invoked inside of a Python side column default function"
            )
        suffix = self.group_suffix
        if suffix is None or not isolate_multiinsert_groups:
            return self.current_parameters
        own = {k.removesuffix(suffix): v for k, v in self.current_parameters.items() if k.endswith(suffix)}
        if suffix == "_m0":  # what the first row's defaults have made has no suffix
            own |= {k: v for k, v in self.current_parameters.items() if not _OF_A_GROUP.search(k)}
        return own
