"""PostgreSQL's types and DDL as text."""

from __future__ import annotations

import re
from typing import Any

from sublimate import exc
from sublimate.compiler.ddl import DDLCompiler
from sublimate.compiler.types import TypeCompiler
from sublimate.compiler.words import operator_class, operator_symbol, phrase, setting
from sublimate.expression.element import ColumnElement
from sublimate.schema import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sublimate.schema.base import register_dialect_arguments
from sublimate.schema.ddl import _CreateDropBase
from sublimate.statements.text import text
from sublimate.types.base import is_built_in
from sublimate.types.numeric import BigInteger, SmallInteger
from sublimate.util.warnings import warn


class PGTypeCompiler(TypeCompiler):
    """Types as PostgreSQL writes them."""

    def visit_FLOAT(self, type_: Any, **kw: Any) -> str:
        return f"FLOAT({type_.precision})" if type_.precision else "FLOAT"

    def visit_double(self, type_: Any, **kw: Any) -> str:
        return self.visit_DOUBLE_PRECISION(type_)

    def visit_datetime(self, type_: Any, **kw: Any) -> str:
        return self.visit_TIMESTAMP(type_)

    def _zoned(self, name: str, type_: Any) -> str:
        precision = getattr(type_, "precision", None)
        size = f"({precision})" if precision is not None else ""
        return f"{name}{size} {'WITH' if type_.timezone else 'WITHOUT'} TIME ZONE"

    def visit_TIMESTAMP(self, type_: Any, **kw: Any) -> str:
        return self._zoned("TIMESTAMP", type_)

    def visit_TIME(self, type_: Any, **kw: Any) -> str:
        return self._zoned("TIME", type_)

    def visit_INTERVAL(self, type_: Any, **kw: Any) -> str:
        text = "INTERVAL"
        if type_.fields is not None:
            text += f" {phrase(type_.fields, 'fields of an interval')}"
        if type_.precision is not None:
            text += f" ({type_.precision})"
        return text

    def visit_large_binary(self, type_: Any, **kw: Any) -> str:
        return "BYTEA"

    def visit_BIT(self, type_: Any, **kw: Any) -> str:
        if not type_.varying:
            return f"BIT({type_.length})"
        return f"BIT VARYING({type_.length})" if type_.length is not None else "BIT VARYING"

    def visit_CITEXT(self, type_: Any, **kw: Any) -> str:
        return "CITEXT"

    def visit_enum(self, type_: Any, **kw: Any) -> str:
        if not type_.native_enum or not self.dialect.supports_native_enum:
            return super().visit_enum(type_)
        return self.visit_ENUM(type_, **kw)

    def visit_ENUM(self, type_: Any, identifier_preparer: Any = None, **kw: Any) -> str:
        if type_.name is None:
            raise exc.CompileError("PostgreSQL Enum type requires a name.")
        text: str = (identifier_preparer or self.dialect.identifier_preparer).format_type(type_)
        return text

    def visit_DOMAIN(self, type_: Any, identifier_preparer: Any = None, **kw: Any) -> str:
        text: str = (identifier_preparer or self.dialect.identifier_preparer).format_type(type_)
        return text

    def visit_ARRAY(self, type_: Any, **kw: Any) -> str:
        inner = self.process(type_.item_type, **kw)
        brackets = "[]" * (type_.dimensions or 1)
        head, collate, tail = inner.partition(" COLLATE")
        return f"{head}{brackets}{collate}{tail}"

    def __getattr__(self, name: str) -> Any:
        if name in _PLAIN:
            return lambda type_, **kw: name[6:]
        raise AttributeError(name)


_PLAIN = frozenset(
    f"visit_{name}"
    for name in (
        "BYTEA", "CIDR", "DATEMULTIRANGE", "DATERANGE", "HSTORE", "INET", "INT4MULTIRANGE", "INT4RANGE", "INT8MULTIRANGE",
        "INT8RANGE", "JSON", "JSONB", "JSONPATH", "MACADDR", "MACADDR8", "MONEY", "NUMMULTIRANGE", "NUMRANGE", "OID",
        "REGCLASS", "REGCONFIG", "TSMULTIRANGE", "TSQUERY", "TSRANGE", "TSTZMULTIRANGE", "TSTZRANGE", "TSVECTOR",
    )
)  # fmt: skip


