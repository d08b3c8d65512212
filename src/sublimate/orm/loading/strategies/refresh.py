"""Loads column attributes again, or for the first time, for many objects of one class by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sublimate.compiler.compiled import compile_statement
from sublimate.engine.plan import CorePlan
from sublimate.engine.send import fetch_steps
from sublimate.engine.steps import Steps
from sublimate.orm.state import STATE, InstanceState, forget_expired, lacks
from sublimate.statements.select import Select
from sublimate.types.base import result_processor_for

from .keys import KeyCondition
from .relationship import KEYS, identity_of


class ColumnLoader:
    """The statement that reads some columns of a mapper by primary key."""

    __slots__ = ("_processors", "composite", "condition", "keys", "mapper", "plan", "statement")

    def __init__(self, engine: Any, mapper: Any, keys: tuple[str, ...], lock: Any = None) -> None:
        self.mapper = mapper
        props = [mapper.column_props[key] for key in keys]
        primary = [mapper._adapt(c) for c in mapper.primary_key]
        columns = [mapper._columns_of(prop)[0] for prop in props]
        statement: Any = Select(*primary, *columns).select_from(mapper.__clause_element__())
        self.condition = KeyCondition(primary, KEYS, engine.dialect)
        statement = statement.where(self.condition.clause)
        if lock is not None:
            statement = statement._with(_for_update_arg=lock)
        self.statement = statement
        self.keys = keys
        self.composite = len(primary) > 1
        self.plan = CorePlan(
            compile_statement(statement, engine.dialect, schema_translate_map=engine.translate), 0.0
        )
        types = [c.type for c in (*primary, *columns)]
        self._processors = tuple(result_processor_for(t, engine.dialect) for t in types)

    def fetch_steps(self, session: Any, bind: Any, identities: list[Any]) -> Steps[dict[Any, Sequence[Any]]]:
        """Primary key -> values, for the rows that exist."""
        if session.dispatch is not None and session.dispatch.do_orm_execute:
            return (yield from self._observed_steps(session, identities))
        engine = bind.engine
        found: dict[Any, Sequence[Any]] = {}
        width = len(self.mapper.primary_key)
        processors = self._processors
        convert = any(processors)
        for page in self.condition.pages(identities):
            sql, args = self.plan.arguments(self.statement.binds, {KEYS: page})
            connection = yield from session._reading_connection_steps(bind, self.plan.needs_transaction)
            rows = yield from fetch_steps(engine, connection, self.plan, sql, args, session.execution_options)
            for row in rows:
                values = (
                    tuple([p(v) if p else v for p, v in zip(processors, row, strict=True)])
                    if convert
                    else tuple(row)
                )
                found[values[:width] if self.composite else values[0]] = values[width:]
        return found

    def _observed_steps(self, session: Any, identities: list[Any]) -> Steps[dict[Any, Sequence[Any]]]:
        """The same with listeners to `do_orm_execute`."""
        found: dict[Any, Sequence[Any]] = {}
        width = len(self.mapper.primary_key)
        for page in self.condition.pages(identities):
            result = yield from session._observed_load_steps(self.statement, {KEYS: page}, self.mapper, None)
            for row in result:
                values = tuple(row)
                found[values[:width] if self.composite else values[0]] = values[width:]
        return found

    def load_steps(
        self, session: Any, bind: Any, objects: Sequence[Any], overwrite: bool = False
    ) -> Steps[list[Any]]:
        """Give the objects these attributes; the objects whose rows are gone."""
        identities = {identity_of(obj): obj for obj in objects}
        rows = yield from self.fetch_steps(session, bind, list(identities))
        gone = []
        for identity, obj in identities.items():
            values = rows.get(identity)
            if values is None:
                gone.append(obj)
            else:
                self._fill(session, obj, values, overwrite)
        return gone

    def _fill(self, session: Any, obj: Any, values: Sequence[Any], overwrite: bool) -> None:
        known = obj.__dict__
        state = known[STATE]
        own = state.__class__ is InstanceState
        committed = state.committed if own else None
        for key, value in zip(self.keys, values, strict=True):
            if overwrite or (lacks(obj, key) and (committed is None or key not in committed)):
                known[key] = value
        for key in state.mapper.class_state.memoized_keys:
            known.pop(key, None)
        if own:
            forget_expired(state, self.keys)
        if state.mapper._dispatch is not None:
            state.mapper._dispatch.refresh(obj, None, list(self.keys))


def column_loader(engine: Any, mapper: Any, keys: tuple[str, ...], lock: Any = None) -> ColumnLoader:
    """The loader of these columns, from the engine's plans or made now."""
    key = ("columns", mapper.shape, keys, None if lock is None else lock.shape)
    found: ColumnLoader | None = engine.plans.get(key)
    if found is None:
        found = engine.plans[key] = ColumnLoader(engine, mapper, keys, lock)
    return found
