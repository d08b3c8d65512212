"""Schema: MetaData, Table, Column, constraints, and the DDL that creates them."""

from sublimate.schema.base import BLANK_SCHEMA, RETAIN_SCHEMA, SchemaConst, SchemaItem
from sublimate.schema.column import Column, insert_sentinel
from sublimate.schema.constraints import (
    CheckConstraint,
    ColumnCollectionConstraint,
    Constraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sublimate.schema.ddl import (
    DDL,
    AddConstraint,
    BaseDDLElement,
    CheckFirst,
    CreateColumn,
    CreateIndex,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTableAs,
    CreateView,
    DDLElement,
    DropColumnComment,
    DropConstraint,
    DropConstraintComment,
    DropIndex,
    DropSchema,
    DropSequence,
    DropTable,
    DropTableComment,
    DropView,
    ExecutableDDLElement,
    InvokeDDLBase,
    SetColumnComment,
    SetConstraintComment,
    SetTableComment,
)
from sublimate.schema.defaults import (
    ColumnDefault,
    Computed,
    DefaultClause,
    DefaultGenerator,
    FetchedValue,
    Identity,
)
from sublimate.schema.foreign_key import ForeignKey
from sublimate.schema.index import Index
from sublimate.schema.metadata import MetaData
from sublimate.schema.naming import conv
from sublimate.schema.selected import table_of_select as table_of_select
from sublimate.schema.sequence import Sequence
from sublimate.schema.sort import sort_tables, sort_tables_and_constraints
from sublimate.schema.table import Table
from sublimate.schema.table import table_key as _get_table_key  # noqa: F401  (Alembic looks it up here)
from sublimate.schema.typed_columns import Named, TypedColumns
from sublimate.schema.types_of_tables import types_of as types_of

__all__ = [
    "BLANK_SCHEMA", "DDL", "RETAIN_SCHEMA", "AddConstraint", "BaseDDLElement", "CheckConstraint", "CheckFirst", "Column",
    "ColumnCollectionConstraint", "ColumnDefault", "Computed", "Constraint", "CreateColumn", "CreateIndex",
    "CreateSchema", "CreateSequence", "CreateTable", "CreateTableAs", "CreateView", "DDLElement", "DefaultClause",
    "DefaultGenerator", "DropColumnComment", "DropConstraint", "DropConstraintComment", "DropIndex", "DropSchema",
    "DropSequence", "DropTable", "DropTableComment", "DropView", "ExecutableDDLElement", "FetchedValue", "ForeignKey",
    "ForeignKeyConstraint", "Identity", "Index", "InvokeDDLBase", "MetaData", "Named", "PrimaryKeyConstraint", "SchemaConst",
    "SchemaItem", "Sequence", "SetColumnComment", "SetConstraintComment", "SetTableComment", "Table", "TypedColumns",
    "UniqueConstraint", "conv", "insert_sentinel", "sort_tables", "sort_tables_and_constraints",
]  # fmt: skip