class CreateEnumType(_CreateDropBase):
    """CREATE TYPE ... AS ENUM."""

    __visit_name__ = "create_enum_type"


class DropEnumType(_CreateDropBase):
    """DROP TYPE."""

    __visit_name__ = "drop_enum_type"


class CreateDomainType(_CreateDropBase):
    """CREATE DOMAIN."""

    __visit_name__ = "create_domain_type"


class DropDomainType(_CreateDropBase):
    """DROP DOMAIN."""

    __visit_name__ = "drop_domain_type"


_NAME = r'(?:\w+|"(?:[^"]|"")+")'
_ACTION_ON_COLUMNS = re.compile(rf"\w+(?:\s+\w+)*\s*\(\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\)")


class PGDDLCompiler(DDLCompiler):
    """DDL as PostgreSQL writes it."""

    def visit_computed_column(self, generated: Any, **kw: Any) -> str:
        if self.dialect.supports_virtual_generated_columns or generated.persisted is True:
            return super().visit_computed_column(generated, **kw)
        if generated.persisted is False:
            raise exc.CompileError(
                "PostgreSQL has virtual computed columns from version 18 on; set persisted=True, or leave it out"
            )
        warn(
            f"Computed column {generated.column} is being created as 'STORED' since the current PostgreSQL version "
            "does not support VIRTUAL columns. On PostgreSQL 18+, when 'persisted' is not specified, no keyword will "
            "be rendered and VIRTUAL will be used by default. Set 'persisted=True' to ensure STORED behavior across "
            "all PostgreSQL versions."
        )
        return f"{super().visit_computed_column(generated, **kw)} STORED"

    def get_column_specification(self, column: Any, **kw: Any) -> str:
        text: str = self.preparer.format_column(column)
        identity = column.identity is not None and self.dialect.supports_identity_columns
        if self._is_serial(column) and not identity:
            text += f" {_serial(column.type.dialect_impl(self.dialect))}"
        else:
            text += f" {self.column_type(column)}"
            default = self.get_column_default_string(column)
            if default is not None:
                text += f" DEFAULT {default}"
        if column.computed is not None:
            text += f" {self.process(column.computed)}"
        if identity:
            text += f" {self.process(column.identity)}"
        if not column.nullable and not identity:
            text += " NOT NULL"
        elif column.nullable and identity and column._user_defined_nullable:
            text += " NULL"
        return text

    def delete_action(self, action: Any) -> str:
        """`SET NULL (a, b)` names the columns to set."""
        if isinstance(action, str) and _ACTION_ON_COLUMNS.fullmatch(action):
            return action
        return super().delete_action(action)

    def _is_serial(self, column: Any) -> bool:
        if not column.primary_key or column is not column.table._autoincrement_column:
            return False
        default = column.default
        own = default is None or (default.is_sequence and default.optional)
        return own and (
            column.server_default is None
            or column.identity is not None
            or getattr(column.server_default, "reflected", False)
        )

    def visit_unique_constraint(self, constraint: Any, **kw: Any) -> str:
        return self._with_include(constraint, super().visit_unique_constraint(constraint))

    def visit_primary_key_constraint(self, constraint: Any, **kw: Any) -> str:
        return self._with_include(constraint, super().visit_primary_key_constraint(constraint))

    def _with_include(self, constraint: Any, text: str) -> str:
        """INCLUDE (columns), which stands in front of what says when the constraint is checked."""
        include = constraint.dialect_options["postgresql"].get("include")
        if not include or not text:
            return text
        names = ", ".join(self.preparer.quote(getattr(c, "name", c)) for c in include)
        deferrability = self.define_constraint_deferrability(constraint)
        head = text.removesuffix(deferrability) if deferrability else text
        return f"{head} INCLUDE ({names}){deferrability}"

    def define_unique_constraint_distinct(self, constraint: Any) -> str:
        chosen = constraint.dialect_options["postgresql"].get("nulls_not_distinct")
        if chosen is None:
            return ""
        return "NULLS NOT DISTINCT " if chosen else "NULLS DISTINCT "

    def visit_table_or_column_check_constraint(self, constraint: Any, **kw: Any) -> str:
        return super().visit_table_or_column_check_constraint(constraint) + _not_valid(constraint)

    visit_check_constraint = visit_column_check_constraint = visit_table_or_column_check_constraint

    def visit_foreign_key_constraint(self, constraint: Any, **kw: Any) -> str:
        return super().visit_foreign_key_constraint(constraint) + _not_valid(constraint)

    def visit_exclude_constraint(self, constraint: Any, **kw: Any) -> str:
        parts = []
        for expression, name, operator in constraint._render_exprs:
            text = (
                self.sql(expression) if not isinstance(expression, str) else self.preparer.quote(expression)
            )
            ops = constraint.ops.get(name)
            parts.append(f"{text}{f' {operator_class(ops)}' if ops else ''} WITH {operator_symbol(operator)}")
        text = (
            f"{self.constraint_name(constraint)}EXCLUDE USING {_word(constraint.using)} ({', '.join(parts)})"
        )
        if constraint.where is not None:
            text += f" WHERE ({self.sql(constraint.where)})"
        return text + self.define_constraint_deferrability(constraint)

    def post_create_table(self, table: Any) -> str:
        options = table.dialect_options["postgresql"]
        parts = []
        inherits = options.get("inherits")
        if inherits is not None:
            names = inherits if isinstance(inherits, list | tuple) else (inherits,)
            parts.append("\n INHERITS (" + ", ".join(self.preparer.quote(name) for name in names) + ")")
        if options.get("partition_by"):
            parts.append(f"\n PARTITION BY {options['partition_by']}")
        if options.get("using"):
            parts.append(f"\n USING {self.preparer.quote(options['using'])}")
        if options.get("with"):
            storage = options["with"]
            if isinstance(storage, dict):
                storage = ", ".join(setting(key, value) for key, value in storage.items())
            parts.append(f"\n WITH ({storage})")
        elif options.get("with_oids") is not None:
            parts.append("\n WITH OIDS" if options["with_oids"] else "\n WITHOUT OIDS")
        if options.get("on_commit"):
            parts.append(
                f"\n ON COMMIT {phrase(options['on_commit'], 'ON COMMIT').replace('_', ' ').upper()}"
            )
        if options.get("tablespace"):
            parts.append(f"\n TABLESPACE {self.preparer.quote(options['tablespace'])}")
        return "".join(parts)

    def visit_create_index(
        self, create: Any, include_schema: bool = False, include_table_schema: bool = True, **kw: Any
    ) -> str:
        index = create.element
        self.verify_index_table(index)
        options = index.dialect_options["postgresql"]
        words = ["CREATE UNIQUE INDEX" if index.unique else "CREATE INDEX"]
        if options.get("concurrently"):
            words.append("CONCURRENTLY")
        if create.if_not_exists:
            words.append("IF NOT EXISTS")
        words.append(f"{self.index_name(index)} ON {self.preparer.format_table(index.table)}")
        if options.get("using"):
            words.append(f"USING {_word(options['using'])}")
        words.append("(" + ", ".join(self.index_expression(index, e) for e in index.expressions) + ")")
        include = options.get("include")
        if include:
            columns = [index.table.c[c] if isinstance(c, str) else c for c in include]
            words.append(f"INCLUDE ({', '.join(self.preparer.quote(c.name) for c in columns)})")
        if options.get("nulls_not_distinct") is not None:
            words.append("NULLS NOT DISTINCT" if options["nulls_not_distinct"] else "NULLS DISTINCT")
        if options.get("with"):
            words.append(
                "WITH (" + ", ".join(setting(key, value) for key, value in options["with"].items()) + ")"
            )
        if options.get("tablespace"):
            words.append(f"TABLESPACE {self.preparer.quote(options['tablespace'])}")
        where = options.get("where")
        if where is not None:
            words.append(f"WHERE {self.sql(text(where) if isinstance(where, str) else where)}")
        return " ".join(words)

    def index_expression(self, index: Any, expression: Any) -> str:
        element = (
            getattr(expression, "element", expression) if expression.__visit_name__ == "label" else expression
        )
        text = self.sql(element)
        # an element of somebody else's says itself what it is: Alembic's may be `created DESC`
        ours = isinstance(element, ColumnElement) and is_built_in(type(element))
        if ours and element.__visit_name__ not in ("column", "function", "unary", "grouping"):
            text = f"({text})"
        ops = index.dialect_options["postgresql"].get("ops") or {}
        key = getattr(expression, "key", None)
        return f"{text} {operator_class(ops[key])}" if isinstance(key, str) and key in ops else text

    def visit_drop_index(self, drop: Any, **kw: Any) -> str:
        index = drop.element
        words = ["\nDROP INDEX"]
        if index.dialect_options["postgresql"].get("concurrently"):
            words.append("CONCURRENTLY")
        if drop.if_exists:
            words.append("IF EXISTS")
        words.append(self.index_name(index, include_schema=True))
        return " ".join(words)

    def visit_create_sequence(self, create: Any, **kw: Any) -> str:  # type: ignore[override]
        data_type = create.element.data_type
        prefix = f" AS {self.type_compiler.process(data_type)}" if data_type is not None else None
        return super().visit_create_sequence(create, prefix=prefix)

    def visit_set_constraint_comment(self, create: Any, **kw: Any) -> str:
        constraint = create.element
        name, table = (
            self.preparer.format_constraint(constraint),
            self.preparer.format_table(constraint.table),
        )
        return f"COMMENT ON CONSTRAINT {name} ON {table} IS {self.string_literal(constraint.comment)}"

    def visit_drop_constraint_comment(self, create: Any, **kw: Any) -> str:
        constraint = create.element
        name, table = (
            self.preparer.format_constraint(constraint),
            self.preparer.format_table(constraint.table),
        )
        return f"COMMENT ON CONSTRAINT {name} ON {table} IS NULL"

    def visit_create_enum_type(self, create: Any, **kw: Any) -> str:
        type_ = create.element
        values = ", ".join(self.string_literal(value) for value in type_.enums)
        return f"CREATE TYPE {self.preparer.format_type(type_)} AS ENUM ({values})"

    def visit_drop_enum_type(self, drop: Any, **kw: Any) -> str:
        return f"DROP TYPE {self.preparer.format_type(drop.element)}"

    def visit_create_domain_type(self, create: Any, **kw: Any) -> str:
        domain = create.element
        words = [
            f"CREATE DOMAIN {self.preparer.format_type(domain)} AS {self.type_compiler.process(domain.data_type)}"
        ]
        if domain.collation is not None:
            collation = self.preparer.format_collation(domain.collation)
            schema = domain.collation_schema
            words.append(
                f"COLLATE {self.preparer.quote_schema(schema)}.{collation}"
                if schema
                else f"COLLATE {collation}"
            )
        if domain.default is not None:
            words.append(f"DEFAULT {self.render_default_string(domain.default)}")
        if domain.constraint_name is not None:
            words.append(f"CONSTRAINT {self.preparer.quote(domain.constraint_name)}")
        if domain.not_null:
            words.append("NOT NULL")
        if domain.check is not None:
            check = text(domain.check) if isinstance(domain.check, str) else domain.check
            words.append(f"CHECK ({self.sql(check)})")
        return " ".join(words)

    def visit_drop_domain_type(self, drop: Any, **kw: Any) -> str:
        return f"DROP DOMAIN {self.preparer.format_type(drop.element)}"


