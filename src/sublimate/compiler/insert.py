"""Rendering of INSERT: one row, many rows, or from a SELECT."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.expression.literal import BindParameter

from .cte import with_clause
from .dml import (
    begin,
    column_for,
    end,
    every_parameter,
    given_values,
    is_expression,
    is_part,
    is_sequence,
    parameter,
    render_ctes,
    require_known,
    returning,
    server_made,
    verb,
    with_hints,
    written_name,
)
from .registry import renders
from .rendering import Rendering
from .select import extension_text, lowered


@renders("insert")
def render_insert(statement: Any, ctx: Rendering, **kw: Any) -> str:
    statement = lowered(statement)
    toplevel = begin(statement, ctx)
    state, table = ctx.dml, ctx.dml.table
    text = verb("INSERT", statement, ctx) + "INTO "
    text += with_hints(statement, table, ctx.preparer.format_table(table), ctx)
    if statement._select is None:
        text += _rows(statement, ctx) if statement._multi_values else _one_row(statement, ctx)
    render_ctes(statement, ctx)
    back = returning(statement, ctx)  # its parameters are numbered before those of what follows
    if statement._select is not None:
        text += _from_select(statement, ctx)
    if statement._post_values_clause is not None:
        state.insert_suffix += " " + ctx.render_as(statement.stringify_dialect, statement._post_values_clause)
    state.insert_suffix += extension_text(statement, "post_values", ctx, before=" ") + back
    if ctx.dialect.cte_follows_insert and statement._select is None:
        ctx.outermost.texts.clear()  # which has no place for what no SELECT reads
    return end(ctx, text + state.insert_suffix, toplevel)


def _one_row(statement: Any, ctx: Rendering) -> str:
    state, table = ctx.dml, ctx.dml.table
    given = given_values(statement, table, ctx)
    if not given and ctx.column_keys is None and "_values" not in statement.__dict__:
        given = every_parameter(table)
    fetches = _fetches_key(statement, table, ctx)
    columns, values = [], []
    state.start_row(given)
    for column in (*filter(is_part, given), *table.c):
        if column in given:
            if not is_part(column):
                state.provided.add(column.key)
                if _is_computed(given[column]):
                    _postfetch(column, ctx)
            text: str | None = state.text_of(column, ctx)
        else:
            text = _default(column, ctx, fetches)
        if text is not None:
            columns.append(column)
            values.append(text)
    if fetches:
        _returned_key(table, given, ctx)
    server_made(statement, _unknown(table, given, ctx), fetches, ctx)
    if not columns:
        return " DEFAULT VALUES" if ctx.dialect.supports_default_values else " () VALUES ()"
    names = ", ".join(written_name(c, ctx) for c in columns)
    prefix, row = f" ({names}) VALUES ", f"({', '.join(values)})"
    state.insert_prefix, state.values_row = prefix, row
    return prefix + row


def _default(column: Any, ctx: Rendering, fetches_key: bool) -> str | None:
    """The text for a column that was given no value but has a default on the Python side."""
    default = getattr(column, "default", None)
    if default is None:
        if getattr(column, "server_default", None) is not None:
            _postfetch(column, ctx)
        return None
    if is_sequence(default) and not _uses(default, ctx):
        return None
    if (is_expression(default) or is_sequence(default)) and not _asked_before(column, ctx, fetches_key):
        _postfetch(column, ctx)
        if is_sequence(default):
            return ctx.dialect_render("next_value_func", default.next_value())
        return ctx.render(default.arg.self_group())
    ctx.dml.prefetch.append((column, column.key))
    return ctx.render(parameter(column))


def _postfetch(column: Any, ctx: Rendering) -> None:
    if not column.primary_key:
        ctx.dml.postfetch.append(column)


def _is_computed(value: Any) -> bool:
    """Whether the database makes the value that was given."""
    return hasattr(value, "self_group") and not isinstance(value, BindParameter)


def _asked_before(column: Any, ctx: Rendering, fetches_key: bool) -> bool:
    """Whether the database is asked for the value before the INSERT: a key that could not be learnt afterwards."""
    statement = ctx.dml.statement
    return bool(
        column.primary_key
        and not (fetches_key or statement._inline or statement._returning or ctx.for_executemany)
    )


def _uses(sequence: Any, ctx: Rendering) -> bool:
    dialect = ctx.dialect
    return dialect.supports_sequences and not (sequence.optional and dialect.sequences_optional)


# -- what comes back


def _fetches_key(statement: Any, table: Any, ctx: Rendering) -> bool:
    """Whether the generated key comes back by RETURNING: the dialect can, and nobody asked for other columns."""
    dialect = ctx.dialect
    if statement._returning or statement._inline or not dialect.insert_returning:
        return False
    if not getattr(table, "implicit_returning", True) or not hasattr(table, "autoincrement_column"):
        return False
    by_lastrowid = (
        dialect.postfetch_lastrowid
        and not dialect.favor_returning_over_lastrowid
        and table.autoincrement_column is not None
    )
    return bool(statement._return_defaults or not (ctx.for_executemany or by_lastrowid))


def _returned_key(table: Any, given: dict[Any, Any], ctx: Rendering) -> None:
    prefetched = {id(c) for c, _ in ctx.dml.prefetch}
    for column in table.primary_key:
        if column in given:
            made = not given[column]._is_bind_parameter
        else:
            has_default = column.server_default is not None or column.default is not None
            made = id(column) not in prefetched and (has_default or column is table.autoincrement_column)
        if made:
            ctx.dml.implicit_returning.append(column)


def _unknown(table: Any, given: dict[Any, Any], ctx: Rendering) -> list[Any]:
    """The columns whose values only the server knows after the INSERT."""
    prefetched = {id(c) for c, _ in ctx.dml.prefetch}
    return [
        c
        for c in table.c
        if not c.primary_key and id(c) not in prefetched and not (c in given and given[c]._is_bind_parameter)
    ]


# -- many rows


def _rows(statement: Any, ctx: Rendering) -> str:
    table = ctx.dml.table
    if not ctx.dialect.supports_multivalues_insert and ctx.dialect_name:
        raise exc.CompileError(
            f"The '{ctx.dialect.name}' dialect with current database version settings does not support in-place "
            "multirow inserts."
        )
    if statement._returning and statement._sort_by_parameter_order:
        raise exc.CompileError(
            "RETURNING cannot be deterministically sorted when using an INSERT which includes multi-row values()."
        )
    first = [(column_for(k, table), k) for k, _ in statement._multi_values[0]]
    require_known([str(k) for column, k in first if column is None])
    given = {column for column, _ in first}
    for key in ctx.column_keys or ():  # a parameter has no place among the rows
        column = column_for(key, table)
        if column is not None and column not in given:
            _cell({}, column, ctx)
    columns = [c for c in table.c if c in given or _has_default(c, ctx)]
    rows = []
    for number, row in enumerate(statement._multi_values):
        values = {column_for(k, table): v for k, v in row}
        ctx.dml.start_row(values, number)
        cells = [
            _row_default(c, number, ctx)
            if c not in values and _has_default(c, ctx)
            else _cell(values, c, ctx)
            for c in columns
        ]
        rows.append(f"({', '.join(cells)})")
    names = ", ".join(ctx.preparer.quote(c.name) for c in columns)
    return f" ({names}) VALUES {', '.join(rows)}"


def _has_default(column: Any, ctx: Rendering) -> bool:
    default = getattr(column, "default", None)
    return default is not None and (not is_sequence(default) or _uses(default, ctx))


def _cell(values: dict[Any, Any], column: Any, ctx: Rendering) -> str:
    value = values.get(column)
    if value is None:
        raise exc.CompileError(
            f"INSERT value for column {column.table.name}.{column.name} is explicitly rendered as a boundparameter in "
            "the VALUES clause; a Python-side value or SQL expression is required"
        )
    found: str = ctx.dml.text_of(column, ctx)
    return found


def _row_default(column: Any, number: int, ctx: Rendering) -> str:
    default = column.default
    if is_sequence(default):
        return ctx.dialect_render("next_value_func", default.next_value())
    if is_expression(default):
        return ctx.render(default.arg)
    bind = parameter(column)
    if number:
        bind.key = f"{column.key}_m{number}"
    ctx.dml.prefetch.append((column, bind.key))
    return ctx.render(bind)


# -- from a SELECT


def _from_select(statement: Any, ctx: Rendering) -> str:
    table = ctx.dml.table
    columns = [column_for(name, table) for name in statement._select_names]
    require_known([str(n) for n, c in zip(statement._select_names, columns, strict=True) if c is None])
    select = statement._select
    extra: list[tuple[Any, Any]] = []
    if statement._include_defaults:
        extra = _selected_defaults(table, columns, ctx)
        if extra and select.__visit_name__ != "select":
            missing = ", ".join([repr(column.key) for column, _ in extra])
            raise exc.CompileError(
                f"Can't extend statement for INSERT..FROM SELECT to include additional default-holding column(s) {missing}.  "
                "Convert the selectable to a subquery() first, or pass include_defaults=False to Insert.from_select() to "
                "skip these columns."
            )
        if extra:
            select = select.add_columns(*[value for _, value in extra])
    names = ", ".join(ctx.preparer.quote(c.name) for c in (*columns, *[c for c, _ in extra]))
    collected, ctx.result_columns = ctx.result_columns, None
    body = ctx.render(select, in_insert=True)
    ctx.result_columns = collected
    if ctx.dialect.cte_follows_insert and statement is ctx.statement:
        body = with_clause(ctx) + body
    return f" ({names}) {body}"


def _selected_defaults(table: Any, columns: list[Any], ctx: Rendering) -> list[tuple[Any, Any]]:
    """Defaults of the columns that the SELECT does not fill, as columns of the SELECT."""
    extra = []
    for column in table.c:
        default = getattr(column, "default", None)
        if default is None or any(column is c for c in columns):
            continue
        if is_sequence(default):
            if _uses(default, ctx):
                extra.append((column, default.next_value()))
        elif is_expression(default):
            extra.append((column, default.arg))
        else:
            ctx.dml.prefetch.append((column, column.key))
            extra.append((column, parameter(column)))
    return extra
