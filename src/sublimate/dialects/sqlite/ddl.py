"""SQLite's types and DDL as text."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.compiler.ddl import DDLCompiler
from sublimate.compiler.types import TypeCompiler
from sublimate.compiler.words import phrase
from sublimate.schema import Column, Constraint, Index, Table
from sublimate.schema.base import register_dialect_arguments
from sublimate.types.numeric import Integer


class SQLiteTypeCompiler(TypeCompiler):
    """Types as SQLite writes them."""

    def visit_large_binary(self, type_: Any, **kw: Any) -> str:
        return self.visit_BLOB(type_)

    def visit_DATETIME(self, type_: Any, **kw: Any) -> str:
        return self._affine(type_, super().visit_DATETIME(type_))

    def visit_DATE(self, type_: Any, **kw: Any) -> str:
        return self._affine(type_, super().visit_DATE(type_))

    def visit_TIME(self, type_: Any, **kw: Any) -> str:
        return self._affine(type_, super().visit_TIME(type_))

    def _affine(self, type_: Any, name: str) -> str:
        """`DATE_CHAR` for formats of digits only: SQLite would turn them into numbers."""
        return name if getattr(type_, "format_is_text_affinity", True) else f"{name}_CHAR"

    def visit_JSON(self, type_: Any, **kw: Any) -> str:
        return "JSON"

    def visit_JSONB(self, type_: Any, **kw: Any) -> str:
        return "JSONB"


class SQLiteDDLCompiler(DDLCompiler):
    """DDL as SQLite writes it."""

    def get_column_specification(self, column: Any, **kw: Any) -> str:
        text = f"{self.preparer.format_column(column)} {self.column_type(column)}"
        default = self.get_column_default_string(column)
        if default is not None:
            text += f" DEFAULT ({default})" if self.needs_parentheses(default) else f" DEFAULT {default}"
        if not column.nullable:
            text += " NOT NULL" + self._on_conflict(
                column.dialect_options["sqlite"].get("on_conflict_not_null")
            )
        if column.primary_key:
            text += self._inline_primary_key(column)
        if column.computed is not None:
            text += f" {self.process(column.computed)}"
        return text

    def _inline_primary_key(self, column: Any) -> str:
        table = column.table
        autoincrement = table.dialect_options["sqlite"].get("autoincrement")
        if column.autoincrement is True and len(table.primary_key) != 1:
            raise exc.CompileError("SQLite does not support autoincrement for composite primary keys")
        if not autoincrement or not _is_sole_integer_key(column):
            return ""
        conflict = self._on_conflict(column.dialect_options["sqlite"].get("on_conflict_primary_key"))
        return f" PRIMARY KEY{conflict} AUTOINCREMENT"

    def _on_conflict(self, clause: str | None) -> str:
        return f" ON CONFLICT {phrase(clause, 'ON CONFLICT')}" if clause is not None else ""

    def visit_primary_key_constraint(self, constraint: Any, **kw: Any) -> str:
        if len(constraint) == 1:
            column = next(iter(constraint))
            if column.table.dialect_options["sqlite"].get("autoincrement") and _is_sole_integer_key(column):
                return ""
        text = super().visit_primary_key_constraint(constraint)
        conflict = constraint.dialect_options["sqlite"].get("on_conflict")
        if conflict is None and len(constraint) == 1:
            conflict = next(iter(constraint)).dialect_options["sqlite"].get("on_conflict_primary_key")
        return text + self._on_conflict(conflict)

    def visit_unique_constraint(self, constraint: Any, **kw: Any) -> str:
        text = super().visit_unique_constraint(constraint)
        conflict = constraint.dialect_options["sqlite"].get("on_conflict")
        if conflict is None and len(constraint) == 1:
            column = next(iter(constraint))
            conflict = column.dialect_options["sqlite"].get("on_conflict_unique") if column.unique else None
        return text + self._on_conflict(conflict)

    def visit_table_or_column_check_constraint(self, constraint: Any, **kw: Any) -> str:
        text = super().visit_table_or_column_check_constraint(constraint)
        return text + self._on_conflict(constraint.dialect_options["sqlite"].get("on_conflict"))

    visit_check_constraint = visit_column_check_constraint = visit_table_or_column_check_constraint

    def visit_foreign_key_constraint(self, constraint: Any, **kw: Any) -> str:
        remote = constraint.elements[0].column.table
        if constraint.parent.schema != remote.schema:
            return ""
        return super().visit_foreign_key_constraint(constraint)

    def define_constraint_remote_table(self, table: Any) -> str:
        name: str = self.preparer.format_table(table, use_schema=False)
        return name

    def visit_create_index(
        self, create: Any, include_schema: bool = True, include_table_schema: bool = False, **kw: Any
    ) -> str:
        text = super().visit_create_index(create, include_schema=True, include_table_schema=False)
        where = create.element.dialect_options["sqlite"].get("where")
        return text if where is None else f"{text} WHERE {self.sql(where)}"

    def post_create_table(self, table: Any) -> str:
        options = []
        if not table.dialect_options["sqlite"].get("with_rowid", True):
            options.append("WITHOUT ROWID")
        if table.dialect_options["sqlite"].get("strict"):
            options.append("STRICT")
        return "\n " + ",\n ".join(options) if options else ""

    def visit_set_table_comment(self, create: Any, **kw: Any) -> str:
        return super().visit_set_table_comment(create)


def _is_sole_integer_key(column: Any) -> bool:
    type_ = column.type
    family = type_._type_affinity
    return (
        len(column.table.primary_key) == 1
        and column.primary_key
        and family is not None
        and issubclass(family, Integer)
        and not column.foreign_keys
    )


register_dialect_arguments("sqlite", Table, {"autoincrement": False, "with_rowid": True, "strict": False})
register_dialect_arguments("sqlite", Index, {"where": None})
register_dialect_arguments(
    "sqlite",
    Column,
    {"on_conflict_primary_key": None, "on_conflict_not_null": None, "on_conflict_unique": None},
)
register_dialect_arguments("sqlite", Constraint, {"on_conflict": None})
