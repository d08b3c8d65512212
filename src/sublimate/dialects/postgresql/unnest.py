"""Which types can travel as an array parameter that is unnested into rows, and what the array is called.

No lengths or precisions: an explicit cast would cut values silently, while storing them in the column complains.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sublimate import types
from sublimate.types.base import is_built_in

_NAMES: tuple[tuple[type, str], ...] = (
    (types.Boolean, "BOOLEAN"),
    (types.SmallInteger, "SMALLINT"),
    (types.BigInteger, "BIGINT"),
    (types.Integer, "INTEGER"),
    (types.Date, "DATE"),
    (types.Float, "FLOAT"),
    (types.Numeric, "NUMERIC"),
    (types._Binary, "BYTEA"),
)
_INTEGERS, _TEXTS = {int, type(None)}, {str, type(None)}
_BETWEEN, _NULL = "\x1f", "\x1e"


class Packing(NamedTuple):
    """How a whole array travels as one text, which costs the client a third of what encoding each element does."""

    pack: Callable[[list[Any]], str | None]
    """The text, or None if these values cannot be packed."""
    source: str
    """SQL that makes the array; `{}` stands for the parameter."""


def unnest_packing(cast: str) -> Packing | None:
    """The packing of arrays of an element type, or None if they are sent as they are."""
    if cast in ("SMALLINT", "INTEGER", "BIGINT"):
        return Packing(_pack_integers, f"{{}}::TEXT::{cast}[]")
    if cast == "VARCHAR":
        return Packing(_pack_text, "string_to_array({}::TEXT, chr(31), chr(30))::VARCHAR[]")
    return None


def _pack_integers(values: list[Any]) -> str | None:
    if not set(map(type, values)) <= _INTEGERS:
        return None
    try:
        return f"{{{str(values)[1:-1].replace('None', 'NULL')}}}"
    except ValueError:  # far too many digits
        return None


def _pack_text(values: list[Any]) -> str | None:
    """Joined by a control character; texts that have it, or the one for NULL, are not packed."""
    kinds = set(map(type, values))
    if not kinds <= _TEXTS:
        return None
    nulls = values.count(None) if type(None) in kinds else 0
    text = _BETWEEN.join([_NULL if value is None else value for value in values] if nulls else values)
    fits = text and text.count(_BETWEEN) == len(values) - 1 and text.count(_NULL) == nulls
    return text if fits else None  # of an empty text, string_to_array() makes an empty array


def unnest_cast(dialect: Any, type_: Any, preparer: Any = None) -> str | None:
    """The element type of the array, or None if values of this type cannot be sent so."""
    impl = type_.dialect_impl(dialect)
    if impl.has_bind_expression:
        return None
    while impl._is_type_decorator:
        impl = impl.__dict__["impl"]
    for cls, name in _NAMES:
        if isinstance(impl, cls):
            return name
    if isinstance(impl, (types.DateTime, types.Time)):
        kind = "TIMESTAMP" if isinstance(impl, types.DateTime) else "TIME"
        return f"{kind} {'WITH' if impl.timezone else 'WITHOUT'} TIME ZONE"
    if isinstance(impl, types.Uuid):
        return "UUID" if impl.native_uuid else None
    if isinstance(impl, types.Enum):
        name = dialect.type_compiler_instance.process(impl, identifier_preparer=preparer)
        return str(name) if impl.native_enum else "VARCHAR"
    if isinstance(impl, types.JSON):
        return str(dialect.type_compiler_instance.process(impl))
    if isinstance(impl, types.String) and is_built_in(type(impl), "types."):
        return "VARCHAR"
    return None
