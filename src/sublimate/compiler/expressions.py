"""Rendering of expressions: columns, values and bound parameters, text, labels, casts, CASE."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.expression.column import literal_column
from sublimate.expression.node import AnonymousName
from sublimate.operators import functions as f
from sublimate.operators.table import is_comparison
from sublimate.statements.labels import LABEL_STYLE_TABLENAME_PLUS_COL
from sublimate.statements.select_base import column_name
from sublimate.statements.text import PARAMETER
from sublimate.types.literal import type_for_value

from .operations import operator_text
from .registry import renders
from .rendering import Rendering


@renders("column")
def render_column(column: Any, ctx: Rendering, *, include_table: bool = True, **kw: Any) -> str:
    if column.is_literal:
        return ctx.percent(column.name)
    name = ctx.quote(column.name)
    table = column.table
    if table is None or not include_table or ctx.bare_columns or not table.named_with_column:
        return name
    if table.__visit_name__ == "table":
        if ctx.renamed and id(table) in ctx.renamed:
            return f"{ctx.quote(ctx.renamed[id(table)])}.{name}"
        schema = ctx.preparer.schema_for_object(table)
        prefix = f"{ctx.preparer.quote_schema(schema)}." if schema else ""
        return f"{prefix}{ctx.quote(table.name)}.{name}"
    return f"{ctx.quote(table.name)}.{name}"


@renders("entity_column")
def render_entity_column(node: Any, ctx: Rendering, **kw: Any) -> str:
    return ctx.render(node.column, **kw)


@renders("bindparam")
def render_bind(
    bind: Any,
    ctx: Rendering,
    *,
    literal_binds: bool = False,
    literal_execute: bool = False,
    skip_bind_expression: bool = False,
    **kw: Any,
) -> str:
    impl = bind.type.dialect_impl(ctx.dialect)
    if impl.has_bind_expression and not skip_bind_expression and not bind.expanding:
        wrapped = impl.bind_expression(bind)
        if wrapped is not None and wrapped is not bind:
            return ctx.render(wrapped, skip_bind_expression=True, literal_binds=literal_binds, **kw)
    if (ctx.literal_binds or literal_binds) and not bind._comes_later:
        text = _literal_bind(bind, ctx)
    else:
        text = ctx.bind(bind, literal_execute=literal_execute)
    return f"({text})" if bind.expanding else text


def _literal_bind(bind: Any, ctx: Rendering) -> str:
    value = bind.effective_value
    if bind.expanding and value is not None:
        return in_list_literal(bind, value, ctx)
    return "NULL" if value is None else ctx.literal(value, bind.type)


def in_list_literal(bind: Any, values: Any, ctx: Rendering) -> str:
    values = list(values)
    if not values:
        return empty_set(bind, ctx)
    if bind.type._is_tuple_type or isinstance(values[0], (tuple, list)):
        rows = [
            "("
            + ", ".join(ctx.literal(v, t) for v, t in zip(row, tuple_types(bind, row), strict=False))
            + ")"
            for row in values
        ]
        prefix = "VALUES " if ctx.dialect.tuple_in_values else ""
        return prefix + ", ".join(rows)
    impl = bind.type.dialect_impl(ctx.dialect)
    parts = [ctx.literal(v, bind.type) for v in values]
    return ", ".join(
        [wrapped(part, impl, bind, ctx) for part in parts] if impl.has_bind_expression else parts
    )


def wrapped(text: str, impl: Any, bind: Any, ctx: Rendering) -> str:
    """One value of a list, finished text, within the SQL that its type puts around values."""
    place = "\x01"
    around = ctx.render(impl.bind_expression(literal_column(place, bind.type)), skip_bind_expression=True)
    return around.replace(place, text)


def tuple_types(bind: Any, row: Any) -> list[Any]:
    types = getattr(bind.type, "types", None) or [None] * len(row)
    # an element of no known type is written as its value says
    return [type_for_value(v) if t is None or t._isnull else t for v, t in zip(row, types, strict=False)]


def empty_set(bind: Any, ctx: Rendering) -> str:
    """What stands between the parentheses of IN () when the list is empty."""
    width = len(bind.type.types) if bind.type._is_tuple_type else 1
    if ctx.dialect.tuple_in_values:
        ones = ", ".join(["1"] * width)
        return f"SELECT {ones} FROM (SELECT {ones}) WHERE 1!=1"
    nulls = "(" + ", ".join(["NULL"] * width) + ")" if bind.type._is_tuple_type else "NULL"
    negated = bind.expand_op is f.not_in_op
    return f"{nulls}) OR (1 = 1" if negated else f"{nulls}) AND (1 != 1"


@renders("null")
def render_null(node: Any, ctx: Rendering, **kw: Any) -> str:
    return "NULL"


@renders("true")
def render_true(node: Any, ctx: Rendering, **kw: Any) -> str:
    return "true" if ctx.dialect.supports_native_boolean or ctx.dialect.boolean_keywords else "1"


@renders("false")
def render_false(node: Any, ctx: Rendering, **kw: Any) -> str:
    return "false" if ctx.dialect.supports_native_boolean or ctx.dialect.boolean_keywords else "0"


@renders("textclause")
def render_text(node: Any, ctx: Rendering, **kw: Any) -> str:
    ctx.volatile = True
    binds = node._by_name
    out: list[str] = []
    position = 0
    for found in PARAMETER.finditer(node.text):
        out.append(_unescape(ctx.percent(node.text[position : found.start()])))
        out.append(ctx.render(binds[found.group(1)]))
        position = found.end()
    out.append(_unescape(ctx.percent(node.text[position:])))
    return "".join(out)


@renders("tstring")
def render_tstring(node: Any, ctx: Rendering, **kw: Any) -> str:
    ctx.volatile = True
    if ctx.statement is not None and ctx.statement is not node:
        return "".join(_tstring_part(part, ctx) for part in node.parts)
    ctx.statement = node
    level = ctx.open_level(toplevel=True)
    text = "".join(_tstring_part(part, ctx) for part in node.parts)
    return ctx.close_level(level) + text


def _tstring_part(part: Any, ctx: Rendering) -> str:
    if isinstance(part, str):
        return ctx.percent(part)
    if part.__visit_name__ == "label":
        if isinstance(part.name, AnonymousName):
            return ctx.render(part.element)
        raise exc.CompileError(
            f"Using label() directly inside tstring() is not supported: whether {part.name!r} is to be written as a name "
            "or as the expression depends on where it stands. Write the expression itself, and AS or the name as text"
        )
    if part.is_select:
        return f"({ctx.render(part)})"
    return ctx.render(part, asfrom=True) if part.is_selectable else ctx.render(part)


def _unescape(text: str) -> str:
    return text.replace("\\:", ":")


@renders("textual_label_reference")
def render_label_reference(node: Any, ctx: Rendering, **kw: Any) -> str:
    if not ctx.stack:
        return _plain_text(node.element)
    target = _labelled(node.element, ctx)
    if isinstance(target, str):
        label = ctx.stack[-1].labels.get(target)
        return ctx.quote(target) if label is None else ctx.render(label, named=target)
    if target.__visit_name__ == "label":
        return ctx.quote(target.name)
    return ctx.render(target, **kw)


def _labelled(name: str, ctx: Rendering) -> Any:
    """What a string names: a label or column of the SELECT (not in a window of its columns), or a column it reads."""
    frame = ctx.stack[-1]
    own = None if ctx.within_columns else frame.columns.get(name)
    target = own if isinstance(own, str) else _with_table(name, frame)
    if (
        target is None and own is None and not ctx.within_columns
    ):  # before the columns are written: DISTINCT ON
        labels = (c for c in getattr(frame.stack_select, "inner_columns", ()) if c.__visit_name__ == "label")
        target = next((label for label in labels if label.name == name), None)
    if target is None:
        tables = [from_ for from_ in reversed(frame.asfrom_froms) if not from_._hidden_froms]
        target = next((from_.c[name] for from_ in tables if name in from_.c), own)
    if target is None:
        raise _unresolved(name)
    return target


def _with_table(name: str, frame: Any) -> Any:
    """The selected column that has this name with its table's name before it: `users_id`."""
    selected = getattr(frame.stack_select, "inner_columns", ()) if "_" in name else ()
    for column in selected:
        if column_name(column, LABEL_STYLE_TABLENAME_PLUS_COL) == name:
            return column
    return None


