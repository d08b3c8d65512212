"""Index: over columns or expressions."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.expression.names import quoted_name
from sublimate.expression.traverse import iterate
from sublimate.schema.base import (
    ConditionalDDL,
    DialectKWArgs,
    SchemaItem,
    clause_of,
    is_clause,
    read_only_columns,
)
from sublimate.schema.naming import name_by_convention


class Index(DialectKWArgs, ConditionalDDL, SchemaItem):
    """An index of a table: `Index("ix_name", table.c.name)`, or with names of columns inside `Table(...)`."""

    __visit_name__ = "index"
    table: Any = None
    _type_bound = False

    def __init__(
        self,
        name: Any,
        *expressions: Any,
        unique: bool = False,
        quote: bool | None = None,
        info: dict[Any, Any] | None = None,
        _table: Any = None,
        _column_flag: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self.name = quoted_name(name, quote) if quote is not None else name
        self.unique = unique
        self._column_flag = _column_flag
        if info is not None:
            self.info = info
        self._validate_dialect_kwargs(dialect_kw)
        self._given = [e if isinstance(e, str) else clause_of(e) for e in expressions]
        for expression in self._given:
            if not isinstance(expression, str) and not is_clause(expression):
                raise exc.ArgumentError(
                    f"String column name or column expression for DDL constraint expected, got {expression!r}."
                )
        self.expressions: list[Any] = list(self._given)
        self._columns: list[Any] = []
        if _table is not None:
            self._set_parent_with_dispatch(_table)
        else:
            self._attach_when_known()

    def _mentioned(self) -> list[Any]:
        """The columns that the expressions mention."""
        found: dict[int, Any] = {}
        for expression in self._given:
            if not isinstance(expression, str):
                found.update(
                    (id(node), node) for node in iterate(expression) if hasattr(node, "_after_table")
                )
        return list(found.values())

    def _attach_when_known(self) -> None:
        columns = self._mentioned()
        if not columns or (any(isinstance(e, str) for e in self._given) and columns[0].table is None):
            return

        def attached(column: Any, table: Any) -> None:
            if self.table is None and all(c.table is not None for c in columns):
                self._set_parent_with_dispatch(table)

        for column in columns:
            column._after_table(attached)

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        if not hasattr(parent, "indexes"):
            raise exc.ArgumentError(f"Index '{self.name}' must be part of a Table, not of {parent!r}")
        if self.table is not None and parent is not self.table:
            raise exc.ArgumentError(
                f"Index '{self.name}' is against table '{self.table.description}', and cannot be associated with table '{parent.description}'."
            )
        self.table = parent
        self.expressions = [self._expression(e, parent) for e in self._given]
        self._columns = []
        for given, expression in zip(self._given, self.expressions, strict=True):
            self._columns += _columns_of(expression if isinstance(given, str) else given)
        plain = [e for e in self.expressions if hasattr(e, "_after_table")]
        strangers = [str(column) for column in plain if column.table is not parent]
        if strangers:
            raise exc.ArgumentError(
                f"Column(s) {', '.join(map(repr, strangers))} are not part of table '{parent.description}'."
            )
        if self.name is None or not self._column_flag:
            self.name = name_by_convention(self, parent)
        parent.indexes.add(self)

    def _expression(self, given: Any, table: Any) -> Any:
        if not isinstance(given, str):
            return given
        try:
            return table.c[given]
        except KeyError as error:
            raise exc.ConstraintColumnNotFoundError(
                f"Can't create {type(self).__name__} on table '{table.description}': no column named '{given}' is present."
            ) from error

    @property
    def columns(self) -> Any:
        return read_only_columns(self._columns)

    @property
    def c(self) -> Any:
        return self.columns

    @property
    def dialect_kwargs_for_copy(self) -> dict[str, Any]:
        return dict(self.dialect_kwargs)

    def contains_column(self, col: Any) -> bool:
        return any(col is mine for mine in self._columns)

    def __iter__(self) -> Any:
        return iter(self._columns)

    def create(self, bind: Any, checkfirst: bool = False) -> None:
        """Create the index in the database."""
        from sublimate.schema.create import create_index_steps

        bind._run_schema_steps(create_index_steps, self, checkfirst)

    def drop(self, bind: Any, checkfirst: bool = False) -> None:
        """Drop the index from the database."""
        from sublimate.schema.create import drop_index_steps

        bind._run_schema_steps(drop_index_steps, self, checkfirst)

    def __repr__(self) -> str:
        parts = [repr(self.name), *(repr(e) for e in self.expressions)]
        if self.unique:
            parts.append("unique=True")
        return f"Index({', '.join(parts)})"


def _columns_of(expression: Any) -> list[Any]:
    return [node for node in iterate(expression) if hasattr(node, "_after_table")]
