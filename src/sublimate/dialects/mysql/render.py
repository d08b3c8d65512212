"""What MySQL and MariaDB write differently in statements."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.compiler.dml import with_hints
from sublimate.compiler.expressions import render_extract as plain_extract
from sublimate.compiler.functions import FUNCTION_NAMES
from sublimate.compiler.operations import (
    OPERATOR_RENDERS,
    is_document,
    renders_operator,
    sides,
    string_literal,
)
from sublimate.compiler.registry import _RENDERS, refuses, renders
from sublimate.compiler.rendering import Rendering
from sublimate.compiler.select import render_fetch
from sublimate.operators import functions as f
from sublimate.types import Interval
from sublimate.util.warnings import warn

_NO_LIMIT = "18446744073709551615"


@renders("limit_clause", dialect="mysql")
def render_limit(select: Any, ctx: Rendering, **kw: Any) -> str:
    if select._fetch_clause is not None:
        return render_fetch(select, ctx)
    limit, offset = select._limit_clause, select._offset_clause
    if offset is not None:
        start = ctx.render(offset)
        return f" \n LIMIT {start}, {ctx.render(limit) if limit is not None else _NO_LIMIT}"
    return f" \n LIMIT {ctx.render(limit)}" if limit is not None else ""


@renders("for_update_clause", dialect="mysql")
def render_for_update(select: Any, ctx: Rendering, **kw: Any) -> str:
    arg = select._for_update_arg
    share = " FOR SHARE" if ctx.dialect.says_for_share else " LOCK IN SHARE MODE"
    text = share if arg.read else " FOR UPDATE"
    if arg.of and ctx.dialect.supports_for_update_of:
        tables = {id(o.table if hasattr(o, "table") and o.table is not None else o): o for o in arg.of}
        text += " OF " + ", ".join(
            ctx.quote((o.table if hasattr(o, "table") and o.table is not None else o).name)
            for o in tables.values()
        )
    if arg.nowait:
        text += " NOWAIT"
    if arg.skip_locked:
        text += " SKIP LOCKED"
    return text


@renders("join_word", dialect="mysql")
def render_join_word(join: Any, ctx: Rendering, *, word: str, **kw: Any) -> str:
    if join.full:
        return " FULL OUTER JOIN "
    return " LEFT OUTER JOIN " if join.isouter else " INNER JOIN "


@renders("update_tables", dialect="mysql")
def render_update_tables(statement: Any, ctx: Rendering, *, table: Any, extra: list[Any], **kw: Any) -> str:
    first = with_hints(statement, table, ctx.render(table, asfrom=True), ctx)
    return ", ".join([first, *(ctx.render(t, asfrom=True) for t in extra)])


@renders("update_from", dialect="mysql")
def render_update_from(statement: Any, ctx: Rendering, **kw: Any) -> str:
    return ""


@renders("update_qualifies", dialect="mysql")
def render_update_qualifies(statement: Any, ctx: Rendering, **kw: Any) -> str:
    return "yes"


@renders("update_limit", dialect="mysql")
def render_update_limit(statement: Any, ctx: Rendering, **kw: Any) -> str:
    options = dict(statement._dialect_options)
    limit = options.get(f"{ctx.dialect.name}_limit", options.get("mysql_limit"))
    return f" LIMIT {int(limit)}" if limit is not None else ""


@renders("delete_tables", dialect="mysql")
def render_delete_tables(statement: Any, ctx: Rendering, *, table: Any, extra: list[Any], **kw: Any) -> str:
    text = with_hints(statement, table, ctx.render(table, asfrom=True), ctx)
    if extra and table.__visit_name__ != "table":
        text = ctx.quote(table.name)
    if not extra:
        return text
    joined = any(table is inner for from_ in extra for inner in from_._hidden_froms)
    listed = extra if joined else [table, *extra]
    return f"{text} USING {', '.join([ctx.render(t, asfrom=True) for t in listed])}"


@renders("extract", dialect="mysql")
def render_extract(node: Any, ctx: Rendering, **kw: Any) -> str:
    if node.field == "milliseconds":
        node = node._with(field="millisecond")
    return plain_extract(node, ctx, **kw)


@renders("cast", dialect="mysql")
def render_cast(node: Any, ctx: Rendering, **kw: Any) -> str:
    type_ = ctx.render(node.typeclause, **kw)
    if not type_:
        name = ctx.dialect.type_compiler_instance.process(node.type)
        warn(f"Datatype {name} does not support CAST on MySQL/MariaDb; the CAST will be skipped.")
        return ctx.render(node.clause.self_group(), **kw)
    return f"CAST({ctx.render(node.clause, **kw)} AS {type_})"


@renders("typeclause", dialect="mysql")
def render_typeclause(node: Any, ctx: Rendering, **kw: Any) -> str:
    return cast_type(node.type, ctx)


def cast_type(type_: Any, ctx: Rendering) -> str:
    """The type that CAST takes for a type; empty where MySQL has none."""
    impl = type_.dialect_impl(ctx.dialect)
    family = impl._type_affinity.__name__ if impl._type_affinity is not None else ""
    process = ctx.dialect.type_compiler_instance.process
    if family in ("Integer", "BigInteger", "SmallInteger"):
        return "UNSIGNED INTEGER" if getattr(impl, "unsigned", False) else "SIGNED INTEGER"
    if family in ("DateTime", "Date", "Time"):
        return "DATETIME" if type(impl).__name__ == "TIMESTAMP" else process(type_)
    if family == "String" and type(impl).__name__ not in ("ENUM", "SET"):
        length = getattr(impl, "length", None)
        name = f"CHAR({length})" if length else "CHAR"
        compiler: Any = ctx.dialect.type_compiler_instance
        return compiler.characters(impl, name, castable=True) if hasattr(impl, "charset") else name
    if family in ("LargeBinary", "_Binary", "BINARY"):
        return "BINARY"
    if family == "JSON":
        return "JSON"
    if family == "Numeric":
        found: str = process(type_).replace("NUMERIC", "DECIMAL")
        return found
    if family == "Float" and ctx.dialect.casts_to_float:
        return str(process(impl))
    process(type_)  # raises for what MySQL does not have
    return "DATETIME" if isinstance(type_, Interval) else ""


@renders("aggregate_strings_func", dialect="mysql")
def render_aggregate_strings(node: Any, ctx: Rendering, *, aggregate_order_by: Any = None, **kw: Any) -> str:
    clauses = node.clauses.clauses
    text = ctx.render(clauses[0])
    by = node.order_by if aggregate_order_by is None else aggregate_order_by
    order = f" ORDER BY {ctx.render(by)}" if by is not None else ""
    separator = ctx.render(clauses[1], literal_execute=True)
    return f"group_concat({text}{order} SEPARATOR {separator})"


@renders_operator(f.concat_op, dialect="mysql")
def render_concat(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = sides(binary, ctx, kw)
    return f"concat({left}, {right})"


@renders("concatenated", dialect="mysql")
def render_concatenated(parts: Any, ctx: Rendering, **kw: Any) -> str:
    return f"concat({', '.join(parts)})" if len(parts) > 1 else str(parts[0])


@renders("clauselist", dialect="mysql")
def render_clauselist(node: Any, ctx: Rendering, **kw: Any) -> str:
    if node.operator is f.concat_op:
        return f"concat({ctx.render_list(node.clauses, ', ', **kw)})"
    return _RENDERS[""]["clauselist"](node, ctx, **kw)


@renders_operator(f.is_distinct_from, dialect="mysql")
def render_is_distinct_from(binary: Any, ctx: Rendering, **kw: Any) -> str:
    return f"NOT ({ctx.render(binary.left, **kw)} <=> {ctx.render(binary.right, **kw)})"


@renders_operator(f.is_not_distinct_from, dialect="mysql")
def render_is_not_distinct_from(binary: Any, ctx: Rendering, **kw: Any) -> str:
    return f"{ctx.render(binary.left, **kw)} <=> {ctx.render(binary.right, **kw)}"


@renders_operator(f.floordiv, dialect="mysql")
def render_floordiv(binary: Any, ctx: Rendering, **kw: Any) -> str:
    return f"FLOOR({ctx.render(binary.left, **kw)} / {ctx.render(binary.right, **kw)})"


@renders_operator(f.regexp_match_op, f.not_regexp_match_op, dialect="mysql")
def render_regexp(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = sides(binary, ctx, kw)
    word = "NOT REGEXP" if binary.operator is f.not_regexp_match_op else "REGEXP"
    flags = dict(binary._modifiers).get("flags")
    if flags is None:
        return f"{left} {word} {right}"
    if getattr(ctx.dialect, "is_mariadb", False):
        return f"{left} {word} CONCAT({string_literal(f'(?{flags})', ctx)}, {right})"
    prefix = "NOT " if binary.operator is f.not_regexp_match_op else ""
    return f"{prefix}REGEXP_LIKE({left}, {right}, {string_literal(flags, ctx)})"


@renders_operator(f.regexp_replace_op, dialect="mysql")
def render_regexp_replace(binary: Any, ctx: Rendering, **kw: Any) -> str:
    flags = dict(binary._modifiers).get("flags")
    if flags is not None and getattr(ctx.dialect, "is_mariadb", False):  # flags stand in the pattern there
        kw["in_operator"] = True
        left, (pattern, replacement) = ctx.render(binary.left, **kw), binary.right.clauses
        pattern = f"CONCAT({string_literal(f'(?{flags})', ctx)}, {ctx.render(pattern, **kw)})"
        return f"REGEXP_REPLACE({left}, {pattern}, {ctx.render(replacement, **kw)})"
    left, right = sides(binary, ctx, kw)
    end = f", {string_literal(flags, ctx)}" if flags is not None else ""
    return f"REGEXP_REPLACE({left}, {right}{end})"


@renders_operator(f.match_op, f.not_match_op, dialect="mysql")
def render_match(binary: Any, ctx: Rendering, **kw: Any) -> str:
    modifiers = dict(binary._modifiers)
    natural_or_expanded = modifiers.get("mysql_natural_language") or modifiers.get("mysql_query_expansion")
    if natural_or_expanded and modifiers.get("mysql_boolean_mode", True):
        raise exc.CompileError(
            "Invalid MySQL match flags: mysql_natural_language and mysql_query_expansion need mysql_boolean_mode=False"
        )
    boolean = " IN BOOLEAN MODE" if modifiers.get("mysql_boolean_mode", True) else ""
    natural = " IN NATURAL LANGUAGE MODE" if modifiers.get("mysql_natural_language") else ""
    expansion = " WITH QUERY EXPANSION" if modifiers.get("mysql_query_expansion") else ""
    text = f"MATCH ({ctx.render(binary.left, **kw)}) AGAINST ({ctx.render(binary.right, **kw)}{boolean}{natural}{expansion})"
    return f"NOT {text}" if binary.operator is f.not_match_op else text


@renders_operator(f.json_getitem_op, f.json_path_getitem_op, dialect="mysql")
def render_json_item(binary: Any, ctx: Rendering, **kw: Any) -> str:
    left, right = sides(binary, ctx, kw)
    found = f"JSON_EXTRACT({left}, {right})"
    if is_document(binary):
        return found
    return f"CASE {found} WHEN 'null' THEN NULL {_read_json(found, binary.type, ctx)} END"


def _read_json(found: str, type_: Any, ctx: Rendering) -> str:
    kind = type_._type_affinity.__name__
    if kind == "Integer":
        return f"ELSE CAST({found} AS SIGNED INTEGER)"
    if kind in ("Numeric", "Float"):
        exact = getattr(type_, "scale", None) is not None and type_.precision is not None
        decimal = f"CAST({found} AS DECIMAL({type_.precision}, {type_.scale}))" if exact else ""
        return f"ELSE {decimal or found + '+0.0000000000000000000000'}"
    if kind == "Boolean":
        return "WHEN true THEN true ELSE false"
    return f"ELSE JSON_UNQUOTE({found})" if kind == "String" else f"ELSE {found}"


@renders("default_from", dialect="mysql")
def render_default_from(select: Any, ctx: Rendering, **kw: Any) -> str:
    return " FROM DUAL" if select._where_criteria else ""


@renders("from_hint", dialect="mysql")
def render_from_hint(from_: Any, ctx: Rendering, *, text: str, hint: str, **kw: Any) -> str:
    return f"{text} {hint}"


@renders("rollup_func", dialect="mysql")
def render_rollup(node: Any, ctx: Rendering, **kw: Any) -> str:
    return f"{ctx.render(node.clauses, **kw)} WITH ROLLUP"


@renders("next_value_func", dialect="mysql")
def render_next_value(node: Any, ctx: Rendering, **kw: Any) -> str:
    ctx.volatile = True
    return f"nextval({ctx.preparer.format_sequence(node.sequence)})"


@renders_operator(f.getitem, dialect="mysql")
def render_getitem(binary: Any, ctx: Rendering, **kw: Any) -> str:
    raise exc.UnsupportedCompilationError("mysql", type(binary))


FUNCTION_NAMES["mysql"] = {"random": "rand", "sysdate": "SYSDATE()"}
FUNCTION_NAMES["mariadb"] = FUNCTION_NAMES["mysql"]
refuses("try_cast", "aggregate_order_by_argument", dialect="mysql")
_RENDERS["mariadb"] = _RENDERS["mysql"]
OPERATOR_RENDERS["mariadb"] = OPERATOR_RENDERS["mysql"]