def _plain_text(name: str) -> str:
    if not all(word.isidentifier() for word in name.split(".")):
        raise _unresolved(name)
    return name


def _unresolved(name: str) -> exc.CompileError:
    return exc.CompileError(
        "Can't resolve label reference for ORDER BY / GROUP BY / DISTINCT etc. Textual SQL expression "
        f"{name!r} should be explicitly declared as text({name!r})"
    )


@renders("label")
def render_label(
    label: Any, ctx: Rendering, *, within_columns_clause: bool = False, within_label_clause: bool = False, order_by: bool = False,
    named: str | None = None, **kw: Any,
) -> str:  # fmt: skip
    if named is not None:
        return ctx.quote(named)
    if within_columns_clause and not within_label_clause:
        return f"{ctx.render(label.element, **kw)} AS {ctx.quote(label.name)}"
    if order_by and ctx.stack and ctx.dialect.supports_simple_order_by_label:
        columns = ctx.stack[-1].columns
        known = columns.get(label_key(label))
        if known is None and label.element.__visit_name__ == "grouping":  # as NULLS FIRST has it
            known = columns.get(label_key(label, label.element.element))
        if known is not None:
            return ctx.quote(known)
    return ctx.render(label.element, **kw)


def label_key(label: Any, element: Any = None) -> tuple[Any, ...]:
    """What a SELECT remembers a label among its columns by."""
    named = label.name if not isinstance(label.name, AnonymousName) else id(label.name)
    return ("label", (label.element if element is None else element).shape, named)


