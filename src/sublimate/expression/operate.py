"""What each operator builds. Every function here is pure: operands in, a new expression out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sublimate import exc
from sublimate.operators import custom_op
from sublimate.operators import functions as f
from sublimate.operators.table import negation
from sublimate.types import MatchType
from sublimate.types.base import NULLTYPE, TypeEngine
from sublimate.types.boolean import BOOLEANTYPE
from sublimate.types.enum import Enum
from sublimate.types.string import STRINGTYPE, String

from .binary import (
    BinaryExpression,
    BooleanClauseList,
    ClauseList,
    CollationClause,
    CollectionAggregate,
    Comparison,
    ExpressionClauseList,
    Grouping,
    OperatorExpression,
    Slice,
    Tuple,
    UnaryExpression,
)
from .coerce import compared_type, condition, constant, element_of, expression, operand
from .column import NamedColumn
from .element import COMPARE_VALUE, DIRECT, OPERATIONS, REVERSE_OPERATIONS, ColumnElement, is_plain
from .literal import FALSE, NULL, TRUE, BindParameter, BoundList, BoundValue, False_, Null, True_, literal
from .node import Node
from .permitted import check_custom, refused_operators, warn_of_operator


def _compare(expr: Any, op: Any, other: Any, reverse: bool = False, **modifiers: Any) -> Any:
    cls, type_ = other.__class__, expr.type
    if cls in DIRECT.get(type_.__class__, ()):
        return compare_value(expr, op, other)
    if cls in _PLAIN_CLASSES:
        left = expr if expr._is_atomic else expr.self_group(against=op)
        found = compared_type(type_, op, other)
        if found is type_:
            _compares_directly(type_, cls)
        return Comparison(left, BoundValue(expr._bind_base, other, found), op)
    if isinstance(other, NamedColumn) and expr._is_atomic and not modifiers:
        return Comparison(other, expr, op) if reverse else Comparison(expr, other, op)
    if other is None or isinstance(other, (bool, Null, True_, False_)):
        special = _compare_constant(expr, op, other)
        if special is not None:
            return special
    right = operand(other, expr, op)
    if reverse:
        return BinaryExpression(right, expr, op, BOOLEANTYPE, modifiers=modifiers)
    return BinaryExpression(expr, right, op, BOOLEANTYPE, modifiers=modifiers)


def compare_value(expr: Any, op: Any, value: Any) -> Comparison:
    """A comparison with a plain value of the expression's own type."""
    left = expr if expr._is_atomic else expr.self_group(against=op)
    return Comparison(left, BoundValue(expr._bind_base, value, expr.type), op)


COMPARE_VALUE.append(compare_value)


def _compares_directly(type_: Any, value_class: type) -> None:
    """Remember that values of a class take this class of type, if nothing about the type may say otherwise."""
    cls = type_.__class__
    if cls.coerce_compared_value is TypeEngine.coerce_compared_value and is_plain(cls.comparator_factory):
        DIRECT.setdefault(cls, set()).add(value_class)


_PLAIN_CLASSES = frozenset({int, str, float, bytes})


def _compare_constant(expr: Any, op: Any, other: Any) -> Any:
    """Comparisons with None, True and False: `= NULL` is written `IS NULL`."""
    if op in (f.is_distinct_from, f.is_not_distinct_from):
        return BinaryExpression(expr, constant(other), op, BOOLEANTYPE)
    if isinstance(other, (bool, True_, False_)):
        if op in (f.eq, f.ne, f.is_, f.is_not):
            return BinaryExpression(expr, constant(other), op, BOOLEANTYPE)
        raise exc.ArgumentError(_NOT_WITH_CONSTANTS)
    if other is None or isinstance(other, Null):
        if op in (f.eq, f.is_):
            return BinaryExpression(expr, NULL, f.is_, BOOLEANTYPE)
        if op in (f.ne, f.is_not):
            return BinaryExpression(expr, NULL, f.is_not, BOOLEANTYPE)
        raise exc.ArgumentError(_NOT_WITH_CONSTANTS)
    return None


_NOT_WITH_CONSTANTS = (
    "Only '=', '!=', 'is_()', 'is_not()', 'is_distinct_from()', 'is_not_distinct_from()' operators can be used with "
    "None/True/False"
)


def _is(expr: Any, op: Any, other: Any) -> Any:
    if other is None or isinstance(other, (bool, Null, True_, False_)):
        special = _compare_constant(expr, op, other)
        if special is not None:
            return special
    return BinaryExpression(expr, operand(other, expr, op), op, BOOLEANTYPE)


