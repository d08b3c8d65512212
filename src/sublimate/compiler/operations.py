"""Rendering of operations: LEFT OP RIGHT, and the operators that are written otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate import exc
from sublimate.operators import custom_op
from sublimate.operators import functions as f
from sublimate.operators.table import FACTS
from sublimate.types.json import JSON
from sublimate.types.numeric import Float, Integer, Numeric
from sublimate.util.warnings import warn

from .registry import Render, renders
from .rendering import Rendering

#: operator -> renderer(binary, ctx) where a plain "left OP right" will not do; a dialect may overlay it
OPERATOR_RENDERS: dict[str, dict[Any, Render]] = {"": {}}


def renders_operator(*operators: Any, dialect: str = "") -> Callable[[Render], Render]:
    """Register how binary expressions of these operators are written, on one dialect or on all."""

    def register(function: Render) -> Render:
        table = OPERATOR_RENDERS.setdefault(dialect, {})
        for operator in operators:
            table[operator] = function
        return function

    return register


def operator_text(operator: Any, ctx: Rendering) -> str:
    if isinstance(operator, custom_op):
        return f" {ctx.percent(operator.opstring)} "
    text = FACTS[operator].sql
    if text is None:
        raise exc.UnsupportedCompilationError(ctx.dialect_name, operator)
    return ctx.percent(text)


_LIKE = (f.like_op, f.not_like_op)


@renders("binary")
def render_binary(binary: Any, ctx: Rendering, **kw: Any) -> str:
    operator = binary.operator
    special = OPERATOR_RENDERS.get(ctx.dialect_name, {}).get(operator) or OPERATOR_RENDERS[""].get(operator)
    kw.pop("order_by", None)
    if special is not None:
        return special(binary, ctx, **kw)
    if operator in _LIKE:
        left, right = both(binary, ctx, kw)
        text = f"{left}{FACTS[operator].sql}{right}"
    else:
        text = joined(
            binary, ctx, operator_text(operator, ctx), kw, eager=getattr(operator, "eager_grouping", False)
        )
    escape = dict(binary._modifiers).get("escape") if binary._modifiers else None
    if escape is not None:
        text += " ESCAPE " + string_literal(escape, ctx)
    return text


def string_literal(value: str, ctx: Rendering) -> str:
    value = value.replace("'", "''")
    if ctx.dialect.backslash_escapes:
        value = value.replace("\\", "\\\\")
    return "'" + ctx.percent(value) + "'"


def sides(binary: Any, ctx: Rendering, kw: dict[str, Any]) -> tuple[str, str]:
    """Both operands, left first (parameters are numbered in the order of rendering)."""
    kw["in_operator"] = True
    left = ctx.render(binary.left, **kw)
    return left, ctx.render(binary.right, **kw)


def both(binary: Any, ctx: Rendering, kw: dict[str, Any]) -> tuple[str, str]:
    """Both operands, where no parentheses are needed inside."""
    kw.pop("in_operator", None)
    left = ctx.render(binary.left, **kw)
    return left, ctx.render(binary.right, **kw)


def joined(binary: Any, ctx: Rendering, sql: str, kw: dict[str, Any], *, eager: bool = False) -> str:
    """`left sql right`; an eager operator takes parentheses wherever it is part of another operation."""
    inside = ctx.within_operator or kw.get("in_operator", False)
    left, right = sides(binary, ctx, kw)
    text = f"{left}{sql}{right}"
    return f"({text})" if eager and inside else text


@renders_operator(f.in_op, f.not_in_op)
def render_in(binary: Any, ctx: Rendering, **kw: Any) -> str:
    negated = binary.operator is f.not_in_op
    right = binary.right
    left, text = sides(binary, ctx, kw)
    if right.__visit_name__ == "clauselist":
        text = f"({text})"
    return f"({left} NOT IN {text})" if negated else f"{left} IN {text}"


@renders_operator(f.between_op, f.not_between_op)
def render_between(binary: Any, ctx: Rendering, **kw: Any) -> str:
    symmetric = " SYMMETRIC" if dict(binary._modifiers).get("symmetric") else ""
    word = "NOT BETWEEN" if binary.operator is f.not_between_op else "BETWEEN"
    left, right = sides(binary, ctx, kw)
    return f"{left} {word}{symmetric} {right}"


@renders("concatenated")
def render_concatenated(parts: Any, ctx: Rendering, **kw: Any) -> str:
    """Texts joined by the dialect's string concatenation."""
    return " || ".join(parts)


def _concatenated(element: Any, ctx: Rendering, kw: dict[str, Any]) -> list[str]:
    """The parts of what is searched for: several, if it is a concatenation itself."""
    inner = element.element if element.__visit_name__ == "grouping" else element
    if getattr(inner, "operator", None) is not f.concat_op:
        return [ctx.render(element, **kw)]
    parts = inner.clauses if inner.__visit_name__ == "clauselist" else (inner.left, inner.right)
    return [ctx.render(part, **kw) for part in parts]


