"""SQLAlchemy's module of base classes, options and directions: imports only."""

from sublimate.orm.attributes.descriptor import InspectionAttr, ORMDescriptor
from sublimate.orm.loading.options import LoaderOption, UserDefinedOption
from sublimate.orm.loading.options import LoaderOption as ORMOption
from sublimate.orm.mapping.comparators import PropComparator
from sublimate.orm.mapping.event_return import EXT_CONTINUE, EXT_SKIP, EXT_STOP
from sublimate.orm.mapping.join_condition import MANYTOMANY, MANYTOONE, ONETOMANY, RelationshipDirection
from sublimate.orm.mapping.properties import MapperProperty
from sublimate.orm.session.execute_state import ORMExecuteState
from sublimate.statements.executable import ExecutableOption

__all__ = [
    "EXT_CONTINUE", "EXT_SKIP", "EXT_STOP", "MANYTOMANY", "MANYTOONE", "ONETOMANY", "ExecutableOption", "InspectionAttr",
    "LoaderOption", "MapperProperty", "ORMDescriptor", "ORMExecuteState", "ORMOption", "PropComparator", "RelationshipDirection",
    "UserDefinedOption",
]  # fmt: skip
