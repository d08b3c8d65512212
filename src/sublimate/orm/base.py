"""Facade: the names of `sqlalchemy.orm.base`. Imports only."""

from sublimate.orm.attributes.descriptor import InspectionAttr, ORMDescriptor, SQLORMExpression
from sublimate.orm.attributes.mapped import Mapped
from sublimate.orm.attributes.write_only import WriteOnlyMapped
from sublimate.orm.dynamic import DynamicMapped
from sublimate.orm.mapping.join_condition import MANYTOMANY, MANYTOONE, ONETOMANY, RelationshipDirection
from sublimate.orm.mapping.lookup import class_mapper, object_mapper
from sublimate.orm.state.symbols import (
    ATTR_EMPTY,
    ATTR_WAS_SET,
    NEVER_SET,
    NO_VALUE,
    PASSIVE_CLASS_MISMATCH,
    PASSIVE_NO_RESULT,
    LoaderCallableStatus,
)

__all__ = [
    "ATTR_EMPTY",
    "ATTR_WAS_SET",
    "MANYTOMANY",
    "MANYTOONE",
    "NEVER_SET",
    "NO_VALUE",
    "ONETOMANY",
    "PASSIVE_CLASS_MISMATCH",
    "PASSIVE_NO_RESULT",
    "DynamicMapped",
    "InspectionAttr",
    "LoaderCallableStatus",
    "Mapped",
    "ORMDescriptor",
    "RelationshipDirection",
    "SQLORMExpression",
    "WriteOnlyMapped",
    "class_mapper",
    "object_mapper",
]