def _arithmetic(expr: Any, op: Any, other: Any) -> Any:
    right = operand(other, expr, op)
    return _combined(expr, op, right)


def _reverse_arithmetic(expr: Any, op: Any, other: Any) -> Any:
    left = operand(other, expr, op)
    return _combined(left, op, expr)


def _combined(left: Any, op: Any, right: Any) -> Any:
    op, type_ = left.type.adapt_operator(op, right.type)
    if op is f.concat_op:
        return _flattened(left, op, right, type_)
    return BinaryExpression(left, right, op, type_)


def _flattened(left: Any, op: Any, right: Any, type_: TypeEngine[Any]) -> Any:
    parts: list[Any] = []
    for side in (left, right):
        of_one_kind = (
            getattr(side, "operator", None) is op and type_._type_affinity is side.type._type_affinity
        )
        if of_one_kind and isinstance(side, ExpressionClauseList):
            parts.extend(side.clauses)
        elif of_one_kind and isinstance(side, BinaryExpression) and not side._modifiers:
            parts.extend((side.left, side.right))
        else:
            parts.append(side.self_group(against=op))
    if len(parts) == 2:
        return BinaryExpression(parts[0], parts[1], op, type_)
    return ExpressionClauseList(op, parts, type_)


def _custom(expr: Any, op: custom_op, other: Any, **modifiers: Any) -> Any:
    check_custom(expr.type, op)
    return _with_custom(expr, op, operand(other, expr, op), **modifiers)


def _reverse_custom(expr: Any, op: custom_op, other: Any) -> Any:
    return _with_custom(operand(other, expr, op), op, expr)


def _with_custom(left: Any, op: custom_op, right: Any, **modifiers: Any) -> Any:
    if op.return_type is not None:
        type_ = op.return_type
    elif op.is_comparison:
        type_ = BOOLEANTYPE
    else:
        _, type_ = left.type.adapt_operator(op, right.type)
    return BinaryExpression(left, right, op, type_, modifiers=modifiers)


def _boolean(expr: Any, op: Any, other: Any) -> Any:
    return BooleanClauseList.joined(op, (expr, condition(other)))


def as_condition(expr: Any) -> Any:
    """The expression as a condition: a boolean value becomes `value` or `value = 1`, as the dialect needs."""
    return expr if isinstance(expr, OperatorExpression) else expr.self_group(against=f.asbool)


def not_(clause: Any) -> ColumnElement[bool]:
    """NOT of a condition, written with the opposite operator where there is one."""
    element = expression(clause) if isinstance(clause, bool) else condition(clause)
    if f.inv in refused_operators(getattr(element, "type", NULLTYPE)):
        warn_of_operator(element.type, f.inv)
    negated: ColumnElement[bool] = _invert(element, f.inv)
    return negated


def _invert(expr: Any, op: Any) -> Any:
    if isinstance(expr, True_):
        return FALSE
    if isinstance(expr, False_):
        return TRUE
    negate = getattr(expr, "_negate", None)
    return UnaryExpression(expr, operator=f.inv) if negate is None else negate()


def _prefix(expr: Any, op: Any) -> Any:
    return UnaryExpression(expr, operator=op, type_=expr.type)


def _ordering(expr: Any, op: Any) -> Any:
    if expr._is_atomic:
        new: UnaryExpression[Any] = object.__new__(UnaryExpression)
        new.operator, new.modifier, new.element, new.type = None, op, expr, NULLTYPE
        return new
    return UnaryExpression(expr, modifier=op)


def _distinct(expr: Any, op: Any) -> Any:
    return UnaryExpression(expr, operator=f.distinct_op, type_=expr.type)


def _collate(expr: Any, op: Any, collation: str, collation_schema: str | None = None) -> Any:
    type_ = expr.type
    if isinstance(type_, String) and not isinstance(type_, Enum):
        type_ = type_.adapt(type(type_), collation=collation)
    return BinaryExpression(expr, CollationClause(collation, collation_schema), f.collate, type_)


def _like(expr: Any, op: Any, other: Any, escape: str | None = None) -> Any:
    if other is None or isinstance(other, (bool, Null, True_, False_)):
        return _compare_constant(expr, op, other)
    return BinaryExpression(expr, operand(other, expr, op), op, BOOLEANTYPE, modifiers={"escape": escape})


