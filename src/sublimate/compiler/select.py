"""Rendering of SELECT: its clauses in their order, labels and result columns; statements of text; savepoints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sublimate import exc
from sublimate.expression.binary import BooleanClauseList
from sublimate.expression.literal import True_
from sublimate.expression.node import AnonymousName
from sublimate.operators.functions import and_, asbool
from sublimate.statements.froms import display_froms
from sublimate.statements.labels import LABEL_STYLE_NONE
from sublimate.statements.select_base import RepeatedName
from sublimate.util.warnings import warn_deprecated

from .cte import with_clause
from .expressions import label_key
from .froms import from_text
from .registry import custom_for, renders
from .rendering import MARK, Rendering, SelectFrame


class ResultColumn(NamedTuple):
    """One column of a statement's rows. Without a name, the database says what it is called, or which columns it is."""

    name: str | None
    key: Any
    type: Any
    objects: tuple[Any, ...]


def lowered(statement: Any, nested: bool = False) -> Any:
    """The statement with entities, relationships and loader options turned into columns and joins (the ORM's work)."""
    for node in _lowerable(statement):
        lower = getattr(node, "lower_statement", None)
        if lower is not None:
            return lower(statement, nested)
    return statement


def _lowerable(statement: Any) -> Any:
    for field in ("_raw_columns", "_from_obj", "_with_options", "_returning"):
        yield from getattr(statement, field, ())
    for entry in getattr(statement, "_setup_joins", ()):
        yield from (part for part in entry[:3] if part is not None)
    table = getattr(statement, "table", None)
    if table is not None:
        yield table
    for expression in (*getattr(statement, "_raw_columns", ()), *getattr(statement, "_where_criteria", ())):
        yield from _entity_columns(expression)


def _entity_columns(node: Any) -> Any:
    if node.__visit_name__ == "entity_column":
        yield node
    for below in node.get_children():
        if not getattr(below, "is_select", False):
            yield from _entity_columns(below)


@renders("select")
def render_select(
    select: Any, ctx: Rendering, *, asfrom: bool = False, lateral: bool = False, compound: bool = False, in_insert: bool = False,
    **kw: Any,
) -> str:  # fmt: skip
    select = lowered(select, nested=ctx.statement is not None)
    within = select.__dict__.get("_rendered_within")
    if within is not None:
        with within():
            return _render_select(select, ctx, asfrom, lateral, compound, in_insert, **kw)
    return _render_select(select, ctx, asfrom, lateral, compound, in_insert, **kw)


def _render_select(
    select: Any, ctx: Rendering, asfrom: bool, lateral: bool, compound: bool, in_insert: bool, **kw: Any
) -> str:
    toplevel = ctx.statement is None
    if toplevel:
        ctx.statement = select
        ctx.statement_kind = "select"
        ctx.result_selects = frozenset((id(select),))
    nested = None if in_insert or compound else ctx.open_level(toplevel)
    for cte in select._independent_ctes:
        ctx.render(cte)
    froms, frame = _open_frame(select, ctx, asfrom=asfrom, lateral=lateral)
    outer_renamed = ctx.renamed
    if len(frame.correlate_froms) > 1:
        _tell_apart(frame, ctx)
    ctx.stack.append(frame)
    collects = ctx.result_columns is not None and (toplevel or (compound and kw.get("collect", False)))
    outer_within, ctx.within_columns = ctx.within_columns, False
    outer_bare, ctx.bare_columns = ctx.bare_columns, False
    text = _prefix(select, ctx)
    columns = _columns_clause(select, ctx, frame, asfrom=asfrom, collects=collects)
    where = _where_criteria(select, ctx, frame)
    text = (text + ", ".join(columns)).rstrip() + _tail(select, ctx, froms, where)
    ctx.within_columns, ctx.bare_columns = outer_within, outer_bare
    ctx.stack.pop()
    ctx.renamed = outer_renamed
    if ctx.products is not None:
        ctx.lint("SELECT", froms, where)
    return ctx.close_level(nested) + text


