"""Nullable() and NotNullable(): what a type checker shall think of a column; the column itself stays as it is."""

from __future__ import annotations

from typing import Any


def Nullable(val: Any) -> Any:
    """The column or class, as one whose values may be None."""
    return val


def NotNullable(val: Any) -> Any:
    """The column or class, as one whose values are never None."""
    return val