def _string_match(
    expr: Any, op: Any, other: Any, escape: str | None = None, autoescape: bool = False, **_: Any
) -> Any:
    if other is None:
        return _compare_constant(expr, op, other)
    if autoescape:
        if not isinstance(other, str):
            raise TypeError("String value expected when autoescape=True")
        escape = "/" if escape is None else escape
        if escape not in ("%", "_"):
            other = other.replace(escape, escape + escape)
        other = other.replace("%", escape + "%").replace("_", escape + "_")
    right = operand(other, expr, op)
    if right._is_bind_parameter and right.type._isnull and op not in _PREFIX_MATCHES:
        right = right._with(type=STRINGTYPE)  # as the `'%' ||` before it makes it
    return BinaryExpression(expr, right, op, BOOLEANTYPE, modifiers={"escape": escape})


_PREFIX_MATCHES = (f.startswith_op, f.not_startswith_op)


def _match(expr: Any, op: Any, other: Any, **modifiers: Any) -> Any:
    result: TypeEngine[Any] = MatchType() if op is f.match_op else NULLTYPE
    return BinaryExpression(expr, operand(other, expr, op), op, result, modifiers=modifiers)


def _regexp_replace(
    expr: Any, op: Any, pattern: Any, replacement: Any = None, flags: str | None = None
) -> Any:
    parts = [operand(part, expr, op).self_group(against=f.comma_op) for part in (pattern, replacement)]
    pair: Any = ExpressionClauseList(f.comma_op, parts, NULLTYPE, group=False)
    return BinaryExpression(expr, pair, op, NULLTYPE, modifiers={"flags": flags})


def _between(expr: Any, op: Any, low: Any, high: Any, symmetric: bool = False) -> Any:
    bounds = (operand(low, expr, f.and_), operand(high, expr, f.and_))
    pair: Any = ExpressionClauseList(f.and_, bounds, NULLTYPE, group=False)
    return BinaryExpression(expr, pair, op, NULLTYPE, modifiers={"symmetric": symmetric})


def _in(expr: Any, op: Any, other: Any) -> Any:
    if other.__class__ in _LISTS and _PLAIN_CLASSES.issuperset(map(type, other)):
        values = list(other)
        type_ = (
            compared_type(expr.type, op, values[0]) if values and not expr.type._is_tuple_type else expr.type
        )
        right: Any = BoundList(expr._bind_base, values, type_, op)
    else:
        right = _in_right(expr, op, other)
    if expr._is_atomic and right._is_bind_parameter:
        return Comparison(expr, right, op)
    return BinaryExpression(expr, right, op, BOOLEANTYPE)


_LISTS = frozenset({list, tuple, set, frozenset})


def _in_right(expr: Any, op: Any, other: Any) -> Any:
    if isinstance(other, Node) or not isinstance(other, (list, tuple, set, frozenset)):
        element = other if isinstance(other, Node) else element_of(other)
        if element is not None:
            if hasattr(element, "as_in_operand"):
                return element.as_in_operand()
            if isinstance(element, BindParameter):
                bind = element._with(expanding=True, expand_op=op)
                return bind._with(type=expr.type) if bind.type._isnull else bind
            if isinstance(element, (ClauseList, Tuple, Grouping)):
                return element.self_group(against=op)
            raise exc.ArgumentError(
                f"IN expression list, SELECT construct, or bound parameter object expected, got {other!r}."
            )
        if isinstance(other, (str, bytes)) or not isinstance(other, Iterable):
            raise exc.ArgumentError(
                f"IN expression list, SELECT construct, or bound parameter object expected, got {other!r}."
            )
    values = list(other)
    if not _PLAIN_CLASSES.issuperset(map(type, values)) and any(
        isinstance(v, Node) or (v is not None and element_of(v) is not None) for v in values
    ):
        for value in values:
            if getattr(value, "is_select", False) or getattr(value, "__visit_name__", "") == "subquery":
                raise exc.ArgumentError(
                    f"IN expression list, SELECT construct, or bound parameter object expected, got {other!r}. "
                    "A SELECT is the right side itself; in a list it must be a scalar_subquery()."
                )
        return ClauseList(*[operand(v, expr, op) for v in values], operator=f.comma_op).self_group(against=op)
    return BoundList(expr._bind_base, values, _in_type(expr, op, values), op)


def _in_type(expr: Any, op: Any, values: list[Any]) -> TypeEngine[Any]:
    first = next((v for v in values if v is not None), None)
    if first is None or expr.type._is_tuple_type:
        found: TypeEngine[Any] = expr.type
        return found
    return compared_type(expr.type, op, first)


