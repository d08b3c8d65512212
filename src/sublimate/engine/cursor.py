"""The result of a statement sent on a connection: rows, and what an INSERT, UPDATE or DELETE did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVarTuple

from sublimate import exc
from sublimate.engine.buffer import NO_ROWS, RowBuffer
from sublimate.engine.context import ExecutionContext
from sublimate.engine.result import Result
from sublimate.engine.row import AnyRow, ResultMetaData

Ts = TypeVarTuple("Ts")

Origin = tuple[Any, str, Any, Any, Mapping[str, Any]]
"""Connection, SQL, arguments, plan and options of a plain read."""

_NO_METADATA = ResultMetaData(())


class CursorResult(Result[*Ts]):
    """A `Result` that also knows row counts and generated keys.

    >>> result = connection.execute(insert(users).values(name="ada"))
    >>> result.inserted_primary_key, result.rowcount
    ((1,), 1)
    """

    __slots__ = ("_origin", "_rowcount")
    _default_size = 1

    def __init__(
        self,
        metadata: ResultMetaData | None,
        buffer: RowBuffer,
        rowcount: int = -1,
        origin: ExecutionContext | Origin | None = None,
    ) -> None:
        self._metadata = _NO_METADATA if metadata is None else metadata
        self._buffer = buffer
        self._unique = None
        self._rowcount = rowcount
        self._origin = origin

    @property
    def rowcount(self) -> int:
        """Rows matched by an UPDATE or DELETE, or inserted; -1 where the database does not say."""
        return self._rowcount

    @property
    def returns_rows(self) -> bool:
        return self._metadata is not _NO_METADATA

    @property
    def context(self) -> ExecutionContext | None:
        """What is known of the execution; of a plain read it is put together when it is asked for."""
        origin = self._origin
        if isinstance(origin, tuple):
            connection, sql, args, plan, options = origin
            origin = self._origin = ExecutionContext(connection, sql, args, plan, options=options)
        return origin

    _context = context

    @property
    def connection(self) -> Any:
        return self._context.root_connection if self._context is not None else None

    @property
    def dialect(self) -> Any:
        return self._context.dialect if self._context is not None else None

    @property
    def cursor(self) -> None:
        """None: drivers are not asked for cursors. Rows come from this object only."""
        return None

    @property
    def lastrowid(self) -> Any:
        """The id the driver reports for the last inserted row."""
        return self._context.lastrowid if self._context is not None else None

    @property
    def is_insert(self) -> bool:
        return self._context is not None and self._context.isinsert

    def supports_sane_rowcount(self) -> bool:
        return True

    def supports_sane_multi_rowcount(self) -> bool:
        return True

    def lastrow_has_defaults(self) -> bool:
        """True if the last row has server-side defaults that were not fetched."""
        context = self._context
        return bool(context is not None and context.compiled is not None and context.compiled.postfetch)

    def _compiled(self, *kinds: str) -> ExecutionContext:
        context = self._context
        if context is not None and context.compiled is None:
            raise exc.InvalidRequestError("Statement is not a compiled expression construct.")
        if context is None or context.kind not in kinds:
            wanted = " or ".join(f"{kind}()" for kind in kinds)
            raise exc.InvalidRequestError(f"Statement is not an {wanted} expression construct.")
        return context

    @property
    def inserted_primary_key(self) -> Any:
        """The primary key of the row just inserted, as a named tuple."""
        context = self._context
        if context is not None and context.executemany:
            raise exc.InvalidRequestError(
                "This statement was an executemany call; if primary key returning is supported, please use "
                ".inserted_primary_key_rows."
            )
        self._compiled("insert")
        return self.inserted_primary_key_rows[0]

    @property
    def inserted_primary_key_rows(self) -> Sequence[Any]:
        """The primary keys of all inserted rows."""
        context = self._compiled("insert")
        if context.has_user_returning:
            raise exc.InvalidRequestError("Can't call inserted_primary_key when returning() is used.")
        return context.inserted_primary_key_rows

    @property
    def returned_defaults(self) -> AnyRow | None:
        """Server-generated values of the row, where `return_defaults()` asked for them."""
        rows = self.returned_defaults_rows
        if self._context is not None and self._context.executemany:
            raise exc.InvalidRequestError(
                "This statement was an executemany call; if return defaults is supported, please use "
                ".returned_defaults_rows."
            )
        return rows[0] if rows else None

    @property
    def returned_defaults_rows(self) -> Sequence[AnyRow] | None:
        return self._context.returned_defaults_rows if self._context is not None else None

    def last_inserted_params(self) -> Any:
        """The parameters of the INSERT, defaults included."""
        return self._parameters("insert")

    def last_updated_params(self) -> Any:
        """The parameters of the UPDATE, defaults included."""
        return self._parameters("update")

    def _parameters(self, kind: str) -> Any:
        context = self._compiled(kind)
        return context.compiled_parameters if context.executemany else context.compiled_parameters[0]

    def prefetch_cols(self) -> list[Any]:
        """Columns whose defaults were computed in Python."""
        return self._compiled("insert", "update").prefetch_cols

    def postfetch_cols(self) -> list[Any]:
        """Columns whose values the database generated and did not return."""
        return self._compiled("insert", "update").postfetch_cols

    def splice_horizontally(self, other: CursorResult[*tuple[Any, ...]]) -> CursorResult[*tuple[Any, ...]]:
        """The rows of two results side by side, as of one statement: of INSERTs with `sort_by_parameter_order=True`, for example.

        >>> first.splice_horizontally(second).all()
        [(1, 'ada', 7), (2, 'bob', 8)]
        """
        mine, theirs = self._metadata, other._metadata
        objects = [
            group
            for each in (mine, theirs)
            for group in (each.objects if each.objects is not None else [()] * len(each.keys))
        ]
        rows = [(*left, *right) for left, right in zip(self.all(), other.all(), strict=False)]
        return CursorResult(ResultMetaData((*mine.keys, *theirs.keys), objects), RowBuffer(rows), len(rows))

    def splice_vertically(self, other: CursorResult[*tuple[Any, ...]]) -> CursorResult[*Ts]:
        """The rows of this result and then those of another with the same columns."""
        rows = [*self.all(), *other.all()]
        return CursorResult(self._metadata.ready(), RowBuffer(rows), len(rows))


def no_rows(rowcount: int, context: ExecutionContext | None) -> CursorResult[*tuple[Any, ...]]:
    """The result of a statement that returns no rows."""
    return CursorResult(None, RowBuffer((), None, NO_ROWS), rowcount, context)
