"""Rendering of functions: their names, windows and frames, WITHIN GROUP and FILTER, sequences."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.expression.window import FrameClauseType

from .purity import PURE
from .registry import renders
from .rendering import Rendering


@renders("function", "rollup_func")
def render_function(node: Any, ctx: Rendering, **kw: Any) -> str:
    kw.pop("order_by", None)
    name = str(node.name)
    if name.lower() not in PURE or node.packagenames:
        ctx.volatile = True
    ctx.functions += 1
    arguments = ctx.render(node.clause_expr, **kw)
    ctx.functions -= 1
    special = (
        FUNCTION_NAMES.get(ctx.dialect_name, {}).get(name.lower())
        if type(node).__module__.startswith("sublimate.")
        else None
    )
    if special is not None:
        whole = not node.clauses.clauses and (special.endswith(")") or special.isupper())
        return special if whole else f"{special}{arguments}"
    if getattr(node, "_takes_no_parentheses", False) and not node._has_args:
        return name.upper() if node.upper_case else name
    parts = (
        [_function_name(p, ctx) for p in (*node.packagenames, node.name)]
        if not _is_generic(node)
        else [_generic_name(node, name)]
    )
    return f"{'.'.join(parts)}{arguments}"


#: dialect -> function name -> its name there
FUNCTION_NAMES: dict[str, dict[str, str]] = {}


def _is_generic(node: Any) -> bool:
    return (
        type(node).__name__ != "Function"
        and not node.packagenames
        and type(node).__module__.startswith("sublimate.")
    )


def _generic_name(node: Any, name: str) -> str:
    upper = name in ("cube", "rollup", "grouping sets") or getattr(node, "upper_case", False)
    return name.upper() if upper else name


def _function_name(name: str, ctx: Rendering) -> str:
    """A function's name as it was written, quoted only if it is no plain word."""
    if getattr(name, "quote", None) or not _plain(name):
        return ctx.preparer.quote_identifier(name)
    return name


def _plain(name: str) -> bool:
    return name.replace("_", "a").replace("$", "a").isalnum() and not name[0].isdigit() and name[0] != "$"


@renders("aggregate_strings_func")
def render_aggregate_strings(
    node: Any,
    ctx: Rendering,
    *,
    function: str = "aggregate_strings",
    aggregate_order_by: Any = None,
    **kw: Any,
) -> str:
    clauses = node.clauses.clauses
    ctx.functions += 1
    text = ctx.render(clauses[0])
    ctx.functions -= 1
    separator = (
        ctx.render(clauses[1], literal_execute=True)
        if clauses[1]._is_bind_parameter
        else ctx.render(clauses[1])
    )
    by = node.order_by if aggregate_order_by is None else aggregate_order_by
    order = f" ORDER BY {ctx.render(by)}" if by is not None else ""
    return f"{function}({text}, {separator}{order})"


@renders("dmltargetcopy")
def render_dml_target_copy(node: Any, ctx: Rendering, **kw: Any) -> str:
    if ctx.dml is None:
        raise exc.CompileError(
            "DML target objects may only be used with compiled INSERT or UPDATE statements"
        )
    text: str = ctx.dml.text_of(node.column, ctx)
    return text


@renders("next_value_func")
def render_next_value(node: Any, ctx: Rendering, **kw: Any) -> str:
    ctx.volatile = True
    return f"<next sequence value: {ctx.preparer.format_sequence(node.sequence)}>"


@renders("sequence")
def render_sequence(node: Any, ctx: Rendering, **kw: Any) -> str:
    raise exc.UnsupportedCompilationError(ctx.dialect_name, type(node))


@renders("scalar_function_column")
def render_scalar_function_column(node: Any, ctx: Rendering, **kw: Any) -> str:
    return f"({ctx.render(node.fn, **kw)}).{ctx.quote(node.name)}"


@renders("over")
def render_over(node: Any, ctx: Rendering, **kw: Any) -> str:
    element = ctx.render(node.element, **kw)
    frame = _frame_of(node, ctx, kw)  # whose parameters are numbered before those of the order
    parts = []
    if node.partition_by is not None and node.partition_by.clauses:
        parts.append(f"PARTITION BY {ctx.render(node.partition_by, **kw)}")
    if node.order_by is not None and node.order_by.clauses:
        parts.append(f"ORDER BY {ctx.render(node.order_by, **kw)}")
    return f"{element} OVER ({' '.join([*parts, *frame])})"


def _frame_of(node: Any, ctx: Rendering, kw: dict[str, Any]) -> list[str]:
    parts = [
        f"{word} BETWEEN {ctx.render(frame, **kw)}"
        for word, frame in (("RANGE", node.range_), ("ROWS", node.rows), ("GROUPS", node.groups))
        if frame is not None
    ]
    if node.exclude is not None:
        parts.append(f"EXCLUDE {_excluded_rows(node.exclude)}")
    return parts


_EXCLUDED = ("CURRENT ROW", "GROUP", "TIES", "NO OTHERS")


def _excluded_rows(phrase: Any) -> str:
    if str(phrase).upper() not in _EXCLUDED:
        raise exc.CompileError(
            f"Unexpected SQL phrase: {phrase!r} (one of {', '.join(_EXCLUDED)} is expected)"
        )
    return str(phrase)


@renders("frame_clause")
def render_frame(node: Any, ctx: Rendering, **kw: Any) -> str:
    low = _bound(node.lower_bind, node.lower_type, "UNBOUNDED PRECEDING", ctx, kw)
    return f"{low} AND {_bound(node.upper_bind, node.upper_type, 'UNBOUNDED FOLLOWING', ctx, kw)}"


def _bound(value: Any, kind: FrameClauseType, unbounded: str, ctx: Rendering, kw: dict[str, Any]) -> str:
    if kind is FrameClauseType.UNBOUNDED:
        return unbounded
    if kind is FrameClauseType.CURRENT:
        return "CURRENT ROW"
    return f"{ctx.render(value, **kw)} {kind.name}"


@renders("aggregateorderby")
def render_aggregate_order_by(node: Any, ctx: Rendering, **kw: Any) -> str:
    return ctx.render(node.element, aggregate_order_by=node.order_by, **kw)


@renders("withingroup")
def render_within_group(node: Any, ctx: Rendering, **kw: Any) -> str:
    return f"{ctx.render(node.element, **kw)} WITHIN GROUP (ORDER BY {ctx.render(node.order_by, **kw)})"


@renders("funcfilter")
def render_filter(node: Any, ctx: Rendering, **kw: Any) -> str:
    return f"{ctx.render(node.func, **kw)} FILTER (WHERE {ctx.render(node.criterion, **kw)})"
