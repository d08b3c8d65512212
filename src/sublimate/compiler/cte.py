"""Rendering of common table expressions: where each is first named, and the WITH clause of its level."""

from __future__ import annotations

from typing import Any

from sublimate import exc

from .froms import column_names, value_rows, without_name
from .registry import renders
from .rendering import CTELevel, Rendering, SelectFrame


@renders("cte_alias")
def render_cte_alias(
    node: Any, ctx: Rendering, *, asfrom: bool = False, enclosed: bool = False, **kw: Any
) -> str:
    if enclosed:
        return without_name(node.element, ctx)
    name = ctx.quote(node.name)
    if not asfrom:
        return name
    of_cte = (
        node.element.__visit_name__ == "cte"
    )  # whose name it is, and nothing that somebody writes otherwise
    source = (
        ctx.dialect_render("cte", node.element, asfrom=True) if of_cte else without_name(node.element, ctx)
    )
    return f"{source} AS {name}"


@renders("cte")
def render_cte(cte: Any, ctx: Rendering, *, asfrom: bool = False, **kw: Any) -> str:
    if ctx.statement is None and not asfrom:
        return ctx.render(cte.element)
    name = ctx.name_of(cte.name)
    level = ctx.levels[-1] if cte.nesting and ctx.levels else ctx.outermost
    seen = any(id(cte) in outer.known for outer in ctx.levels) or id(cte) in level.known
    if not seen and not any(id(cte) in opened for opened in ctx.recursions):
        _register_cte(cte, name, level, ctx)
    return ctx.preparer.quote(name)


def _register_cte(cte: Any, name: str, level: CTELevel, ctx: Rendering) -> None:
    """Render a CTE once for the level whose WITH clause will have it."""
    known = level.by_name.get(name)
    if known is not None and known is not cte:
        if cte in _restated(known) or _same(known, cte):
            level.known[id(cte)] = cte
            return
        if known not in _restated(cte):
            raise exc.CompileError(f"Multiple, unrelated CTEs found with the same name: {name!r}")
        level.texts.pop(id(known), None)
    for one in (cte, *_restated(cte)):
        level.known[id(one)] = one
    level.by_name[name] = cte
    level.recursive = level.recursive or cte.recursive
    brought = cte.element._independent_ctes if cte.element.__visit_name__ == "values" else ()
    for below in (*cte._ctes, *brought):
        ctx.render(below)
    ctx.recursions.append({id(one) for one in (cte, *_restated(cte))})
    level.texts[id(cte)] = _cte_text(cte, name, ctx)
    ctx.recursions.pop()


def _cte_text(cte: Any, name: str, ctx: Rendering) -> str:
    """`name AS (…)`, rendered as if nothing were around it."""
    kept = ctx.stack, ctx.result_columns, ctx.within_columns, ctx.statement_kind, ctx.dml
    ctx.stack, ctx.result_columns = [SelectFrame([], [], cte)], None
    of_values = cte.element.__visit_name__ == "values"
    body = f"VALUES {value_rows(cte.element, ctx)}" if of_values else ctx.render(cte.element, asfrom=True)
    ctx.stack, ctx.result_columns, ctx.within_columns, ctx.statement_kind, ctx.dml = kept
    header = ctx.preparer.quote(name)
    if cte.recursive or of_values:
        header += f"({column_names(cte, ctx)})"
    prefixes = "".join(" " + ctx.render(p) for p, d in cte._prefixes if d in ("*", ctx.dialect.name))
    suffixes = "".join(" " + ctx.render(p) + " " for p, d in cte._suffixes if d in ("*", ctx.dialect.name))
    return f"{header} AS{prefixes} \n({body}){suffixes}"


def _restated(cte: Any) -> list[Any]:
    found = []
    while cte is not None and getattr(cte, "_restates", None) is not None:
        cte = cte._restates
        found.append(cte)
    return found


def _same(one: Any, other: Any) -> bool:
    return one.cache_key() == other.cache_key() and [b.value for b in one.binds] == [
        b.value for b in other.binds
    ]


def with_clause(ctx: Rendering) -> str:
    """The WITH clause of everything met so far, for the outermost statement."""
    return ctx.outermost.with_clause()
