"""Loads one relationship for many objects by one statement: select-in, lazy loads with peers, and all that need a query.

The statement is built once per relationship and options; only the keys change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sublimate.engine.send import fetch_steps
from sublimate.engine.steps import Steps
from sublimate.expression.binary import BinaryExpression
from sublimate.operators import functions as f
from sublimate.orm.loading.carried import carried
from sublimate.orm.loading.eager import anonymous, with_subclass
from sublimate.orm.loading.paths import EntityOptions
from sublimate.orm.loading.plan import LoadPlan, make_load_plan
from sublimate.orm.loading.populate import Renewed
from sublimate.orm.loading.rows import make_hydrator
from sublimate.orm.mapping.join_condition import MANYTOONE
from sublimate.orm.state import STATE, InstanceState, forget_expired, is_outdated, lacks
from sublimate.statements.join import Join
from sublimate.statements.select import Select
from sublimate.util.collector import uncollected

from .keys import KeyCondition

KEYS = "keys"


def simple_pairs(prop: Any) -> list[tuple[Any, Any]] | None:
    """(local column, remote column) where the primary join says nothing but that they are equal."""
    pairs = prop.local_remote_pairs
    conditions = _conjuncts(prop.primaryjoin)
    for condition in conditions:
        if not isinstance(condition, BinaryExpression) or condition.operator is not f.eq:
            return None
        if not any(
            (condition.left is a and condition.right is b) or (condition.left is b and condition.right is a)
            for a, b in pairs
        ):
            return None
    count = len(conditions) + (len(_conjuncts(prop.secondaryjoin)) if prop.secondary is not None else 0)
    wanted = [(a, b) for a, b in pairs if prop.secondary is None or prop.parent.key_of.get(a) is not None]
    if prop.secondary is not None:
        wanted = [(a, b) for a, b in wanted if any(c.left is a or c.right is a for c in conditions)]
    return wanted if len(wanted) == len(conditions) and count else None


def _conjuncts(condition: Any) -> list[Any]:
    if condition is None:
        return []
    if condition.__visit_name__ == "clauselist" or getattr(condition, "operator", None) is f.and_:
        return [c for clause in condition.clauses for c in _conjuncts(clause)]
    if condition.__visit_name__ == "grouping":
        return _conjuncts(condition.element)
    return [condition]


#: how the first statement's rows come, no matter of the others
_OF_THE_ROWS = ("yield_per", "stream_results", "max_row_buffer")


class RelationshipLoader:
    """The statement that loads one relationship, and how its rows find their owners."""

    __slots__ = (
        "_anew", "_may_repeat", "by_identity", "condition", "criteria", "dynamic", "hydrate", "keys_apart", "local_keys", "options",
        "plan", "positions", "prop", "statement", "target",
    )  # fmt: skip

    def __init__(
        self, engine: Any, prop: Any, options: EntityOptions, part: Any, by_parent: bool = False
    ) -> None:
        """`by_parent`: for objects whose own side of the join is not loaded; their rows are joined by primary key."""
        self.prop = prop
        self.options = options
        self.target = _target(prop, part)
        self.criteria = () if part is None else part.criteria
        pairs = None if by_parent else simple_pairs(prop)
        self.local_keys: tuple[str, ...] | None = None
        if pairs is not None:
            keys = [prop.parent.key_of.get(local) for local, _ in pairs]
            if all(k is not None for k in keys):
                self.local_keys = tuple(keys)
        if self.local_keys is None:
            pairs = None
        self.by_identity = self._is_by_identity(pairs)
        self.keys_apart = pairs is None or prop.secondary is not None
        self._may_repeat = prop.uselist and (pairs is None or _links_twice(prop))
        self._make_plan(engine, pairs)
        self.dynamic = bool(options.binds or options.custom) or any(c.binds for c in self.criteria)

    def _make_plan(self, engine: Any, pairs: list[tuple[Any, Any]] | None) -> None:
        """Build and compile; the keys are read from the target's own columns where those are selected anyway."""
        dialect = engine.dialect
        self.statement = self._build(dialect, pairs)
        self.plan: LoadPlan = make_load_plan(self.statement, dialect, engine.translate)
        lowered = self.plan.lowered
        if self.keys_apart:
            positions = tuple(range(len(lowered.items) - 1))
        else:
            occurrence = lowered.occurrences[0]
            found = [occurrence.position_of_column(remote) for _, remote in pairs or ()]
            if None in found:
                self.keys_apart = True
                self._make_plan(engine, pairs)
                return
            positions = tuple(p for p in found if p is not None)
        self.positions = positions
        self.hydrate = make_hydrator(lowered, dialect, False, positions)
        self._anew: Any = None

    def hydrator(self, again: bool) -> Any:
        """Makes objects of rows; `again`: those that are known get all values anew."""
        if not again:
            return self.hydrate
        if self._anew is None:
            self._anew = make_hydrator(self.plan.lowered, self.plan.compiled.dialect, True, self.positions)
        return self._anew

    def _is_by_identity(self, pairs: list[tuple[Any, Any]] | None) -> bool:
        """Many-to-one by primary key: the identity map may know the answer."""
        prop = self.prop
        if pairs is None or prop.direction is not MANYTOONE or self.criteria or self.target.is_aliased_class:
            return False
        remote = [b for _, b in pairs]
        primary = prop.mapper.primary_key
        return len(remote) == len(primary) and all(a is b for a, b in zip(remote, primary, strict=True))

    # ---- the statement

    def _build(self, dialect: Any, pairs: list[tuple[Any, Any]] | None) -> Any:
        prop, target = self.prop, self.target
        statement: Any
        node = target.__clause_element__()
        if pairs is None:
            statement, columns = self._through_parent(node)
        elif prop.secondary is not None:
            columns, secondary = [remote for _, remote in pairs], prop.secondary
            if isinstance(secondary, Join):  # it may contain the target's own table
                secondary = prop.secondary_alias()
                columns = [secondary.corresponding_column(column) for column in columns]
            _, second = prop.join_conditions(prop.parent, target, secondary)
            chosen: Select[Any] = Select(*columns, node)
            statement = chosen.select_from(node).join(secondary, second)
        else:
            columns = [target._adapt(remote) for _, remote in pairs]
            statement = Select(*columns, node) if self.keys_apart else Select(node)
        self.condition = KeyCondition(columns, KEYS, dialect)
        statement = statement.where(self.condition.clause)
        for criterion in self.criteria:
            statement = statement.where(target._adapt(criterion) if target.is_aliased_class else criterion)
        if prop.order_by and prop.uselist:
            statement = statement.order_by(*[target._adapt(c) for c in prop.order_by])
        return statement.options(*carried(self.options))

    def _through_parent(self, node: Any) -> tuple[Any, list[Any]]:
        """Any join condition: the parent's table takes part, under an alias."""
        parent = anonymous(self.prop.parent)
        columns = [parent._adapt(c) for c in self.prop.parent.primary_key]
        secondary = None if self.prop.secondary is None else self.prop.secondary_alias()
        first, second = self.prop.join_conditions(parent, self.target, secondary)
        statement: Any = Select(*columns, node).select_from(parent.selectable)
        if secondary is not None:
            return statement.join(secondary, first).join(node, second), columns
        return statement.join(node, first), columns

    def current(self, dialect: Any, options: EntityOptions, part: Any) -> Any:
        """The statement, with the values that these options hold."""
        return self._fresh(dialect, options, part, self.keys_apart) if self.dynamic else self.statement

    def _fresh(self, dialect: Any, options: EntityOptions, part: Any, keys_apart: bool) -> Any:
        fresh = object.__new__(RelationshipLoader)
        fresh.prop, fresh.options, fresh.target = self.prop, options, self.target
        fresh.criteria = () if part is None else part.criteria
        fresh.keys_apart = keys_apart
        pairs = simple_pairs(self.prop) if self.local_keys is not None else None
        return fresh._build(dialect, pairs)

    # ---- loading

    def load_steps(
        self, session: Any, bind: Any, objects: Sequence[Any], options: EntityOptions, part: Any, source: Any,
        touched: Any = None, execution: Mapping[str, Any] | None = None, again: Renewed | None = None,
    ) -> Steps[None]:  # fmt: skip
        """Load the relationship for all these objects; `touched`: the one whose attribute was read.

        Where an object has it already, or the session its target, a query is sent only if the options want more of the target,
        or all values are wanted anew (`again`).
        """
        blind = self._blind(objects)
        if blind:
            other = relationship_loader(
                session._planning(bind, self.plan.translate), self.prop, options, part, True
            )
            yield from other.load_steps(
                session, bind, blind, options, part, source, touched, execution, again
            )
            without = {id(obj) for obj in blind}
            objects = [obj for obj in objects if id(obj) not in without]
        deepens = again is not None or (touched is None and options.deepens())
        owners = self._owners(session, objects, self.by_identity and not deepens)
        if not owners:
            return
        if session.dispatch is not None and session.dispatch.do_orm_execute:
            told = yield from self._observed_steps(
                session, bind, owners, options, part, source, touched, execution
            )
            self._assign(owners, told)
            return
        engine = bind.engine
        statement = self.current(engine.dialect, options, part)
        binds = statement.binds
        plan = self.plan
        hydrate = self.hydrator(again is not None)
        given = plan.options_of(statement)
        for page in self.condition.pages(list(owners)):
            sql, args = plan.arguments(binds, {KEYS: page})
            connection = yield from session._reading_connection_steps(bind, plan.needs_transaction)
            rows = yield from fetch_steps(engine, connection, plan, sql, args, execution)
            groups, waiting = uncollected(lambda many: hydrate(many, session, source, given, again), rows)
            self._assign({value: owners[value] for value in page}, groups)
            if waiting:
                from .follow_up import follow_up_steps

                yield from follow_up_steps(session, bind, plan, waiting, given, source, again, execution)

    def _observed_steps(
        self, session: Any, bind: Any, owners: dict[Any, list[Any]], options: EntityOptions, part: Any, source: Any, touched: Any,
        execution: Mapping[str, Any] | None,
    ) -> Steps[dict[Any, list[Any]]]:  # fmt: skip
        """The same with listeners to `do_orm_execute`, who may change the statement or give another result."""
        statement = self._fresh(bind.dialect, options, part, True)
        found: dict[Any, list[Any]] = {}
        given = {k: v for k, v in (execution or {}).items() if k not in _OF_THE_ROWS}
        for page in self.condition.pages(list(owners)):
            result = yield from session._observed_load_steps(
                statement, {KEYS: page}, self.prop.mapper, source, given, prop=self.prop, touched=touched, custom=options.custom
            )  # fmt: skip
            for *key, obj in result.unique():
                found.setdefault(key[0] if len(key) == 1 else tuple(key), []).append(obj)
        return found

    def _blind(self, objects: Sequence[Any]) -> list[Any]:
        """The stored objects whose own side of the join is not loaded."""
        keys = self.local_keys
        if keys is None or keys == tuple(self.prop.parent.pk_keys):
            return []
        if len(keys) == 1:
            key = keys[0]
            return [o for o in objects if key not in o.__dict__ and is_stored(o)]
        return [o for o in objects if any(key not in o.__dict__ for key in keys) and is_stored(o)]

    def _owners(self, session: Any, objects: Sequence[Any], by_identity: bool) -> dict[Any, list[Any]]:
        """Key -> the objects that wait for it; what needs no query is settled here."""
        owners: dict[Any, list[Any]] = {}
        keys = self.local_keys
        key, uselist = self.prop.key, self.prop.uselist
        known = session.identity_map.by_mapper[self.prop.mapper.base_mapper] if by_identity else None
        for obj in objects:
            value = identity_of(obj) if keys is None else local_value(obj, keys)
            if value is None or (value.__class__ is tuple and None in value):
                self._store(obj, [] if uselist else None)
                continue
            if known is not None:
                reference = known.get(value)
                related = None if reference is None else reference()
                if related is not None and usable(related):
                    store(obj, key, related)
                    continue
            owners.setdefault(value, []).append(obj)
        return owners

    def _assign(self, owners: dict[Any, list[Any]], found: dict[Any, list[Any]]) -> None:
        key, uselist, may_repeat = self.prop.key, self.prop.uselist, self._may_repeat
        load = self.prop.parent.class_state.impls[key].load if uselist else None
        for value, objects in owners.items():
            related = found.get(value)
            if may_repeat and related is not None:
                related = list({id(each): each for each in related}.values())
            for obj in objects:
                known = obj.__dict__
                state = known[STATE]
                if key in known and not is_outdated(obj, key):
                    continue
                if load is None:
                    known[key] = related[0] if related else None
                elif state.mapper is self.prop.parent:
                    load(obj, related or ())
                else:
                    state.mapper.class_state.impls[key].load(obj, related or ())
                if state.__class__ is InstanceState and state.expired_keys is not None:
                    forget_expired(state, (key,))

    def _store(self, obj: Any, value: Any) -> None:
        prop = self.prop
        if not lacks(obj, prop.key):
            return
        if prop.uselist:
            obj.__class__.__mapper__.class_state.impls[prop.key].load(obj, value)
            loaded(obj, prop.key)
        else:
            store(obj, prop.key, value)


