"""quoted_name: a name that says for itself whether it is to be quoted."""

from __future__ import annotations

from typing import Any


class quoted_name(str):
    """A string with a fixed decision on quoting (`quote=True`, `False`, or None: as the dialect finds)."""

    __slots__ = ("quote",)
    quote: bool | None

    def __new__(cls, value: Any, quote: bool | None = None) -> Any:
        if value is None:
            return None
        if isinstance(value, cls) and (quote is None or value.quote == quote):
            return value
        new = super().__new__(cls, value)
        new.quote = quote
        return new

    def __reduce__(self) -> Any:
        return quoted_name, (str(self), self.quote)

    def __str__(self) -> str:
        return str.__str__(self)[:]

    def lower(self) -> str:
        return self if self.quote else super().lower()

    def upper(self) -> str:
        return self if self.quote else super().upper()
