"""Rendering of UPDATE and DELETE."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.expression.element import froms_of
from sublimate.statements.join import tables_of

from .dml import (
    begin,
    end,
    every_parameter,
    given_values,
    is_expression,
    is_foreign,
    is_part,
    is_sequence,
    parameter,
    render_ctes,
    returning,
    server_made,
    verb,
    with_hints,
    written_name,
)
from .registry import renders
from .rendering import Rendering, SelectFrame
from .select import conjunction, extension_text, lowered


@renders("update")
def render_update(statement: Any, ctx: Rendering, **kw: Any) -> str:
    statement = lowered(statement)
    toplevel = begin(statement, ctx)
    table = ctx.dml.table
    extra = _extra_froms(statement, table)
    ctx.stack.append(SelectFrame([table, *extra], [table, *extra], statement))
    text = verb("UPDATE", statement, ctx)
    text += ctx.dialect_render("update_tables", statement, table=table, extra=extra)
    ctx.dml.table = tables_of(table)[
        0
    ]  # of a join, the first is the one that names without a table belong to
    text += " SET " + ", ".join(_assignments(statement, ctx, [*table._hidden_froms, *extra]))
    render_ctes(statement, ctx)
    text += ctx.dialect_render("update_from", statement, table=table, extra=extra)
    text += _where(statement, ctx)
    text += ctx.dialect_render("update_limit", statement)
    text += extension_text(statement, "post_criteria", ctx, before=" ")
    text += returning(statement, ctx)
    ctx.stack.pop()
    if ctx.products is not None:
        ctx.lint("UPDATE", [table, *extra], statement._where_criteria)
    return end(ctx, text, toplevel)


def _where(statement: Any, ctx: Rendering) -> str:
    condition = conjunction(statement._where_criteria, ctx) if statement._where_criteria else ""
    return f" WHERE {condition}" if condition else ""


@renders("update_limit")
def render_update_limit(statement: Any, ctx: Rendering, **kw: Any) -> str:
    return ""


@renders("update_tables")
def render_update_tables(statement: Any, ctx: Rendering, *, table: Any, extra: list[Any], **kw: Any) -> str:
    return with_hints(statement, table, ctx.render(table, asfrom=True), ctx)


@renders("update_from")
def render_update_from(statement: Any, ctx: Rendering, *, table: Any, extra: list[Any], **kw: Any) -> str:
    return " FROM " + ", ".join(ctx.render(f, asfrom=True) for f in extra) if extra else ""


def _extra_froms(statement: Any, table: Any) -> list[Any]:
    """FROM elements that conditions and values name beside the table itself."""
    values = [v for _, v in getattr(statement, "_values", ())]
    columns = [k for k, _ in getattr(statement, "_values", ()) if is_part(k)]
    given = getattr(statement, "_using", ())
    mentioned = froms_of([*columns, *statement._where_criteria, *values])
    named = [f for f in mentioned if not any(f is known for known in given)]
    found = [f for f in (*given, *named) if f is not table]
    hidden = {id(h) for f in (table, *found) for h in f._hidden_froms}
    return [f for f in found if id(f) not in hidden]


def _assignments(statement: Any, ctx: Rendering, others: list[Any]) -> list[str]:
    """`column=value`, in the order of the table's columns unless the statement has one of its own."""
    table = ctx.dml.table
    given = given_values(statement, table, ctx, others)
    if not given and ctx.column_keys is None and "_values" not in statement.__dict__:
        given = every_parameter(table)
    foreign = [c for c in given if is_foreign(c, table)]
    several = bool(others or foreign)
    qualified = several and ctx.dialect_render("update_qualifies", statement, foreign=foreign) == "yes"
    _require_read(foreign, others)
    order = [*filter(is_part, given), *foreign, *table.c]
    if statement._ordered:
        order = [*given, *[c for c in table.c if c not in given]]
    texts, made = [], []
    names: dict[Any, str] = {}
    ctx.dml.start_row(given)
    for column in order:
        if column in given:
            if is_part(column):
                names[column] = written_name(column, ctx)
            if not is_part(column):
                ctx.dml.provided.add(column.key)
            value = given[column]
            if column in foreign and value._is_bind_parameter and value._is_crud:
                value = given[column] = ctx.stand_in(value, key=f"{column.table.name}_{column.key}")
            text: str | None = ctx.dml.text_of(column, ctx)
            if not value._is_bind_parameter and not is_part(column):
                made.append(column)
        else:
            text = _onupdate(column, ctx)
        if text is not None:
            name = names.get(column) or (ctx.render(column) if qualified else ctx.preparer.quote(column.name))
            texts.append(f"{name}={text}")
    ctx.dml.postfetch[:0] = made
    server_made(statement, ctx.dml.postfetch, ctx.dialect.update_returning, ctx)
    return texts


def _require_read(foreign: list[Any], others: list[Any]) -> None:
    """Refuse columns of tables that the statement does not read: every row of them would be written."""
    for column in foreign:
        if not any(column.table is inner for other in others for inner in (other, *other._hidden_froms)):
            raise exc.CompileError(
                f"Can't set {column}: the statement updates another table. Name the table in where(), "
                "so that its rows are joined"
            )


@renders("update_qualifies")
def render_update_qualifies(statement: Any, ctx: Rendering, *, foreign: list[Any], **kw: Any) -> str:
    """Whether SET names tables; most databases write to one table only."""
    if foreign:
        names = ", ".join(sorted({f"'{c.table.description}'" for c in foreign}))
        raise exc.CompileError(
            "Backend does not support additional tables in the SET clause; cannot include columns from table(s) "
            + names
        )
    return "no"


def _onupdate(column: Any, ctx: Rendering) -> str | None:
    """The text for a column that was given no value but changes with every UPDATE."""
    default = getattr(column, "onupdate", None)
    if default is None:
        if getattr(column, "server_onupdate", None) is not None:
            ctx.dml.postfetch.append(column)
        return None
    if is_expression(default):
        ctx.dml.postfetch.append(column)
        return ctx.render(default.arg.self_group())
    if is_sequence(default):
        return ctx.dialect_render("next_value_func", default.next_value())
    ctx.dml.prefetch.append((column, column.key))
    return ctx.render(parameter(column))


@renders("delete")
def render_delete(statement: Any, ctx: Rendering, **kw: Any) -> str:
    statement = lowered(statement)
    toplevel = begin(statement, ctx)
    table = ctx.dml.table
    extra = _extra_froms(statement, table)
    ctx.stack.append(SelectFrame([table, *extra], [table, *extra], statement))
    text = verb("DELETE", statement, ctx) + "FROM "
    render_ctes(statement, ctx)
    text += ctx.dialect_render("delete_tables", statement, table=table, extra=extra)
    text += _where(statement, ctx)
    text += ctx.dialect_render("update_limit", statement)
    text += extension_text(statement, "post_criteria", ctx, before=" ")
    server_made(statement, [], ctx.dialect.delete_returning, ctx)
    text += returning(statement, ctx)
    ctx.stack.pop()
    if ctx.products is not None:
        ctx.lint("DELETE", [table, *extra], statement._where_criteria)
    return end(ctx, text, toplevel)


@renders("delete_tables")
def render_delete_tables(statement: Any, ctx: Rendering, *, table: Any, extra: list[Any], **kw: Any) -> str:
    text = with_hints(statement, table, ctx.render(table, asfrom=True), ctx)
    return text + (" , " + ", ".join(ctx.render(f, asfrom=True) for f in extra) if extra else "")
