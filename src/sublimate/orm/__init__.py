"""The ORM: classes mapped to tables, sessions that load and store their instances."""

from typing import TYPE_CHECKING

from sublimate.engine.retrying import retrying
from sublimate.orm import exc as exc

# functions below have the names of these two modules: loaded later, the modules would take their places
from sublimate.orm import mapped_collection as _mapped_collection  # noqa: F401
from sublimate.orm import mapper as _mapper  # noqa: F401
from sublimate.orm.attributes.descriptor import (
    InspectionAttr,
    InspectionAttrExtensionType,
    InstrumentedAttribute,
    NotExtension,
    ORMDescriptor,
    QueryableAttribute,
    SQLORMExpression,
)
from sublimate.orm.attributes.mapped import Mapped, Unmapped
from sublimate.orm.attributes.validation import validates
from sublimate.orm.attributes.write_only import WriteOnlyCollection, WriteOnlyMapped
from sublimate.orm.collections import (
    KeyFuncDict,
    MappedCollection,
    attribute_keyed_dict,
    attribute_mapped_collection,
    column_keyed_dict,
    column_mapped_collection,
    keyfunc_mapping,
    mapped_collection,
)
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
    backref,
    column_property,
    composite,
    deferred,
    dynamic_loader,
    mapped_column,
    orm_insert_sentinel,
    query_expression,
    relationship,
    synonym,
    synonym_for,
    unmapped_column,
)
from sublimate.orm.declarative.dataclass import MappedAsDataclass, mapped_as_dataclass, unmapped_dataclass
from sublimate.orm.declarative.mapped_column import MappedColumn
from sublimate.orm.declarative.mixins import declarative_mixin, declared_attr
from sublimate.orm.declarative.type_resolve import TypeResolve
from sublimate.orm.discovery import discover
from sublimate.orm.dynamic import AppenderQuery, DynamicMapped
from sublimate.orm.loading.bundle import Bundle, DictBundle
from sublimate.orm.loading.frozen import merge_frozen_result, merge_result
from sublimate.orm.loading.options import (
    AliasOption,
    Load,
    LoaderCriteriaOption,
    UserDefinedOption,
    contains_alias,
    contains_eager,
    defaultload,
    defer,
    immediateload,
    joinedload,
    lazyload,
    load_only,
    noload,
    raiseload,
    selectin_polymorphic,
    selectinload,
    subqueryload,
    undefer,
    undefer_group,
    with_expression,
    with_loader_criteria,
)
from sublimate.orm.loading.parents import with_parent
from sublimate.orm.mapping.aliased import AliasedClass, AliasedInsp, aliased, with_polymorphic
from sublimate.orm.mapping.cascade import CascadeOptions
from sublimate.orm.mapping.comparators import PropComparator
from sublimate.orm.mapping.composite import CompositeProperty
from sublimate.orm.mapping.configure import configure_mappers
from sublimate.orm.mapping.event_return import EXT_CONTINUE, EXT_SKIP, EXT_STOP
from sublimate.orm.mapping.join_condition import (
    MANYTOMANY,
    MANYTOONE,
    ONETOMANY,
    RelationshipDirection,
    foreign,
    remote,
)
from sublimate.orm.mapping.joins import join, outerjoin, polymorphic_union
from sublimate.orm.mapping.lookup import as_typed_table, class_mapper, mapper, object_mapper
from sublimate.orm.mapping.mapper import Mapper
from sublimate.orm.mapping.properties import (
    ColumnProperty,
    MappedSQLExpression,
    MapperProperty,
    SynonymProperty,
)
from sublimate.orm.mapping.reconstructor import reconstructor
from sublimate.orm.mapping.registry import clear_mappers, registry
from sublimate.orm.mapping.relationship import RelationshipProperty
from sublimate.orm.query import Query
from sublimate.orm.session import (
    ORMExecuteState,
    Session,
    SessionTransaction,
    SessionTransactionOrigin,
    close_all_sessions,
    create_session,
    make_transient,
    make_transient_to_detached,
    object_session,
    scoped_session,
    sessionmaker,
    was_deleted,
)
from sublimate.orm.state import AttributeState, IdentityMap, InstanceState
from sublimate.orm.state.symbols import NO_VALUE, LoaderCallableStatus, PassiveFlag
from sublimate.statements.textual import FromStatement
from sublimate.util.lazy import submodules as _submodules

