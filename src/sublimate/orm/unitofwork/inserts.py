"""INSERT batches: neighbours with the same columns go together; keys and defaults come back to the objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sublimate.engine.context import ExecutionContext
from sublimate.engine.steps import Steps
from sublimate.orm.exc import describe
from sublimate.orm.unitofwork.batches import InsertBatch, Row
from sublimate.orm.unitofwork.facts import TableFacts, as_sql, facts_of, has_sql, is_sql
from sublimate.orm.unitofwork.read_back import unfetched_steps
from sublimate.orm.unitofwork.send_rows import (
    execute_many_steps,
    execute_one_steps,
    fetch_one_steps,
    insert_many_returning_steps,
)
from sublimate.orm.unitofwork.statements import InsertPlan, default_of, storer
from sublimate.statements.dml import insert
from sublimate.util.warnings import warn


def insert_rows_steps(connection: Any, batch: InsertBatch, plan: Any) -> Steps[None]:
    facts = facts_of(batch.mapper, batch.table)
    if facts.version is not None or any(mapper.class_state.polymorphic for mapper in batch.mappers()):
        _prepare(facts, batch.rows)
    for mask, rows in _runs(facts, batch.rows):
        yield from _run_steps(connection, facts, mask, rows, plan.alone)


def _prepare(facts: TableFacts, rows: list[Row]) -> None:
    """Give new objects their discriminator and first version."""
    version = facts.version
    generator = facts.mapper.version_id_generator
    for state, obj in rows:
        values = obj.__dict__
        polymorphic = state.mapper.class_state.polymorphic
        if polymorphic is not None and values.get(polymorphic[0]) is None:
            values[polymorphic[0]] = polymorphic[1]
        elif polymorphic is not None and values[polymorphic[0]] != polymorphic[1]:
            _warn_of_identity(state.mapper, obj, values[polymorphic[0]])
        if version is not None and generator is not False:
            values[version.key] = generator(None)


def _warn_of_identity(mapper: Any, obj: Any, identity: Any) -> None:
    if identity not in [m.polymorphic_identity for m in mapper.self_and_descendants]:
        warn(
            f"Flushing object {describe(obj)} with incompatible polymorphic identity {identity!r}; the object may not refresh and/or load "
            "correctly"
        )


def _runs(facts: TableFacts, rows: list[Row]) -> Iterator[tuple[int, list[Row]]]:
    """Neighbours that give values to the same columns."""
    masks = facts.masks_of(rows)
    current = masks[0]
    if masks.count(current) == len(masks):
        yield current, rows
        return
    run: list[Row] = []
    for mask, row in zip(masks, rows, strict=True):
        if mask != current:
            yield current, run
            current, run = mask, []
        run.append(row)
    yield current, run


def insert_plan(connection: Any, facts: TableFacts, mask: int) -> InsertPlan:
    plans = connection.engine.plans
    key = ("insert rows", facts, mask, _translation(connection))
    plan: InsertPlan | None = plans.get(key)
    if plan is None:
        plan = plans[key] = InsertPlan(connection, facts, mask)
    return plan


def _translation(connection: Any) -> Any:
    translate = connection.get_execution_options().get("schema_translate_map")
    return tuple(translate.items()) if translate else None


def _run_steps(connection: Any, facts: TableFacts, mask: int, rows: list[Row], alone: bool) -> Steps[None]:
    plan = insert_plan(connection, facts, mask)
    dicts = [obj.__dict__ for _, obj in rows]
    sentinel = facts.sentinel if plan.fetched and len(rows) > 1 else None
    if sentinel is not None:
        for number, values_of in enumerate(dicts):
            values_of[sentinel.key] = number
    values = plan.reader.read(dicts, plan.context_for(connection))
    if facts.sentinel is not None:
        for values_of in dicts:
            values_of.pop(facts.sentinel.key, None)
    if has_sql(values):
        for state, obj in rows:
            yield from _insert_expressions_steps(connection, facts, state, obj)
        return
    args = _arguments(plan, values)
    alone = alone and plan.cannot_fail_late(facts, dicts[0])
    if plan.fetched:
        if len(rows) == 1:
            found = yield from fetch_one_steps(connection, plan.core, args[0], alone)
        else:
            found = yield from insert_many_returning_steps(connection, plan, args, rows)
            if plan.arrange is not None:
                found = plan.arrange(dicts, found)
        plan.store(dicts, found)
    elif plan.last_id is not None:
        for each, values_of in zip(args, dicts, strict=True):
            outcome = yield from execute_one_steps(connection, plan.core, each, alone)
            values_of[plan.last_id] = outcome.lastrowid
    elif len(rows) == 1:
        yield from execute_one_steps(connection, plan.core, args[0], alone)
    else:
        yield from execute_many_steps(connection, plan, args)
    for key in plan.nulls:
        for values_of in dicts:
            values_of[key] = None
    unfetched = [fact for fact in plan.unfetched if fact.key != plan.last_id]
    yield from unfetched_steps(connection, facts, unfetched, rows)


def _arguments(plan: Any, values: list[Any]) -> list[Any]:
    try:
        return plan.reader.arguments(values)  # type: ignore[no-any-return]
    except Exception as error:
        names = [slot.name for slot in plan.core.compiled._order]
        shown = [dict(zip(names, row, strict=False)) for row in values]
        raise plan.core.failed(error, shown if len(shown) > 1 else shown[0]) from error


def _insert_expressions_steps(connection: Any, facts: TableFacts, state: Any, obj: Any) -> Steps[None]:
    """One row with SQL expressions among its values: a statement of its own."""
    values = obj.__dict__
    given, fetched = {}, []
    context = ExecutionContext(connection, "", None)
    context.current_parameters = {fact.column.key: values.get(fact.key) for fact in facts.columns}
    for fact in facts.columns:
        value = values.get(fact.key)
        if value is None and fact.insert_default is not None:
            value = values[fact.key] = default_of(fact)(context)
        if value is None and fact.optional and not (fact.keeps_none and fact.key in values):
            if fact.generated:
                fetched.append(fact)
            continue
        given[fact.column] = as_sql(value)
        if is_sql(value):
            fetched.append(fact)
    fetched = [fact for fact in fetched if not fact.key.startswith("_sa_")]
    statement = insert(facts.table).values(given)
    if connection.dialect.insert_returning and fetched:
        result = yield from connection.execute_steps(statement.returning(*[fact.column for fact in fetched]))
        for fact, value in zip(fetched, result.one(), strict=True):
            values[fact.key] = value
        return
    result = yield from connection.execute_steps(statement)
    number = facts.table.autoincrement_column
    for fact in fetched:
        if fact.column is number:
            values[fact.key] = result.lastrowid
    unfetched = [fact for fact in fetched if fact.column is not number]
    yield from unfetched_steps(connection, facts, unfetched, [(state, obj)])


__all__ = ["insert_plan", "insert_rows_steps", "storer"]
