"""Declarative mapping: classes whose bodies say how they are mapped."""

from sublimate.orm.declarative.base import (
    DeclarativeBase,
    DeclarativeBaseNoMeta,
    DeclarativeMeta,
    add_mapped_attribute,
    as_declarative,
    declarative_base,
    has_inherited_table,
)
from sublimate.orm.declarative.constructs import (
    attribute_options,
    backref,
    column_property,
    deferred,
    mapped_column,
    query_expression,
    relationship,
    synonym,
    unmapped_column,
)
from sublimate.orm.declarative.dataclass import MappedAsDataclass, mapped_as_dataclass, unmapped_dataclass
from sublimate.orm.declarative.mapped_column import MappedColumn, UnmappedColumn
from sublimate.orm.declarative.mixins import declarative_mixin, declared_attr

__all__ = [
    "DeclarativeBase",
    "DeclarativeBaseNoMeta",
    "DeclarativeMeta",
    "MappedAsDataclass",
    "MappedColumn",
    "UnmappedColumn",
    "add_mapped_attribute",
    "as_declarative",
    "attribute_options",
    "backref",
    "column_property",
    "declarative_base",
    "declarative_mixin",
    "declared_attr",
    "deferred",
    "has_inherited_table",
    "mapped_as_dataclass",
    "mapped_column",
    "query_expression",
    "relationship",
    "synonym",
    "unmapped_column",
    "unmapped_dataclass",
]  # fmt: skip