Relationship = RelationshipProperty
Synonym = SynonymProperty
Composite = CompositeProperty

__all__ = [
    "EXT_CONTINUE",
    "EXT_SKIP",
    "EXT_STOP",
    "MANYTOMANY",
    "MANYTOONE",
    "NO_VALUE",
    "ONETOMANY",
    "AliasOption",
    "AliasedClass",
    "AliasedInsp",
    "AppenderQuery",
    "AttributeState",
    "Bundle",
    "CascadeOptions",
    "ColumnProperty",
    "Composite",
    "CompositeProperty",
    "DeclarativeBase",
    "DeclarativeBaseNoMeta",
    "DeclarativeMeta",
    "DictBundle",
    "DynamicMapped",
    "FromStatement",
    "IdentityMap",
    "InspectionAttr",
    "InspectionAttrExtensionType",
    "InstanceState",
    "InstrumentedAttribute",
    "KeyFuncDict",
    "Load",
    "LoaderCallableStatus",
    "LoaderCriteriaOption",
    "Mapped",
    "MappedAsDataclass",
    "MappedCollection",
    "MappedColumn",
    "MappedSQLExpression",
    "Mapper",
    "MapperProperty",
    "NotExtension",
    "ORMDescriptor",
    "ORMExecuteState",
    "PassiveFlag",
    "PropComparator",
    "Query",
    "QueryableAttribute",
    "Relationship",
    "RelationshipDirection",
    "RelationshipProperty",
    "SQLORMExpression",
    "Session",
    "SessionTransaction",
    "SessionTransactionOrigin",
    "Synonym",
    "SynonymProperty",
    "TypeResolve",
    "Unmapped",
    "UserDefinedOption",
    "WriteOnlyCollection",
    "WriteOnlyMapped",
    "add_mapped_attribute",
    "aliased",
    "as_declarative",
    "as_typed_table",
    "attribute_keyed_dict",
    "attribute_mapped_collection",
    "backref",
    "class_mapper",
    "clear_mappers",
    "close_all_sessions",
    "column_keyed_dict",
    "column_mapped_collection",
    "column_property",
    "composite",
    "configure_mappers",
    "contains_alias",
    "contains_eager",
    "create_session",
    "declarative_base",
    "declarative_mixin",
    "declared_attr",
    "defaultload",
    "defer",
    "deferred",
    "discover",
    "dynamic_loader",
    "foreign",
    "has_inherited_table",
    "immediateload",
    "join",
    "joinedload",
    "keyfunc_mapping",
    "lazyload",
    "load_only",
    "make_transient",
    "make_transient_to_detached",
    "mapped_as_dataclass",
    "mapped_collection",
    "mapped_column",
    "mapper",
    "merge_frozen_result",
    "merge_result",
    "noload",
    "object_mapper",
    "object_session",
    "orm_insert_sentinel",
    "outerjoin",
    "polymorphic_union",
    "query_expression",
    "raiseload",
    "reconstructor",
    "registry",
    "relationship",
    "remote",
    "retrying",
    "scoped_session",
    "selectin_polymorphic",
    "selectinload",
    "sessionmaker",
    "subqueryload",
    "synonym",
    "synonym_for",
    "undefer",
    "undefer_group",
    "unmapped_column",
    "unmapped_dataclass",
    "validates",
    "was_deleted",
    "with_expression",
    "with_loader_criteria",
    "with_parent",
    "with_polymorphic",
]  # fmt: skip

if not TYPE_CHECKING:
    __getattr__ = _submodules(
        __name__,
        "base",
        "context",
        "decl_api",
        "descriptor_props",
        "evaluator",
        "events",
        "identity",
        "interfaces",
        "properties",
        "relationships",
        "scoping",
        "strategy_options",
        "util",
        "writeonly",
    )
