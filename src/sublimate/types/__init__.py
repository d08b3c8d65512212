"""Types: one file per family. Facade of the public names of ``sqlalchemy.types``."""

from sublimate.operators import OperatorClass
from sublimate.types.array import ARRAY
from sublimate.types.base import NULLTYPE, NullType, TypeEngine, adapt_type, to_instance
from sublimate.types.binary import BINARY, BLOB, VARBINARY, LargeBinary, PickleType, _Binary
from sublimate.types.boolean import BOOLEAN, BOOLEANTYPE, MATCHTYPE, Boolean, MatchType
from sublimate.types.comparator import Concatenable, Indexable
from sublimate.types.decorator import ExternalType, TypeDecorator, UserDefinedType, Variant
from sublimate.types.enum import Enum
from sublimate.types.json import JSON
from sublimate.types.literal import type_for_class, type_for_value
from sublimate.types.numeric import (
    BIGINT,
    DECIMAL,
    DOUBLE,
    DOUBLE_PRECISION,
    FLOAT,
    INT,
    INTEGER,
    NUMERIC,
    REAL,
    SMALLINT,
    BigInteger,
    Double,
    Float,
    Integer,
    Numeric,
    NumericCommon,
    SmallInteger,
)
from sublimate.types.schema_type import SchemaType
from sublimate.types.string import (
    CHAR,
    CLOB,
    NCHAR,
    NVARCHAR,
    STRINGTYPE,
    TEXT,
    VARCHAR,
    String,
    Text,
    Unicode,
    UnicodeText,
)
from sublimate.types.temporal import DATE, DATETIME, TIME, TIMESTAMP, Date, DateTime, Interval, Time
from sublimate.types.tuple import TupleType
from sublimate.types.uuid import UUID, Uuid

__all__ = [
    "ARRAY", "BIGINT", "BINARY", "BLOB", "BOOLEAN", "BOOLEANTYPE", "CHAR", "CLOB", "DATE", "DATETIME", "DECIMAL",
    "DOUBLE", "DOUBLE_PRECISION", "FLOAT", "INT", "INTEGER", "JSON", "MATCHTYPE", "NCHAR", "NULLTYPE", "NUMERIC",
    "NVARCHAR", "REAL", "SMALLINT", "STRINGTYPE", "TEXT", "TIME", "TIMESTAMP", "UUID", "VARBINARY", "VARCHAR",
    "BigInteger", "Boolean", "Concatenable", "Date", "DateTime", "Double", "Enum", "ExternalType", "Float",
    "Indexable", "Integer", "Interval", "LargeBinary", "MatchType", "NullType", "Numeric", "NumericCommon",
    "OperatorClass", "PickleType", "SchemaType", "SmallInteger", "String", "Text", "Time", "TupleType",
    "TypeDecorator", "TypeEngine", "Unicode", "UnicodeText", "UserDefinedType", "Uuid", "Variant", "_Binary",
    "adapt_type", "to_instance", "type_for_class", "type_for_value",
]  # fmt: skip