def _open_frame(select: Any, ctx: Rendering, *, asfrom: bool, lateral: bool) -> tuple[list[Any], SelectFrame]:
    """The FROM elements this SELECT lists, given what the enclosing ones provide, and what it provides itself."""
    outer = ctx.stack[-1] if ctx.stack else None
    outer_correlate = outer.correlate_froms if outer else []
    outer_asfrom = outer.asfrom_froms if outer else []
    if asfrom and not lateral:
        known = {id(f) for f in outer_asfrom}
        explicit = [f for f in outer_correlate if id(f) not in known]
        froms = display_froms(select, explicit, ())
    else:
        froms = display_froms(select, outer_correlate, outer_asfrom)
    spread = [inner for f in froms for inner in (f, *f._hidden_froms)]
    return froms, SelectFrame([*spread, *outer_correlate], spread, select)


def _where_criteria(select: Any, ctx: Rendering, frame: SelectFrame) -> tuple[Any, ...]:
    """The conditions, without those that an element of FROM brought which an enclosing SELECT provides: they stand there."""
    where: tuple[Any, ...] = select._where_criteria
    brought = select.__dict__.get("_brought_by")
    if brought is None or len(ctx.stack) < 2:
        return where
    here = {id(f) for f in frame.asfrom_froms}
    elsewhere = {
        id(condition)
        for condition, from_ in brought
        if here.isdisjoint(id(f) for f in (from_, *from_._hidden_froms))
    }
    return tuple([c for c in where if id(c) not in elsewhere])


def _tell_apart(frame: SelectFrame, ctx: Rendering) -> None:
    """Give `a` another name where `x.a` is read beside it: columns of `a` could be of either."""
    tables = [f for f in frame.correlate_froms if f.__visit_name__ == "table"]
    names = [table.name for table in tables]
    if len(set(names)) == len(names):
        return
    own = {id(f) for f in frame.asfrom_froms}
    schemas = [ctx.preparer.schema_for_object(table) for table in tables]
    with_schema = {name for name, schema in zip(names, schemas, strict=True) if schema}
    without = {t.name: t for t, schema in zip(tables, schemas, strict=True) if not schema}
    for name in [name for name in without if name in with_schema]:
        if id(without[name]) in own:
            changed = [without[name]]
        else:  # that one is written already
            changed = [t for t in tables if t.name == name and t is not without[name] and id(t) in own]
        ctx.renamed = {
            **ctx.renamed,
            **{id(t): ctx.numbered(name) for t in changed if id(t) not in ctx.renamed},
        }


def _prefix(select: Any, ctx: Rendering) -> str:
    text = "SELECT "
    text += extension_text(select, "post_select", ctx, after=" ")
    for hint, dialect in getattr(select, "_statement_hints", ()):
        if dialect in ("*", ctx.dialect.name) and ctx.dialect.name in ("oracle",):
            text += hint + " "
    for prefix, dialect in select._prefixes:
        if dialect in ("*", ctx.dialect.name):
            text += ctx.render(prefix) + " "
    if select._distinct and not _has_distinct(select):
        text += _distinct(select, ctx)
    return text + extension_text(select, "pre_columns", ctx, after=" ")


def extension_text(statement: Any, position: str, ctx: Rendering, before: str = "", after: str = "") -> str:
    """The clauses that `ext()` put at a place of the statement."""
    for place, clauses in statement._extensions:
        if place == position and clauses:
            return before + ctx.render_list(clauses, " ") + after
    return ""


def _has_distinct(select: Any) -> bool:
    """Whether one of the clauses that `ext()` put there is a DISTINCT itself."""
    return any(getattr(c, "replaces_distinct", False) for _, clauses in select._extensions for c in clauses)


