"""Rendering of UNION, INTERSECT, EXCEPT: one width, parentheses where a database asks for them."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from sublimate import exc
from sublimate.statements.compound import width_of

from .expressions import label_key
from .registry import renders
from .rendering import Rendering, SelectFrame
from .select import members_of, order_and_limit


@renders("compound_select")
def render_compound(
    node: Any,
    ctx: Rendering,
    *,
    asfrom: bool = False,
    compound: bool = False,
    collect: bool = False,
    lateral: bool = False,
    **kw: Any,
) -> str:
    with ExitStack() as around:
        for option in node._with_options:
            if option.while_rendered is not None:
                around.enter_context(option.while_rendered())
        return _render_compound(node, ctx, asfrom, collect, lateral)


def _render_compound(node: Any, ctx: Rendering, asfrom: bool, collect: bool, lateral: bool) -> str:
    toplevel = ctx.statement is None
    if toplevel:
        ctx.statement = node
        ctx.result_selects = frozenset(members_of(node))
    require_one_width(node)
    nested = ctx.open_level(toplevel)
    for cte in node._independent_ctes:
        ctx.render(cte)
    collects = toplevel or collect
    frame = SelectFrame(
        ctx.stack[-1].correlate_froms if ctx.stack else [],
        ctx.stack[-1].asfrom_froms if ctx.stack else [],
        node,
    )
    ctx.stack.append(frame)
    parts = []
    for position, select in enumerate(node.selects):
        grouped = ctx.dialect_render(
            "compound_element",
            select,
            parent=node,
            asfrom=asfrom,
            collect=collects and position == 0,
            lateral=lateral,
        )
        parts.append(grouped)
    for key, name, column in node._subquery_columns():
        shown = ctx.name_of(name)
        frame.columns.setdefault(shown, shown)
        if isinstance(key, str):
            frame.columns.setdefault(key, shown)
        if column.__visit_name__ == "label":
            frame.columns.setdefault(label_key(column), shown)
    text = f" {node.keyword.value} ".join(parts)
    ctx.bare_columns, outer_bare = True, ctx.bare_columns
    if node._group_by_clauses:
        text += " GROUP BY " + ctx.render_list(node._group_by_clauses)
    text += order_and_limit(node, ctx, locks=False)
    ctx.bare_columns = outer_bare
    ctx.stack.pop()
    return ctx.close_level(nested) + text


def require_one_width(compound: Any) -> None:
    """All SELECTs of a set operation must have as many columns."""
    widths = [width_of(s) for s in compound.selects]
    for number, width in enumerate(widths, 1):
        if width is not None and widths[0] is not None and width != widths[0]:
            raise exc.CompileError(
                "All selectables passed to CompoundSelect must have identical numbers of columns; select #1 has "
                f"{widths[0]} columns, select #{number} has {width}"
            )


@renders("compound_element")
def render_compound_element(
    select: Any, ctx: Rendering, *, parent: Any, asfrom: bool, collect: bool, lateral: bool = False, **kw: Any
) -> str:
    """One SELECT of a set operation, in parentheses if it has an order, a limit, or is a set operation of another kind."""
    inner = select
    while inner.__visit_name__ == "select_statement_grouping":
        inner = inner.element
    text = ctx.render(inner, asfrom=asfrom, compound=True, collect=collect, lateral=lateral)
    return f"({text})" if inner is not select or needs_group(inner, parent) else text


def needs_group(select: Any, parent: Any) -> bool:
    if select.__visit_name__ == "compound_select":
        return True
    if select.__visit_name__ != "select":
        return False
    return bool(select._order_by_clauses or select._has_row_limiting_clause)
