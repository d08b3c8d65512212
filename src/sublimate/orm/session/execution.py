"""How a session executes: autoflush, plan, rows, objects, follow-up loads, result. All of it as steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from sublimate import exc
from sublimate.engine.buffer import RowBuffer
from sublimate.engine.parameters import distill
from sublimate.engine.result import Result
from sublimate.engine.send import fetch_steps
from sublimate.engine.steps import Steps
from sublimate.orm.loading.plan import load_plan_for
from sublimate.orm.loading.populate import Renewed
from sublimate.orm.loading.strategies.follow_up import follow_up_steps
from sublimate.schema.defaults import DefaultGenerator
from sublimate.util.collector import uncollected

from .tokens import TOKEN

NO_OPTIONS: Mapping[str, Any] = {}


def execute_steps(
    session: Any,
    statement: Any,
    params: Any = None,
    execution_options: Mapping[str, Any] = NO_OPTIONS,
    bind_arguments: Mapping[str, Any] | None = None,
    source: Any = None,
) -> Steps[Any]:
    """Execute any statement in the session."""
    if params is not None and not params:
        params = None
    if session.dispatch is not None and session.dispatch.do_orm_execute:
        from .execute_state import observed_execute_steps

        return (
            yield from observed_execute_steps(
                session, statement, params, execution_options, bind_arguments, source
            )
        )
    return (
        yield from unobserved_execute_steps(
            session, statement, params, execution_options, bind_arguments, source
        )
    )


def unobserved_execute_steps(
    session: Any,
    statement: Any,
    params: Any,
    execution_options: Mapping[str, Any],
    bind_arguments: Any,
    source: Any,
) -> Steps[Any]:
    """`execute_steps`, once the listeners have been asked."""
    kind = getattr(statement, "__visit_name__", None)
    if kind == "select":
        return (
            yield from select_steps(session, statement, params, execution_options, bind_arguments, source)
        )
    if not getattr(statement, "supports_execution", False):
        if not isinstance(statement, DefaultGenerator):
            refuse(statement)
        return (yield from core_steps(session, statement, params, execution_options, bind_arguments))
    if kind is None:
        raise exc.ObjectNotExecutableError(statement)
    if kind == "from_statement":
        from .from_statement import from_statement_steps

        return (
            yield from from_statement_steps(
                session, statement, params, execution_options, bind_arguments, source
            )
        )
    if kind in ("insert", "update", "delete"):
        from .dml import dml_steps

        return (yield from dml_steps(session, statement, params, execution_options, bind_arguments, source))
    return (yield from core_steps(session, statement, params, execution_options, bind_arguments))


def refuse(statement: Any) -> NoReturn:
    if isinstance(statement, str):
        raise exc.ArgumentError(
            f"Textual SQL expression {statement!r} should be explicitly declared as text({statement!r})"
        )
    raise exc.ArgumentError(f"Executable SQL or text() construct expected, got {statement!r}.")


def core_steps(
    session: Any, statement: Any, params: Any, execution_options: Mapping[str, Any], bind_arguments: Any
) -> Steps[Any]:
    """A statement without entities: executed on the session's connection as it is, after what waits to be flushed."""
    bind = session._bind_for(statement, bind_arguments)
    if session._autoflushes():
        yield from session._autoflush_steps(execution_options)
    connection = yield from session._use().connection_steps(bind)
    return (yield from connection.execute_steps(statement, params, execution_options or None))


def select_steps(
    session: Any,
    statement: Any,
    params: Any,
    execution_options: Mapping[str, Any],
    bind_arguments: Any,
    source: Any,
) -> Steps[Result[*tuple[Any, ...]]]:
    """A SELECT: plan, rows, objects."""
    transaction = session._use()
    bind = (
        session.bind
        if session._simple_bind and bind_arguments is None
        else session._bind_for(statement, bind_arguments)
    )
    engine = bind.engine
    own = statement._execution_options
    options = {**own, **execution_options} if own and execution_options else own or execution_options
    if options or session._translated or bind._options:
        planning = session._planning(bind, options.get("schema_translate_map"))
        plan = load_plan_for(planning, statement, options)
    else:
        plan = load_plan_for(engine, statement, options)
    if (session._new or session._dirty or session._deleted) and session._autoflushes():
        yield from session._autoflush_steps(options)
    if options and TOKEN in options:
        session = session._under(options[TOKEN])
    given: Any = None if params is None else distill(params)
    if isinstance(given, Sequence):
        many: Result[*tuple[Any, ...]] = yield from core_steps(
            session, statement, params, options, bind_arguments
        )
        return many
    if options and (
        options.get(
            "yield_per"
        )  # an object's rows may lie in two parts: without a size, all are read at once
        or (options.get("stream_results") and plan.orm_metadata.needs_unique is None)
    ):
        from .streaming import streamed_steps

        return (yield from streamed_steps(session, bind, plan, statement, given, options, source))
    sql, args = plan.arguments(statement.binds, given)
    connection = None
    if not transaction.is_untouched or plan.needs_transaction or not session._reads_once(bind):
        connection = yield from session._reading_connection_steps(bind, plan.needs_transaction)
    rows = yield from fetch_steps(engine, connection, plan, sql, args, options)
    if plan.plain:
        return Result(plan.orm_metadata, RowBuffer(rows))
    again = Renewed() if options and options.get("populate_existing") else None
    entity_options = plan.options_of(statement)
    hydrate = plan.hydrator(again is not None)
    values, waiting = uncollected(lambda raw: hydrate(raw, session, source, entity_options, again), rows)
    if waiting:
        yield from follow_up_steps(session, bind, plan, waiting, entity_options, source, again, options)
    session.identity_map.sweep_if_grown()
    return Result(plan.orm_metadata, RowBuffer(values))
