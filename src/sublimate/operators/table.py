"""What is known of each operator, as data: SQL text, precedence, negation, mirror, and its kind.

Precedences are those of SQLAlchemy's output: a child expression is parenthesised when its operator does not bind
tighter than its parent's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import functions as f

Operator = Callable[..., Any]


class OperatorFacts:
    """One operator's line of the table; ``grouped``: takes parentheses inside any other expression."""

    __slots__ = (
        "associative",
        "commutative",
        "comparison",
        "grouped",
        "mirror",
        "negation",
        "precedence",
        "sql",
    )

    def __init__(
        self,
        sql: str | None,
        precedence: int,
        negation: Operator | None = None,
        mirror: Operator | None = None,
        comparison: bool = False,
        associative: bool = False,
        commutative: bool = False,
        grouped: bool = False,
    ) -> None:
        self.sql = sql
        self.precedence = precedence
        self.negation = negation
        self.mirror = mirror
        self.comparison = comparison
        self.associative = associative
        self.commutative = commutative
        self.grouped = grouped


def _cmp(
    sql: str | None,
    negation: Operator | None = None,
    mirror: Operator | None = None,
    commutative: bool = False,
) -> OperatorFacts:
    return OperatorFacts(sql, 5, negation, mirror, comparison=True, commutative=commutative)


def _match(sql: str, negation: Operator) -> OperatorFacts:
    """LIKE with a concatenation on its right: always in parentheses inside another expression, as are its operands."""
    return OperatorFacts(sql, 20, negation, comparison=True, grouped=True)


FACTS: dict[Operator, OperatorFacts] = {
    f.eq: _cmp(" = ", f.ne, f.eq, commutative=True),
    f.ne: _cmp(" != ", f.eq, f.ne, commutative=True),
    f.lt: _cmp(" < ", f.ge, f.gt),
    f.le: _cmp(" <= ", f.gt, f.ge),
    f.gt: _cmp(" > ", f.le, f.lt),
    f.ge: _cmp(" >= ", f.lt, f.le),
    f.is_: _cmp(" IS ", f.is_not, f.is_),
    f.is_not: _cmp(" IS NOT ", f.is_, f.is_not),
    f.is_distinct_from: _cmp(" IS DISTINCT FROM ", f.is_not_distinct_from),
    f.is_not_distinct_from: _cmp(" IS NOT DISTINCT FROM ", f.is_distinct_from),
    f.like_op: _cmp(" LIKE ", f.not_like_op),
    f.not_like_op: _cmp(" NOT LIKE ", f.like_op),
    f.ilike_op: _cmp(" ILIKE ", f.not_ilike_op),
    f.not_ilike_op: _cmp(" NOT ILIKE ", f.ilike_op),
    f.startswith_op: _match(" LIKE ", f.not_startswith_op),
    f.not_startswith_op: _match(" NOT LIKE ", f.startswith_op),
    f.istartswith_op: _match(" LIKE ", f.not_istartswith_op),
    f.not_istartswith_op: _match(" NOT LIKE ", f.istartswith_op),
    f.endswith_op: _match(" LIKE ", f.not_endswith_op),
    f.not_endswith_op: _match(" NOT LIKE ", f.endswith_op),
    f.iendswith_op: _match(" LIKE ", f.not_iendswith_op),
    f.not_iendswith_op: _match(" NOT LIKE ", f.iendswith_op),
    f.contains_op: _match(" LIKE ", f.not_contains_op),
    f.not_contains_op: _match(" NOT LIKE ", f.contains_op),
    f.icontains_op: _match(" LIKE ", f.not_icontains_op),
    f.not_icontains_op: _match(" NOT LIKE ", f.icontains_op),
    f.in_op: _cmp(" IN ", f.not_in_op),
    f.not_in_op: _cmp(" NOT IN ", f.in_op),
    f.between_op: _cmp(" BETWEEN ", f.not_between_op),
    f.not_between_op: _cmp(" NOT BETWEEN ", f.between_op),
    f.match_op: _cmp(" MATCH ", f.not_match_op),
    f.not_match_op: _cmp(" NOT MATCH ", f.match_op),
    f.regexp_match_op: _cmp(" <regexp> ", f.not_regexp_match_op),
    f.not_regexp_match_op: _cmp(" <not regexp> ", f.regexp_match_op),
    f.regexp_replace_op: OperatorFacts(None, 5),
    f.is_true: OperatorFacts("", 5, f.is_false),
    f.is_false: OperatorFacts("NOT ", 5, f.is_true),
    f.inv: OperatorFacts("NOT ", 5),
    f.distinct_op: OperatorFacts("DISTINCT ", 5),
    f.concat_op: OperatorFacts(" || ", 5, associative=True),
    f.add: OperatorFacts(" + ", 7, associative=True, commutative=True),
    f.sub: OperatorFacts(" - ", 7),
    f.mul: OperatorFacts(" * ", 8, associative=True, commutative=True),
    f.truediv: OperatorFacts(" / ", 8),
    f.floordiv: OperatorFacts(" // ", 8),
    f.mod: OperatorFacts(" % ", 8),
    f.neg: OperatorFacts("-", 8),
    f.matmul: OperatorFacts(" @ ", 7),
    f.pow_: OperatorFacts(None, 15),
    f.lshift: OperatorFacts(" << ", 7),
    f.rshift: OperatorFacts(" >> ", 7),
    f.bitwise_and_op: OperatorFacts(" & ", 7, commutative=True),
    f.bitwise_or_op: OperatorFacts(" | ", 7, commutative=True),
    f.bitwise_xor_op: OperatorFacts(" ^ ", 7, commutative=True),
    f.bitwise_lshift_op: OperatorFacts(" << ", 7),
    f.bitwise_rshift_op: OperatorFacts(" >> ", 7),
    f.bitwise_not_op: OperatorFacts("~", 8),
    f.null_op: OperatorFacts(" ", 7),
    f.filter_op: OperatorFacts(" FILTER ", 6),
    f.and_: OperatorFacts(" AND ", 3, associative=True, commutative=True),
    f.or_: OperatorFacts(" OR ", 2, associative=True, commutative=True),
    f.comma_op: OperatorFacts(", ", -1, associative=True),
    f.as_: OperatorFacts(" AS ", -1),
    f.from_: OperatorFacts(" FROM ", 15),
    f.collate: OperatorFacts(" COLLATE ", 4),
    f.desc_op: OperatorFacts(" DESC", 3),
    f.asc_op: OperatorFacts(" ASC", 3),
    f.nulls_first_op: OperatorFacts(" NULLS FIRST", 100),
    f.nulls_last_op: OperatorFacts(" NULLS LAST", 100),
    f.any_op: OperatorFacts("ANY ", 15),
    f.all_op: OperatorFacts("ALL ", 15),
    f.exists: OperatorFacts("EXISTS ", 0),
    f.asbool: OperatorFacts("", -10),
    f.getitem: OperatorFacts(None, 15),
    f.json_getitem_op: OperatorFacts(None, 15),
    f.json_path_getitem_op: OperatorFacts(None, 15),
    f.function_as_comparison_op: OperatorFacts(None, 15, comparison=True),
}

