"""Constraints of tables: primary key, foreign key, unique, check."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from sublimate import exc
from sublimate.expression.traverse import iterate, replacement_traverse
from sublimate.schema.base import (
    ConditionalDDL,
    DialectKWArgs,
    SchemaItem,
    clause_of,
    is_clause,
    read_only_columns,
)
from sublimate.schema.foreign_key import ForeignKey
from sublimate.schema.naming import name_by_convention
from sublimate.statements.text import text
from sublimate.types.numeric import Integer, Numeric
from sublimate.util.warnings import warn_deprecated

_creation = itertools.count(1)


class Constraint(DialectKWArgs, ConditionalDDL, SchemaItem):
    """The base of constraints."""

    __visit_name__ = "constraint"
    parent: Any = None
    _type_bound = False
    _implicitly_generated = False

    def __init__(
        self,
        name: Any = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        info: dict[Any, Any] | None = None,
        comment: str | None = None,
        _create_rule: Any = None,
        _type_bound: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self.name = name
        self.deferrable = deferrable
        self.initially = initially
        self.comment = comment
        self._create_rule = _create_rule
        self._type_bound = _type_bound
        self._creation_order = next(_creation)
        if info is not None:
            self.info = info
        self._validate_dialect_kwargs(dialect_kw)

    @property
    def table(self) -> Any:
        """The table it belongs to."""
        if (
            self.parent is not None
            and hasattr(self.parent, "constraints")
            and hasattr(self.parent, "metadata")
        ):
            return self.parent
        raise exc.InvalidRequestError(
            "This constraint is not bound to a table.  Did you mean to call table.append_constraint(constraint) ?"
        )

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        self.parent = parent
        if hasattr(parent, "metadata"):
            self._name_on(parent)
        parent.constraints.add(self)

    def _name_on(self, table: Any) -> None:
        self.name = name_by_convention(self, table)

    def _common(self) -> dict[str, Any]:
        return {
            "name": self.name, "deferrable": self.deferrable, "initially": self.initially, "comment": self.comment,
            **self.dialect_kwargs,
        }  # fmt: skip

    def _finish_copy(self, copied: Any) -> Any:
        if self.__dict__.get("_info"):
            copied.info = dict(self.info)
        copied._ddl_if = self._ddl_if
        return copied

    def _copy(self, **kw: Any) -> Constraint:
        raise NotImplementedError

    def copy(self, **kw: Any) -> Constraint:
        warn_deprecated(
            f"The {type(self).__name__}.copy() method is deprecated and will be removed in a future release. (deprecated since: 1.4)"
        )
        return self._copy(**kw)


class ColumnCollectionConstraint(Constraint):
    """A constraint over columns, given as columns, as names, or as both."""

    _allow_expressions = False

    def __init__(
        self, *columns: Any, _autoattach: bool = True, _column_flag: bool = False, **kw: Any
    ) -> None:
        super().__init__(**kw)
        self._column_flag = _column_flag
        self._pending = [column if isinstance(column, str) else clause_of(column) for column in columns]
        self._columns: list[Any] = []
        if _autoattach:
            self._attach_when_known()

    def _column_arguments(self) -> list[Any]:
        return [c for c in self._pending if not isinstance(c, str) and hasattr(c, "_after_table")]

    def _attach_when_known(self) -> None:
        """Attach to the table as soon as all columns given as objects have one."""
        columns = self._column_arguments()
        if not columns or any(isinstance(c, str) for c in self._pending):
            return
        waiting = [c for c in columns if c.table is None]
        if not waiting:
            self._attach_to(columns)
            return

        def attached(column: Any, table: Any) -> None:
            if self.parent is None and all(c.table is not None for c in columns):
                self._attach_to(columns)

        for column in waiting:
            column._on_table.append(attached)

    def _attach_to(self, columns: list[Any]) -> None:
        table = columns[0].table
        others = [c for c in columns[1:] if c.table is not table]
        if others:
            names = ", ".join(f"'{c.table}'" for c in others)
            raise exc.ArgumentError(f"Column(s) {names} are not part of table '{table.description}'.")
        self._set_parent_with_dispatch(table)

    def _resolve_columns(self, table: Any) -> list[Any]:
        found = []
        for column in self._pending:
            if isinstance(column, str):
                try:
                    column = table.c[column]
                except KeyError as error:
                    raise exc.ConstraintColumnNotFoundError(
                        f"Can't create {type(self).__name__} on table '{table.description}': no column named '{column}' is present."
                    ) from error
            found.append(column)
        return found

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        if hasattr(parent, "metadata"):
            self._columns = self._resolve_columns(parent)
        super()._set_parent(parent)

    @property
    def columns(self) -> Any:
        return read_only_columns(self._columns)

    @property
    def c(self) -> Any:
        return self.columns

    def contains_column(self, col: Any) -> bool:
        """Whether the constraint is over this column."""
        return any(col is mine for mine in self._columns)

    def __contains__(self, x: Any) -> bool:
        return any(x == mine.key if isinstance(x, str) else x is mine for mine in self._columns)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def _column_specs(self) -> list[str]:
        return (
            [c.key for c in self._columns]
            if self._columns
            else [c if isinstance(c, str) else c.key for c in self._pending]
        )

    def _copy(self, *, target_table: Any = None, **kw: Any) -> Any:
        return self._finish_copy(type(self)(*self._column_specs(), **self._common()))

    def __repr__(self) -> str:
        columns = ", ".join(repr(c) for c in (self._columns or self._pending))
        name = f"{', ' if columns else ''}name={self.name!r}" if self.name is not None else ""
        return f"{type(self).__name__}({columns}{name})"


class PrimaryKeyConstraint(ColumnCollectionConstraint):
    """The primary key of a table."""

    __visit_name__ = "primary_key_constraint"

    def __init__(
        self,
        *columns: Any,
        name: Any = None,
        deferrable: Any = None,
        initially: Any = None,
        info: Any = None,
        _implicit_generated: bool = False,
        **kw: Any,
    ) -> None:
        self._implicitly_generated = _implicit_generated
        super().__init__(*columns, name=name, deferrable=deferrable, initially=initially, info=info, **kw)

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        if getattr(parent, "primary_key", None) is not self:
            parent.constraints.discard(parent.primary_key)
            parent.primary_key = self
        self.parent = parent
        if self._pending:
            self._columns = self._resolve_columns(parent)
            for column in self._columns:
                column.primary_key = True
                if column._user_defined_nullable is None:
                    column.nullable = False
        else:
            self._columns = [c for c in parent.columns if c.primary_key]
        self._name_on(parent)
        parent.constraints.add(self)

    def _name_on(self, table: Any) -> None:
        if self._columns or not self._implicitly_generated:
            super()._name_on(table)

    def _replace(self, column: Any) -> None:
        """A primary key column was added to (or replaced in) the table."""
        self._columns = [c for c in self._columns if c.key != column.key]
        self._columns.append(column)
        if self.name is None:
            self._name_on(self.parent)

    def _reload(self, columns: list[Any]) -> None:
        for column in columns:
            column.primary_key = True
        self._columns = list(columns)
        self._set_parent(self.parent)

    @property
    def columns_autoinc_first(self) -> list[Any]:
        auto = self._autoincrement_column
        if auto is None:
            return list(self._columns)
        return [auto] + [c for c in self._columns if c is not auto]

    @property
    def _autoincrement_column(self) -> Any:
        """The column that the database numbers by itself, or None."""
        marked = [column for column in self._columns if column.autoincrement is True]
        if len(marked) > 1:
            raise exc.ArgumentError(
                f"Only one Column may be marked autoincrement=True, found both {marked[1].name} and {marked[0].name}."
            )
        if marked:
            _require_number(marked[0])
            return marked[0]
        candidates = (
            self._columns
            if len(self._columns) == 1
            else [c for c in self._columns if c.autoincrement == "ignore_fk"]
        )
        if len(candidates) != 1 or not _may_number_itself(candidates[0]):
            return None
        return candidates[0]

    def _copy(self, *, target_table: Any = None, **kw: Any) -> Any:
        copied = PrimaryKeyConstraint(*self._column_specs(), **self._common())
        copied._implicitly_generated = self._implicitly_generated
        return self._finish_copy(copied)


def _undecorated(type_: Any) -> Any:
    while type_._is_type_decorator:
        type_ = type_.impl_instance
    return type_


def _is_integral(type_: Any) -> bool:
    family = type_._type_affinity
    return family is not None and issubclass(family, Integer)


def _require_number(column: Any) -> None:
    """Refuse `autoincrement=True` on columns that hold no whole numbers."""
    type_ = _undecorated(column.type)
    if _is_integral(type_):
        return
    if not isinstance(type_, Numeric):
        raise exc.ArgumentError(
            f"Column type {type_} on column '{column}' is not compatible with autoincrement=True"
        )
    if type_.scale != 0:
        raise exc.ArgumentError(
            f"Column type {type_} with non-zero scale {type_.scale} on column '{column}' is not compatible with autoincrement=True"
        )


def _may_number_itself(column: Any) -> bool:
    """Whether a column not marked either way is numbered by the database: a whole number with no other source."""
    if not _is_integral(_undecorated(column.type)) or column.autoincrement not in ("auto", "ignore_fk"):
        return False
    if column.foreign_keys and column.autoincrement == "auto":
        return False
    if column.server_default is not None and column.identity is None:
        return False
    return column.default is None or column.default.is_sequence


class UniqueConstraint(ColumnCollectionConstraint):
    """`UNIQUE (columns)`."""

    __visit_name__ = "unique_constraint"


class CheckConstraint(ColumnCollectionConstraint):
    """`CHECK (condition)`."""

    __visit_name__ = "table_or_column_check_constraint"

    def __init__(
        self,
        sqltext: Any,
        name: Any = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        table: Any = None,
        info: dict[Any, Any] | None = None,
        _create_rule: Any = None,
        _autoattach: bool = True,
        _type_bound: bool = False,
        **dialect_kw: Any,
    ) -> None:
        sqltext = clause_of(sqltext)
        if isinstance(sqltext, str):
            sqltext = text(sqltext)
        elif not is_clause(sqltext):
            raise exc.ArgumentError(f"SQL expression for DDL expected, got {sqltext!r}.")
        self.sqltext = sqltext
        mentioned = {id(n): n for n in iterate(sqltext) if hasattr(n, "_after_table")}
        super().__init__(
            *mentioned.values(), name=name, deferrable=deferrable, initially=initially, info=info,
            _create_rule=_create_rule, _autoattach=_autoattach, _type_bound=_type_bound, **dialect_kw,
        )  # fmt: skip
        if table is not None:
            self._set_parent_with_dispatch(table)

    @property
    def is_column_level(self) -> bool:
        return self.parent is not None and not hasattr(self.parent, "metadata")

    def _copy(self, *, target_table: Any = None, **kw: Any) -> Any:
        sqltext = self.sqltext
        if target_table is not None:
            sqltext = _moved(sqltext, self.table, target_table)
        copied = CheckConstraint(
            sqltext,
            _create_rule=self._create_rule,
            table=target_table,
            _autoattach=False,
            _type_bound=self._type_bound,
            **self._common(),
        )
        return self._finish_copy(copied)

    def __repr__(self) -> str:
        return f"CheckConstraint({self.sqltext!r}{f', name={self.name!r}' if self.name else ''})"


def _moved(element: Any, source: Any, target: Any) -> Any:
    """The expression with columns of one table replaced by those of another."""

    def replace(node: Any) -> Any:
        if getattr(node, "table", None) is source and hasattr(node, "_after_table") and node.key in target.c:
            return target.c[node.key]
        return None

    return replacement_traverse(element, {}, replace)


class ForeignKeyConstraint(ColumnCollectionConstraint):
    """`FOREIGN KEY (columns) REFERENCES other (columns)`."""

    __visit_name__ = "foreign_key_constraint"

    def __init__(
        self,
        columns: Any,
        refcolumns: Any,
        name: Any = None,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        use_alter: bool = False,
        link_to_name: bool = False,
        match: str | None = None,
        table: Any = None,
        info: dict[Any, Any] | None = None,
        comment: str | None = None,
        **dialect_kw: Any,
    ) -> None:
        columns, refcolumns = list(columns), list(refcolumns)
        if len(set(map(_spec_key, columns))) != len(refcolumns):
            if len(set(map(_spec_key, columns))) != len(columns):
                names = ", ".join(map(str, columns))
                raise exc.ArgumentError(
                    f"ForeignKeyConstraint on None({names}) has duplicate source columns."
                )
            raise exc.ArgumentError(
                "ForeignKeyConstraint number of constrained columns must match the number of referenced columns."
            )
        self.onupdate = onupdate
        self.ondelete = ondelete
        self.link_to_name = link_to_name
        self.use_alter = use_alter
        self.match = match
        super().__init__(
            *columns,
            name=name,
            deferrable=deferrable,
            initially=initially,
            info=info,
            comment=comment,
            _autoattach=False,
            **dialect_kw,
        )
        self.elements: list[ForeignKey] = [
            ForeignKey(
                refcolumn, _constraint=self, name=name, onupdate=onupdate, ondelete=ondelete, use_alter=use_alter,
                link_to_name=link_to_name, match=match, deferrable=deferrable, initially=initially,
            )
            for refcolumn in refcolumns
        ]  # fmt: skip
        if columns:
            self._attach_when_known()
        if table is not None and self.parent is None:
            self._set_parent_with_dispatch(table)

    def _append_element(self, column: Any, fk: ForeignKey) -> None:
        self._pending.append(column)
        self._columns.append(column)
        self.elements.append(fk)

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        super()._set_parent(parent)
        for column, fk in zip(self._columns, self.elements, strict=True):
            if fk.parent is not column:
                fk._set_parent_with_dispatch(column)
        self._validate_single_table()
        parent.foreign_key_constraints_changed()

    def _validate_single_table(self) -> None:
        keys = {fk._table_key for fk in self.elements}
        if len(keys) > 1:
            first, second = sorted(keys)[:2]
            raise exc.ArgumentError(
                f"ForeignKeyConstraint on {self.parent.fullname}({self._description()}) refers to multiple remote tables: {first} and {second}"
            )

    def _description(self) -> str:
        return ", ".join(c.key for c in self._columns)

    @property
    def column_keys(self) -> list[str]:
        return self._column_specs()

    @property
    def referred_table(self) -> Any:
        """The table it refers to."""
        return self.elements[0].column.table

    def _copy(self, *, schema: Any = None, target_table: Any = None, **kw: Any) -> Any:
        specs = []
        for fk in self.elements:
            same_table = (
                target_table is not None and self.parent is not None and fk._table_key == self.parent.key
            )
            specs.append(fk._get_colspec(schema=schema, table_name=target_table.name if same_table else None))
        copied = ForeignKeyConstraint(
            self._column_specs(), specs, onupdate=self.onupdate, ondelete=self.ondelete, use_alter=self.use_alter,
            link_to_name=self.link_to_name, match=self.match, **self._common(),
        )  # fmt: skip
        for mine, theirs in zip(self.elements, copied.elements, strict=True):
            if mine.__dict__.get("_info"):
                theirs.info = dict(mine.info)
        return self._finish_copy(copied)


def _spec_key(column: Any) -> Any:
    return column if isinstance(column, str) else id(clause_of(column))
