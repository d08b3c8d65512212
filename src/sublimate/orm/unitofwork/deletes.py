"""DELETE batches."""

from __future__ import annotations

from typing import Any

from sublimate.engine.steps import Steps
from sublimate.orm.exc import StaleDataError
from sublimate.orm.unitofwork.batches import DeleteBatch, Row
from sublimate.orm.unitofwork.facts import TableFacts, facts_of
from sublimate.orm.unitofwork.inserts import _arguments, _translation
from sublimate.orm.unitofwork.keys import identity_value
from sublimate.orm.unitofwork.send_rows import execute_many_steps, execute_one_steps
from sublimate.orm.unitofwork.statements import DeletePlan
from sublimate.orm.unitofwork.updates import check_not_gone
from sublimate.util.warnings import warn


def delete_rows_steps(connection: Any, batch: DeleteBatch, plan: Any) -> Steps[None]:
    facts = facts_of(batch.mapper, batch.table)
    statement = delete_plan(connection, facts)
    dicts = [
        {name: identity_value(state, obj, fact.key) for fact, name in statement.where_facts}
        for state, obj in batch.rows
    ]
    args = _arguments(statement, statement.reader.read(dicts, None))
    if len(args) == 1:
        outcome = yield from execute_one_steps(connection, statement.core, args[0], plan.alone)
        matched = outcome.rowcount
    else:
        matched = yield from execute_many_steps(connection, statement, args)
    _check(facts, batch.rows, matched)


def delete_plan(connection: Any, facts: TableFacts) -> DeletePlan:
    plans = connection.engine.plans
    key = ("delete rows", facts, _translation(connection))
    plan: DeletePlan | None = plans.get(key)
    if plan is None:
        plan = plans[key] = DeletePlan(connection, facts)
    return plan


def _check(facts: TableFacts, rows: list[Row], matched: int) -> None:
    expected = len(rows)
    if matched in (-1, expected):
        return
    check_not_gone(facts, rows)
    if not (facts.mapper.confirm_deleted_rows or facts.version is not None):
        return
    message = (
        f"DELETE statement on table '{facts.table.name}' expected to delete {expected} row(s); {matched} were matched.  "
        "Please set confirm_deleted_rows=False within the mapper configuration to prevent this warning."
    )
    if facts.version is not None:
        raise StaleDataError(message)
    warn(message)
