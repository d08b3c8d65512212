"""Lowering of INSERT, UPDATE and DELETE on mapped classes: tables for classes, columns for attributes, their conditions added."""

from __future__ import annotations

from typing import Any

from sublimate.expression.literal import BindParameter

from .columns import Columns, is_entity
from .criteria import Criteria
from .own_tables import on_own_tables
from .paths import StatementOptions
from .statement import current


def lower_dml(statement: Any) -> Any:
    """The statement on tables."""
    changes: dict[str, Any] = {"_with_options": ()}
    where = getattr(statement, "_where_criteria", ())
    if where:
        where = changes["_where_criteria"] = on_own_tables(where)
    table = statement.table
    options = StatementOptions(statement._with_options)
    if is_entity(table):
        mapper = table.mapper
        changes["table"] = mapper.local_table if not table.inspected.is_aliased_class else table.selectable
        changes.update(_values(statement, mapper))
        if not statement.is_insert:
            criteria = Criteria(options.criteria + current.criteria)
            added = tuple(criteria.of(table.inspected))
            if added:
                changes["_where_criteria"] = where + on_own_tables(added)
    if statement._returning:
        columns = Columns(options)
        columns.add_all(statement._returning)
        changes["_returning"] = tuple(columns.expressions)
    lowered = statement._with(**changes)
    lowered.__dict__["_is_lowered"] = True
    return lowered


def _values(statement: Any, mapper: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if statement.__dict__.get("_values"):
        values = on_own_tables([value for _, value in statement._values])
        changes["_values"] = tuple(
            (column_key(mapper, key), value)
            for (key, _), value in zip(statement._values, values, strict=True)
        )
    if statement.__dict__.get("_multi_values"):
        changes["_multi_values"] = tuple(
            tuple((column_key(mapper, key), value) for key, value in row) for row in statement._multi_values
        )
    if statement.is_insert:
        if statement.__dict__.get("_select_names"):
            changes["_select_names"] = tuple(column_key(mapper, key) for key in statement._select_names)
        changes.update(_with_discriminator(statement, mapper, changes))
    return changes


def column_key(mapper: Any, key: Any) -> Any:
    """An attribute's name or node as its column; other keys as they are."""
    if not isinstance(key, str):
        return getattr(key, "column", key)
    prop = mapper.column_props.get(key)
    if prop is None:
        return key
    for column in prop.columns:
        if getattr(column, "table", None) is mapper.local_table:
            return column.key
    return prop.columns[0].key


def _with_discriminator(statement: Any, mapper: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """Rows inserted for a subclass say so."""
    on = mapper.polymorphic_on
    if (
        on is None
        or mapper.polymorphic_identity is None
        or getattr(on, "table", None) is not mapper.local_table
    ):
        return {}
    if "_values" not in changes or any(key == on.key for key, _ in changes["_values"]):
        return {}
    bind: BindParameter[Any] = BindParameter(on.key, mapper.polymorphic_identity, type_=on.type)
    bind._is_crud = True
    return {"_values": (*changes["_values"], (on.key, bind))}