def _links_twice(prop: Any) -> bool:
    """Whether an association may lead to one object twice: only its primary key could forbid that."""
    secondary = prop.secondary
    if secondary is None:
        return False
    columns = [remote for _, remote in prop.local_remote_pairs]
    key = [] if isinstance(secondary, Join) else list(secondary.primary_key)
    return not key or any(column not in columns for column in key)


def _target(prop: Any, part: Any) -> Any:
    if part is None or part.of_type is None:
        return prop.entity
    entity = part.of_type.inspected
    return entity if entity.is_aliased_class else with_subclass(prop.mapper, entity)


def local_value(obj: Any, keys: tuple[str, ...]) -> Any:
    """The object's own side of the join: a value, or a tuple where there are several columns."""
    known = obj.__dict__
    try:
        if len(keys) == 1:
            return known[keys[0]]
        return tuple([known[key] for key in keys])
    except KeyError:
        return identity_of(obj) if keys == tuple(type(obj).__mapper__.pk_keys) else None


def identity_of(obj: Any) -> Any:
    """The object's primary key: a value, or a tuple where it has several columns."""
    state = obj.__dict__[STATE]
    if state.__class__ is InstanceState and state.pk is not None:
        return state.pk
    return state.mapper.class_state.pk_of(obj.__dict__)


