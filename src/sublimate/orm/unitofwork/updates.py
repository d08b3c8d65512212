"""UPDATE batches: only what changed is written; rows that changed the same columns go together."""

from __future__ import annotations

from itertools import chain
from operator import is_
from typing import Any

from sublimate.engine.context import ExecutionContext
from sublimate.engine.steps import Steps
from sublimate.orm.exc import ObjectDeletedError, StaleDataError
from sublimate.orm.state.expiry import lacks
from sublimate.orm.state.instance import InstanceState
from sublimate.orm.state.symbols import NO_VALUE
from sublimate.orm.unitofwork.batches import PostUpdate, Row, UpdateBatch
from sublimate.orm.unitofwork.facts import (
    PLAIN,
    ColumnFact,
    TableFacts,
    as_sql,
    facts_of,
    has_sql,
    is_sql,
    where_names,
)
from sublimate.orm.unitofwork.inserts import _arguments, _translation
from sublimate.orm.unitofwork.keys import identity_value
from sublimate.orm.unitofwork.read_back import unfetched_steps
from sublimate.orm.unitofwork.send_rows import (
    execute_many_steps,
    execute_one_steps,
    fetch_one_steps,
    fetch_pages_steps,
)
from sublimate.orm.unitofwork.statements import UpdatePlan, default_of
from sublimate.statements.dml import update

Values = dict[str, Any]
_MANY = 10


def update_rows_steps(connection: Any, batch: UpdateBatch, plan: Any) -> Steps[None]:
    facts = facts_of(batch.mapper, batch.table)
    switched = plan.switched_rows
    alike = None if switched or len(batch.rows) < _MANY else _changed_alike(facts, batch.rows)
    groups = {alike: batch.rows} if alike else _by_changed_keys(facts, batch.rows, switched)
    for keys, rows in groups.items():
        yield from _group_steps(connection, facts, keys, rows, switched, alone=plan.alone)


def _changed_alike(facts: TableFacts, rows: list[Row]) -> tuple[str, ...] | None:
    """The attribute that has changed in every row, if each has changed one and it is the same; seen with no call per row."""
    changes = [state.committed for state, _ in rows]
    key: str = next(iter(changes[0] or ()), "")
    if key not in facts.compare_of or key in facts.mapper.class_state.pk_key_set:
        return None
    if not all(changes) or set(chain.from_iterable(changes)) != {key}:  # type: ignore[arg-type]
        return None
    before = [values[key] for values in changes]  # type: ignore[index]
    now = [obj.__dict__.get(key) for _, obj in rows]
    if not PLAIN.issuperset(map(type, chain(before, now))):
        return None
    if any(map(is_, before, now)) or any(map(facts.compare_of[key], before, now)):
        return None
    return facts.alone[key]


