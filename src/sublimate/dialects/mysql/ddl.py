"""MySQL's types and DDL as text."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.compiler.ddl import DDLCompiler
from sublimate.compiler.types import TypeCompiler
from sublimate.compiler.words import phrase
from sublimate.operators import asc_op, desc_op
from sublimate.schema import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sublimate.schema.base import register_dialect_arguments
from sublimate.types.temporal import TIMESTAMP


class MySQLTypeCompiler(TypeCompiler):
    """Types as MySQL writes them."""

    def _number(self, type_: Any, name: str) -> str:
        if getattr(type_, "unsigned", False):
            name += " UNSIGNED"
        return f"{name} ZEROFILL" if getattr(type_, "zerofill", False) else name

    def _integer(self, type_: Any, name: str) -> str:
        width = getattr(type_, "display_width", None)
        return self._number(type_, f"{name}({width})" if width is not None else name)

    def visit_INTEGER(self, type_: Any, **kw: Any) -> str:
        return self._integer(type_, "INTEGER")

    def visit_BIGINT(self, type_: Any, **kw: Any) -> str:
        return self._integer(type_, "BIGINT")

    def visit_MEDIUMINT(self, type_: Any, **kw: Any) -> str:
        return self._integer(type_, "MEDIUMINT")

    def visit_TINYINT(self, type_: Any, **kw: Any) -> str:
        return self._integer(type_, "TINYINT")

    def visit_SMALLINT(self, type_: Any, **kw: Any) -> str:
        return self._integer(type_, "SMALLINT")

    def visit_NUMERIC(self, type_: Any, **kw: Any) -> str:
        return self._number(type_, super().visit_NUMERIC(type_))

    def visit_DECIMAL(self, type_: Any, **kw: Any) -> str:
        return self._number(type_, super().visit_DECIMAL(type_))

    def _both(self, type_: Any, name: str) -> str:
        if type_.precision is not None and type_.scale is not None:
            name = f"{name}({type_.precision}, {type_.scale})"
        return self._number(type_, name)

    def visit_DOUBLE(self, type_: Any, **kw: Any) -> str:
        return self._both(type_, "DOUBLE")

    def visit_REAL(self, type_: Any, **kw: Any) -> str:
        return self._both(type_, "REAL")

    def visit_FLOAT(self, type_: Any, **kw: Any) -> str:
        if type_.precision is not None and type_.scale is None:
            return self._number(type_, f"FLOAT({type_.precision})")
        return self._both(type_, "FLOAT")

    def visit_BIT(self, type_: Any, **kw: Any) -> str:
        return f"BIT({type_.length})" if type_.length is not None else "BIT"

    def visit_YEAR(self, type_: Any, **kw: Any) -> str:
        return f"YEAR({type_.display_width})" if type_.display_width is not None else "YEAR"

    def _fractional(self, type_: Any, name: str) -> str:
        fsp = getattr(type_, "fsp", None)
        return f"{name}({fsp})" if fsp else name

    def visit_DATETIME(self, type_: Any, **kw: Any) -> str:
        return self._fractional(type_, "DATETIME")

    def visit_TIME(self, type_: Any, **kw: Any) -> str:
        return self._fractional(type_, "TIME")

    def visit_TIMESTAMP(self, type_: Any, **kw: Any) -> str:
        return self._fractional(type_, "TIMESTAMP")

    def characters(self, type_: Any, name: str, *, castable: bool = False) -> str:
        """A text type with its character set, and only what belongs to it."""
        preparer = self.dialect.identifier_preparer
        charset, collation = None, None
        if getattr(type_, "charset", None):
            charset = f"CHARACTER SET {preparer.quote(type_.charset)}"
        elif getattr(type_, "ascii", False):
            charset = "ASCII"
        elif getattr(type_, "unicode", False):
            charset = "UNICODE"
        if getattr(type_, "collation", None):
            collation = f"COLLATE {preparer.format_collation(type_.collation)}"
        elif getattr(type_, "binary", False):
            collation = "BINARY"
        if getattr(type_, "national", False) and not castable:
            return " ".join(part for part in ("NATIONAL", name, collation) if part)
        return " ".join(part for part in (name, charset, collation) if part)

    def _sized(self, type_: Any, name: str) -> str:
        return self.characters(type_, f"{name}({type_.length})" if type_.length is not None else name)

    def visit_TEXT(self, type_: Any, **kw: Any) -> str:
        return self._sized(type_, "TEXT")

    def visit_TINYTEXT(self, type_: Any, **kw: Any) -> str:
        return self.characters(type_, "TINYTEXT")

    def visit_MEDIUMTEXT(self, type_: Any, **kw: Any) -> str:
        return self.characters(type_, "MEDIUMTEXT")

    def visit_LONGTEXT(self, type_: Any, **kw: Any) -> str:
        return self.characters(type_, "LONGTEXT")

    def visit_VARCHAR(self, type_: Any, **kw: Any) -> str:
        if type_.length is None:
            raise exc.CompileError(f"VARCHAR requires a length on dialect {self.dialect.name}")
        return self._sized(type_, "VARCHAR")

    def visit_CHAR(self, type_: Any, **kw: Any) -> str:
        return self._sized(type_, "CHAR")

    def _national(self, type_: Any, name: str) -> str:
        collation = (
            f" COLLATE {self.dialect.identifier_preparer.format_collation(type_.collation)}"
            if type_.collation
            else ""
        )
        return f"NATIONAL {name}{f'({type_.length})' if type_.length is not None else ''}{collation}"

    def visit_NVARCHAR(self, type_: Any, **kw: Any) -> str:
        if type_.length is None:
            raise exc.CompileError(f"NVARCHAR requires a length on dialect {self.dialect.name}")
        return self._national(type_, "VARCHAR")

    def visit_NCHAR(self, type_: Any, **kw: Any) -> str:
        return self._national(type_, "CHAR")

    def visit_UUID(self, type_: Any, **kw: Any) -> str:
        return "UUID"

    def visit_VARBINARY(self, type_: Any, **kw: Any) -> str:
        if type_.length is None:
            raise exc.CompileError(f"VARBINARY requires a length on dialect {self.dialect.name}")
        return f"VARBINARY({type_.length})"

    def visit_JSON(self, type_: Any, **kw: Any) -> str:
        return "JSON"

    def visit_large_binary(self, type_: Any, **kw: Any) -> str:
        return self.visit_BLOB(type_)

    def visit_BLOB(self, type_: Any, **kw: Any) -> str:
        return f"BLOB({type_.length})" if type_.length is not None else "BLOB"

    def visit_TINYBLOB(self, type_: Any, **kw: Any) -> str:
        return "TINYBLOB"

    def visit_MEDIUMBLOB(self, type_: Any, **kw: Any) -> str:
        return "MEDIUMBLOB"

    def visit_LONGBLOB(self, type_: Any, **kw: Any) -> str:
        return "LONGBLOB"

    def visit_enum(self, type_: Any, **kw: Any) -> str:
        if not type_.native_enum:
            return super().visit_enum(type_)
        return self.visit_ENUM(type_)

    def visit_ENUM(self, type_: Any, **kw: Any) -> str:
        return self._listed(type_, "ENUM", type_.enums)

    def visit_SET(self, type_: Any, **kw: Any) -> str:
        return self._listed(type_, "SET", type_.values)

    def _listed(self, type_: Any, name: str, values: Any) -> str:
        texts = [f"""'{value.replace(chr(92), chr(92) * 2).replace("'", "''")}'""" for value in values]
        if self.dialect.identifier_preparer._double_percents:
            texts = [text.replace("%", "%%") for text in texts]
        return self.characters(type_, f"{name}({','.join(texts)})")

    def visit_BOOLEAN(self, type_: Any, **kw: Any) -> str:
        return "BOOL"

    def visit_INET4(self, type_: Any, **kw: Any) -> str:
        return "INET4"

    def visit_INET6(self, type_: Any, **kw: Any) -> str:
        return "INET6"


