"""Rendering of ON CONFLICT and ON DUPLICATE KEY UPDATE."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.expression.column import ProxyColumn, literal_column
from sublimate.expression.traverse import replacement_traverse
from sublimate.util.warnings import warn

from .dml import column_for
from .registry import renders
from .rendering import Rendering


@renders("excluded")
def render_excluded(node: Any, ctx: Rendering, **kw: Any) -> str:
    return str(node.name)


def _conflict_target(clause: Any, ctx: Rendering) -> str:
    if clause.constraint is not None:
        return ctx.dialect_render("conflict_constraint", clause)
    if not clause.targets:
        return ""
    bare, ctx.bare_columns = ctx.bare_columns, True
    parts = [ctx.preparer.quote(t) if isinstance(t, str) else ctx.render(t) for t in clause.targets]
    text = f" ({', '.join(parts)})"
    if clause.target_where is not None:
        text += " WHERE " + ctx.dialect_render("conflict_where", clause.target_where)
    ctx.bare_columns = bare
    return text


@renders("conflict_constraint")
def render_conflict_constraint(clause: Any, ctx: Rendering, **kw: Any) -> str:
    return f" ON CONSTRAINT {ctx.preparer.truncate_and_render_constraint_name(clause.constraint)}"


@renders("conflict_where")
def render_conflict_where(condition: Any, ctx: Rendering, **kw: Any) -> str:
    return ctx.render(condition)


@renders("on_conflict_clauses", dialect="sqlite")
def render_conflict_clauses(node: Any, ctx: Rendering, **kw: Any) -> str:
    return " ".join([ctx.render(clause) for clause in node.clauses])


@renders("on_conflict_do_nothing", dialect="postgresql")
@renders("on_conflict_do_nothing", dialect="sqlite")
def render_do_nothing(clause: Any, ctx: Rendering, **kw: Any) -> str:
    return f"ON CONFLICT{_conflict_target(clause, ctx)} DO NOTHING"


@renders("on_conflict_do_update", dialect="postgresql")
@renders("on_conflict_do_update", dialect="sqlite")
def render_do_update(clause: Any, ctx: Rendering, **kw: Any) -> str:
    target = _conflict_target(clause, ctx) or " "
    text = f"ON CONFLICT{target} DO UPDATE SET {', '.join(_upsert_assignments(clause, ctx))}"
    if clause.where is not None:
        text += f" WHERE {ctx.render(clause.where)}"
    return text


def _upsert_assignments(clause: Any, ctx: Rendering) -> list[str]:
    table = ctx.dml.table
    given = {}
    for key, value in clause.values:
        column = column_for(key, table)
        given[key if column is None else column.key] = (column, value)
    out = []
    unknown = [k for k in given if k not in table.c]
    _warn_of_unknown(unknown, table)
    for key in [c.key for c in table.c if c.key in given] + unknown:
        column, value = given[key]
        name = ctx.preparer.quote(column.name if column is not None else key)
        if value._is_bind_parameter and value.type._isnull and column is not None:
            value = ctx.stand_in(value, type=column.type)
        out.append(f"{name} = {ctx.render(value.self_group())}")
    return out


def _warn_of_unknown(keys: list[Any], table: Any) -> None:
    if keys:
        warn(
            f"Additional column names not matching any column keys in table '{table.name}': {', '.join(map(repr, keys))}"
        )


def _changes(clause: Any, ctx: Rendering) -> dict[str, Any]:
    """column key -> its new value: None for what the new row has."""
    table, given = ctx.dml.table, {column_for(k, ctx.dml.table): v for k, v in clause.values}
    named = [column_for(k, table) for k in clause.columns]
    if not named and not given:
        keys = {id(column_for(k, table)) for k in clause.keys}
        named = [c for c in table.c if c.key in _inserted(ctx) and id(c) not in keys]
    return {c.key: given.get(c) for c in (*named, *given)}


def _inserted(ctx: Rendering) -> set[str]:
    """The keys of the columns that the statement writes."""
    statement, table = ctx.dml.statement, ctx.dml.table
    names = [k for k, _ in statement._multi_values[0]] if statement._multi_values else statement._select_names
    provided: set[str] = ctx.dml.provided
    return provided | {column_for(name, table).key for name in names}


@renders("upsert_clause")
def render_upsert(clause: Any, ctx: Rendering, **kw: Any) -> str:
    changes = {} if clause.ignores else _changes(clause, ctx)
    table = ctx.dml.table
    bare, ctx.bare_columns = ctx.bare_columns, True
    target = ", ".join(ctx.preparer.quote(column_for(k, table).name) for k in clause.keys)
    ctx.bare_columns = bare
    if not changes:
        return f"ON CONFLICT ({target}) DO NOTHING"
    parts = []
    for key, value in changes.items():
        name = ctx.preparer.quote(table.c[key].name)
        parts.append(f"{name} = {f'excluded.{name}' if value is None else ctx.render(value.self_group())}")
    where = f" WHERE {ctx.render(clause.where)}" if clause.where is not None else ""
    return f"ON CONFLICT ({target}) DO UPDATE SET {', '.join(parts)}{where}"


@renders("upsert_clause", dialect="mysql")
def render_upsert_on_duplicate(clause: Any, ctx: Rendering, **kw: Any) -> str:
    if clause.where is not None:
        raise exc.CompileError(
            "MySQL and MariaDB have no condition in ON DUPLICATE KEY UPDATE: leave out where=…"
        )
    changes = {} if clause.ignores else _changes(clause, ctx)
    table = ctx.dml.table
    form = _form_of_new(ctx)
    parts = []
    for key, value in changes.items():
        name = ctx.preparer.quote(table.c[key].name)
        parts.append(f"{name} = {form.format(name) if value is None else _on_duplicate_value(value, ctx)}")
    if not parts:  # the row stays as it is
        name = ctx.preparer.quote(column_for(clause.keys[0], table).name)
        parts.append(f"{name} = {ctx.preparer.format_table(table)}.{name}")
    return _on_duplicate(parts, ctx)


@renders("on_duplicate_key_update", dialect="mysql")
def render_on_duplicate(clause: Any, ctx: Rendering, **kw: Any) -> str:
    table = ctx.dml.table
    pairs = [(column_for(k, table), k, v) for k, v in clause.values]
    _warn_of_unknown([key for column, key, _ in pairs if column is None], table)
    if not clause.ordered:
        position = {c.key: i for i, c in enumerate(table.c)}
        pairs.sort(key=lambda p: position.get(p[0].key if p[0] is not None else p[1], 1 << 20))
    out = []
    for column, key, value in pairs:
        name = ctx.preparer.quote(column.name if column is not None else key)
        if value._is_bind_parameter and value.type._isnull and column is not None:
            value = ctx.stand_in(value, type=column.type)
        out.append(f"{name} = {_on_duplicate_value(value, ctx)}")
    return _on_duplicate(out, ctx)


def _on_duplicate(changes: list[str], ctx: Rendering) -> str:
    return f"{'AS new ' if _names_new_row(ctx) else ''}ON DUPLICATE KEY UPDATE {', '.join(changes)}"


def _names_new_row(ctx: Rendering) -> bool:
    return ctx.dialect.requires_alias_for_on_duplicate_key and ctx.dml.statement._select is None


def _form_of_new(ctx: Rendering) -> str:
    """How a column of the row that could not be inserted is written."""
    return "new.{}" if _names_new_row(ctx) else "VALUES({})"


def _on_duplicate_value(value: Any, ctx: Rendering) -> str:
    form = _form_of_new(ctx)
    table = getattr(value, "table", None)
    if table is not None and table.__visit_name__ == "excluded":
        return form.format(ctx.preparer.quote(value.name))

    def replace(node: Any) -> Any:
        if isinstance(node, ProxyColumn) and node.table.__visit_name__ == "excluded":
            return literal_column(form.format(ctx.preparer.quote(node.name)), node.type)
        return None

    text: str = ctx.render(replacement_traverse(value, {}, replace).self_group())
    return text
