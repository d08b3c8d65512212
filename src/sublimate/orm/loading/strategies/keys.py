"""Conditions on many keys at once: one array parameter where the database takes arrays, pages of an IN list elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sublimate import types
from sublimate.expression.constructors import any_, tuple_
from sublimate.expression.literal import BindParameter

_PAGE = 500
_ARRAY_PAGE = 20_000
_IN_ARRAYS = (types.Integer, types.String, types.Uuid)


class KeyCondition:
    """The condition that columns are among keys to be given under `name`, and how keys are paged for it."""

    __slots__ = ("clause", "takes_array")

    def __init__(self, columns: list[Any], name: str, dialect: Any) -> None:
        self.takes_array = len(columns) == 1 and dialect.supports_any_array and _fits_array(columns[0].type)
        if len(columns) > 1:
            self.clause = tuple_(*columns).in_(BindParameter(name, None, expanding=True, required=True))
            return
        column = columns[0]
        if self.takes_array:
            self.clause = column == any_(
                BindParameter(name, None, type_=types.ARRAY(column.type), required=True)
            )
        else:
            self.clause = column.in_(
                BindParameter(name, None, type_=column.type, expanding=True, required=True)
            )

    def pages(self, keys: list[Any]) -> Iterator[list[Any]]:
        """The keys in pages; pages of an IN list are filled up to a few lengths, so that few SQL texts are needed."""
        size = _ARRAY_PAGE if self.takes_array else _PAGE
        for start in range(0, len(keys), size):
            page = keys[start : start + size]
            yield page if self.takes_array else page + [page[-1]] * (_length(len(page)) - len(page))


def _fits_array(type_: Any) -> bool:
    return isinstance(type_, _IN_ARRAYS) and not isinstance(type_, types.Enum)


def _length(count: int) -> int:
    """The next power of two, up to a page."""
    return min(_PAGE, 1 << (count - 1).bit_length()) if count < _PAGE else count
