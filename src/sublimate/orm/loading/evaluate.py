"""SQL conditions and values evaluated in Python on loaded objects, for `synchronize_session="evaluate"`."""

from __future__ import annotations

import operator as py
from collections.abc import Callable
from typing import Any

from sublimate import exc
from sublimate.operators import functions as f
from sublimate.orm.state import lacks

Evaluator = Callable[[Any], Any]


class UnevaluatableError(exc.InvalidRequestError):
    """The expression can only be evaluated by the database."""


class _Expired:
    """Stands for a value that is not loaded."""

    def __repr__(self) -> str:
        return "EXPIRED"


EXPIRED = _Expired()

_BINARY: dict[Any, Callable[[Any, Any], Any]] = {
    f.eq: py.eq, f.ne: py.ne, f.lt: py.lt, f.le: py.le, f.gt: py.gt, f.ge: py.ge,
    f.concat_op: py.add, f.add: py.add, f.sub: py.sub, f.mul: py.mul, f.truediv: py.truediv, f.mod: py.mod,
}  # fmt: skip


def evaluator(expression: Any, mapper: Any) -> Evaluator:
    """A function from an object to the expression's value; `UnevaluatableError` if only the database knows."""
    make = _MAKERS.get(expression.__visit_name__)
    if make is None:
        raise UnevaluatableError(f"Cannot evaluate {type(expression).__name__}")
    return make(expression, mapper)


def conjunction(conditions: tuple[Any, ...], mapper: Any) -> Evaluator:
    """All conditions at once: True, False, None (unknown) or EXPIRED."""
    return _and([evaluator(c, mapper) for c in conditions])


def _column(column: Any, mapper: Any) -> Evaluator:
    inner = getattr(column, "column", column)
    entity = getattr(column, "entity", None)
    if entity is not None and (
        entity.is_aliased_class or not (mapper.isa(entity.mapper) or entity.mapper.isa(mapper))
    ):
        raise UnevaluatableError(f"Can't evaluate criteria against alternate class {entity.mapper.class_}")
    key = mapper.key_of.get(inner)
    if key is None:
        raise UnevaluatableError(f"Cannot evaluate column: {column}")

    def get(obj: Any) -> Any:
        return EXPIRED if lacks(obj, key) else obj.__dict__[key]

    return get


def _bind(bind: Any, mapper: Any) -> Evaluator:
    value = bind.effective_value
    return lambda obj: value


def _constant(value: Any) -> Callable[[Any, Any], Evaluator]:
    return lambda node, mapper: lambda obj: value


def _and(parts: list[Evaluator]) -> Evaluator:
    def evaluate(obj: Any) -> Any:
        unknown = False
        for part in parts:
            value = part(obj)
            if value is EXPIRED:
                return EXPIRED
            if value is None:
                unknown = True
            elif not value:
                return False
        return None if unknown else True

    return evaluate


def _or(parts: list[Evaluator]) -> Evaluator:
    def evaluate(obj: Any) -> Any:
        unknown = False
        for part in parts:
            value = part(obj)
            if value is EXPIRED:
                return EXPIRED
            if value:
                return True
            unknown = unknown or value is None
        return None if unknown else False

    return evaluate


def _clauses(node: Any, mapper: Any) -> Evaluator:
    parts = [evaluator(c, mapper) for c in node.clauses]
    if node.operator is f.and_:
        return _and(parts)
    if node.operator is f.or_:
        return _or(parts)
    raise UnevaluatableError(f"Cannot evaluate clauselist with operator {node.operator}")


def _in(node: Any, mapper: Any, negate: bool) -> Evaluator:
    left = evaluator(node.left, mapper)
    if not getattr(node.right, "_is_bind_parameter", False):
        raise UnevaluatableError("Cannot evaluate IN with a subquery")
    values = list(node.right.effective_value or ())

    def evaluate(obj: Any) -> Any:
        value = left(obj)
        if value is EXPIRED or value is None:
            return value
        return (value in values) is not negate

    return evaluate


def _binary(node: Any, mapper: Any) -> Evaluator:
    op = node.operator
    if op in (f.in_op, f.not_in_op):
        return _in(node, mapper, op is f.not_in_op)
    left, right = evaluator(node.left, mapper), evaluator(node.right, mapper)
    if op in (f.is_, f.is_not):
        negate = op is f.is_not

        def identical(obj: Any) -> Any:
            a, b = left(obj), right(obj)
            if a is EXPIRED or b is EXPIRED:
                return EXPIRED
            return (a == b) is not negate

        return identical
    function = _BINARY.get(op)
    if function is None:
        raise UnevaluatableError(f"Cannot evaluate binary with operator {getattr(op, '__name__', op)}")

    def evaluate(obj: Any) -> Any:
        a, b = left(obj), right(obj)
        if a is EXPIRED or b is EXPIRED:
            return EXPIRED
        return None if a is None or b is None else function(a, b)

    return evaluate


def _unary(node: Any, mapper: Any) -> Evaluator:
    inner = evaluator(node.element, mapper)
    if node.operator is not f.inv:
        raise UnevaluatableError(f"Cannot evaluate unary with operator {node.operator}")

    def evaluate(obj: Any) -> Any:
        value = inner(obj)
        return value if value is EXPIRED or value is None else not value

    return evaluate


_MAKERS: dict[str, Callable[[Any, Any], Evaluator]] = {
    "column": _column,
    "entity_column": _column,
    "bindparam": _bind,
    "null": _constant(None),
    "true": _constant(True),
    "false": _constant(False),
    "clauselist": _clauses,
    "binary": _binary,
    "unary": _unary,
    "grouping": lambda node, mapper: evaluator(node.element, mapper),
}
