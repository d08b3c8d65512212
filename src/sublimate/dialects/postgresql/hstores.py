"""PostgreSQL's HSTORE: keys and values of text."""

from __future__ import annotations

import re
from typing import Any

from sublimate import types
from sublimate.dialects.postgresql.arrays import ARRAY
from sublimate.dialects.postgresql.named import UnknownToDrivers
from sublimate.dialects.postgresql.operands import comparison, typed
from sublimate.expression.cast import cast
from sublimate.operators import custom_op
from sublimate.operators.classes import OperatorClass
from sublimate.statements.func import func
from sublimate.types.adaptation import adapt_concatenable
from sublimate.types.base import Dialect, Processor, TypeEngine, to_instance
from sublimate.types.comparator import Concatenable, Indexable, IndexableComparator
from sublimate.types.processors import none_safe

HSTORE_GETITEM = custom_op("->", precedence=15, natural_self_precedent=True, eager_grouping=True)


class HSTOREComparator(IndexableComparator):
    """Operators of hstore values."""

    __slots__ = ()

    def has_key(self, other: Any) -> Any:
        return self.expr.operate(comparison("?"), typed(self.expr, other, types.Text()))

    def has_all(self, other: Any) -> Any:
        return self.expr.operate(comparison("?&"), typed(self.expr, other, ARRAY(types.Text())))

    def has_any(self, other: Any) -> Any:
        return self.expr.operate(comparison("?|"), typed(self.expr, other, ARRAY(types.Text())))

    def contains(self, other: Any, **kw: Any) -> Any:
        return self.expr.operate(comparison("@>"), other)

    def contained_by(self, other: Any) -> Any:
        return self.expr.operate(comparison("<@"), other)

    def defined(self, key: Any) -> Any:
        return _function("defined", types.Boolean(), self.expr, key)

    def delete(self, key: Any) -> Any:
        if isinstance(key, dict):  # these pairs, not a key
            key = cast(key, HSTORE())
        return _function("delete", HSTORE(), self.expr, key)

    def slice(self, array: Any) -> Any:
        return _function("slice", HSTORE(), self.expr, array)

    def keys(self) -> Any:
        return _function("akeys", ARRAY(types.Text()), self.expr)

    def vals(self) -> Any:
        return _function("avals", ARRAY(types.Text()), self.expr)

    def array(self) -> Any:
        return _function("hstore_to_array", ARRAY(types.Text()), self.expr)

    def matrix(self) -> Any:
        return _function("hstore_to_matrix", ARRAY(types.Text(), dimensions=2), self.expr)


def _function(name: str, type_: TypeEngine[Any], *arguments: Any) -> Any:
    return getattr(func, name)(*arguments, type_=type_)


class HSTORE(UnknownToDrivers, Concatenable, Indexable, TypeEngine[dict[str, str | None]]):
    """Keys and values of text in one value."""

    operator_classes = (
        OperatorClass.BASE
        | OperatorClass.EQUALITY
        | OperatorClass.INDEXABLE
        | OperatorClass.CONTAINS
        | OperatorClass.CONCATENABLE
    )

    __visit_name__ = "HSTORE"
    hashable = False
    Comparator = HSTOREComparator
    comparator_factory = HSTOREComparator

    def __init__(self, text_type: Any = None) -> None:
        self.text_type: TypeEngine[Any] = to_instance(text_type) if text_type is not None else types.Text()

    def adapt_index(self, index: Any) -> Any:
        return HSTORE_GETITEM, index, self.text_type, self.text_type

    def adapt_operator(self, op: Any, other: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        return adapt_concatenable(self, op, other)

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return none_safe(_write_hstore)

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return none_safe(_read_hstore)


def _write_hstore(value: Any) -> Any:
    if not isinstance(value, dict):
        return value

    def quoted(text: Any) -> str:
        if text is None:
            return "NULL"
        if not isinstance(text, str):
            raise ValueError(f"{text!r} in hstore position is not a string.")
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    return ", ".join(f"{quoted(key)}=>{quoted(item)}" for key, item in value.items())


_PAIR = re.compile(r'"((?:\\.|[^"\\])*)"\s*=>\s*(?:"((?:\\.|[^"\\])*)"|NULL)', re.DOTALL)


def _read_hstore(value: Any) -> Any:
    if isinstance(value, dict):
        return value

    def plain(text: str) -> str:
        return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)

    return {plain(key): None if item is None else plain(item) for key, item in _pairs(value)}


def _pairs(text: str) -> list[tuple[str, str | None]]:
    return [(found.group(1), found.group(2)) for found in _PAIR.finditer(text)]