def _distinct(select: Any, ctx: Rendering) -> str:
    if select._distinct_on and getattr(ctx.dialect, "supports_distinct_on", False):
        return f"DISTINCT ON ({ctx.render_list(select._distinct_on)}) "
    if select._distinct_on and ctx.dialect_name:
        warn_deprecated(
            "DISTINCT ON is currently supported only by the PostgreSQL dialect.  Use of DISTINCT ON for other backends "
            "is currently silently ignored, however this usage is deprecated, and will raise CompileError in a future "
            "release for all backends that do not support this syntax"
        )
    return "DISTINCT "


def members_of(node: Any) -> Iterator[int]:
    """The SELECTs that a set operation is made of, whatever parentheses stand around them."""
    while node.__visit_name__ == "select_statement_grouping":
        node = node.element
    if node.__visit_name__ == "compound_select":
        for member in node.selects:
            yield from members_of(member)
    else:
        yield id(node)


def _columns_clause(
    select: Any, ctx: Rendering, frame: SelectFrame, *, asfrom: bool, collects: bool
) -> list[str]:
    entries = iter(select._column_plan)
    style_none = select._label_style is LABEL_STYLE_NONE
    out: list[str] = []
    labels: dict[Any, Any] = {}
    ctx.within_columns = True
    for expr in select.inner_columns:
        if getattr(expr, "is_text", False):
            text = ctx.render(expr)
            out.append(text)
            if collects and ctx.result_columns is not None:
                ctx.result_columns.append(ResultColumn(None, text, expr.type, (expr,)))
            continue
        key, name, expr = next(entries)
        if asfrom and expr.__visit_name__ == "label":
            _require_one_label(expr, labels)
        out.append(
            labelled(
                expr, name, ctx, frame, asfrom=asfrom, style_none=style_none, key=key, collects=collects,
                wraps=not asfrom and id(select) in ctx.result_selects,
            )
        )  # fmt: skip
    ctx.within_columns = False
    return out


def _require_one_label(label: Any, seen: dict[Any, Any]) -> None:
    """Two expressions under one label could not be told apart from outside the subquery."""
    if seen.setdefault(label.name, label) is not label:
        raise exc.InvalidRequestError(
            f"Label name {label.name} is being renamed to an anonymous label due to disambiguation which is not "
            "supported right now.  Please use unique names for explicit labels."
        )


def labelled(
    expr: Any,
    name: Any,
    ctx: Rendering,
    frame: SelectFrame,
    *,
    asfrom: bool,
    style_none: bool,
    key: Any,
    collects: bool,
    wraps: bool = True,
) -> str:
    """One entry of the columns clause, with `AS name` where it is needed.

    `wraps`: the values go to the caller, so a type may put SQL of its own around the column.
    """
    kind = expr.__visit_name__
    if kind == "tuple" and collects:
        raise exc.CompileError(
            "Most backends don't support SELECTing from a tuple() object.  If this is an ORM query, consider using the Bundle object."
        )
    impl = expr.type.dialect_impl(ctx.dialect)
    wrapped = impl.column_expression(expr) if wraps and impl.has_column_expression else None
    named_itself = (
        kind in ("column", "entity_column", "scalar_function_column", "table_valued_column")
        and name == expr.name
    )
    if wrapped is not None and wrapped is not expr:
        text, label = None, name
        source = wrapped
    elif named_itself:
        in_table = kind in ("column", "entity_column") and expr.table is not None and not expr.is_literal
        label = name if asfrom and in_table else None
        source = expr
    elif kind == "asboolean" and expr.element.__visit_name__ == "column" and not asfrom:
        label, source = None if ctx.dialect.supports_native_boolean else name, expr
    elif (
        kind == "unary"
        and expr.operator is not None
        and expr.element.__visit_name__ == "label"
        and not asfrom
    ):
        label, source = expr.element.name, expr
    elif (
        not asfrom
        and isinstance(name, AnonymousName)
        and (expr._label_base is None or (style_none and kind in ("column", "entity_column")))
    ):
        label, source = None, expr
    else:
        label, source = name, expr
    if label.__class__ is RepeatedName and id(label) not in ctx.names:
        ctx.names[id(label)] = ctx.numbered(f"{ctx.name_of(label.base)}_")
    rendered_name = ctx.name_of(label) if label is not None else None
    custom = kind == "label" and source is expr and custom_for(expr, ctx.dialect_name) is not None
    if custom:  # a user's function writes the name too
        text = ctx.render(expr, within_columns_clause=True, within_label_clause=False)
    else:
        text = ctx.render(source.element if kind == "label" and source is expr else source)
    if kind == "label" and label is not None:
        frame.columns[label_key(expr)] = rendered_name
        if isinstance(expr.name, str) and rendered_name is not None:
            frame.columns[rendered_name] = rendered_name
            frame.labels[rendered_name] = expr
    elif kind in ("column", "entity_column"):
        frame.columns.setdefault(expr.key, expr)
    if collects and ctx.result_columns is not None:
        public = rendered_name if rendered_name is not None else _name_in_result(expr, name, text, ctx)
        objects = (expr, expr.element) if kind == "label" else (expr,)
        found = ResultColumn(public, key if isinstance(key, str) else public or text, expr.type, objects)
        ctx.result_columns.append(found)
    if rendered_name is None or custom:
        return text
    return f"{text} AS {ctx.preparer.quote(rendered_name)}"


