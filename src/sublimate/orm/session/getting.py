"""get(): by primary key, from the identity map or by a plan of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sublimate import exc
from sublimate.engine.send import fetch_steps
from sublimate.engine.steps import Steps
from sublimate.expression.literal import BindParameter
from sublimate.inspection import inspect
from sublimate.orm.exc import ObjectDeletedError
from sublimate.orm.loading.plan import LoadPlan, make_load_plan
from sublimate.orm.loading.populate import Renewed
from sublimate.orm.loading.strategies.follow_up import ONE_ALONE, follow_up_steps
from sublimate.orm.state import STATE, InstanceState
from sublimate.statements.select import Select
from sublimate.statements.select_base import ForUpdateArg
from sublimate.util.warnings import warn

from .membership import forget_rows
from .tokens import TOKEN


class GetPlan:
    """The plan that reads one object of a mapper by its primary key."""

    __slots__ = ("_binds", "_names", "_picks", "hydrate", "plan", "statement", "width")

    def __init__(self, engine: Any, mapper: Any) -> None:
        self.statement = get_statement(mapper)
        self.plan: LoadPlan = make_load_plan(self.statement, engine.dialect, engine.translate)
        self.hydrate = self.plan.hydrator(False)
        self.width = len(mapper.primary_key)
        self._binds = self.statement.binds
        self._names = [f"pk_{i + 1}" for i in range(self.width)]
        self._picks = self._plan_picks()

    def _plan_picks(self) -> list[tuple[int, Any]] | None:
        """(position in the key, processor) per argument, where the SQL takes nothing but the key by position."""
        compiled = self.plan.compiled
        if (
            compiled.has_expanding
            or compiled._named
            or any(s.name not in self._names for s in compiled._order)
        ):
            return None
        return [(self._names.index(s.name), s.processor) for s in compiled._order]

    def arguments(self, identity: Any) -> tuple[str, Any]:
        """The SQL and the driver's arguments for one primary key."""
        picks = self._picks
        if picks is not None:
            try:
                if self.width == 1:
                    return self.plan.compiled.string, [
                        identity if p is None else p(identity) for _, p in picks
                    ]
                return self.plan.compiled.string, [
                    identity[i] if p is None else p(identity[i]) for i, p in picks
                ]
            except Exception as error:
                raise self.plan.failed(error, {}) from error
        values = (identity,) if self.width == 1 else identity
        return self.plan.arguments(self._binds, dict(zip(self._names, values, strict=True)))


def get_statement(mapper: Any) -> Select[Any]:
    """SELECT of a mapper by primary key, with parameters `pk_1`, `pk_2` …"""
    statement: Select[Any] = Select(mapper.__clause_element__())
    for i, column in enumerate(mapper.primary_key, 1):
        statement = statement.where(
            mapper._adapt(column) == BindParameter(f"pk_{i}", None, type_=column.type, required=True)
        )
    return statement


def get_plan(engine: Any, mapper: Any) -> GetPlan:
    key = ("get", mapper.shape)
    found: GetPlan | None = engine.plans.get(key)
    if found is None:
        found = engine.plans[key] = GetPlan(engine, mapper)
    return found


def get_steps(
    session: Any,
    entity: Any,
    ident: Any,
    options: Sequence[Any] | None,
    populate_existing: bool,
    with_for_update: Any,
    execution_options: Mapping[str, Any],
    bind_arguments: Mapping[str, Any] | None,
    source: Any,
    identity_token: Any = None,
) -> Steps[Any]:
    """The object with a primary key, or None."""
    mapper = (
        entity.__dict__.get("__mapper__")
        if entity.__class__ is not type and isinstance(entity, type)
        else (getattr(entity, "__mapper__", None) if entity.__class__ is type else None)
    )
    if mapper is None:
        mapper = _mapper_of(entity)
    mapper._check_configure()
    if with_for_update is False:
        with_for_update = None
    if ident.__class__ in _SCALARS and len(mapper.primary_key) == 1:
        identity = ident
    else:
        identity = identity_from(mapper, ident)
        if identity is None:
            return None
    if not populate_existing and with_for_update is None and not mapper.always_refresh:
        if identity_token is not None:
            known = session.identity_map.of(identity_token).find(mapper.base_mapper, identity)
        elif session._sharded:
            known = session._known(mapper, identity, None, execution_options, bind_arguments)
        else:
            known = session.identity_map.find(mapper.base_mapper, identity)
        if known is not None:
            return (yield from _known_steps(session, mapper, known, source))
    if session.execution_options:
        execution_options = {**session.execution_options, **execution_options}
    if (
        options
        or with_for_update is not None
        or populate_existing
        or execution_options
        or session.dispatch is not None
        or identity_token is not None
    ):
        if identity_token is not None:
            execution_options = {**execution_options, TOKEN: identity_token}
        return (
            yield from _by_statement_steps(
                session,
                mapper,
                identity,
                options,
                populate_existing,
                with_for_update,
                execution_options,
                bind_arguments,
                source,
            )
        )
    return (yield from load_by_identity_steps(session, mapper, identity, source, bind_arguments))


_SCALARS = (int, str)


def _mapper_of(entity: Any) -> Any:
    found = inspect(entity, raiseerr=False)
    if found is None:
        raise exc.NoInspectionAvailable(
            f"No inspection system is available for object of type {type(entity)}: {entity!r} is not a mapped class"
        )
    if not getattr(found, "is_mapper", False) or getattr(entity, "_aliased_insp", None) is not None:
        raise exc.ArgumentError(f"Expected mapped class or mapper, got: {entity!r}")
    return found


