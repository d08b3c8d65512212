"""Rows of association tables: the links of many-to-many relationships."""

from __future__ import annotations

from typing import Any

from sublimate.engine.steps import Steps
from sublimate.expression.constructors import and_
from sublimate.expression.literal import BindParameter
from sublimate.orm.exc import StaleDataError
from sublimate.orm.state.instance import state_of
from sublimate.orm.unitofwork.batches import (
    AssociationBatch,
    AssociationDelete,
    AssociationInsert,
    AssociationUpdate,
    FlushPlan,
)
from sublimate.orm.unitofwork.keys import association_row, key_value, value_before
from sublimate.statements.dml import delete, insert, update


def insert_links_steps(connection: Any, batch: AssociationInsert, plan: FlushPlan) -> Steps[None]:
    rows = [association_row(batch.impl, parent, child) for parent, child in batch.pairs]
    yield from connection.execute_steps(insert(batch.impl.prop.secondary), rows)


def remove_links_steps(connection: Any, batch: AssociationDelete, plan: FlushPlan) -> Steps[None]:
    """Where the database carries changed keys on, links have the new ones already."""

    def stored(obj: Any, key: str) -> Any:
        carried = batch.impl.prop.passive_updates and state_of(obj) in plan.updates
        return key_value(obj, key) if carried else value_before(obj, key)

    rows = [association_row(batch.impl, parent, child, stored) for parent, child in batch.pairs]
    condition, names = _is_row(batch, rows[0])
    params = [{names[key]: value for key, value in row.items()} for row in rows]
    statement = delete(batch.impl.prop.secondary).where(condition)
    yield from _execute_steps(connection, batch, statement, params, "delete")


def move_links_steps(connection: Any, batch: AssociationUpdate, plan: FlushPlan) -> Steps[None]:
    """Links between rows whose primary keys changed take the new keys; what else stands in their rows stays."""
    rows = [association_row(batch.impl, parent, child) for parent, child in batch.pairs]
    before = [association_row(batch.impl, parent, child, value_before) for parent, child in batch.pairs]
    condition, names = _is_row(batch, rows[0])
    params = [
        row | {names[key]: value for key, value in old.items()} for row, old in zip(rows, before, strict=True)
    ]
    table = batch.impl.prop.secondary
    values: dict[Any, Any] = {
        table.c[key]: BindParameter(key, type_=table.c[key].type, required=True) for key in names
    }
    statement = update(table).values(values).where(condition)
    yield from _execute_steps(connection, batch, statement, params, "update")


def _is_row(batch: AssociationBatch, row: dict[str, Any]) -> tuple[Any, dict[str, str]]:
    """The condition that finds a link, and the names of its parameters by column."""
    table = batch.impl.prop.secondary
    names = {key: f"{table.name}_{key}" for key in row}
    conditions = [
        table.c[key] == BindParameter(name, type_=table.c[key].type, required=True)
        for key, name in names.items()
    ]
    return and_(*conditions), names


def _execute_steps(
    connection: Any, batch: AssociationBatch, statement: Any, params: list[dict[str, Any]], verb: str
) -> Steps[None]:
    result = yield from connection.execute_steps(statement, params[0] if len(params) == 1 else params)
    matched = result.rowcount
    if matched not in (-1, len(params)):
        raise StaleDataError(
            f"{verb.upper()} statement on table '{batch.impl.prop.secondary.name}' expected to {verb} {len(params)} row(s); "
            f"Only {matched} were matched."
        )
