"""Booleans: the database's own, or small integers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate.operators.classes import OperatorClass
from sublimate.types.base import Dialect, Processor, TypeEngine
from sublimate.types.processors import int_to_boolean
from sublimate.types.schema_type import SchemaType


class _ToInteger(dict[Any, Any]):
    """True and False as 1 and 0; anything else is refused, as a database with a boolean type would."""

    def __missing__(self, value: Any) -> Any:
        if not isinstance(value, int):
            raise TypeError(f"Not a boolean value: {value!r}")
        raise ValueError(f"Value {value!r} is not None, True, or False")


_TO_INTEGER = _ToInteger({True: 1, False: 0, None: None})


class _ToBoolean(_ToInteger):
    """The same for databases with a boolean type."""


_TO_BOOLEAN = _ToBoolean({True: True, False: False, None: None})


def _bind_integer(value: Any) -> Any:
    try:
        return _TO_INTEGER[value]
    except TypeError:
        raise TypeError(f"Not a boolean value: {value!r}") from None


def _bind_boolean(value: Any) -> Any:
    try:
        return _TO_BOOLEAN[value]
    except TypeError:
        raise TypeError(f"Not a boolean value: {value!r}") from None


class Boolean(SchemaType, TypeEngine[bool]):
    """A boolean; BOOLEAN where the database has it, otherwise a small integer."""

    operator_classes = OperatorClass.BOOLEAN

    __visit_name__ = "boolean"
    type_family = True
    has_own_name = False
    native = True

    def __init__(self, create_constraint: bool = False, name: str | None = None) -> None:
        self.create_constraint = create_constraint
        self.name = name

    @property
    def python_type(self) -> type[bool]:
        return bool

    def needs_check(self, dialect: Dialect) -> bool:
        return (
            self.create_constraint
            and not dialect.supports_native_boolean
            and dialect.non_native_boolean_check_constraint
        )

    def check_values(self, dialect: Dialect | None = None) -> list[Any] | None:
        return [0, 1] if self.create_constraint else None

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        true, false = ("true", "false") if dialect.supports_native_boolean else ("1", "0")
        if not dialect.supports_native_boolean and getattr(dialect, "boolean_keywords", False):
            true, false = "true", "false"

        def process(value: Any) -> str:
            return true if _bind_integer(value) else false

        return process

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return _bind_boolean if dialect.supports_native_boolean else _bind_integer

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return None if dialect.supports_native_boolean else int_to_boolean


class BOOLEAN(Boolean):
    """The SQL BOOLEAN type."""

    __visit_name__ = "BOOLEAN"


class MatchType(Boolean):
    """The result of ``match()``: a boolean, or a rank on some databases."""


BOOLEANTYPE = Boolean()
MATCHTYPE = MatchType()
