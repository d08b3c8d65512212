"""ForeignKey: one column's reference to another, given as a column or as text and resolved when first needed."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

from sublimate import exc
from sublimate.schema.base import BLANK_SCHEMA, DialectKWArgs, SchemaItem, clause_of

_creation = itertools.count(1)


class ForeignKeyTarget(NamedTuple):
    """Where the text of a foreign key points: `"app.users.id"` is `("app", "users", "id")`."""

    schema: str | None
    table_name: str
    column_name: str | None


class ForeignKey(DialectKWArgs, SchemaItem):
    """A reference from one column to another: `Column("user_id", ForeignKey("users.id"))`."""

    __visit_name__ = "foreign_key"
    constraint: Any = None
    parent: Any = None

    def __init__(
        self,
        column: Any,
        _constraint: Any = None,
        use_alter: bool = False,
        name: Any = None,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        link_to_name: bool = False,
        match: str | None = None,
        info: dict[Any, Any] | None = None,
        comment: str | None = None,
        _unresolvable: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self._spec = column if isinstance(column, str) else clause_of(column)
        if not isinstance(self._spec, str):
            if not getattr(self._spec, "is_clause_element", False) or not hasattr(self._spec, "table"):
                raise exc.ArgumentError(
                    f"String column name or Column object for DDL foreign key constraint expected, got {column!r}."
                )
            if self._spec.table is not None and not hasattr(self._spec.table, "metadata"):
                raise exc.ArgumentError(
                    f"ForeignKey received Column not bound to a Table, got: {self._spec.table!r}"
                )
        self.constraint = _constraint
        self._own_constraint = _constraint is None
        self.use_alter = use_alter
        self.name = name
        self.onupdate = onupdate
        self.ondelete = ondelete
        self.deferrable = deferrable
        self.initially = initially
        self.link_to_name = link_to_name
        self.match = match
        self.comment = comment
        self._unvalidated_dialect_kw = dialect_kw
        self._column: Any = None
        self._creation_order = next(_creation)
        if info is not None:
            self.info = info

    # -- where it points

    def _parts(self) -> tuple[str | None, str, str | None]:
        """Schema, table and column of the text it was given."""
        parts = self._spec.split(".")
        if len(parts) == 1:
            return None, parts[0], None
        *schema, table, column = parts
        return ".".join(schema) or None, table, column

    @property
    def _table_key(self) -> str:
        """The key of the table it refers to, in its metadata."""
        if not isinstance(self._spec, str):
            table = self._spec.table
            return table.key if table is not None else ""
        schema, table_name, _ = self._parts()
        if schema is None and self.parent is not None and self.parent.table is not None:
            schema = self.parent.table.metadata.schema
        return f"{schema}.{table_name}" if schema else table_name

    @property
    def _colspec(self) -> Any:
        return self._spec

    @property
    def target_column(self) -> Any:
        """The column it was given; None where it was given text."""
        return None if isinstance(self._spec, str) else self._spec

    @property
    def target_tokens(self) -> ForeignKeyTarget:
        """Schema, table and column it points at, as they were given."""
        if isinstance(self._spec, str):
            return ForeignKeyTarget(*self._parts())
        table = self._spec.table
        schema, name = (None, "") if table is None else (table.schema, table.name)
        return ForeignKeyTarget(schema, name, self._spec.key)

    @property
    def target_table_key(self) -> str:
        """Schema and table it points at, as they were given."""
        schema, table, _ = self.target_tokens
        return f"{schema}.{table}" if schema else table

    @property
    def _column_name(self) -> str | None:
        if not isinstance(self._spec, str):
            return str(self._spec.key)
        name = self._parts()[2]
        return name if name is not None or self.parent is None else self.parent.key

    @property
    def target_fullname(self) -> str:
        """`table.column`, as text."""
        return self._get_colspec()

    def _get_colspec(self, schema: Any = None, table_name: str | None = None) -> str:
        if isinstance(self._spec, str) and schema is None and table_name is None:
            return self._spec
        if isinstance(self._spec, str):
            own_schema, own_table, column = self._parts()
        else:
            table = self._spec.table
            own_schema, own_table, column = (
                (table.schema, table.name, self._spec.key)
                if table is not None
                else (None, "", self._spec.key)
            )
        if schema is BLANK_SCHEMA:
            own_schema = None
        elif schema is not None:
            own_schema = schema
        if table_name is not None:
            own_table = table_name
        return ".".join(part for part in (own_schema, own_table, column) if part)

    @property
    def column(self) -> Any:
        """The column it refers to; an error says which table or column is missing."""
        found = self._column
        if found is None:
            found = self._resolve_column()
            self._set_column(found)
        return found

    def _resolve_column(self) -> Any:
        if not isinstance(self._spec, str):
            return self._spec
        if self.parent is None:
            raise exc.InvalidRequestError(
                "this ForeignKey object does not yet have a parent Column associated with it."
            )
        if self.parent.table is None:
            raise exc.InvalidRequestError(
                "this ForeignKey's parent column is not yet associated with a Table."
            )
        metadata = self.parent.table.metadata
        key = self._table_key
        table = metadata.tables.get(key)
        if table is None:
            raise exc.NoReferencedTableError(
                f"Foreign key associated with column '{self.parent}' could not find table '{key}' with which to "
                f"generate a foreign key to target column '{self._column_name}'",
                key,
            )
        column = self._column_in(table)
        if column is None:
            raise exc.NoReferencedColumnError(
                f"Could not initialize target column for ForeignKey '{self._spec}' on table "
                f"'{self.parent.table.name}': table '{table.name}' has no column named '{self._column_name}'",
                table.name,
                str(self._column_name),
            )
        return column

    def _column_in(self, table: Any) -> Any:
        name = self._column_name
        if not self.link_to_name:
            return table.c.get(name)
        return next((c for c in table.c if c.name == name), None)

    def _set_column(self, column: Any) -> None:
        self._column = column
        if self.parent is not None and self.parent.type._isnull:
            self.parent.type = column.type

    def references(self, table: Any) -> bool:
        """Whether it points at a column of `table`."""
        return (
            table.corresponding_column(self.column) is not None
            if hasattr(table, "corresponding_column")
            else self.column.table is table
        )

    def get_referent(self, table: Any) -> Any:
        """The column of `table` (or of an alias of it) that it points at, or None."""
        column = self.column
        if column.table is table:
            return column
        return table.corresponding_column(column)

    # -- becoming part of a column and a table

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        if self.parent is not None and self.parent is not parent:
            raise exc.InvalidRequestError("This ForeignKey already has a parent !")
        self.parent = parent
        parent.foreign_keys.add(self)
        parent._after_table(self._set_table)

    def _set_table(self, column: Any, table: Any) -> None:
        if self.constraint is None:
            from sublimate.schema.constraints import ForeignKeyConstraint

            self.constraint = ForeignKeyConstraint(
                [],
                [],
                use_alter=self.use_alter,
                name=self.name,
                onupdate=self.onupdate,
                ondelete=self.ondelete,
                deferrable=self.deferrable,
                initially=self.initially,
                match=self.match,
                comment=self.comment,
                **self._unvalidated_dialect_kw,
            )
            self.constraint._append_element(column, self)
            self.constraint._set_parent_with_dispatch(table)
        table._note_foreign_key(self)
        if not isinstance(self._spec, str):
            self._set_column(self._spec)
            return
        target = table.metadata.tables.get(self._table_key)
        if target is not None:
            found = self._column_in(target)
            if found is not None:
                self._set_column(found)
        if self._column is None:
            table.metadata._awaited.setdefault(self._table_key, []).append(self)

    def _copy(self, *, schema: Any = None, **kw: Any) -> ForeignKey:
        copied = ForeignKey(
            self._get_colspec(schema=schema)
            if isinstance(self._spec, str) or self._spec.table is not None
            else self._spec,
            use_alter=self.use_alter,
            name=self.name,
            onupdate=self.onupdate,
            ondelete=self.ondelete,
            deferrable=self.deferrable,
            initially=self.initially,
            link_to_name=self.link_to_name,
            match=self.match,
            comment=self.comment,
            **self._unvalidated_dialect_kw,
        )
        if self.__dict__.get("_info"):
            copied.info = dict(self.info)
        return copied

    copy = _copy

    def __repr__(self) -> str:
        return f"ForeignKey({self._get_colspec()!r})"
