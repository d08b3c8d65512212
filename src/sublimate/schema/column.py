"""Column: a column of a table, and an SQL expression at once."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as SequenceOf
from typing import Any, TypeVar

from sublimate import exc
from sublimate.expression import shape as _shapes
from sublimate.expression.column import ColumnClause
from sublimate.expression.names import quoted_name
from sublimate.schema.base import NO_ARG, DialectKWArgs, SchemaItem
from sublimate.schema.defaults import ColumnDefault, DefaultClause, DefaultGenerator, FetchedValue
from sublimate.schema.foreign_key import ForeignKey
from sublimate.types.base import NULLTYPE, TypeArgument, TypeEngine, to_instance
from sublimate.types.numeric import Integer
from sublimate.types.schema_type import schema_type_of
from sublimate.util.warnings import warn_deprecated

_T = TypeVar("_T")


class Column(DialectKWArgs, SchemaItem, ColumnClause[_T]):
    """A column of a Table.

    >>> from sublimate import Column, Integer, MetaData, Table
    >>> users = Table("users", MetaData(), Column("id", Integer, primary_key=True))
    >>> users.c.id
    Column('id', Integer(), table=<users>, primary_key=True, nullable=False)
    """

    __visit_name__ = "column"
    _identity_shape = True
    inherit_cache = True
    is_literal = False
    table: Any = None
    computed: Any = None
    identity: Any = None
    _user_defined_nullable: bool | None = None
    _insert_sentinel = False
    _omit_from_statements = False

    def __init__(
        self,
        __name_pos: str | TypeArgument[_T] | SchemaItem | None = None,
        __type_pos: TypeArgument[_T] | SchemaItem | None = None,
        *args: Any,
        name: str | None = None,
        type_: TypeArgument[_T] | None = None,
        autoincrement: Any = "auto",
        default: Any = NO_ARG,
        insert_default: Any = NO_ARG,
        doc: str | None = None,
        key: str | None = None,
        index: bool | None = None,
        unique: bool | None = None,
        info: dict[Any, Any] | None = None,
        nullable: Any = NO_ARG,
        onupdate: Any = None,
        primary_key: bool = False,
        server_default: Any = None,
        server_onupdate: Any = None,
        quote: bool | None = None,
        system: bool = False,
        comment: str | None = None,
        insert_sentinel: bool = False,
        _omit_from_statements: bool = False,
        _proxies: Any = None,
        **dialect_kwargs: Any,
    ) -> None:
        name, type_, args = _positional(__name_pos, __type_pos, args, name, type_)
        if name is not None and quote is not None:
            name = quoted_name(name, quote)
        elif quote is not None:
            raise exc.ArgumentError("Explicit 'name' is required when sending 'quote' argument")
        self.name = name
        self.key = key if key is not None else name
        self.type = to_instance(type_) if type_ is not None else NULLTYPE
        self.primary_key = primary_key
        if nullable is NO_ARG:
            self.nullable = not primary_key
        else:
            self._user_defined_nullable = nullable
            self.nullable = nullable
        self.index = index
        self.unique = unique
        self.system = system
        self.doc = doc
        self.comment = comment
        self.autoincrement = autoincrement
        self.constraints: set[Any] = set()
        self.foreign_keys: set[ForeignKey] = set()
        self.default: Any = None
        self.onupdate: Any = None
        self.server_default: Any = None
        self.server_onupdate: Any = None
        self._on_table: list[Callable[[Any, Any], None]] = []
        self._insert_sentinel = insert_sentinel
        self._omit_from_statements = _omit_from_statements
        if info is not None:
            self.info = info
        if dialect_kwargs:
            self._validate_dialect_kwargs(dialect_kwargs)
        if insert_default is not NO_ARG and default is not NO_ARG:
            raise exc.ArgumentError(
                "The 'default' and 'insert_default' parameters of Column are mutually exclusive"
            )
        chosen = insert_default if insert_default is not NO_ARG else default
        self._init_items(*self._default_items(chosen, onupdate, server_default, server_onupdate), *args)

    def _default_items(
        self, default: Any, onupdate: Any, server_default: Any, server_onupdate: Any
    ) -> list[Any]:
        items: list[Any] = []
        if default is not NO_ARG and default is not None:
            items.append(default if isinstance(default, DefaultGenerator) else ColumnDefault(default))
        if onupdate is not None:
            items.append(
                onupdate
                if isinstance(onupdate, DefaultGenerator)
                else ColumnDefault(onupdate, for_update=True)
            )
        if server_default is not None:
            fetched = (
                server_default if isinstance(server_default, FetchedValue) else DefaultClause(server_default)
            )
            items.append(fetched._as_for_update(False))
        if server_onupdate is not None:
            fetched = (
                server_onupdate
                if isinstance(server_onupdate, FetchedValue)
                else DefaultClause(server_onupdate)
            )
            items.append(fetched._as_for_update(True))
        return items

    # -- as an expression

    def _resolve(self) -> int:
        self._shape = shape = _shapes.fresh()
        return shape

    def _forget_shape(self) -> None:
        self.__dict__.pop("_shape", None)

    def _clone(self) -> Any:
        return self

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        table = self.table
        return () if table is None else (table,)

    # -- as a schema item

    def _after_table(self, call: Callable[[Any, Any], None]) -> None:
        """Call `call(column, table)` as soon as the column belongs to a table, or at once."""
        if self.table is not None:
            call(self, self.table)
        else:
            self._on_table.append(call)

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        parent._attach_column(self, **kw)

    @property
    def insert_default(self) -> Any:
        return self.default

    def references(self, column: Any) -> bool:
        """Whether a foreign key of this column points at `column`."""
        return any(fk.column is column for fk in self.foreign_keys)

    def append_foreign_key(self, fk: ForeignKey) -> None:
        fk._set_parent_with_dispatch(self)

    @property
    def _server_default_generated(self) -> bool:
        return self.server_default is not None or self.identity is not None

    def _copy(self, **kw: Any) -> Column[Any]:
        """A column like this one that belongs to no table; its constraints and foreign keys are copied."""
        args: list[Any] = [
            c._copy(**kw)
            for c in sorted(self.constraints, key=_creation_order)
            if not getattr(c, "_type_bound", False)
        ]
        args += [
            fk._copy(**kw) for fk in sorted(self.foreign_keys, key=_creation_order) if fk.constraint is None
        ]
        if self.computed is not None:
            args.append(self.computed._copy())
        elif self.identity is not None:
            args.append(self.identity._copy())
        server_default = (
            None if self.computed is not None or self.identity is not None else self.server_default
        )
        type_ = self.type
        if schema_type_of(type_) is not None:
            type_ = type_.copy(**kw)
        copied: Column[Any] = type(self)._constructor_for_copy(
            name=self.name,
            type_=type_,
            key=self.key if self.key != self.name else None,
            primary_key=self.primary_key,
            unique=self.unique,
            system=self.system,
            index=self.index,
            autoincrement=self.autoincrement,
            default=self.default._copy()
            if isinstance(self.default, ColumnDefault)
            else self.default
            if self.default is not None
            else NO_ARG,
            server_default=server_default._copy() if isinstance(server_default, FetchedValue) else None,
            onupdate=self.onupdate._copy() if isinstance(self.onupdate, ColumnDefault) else self.onupdate,
            server_onupdate=None
            if self.computed is not None or self.server_onupdate is None
            else self.server_onupdate._copy(),
            doc=self.doc,
            comment=self.comment,
            args=args,
        )
        copied.nullable = self.nullable
        copied._user_defined_nullable = self._user_defined_nullable
        copied._insert_sentinel = self._insert_sentinel
        copied._omit_from_statements = self._omit_from_statements
        if self.__dict__.get("_info"):
            copied.info = dict(self.info)
        for dialect, options in (self._dialect_options or {}).items():
            copied.dialect_options.of(dialect).given.update(options.given)
        return copied

    def copy(self, **kw: Any) -> Column[Any]:
        warn_deprecated(
            "The Column.copy() method is deprecated and will be removed in a future release. (deprecated since: 1.4)"
        )
        return self._copy(**kw)

    @classmethod
    def _constructor_for_copy(cls, args: SequenceOf[Any], **kw: Any) -> Column[Any]:
        return cls(*args, **kw)

    def __str__(self) -> str:
        if self.name is None:
            return "(no name)"
        if self.table is not None and getattr(self.table, "description", None):
            return f"{self.table.description}.{self.name}"
        return str(self.name)

    @property
    def description(self) -> str:
        return self.name

    def __repr__(self) -> str:
        flags = []
        if self.key != self.name:
            flags.append("key")
        if self.primary_key:
            flags.append("primary_key")
        if not self.nullable:
            flags.append("nullable")
        flags += [
            n for n in ("onupdate", "default", "server_default", "comment") if getattr(self, n) is not None
        ]
        items = [repr(self.name), repr(self.type)]
        items += [repr(fk) for fk in self.foreign_keys if fk is not None]
        items += [repr(constraint) for constraint in self.constraints]
        items.append(f"table=<{self.table.description}>" if self.table is not None else "table=None")
        items += [f"{name}={getattr(self, name)!r}" for name in flags]
        return f"Column({', '.join(items)})"


def _positional(
    name_pos: Any, type_pos: Any, args: tuple[Any, ...], name: Any, type_: Any
) -> tuple[Any, Any, tuple[Any, ...]]:
    """Sort out what the first positional arguments of Column are: name, type and schema items may each be absent."""
    items: tuple[Any, ...] = args
    if type_pos is not None:
        items = (type_pos, *items)
    if name_pos is not None:
        items = (name_pos, *items)
    if items and (isinstance(items[0], str)):
        if name is not None:
            raise exc.ArgumentError("May not pass name positionally and as a keyword.")
        name, items = items[0], items[1:]
    if items and is_type(items[0]):
        if type_ is not None:
            raise exc.ArgumentError("May not pass type_ positionally and as a keyword.")
        type_, items = items[0], items[1:]
    return name, type_, items


def is_type(value: Any) -> bool:
    """Whether a value is a type or a type class."""
    return isinstance(value, TypeEngine) or (isinstance(value, type) and issubclass(value, TypeEngine))


def _creation_order(item: Any) -> int:
    order: int = getattr(item, "_creation_order", 0)
    return order


def insert_sentinel(
    name: str | None = None, type_: Any = None, *, default: Any = None, omit_from_statements: bool = True
) -> Column[Any]:
    """A column that only serves to match the rows of a bulk INSERT with their RETURNING rows."""
    return Column(
        name,
        type_ if type_ is not None else Integer,
        default=default if default is not None else NO_ARG,
        nullable=True,
        insert_sentinel=True,
        _omit_from_statements=omit_from_statements,
    )