def _by_changed_keys(facts: TableFacts, rows: list[Row], switched: Any) -> dict[tuple[str, ...], list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    last: tuple[str, ...] = ()
    group: list[Row] = []
    for row in rows:
        if switched and row[0] in switched:
            keys = _given_keys(facts, row)
        else:
            keys = changed_keys(facts, row[0], row[1].__dict__)
        if keys is last and keys:
            group.append(row)
        elif keys:
            last, group = keys, groups.setdefault(keys, [])
            group.append(row)
        elif facts.version is not None and _changed_elsewhere(row[0]):
            groups.setdefault((facts.version.key,), []).append(row)
    return groups


def changed_keys(facts: TableFacts, state: InstanceState[Any], values: Values) -> tuple[str, ...]:
    """The attributes of this table whose values are not what they were."""
    committed = state.committed
    if not committed:
        return ()
    compare_of = facts.compare_of
    found: tuple[str, ...] = ()
    for key, old in committed.items():
        new = values.get(key)
        if old is NO_VALUE and key in facts.mapper.class_state.pk_key_set:
            old = identity_value(state, state.obj(), key)
        if new is old or key not in compare_of or key in facts.carried:
            continue
        if old is NO_VALUE or (type(new) not in PLAIN and is_sql(new)) or not compare_of[key](old, new):
            found = (*found, key) if found else facts.alone[key]
    return found if len(found) < 2 else tuple([fact.key for fact in facts.columns if fact.key in found])


def _given_keys(facts: TableFacts, row: Row) -> tuple[str, ...]:
    """A new object in the row of a deleted one writes all that it has; the rest of the row stays as it was."""
    primary = {fact.key for fact in facts.primary_key}
    values = row[1].__dict__
    return tuple([fact.key for fact in facts.columns if fact.key in values and fact.key not in primary])


def _changed_elsewhere(state: InstanceState[Any]) -> bool:
    """A column in another table of the same mapper changed, so the version must."""
    mapper = state.mapper
    values = state.dict
    return any(changed_keys(facts_of(mapper, table), state, values) for table in mapper.written_tables)


def post_update_steps(connection: Any, batch: PostUpdate, plan: Any) -> Steps[None]:
    """A new row keeps its first version; a row that was there before gets the next one."""
    facts = facts_of(batch.mapper, batch.table)
    groups: dict[bool, list[Row]] = {}
    for row in batch.rows:
        if _differs(row, batch.keys):
            groups.setdefault(row[0] in plan.inserts, []).append(row)
    for new, rows in groups.items():
        keys = batch.keys + batch.kept
        yield from _group_steps(connection, facts, keys, rows, {}, before=plan, keep_version=new)


def _differs(row: Row, keys: tuple[str, ...]) -> bool:
    """There is something to write: a value, or NULL where a value was."""
    state, obj = row
    committed = state.committed or {}
    return any(obj.__dict__.get(key) is not None or committed.get(key) is not None for key in keys)


def _group_steps(
    connection: Any,
    facts: TableFacts,
    keys: tuple[str, ...],
    rows: list[Row],
    switched: Any,
    alone: bool = False,
    before: Any = None,
    keep_version: bool = False,
) -> Steps[None]:
    """`before` is the plan that wrote these rows a first time, for a second UPDATE."""
    version = None if keep_version else facts.version
    if version is not None and version.key not in keys and facts.mapper.version_id_generator is not False:
        keys = (*keys, version.key)
    plan = update_plan(connection, facts, keys)
    if plan.read_plain is not None and not switched and before is None and not _are_carried(facts, rows):
        dicts: list[Values] = []
        values = plan.read_plain(rows)
    else:
        dicts = [_row_values(facts, plan, row, switched, version, before) for row in rows]
        values = plan.reader.read(dicts, plan.context_for(connection))
    if has_sql(values):
        dicts = dicts or [_row_values(facts, plan, row, switched, version, before) for row in rows]
        for row, row_values in zip(rows, dicts, strict=True):
            yield from _update_expressions_steps(connection, facts, keys, row, row_values)
        return
    args = _arguments(plan, values)
    yield from _send_steps(connection, facts, plan, args, rows, alone and not plan.unfetched)
    if dicts:
        _take_generated(plan, rows, dicts, version)
    yield from unfetched_steps(connection, facts, plan.unfetched, rows)


def _are_carried(facts: TableFacts, rows: list[Row]) -> bool:
    """Whether the keys of some rows have been changed by the UPDATE of the table above."""
    if not facts.carried:
        return False
    return any(state.committed and not facts.carried.isdisjoint(state.committed) for state, _ in rows)


def update_plan(connection: Any, facts: TableFacts, keys: tuple[str, ...]) -> UpdatePlan:
    plans = connection.engine.plans
    key = ("update rows", facts, keys, _translation(connection))
    plan: UpdatePlan | None = plans.get(key)
    if plan is None:
        plan = plans[key] = UpdatePlan(connection, facts, keys)
    return plan


def _row_values(
    facts: TableFacts, plan: Any, row: Row, switched: Any, version: ColumnFact | None, before: Any
) -> Values:
    """The values of one row: its new ones by attribute, and under the names of the WHERE clause those it is found by."""
    state, obj = row
    values = {fact.key: obj.__dict__.get(fact.key) for fact in plan.sets}
    taken = switched.get(state)
    found_by, found_obj = (state, obj) if taken is None else (taken, taken.obj())
    rewritten = before is not None and state in before.updates
    for fact, name in plan.where_facts:
        if (rewritten or fact.key in facts.carried) and fact.key in obj.__dict__:
            values[name] = obj.__dict__[fact.key]
        else:
            values[name] = identity_value(found_by, found_obj, fact.key)
    generator = facts.mapper.version_id_generator
    if version is not None and generator is not False and version.key not in (state.committed or ()):
        values[version.key] = generator(values[plan.where[-1]])
    for fact in plan.sets:
        if fact.update_default is not None and fact.key not in plan.keys:
            values[fact.key] = None
    return values


def _send_steps(
    connection: Any, facts: TableFacts, plan: Any, args: list[Any], rows: list[Row], alone: bool
) -> Steps[None]:
    count = len(rows)
    if plan.fetched:
        found = yield from _fetch_steps(connection, facts, plan, args, rows)
        check_matched(facts, "update", rows, len(found))
    elif count == 1:
        outcome = yield from execute_one_steps(connection, plan.core, args[0], alone)
        check_matched(facts, "update", rows, outcome.rowcount)
    else:
        check_matched(facts, "update", rows, (yield from execute_many_steps(connection, plan, args)))


def _fetch_steps(
    connection: Any, facts: TableFacts, plan: Any, args: list[Any], rows: list[Row]
) -> Steps[list[Any]]:
    """Send, and store what the database computed."""
    if len(rows) > 1 and plan.many is not None:
        found = yield from fetch_pages_steps(connection, plan, args)
        width = len(facts.primary_key)
        by_key = {tuple(row[:width]): row[width:] for row in found}
        for state, obj in rows:
            row = by_key.get(tuple(plan.stored_key(state, obj)))
            if row is not None:
                plan.store([obj.__dict__], [row])
        return found
    found = []
    for each, (_, obj) in zip(args, rows, strict=True):
        answer = yield from fetch_one_steps(connection, plan.core, each)
        plan.store([obj.__dict__], answer)
        found.extend(answer)
    return found


def _take_generated(plan: Any, rows: list[Row], dicts: list[Values], version: ColumnFact | None) -> None:
    """Defaults and versions that were computed in Python go to the objects now."""
    keys = [fact.key for fact in plan.sets if fact.key not in plan.keys and not fact.key.startswith("_sa_")]
    if version is not None and version in plan.sets and version.key not in keys:
        keys.append(version.key)
    for (_, obj), values in zip(rows, dicts, strict=True) if keys else ():
        for key in keys:
            obj.__dict__[key] = values[key]


def check_matched(facts: TableFacts, verb: str, rows: list[Row], matched: int) -> None:
    """Somebody else may have changed or deleted the rows meanwhile."""
    expected = len(rows)
    if matched in (-1, expected):
        return
    check_not_gone(facts, rows)
    raise StaleDataError(
        f"{verb.upper()} statement on table '{facts.table.name}' expected to {verb} {expected} row(s); {matched} were matched."
    )


def check_not_gone(facts: TableFacts, rows: list[Row]) -> None:
    """Objects that were expired altogether, and have no rows to be refreshed from."""
    if facts.version is None and all(
        any(lacks(obj, key) for key in state.mapper.pk_keys) for state, obj in rows
    ):
        raise ObjectDeletedError(rows[0][0])


def _update_expressions_steps(
    connection: Any, facts: TableFacts, keys: tuple[str, ...], row: Row, values: Values
) -> Steps[None]:
    """One row with SQL expressions among its new values: a statement of its own."""
    obj = row[1]
    context = ExecutionContext(connection, "", None)
    given: dict[Any, Any] = {}
    fetched = [fact for fact in facts.fetched_on_update if fact.key not in keys]
    for fact in facts.columns:
        if fact.key in keys:
            given[fact.column] = as_sql(values[fact.key])
            if is_sql(values[fact.key]):
                fetched.append(fact)
            else:
                obj.__dict__[fact.key] = values[fact.key]
        elif fact.update_default is not None:
            given[fact.column] = obj.__dict__[fact.key] = default_of(fact, True)(context)
    statement = update(facts.table).values(given)
    for fact, name in where_names(facts):
        statement = statement.where(fact.column == values[name])
    if connection.dialect.update_returning and fetched:
        result = yield from connection.execute_steps(statement.returning(*[fact.column for fact in fetched]))
        found = result.all()
        check_matched(facts, "update", [row], len(found))
        for fact, value in zip(fetched, found[0], strict=True):
            obj.__dict__[fact.key] = value
        return
    result = yield from connection.execute_steps(statement)
    check_matched(facts, "update", [row], result.rowcount)
    yield from unfetched_steps(connection, facts, fetched, [row])