def _getitem(expr: Any, op: Any, index: Any) -> Any:
    plan = expr.type.adapt_index(index)
    if plan is None:
        raise NotImplementedError("Operator 'getitem' is not supported on this expression")
    op, index, bind_type, result_type = plan
    if isinstance(index, slice):
        expr = expr.self_group(against=op)
        parts = [None if v is None else operand(v, expr, op) for v in (index.start, index.stop, index.step)]
        return BinaryExpression(expr, Slice(*parts), op, result_type)
    return BinaryExpression(expr, operand(index, expr, op, bind_type), op, result_type)


def _index(expr: Any, op: Any, other: Any, result_type: TypeEngine[Any] | None = None) -> Any:
    return BinaryExpression(expr, operand(other, expr, op), op, result_type or expr.type)


def _aggregate(expr: Any, op: Any) -> Any:
    return collection_aggregate(expr, op)


def collection_aggregate(expr: Any, op: Any) -> CollectionAggregate:
    """ANY or ALL of an array or a subquery."""
    element: Any = expr if isinstance(expr, Node) else element_of(expr)
    if element is None:
        element = literal(expr)
    element = element.as_operand()
    item = getattr(element.type, "item_type", element.type)
    grouped = element.self_group(against=op)
    if element.__visit_name__ not in ("scalar_select", "grouping") and grouped is element:
        grouped = Grouping(element)
    new: CollectionAggregate = object.__new__(CollectionAggregate)
    new.__dict__.update(element=grouped, operator=op, modifier=None, item_type=item)
    return new


def _unsupported(expr: Any, op: Any, other: Any) -> Any:
    raise NotImplementedError(f"Operator '{op.__name__}' is not supported on this expression")


for _op in (f.eq, f.ne, f.lt, f.le, f.gt, f.ge, f.is_distinct_from, f.is_not_distinct_from):
    OPERATIONS[_op] = _compare
for _op in (f.is_, f.is_not):
    OPERATIONS[_op] = _is
for _op in (f.add, f.sub, f.mul, f.truediv, f.floordiv, f.mod, f.concat_op,
            f.bitwise_and_op, f.bitwise_or_op, f.bitwise_xor_op, f.bitwise_lshift_op, f.bitwise_rshift_op):  # fmt: skip
    OPERATIONS[_op] = _arithmetic
    REVERSE_OPERATIONS[_op] = _reverse_arithmetic
for _op in (f.like_op, f.not_like_op, f.ilike_op, f.not_ilike_op):
    OPERATIONS[_op] = _like
for _op in (f.startswith_op, f.istartswith_op, f.endswith_op, f.iendswith_op, f.contains_op, f.icontains_op,
            f.not_startswith_op, f.not_endswith_op, f.not_contains_op):  # fmt: skip
    OPERATIONS[_op] = _string_match
for _op in (f.asc_op, f.desc_op, f.nulls_first_op, f.nulls_last_op):
    OPERATIONS[_op] = _ordering
for _op in (f.in_op, f.not_in_op):
    OPERATIONS[_op] = _in
for _op in (f.between_op, f.not_between_op):
    OPERATIONS[_op] = _between
for _op in (f.and_, f.or_):
    OPERATIONS[_op] = _boolean
for _op in (f.match_op, f.not_match_op, f.regexp_match_op, f.not_regexp_match_op):
    OPERATIONS[_op] = _match
for _op in (f.neg, f.bitwise_not_op):
    OPERATIONS[_op] = _prefix
for _op in (f.any_op, f.all_op):
    OPERATIONS[_op] = _aggregate
OPERATIONS.update(
    {
        f.inv: _invert,
        f.distinct_op: _distinct,
        f.collate: _collate,
        f.regexp_replace_op: _regexp_replace,
        f.getitem: _getitem,
        f.json_getitem_op: _index,
        f.json_path_getitem_op: _index,
        f.matmul: _unsupported,
        f.contains: _unsupported,
        f.lshift: _unsupported,
        f.rshift: _unsupported,
        custom_op: _custom,
    }
)

for _op in (f.matmul, f.lshift, f.rshift):
    REVERSE_OPERATIONS[_op] = _unsupported
REVERSE_OPERATIONS[custom_op] = _reverse_custom

__all__ = ["NULLTYPE", "as_condition", "collection_aggregate", "negation", "not_"]