class MySQLDDLCompiler(DDLCompiler):
    """DDL as MySQL writes it."""

    no_cycle = "NOCYCLE"

    def string_literal(self, text: str) -> str:
        return super().string_literal(text.replace("\\", "\\\\"))

    def get_column_specification(self, column: Any, **kw: Any) -> str:
        words = [self.preparer.format_column(column), self.column_type(column)]
        if column.computed is not None:
            words.append(self.process(column.computed))
        is_timestamp = isinstance(column.type.dialect_impl(self.dialect), TIMESTAMP)
        if not column.nullable:
            words.append("NOT NULL")
        elif is_timestamp:
            words.append("NULL")
        if column.comment is not None:
            words.append(f"COMMENT {self.string_literal(column.comment)}")
        table = column.table
        own = column.server_default is None or column.identity is not None
        if (
            table is not None
            and column is table._autoincrement_column
            and own
            and _numbers_itself(self.dialect, column)
        ):
            words.append("AUTO_INCREMENT")
        else:
            default = self.get_column_default_string(column)
            if default is not None:
                words.append(f"DEFAULT {self._default(default)}")
        return " ".join(words)

    def _default(self, text: str) -> str:
        upper = text.upper()
        moment = upper.startswith("CURRENT_TIMESTAMP") or " ON UPDATE " in upper
        bare = moment or not self.needs_parentheses(text)
        return text if bare else f"({text})"

    def post_create_table(self, table: Any) -> str:
        given = {
            name.upper(): value for name, value in table.dialect_options[self.dialect.name].given.items()
        }
        if self.dialect.name == "mariadb":
            given = {**{k.upper(): v for k, v in table.dialect_options["mysql"].given.items()}, **given}
        if table.comment is not None:
            given["COMMENT"] = table.comment
        last = [name for name in _PARTITION if name in given]
        texts = [self._table_option(name, value) for name, value in given.items() if name not in _PARTITION]
        texts += [self._table_option(name, given[name]) for name in last]
        return " ".join(texts)

    def _table_option(self, name: str, value: Any) -> str:
        if name == "COMMENT":
            value = self.string_literal(value)
        elif name in _QUOTED:
            value = self.string_literal(str(value))
        elif name not in _PARTITION and name != "UNION":
            value = phrase(value, name) if not str(value).isdigit() else value
        words = name.replace("_", " ") if name in _SPACED else name
        return f"{words}{' ' if name in _PARTITION or name == 'TABLESPACE' or name in _SPACED_VALUES else '='}{value}"

    def visit_create_index(
        self, create: Any, include_schema: bool = False, include_table_schema: bool = True, **kw: Any
    ) -> str:
        index = create.element
        self.verify_index_table(index)
        options = self._options(index)
        words = ["CREATE"]
        if index.unique:
            words.append("UNIQUE")
        if options.get("prefix"):
            words.append(phrase(options["prefix"], "prefix of an index"))
        words.append("INDEX")
        if create.if_not_exists:
            words.append("IF NOT EXISTS")
        words.append(f"{self.preparer.format_index(index)} ON {self.preparer.format_table(index.table)}")
        words.append(f"({', '.join(self._index_columns(index, options.get('length')))})")
        if options.get("with_parser"):
            words.append(f"WITH PARSER {phrase(options['with_parser'], 'parser')}")
        if options.get("using"):
            words.append(f"USING {self.preparer.quote(options['using'])}")
        return " ".join(words)

    def _options(self, item: Any) -> Any:
        own = item.dialect_options[self.dialect.name]
        return own if own.given or self.dialect.name == "mysql" else item.dialect_options["mysql"]

    def _index_columns(self, index: Any, length: Any) -> list[str]:
        texts = []
        for expression in index.expressions:
            text = self.sql(expression)
            if _needs_group(expression):
                text = f"({text})"
            size = length
            if isinstance(length, dict):
                size = length.get(getattr(expression, "name", None), length.get(expression))
            texts.append(f"{text}({int(size)})" if size is not None else text)
        return texts

    def visit_primary_key_constraint(self, constraint: Any, **kw: Any) -> str:
        text = super().visit_primary_key_constraint(constraint)
        using = constraint.dialect_options["mysql"].get("using")
        return f"{text} USING {self.preparer.quote(using)}" if using else text

    def visit_drop_index(self, drop: Any, **kw: Any) -> str:
        index = drop.element
        exists = "IF EXISTS " if drop.if_exists else ""
        return f"\nDROP INDEX {exists}{self.preparer.format_index(index)} ON {self.preparer.format_table(index.table)}"

    def visit_drop_constraint(self, drop: Any, **kw: Any) -> str:
        constraint = drop.element
        name = self.preparer.format_constraint(constraint)
        if isinstance(constraint, ForeignKeyConstraint):
            what = f"FOREIGN KEY {_exists(drop)}{name}"
        elif isinstance(constraint, PrimaryKeyConstraint):
            what = "PRIMARY KEY"
        elif isinstance(constraint, UniqueConstraint):
            what = f"INDEX {_exists(drop)}{name}"
        elif isinstance(constraint, CheckConstraint):
            what = f"{'CONSTRAINT' if self.dialect.is_mariadb else 'CHECK'} {_exists(drop)}{name}"
        else:
            what = f"CONSTRAINT {_exists(drop)}{name}"
        return f"ALTER TABLE {self.preparer.format_table(constraint.table)} DROP {what}"

    def define_constraint_match(self, constraint: Any) -> str:
        if constraint.match is not None:
            raise exc.CompileError(
                "MySQL ignores the 'MATCH' keyword while at the same time causes ON UPDATE/ON DELETE clauses to be ignored."
            )
        return ""

    def visit_set_table_comment(self, create: Any, **kw: Any) -> str:
        return f"ALTER TABLE {self.preparer.format_table(create.element)} COMMENT {self.string_literal(create.element.comment)}"

    def visit_drop_table_comment(self, drop: Any, **kw: Any) -> str:
        return f"ALTER TABLE {self.preparer.format_table(drop.element)} COMMENT ''"

    def visit_set_column_comment(self, create: Any, **kw: Any) -> str:
        column = create.element
        table, name = self.preparer.format_table(column.table), self.preparer.format_column(column)
        return f"ALTER TABLE {table} CHANGE {name} {self.get_column_specification(column)}"