def is_stored(obj: Any) -> bool:
    """Whether the object has a row."""
    state = obj.__dict__[STATE]
    return state.__class__ is not InstanceState or state.key is not None


def usable(obj: Any) -> bool:
    """Whether an object of the identity map may stand for its row without asking: not if it was deleted or expired."""
    state = obj.__dict__[STATE]
    if state.__class__ is not InstanceState:
        return True
    if state.was_deleted:
        return False
    return state.expired_keys is None or state.mapper.pk_keys[0] in obj.__dict__


def store(obj: Any, key: str, value: Any) -> None:
    """Put a loaded value in its place."""
    obj.__dict__[key] = value
    loaded(obj, key)


def loaded(obj: Any, key: str) -> None:
    state = obj.__dict__[STATE]
    if state.__class__ is InstanceState and state.expired_keys is not None:
        forget_expired(state, (key,))


def relationship_loader(
    engine: Any, prop: Any, options: EntityOptions, part: Any, by_parent: bool = False
) -> RelationshipLoader:
    """The loader for these options, from the engine's plans or made now."""
    marks = None if part is None or (part.of_type is None and not part.criteria) else part.shape
    key = ("relationship", prop._shape_token, options.shape if options else 0, marks, by_parent)
    plans = engine.plans
    found: RelationshipLoader | None = plans.get(key)
    if found is None:
        found = plans[key] = RelationshipLoader(
            engine, prop, options, part if marks is not None else None, by_parent
        )
    return found
