"""PostgreSQL's arrays, and how they are read where they come as text."""

from __future__ import annotations

import re
from typing import Any

from sublimate import types
from sublimate.dialects.postgresql.named import UnknownToDrivers
from sublimate.dialects.postgresql.operands import comparison
from sublimate.operators import custom_op
from sublimate.types.array import ARRAYComparator
from sublimate.types.base import Dialect, Processor
from sublimate.types.boolean import BOOLEANTYPE


class PGARRAYComparator(ARRAYComparator):
    """Operators of arrays on PostgreSQL."""

    __slots__ = ()

    def contains(self, other: Any, **kw: Any) -> Any:
        return self.expr.operate(comparison("@>"), other)

    def contained_by(self, other: Any) -> Any:
        return self.expr.operate(comparison("<@"), other)

    def overlap(self, other: Any) -> Any:
        return self.expr.operate(
            custom_op("&&", precedence=5, is_comparison=True, return_type=BOOLEANTYPE), other
        )


class ARRAY(types.ARRAY):
    """PostgreSQL's arrays."""

    Comparator = PGARRAYComparator
    comparator_factory = PGARRAYComparator
    render_bind_cast = True
    _literal_keyword = "ARRAY"

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        read = super().result_processor(dialect, coltype)
        if not isinstance(self.item_type.dialect_impl(dialect), (UnknownToDrivers, types.UserDefinedType)):
            return read
        if read is None:
            return lambda value: parse_array(value) if isinstance(value, str) else value
        convert = read
        return lambda value: convert(parse_array(value) if isinstance(value, str) else value)


_TOKEN = re.compile(r'"((?:\\.|[^"\\])*)"|([{}])|([^,{}"]+)', re.DOTALL)


def parse_array(text: str) -> list[Any]:
    """An array as text, which is how drivers give arrays of types they do not know.

    >>> parse_array('{{red,"light blue"},{NULL,"NULL"}}')
    [['red', 'light blue'], [None, 'NULL']]
    """
    outermost: list[Any] = []
    open_lists = [outermost]
    for found in _TOKEN.finditer(text, text.find("{")):
        quoted, brace, word = found.groups()
        if brace == "{":
            inner: list[Any] = []
            open_lists[-1].append(inner)
            open_lists.append(inner)
        elif brace:
            open_lists.pop()
        elif quoted is not None:
            open_lists[-1].append(re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL))
        else:
            open_lists[-1].append(None if word == "NULL" else word)
    parsed: list[Any] = outermost[0]
    return parsed