def _exists(drop: Any) -> str:
    return "IF EXISTS " if drop.if_exists else ""


def _numbers_itself(dialect: Any, column: Any) -> bool:
    default = column.default
    if default is None:
        return True
    return bool(default.is_sequence and (default.optional or not dialect.supports_sequences))


def _needs_group(expression: Any) -> bool:
    """Whether an index expression needs parentheses of its own: calls and operations, not columns in some order."""
    if expression.__visit_name__ == "unary":
        return expression.modifier not in (asc_op, desc_op)
    return expression.__visit_name__ in ("function", "binary")


_PARTITION = ("PARTITION_BY", "PARTITIONS", "SUBPARTITION_BY", "SUBPARTITIONS")
_SPACED = frozenset(
    (
        "DATA_DIRECTORY", "INDEX_DIRECTORY", "PARTITION_BY", "SUBPARTITION_BY", "DEFAULT_CHARACTER_SET", "CHARACTER_SET",
        "DEFAULT_CHARSET", "DEFAULT_COLLATE",
    )
)  # fmt: skip
_SPACED_VALUES = frozenset({"DEFAULT_CHARACTER_SET", "CHARACTER_SET", "COLLATE"})
_QUOTED = frozenset({"DATA_DIRECTORY", "INDEX_DIRECTORY", "CONNECTION", "PASSWORD"})

for _dialect in ("mysql", "mariadb"):
    register_dialect_arguments(_dialect, Table, {"*": None})
    register_dialect_arguments(_dialect, PrimaryKeyConstraint, {"using": None})
    register_dialect_arguments(
        _dialect, Index, {"using": None, "length": None, "prefix": None, "with_parser": None}
    )