def _known_steps(session: Any, mapper: Any, obj: Any, source: Any) -> Steps[Any]:
    """An object of the identity map: refreshed if it is expired, None if its row is gone or it is of another class."""
    state = obj.__dict__[STATE]
    if not state.mapper.isa(mapper):
        return None
    if state.__class__ is InstanceState:
        if state.was_deleted:
            return None
        if state.expired_keys is not None and state.expired_all:
            try:
                yield from session._load_attribute_steps(
                    obj, next(iter(state.mapper.pk_keys)), autoflush=True
                )
            except ObjectDeletedError:
                forget_rows(session, [obj])
                return None
    session._use()
    return obj


def load_by_identity_steps(
    session: Any,
    mapper: Any,
    identity: Any,
    source: Any,
    bind_arguments: Any = None,
    populate_existing: bool = False,
) -> Steps[Any]:
    """Read one object by its primary key."""
    transaction = session._use()
    bind = (
        session.bind
        if session._simple_bind and bind_arguments is None
        else session._bind_for(get_statement(mapper), {"mapper": mapper, **(bind_arguments or {})})
    )
    engine = bind.engine
    if session._autoflushes():
        yield from session._autoflush_steps()
    planning = session._planning(bind) if session._translated or bind._options else engine
    get = planning.plans.get(("get", mapper.shape)) or get_plan(planning, mapper)
    plan = get.plan
    sql, args = get.arguments(identity)
    connection = None
    if not transaction.is_untouched or plan.needs_transaction or not session._reads_once(bind):
        connection = yield from session._reading_connection_steps(bind, plan.needs_transaction)
    given = session.execution_options
    rows = yield from fetch_steps(engine, connection, plan, sql, args, given)
    if not rows:
        return None
    again = Renewed() if populate_existing else None
    hydrate = get.hydrate if again is None else plan.hydrator(True)
    values, waiting = hydrate(rows, session, source, plan.options, again)
    if waiting:
        yield from follow_up_steps(session, bind, plan, waiting, plan.options, source, again, given)
    return values[0]


def _by_statement_steps(
    session: Any,
    mapper: Any,
    identity: Any,
    options: Sequence[Any] | None,
    populate_existing: bool,
    with_for_update: Any,
    execution_options: Mapping[str, Any],
    bind_arguments: Mapping[str, Any] | None,
    source: Any,
    refreshes: bool = False,
) -> Steps[Any]:
    statement = get_statement(mapper)
    if options:
        statement = statement.options(*options)
    if with_for_update is not None:
        statement = statement._with(_for_update_arg=for_update(with_for_update))
    given = dict(execution_options)
    if populate_existing or with_for_update is not None:
        given["populate_existing"] = ONE_ALONE if refreshes else True
    values = identity if len(mapper.primary_key) > 1 else (identity,)
    params = {f"pk_{i}": value for i, value in enumerate(values, 1)}
    arguments = {"mapper": mapper, **(bind_arguments or {})}
    if refreshes and session.dispatch is not None:
        result = yield from session._observed_load_steps(statement, params, mapper, source, given)
    else:
        result = yield from session.execute_steps(statement, params, given, arguments, source)
    try:
        return result.unique().scalars().one()
    except exc.NoResultFound:
        return None


def for_update(argument: Any) -> ForUpdateArg:
    """`with_for_update=True`, or a dictionary of its options, as a FOR UPDATE clause."""
    if isinstance(argument, ForUpdateArg):
        return argument
    given = {} if argument is True else dict(argument)
    found: ForUpdateArg = Select().with_for_update(**given)._for_update_arg
    return found


def get_one_steps(session: Any, entity: Any, ident: Any, *rest: Any) -> Steps[Any]:
    found = yield from get_steps(session, entity, ident, *rest)
    if found is None:
        raise exc.NoResultFound("No row was found when one was required")
    return found


def identity_from(mapper: Any, ident: Any) -> Any:
    """The primary key in our form, from a scalar, tuple or dictionary; None if it is all NULL."""
    columns = mapper.primary_key
    if isinstance(ident, Mapping):
        values = _named(mapper, ident)
    elif isinstance(ident, (tuple, list)) or (hasattr(ident, "_mapping") and not isinstance(ident, str)):
        values = list(ident)
    elif hasattr(ident, "__composite_values__"):
        values = list(ident.__composite_values__())
    else:
        values = [ident]
    if len(values) != len(columns):
        names = ",".join(
            f"'{c.table.name}.{c.name}'" if c.table is not None else repr(c.name) for c in columns
        )
        raise exc.InvalidRequestError(
            "Incorrect number of values in identifier to formulate primary key for session.get(); "
            f"primary key columns are {names}"
        )
    if all(v is None for v in values):
        warn(
            "fully NULL primary key identity cannot load any object.  This condition may raise an error in a future release."
        )
        return None
    return values[0] if len(values) == 1 else tuple(values)


def _named(mapper: Any, ident: Mapping[str, Any]) -> list[Any]:
    synonyms = {s.name: s.key for s in mapper.synonyms}
    try:
        if len(ident) != len(mapper.pk_keys):
            raise KeyError
        return [ident[key] if key in ident else ident[synonyms[key]] for key in mapper.pk_keys]
    except KeyError:
        names = ",".join(repr(key) for key in mapper.pk_keys)
        raise exc.InvalidRequestError(
            "Incorrect names of values in identifier to formulate primary key for session.get(); "
            f"primary key attribute names are {names} (synonym names are also accepted)"
        ) from None
