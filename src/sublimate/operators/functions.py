"""The operator functions. Each names an operation; called with operands it asks the first operand to perform it."""

from __future__ import annotations

from operator import (
    add,
    and_,
    contains,
    eq,
    floordiv,
    ge,
    getitem,
    gt,
    inv,
    le,
    lshift,
    lt,
    matmul,
    mod,
    mul,
    ne,
    neg,
    or_,
    rshift,
    sub,
    truediv,
)
from operator import pow as pow_
from typing import Any

__all__ = [
    "add", "all_op", "and_", "any_op", "as_", "asbool", "asc_op", "between_op", "bitwise_and_op", "bitwise_lshift_op",
    "bitwise_not_op", "bitwise_or_op", "bitwise_rshift_op", "bitwise_xor_op", "collate", "comma_op", "concat_op",
    "contains", "contains_op", "desc_op", "distinct_op", "endswith_op", "eq", "exists", "filter_op", "floordiv",
    "from_", "function_as_comparison_op", "ge", "getitem", "gt", "icontains_op", "iendswith_op", "ilike_op",
    "in_op", "inv", "is_", "is_distinct_from", "is_false", "is_not", "is_not_distinct_from", "is_true",
    "istartswith_op", "json_getitem_op", "json_path_getitem_op", "le", "like_op", "lshift", "lt", "match_op",
    "matmul", "mod", "mul", "ne", "neg", "not_between_op", "not_contains_op", "not_endswith_op",
    "not_icontains_op", "not_iendswith_op", "not_ilike_op", "not_in_op", "not_istartswith_op", "not_like_op",
    "not_match_op", "not_regexp_match_op", "not_startswith_op", "null_op", "nulls_first_op", "nulls_last_op",
    "op", "or_", "pow_", "regexp_match_op", "regexp_replace_op", "rshift", "startswith_op", "sub", "truediv",
]  # fmt: skip


def op(a: Any, opstring: str, b: Any) -> Any:
    return a.op(opstring)(b)


def _unary(name: str, method: str) -> Any:
    def operator(a: Any) -> Any:
        return getattr(a, method)()

    operator.__name__ = operator.__qualname__ = name
    return operator


def _binary(name: str, method: str) -> Any:
    def operator(a: Any, b: Any, **modifiers: Any) -> Any:
        return getattr(a, method)(b, **modifiers)

    operator.__name__ = operator.__qualname__ = name
    return operator


def _marker(name: str) -> Any:
    def operator(*operands: Any, **modifiers: Any) -> Any:
        raise TypeError(f"operator {name} is rendered by SQLAlchemy constructs, not called with values")

    operator.__name__ = operator.__qualname__ = name
    return operator


is_ = _binary("is_", "is_")
is_not = _binary("is_not", "is_not")
is_distinct_from = _binary("is_distinct_from", "is_distinct_from")
is_not_distinct_from = _binary("is_not_distinct_from", "is_not_distinct_from")
like_op = _binary("like_op", "like")
not_like_op = _binary("not_like_op", "not_like")
ilike_op = _binary("ilike_op", "ilike")
not_ilike_op = _binary("not_ilike_op", "not_ilike")
in_op = _binary("in_op", "in_")
not_in_op = _binary("not_in_op", "not_in")
startswith_op = _binary("startswith_op", "startswith")
istartswith_op = _binary("istartswith_op", "istartswith")
endswith_op = _binary("endswith_op", "endswith")
iendswith_op = _binary("iendswith_op", "iendswith")
contains_op = _binary("contains_op", "contains")
icontains_op = _binary("icontains_op", "icontains")
match_op = _binary("match_op", "match")
concat_op = _binary("concat_op", "concat")
bitwise_and_op = _binary("bitwise_and_op", "bitwise_and")
bitwise_or_op = _binary("bitwise_or_op", "bitwise_or")
bitwise_xor_op = _binary("bitwise_xor_op", "bitwise_xor")
bitwise_lshift_op = _binary("bitwise_lshift_op", "bitwise_lshift")
bitwise_rshift_op = _binary("bitwise_rshift_op", "bitwise_rshift")
bitwise_not_op = _unary("bitwise_not_op", "bitwise_not")
desc_op = _unary("desc_op", "desc")
asc_op = _unary("asc_op", "asc")
nulls_first_op = _unary("nulls_first_op", "nulls_first")
nulls_last_op = _unary("nulls_last_op", "nulls_last")
distinct_op = _unary("distinct_op", "distinct")
any_op = _unary("any_op", "any_")
all_op = _unary("all_op", "all_")


def between_op(a: Any, b: Any, c: Any, symmetric: bool = False) -> Any:
    return a.between(b, c, symmetric=symmetric)


def not_between_op(a: Any, b: Any, c: Any, symmetric: bool = False) -> Any:
    return ~a.between(b, c, symmetric=symmetric)


def collate(a: Any, b: Any, collation_schema: str | None = None) -> Any:
    return a.collate(b, collation_schema)


def regexp_match_op(a: Any, b: Any, flags: str | None = None) -> Any:
    return a.regexp_match(b, flags=flags)


def regexp_replace_op(a: Any, b: Any, replacement: Any, flags: str | None = None) -> Any:
    return a.regexp_replace(b, replacement, flags=flags)


not_startswith_op = _marker("not_startswith_op")
not_istartswith_op = _marker("not_istartswith_op")
not_endswith_op = _marker("not_endswith_op")
not_iendswith_op = _marker("not_iendswith_op")
not_contains_op = _marker("not_contains_op")
not_icontains_op = _marker("not_icontains_op")
not_match_op = _marker("not_match_op")
not_regexp_match_op = _marker("not_regexp_match_op")
is_true = _marker("is_true")
is_false = _marker("is_false")
comma_op = _marker("comma_op")
filter_op = _marker("filter_op")
null_op = _marker("null_op")
from_ = _marker("from_")
as_ = _marker("as_")
exists = _marker("exists")
asbool = _marker("asbool")
function_as_comparison_op = _marker("function_as_comparison_op")
json_getitem_op = _marker("json_getitem_op")
json_path_getitem_op = _marker("json_path_getitem_op")
