"""OperatorClass: the groups of operators, of which each type says which it has."""

from __future__ import annotations

import enum
from collections.abc import Callable
from functools import cache
from typing import Any

from . import functions as f


class OperatorClass(enum.Flag):
    """Groups of operators; `operator_classes` of a type says which its expressions have."""

    UNSPECIFIED = enum.auto()
    BASE = enum.auto()
    BOOLEAN_ALGEBRA = enum.auto()
    EQUALITY = enum.auto()
    ORDERING = enum.auto()
    INDEXABLE = enum.auto()
    CONTAINS = enum.auto()
    CONCATENABLE = enum.auto()
    STRING_MATCH = enum.auto()
    MATH = enum.auto()
    BITWISE = enum.auto()
    DATE_ARITHEMETIC = enum.auto()
    JSON_GETITEM = enum.auto()
    COMPARISON = EQUALITY | ORDERING
    STRING = BASE | COMPARISON | INDEXABLE | CONTAINS | CONCATENABLE | STRING_MATCH
    INTEGER = BASE | COMPARISON | MATH | BITWISE
    NUMERIC = INTEGER
    BOOLEAN = BASE | COMPARISON | BOOLEAN_ALGEBRA
    BINARY = BASE | COMPARISON | INDEXABLE | CONTAINS | CONCATENABLE
    DATETIME = BASE | COMPARISON | DATE_ARITHEMETIC
    JSON = BASE | COMPARISON | INDEXABLE | JSON_GETITEM
    ARRAY = BINARY
    TUPLE = BINARY
    ANY = (
        BASE | BOOLEAN_ALGEBRA | COMPARISON | INDEXABLE | CONTAINS | CONCATENABLE | STRING_MATCH | MATH | BITWISE | DATE_ARITHEMETIC
        | JSON_GETITEM
    )  # fmt: skip


_MEMBERS: dict[OperatorClass, tuple[Callable[..., Any], ...]] = {
    OperatorClass.BASE: (f.is_, f.is_not, f.is_distinct_from, f.is_not_distinct_from, f.null_op),
    OperatorClass.BOOLEAN_ALGEBRA: (f.and_, f.or_, f.inv),
    OperatorClass.EQUALITY: (f.eq, f.ne, f.in_op, f.not_in_op, f.any_op, f.all_op, f.distinct_op),
    OperatorClass.ORDERING: (
        f.lt, f.le, f.gt, f.ge, f.between_op, f.not_between_op, f.asc_op, f.desc_op, f.nulls_first_op, f.nulls_last_op,
    ),
    OperatorClass.INDEXABLE: (f.getitem,),
    OperatorClass.CONTAINS: (f.contains, f.contains_op, f.not_contains_op, f.icontains_op, f.not_icontains_op),
    OperatorClass.CONCATENABLE: (f.add, f.concat_op),
    OperatorClass.STRING_MATCH: (
        f.like_op, f.not_like_op, f.ilike_op, f.not_ilike_op, f.startswith_op, f.not_startswith_op, f.istartswith_op,
        f.not_istartswith_op, f.endswith_op, f.not_endswith_op, f.iendswith_op, f.not_iendswith_op, f.match_op, f.not_match_op,
        f.regexp_match_op, f.not_regexp_match_op, f.regexp_replace_op, f.collate,
    ),
    OperatorClass.MATH: (f.add, f.sub, f.mul, f.truediv, f.floordiv, f.mod, f.neg, f.pow_, f.matmul),
    OperatorClass.BITWISE: (
        f.add, f.concat_op, f.inv, f.lshift, f.rshift, f.bitwise_and_op, f.bitwise_or_op, f.bitwise_xor_op, f.bitwise_not_op,
        f.bitwise_lshift_op, f.bitwise_rshift_op,
    ),
    OperatorClass.DATE_ARITHEMETIC: (f.add, f.sub),
}  # fmt: skip
_ALL = frozenset(operator for members in _MEMBERS.values() for operator in members)


@cache
def refused_by(classes: OperatorClass) -> frozenset[Callable[..., Any]]:
    """The operators that are in none of these classes."""
    return _ALL - {operator for one in classes for operator in _MEMBERS.get(one, ())}
