"""Rendering of what stands in FROM: tables, aliases, subqueries, joins, VALUES."""

from __future__ import annotations

from typing import Any

from .registry import renders
from .rendering import Rendering


@renders("table")
def render_table(table: Any, ctx: Rendering, *, asfrom: bool = False, **kw: Any) -> str:
    if not asfrom:
        return ""
    text = ctx.preparer.format_table(table)
    return f"{text} AS {ctx.quote(ctx.renamed[id(table)])}" if id(table) in ctx.renamed else text


@renders("entity")
@renders("aliased_entity")
def render_entity(node: Any, ctx: Rendering, **kw: Any) -> str:
    return ctx.render(node.selectable, **kw)


@renders("alias")
def render_alias(
    alias: Any, ctx: Rendering, *, asfrom: bool = False, enclosed: bool = False, lateral: bool = False, **kw: Any
) -> str:  # fmt: skip
    if enclosed:
        return without_name(alias.element, ctx, lateral)
    if not asfrom:
        return "" if ctx.statement is None else ctx.quote(alias.name)
    name = ctx.quote(alias.name)
    return f"{without_name(alias.element, ctx)} AS {name}"


#: FROM elements that leave out their `AS name` when told that they are `enclosed`
_ALIASES = frozenset({"alias", "cte_alias", "lateral", "subquery", "table_valued_alias"})


def without_name(element: Any, ctx: Rendering, lateral: bool = False) -> str:
    """A FROM element without the `AS name` it has, for it gets another name (`lateral`: within LATERAL)."""
    if element.__visit_name__ == "table" and id(element) in ctx.renamed:
        return ctx.preparer.format_table(element)
    if element.__visit_name__ in _ALIASES:
        return ctx.render(element, asfrom=True, enclosed=True, lateral=lateral)
    if getattr(element, "is_select", False):
        return f"({ctx.render(element, asfrom=True, lateral=lateral)})"
    return ctx.render(element, asfrom=True)


@renders("subquery")
def render_subquery(
    sub: Any, ctx: Rendering, *, asfrom: bool = False, enclosed: bool = False, lateral: bool = False, **kw: Any
) -> str:  # fmt: skip
    if enclosed:
        return f"({ctx.render(sub.element, asfrom=ctx.statement is not None, lateral=lateral)})"
    if not asfrom:
        return ctx.render(sub.element) if ctx.statement is None else ctx.quote(sub.name)
    name = ctx.quote(sub.name)
    return f"({ctx.render(sub.element, asfrom=True)}) AS {name}"


@renders("lateral")
def render_lateral(
    node: Any, ctx: Rendering, *, asfrom: bool = False, enclosed: bool = False, **kw: Any
) -> str:
    if enclosed:
        return f"LATERAL {without_name(node.element, ctx, lateral=True)}"
    alone = ctx.statement is None
    if not asfrom and not alone:
        return ctx.quote(node.name)
    if alone and node.element.__visit_name__ == "subquery":
        return f"LATERAL {ctx.render(node.element, enclosed=True)}"
    if alone and hasattr(node.element, "clause_expr"):
        return f"LATERAL {ctx.render(node.element)}"
    name = ctx.quote(node.name)
    return f"LATERAL {without_name(node.element, ctx, lateral=True)} AS {name}"


@renders("tablesample")
def render_tablesample(node: Any, ctx: Rendering, *, asfrom: bool = False, **kw: Any) -> str:
    name = ctx.quote(node.name)
    if not asfrom and ctx.statement is not None:
        return name
    seed = f" REPEATABLE ({ctx.render(node.seed)})" if node.seed is not None else ""
    return f"{without_name(node.element, ctx)} AS {name} TABLESAMPLE {ctx.render(node.sampling)}{seed}"


