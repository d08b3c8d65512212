"""Reads expired objects again as a query reads them, with the relationships that their mapping or options load at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sublimate.engine.send import fetch_steps
from sublimate.engine.steps import Steps
from sublimate.orm.loading.carried import carried
from sublimate.orm.loading.paths import EntityOptions
from sublimate.orm.loading.plan import LoadPlan, make_load_plan
from sublimate.orm.state import STATE, InstanceState
from sublimate.statements.select import Select
from sublimate.util.collector import uncollected

from .follow_up import follow_up_steps
from .keys import KeyCondition
from .relationship import KEYS, identity_of

_EAGER = frozenset({"joined", "selectin", "subquery", "immediate"})


def reads_relationships(mapper: Any, objects: Sequence[Any], options: EntityOptions) -> bool:
    """Whether some of the objects had a relationship, before they expired, that is loaded together with its object."""
    expired: set[str] = set()
    for obj in objects:
        state = obj.__dict__[STATE]
        if state.__class__ is InstanceState and state.expired_keys is not None:
            expired |= state.expired_keys
    return any(
        prop.key in expired and options.relationship(prop).strategy in _EAGER for prop in mapper.relationships
    )


class EntityLoader:
    """The statement that reads objects of a mapper by primary key."""

    __slots__ = ("condition", "plan", "statement")

    def __init__(self, engine: Any, mapper: Any, options: EntityOptions) -> None:
        statement: Any = Select(mapper.__clause_element__())
        self.condition = KeyCondition([mapper._adapt(c) for c in mapper.primary_key], KEYS, engine.dialect)
        self.statement = statement.where(self.condition.clause).options(*carried(options))
        self.plan: LoadPlan = make_load_plan(self.statement, engine.dialect, engine.translate)

    def load_steps(
        self, session: Any, bind: Any, objects: Sequence[Any], statement: Any, source: Any
    ) -> Steps[list[Any]]:
        """Give the objects what they lack; the objects whose rows are gone."""
        identities = {identity_of(obj): obj for obj in objects}
        plan, given = self.plan, self.plan.options_of(statement)
        hydrate = plan.hydrator(False)
        found: set[int] = set()
        for page in self.condition.pages(list(identities)):
            sql, args = plan.arguments(statement.binds, {KEYS: page})
            connection = yield from session._reading_connection_steps(bind, plan.needs_transaction)
            rows = yield from fetch_steps(bind.engine, connection, plan, sql, args, session.execution_options)
            values, waiting = uncollected(lambda many: hydrate(many, session, source, given), rows)
            found.update(map(id, values))
            if waiting:
                yield from follow_up_steps(session, bind, plan, waiting, given, source)
        return [obj for obj in objects if id(obj) not in found]


def reread_steps(
    session: Any, bind: Any, planning: Any, mapper: Any, objects: Sequence[Any], options: EntityOptions, source: Any
) -> Steps[list[Any]]:  # fmt: skip
    """Read the objects again; the objects whose rows are gone."""
    key = ("reread", mapper.shape, options.shape if options else 0)
    loader: EntityLoader | None = planning.plans.get(key)
    if loader is None:
        loader = planning.plans[key] = EntityLoader(planning, mapper, options)
    statement = loader.statement
    if options and options.binds:
        statement = statement._with(_with_options=carried(options))
    return (yield from loader.load_steps(session, bind, objects, statement, source))
