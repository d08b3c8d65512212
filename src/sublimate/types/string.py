"""Text of bounded and unbounded length."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from sublimate.operators.classes import OperatorClass
from sublimate.types.base import Dialect, TypeEngine
from sublimate.types.comparator import Concatenable
from sublimate.types.processors import quote_literal


class String(Concatenable, TypeEngine[str]):
    """Text; VARCHAR in most databases.

    >>> from sublimate import String
    >>> String(50)
    String(length=50)
    """

    operator_classes = OperatorClass.STRING

    __visit_name__: ClassVar[str] = "string"
    type_family = True

    def __init__(
        self, length: int | None = None, collation: str | None = None, collation_schema: str | None = None
    ) -> None:
        self.length = length
        self.collation = collation
        self.collation_schema = collation_schema

    @property
    def python_type(self) -> type[Any]:
        return str

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        def process(value: Any) -> str:
            return quote_literal(value, dialect)

        return process

    def adapt_operator(self, op: Any, other: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        from sublimate.types.adaptation import adapt_concatenable

        return adapt_concatenable(self, op, other)


class Text(String):
    """Text of any length; CLOB or TEXT in most databases."""

    __visit_name__ = "text"


class Unicode(String):
    """Text for which a database is asked for its Unicode type (NVARCHAR and the like)."""

    __visit_name__ = "unicode"


class UnicodeText(Text):
    """Text of any length for which a database is asked for its Unicode type."""

    __visit_name__ = "unicode_text"


class TEXT(Text):
    """The SQL TEXT type."""

    __visit_name__ = "TEXT"


class CLOB(Text):
    """The SQL CLOB type."""

    __visit_name__ = "CLOB"


class VARCHAR(String):
    """The SQL VARCHAR type."""

    __visit_name__ = "VARCHAR"


class NVARCHAR(Unicode):
    """The SQL NVARCHAR type."""

    __visit_name__ = "NVARCHAR"


class CHAR(String):
    """The SQL CHAR type."""

    __visit_name__ = "CHAR"


class NCHAR(Unicode):
    """The SQL NCHAR type."""

    __visit_name__ = "NCHAR"


STRINGTYPE = String()
