"""Dates, times and time spans."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, TypeVar

from sublimate.operators.classes import OperatorClass
from sublimate.types.base import Dialect, Processor, TypeEngine
from sublimate.types.decorator import TypeDecorator
from sublimate.types.processors import none_safe

_T = TypeVar("_T", bound=Any)


class _Temporal(TypeEngine[_T]):
    """What dates and times share: ISO literals, and operators found by family."""

    operator_classes = OperatorClass.DATETIME

    def adapt_operator(self, op: Any, other: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        from sublimate.types.adaptation import adapt_by_family

        return adapt_by_family(self, op, other)


def _literal(write: Callable[[Any], str]) -> Callable[[Any], str]:
    def process(value: Any) -> str:
        return f"'{write(value)}'" if value is not None else "NULL"

    return process


class Date(_Temporal[datetime.date]):
    """A ``datetime.date``."""

    __visit_name__ = "date"
    type_family = True

    @property
    def python_type(self) -> type[Any]:
        return datetime.date

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        return _literal(
            lambda value: (value.date() if isinstance(value, datetime.datetime) else value).isoformat()
        )


class DateTime(_Temporal[datetime.datetime]):
    """A ``datetime.datetime``; with ``timezone=True`` one that knows its time zone, where the database can."""

    __visit_name__ = "datetime"
    type_family = True

    def __init__(self, timezone: bool = False) -> None:
        self.timezone = timezone

    @property
    def python_type(self) -> type[Any]:
        return datetime.datetime

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        return _literal(
            lambda value: value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
        )


class Time(_Temporal[datetime.time]):
    """A ``datetime.time``."""

    __visit_name__ = "time"
    type_family = True

    def __init__(self, timezone: bool = False) -> None:
        self.timezone = timezone

    @property
    def python_type(self) -> type[Any]:
        return datetime.time

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        return _literal(lambda value: value.isoformat())


class DATE(Date):
    """The SQL DATE type."""

    __visit_name__ = "DATE"


class DATETIME(DateTime):
    """The SQL DATETIME type."""

    __visit_name__ = "DATETIME"


class TIMESTAMP(DateTime):
    """The SQL TIMESTAMP type."""

    __visit_name__ = "TIMESTAMP"


class TIME(Time):
    """The SQL TIME type."""

    __visit_name__ = "TIME"


class AbstractInterval(TypeEngine[datetime.timedelta]):
    """The family of time spans, whether the database has them or not."""

    operator_classes = OperatorClass.DATETIME

    type_family = True


EPOCH = datetime.datetime(1970, 1, 1)


class Interval(_Temporal[datetime.timedelta], AbstractInterval, TypeDecorator[datetime.timedelta]):
    """A ``datetime.timedelta``: the database's own interval type, or else a date counted from 1970-01-01."""

    impl = DateTime
    epoch = EPOCH
    cache_ok = True

    def __init__(
        self, native: bool = True, second_precision: int | None = None, day_precision: int | None = None
    ) -> None:
        super().__init__()
        self.native = native
        self.second_precision = second_precision
        self.day_precision = day_precision

    def __repr__(self) -> str:
        from sublimate.types.base import generic_repr

        return generic_repr(self)

    @property
    def python_type(self) -> type[datetime.timedelta]:
        return datetime.timedelta

    @property
    def _type_affinity(self) -> type[TypeEngine[Any]]:
        return AbstractInterval

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        if isinstance(value, datetime.timedelta):
            return self
        return TypeEngine.coerce_compared_value(self, op, value)

    def _build_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if self._variants and dialect.name in self._variants:
            return self._variants[dialect.name].dialect_impl(dialect)
        if self.native:
            described: TypeEngine[Any] = dialect.type_descriptor(self)
            if described is not self:
                return described
        return self

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        store = self.impl_instance.dialect_impl(dialect).bind_processor(dialect)
        epoch = self.epoch
        if store is None:
            return none_safe(lambda value: epoch + value)
        write = store
        return none_safe(lambda value: write(epoch + value))

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        load = self.impl_instance.dialect_impl(dialect).result_processor(dialect, coltype)
        epoch = self.epoch
        if load is None:
            return none_safe(lambda value: value - epoch)
        read = load
        return none_safe(lambda value: read(value) - epoch)

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        write = self.impl_instance.dialect_impl(dialect).literal_processor(dialect)
        if write is None:
            return None
        store, epoch = write, self.epoch
        return lambda value: store(epoch + value)