@renders("grouping")
def render_grouping(node: Any, ctx: Rendering, *, aggregate_order_by: Any = None, **kw: Any) -> str:
    text = ctx.render(node.element, **kw)
    if aggregate_order_by is not None:
        text += f" ORDER BY {ctx.render(aggregate_order_by, **kw)}"
    return f"({text})"


@renders("clauselist")
def render_clauselist(node: Any, ctx: Rendering, **kw: Any) -> str:
    operator = node.operator
    separator = " " if operator is None else operator_text(operator, ctx)
    if operator is not f.comma_op:
        kw["in_operator"] = True
    return ctx.render_list(node.clauses, separator, **kw)


@renders("tuple")
def render_tuple(node: Any, ctx: Rendering, **kw: Any) -> str:
    return f"({ctx.render_list(node.clauses, ', ', **kw)})"


@renders("collation")
def render_collation(node: Any, ctx: Rendering, **kw: Any) -> str:
    name: str = ctx.preparer.quote(node.collation)
    schema = node.collation_schema
    return f"{ctx.preparer.quote_schema(schema)}.{name}" if schema else name


@renders("asboolean")
def render_asboolean(node: Any, ctx: Rendering, **kw: Any) -> str:
    text = ctx.render(node.element, **kw)
    if ctx.dialect.supports_native_boolean or _is_condition(node.element):
        return text if node.operator is f.is_true else f"NOT {text}"
    return f"{text} = {1 if node.operator is f.is_true else 0}"


def _is_condition(element: Any) -> bool:
    """Whether a database without booleans takes the element as a condition by itself."""
    inner = element.element if element.__visit_name__ == "grouping" else None
    return inner is not None and is_comparison(getattr(inner, "operator", f.null_op))


@renders("case")
def render_case(node: Any, ctx: Rendering, **kw: Any) -> str:
    text = "CASE "
    if node.value is not None:
        text += ctx.render(node.value, **kw) + " "
    for condition, result in node.whens:
        text += f"WHEN {ctx.render(condition, **kw)} THEN {ctx.render(result, **kw)} "
    if node.else_ is not None:
        text += f"ELSE {ctx.render(node.else_, **kw)} "
    return text + "END"


@renders("typeclause")
def render_typeclause(node: Any, ctx: Rendering, **kw: Any) -> str:
    return ctx.type_text(node.type)


@renders("cast")
def render_cast(node: Any, ctx: Rendering, **kw: Any) -> str:
    inner = ctx.render(node.clause, **kw)
    type_, collation = _without_collation(node.type, ctx.render(node.typeclause, **kw), ctx)
    return f"CAST({inner} AS {type_}){collation}"


def _without_collation(type_: Any, text: str, ctx: Rendering) -> tuple[str, str]:
    """The name of a type, and the COLLATE that has no place in CAST but behind it."""
    impl = type_.dialect_impl(ctx.dialect)
    impl = getattr(impl, "item_type", impl).dialect_impl(ctx.dialect)
    if not getattr(impl, "collation", None):
        return text, ""
    name, collate, collation = text.rpartition(" COLLATE ")
    return (name, collate + collation) if collate else (text, "")


@renders("try_cast")
def render_try_cast(node: Any, ctx: Rendering, **kw: Any) -> str:
    return f"TRY_CAST({ctx.render(node.clause, **kw)} AS {ctx.render(node.typeclause, **kw)})"


@renders("type_coerce")
def render_type_coerce(node: Any, ctx: Rendering, **kw: Any) -> str:
    return ctx.render(node.clause, **kw)


@renders("extract")
def render_extract(node: Any, ctx: Rendering, **kw: Any) -> str:
    field = node.field
    if not str(field).replace("_", "").isalnum():
        raise exc.CompileError(f"{field!r} is not the name of a field that EXTRACT takes")
    return f"EXTRACT({field} FROM {ctx.render(node.expr, **kw)})"
