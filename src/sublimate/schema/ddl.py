"""DDL statements as elements: CREATE, DROP, ALTER and COMMENT of schema items."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Flag
from typing import Any, ClassVar, Self

from sublimate import exc
from sublimate.expression.element import ClauseElement
from sublimate.expression.node import IdentityNode
from sublimate.schema.base import DDLIf
from sublimate.util.immutabledict import immutabledict
from sublimate.util.warnings import warn_deprecated

#: set by the compiler room: (element, dialect or None, **kw) -> compiled DDL
_compile_ddl: Callable[..., Any] | None = None


def set_compile_ddl(function: Callable[..., Any]) -> None:
    """Give DDL elements their `compile()`; called once by the compiler room, which stands above this one."""
    global _compile_ddl
    _compile_ddl = function


class CheckFirst(Flag):
    """What `create_all()` and `drop_all()` look up before they act."""

    NONE = 0
    TABLES = 2
    VIEWS = 4
    INDEXES = 8
    SEQUENCES = 16
    TYPES = 32
    ALL = TABLES | VIEWS | INDEXES | SEQUENCES | TYPES

    @classmethod
    def of(cls, value: Any, default: CheckFirst | None = None) -> CheckFirst:
        if isinstance(value, cls):
            return value
        return (default or cls.ALL) if value else cls.NONE


class BaseDDLElement(ClauseElement, IdentityNode):
    """Anything that renders as DDL."""

    __visit_name__ = "ddl_element"
    is_ddl: ClassVar[bool] = True

    def compile(self, bind: Any = None, dialect: Any = None, **kw: Any) -> Any:
        """The DDL text on a dialect; `str()` of the result is the text."""
        if dialect is None and bind is not None:
            dialect = bind.dialect
        if _compile_ddl is None:
            import importlib

            importlib.import_module("sublimate.compiler.ddl")
        assert _compile_ddl is not None
        return _compile_ddl(self, dialect, **kw)

    def get_children(self, **_: Any) -> Any:
        return iter(())

    def _map_children(self, fn: Any) -> Any:
        return self

    def __str__(self) -> str:
        return str(self.compile())


class ExecutableDDLElement(BaseDDLElement):
    """DDL that a connection can execute, and that can be an event listener of tables and metadata."""

    supports_execution = True
    target: Any = None
    _ddl_if: DDLIf | None = None
    _execution_options: dict[str, Any] = {}

    def against(self, target: Any) -> Self:
        """A copy bound to a table or other item."""
        copied: Self = self._clone()
        copied.target = target
        return copied

    def execute_if(self, dialect: Any = None, callable_: Any = None, state: Any = None) -> Self:
        """A copy that, as an event listener, runs only on the dialects named, or where the function says so."""
        copied: Self = self._clone()
        copied._ddl_if = DDLIf(dialect, callable_, state)
        return copied

    def _should_execute(self, target: Any, bind: Any, **kw: Any) -> bool:
        return self._ddl_if is None or self._ddl_if.should_execute(self, target, bind, compiler=None, **kw)

    def execution_options(self, **kw: Any) -> Self:
        copied: Self = self._clone()
        copied._execution_options = {**self._execution_options, **kw}
        return copied

    def get_execution_options(self) -> immutabledict[str, Any]:
        return immutabledict(self._execution_options)

    def __call__(self, target: Any, bind: Any, **kw: Any) -> Any:
        """Execute, as an event listener."""
        if self._should_execute(target, bind, **kw):
            return bind.execute(self.against(target))
        return None


DDLElement = ExecutableDDLElement


class DDL(ExecutableDDLElement):
    """DDL text; `%(table)s`, `%(schema)s` and `%(fullname)s` stand for the table it is executed for."""

    __visit_name__ = "ddl"

    def __init__(self, statement: str, context: dict[str, Any] | None = None) -> None:
        if not isinstance(statement, str):
            raise exc.ArgumentError(f"Expected a string or unicode SQL statement, got {statement!r}")
        self.statement = statement
        self.context = context or {}

    def __repr__(self) -> str:
        extra = f", context={self.context!r}" if self.context else ""
        return f"<{type(self).__name__}@{id(self)}; {self.statement!r}{extra}>"


class _CreateDropBase(ExecutableDDLElement):
    """DDL about one schema item."""

    def __init__(self, element: Any) -> None:
        self.element = self.target = element
        self._ddl_if = getattr(element, "_ddl_if", None)

    @property
    def stringify_dialect(self) -> Any:  # type: ignore[override]
        return getattr(self.element, "create_drop_stringify_dialect", "default")


InvokeDDLBase = _CreateDropBase


class _Create(_CreateDropBase):
    def __init__(self, element: Any, if_not_exists: bool = False) -> None:
        super().__init__(element)
        self.if_not_exists = if_not_exists


class _Drop(_CreateDropBase):
    def __init__(self, element: Any, if_exists: bool = False) -> None:
        super().__init__(element)
        self.if_exists = if_exists


class CreateSchema(_Create):
    """CREATE SCHEMA."""

    __visit_name__ = "create_schema"
    stringify_dialect = "default"

    def __init__(self, name: str, if_not_exists: bool = False) -> None:
        super().__init__(name, if_not_exists)


class DropSchema(_Drop):
    """DROP SCHEMA."""

    __visit_name__ = "drop_schema"
    stringify_dialect = "default"

    def __init__(self, name: str, cascade: bool = False, if_exists: bool = False) -> None:
        super().__init__(name, if_exists)
        self.cascade = cascade


class CreateTable(_Create):
    """CREATE TABLE.

    >>> from sublimate import Column, Integer, MetaData, Table
    >>> from sublimate.schema import CreateTable
    >>> "id INTEGER" in str(CreateTable(Table("t", MetaData(), Column("id", Integer))))
    True
    """

    __visit_name__ = "create_table"

    def __init__(
        self,
        element: Any,
        include_foreign_key_constraints: Iterable[Any] | None = None,
        if_not_exists: bool = False,
    ) -> None:
        super().__init__(element, if_not_exists)
        self.columns = [CreateColumn(column) for column in element.columns]
        self.include_foreign_key_constraints = (
            None if include_foreign_key_constraints is None else set(include_foreign_key_constraints)
        )


class DropTable(_Drop):
    """DROP TABLE."""

    __visit_name__ = "drop_table"


class CreateColumn(BaseDDLElement):
    """One column inside CREATE TABLE."""

    __visit_name__ = "create_column"

    def __init__(self, element: Any) -> None:
        self.element = element


#: (name, schema, metadata or None, select) -> the Table that the statement makes; given by `schema.selected`
TABLE_OF_SELECT: list[Callable[..., Any]] = []


class _CreateFromSelect(ExecutableDDLElement):
    """What a SELECT defines: a table or a view. ``table`` is it as a FROM; created and dropped with its MetaData."""

    def __init__(
        self, selectable: Any, name: str, metadata: Any, schema: str | None, temporary: bool
    ) -> None:
        self.selectable = selectable
        self.name = name
        self.schema = schema
        self.metadata = metadata
        self.temporary = temporary
        self.table = self.element = TABLE_OF_SELECT[0](name, schema, metadata, selectable)
        self.table._creator_ddl = self

    def _for_table(self, table: Any, metadata: Any) -> Any:
        """The element that creates a copy of the table."""
        copied = type(self).__new__(type(self))
        copied.__dict__.update(self.__dict__)
        copied.table = copied.element = table
        copied.name, copied.schema, copied.metadata = table.name, table.schema, metadata
        return copied


class CreateTableAs(_CreateFromSelect):
    """CREATE TABLE ... AS SELECT."""

    __visit_name__ = "create_table_as"

    def __init__(
        self, selectable: Any, table_name: str, *, metadata: Any = None, schema: str | None = None,
        temporary: bool = False, if_not_exists: bool = False,
    ) -> None:  # fmt: skip
        self.if_not_exists = if_not_exists
        super().__init__(selectable, table_name, metadata, schema, temporary)


class CreateView(_CreateFromSelect):
    """CREATE VIEW ... AS SELECT."""

    __visit_name__ = "create_view"

    def __init__(
        self, selectable: Any, view_name: str, *, metadata: Any = None, schema: str | None = None,
        temporary: bool = False, or_replace: bool = False, materialized: bool = False,
    ) -> None:  # fmt: skip
        self.or_replace = or_replace
        self.materialized = materialized
        super().__init__(selectable, view_name, metadata, schema, temporary)


class DropView(_Drop):
    """DROP VIEW."""

    __visit_name__ = "drop_view"

    def __init__(self, element: Any, *, if_exists: bool = False, materialized: bool = False) -> None:
        super().__init__(element, if_exists)
        self.materialized = materialized


class CreateIndex(_Create):
    """CREATE INDEX."""

    __visit_name__ = "create_index"


class DropIndex(_Drop):
    """DROP INDEX."""

    __visit_name__ = "drop_index"


class CreateSequence(_Create):
    """CREATE SEQUENCE."""

    __visit_name__ = "create_sequence"


class DropSequence(_Drop):
    """DROP SEQUENCE."""

    __visit_name__ = "drop_sequence"


class AddConstraint(_Create):
    """ALTER TABLE ... ADD CONSTRAINT."""

    __visit_name__ = "add_constraint"

    def __init__(self, element: Any, *, isolate_from_table: bool = True) -> None:
        super().__init__(element)
        if isolate_from_table:
            element._create_rule = _never


class DropConstraint(_Drop):
    """ALTER TABLE ... DROP CONSTRAINT."""

    __visit_name__ = "drop_constraint"

    def __init__(
        self,
        element: Any,
        *,
        cascade: bool = False,
        if_exists: bool = False,
        isolate_from_table: bool | None = None,
    ) -> None:
        super().__init__(element, if_exists)
        self.cascade = cascade
        if isolate_from_table is not None:
            warn_deprecated(
                "DropConstraint(isolate_from_table=…) is deprecated: a constraint that is dropped by itself is in the "
                "CREATE TABLE of its table as well"
            )
        if isolate_from_table:
            element._create_rule = _never


def _never(compiler: Any) -> bool:
    return False


class SetTableComment(_CreateDropBase):
    """COMMENT ON TABLE."""

    __visit_name__ = "set_table_comment"


class DropTableComment(_CreateDropBase):
    """COMMENT ON TABLE ... IS NULL."""

    __visit_name__ = "drop_table_comment"


class SetColumnComment(_CreateDropBase):
    """COMMENT ON COLUMN."""

    __visit_name__ = "set_column_comment"


class DropColumnComment(_CreateDropBase):
    """COMMENT ON COLUMN ... IS NULL."""

    __visit_name__ = "drop_column_comment"


class SetConstraintComment(_CreateDropBase):
    """COMMENT ON CONSTRAINT."""

    __visit_name__ = "set_constraint_comment"


class DropConstraintComment(_CreateDropBase):
    """COMMENT ON CONSTRAINT ... IS NULL."""

    __visit_name__ = "drop_constraint_comment"
