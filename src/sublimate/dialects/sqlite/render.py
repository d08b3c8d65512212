"""What SQLite writes differently in statements."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.compiler.compound import needs_group
from sublimate.compiler.functions import FUNCTION_NAMES
from sublimate.compiler.functions import render_aggregate_strings as general
from sublimate.compiler.operations import cast_text, is_document, renders_operator, sides
from sublimate.compiler.registry import refuses, renders
from sublimate.compiler.rendering import Rendering
from sublimate.compiler.select import render_fetch
from sublimate.expression.literal import literal
from sublimate.operators import functions as f

FUNCTION_NAMES["sqlite"] = {
    "char_length": "length",
    "now": "CURRENT_TIMESTAMP",
    "localtimestamp": "DATETIME(CURRENT_TIMESTAMP, 'localtime')",
}

_EXTRACT = {
    "month": "%m", "day": "%d", "year": "%Y", "second": "%S", "hour": "%H", "doy": "%j", "minute": "%M", "epoch": "%s",
    "dow": "%w", "week": "%W",
}  # fmt: skip


@renders("limit_clause", dialect="sqlite")
def render_limit(select: Any, ctx: Rendering, **kw: Any) -> str:
    if select._fetch_clause is not None:
        return render_fetch(select, ctx)
    limit = select._limit_clause
    text = ""
    if limit is not None:
        text += "\n LIMIT " + ctx.render(limit)
    if select._offset_clause is not None:
        if limit is None:
            text += "\n LIMIT " + ctx.render(literal(-1))
        return text + " OFFSET " + ctx.render(select._offset_clause)
    return text + " OFFSET " + ctx.render(literal(0))


@renders("for_update_clause", dialect="sqlite")
def render_for_update(select: Any, ctx: Rendering, **kw: Any) -> str:
    ctx.locks = True
    return ""


@renders("compound_element", dialect="sqlite")
def render_compound_element(
    select: Any, ctx: Rendering, *, parent: Any, asfrom: bool, collect: bool, lateral: bool = False, **kw: Any
) -> str:
    inner = select
    while inner.__visit_name__ == "select_statement_grouping":
        inner = inner.element
    text = ctx.render(inner, asfrom=asfrom, compound=True, collect=collect, lateral=lateral)
    if inner is not select or inner.__visit_name__ == "compound_select" or needs_group(inner, parent):
        return f"SELECT * FROM ({text})"
    return text


@renders("extract", dialect="sqlite")
def render_extract(node: Any, ctx: Rendering, **kw: Any) -> str:
    field = _EXTRACT.get(node.field)
    if field is None:
        raise exc.CompileError(f"{node.field} is not a valid extract argument.")
    return f"CAST(STRFTIME('{ctx.percent(field)}', {ctx.render(node.expr, **kw)}) AS INTEGER)"


@renders("true", dialect="sqlite")
def render_true(node: Any, ctx: Rendering, **kw: Any) -> str:
    return "1"


@renders("false", dialect="sqlite")
def render_false(node: Any, ctx: Rendering, **kw: Any) -> str:
    return "0"


@renders("aggregate_strings_func", dialect="sqlite")
def render_aggregate_strings(node: Any, ctx: Rendering, **kw: Any) -> str:
    return general(node, ctx, function="group_concat", **kw)


@renders("delete_tables", dialect="sqlite")
def render_delete_tables(statement: Any, ctx: Rendering, *, table: Any, extra: list[Any], **kw: Any) -> str:
    if extra:
        raise exc.CompileError(
            "SQLite has no multiple-table criteria in DELETE: use a subquery, such as where(column.in_(select(…)))"
        )
    return ctx.render(table, asfrom=True)


@renders_operator(f.is_distinct_from, dialect="sqlite")
def render_is_distinct_from(binary: Any, ctx: Rendering, **kw: Any) -> str:
    return f"{ctx.render(binary.left, **kw)} IS NOT {ctx.render(binary.right, **kw)}"


@renders_operator(f.is_not_distinct_from, dialect="sqlite")
def render_is_not_distinct_from(binary: Any, ctx: Rendering, **kw: Any) -> str:
    return f"{ctx.render(binary.left, **kw)} IS {ctx.render(binary.right, **kw)}"


@renders_operator(f.regexp_match_op, f.not_regexp_match_op, dialect="sqlite")
def render_regexp(binary: Any, ctx: Rendering, **kw: Any) -> str:
    word = "NOT REGEXP" if binary.operator is f.not_regexp_match_op else "REGEXP"
    return f"{ctx.render(binary.left, **kw)} {word} {ctx.render(binary.right, **kw)}"


@renders_operator(f.regexp_replace_op, dialect="sqlite")
def render_regexp_replace(binary: Any, ctx: Rendering, **kw: Any) -> str:
    raise exc.CompileError("sqlite dialect does not support regular expression replacements")


@renders_operator(f.json_getitem_op, dialect="sqlite")
def render_json_item(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = sides(binary, ctx, kw)
    found = f"JSON_EXTRACT({left}, {right})"
    return f"JSON_QUOTE({found})" if is_document(binary) else cast_text(found, binary.type, ctx)


renders_operator(f.json_path_getitem_op, dialect="sqlite")(render_json_item)


@renders("decimal_divisor", dialect="sqlite")
def render_decimal_divisor(right: Any, ctx: Rendering, *, text: str, **kw: Any) -> str:
    return f"({text} + 0.0)"


@renders_operator(f.bitwise_xor_op, dialect="sqlite")
def render_xor(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = sides(binary, ctx, kw)
    return f"(({left} | {right}) - ({left} & {right}))"


@renders_operator(f.getitem, dialect="sqlite")
def render_getitem(binary: Any, ctx: Rendering, **kw: Any) -> str:
    raise exc.UnsupportedCompilationError("sqlite", type(binary))


@renders("next_value_func", dialect="sqlite")
def render_next_value(node: Any, ctx: Rendering, **kw: Any) -> str:
    raise NotImplementedError("Dialect 'sqlite' does not support sequence increments.")


@renders("conflict_constraint", dialect="sqlite")
def render_conflict_constraint(clause: Any, ctx: Rendering, **kw: Any) -> str:
    raise exc.CompileError(
        "SQLite has no ON CONFLICT ON CONSTRAINT: name the columns with index_elements=[…]"
    )


@renders("conflict_where", dialect="sqlite")
def render_conflict_where(condition: Any, ctx: Rendering, **kw: Any) -> str:
    return ctx.render(condition, literal_execute=True)


refuses("try_cast", "aggregate_order_by_argument", dialect="sqlite")