def _name_in_result(expr: Any, name: Any, text: str, ctx: Rendering) -> str | None:
    """What a column without `AS` is called: its own name, or that of the column it wraps; None for text that may be several."""
    if expr.__visit_name__ == "column" and expr.is_literal and (text.endswith("*") or "," in text):
        return None
    while expr.__visit_name__ in ("unary", "grouping", "asboolean"):
        expr = expr.element
    named = getattr(expr, "name", None)
    if isinstance(named, (str, AnonymousName)):
        return ctx.name_of(named)
    return name if isinstance(name, str) else None if MARK in text else text


def _tail(select: Any, ctx: Rendering, froms: list[Any], where: tuple[Any, ...]) -> str:
    """Everything after the columns."""
    text = ""
    if froms:
        hints = {
            id(target): hint for target, hint, dialect in select._hints if dialect in ("*", ctx.dialect.name)
        }
        ctx.from_hints, outer = hints, ctx.from_hints
        text += " \nFROM " + ", ".join([from_text(f, ctx) for f in froms])
        ctx.from_hints = outer
    else:
        text += ctx.dialect_render("default_from", select)
    if where and (condition := conjunction(where, ctx)):
        text += " \nWHERE " + condition
    if select._group_by_clauses:
        text += " GROUP BY " + ctx.render_list(select._group_by_clauses)
    if select._having_criteria and (condition := conjunction(select._having_criteria, ctx)):
        text += " \nHAVING " + condition
    text += extension_text(select, "post_criteria", ctx, before=" \n")
    text += order_and_limit(select, ctx)
    text += extension_text(select, "post_body", ctx, before=" ")
    for hint, dialect in select._statement_hints:
        if dialect in ("*", ctx.dialect.name):
            text += " " + ctx.percent(hint)
    for suffix, dialect in select._suffixes:
        if dialect in ("*", ctx.dialect.name):
            text += " " + ctx.render(suffix)
    return text + (" " if select._suffixes else "")


def order_and_limit(select: Any, ctx: Rendering, *, locks: bool = True) -> str:
    text = ""
    if select._order_by_clauses:
        text += " ORDER BY " + ctx.render_list(select._order_by_clauses, order_by=True)
    if select._has_row_limiting_clause:
        text += ctx.dialect_render("limit_clause", select)
    if locks and select._for_update_arg is not None:
        text += ctx.dialect_render("for_update_clause", select)
        ctx.volatile = True
    return text


