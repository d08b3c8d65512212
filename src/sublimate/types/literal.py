"""The type of a plain Python value."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable
from typing import Any

from sublimate.types.base import NULLTYPE, TypeEngine
from sublimate.types.binary import LargeBinary
from sublimate.types.boolean import BOOLEANTYPE
from sublimate.types.numeric import BigInteger, Double, Integer, Numeric
from sublimate.types.string import STRINGTYPE
from sublimate.types.temporal import Date, DateTime, Interval, Time
from sublimate.types.uuid import Uuid

INTEGERTYPE = Integer()
BIGINTEGERTYPE = BigInteger()
DATETIMETYPE = DateTime()
DATETIME_TIMEZONE = DateTime(timezone=True)
TIMETYPE = Time()
TIME_TIMEZONE = Time(timezone=True)

_FIXED: dict[type, TypeEngine[Any]] = {
    str: STRINGTYPE,
    bool: BOOLEANTYPE,
    float: Double(),
    decimal.Decimal: Numeric(),
    bytes: LargeBinary(),
    bytearray: LargeBinary(),
    memoryview: LargeBinary(),
    datetime.date: Date(),
    datetime.timedelta: Interval(),
    uuid.UUID: Uuid(),
    type(None): NULLTYPE,
}

_BY_VALUE: dict[type, Callable[[Any], TypeEngine[Any]]] = {
    int: lambda value: BIGINTEGERTYPE if value.bit_length() >= 32 else INTEGERTYPE,
    datetime.datetime: lambda value: DATETIMETYPE if value.tzinfo is None else DATETIME_TIMEZONE,
    datetime.time: lambda value: TIMETYPE if value.tzinfo is None else TIME_TIMEZONE,
}


def type_for_value(value: Any) -> TypeEngine[Any]:
    """The type that a literal of this value has; NULLTYPE where nothing fits.

    >>> type_for_value("text")
    String()
    """
    cls = value.__class__
    found = _FIXED.get(cls)
    if found is not None:
        return found
    choose = _BY_VALUE.get(cls)
    if choose is not None:
        return choose(value)
    offered = getattr(cls, "_type_of_literal", None)  # a dialect's own kind of value
    return NULLTYPE if offered is None else offered(value)


def type_for_class(cls: type) -> TypeEngine[Any] | None:
    """The type for values of a Python class, found along its bases; None where nothing fits."""
    for base in cls.__mro__:
        found = _FIXED.get(base)
        if found is not None:
            return found
        if base is int:
            return INTEGERTYPE
        if base is datetime.datetime:
            return DATETIMETYPE
        if base is datetime.time:
            return TIMETYPE
    return None