def _serial(type_: Any) -> str:
    while type_._is_type_decorator:
        type_ = type_.impl_instance
    if isinstance(type_, BigInteger):
        return "BIGSERIAL"
    return "SMALLSERIAL" if isinstance(type_, SmallInteger) else "SERIAL"


def _not_valid(constraint: Any) -> str:
    return " NOT VALID" if constraint.dialect_options["postgresql"].get("not_valid") else ""


def _word(text: str) -> str:
    """An index method: one word, lower case."""
    if not text.replace("_", "").isalnum():
        raise exc.CompileError(f"Unexpected SQL phrase: {text!r}")
    return text.lower()


register_dialect_arguments(
    "postgresql",
    Index,
    {
        "include": None, "using": False, "where": None, "ops": {}, "concurrently": False, "with": {},
        "tablespace": None, "nulls_not_distinct": None,
    },
)  # fmt: skip
register_dialect_arguments(
    "postgresql",
    Table,
    {
        "ignore_search_path": False, "tablespace": None, "partition_by": None, "with_oids": None, "with": None,
        "on_commit": None, "inherits": None, "using": None,
    },
)  # fmt: skip
register_dialect_arguments("postgresql", PrimaryKeyConstraint, {"include": None})
register_dialect_arguments("postgresql", UniqueConstraint, {"include": None, "nulls_not_distinct": None})
register_dialect_arguments("postgresql", CheckConstraint, {"not_valid": False})
register_dialect_arguments("postgresql", ForeignKeyConstraint, {"not_valid": False})
