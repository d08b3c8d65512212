"""tstring(): SQL from a template string of Python 3.14, its interpolations as expressions or parameters."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from sublimate import exc
from sublimate.expression.coerce import element_of
from sublimate.expression.literal import literal, null
from sublimate.expression.node import Field, nested

from .text import HasColumns


class TString(HasColumns):
    """`tstring(t"SELECT {column} FROM t WHERE id = {value}")`."""

    __visit_name__ = "tstring"
    _fields: ClassVar[tuple[Field, ...]] = (nested("parts"),)

    def __init__(self, template: Any) -> None:
        if not (hasattr(template, "strings") and hasattr(template, "interpolations")):
            raise exc.ArgumentError("pep-750 Tstring (e.g. t'...') expected")
        self.parts: tuple[Any, ...] = tuple(_part(part) for part in template)

    def bindparams(self, *binds: Any, **names_to_values: Any) -> NoReturn:
        """Refused: the values of a template string are its parameters."""
        raise NotImplementedError(
            "TString constructs do not support .bindparams(). Bind parameters are automatically created from "
            "interpolated values; a name of your own is {bindparam('name')}"
        )


def _part(part: Any) -> Any:
    if isinstance(part, str):
        return part
    value = part.value
    if value is None:
        return null()
    if hasattr(value, "interpolations"):
        return TString(value)
    element = element_of(value)
    return literal(value) if element is None else element


def tstring(template: Any) -> TString:
    """SQL from a template string: values become parameters, SQL expressions are taken as they are.

    `tstring(t"SELECT * FROM users WHERE id = {user_id}")`
    """
    return TString(template)
