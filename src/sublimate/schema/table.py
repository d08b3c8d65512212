"""Table: columns, constraints and indexes under one name of a MetaData."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from sublimate import event, exc
from sublimate.expression.cast import type_coerce
from sublimate.expression.names import quoted_name
from sublimate.schema.base import BLANK_SCHEMA, RETAIN_SCHEMA, DialectKWArgs, SchemaItem
from sublimate.schema.constraints import (
    CheckConstraint,
    Constraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sublimate.schema.ddl import CheckFirst
from sublimate.schema.events import fire
from sublimate.schema.index import Index
from sublimate.schema.naming import NONE_NAME
from sublimate.schema.typed_columns import TypedColumns, columns_of
from sublimate.statements.columns import ColumnCollection
from sublimate.statements.from_clause import TableClause
from sublimate.types.base import TypeEngine
from sublimate.types.boolean import Boolean
from sublimate.types.numeric import Integer
from sublimate.types.schema_type import SchemaType, schema_type_of
from sublimate.types.string import String
from sublimate.util.warnings import warn, warn_deprecated

if TYPE_CHECKING:  # which know defaults of type variables on every Python; Python itself from 3.13 on
    from typing_extensions import TypeVar

    from sublimate.expression.column import ColumnClause
    from sublimate.schema.column import Column
    from sublimate.schema.foreign_key import ForeignKey
    from sublimate.schema.metadata import MetaData

    TableColumns = TypeVar(
        "TableColumns",
        bound=ColumnCollection[Any, Any],
        default=ColumnCollection[str, Column[Any]],
        covariant=True,
    )
    _Listed = TypeVar("_Listed", bound=ColumnCollection[Any, Any])
else:
    from typing import TypeVar

    TableColumns = TypeVar("TableColumns", covariant=True)


class Table(DialectKWArgs, SchemaItem, TableClause[TableColumns]):
    """A table of the database.

    >>> from sublimate import Column, Integer, MetaData, String, Table
    >>> users = Table("users", MetaData(), Column("id", Integer, primary_key=True), Column("name", String(50)))
    >>> users.c.keys()
    ['id', 'name']
    """

    __visit_name__ = "table"
    if TYPE_CHECKING:
        name: str
        comment: str | None

        @property
        def primary_key(self) -> PrimaryKeyConstraint: ...

    else:
        primary_key = None
    constraints: set[Constraint]
    indexes: set[Index]
    metadata: MetaData
    implicit_returning = True
    #: whether a column is left out unless it is named
    _omits = False
    _has_keys = False
    _prefixes: tuple[Any, ...] = ()
    #: what creates the table instead of CREATE TABLE, where a SELECT defines it
    _creator_ddl: Any = None
    _extra_dependencies: set[Any]

    if not TYPE_CHECKING:  # what may be given is written in __init__

        def __new__(cls, *args: Any, **kw: Any) -> Any:
            if not args and not kw:
                return object.__new__(cls)
            return cls._find_or_create(*args, **kw)

    @overload
    def __init__(
        self: Table[_Listed],
        name: str,
        metadata: MetaData,
        __columns: type[_Listed],
        *args: SchemaItem,
        **kw: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: Table[ColumnCollection[str, Column[Any]]],
        name: str,
        metadata: MetaData,
        *args: SchemaItem,
        **kw: Any,
    ) -> None: ...
    def __init__(self, *args: Any, **kw: Any) -> None:
        """`Table(name, metadata, *columns_and_constraints, **options)`; the work is done when the object is found or made."""
        if not args and not kw:  # __new__() makes an empty one, for pickle
            raise TypeError("Table() takes at least two positional-only arguments 'name' and 'metadata'")

    @classmethod
    def _find_or_create(cls, name: str, metadata: Any, *args: Any, **kw: Any) -> Any:
        from sublimate.schema.metadata import MetaData

        if not isinstance(metadata, MetaData):
            raise exc.ArgumentError(f"Expected a MetaData as the second argument of Table, got {metadata!r}")
        schema = kw.get("schema")
        if schema is None:
            schema = metadata.schema
        elif schema is BLANK_SCHEMA:
            schema = None
        keep_existing = kw.get("keep_existing", False)
        extend_existing = kw.get("extend_existing", False)
        if keep_existing and extend_existing:
            raise exc.ArgumentError("keep_existing and extend_existing are mutually exclusive.")
        if "mustexist" in kw:
            warn_deprecated("Deprecated alias of Table.must_exist (deprecated since: 1.4)")
        must_exist = kw.pop("must_exist", kw.pop("mustexist", False))
        key = table_key(name, schema)
        existing = metadata.tables.get(key)
        if existing is not None:
            if not keep_existing and not extend_existing and args:
                raise exc.InvalidRequestError(
                    f"Table '{key}' is already defined for this MetaData instance.  Specify 'extend_existing=True' to "
                    "redefine options and columns on an existing Table object."
                )
            if extend_existing:
                existing._extend(*args, **kw)
            return existing
        if must_exist:
            raise exc.InvalidRequestError(f"Table '{key}' not defined")
        table = object.__new__(cls)
        fire(table, "before_parent_attach", table, metadata)
        metadata._add_table(name, schema, table)
        try:
            table._build(name, metadata, *args, **kw)
        except BaseException:
            metadata._remove_table(name, schema)
            raise
        fire(table, "after_parent_attach", table, metadata)
        return table

    def _build(
        self,
        name: str,
        metadata: Any,
        *args: Any,
        schema: Any = None,
        quote: bool | None = None,
        quote_schema: bool | None = None,
        autoload_with: Any = None,
        autoload_replace: bool = True,
        keep_existing: bool = False,
        extend_existing: bool = False,
        resolve_fks: bool = True,
        include_columns: Any = None,
        implicit_returning: bool = True,
        comment: str | None = None,
        info: dict[Any, Any] | None = None,
        listeners: Any = None,
        prefixes: Any = None,
        _extend_on: Any = None,
        _no_init: bool = True,
        **dialect_kw: Any,
    ) -> None:
        self.name = quoted_name(name, quote)
        if schema is None:
            self.schema = metadata.schema
        elif schema is BLANK_SCHEMA:
            self.schema = None
        else:
            self.schema = quoted_name(schema, quote_schema)
        self.metadata = metadata
        self.fullname = f"{self.schema}.{self.name}" if self.schema else self.name
        self._columns = ColumnCollection()
        self.indexes = set()
        self.constraints = set()
        self._extra_dependencies = set()
        self._foreign_keys: list[Any] = []
        PrimaryKeyConstraint(_implicit_generated=True)._set_parent_with_dispatch(self)
        self.comment = comment
        if info is not None:
            self.info = info
        self.implicit_returning = implicit_returning
        if prefixes:
            self._prefixes = tuple(prefixes)
        for event_name, listener in listeners or ():
            event.listen(self, event_name, listener)
        self._validate_dialect_kwargs(dialect_kw)
        if autoload_with is not None:
            self._autoload(
                metadata, autoload_with, include_columns, _extend_on=_extend_on, resolve_fks=resolve_fks
            )
        args = _spelled_out(args)
        replace = extend_existing or keep_existing or autoload_with is not None
        self._init_items(*args, allow_replacements=replace)

    def _extend(self, *args: Any, **kw: Any) -> None:
        autoload_with = kw.pop("autoload_with", None)
        autoload_replace = kw.pop("autoload_replace", True)
        schema = kw.pop("schema", None)
        _extend_on = kw.pop("_extend_on", None)
        include_columns = kw.pop("include_columns", None)
        resolve_fks = kw.pop("resolve_fks", True)
        for name in ("extend_existing", "keep_existing", "quote", "quote_schema", "listeners", "_no_init"):
            kw.pop(name, None)
        if schema is not None and schema is not BLANK_SCHEMA and schema != self.schema:
            raise exc.ArgumentError(
                f"Can't change schema of existing table from '{self.schema}' to '{schema}'"
            )
        if include_columns is not None:
            for column in [c for c in self.c if c.name not in include_columns]:
                self.c.remove(column)
        if "comment" in kw:
            self.comment = kw.pop("comment")
        if "info" in kw:
            self.info = kw.pop("info")
        if "implicit_returning" in kw:
            self.implicit_returning = kw.pop("implicit_returning")
        if "prefixes" in kw:
            self._prefixes = tuple(kw.pop("prefixes"))
        self._validate_dialect_kwargs(kw)
        if autoload_with is not None:
            exclude = () if autoload_replace else [c.name for c in self.c]
            self._autoload(self.metadata, autoload_with, include_columns, exclude, resolve_fks, _extend_on)
        self._init_items(*_spelled_out(args), allow_replacements=True)
        self._changed()

    def _autoload(
        self,
        metadata: Any,
        autoload_with: Any,
        include_columns: Any,
        exclude_columns: Any = (),
        resolve_fks: bool = True,
        _extend_on: Any = None,
    ) -> None:
        autoload_with._reflect_table_into(
            self,
            include_columns=include_columns,
            exclude_columns=exclude_columns,
            resolve_fks=resolve_fks,
            _extend_on=_extend_on,
        )

    # -- what it has

    @property
    def key(self) -> str:
        """The key under which its MetaData knows it: the name, with the schema in front."""
        return table_key(self.name, self.schema)

    @property
    def description(self) -> str:
        return self.name

    @property
    def foreign_keys(self) -> set[ForeignKey]:
        """The foreign keys of all columns."""
        return set(self._foreign_keys)

    @property
    def is_view(self) -> bool:
        """Whether it stands for a view."""
        return self._creator_ddl is not None and self._creator_ddl.__visit_name__ == "create_view"

    @property
    def _all_selected_columns(self) -> list[Any]:
        return [c for c in self.c if not c._omit_from_statements] if self._omits else list(self.c)

    @property
    def foreign_key_constraints(self) -> set[ForeignKeyConstraint]:
        return {fk.constraint for fk in self._foreign_keys}

    @property
    def _autoincrement_column(self) -> Any:
        return self.primary_key._autoincrement_column

    @property
    def autoincrement_column(self) -> Column[int] | None:
        """The column that the database numbers by itself, or None."""
        column: Column[int] | None = self.primary_key._autoincrement_column
        return column

    @property
    def _sorted_constraints(self) -> list[Constraint]:
        return sorted(self.constraints, key=lambda constraint: constraint._creation_order)

    # -- building

    def append_column(self, column: ColumnClause[Any], replace_existing: bool = False) -> None:
        """Add a column."""
        column._set_parent_with_dispatch(self, allow_replacements=replace_existing)

    def insert_column(self, column: ColumnClause[Any], index: int, *, replace_existing: bool = False) -> None:
        """Add a column at a place among the columns."""
        self.append_column(column, replace_existing=replace_existing)
        self.c.move(column, index)
        self._changed()

    def append_constraint(self, constraint: Constraint | Index) -> None:
        """Add a constraint."""
        constraint._set_parent_with_dispatch(self)

    def add_is_dependent_on(self, table: Any) -> None:
        """Say that another table has to be created before this one."""
        self._extra_dependencies.add(table)

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        parent._add_table(self.name, self.schema, self)
        self.metadata = parent

    def _attach_column(self, column: Any, allow_replacements: bool = True, **kw: Any) -> None:
        if not column.name:
            raise exc.ArgumentError(
                "Column must be constructed with a non-blank name or assign a non-blank .name before adding to a Table."
            )
        if column.key is None:
            column.key = column.name
        if column.table is not None and column.table is not self:
            raise exc.ArgumentError(
                f"Column object '{column.key}' already assigned to Table '{column.table.description}'"
            )
        if column._insert_sentinel and any(c._insert_sentinel for c in self.c if c.key != column.key):
            raise exc.ArgumentError("a Table may have only one explicit sentinel column")
        self._omits = self._omits or column._omit_from_statements
        self._replace_column(column, allow_replacements)
        column.table = self
        column._forget_shape()
        if column.primary_key:
            self.primary_key._replace(column)
        elif column.key in self.primary_key:
            raise exc.ArgumentError(
                f"Trying to redefine primary-key column '{column.key}' as a non-primary-key column on table '{self.fullname}'"
            )
        _attach_flags(column, self)
        waiting, column._on_table = column._on_table, []
        for call in waiting:
            call(column, self)
        _attach_type(column, self)
        for fk in self.metadata._awaited.get(self.key, ()):
            if fk._column is None and fk._column_in(self) is column:
                fk._set_column(column)
        self._changed()

    def _replace_column(self, column: Any, allow_replacements: bool) -> None:
        old = self.c.get(column.key)
        if old is None and (self._has_keys or column.name != column.key):
            old = next((c for c in self.c if c.name == column.name), None)
        self._has_keys = self._has_keys or column.name != column.key
        if old is not None and old is not column:
            if not allow_replacements:
                what = "key" if old.name != column.name else "name"
                raise exc.DuplicateColumnError(
                    f"A column with {what} '{column.key if what == 'key' else column.name}' is already present in table '{self.name}'. "
                    "Specify replace_existing=True to Table.append_column() or Table.insert_column() to replace an existing column."
                )
            for fk in old.foreign_keys:
                if fk in self._foreign_keys:
                    self._foreign_keys.remove(fk)
                if fk.constraint in self.constraints:
                    self.constraints.discard(fk.constraint)
            if old.key != column.key:
                self.c.remove(old)
                if old.key != old.name and column.key == column.name:
                    warn(
                        f'Column with user-specified key "{old.key}" is being replaced with plain named column '
                        f'"{column.name}", key "{old.key}" is being removed.  If this is a reflection operation, '
                        "specify autoload_replace=False to prevent this replacement."
                    )
        self.c.add(column)

    def _note_foreign_key(self, fk: Any) -> None:
        if fk not in self._foreign_keys:
            self._foreign_keys.append(fk)

    def foreign_key_constraints_changed(self) -> None:
        """A foreign key constraint was added."""
        self._changed()

    def _changed(self) -> None:
        self._forget_shape()

    # -- in the database

    def create(self, bind: Any, checkfirst: bool | CheckFirst = CheckFirst.TYPES) -> None:
        """Create the table in the database."""
        from sublimate.schema.create import create_table_steps

        bind._run_schema_steps(create_table_steps, self, checkfirst)

    def drop(self, bind: Any, checkfirst: bool | CheckFirst = False) -> None:
        """Drop the table from the database."""
        from sublimate.schema.create import drop_table_steps

        bind._run_schema_steps(drop_table_steps, self, checkfirst)

    # -- copies

    def tometadata(
        self,
        metadata: MetaData,
        schema: Any = RETAIN_SCHEMA,
        referred_schema_fn: Any = None,
        name: str | None = None,
    ) -> Table:
        warn_deprecated("Table.tometadata() is renamed to Table.to_metadata() (deprecated since: 1.4)")
        return self.to_metadata(metadata, schema, referred_schema_fn, name)

    def to_metadata(
        self,
        metadata: MetaData,
        schema: Any = RETAIN_SCHEMA,
        referred_schema_fn: Any = None,
        name: str | None = None,
    ) -> Table[TableColumns]:
        """A copy of the table in another MetaData, perhaps under another schema or name."""
        name = self.name if name is None else name
        if schema is RETAIN_SCHEMA:
            new_schema: Any = metadata.schema if self.schema is None else self.schema
        elif schema is None:
            new_schema = metadata.schema
        elif schema is BLANK_SCHEMA:
            new_schema = None
        else:
            new_schema = schema
        key = table_key(name, new_schema)
        if key in metadata.tables:
            warn(f"Table '{self.description}' already exists within the given MetaData - not copying.")
            return metadata.tables[key]  # type: ignore[return-value]
        columns = [
            column._copy(schema=None if schema is RETAIN_SCHEMA else new_schema) for column in self.columns
        ]
        copied: Any = Table(
            name, metadata, *columns, schema=new_schema if new_schema is not None else BLANK_SCHEMA, comment=self.comment,
            prefixes=list(self._prefixes), implicit_returning=self.implicit_returning, **self.dialect_kwargs,
        )  # fmt: skip
        for constraint in self._sorted_constraints:
            if isinstance(constraint, ForeignKeyConstraint):
                copied.append_constraint(
                    constraint._copy(
                        schema=self._fk_schema(constraint, schema, new_schema, referred_schema_fn),
                        target_table=copied,
                    )
                )
            elif not constraint._type_bound and not getattr(constraint, "_column_flag", False):
                copied.append_constraint(constraint._copy(schema=new_schema, target_table=copied))
        for index in self.indexes:
            if not index._column_flag:
                copied._copy_index(index, self)
        if self.__dict__.get("_info"):
            copied.info = dict(self.info)
        if self._creator_ddl is not None:
            copied._creator_ddl = self._creator_ddl._for_table(copied, metadata)
        for other in self._extra_dependencies:
            same = metadata.tables.get(other.key)
            if same is not None:
                copied.add_is_dependent_on(same)
        result: Table[TableColumns] = copied
        return result

    def _fk_schema(self, constraint: Any, schema: Any, new_schema: Any, referred_schema_fn: Any) -> Any:
        element = constraint.elements[0]
        referred = element._parts()[0] if isinstance(element._spec, str) else element._spec.table.schema
        if referred_schema_fn is not None:
            return referred_schema_fn(self, new_schema, constraint, referred)
        if schema is RETAIN_SCHEMA:
            return None
        if schema is BLANK_SCHEMA:
            return BLANK_SCHEMA if referred == self.schema else None
        return new_schema if referred == self.schema else None

    def _copy_index(self, index: Any, source: Table) -> None:
        from sublimate.schema.constraints import _moved

        expressions = [e if isinstance(e, str) else _moved(e, source, self) for e in index.expressions]
        copied = Index(index.name, unique=index.unique, *expressions, _table=None, **index.dialect_kwargs)  # noqa: B026
        if copied.table is None:
            copied._set_parent_with_dispatch(self)

    def __repr__(self) -> str:
        parts = [repr(self.name), repr(self.metadata), *(repr(c) for c in self.columns)]
        return f"Table({', '.join(parts)}, schema={self.schema!r})"

    def __str__(self) -> str:
        return self.fullname


def table_key(name: str, schema: str | None) -> str:
    """The key of a table in its MetaData."""
    return f"{schema}.{name}" if schema else name


def _attach_flags(column: Any, table: Table) -> None:
    """The index and the unique constraint that `index=True` and `unique=True` stand for."""
    if column.index:
        if isinstance(column.index, str):
            raise exc.ArgumentError(
                "The 'index' keyword argument on Column is boolean only. To create indexes with a specific name, create "
                "an explicit Index object external to the Table."
            )
        table.append_constraint(Index(None, column.key, unique=bool(column.unique), _column_flag=True))
    elif column.unique:
        if isinstance(column.unique, str):
            raise exc.ArgumentError(
                "The 'unique' keyword argument on Column is boolean only. To create unique constraints or indexes with a "
                "specific name, append an explicit UniqueConstraint to the Table's list of elements, or create an "
                "explicit Index object external to the Table."
            )
        table.append_constraint(UniqueConstraint(column.key, _column_flag=True))


def _attach_type(column: Any, table: Table) -> None:
    """What a type brings to its table: a CHECK constraint, or a schema for its name."""
    for type_ in (column.type, *(column.type._variants or {}).values()):
        found = schema_type_of(type_)
        if found is None:
            continue
        found.set_table(column, table)
        if found.check_values() is not None:
            _add_type_check(column, table, found)


class _TypeCheckRule:
    """Whether a dialect's CREATE TABLE has the CHECK constraint of a type: only where the type needs it."""

    def __init__(self, column: Any, type_: SchemaType) -> None:
        self.column = column
        self.type_ = type_

    def __call__(self, compiler: Any) -> bool:
        dialect = compiler.dialect
        chosen = schema_type_of((self.column.type._variants or {}).get(dialect.name, self.column.type))
        return chosen is self.type_ and self.type_.needs_check(dialect)


def _add_type_check(column: Any, table: Table, type_: SchemaType) -> None:
    values = type_.check_values() or []
    plain: TypeEngine[Any] = Integer() if isinstance(type_, Boolean) else String()
    condition = type_coerce(column, plain).in_(values)

    check = CheckConstraint(
        condition,
        name=NONE_NAME if type_.name is None else type_.name,
        _create_rule=_TypeCheckRule(column, type_),
        _type_bound=True,
        _autoattach=False,
    )
    table.append_constraint(check)


def _spelled_out(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The items of a table, a class of typed columns in front of them as its columns."""
    first: Any = args[0] if args else None
    if isinstance(first, type) and TypedColumns in first.__mro__:
        return (*columns_of(first), *args[1:])
    return args
