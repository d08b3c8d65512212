"""Facade: the names of `sqlalchemy.orm.decl_api`. Imports only."""

from sublimate.orm.declarative.base import (
    DeclarativeAttributeIntercept,
    DeclarativeBase,
    DeclarativeBaseNoMeta,
    DeclarativeMeta,
    add_mapped_attribute,
    as_declarative,
    declarative_base,
    has_inherited_table,
)
from sublimate.orm.declarative.constructs import synonym_for
from sublimate.orm.declarative.dataclass import MappedAsDataclass, mapped_as_dataclass, unmapped_dataclass
from sublimate.orm.declarative.mixins import declarative_mixin, declared_attr
from sublimate.orm.mapping.registry import registry

__all__ = [
    "DeclarativeAttributeIntercept",
    "DeclarativeBase",
    "DeclarativeBaseNoMeta",
    "DeclarativeMeta",
    "MappedAsDataclass",
    "add_mapped_attribute",
    "as_declarative",
    "declarative_base",
    "declarative_mixin",
    "declared_attr",
    "has_inherited_table",
    "mapped_as_dataclass",
    "registry",
    "synonym_for",
    "unmapped_dataclass",
]
