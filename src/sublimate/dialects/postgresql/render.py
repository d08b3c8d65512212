"""What PostgreSQL writes differently in statements."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.compiler.dml import with_hints
from sublimate.compiler.functions import FUNCTION_NAMES
from sublimate.compiler.functions import render_aggregate_strings as general
from sublimate.compiler.operations import (
    both,
    cast_text,
    is_document,
    joined,
    renders_operator,
    sides,
    string_literal,
)
from sublimate.compiler.registry import refuses, renders
from sublimate.compiler.rendering import Rendering
from sublimate.dialects.postgresql.documents import JSONB
from sublimate.dialects.postgresql.hstores import HSTORE_GETITEM
from sublimate.operators import functions as f

FUNCTION_NAMES["postgresql"] = {"pow": "power"}


@renders("limit_clause", dialect="postgresql")
def render_limit(select: Any, ctx: Rendering, **kw: Any) -> str:
    if select._fetch_clause is not None:
        return _render_fetch(select, ctx)
    text = ""
    if select._limit_clause is not None:
        text += " \n LIMIT " + ctx.render(select._limit_clause)
    if select._offset_clause is not None:
        if select._limit_clause is None:
            text += "\n LIMIT ALL"
        text += " OFFSET " + ctx.render(select._offset_clause)
    return text


def _render_fetch(select: Any, ctx: Rendering) -> str:
    text = ""
    if select._offset_clause is not None:
        text += f"\n OFFSET ({ctx.render(select._offset_clause)}) ROWS"
    ties, percent = select._fetch_clause_options
    text += f"\n FETCH FIRST ({ctx.render(select._fetch_clause)}){' PERCENT' if percent else ''} ROWS {'WITH TIES' if ties else 'ONLY'}"
    return text


@renders("for_update_clause", dialect="postgresql")
def render_for_update(select: Any, ctx: Rendering, **kw: Any) -> str:
    arg = select._for_update_arg
    if arg.read:
        text = " FOR KEY SHARE" if arg.key_share else " FOR SHARE"
    else:
        text = " FOR NO KEY UPDATE" if arg.key_share else " FOR UPDATE"
    if arg.of:
        tables = {id(t): t for o in arg.of for t in _tables(o)}
        text += " OF " + ", ".join(
            ctx.render(t) or ctx.quote(ctx.renamed.get(key, t.name)) for key, t in tables.items()
        )
    if arg.nowait:
        text += " NOWAIT"
    if arg.skip_locked:
        text += " SKIP LOCKED"
    return text


def _tables(element: Any) -> list[Any]:
    if element.__visit_name__ in ("column", "entity_column"):
        return [element.table]
    if element.__visit_name__ == "join":
        return [*_tables(element.left), *_tables(element.right)]
    as_from = getattr(element, "as_from", None)
    return [as_from()] if as_from is not None else [element]


@renders("delete_tables", dialect="postgresql")
def render_delete_tables(statement: Any, ctx: Rendering, *, table: Any, extra: list[Any], **kw: Any) -> str:
    text = with_hints(statement, table, ctx.render(table, asfrom=True), ctx)
    return text + (" USING " + ", ".join(ctx.render(t, asfrom=True) for t in extra) if extra else "")


@renders("aggregate_strings_func", dialect="postgresql")
def render_aggregate_strings(node: Any, ctx: Rendering, **kw: Any) -> str:
    return general(node, ctx, function="string_agg", **kw)


@renders("next_value_func", dialect="postgresql")
def render_next_value(node: Any, ctx: Rendering, **kw: Any) -> str:
    ctx.volatile = True
    return f"nextval({string_literal(ctx.preparer.format_sequence(node.sequence), ctx)})"


@renders_operator(f.regexp_match_op, f.not_regexp_match_op, dialect="postgresql")
def render_regexp(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = sides(binary, ctx, kw)
    negated = "!" if binary.operator is f.not_regexp_match_op else ""
    flags = dict(binary._modifiers).get("flags")
    if flags is None:
        return f"{left} {negated}~ {right}"
    if flags == "i":
        return f"{left} {negated}~* {right}"
    return f"{left} {negated}~ CONCAT('(?', {string_literal(flags, ctx)}, ')', {right})"


@renders_operator(f.regexp_replace_op, dialect="postgresql")
def render_regexp_replace(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = both(binary, ctx, kw)
    flags = dict(binary._modifiers).get("flags")
    end = f", {string_literal(flags, ctx)}" if flags is not None else ""
    return f"REGEXP_REPLACE({left}, {right}{end})"


@renders_operator(f.match_op, f.not_match_op, dialect="postgresql")
def render_match(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = both(binary, ctx, kw)
    regconfig = dict(binary._modifiers).get("postgresql_regconfig")
    config = f"{string_literal(str(regconfig), ctx)}, " if regconfig else ""
    text = f"{left} @@ plainto_tsquery({config}{right})"
    return f"NOT {text}" if binary.operator is f.not_match_op else text


@renders_operator(f.json_getitem_op, dialect="postgresql")
def render_json_item(binary: Any, ctx: Rendering, **kw: Any) -> str:
    if isinstance(binary.left.type, JSONB) and is_document(binary):
        return render_subscript(binary, ctx, **kw)
    return _read_json(binary, ctx, "->", kw)


def _read_json(binary: Any, ctx: Rendering, arrow: str, kw: dict[str, Any]) -> str:
    """A part of a document: as a document, or as text that is cast to the wanted type."""
    if is_document(binary):
        return joined(binary, ctx, f" {arrow} ", kw, eager=True)
    return cast_text(joined(binary, ctx, f" {arrow}> ", kw, eager=True), binary.type, ctx)


@renders_operator(HSTORE_GETITEM, dialect="postgresql")
def render_subscript(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = ctx.render(binary.left, **kw), ctx.render(binary.right, **kw)
    plain = binary.left.__visit_name__ in ("column", "entity_column", "binary", "grouping")
    return f"{left}[{right}]" if plain else f"({left})[{right}]"


@renders_operator(f.json_path_getitem_op, dialect="postgresql")
def render_json_path(binary: Any, ctx: Rendering, **kw: Any) -> str:
    return _read_json(binary, ctx, "#>", kw)


@renders_operator(f.bitwise_xor_op, dialect="postgresql")
def render_xor(binary: Any, ctx: Rendering, **kw: Any) -> str:
    return joined(binary, ctx, " # ", kw)


@renders("from_hint", dialect="postgresql")
def render_from_hint(from_: Any, ctx: Rendering, *, text: str, hint: str, **kw: Any) -> str:
    if hint.upper() != "ONLY":
        raise exc.CompileError(f"Unrecognized hint: {hint!r}")
    return f"ONLY {text}"


@renders("slice", dialect="postgresql")
def render_slice(node: Any, ctx: Rendering, **kw: Any) -> str:
    return f"{ctx.render(node.start, **kw)}:{ctx.render(node.stop, **kw)}"


refuses("try_cast", dialect="postgresql")
