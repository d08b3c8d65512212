"""Types as DDL text. A dialect subclasses TypeCompiler and overrides the types it names differently."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.types.base import TypeEngine

from .registry import CUSTOM
from .words import check_sizes


class TypeCompiler:
    """Renders types by their `__visit_name__`."""

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def process(self, type_: TypeEngine[Any], **kw: Any) -> str:
        """The text of a type on this dialect."""
        if type_._variants and self.dialect.name in type_._variants:
            return self.process(type_._variants[self.dialect.name], **kw)
        custom = self.custom_for(type_)
        if custom is not None:
            text: str = custom(type_, self, **kw)
            return text
        visit = (
            getattr(self, f"visit_{type_.__visit_name__}", None) if hasattr(type_, "__visit_name__") else None
        )
        if visit is None:
            return self.unsupported(type_)
        check_sizes(type_)
        text = visit(type_, **kw)
        return text

    def custom_for(self, type_: TypeEngine[Any]) -> Any:
        """The function that a user registered with `@compiles` for a type."""
        if not CUSTOM:
            return None
        for cls in type(type_).__mro__:
            found = CUSTOM.get(cls)
            if found is not None:
                return found.get(self.dialect.name) or found.get(None)
            if "__visit_name__" in cls.__dict__:
                break  # a function for String is none for VARCHAR, which is written otherwise
        return None

    def unsupported(self, type_: TypeEngine[Any]) -> str:
        raise exc.UnsupportedCompilationError(self, type(type_))

    # -- SQL's own types

    def visit_INTEGER(self, type_: Any, **kw: Any) -> str:
        return "INTEGER"

    def visit_SMALLINT(self, type_: Any, **kw: Any) -> str:
        return "SMALLINT"

    def visit_BIGINT(self, type_: Any, **kw: Any) -> str:
        return "BIGINT"

    def visit_FLOAT(self, type_: Any, **kw: Any) -> str:
        return "FLOAT"

    def visit_DOUBLE(self, type_: Any, **kw: Any) -> str:
        return "DOUBLE"

    def visit_DOUBLE_PRECISION(self, type_: Any, **kw: Any) -> str:
        return "DOUBLE PRECISION"

    def visit_REAL(self, type_: Any, **kw: Any) -> str:
        return "REAL"

    def visit_NUMERIC(self, type_: Any, **kw: Any) -> str:
        return "NUMERIC" + _precision(type_)

    def visit_DECIMAL(self, type_: Any, **kw: Any) -> str:
        return "DECIMAL" + _precision(type_)

    def visit_TIMESTAMP(self, type_: Any, **kw: Any) -> str:
        return "TIMESTAMP"

    def visit_DATETIME(self, type_: Any, **kw: Any) -> str:
        return "DATETIME"

    def visit_DATE(self, type_: Any, **kw: Any) -> str:
        return "DATE"

    def visit_TIME(self, type_: Any, **kw: Any) -> str:
        return "TIME"

    def visit_CLOB(self, type_: Any, **kw: Any) -> str:
        return "CLOB"

    def visit_NCLOB(self, type_: Any, **kw: Any) -> str:
        return "NCLOB"

    def _text(self, type_: Any, name: str) -> str:
        if type_.length:
            name += f"({type_.length})"
        if type_.collation:
            collation = self.dialect.identifier_preparer.format_collation(type_.collation)
            schema = getattr(type_, "collation_schema", None)
            if schema:
                collation = f"{self.dialect.identifier_preparer.quote_schema(schema)}.{collation}"
            name += f" COLLATE {collation}"
        return name

    def visit_CHAR(self, type_: Any, **kw: Any) -> str:
        return self._text(type_, "CHAR")

    def visit_NCHAR(self, type_: Any, **kw: Any) -> str:
        return self._text(type_, "NCHAR")

    def visit_VARCHAR(self, type_: Any, **kw: Any) -> str:
        return self._text(type_, "VARCHAR")

    def visit_NVARCHAR(self, type_: Any, **kw: Any) -> str:
        return self._text(type_, "NVARCHAR")

    def visit_TEXT(self, type_: Any, **kw: Any) -> str:
        return self._text(type_, "TEXT")

    def visit_UUID(self, type_: Any, **kw: Any) -> str:
        return "UUID"

    def visit_BLOB(self, type_: Any, **kw: Any) -> str:
        return "BLOB"

    def visit_BINARY(self, type_: Any, **kw: Any) -> str:
        return f"BINARY({type_.length})" if type_.length else "BINARY"

    def visit_VARBINARY(self, type_: Any, **kw: Any) -> str:
        return f"VARBINARY({type_.length})" if type_.length else "VARBINARY"

    def visit_BOOLEAN(self, type_: Any, **kw: Any) -> str:
        return "BOOLEAN"

    # -- general types

    def visit_integer(self, type_: Any, **kw: Any) -> str:
        return self.visit_INTEGER(type_, **kw)

    def visit_small_integer(self, type_: Any, **kw: Any) -> str:
        return self.visit_SMALLINT(type_, **kw)

    def visit_big_integer(self, type_: Any, **kw: Any) -> str:
        return self.visit_BIGINT(type_, **kw)

    def visit_float(self, type_: Any, **kw: Any) -> str:
        return self.visit_FLOAT(type_, **kw)

    def visit_double(self, type_: Any, **kw: Any) -> str:
        return self.visit_DOUBLE(type_, **kw)

    def visit_numeric(self, type_: Any, **kw: Any) -> str:
        return self.visit_NUMERIC(type_, **kw)

    def visit_string(self, type_: Any, **kw: Any) -> str:
        return self.visit_VARCHAR(type_, **kw)

    def visit_unicode(self, type_: Any, **kw: Any) -> str:
        return self.visit_VARCHAR(type_, **kw)

    def visit_text(self, type_: Any, **kw: Any) -> str:
        return self.visit_TEXT(type_, **kw)

    def visit_unicode_text(self, type_: Any, **kw: Any) -> str:
        return self.visit_TEXT(type_, **kw)

    def visit_enum(self, type_: Any, **kw: Any) -> str:
        return self.visit_VARCHAR(type_, **kw)

    def visit_boolean(self, type_: Any, **kw: Any) -> str:
        return self.visit_BOOLEAN(type_, **kw)

    def visit_large_binary(self, type_: Any, **kw: Any) -> str:
        return self.visit_BLOB(type_, **kw)

    def visit_date(self, type_: Any, **kw: Any) -> str:
        return self.visit_DATE(type_, **kw)

    def visit_time(self, type_: Any, **kw: Any) -> str:
        return self.visit_TIME(type_, **kw)

    def visit_datetime(self, type_: Any, **kw: Any) -> str:
        return self.visit_DATETIME(type_, **kw)

    def visit_uuid(self, type_: Any, **kw: Any) -> str:
        if not type_._is_native(self.dialect):
            return "CHAR(32)"
        return self.visit_UUID(type_, **kw)

    def visit_null(self, type_: Any, **kw: Any) -> str:
        raise exc.CompileError(
            f"Can't generate DDL for {type_!r}; did you forget to specify a type on this Column?"
        )

    def visit_type_decorator(self, type_: Any, **kw: Any) -> str:
        impl = type_.dialect_impl(self.dialect)
        if impl is type_ or impl._is_type_decorator:
            return self.process(impl.impl_instance, **kw)
        return self.process(impl, **kw)

    def visit_user_defined(self, type_: Any, **kw: Any) -> str:
        text: str = type_.get_col_spec(**_accepted(type_.get_col_spec, kw))
        return text


def _accepted(function: Any, kw: dict[str, Any]) -> dict[str, Any]:
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return kw if code is not None and code.co_flags & 0x08 else {}


def _precision(type_: Any) -> str:
    if type_.precision is None:
        return ""
    if type_.scale is None:
        return f"({type_.precision})"
    return f"({type_.precision}, {type_.scale})"


class StringTypeCompiler(TypeCompiler):
    """Prints any type for people, whether or not a database has it."""

    def unsupported(self, type_: TypeEngine[Any]) -> str:
        return str(getattr(type_, "__visit_name__", None) or type(type_).__name__)

    def visit_null(self, type_: Any, **kw: Any) -> str:
        return "NULL"

    def visit_user_defined(self, type_: Any, **kw: Any) -> str:
        try:
            return super().visit_user_defined(type_, **kw)
        except NotImplementedError:
            return type(type_).__name__

    def process(self, type_: TypeEngine[Any], **kw: Any) -> str:
        if getattr(type_, "_is_tuple_type", False):
            return repr(type_)
        return super().process(type_, **kw)