@renders("table_valued_alias")
def render_table_valued(
    node: Any, ctx: Rendering, *, asfrom: bool = False, enclosed: bool = False, **kw: Any
) -> str:
    if enclosed:
        return _call(node, ctx)
    if not asfrom:
        lateral = "LATERAL " if node._is_lateral else ""
        return lateral + ctx.render(node.element) if ctx.statement is None else ctx.quote(node.name)
    name = ctx.quote(node.name)
    text = f"{_call(node, ctx)} AS {name}"
    if node._supports_derived:
        columns = [
            ctx.quote(c.name) + (f" {ctx.type_text(c.type)}" if node._with_types else "") for c in node.c
        ]
        text += f"({', '.join(columns)})"
    return text


def _call(node: Any, ctx: Rendering) -> str:
    """The call of a function that stands for a table."""
    ordinality = " WITH ORDINALITY" if node.with_ordinality is not None else ""
    return f"{'LATERAL ' if node._is_lateral else ''}{ctx.render(node.element)}{ordinality}"


@renders("table_valued_column")
def render_table_valued_column(node: Any, ctx: Rendering, **kw: Any) -> str:
    return ctx.quote(node.name)


@renders("join")
def render_join(join: Any, ctx: Rendering, *, asfrom: bool = False, **kw: Any) -> str:
    word = " FULL OUTER JOIN " if join.full else " LEFT OUTER JOIN " if join.isouter else " JOIN "
    left, right = from_text(join.left, ctx), from_text(join.right, ctx)
    on = ctx.render(join.onclause) if ctx.include_table else ctx.render(join.onclause, include_table=False)
    return f"{left}{ctx.dialect_render('join_word', join, word=word)}{right} ON {on}"


@renders("join_word")
def render_join_word(join: Any, ctx: Rendering, *, word: str, **kw: Any) -> str:
    return word


@renders("from_grouping")
def render_from_grouping(node: Any, ctx: Rendering, **kw: Any) -> str:
    return f"({ctx.render(node.element, asfrom=True)})"


@renders("values")
def render_values(node: Any, ctx: Rendering, *, asfrom: bool = False, **kw: Any) -> str:
    if not asfrom:
        return f"VALUES {value_rows(node, ctx)}" if ctx.statement is None else ctx.quote(node.name)
    for cte in node._independent_ctes:
        ctx.render(cte)
    text = f"(VALUES {value_rows(node, ctx)})"
    if node.unnamed:
        return text
    lateral = "LATERAL " if node._is_lateral else ""
    return f"{lateral}{text} AS {ctx.quote(node.name)} ({column_names(node, ctx)})"


def column_names(element: Any, ctx: Rendering) -> str:
    return ", ".join(ctx.quote(c.name) for c in element.c)


def value_rows(node: Any, ctx: Rendering) -> str:
    literal: dict[str, Any] = {"literal_binds": True} if node.literal_binds else {}
    rows = node._data
    if (
        id(node) in ctx.rendered_values
    ):  # what stands in a statement twice has parameters of its own each time
        rows = [[ctx.stand_in(v) if v._is_bind_parameter and v.unique else v for v in row] for row in rows]
    ctx.rendered_values.add(id(node))
    return ", ".join(f"({ctx.render_list(row, **literal)})" for row in rows)


@renders("scalar_values")
def render_scalar_values(node: Any, ctx: Rendering, **kw: Any) -> str:
    return f"(VALUES {value_rows(node, ctx)})"


def from_text(from_: Any, ctx: Rendering) -> str:
    text = ctx.render(from_, asfrom=True)
    hint = ctx.from_hints.get(id(from_))
    return text if hint is None else hinted(from_, text, hint, ctx)


def hinted(from_: Any, text: str, hint: str, ctx: Rendering) -> str:
    """A FROM element with its hint, in which `%(name)s` stands for the element's name."""
    named = hint % {"name": from_.name} if "%" in hint else hint
    return ctx.dialect_render("from_hint", from_, text=text, hint=named)


@renders("from_hint")
def render_from_hint(from_: Any, ctx: Rendering, *, text: str, hint: str, **kw: Any) -> str:
    return text if ctx.dialect_name else f"{text} [{hint}]"


@renders("default_from")
def render_default_from(select: Any, ctx: Rendering, **kw: Any) -> str:
    return ""