def _match_renderer(before: bool, after: bool, lowered: bool, negated: bool) -> Any:
    percent = "'%'"

    def render(binary: Any, ctx: Rendering, **kw: Any) -> str:
        kw.pop("in_operator", None)
        left = ctx.render(binary.left, **kw)
        kw["in_operator"] = not lowered
        middle = [ctx.render(binary.right, **kw)] if lowered else _concatenated(binary.right, ctx, kw)
        ilike = lowered and getattr(ctx.dialect, "supports_ilike", False)
        if lowered and not ilike:
            left, middle = f"lower({left})", [f"lower({middle[0]})"]
        parts = [ctx.percent(percent)] * before + middle + [ctx.percent(percent)] * after
        word = ("NOT " if negated else "") + ("ILIKE" if ilike else "LIKE")
        text = f"{left} {word} {ctx.dialect_render('concatenated', parts)}"
        escape = dict(binary._modifiers).get("escape")
        return f"{text} ESCAPE {string_literal(escape, ctx)}" if escape is not None else text

    return render


for _name, _before, _after in (
    ("contains", True, True),
    ("startswith", False, True),
    ("endswith", True, False),
):
    for _lowered in (False, True):
        for _negated in (False, True):
            _operator = getattr(f, f"{'not_' if _negated else ''}{'i' if _lowered else ''}{_name}_op")
            renders_operator(_operator)(_match_renderer(_before, _after, _lowered, _negated))


def _ilike(negated: bool) -> Any:
    def render(binary: Any, ctx: Rendering, **kw: Any) -> str:
        left, right = both(binary, ctx, kw)
        word = "NOT " if negated else ""
        escape = dict(binary._modifiers).get("escape")
        end = f" ESCAPE {string_literal(escape, ctx)}" if escape is not None else ""
        if getattr(ctx.dialect, "supports_ilike", False):
            return f"{left} {word}ILIKE {right}{end}"
        return f"lower({left}) {word}LIKE lower({right}){end}"

    return render


renders_operator(f.ilike_op)(_ilike(False))


renders_operator(f.not_ilike_op)(_ilike(True))


@renders_operator(f.truediv)
def render_truediv(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = both(binary, ctx, kw)
    if not ctx.dialect.div_is_floordiv:
        return f"{left} / {right}"
    return f"{left} / {ctx.dialect_render('decimal_divisor', binary.right, text=right)}"


@renders("decimal_divisor")
def render_decimal_divisor(right: Any, ctx: Rendering, *, text: str, **kw: Any) -> str:
    """The right side of `/` made a decimal, where the database would divide integers."""
    type_ = right.type if isinstance(right.type, (Numeric, Float)) else Numeric()
    return f"CAST({text} AS {ctx.type_text(type_)})"


def _is_integer(type_: Any) -> bool:
    return type_._type_affinity is Integer


@renders_operator(f.floordiv)
def render_floordiv(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = both(binary, ctx, kw)
    if ctx.dialect.div_is_floordiv and _is_integer(binary.right.type) and _is_integer(binary.left.type):
        return f"{left} / {right}"
    return f"FLOOR({left} / {right})"


@renders_operator(f.mod)
def render_mod(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = both(binary, ctx, kw)
    return f"{left} {ctx.percent('%')} {right}"


@renders_operator(f.pow_)
def render_pow(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = sides(binary, ctx, kw)
    return f"power({left}, {right})"


@renders_operator(f.regexp_match_op, f.not_regexp_match_op)
def render_regexp(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = sides(binary, ctx, kw)
    return f"{left} {'<not regexp>' if binary.operator is f.not_regexp_match_op else '<regexp>'} {right}"


@renders_operator(f.regexp_replace_op)
def render_regexp_replace(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = both(binary, ctx, kw)
    return f"<regexp replace>({left}, {right})"


@renders_operator(f.not_match_op)
def render_not_match(binary: Any, ctx: Rendering, **kw: Any) -> str:
    return f"NOT {joined(binary, ctx, ' MATCH ', kw)}"


@renders_operator(f.getitem, f.json_getitem_op, f.json_path_getitem_op)
def render_getitem(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = sides(binary, ctx, kw)
    return f"{left}[{right}]"


def is_document(expression: Any) -> bool:
    """Whether an indexed document is read as a document, and not as text or a number."""
    type_ = expression.type
    while type_._is_type_decorator:
        type_ = type_.impl_instance
    return isinstance(type_, JSON)


def cast_text(text: str, type_: Any, ctx: Rendering) -> str:
    return f"CAST({text} AS {ctx.type_text(type_)})"


@renders("function_as_comparison_op")
def render_function_comparison(node: Any, ctx: Rendering, **kw: Any) -> str:
    return ctx.render(node.sql_function, **kw)


@renders("unary")
def render_unary(unary: Any, ctx: Rendering, **kw: Any) -> str:
    if unary.operator is not None:
        kw.pop("order_by", None)
        special = OPERATOR_RENDERS.get(ctx.dialect_name, {}).get(unary.operator)
        if special is not None:
            return special(unary, ctx, **kw)
        if isinstance(unary.operator, custom_op):
            return f"{ctx.percent(unary.operator.opstring)} {ctx.render(unary.element, **kw)}"
        if unary.operator is f.distinct_op and ctx.functions == 0:
            warn(
                "Column-expression-level unary distinct() should not be used outside of an aggregate function. "
                "For general 'SELECT DISTINCT' support use select().distinct()."
            )
        return f"{FACTS[unary.operator].sql}{ctx.render(unary.element, **kw)}"
    if isinstance(unary.modifier, custom_op):
        return f"{ctx.render(unary.element, **kw)} {ctx.percent(unary.modifier.opstring)}"
    return f"{ctx.render(unary.element, **kw)}{FACTS[unary.modifier].sql}"
