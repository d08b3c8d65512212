"""PostgreSQL's types: those that travel as they are, and which type stands for which name."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sublimate import types
from sublimate.dialects.postgresql.arrays import ARRAY
from sublimate.dialects.postgresql.bitstring import BitString
from sublimate.dialects.postgresql.documents import JSON, JSONB, JSONPATH, JSONPathType
from sublimate.dialects.postgresql.hstores import HSTORE
from sublimate.dialects.postgresql.named import ENUM, UnknownToDrivers
from sublimate.dialects.postgresql.ranges import (
    DATEMULTIRANGE,
    DATERANGE,
    INT4MULTIRANGE,
    INT4RANGE,
    INT8MULTIRANGE,
    INT8RANGE,
    NUMMULTIRANGE,
    NUMRANGE,
    TSMULTIRANGE,
    TSRANGE,
    TSTZMULTIRANGE,
    TSTZRANGE,
)
from sublimate.operators import functions as f
from sublimate.operators.classes import OperatorClass
from sublimate.types.adaptation import adapt_by_family
from sublimate.types.base import Dialect, Processor, TypeEngine
from sublimate.types.comparator import Comparator
from sublimate.types.processors import none_safe
from sublimate.types.temporal import AbstractInterval


class INET(TypeEngine[str]):
    """PostgreSQL's INET."""

    operator_classes = OperatorClass.BASE | OperatorClass.COMPARISON

    __visit_name__ = "INET"
    type_family = True

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self


class CIDR(INET):
    """PostgreSQL's CIDR."""

    __visit_name__ = "CIDR"


class MACADDR(INET):
    """PostgreSQL's MACADDR."""

    __visit_name__ = "MACADDR"


class MACADDR8(INET):
    """PostgreSQL's MACADDR8."""

    __visit_name__ = "MACADDR8"


class MONEY(TypeEngine[str]):
    """PostgreSQL's MONEY."""

    __visit_name__ = "MONEY"


class OID(TypeEngine[int]):
    """PostgreSQL's OID."""

    operator_classes = OperatorClass.BASE | OperatorClass.COMPARISON

    __visit_name__ = "OID"


class REGCLASS(TypeEngine[str]):
    """PostgreSQL's REGCLASS."""

    operator_classes = OperatorClass.BASE | OperatorClass.COMPARISON

    __visit_name__ = "REGCLASS"


class REGCONFIG(TypeEngine[str]):
    """PostgreSQL's REGCONFIG."""

    operator_classes = OperatorClass.BASE | OperatorClass.COMPARISON

    __visit_name__ = "REGCONFIG"
    render_bind_cast = True


class TSVECTOR(TypeEngine[str]):
    """PostgreSQL's TSVECTOR."""

    operator_classes = OperatorClass.STRING

    __visit_name__ = "TSVECTOR"


class TSQUERY(TypeEngine[str]):
    """PostgreSQL's TSQUERY."""

    operator_classes = OperatorClass.BASE | OperatorClass.COMPARISON

    __visit_name__ = "TSQUERY"


_OF_BITS: dict[Any, Any] = {
    f.and_: f.bitwise_and_op,
    f.or_: f.bitwise_or_op,
    f.inv: f.bitwise_not_op,
    f.lshift: f.bitwise_lshift_op,
    f.rshift: f.bitwise_rshift_op,
}


class BitComparator(Comparator):
    """Python's operators of bits are those of the bits here: `&`, `|`, `~`, `<<` and `>>`."""

    __slots__ = ()

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return super().operate(_OF_BITS.get(op, op), *other, **kwargs)


class BIT(TypeEngine[Any]):
    """A string of bits, of fixed or varying length."""

    comparator_factory = BitComparator

    operator_classes = OperatorClass.BASE | OperatorClass.COMPARISON | OperatorClass.BITWISE

    __visit_name__ = "BIT"
    render_bind_cast = True

    def __init__(self, length: int | None = None, varying: bool = False) -> None:
        self.varying = varying
        self.length = length if varying else length or 1

    @property
    def python_type(self) -> type[Any]:
        return BitString

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self if isinstance(value, str) else super().coerce_compared_value(op, value)

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return none_safe(dialect.bit_factory()) if dialect.name == "postgresql" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return none_safe(
            lambda value: BitString(value if isinstance(value, str) else value.as_string().replace(" ", ""))
        )


