"""Integers, exact numbers and floating-point numbers."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from typing import Any, ClassVar, Literal, TypeVar, overload

from sublimate.operators.classes import OperatorClass
from sublimate.types.base import Dialect, Processor, TypeEngine
from sublimate.types.processors import to_decimal, to_float

_N = TypeVar("_N", bound=Any)


class Integer(TypeEngine[int]):
    """An integer."""

    operator_classes = OperatorClass.INTEGER

    __visit_name__ = "integer"
    type_family = True

    @property
    def python_type(self) -> type[int]:
        return int

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        return _integer_literal

    def adapt_operator(self, op: Any, other: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        from sublimate.types.adaptation import adapt_by_family

        return adapt_by_family(self, op, other)


def _integer_literal(value: Any) -> str:
    return str(int(value))


class SmallInteger(Integer):
    """An integer of at least 16 bits."""

    __visit_name__ = "small_integer"


class BigInteger(Integer):
    """An integer of at least 64 bits."""

    __visit_name__ = "big_integer"


class NumericCommon(TypeEngine[_N]):
    """What exact and floating-point numbers share."""

    operator_classes = OperatorClass.NUMERIC

    _default_decimal_return_scale: ClassVar[int] = 10
    precision: int | None
    scale: int | None
    asdecimal: bool
    decimal_return_scale: int | None

    @property
    def _effective_decimal_return_scale(self) -> int:
        if self.decimal_return_scale is not None:
            return self.decimal_return_scale
        scale = getattr(self, "scale", None)
        return scale if scale is not None else self._default_decimal_return_scale

    @property
    def python_type(self) -> type[Any]:
        return decimal.Decimal if self.asdecimal else float

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        return _number_literal

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return None if dialect.supports_native_decimal else to_float

    def adapt_operator(self, op: Any, other: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        from sublimate.types.adaptation import adapt_by_family

        return adapt_by_family(self, op, other)


def _number_literal(value: Any) -> str:
    if isinstance(value, str):
        value = decimal.Decimal(value)
    return str(value)


class Numeric(NumericCommon[_N]):
    """An exact number: ``Decimal`` in Python, or ``float`` with ``asdecimal=False``."""

    __visit_name__ = "numeric"
    type_family = True

    @overload
    def __init__(
        self: Numeric[decimal.Decimal],
        precision: int | None = None,
        scale: int | None = None,
        decimal_return_scale: int | None = None,
        asdecimal: Literal[True] = True,
    ) -> None: ...
    @overload
    def __init__(
        self: Numeric[float],
        precision: int | None = None,
        scale: int | None = None,
        decimal_return_scale: int | None = None,
        *,
        asdecimal: Literal[False],
    ) -> None: ...
    def __init__(
        self,
        precision: int | None = None,
        scale: int | None = None,
        decimal_return_scale: int | None = None,
        asdecimal: bool = True,
    ) -> None:
        self.precision = precision
        self.scale = scale
        self.decimal_return_scale = decimal_return_scale
        self.asdecimal = asdecimal

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        if not self.asdecimal:
            return to_float if dialect.supports_native_decimal else None
        if dialect.supports_native_decimal:
            return None
        return to_decimal(decimal.Decimal, self._effective_decimal_return_scale)


class Float(NumericCommon[_N]):
    """A floating-point number: ``float`` in Python, or ``Decimal`` with ``asdecimal=True``."""

    __visit_name__ = "float"
    type_family = True
    scale = None

    @overload
    def __init__(
        self: Float[float],
        precision: int | None = None,
        asdecimal: Literal[False] = False,
        decimal_return_scale: int | None = None,
    ) -> None: ...
    @overload
    def __init__(
        self: Float[decimal.Decimal],
        precision: int | None = None,
        *,
        asdecimal: Literal[True],
        decimal_return_scale: int | None = None,
    ) -> None: ...
    def __init__(
        self, precision: int | None = None, asdecimal: bool = False, decimal_return_scale: int | None = None
    ) -> None:
        self.precision = precision
        self.asdecimal = asdecimal
        self.decimal_return_scale = decimal_return_scale

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        if self.asdecimal:
            return to_decimal(decimal.Decimal, self._effective_decimal_return_scale)
        return to_float if dialect.supports_native_decimal else None


class Double(Float[_N]):
    """A floating-point number of double precision."""

    __visit_name__ = "double"


class INTEGER(Integer):
    """The SQL INT or INTEGER type."""

    __visit_name__ = "INTEGER"


INT = INTEGER


class SMALLINT(SmallInteger):
    """The SQL SMALLINT type."""

    __visit_name__ = "SMALLINT"


class BIGINT(BigInteger):
    """The SQL BIGINT type."""

    __visit_name__ = "BIGINT"


class NUMERIC(Numeric[_N]):
    """The SQL NUMERIC type."""

    __visit_name__ = "NUMERIC"


class DECIMAL(Numeric[_N]):
    """The SQL DECIMAL type."""

    __visit_name__ = "DECIMAL"


class REAL(Float[_N]):
    """The SQL REAL type."""

    __visit_name__ = "REAL"


class FLOAT(Float[_N]):
    """The SQL FLOAT type."""

    __visit_name__ = "FLOAT"


class DOUBLE(Double[_N]):
    """The SQL DOUBLE type."""

    __visit_name__ = "DOUBLE"


class DOUBLE_PRECISION(Double[_N]):
    """The SQL DOUBLE PRECISION type."""

    __visit_name__ = "DOUBLE_PRECISION"