_UNKNOWN = OperatorFacts(None, 4)
_ORDERING = {f.asc_op, f.desc_op, f.nulls_first_op, f.nulls_last_op}
_BOOLEAN = {f.and_, f.or_, f.inv, f.is_true, f.is_false}


def facts(operator: Operator) -> OperatorFacts:
    """What is known of an operator; a `custom_op` carries its own facts."""
    known = FACTS.get(operator)
    return known if known is not None else getattr(operator, "facts", _UNKNOWN)


def negation(operator: Operator) -> Operator | None:
    return facts(operator).negation


def mirror(operator: Operator) -> Operator:
    return facts(operator).mirror or operator


def is_comparison(operator: Operator) -> bool:
    return facts(operator).comparison


def is_associative(operator: Operator) -> bool:
    return facts(operator).associative


def is_commutative(operator: Operator) -> bool:
    return facts(operator).commutative


def is_ordering_modifier(operator: Operator) -> bool:
    return operator in _ORDERING


def is_boolean(operator: Operator) -> bool:
    return operator in _BOOLEAN or is_comparison(operator)


def is_natural_self_precedent(operator: Operator) -> bool:
    known = facts(operator)
    return known.associative or operator in (
        f.getitem,
        f.json_getitem_op,
        f.json_path_getitem_op,
        f.is_true,
        f.is_false,
    )


def is_precedent(operator: Operator, against: Operator | None) -> bool:
    """True if an expression of `operator` inside one of `against` needs parentheses."""
    known = facts(operator)
    if against is None or known.grouped:
        return True
    if operator is against and is_natural_self_precedent(operator):
        return False
    if operator in _ORDERING and against in _ORDERING:
        return False
    return known.precedence <= facts(against).precedence
