"""Small conversions shared by types. Each passes None through and offers ``direct`` for values that are not None."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from typing import Any


def none_safe(direct: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A processor that leaves None alone; ``processor.direct`` is the bare function for known values."""

    def process(value: Any) -> Any:
        return None if value is None else direct(value)

    process.direct = direct  # type: ignore[attr-defined]
    return process


to_str = none_safe(str)
to_float = none_safe(float)
to_int = none_safe(int)
int_to_boolean = none_safe(bool)


def to_decimal(target: type[decimal.Decimal], scale: int) -> Callable[[Any], Any]:
    """Floats to decimals, rounded to `scale` digits (SQLite and other databases without exact numbers)."""
    fixed = f"%.{scale}f"

    def direct(value: Any) -> decimal.Decimal:
        return target(fixed % value)

    return none_safe(direct)


def quote_literal(text: str, dialect: Any) -> str:
    """A string as an SQL literal: quotes doubled, and backslashes where the database reads them as escapes."""
    text = text.replace("'", "''")
    if dialect.backslash_escapes:
        text = text.replace("\\", "\\\\")
    return f"'{text}'"