def conjunction(criteria: tuple[Any, ...], ctx: Rendering) -> str:
    """Conditions joined by AND; one by itself asks for no parentheses, as the parts of an `and_()` do."""
    joined = BooleanClauseList.joined(and_, criteria)
    passed = {} if ctx.include_table else {"include_table": False}
    if not _is_and(joined) or len(criteria) == 1:
        return ctx.render(joined.self_group(against=asbool), **passed)
    kept = [c if _is_and(c) else c.self_group(against=and_) for c in criteria if not isinstance(c, True_)]
    return ctx.render_list(kept, " AND ", **passed)


def _is_and(condition: Any) -> bool:
    return condition.__class__ is BooleanClauseList and condition.operator is and_


@renders("limit_clause")
def render_limit(select: Any, ctx: Rendering, **kw: Any) -> str:
    if select._fetch_clause is not None:
        return render_fetch(select, ctx)
    text = ""
    if select._limit_clause is not None:
        text += "\n LIMIT " + ctx.render(select._limit_clause)
    if select._offset_clause is not None:
        if select._limit_clause is None:
            text += "\n LIMIT -1"
        text += " OFFSET " + ctx.render(select._offset_clause)
    return text


def render_fetch(select: Any, ctx: Rendering) -> str:
    text = ""
    if select._offset_clause is not None:
        text += f"\n OFFSET {ctx.render(select._offset_clause)} ROWS"
    ties, percent = select._fetch_clause_options
    text += f"\n FETCH FIRST {ctx.render(select._fetch_clause)}{' PERCENT' if percent else ''} ROWS {'WITH TIES' if ties else 'ONLY'}"
    return text


@renders("for_update_clause")
def render_for_update(select: Any, ctx: Rendering, **kw: Any) -> str:
    return " FOR UPDATE"


@renders("scalar_select")
def render_scalar_select(node: Any, ctx: Rendering, **kw: Any) -> str:
    return f"({_operand(node.element, ctx, kw)})"


def _operand(select: Any, ctx: Rendering, kw: dict[str, Any], **passed: Any) -> str:
    """A SELECT in an expression; if that is part of an operation, so is everything within."""
    outer, ctx.within_operator = ctx.within_operator, ctx.within_operator or kw.get("in_operator", False)
    text = ctx.render(select, **passed)
    ctx.within_operator = outer
    return text


@renders("select_statement_grouping")
def render_select_grouping(node: Any, ctx: Rendering, **kw: Any) -> str:
    passed = {k: v for k, v in kw.items() if k in ("asfrom", "collect", "compound")}
    return f"({_operand(node.element, ctx, kw, **passed)})"


@renders("exists")
def render_exists(node: Any, ctx: Rendering, **kw: Any) -> str:
    return f"EXISTS {ctx.render(node.element, **kw)}"


@renders("textual_select")
def render_textual_select(node: Any, ctx: Rendering, **kw: Any) -> str:
    toplevel = ctx.statement is None
    if toplevel:
        ctx.statement = node
        ctx.statement_kind = "textual_select"
        if ctx.result_columns is not None:
            by_name = not node.positional
            ctx.result_columns.extend(
                ResultColumn(None, c.key if by_name else None, c.type, (c, getattr(c, "column", c)))
                for c in node.column_args
            )
    for cte in node._independent_ctes:
        ctx.render(cte)
    text = ctx.render(node.element)
    return with_clause(ctx) + text if toplevel else text


@renders("from_statement")
def render_from_statement(node: Any, ctx: Rendering, **kw: Any) -> str:
    return ctx.render(node.element, **kw)


# -- savepoints


@renders("savepoint")
def render_savepoint(node: Any, ctx: Rendering, **kw: Any) -> str:
    return f"SAVEPOINT {ctx.quote(node.ident)}"


@renders("rollback_to_savepoint")
def render_rollback_to_savepoint(node: Any, ctx: Rendering, **kw: Any) -> str:
    return f"ROLLBACK TO SAVEPOINT {ctx.quote(node.ident)}"


@renders("release_savepoint")
def render_release_savepoint(node: Any, ctx: Rendering, **kw: Any) -> str:
    return f"RELEASE SAVEPOINT {ctx.quote(node.ident)}"