class CITEXT(UnknownToDrivers, types.TEXT):
    """Text that compares without regard to case."""

    __visit_name__ = "CITEXT"

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self


class BYTEA(types.LargeBinary):
    """PostgreSQL's BYTEA."""

    __visit_name__ = "BYTEA"


class TIMESTAMP(types.TIMESTAMP):
    """PostgreSQL's TIMESTAMP, with a precision."""

    def __init__(self, timezone: bool = False, precision: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.precision = precision


class TIME(types.TIME):
    """PostgreSQL's TIME, with a precision."""

    def __init__(self, timezone: bool = False, precision: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.precision = precision


class INTERVAL(AbstractInterval):
    """PostgreSQL's INTERVAL."""

    __visit_name__ = "INTERVAL"
    native = True
    render_bind_cast = True

    def __init__(self, precision: int | None = None, fields: str | None = None) -> None:
        self.precision = precision
        self.fields = fields

    def adapt_operator(self, op: Any, other: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        return adapt_by_family(self, op, other)

    @property
    def python_type(self) -> type[datetime.timedelta]:
        return datetime.timedelta

    def as_generic(self, allow_nulltype: bool = False) -> types.Interval:
        return types.Interval(native=True, second_precision=self.precision)

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        return lambda value: f"make_interval(secs=>{value.total_seconds()})"


class _NativeInterval(INTERVAL):
    """What the general Interval becomes on PostgreSQL."""

    def __init__(self, second_precision: int | None = None) -> None:
        super().__init__(precision=second_precision)


class _Numeric(types.Numeric[Any]):
    """An exact number; an expression typed as one may still come as a float."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        if not self.asdecimal:
            return super().result_processor(dialect, coltype)
        fixed = f"%.{self._effective_decimal_return_scale}f"

        def process(value: Any) -> Any:
            return Decimal(fixed % value) if value.__class__ is float else value

        return process


COLSPECS: dict[Any, Any] = {
    types.Numeric: _Numeric,
    types.ARRAY: ARRAY,
    types.Interval: _NativeInterval,
    types.Enum: ENUM,
    types.JSON: JSON,
    types.JSON.JSONPathType: JSONPathType,
}

ISCHEMA_NAMES: dict[str, Any] = {
    "_array": ARRAY, "hstore": HSTORE, "json": JSON, "jsonb": JSONB, "int4range": INT4RANGE, "int8range": INT8RANGE,
    "numrange": NUMRANGE, "daterange": DATERANGE, "tsrange": TSRANGE, "tstzrange": TSTZRANGE,
    "int4multirange": INT4MULTIRANGE, "int8multirange": INT8MULTIRANGE, "nummultirange": NUMMULTIRANGE,
    "datemultirange": DATEMULTIRANGE, "tsmultirange": TSMULTIRANGE, "tstzmultirange": TSTZMULTIRANGE,
    "integer": types.INTEGER, "bigint": types.BIGINT, "smallint": types.SMALLINT, "character varying": types.VARCHAR,
    "character": types.CHAR, '"char"': types.String, "name": types.String, "text": types.TEXT, "citext": CITEXT,
    "numeric": types.NUMERIC, "float": types.FLOAT, "real": types.REAL, "double precision": types.DOUBLE_PRECISION,
    "inet": INET, "cidr": CIDR, "uuid": types.UUID, "bit": BIT, "bit varying": BIT, "macaddr": MACADDR,
    "macaddr8": MACADDR8, "money": MONEY, "oid": OID, "regclass": REGCLASS, "regconfig": REGCONFIG,
    "timestamp": TIMESTAMP, "timestamp with time zone": TIMESTAMP, "timestamp without time zone": TIMESTAMP,
    "time with time zone": TIME, "time without time zone": TIME, "date": types.DATE, "time": TIME, "bytea": BYTEA,
    "boolean": types.BOOLEAN, "interval": INTERVAL, "tsvector": TSVECTOR, "tsquery": TSQUERY, "jsonpath": JSONPATH,
}  # fmt: skip
