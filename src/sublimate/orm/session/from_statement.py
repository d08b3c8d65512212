"""Entities read from the rows of another statement: text, a set operation, or DML with RETURNING."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sublimate import exc
from sublimate.engine.buffer import RowBuffer
from sublimate.engine.result import Result
from sublimate.engine.steps import Steps
from sublimate.orm.loading.from_rows import reading_plan
from sublimate.orm.loading.options import LoaderCriteriaOption
from sublimate.orm.loading.paths import StatementOptions, refuse_contradictions
from sublimate.orm.loading.populate import Renewed
from sublimate.orm.loading.strategies.follow_up import follow_up_steps

from .tokens import TOKEN


def from_statement_steps(
    session: Any,
    statement: Any,
    params: Any,
    execution_options: Mapping[str, Any],
    bind_arguments: Any,
    source: Any,
) -> Steps[Any]:
    """Execute the inner statement, and read the entities from its rows by column name or column."""
    options = {**statement._execution_options, **execution_options}
    refuse_contradictions(element for _, element in StatementOptions(statement._with_options).loads)
    bind = session._bind_for(statement, bind_arguments)
    if session._autoflushes():
        yield from session._autoflush_steps(options)
    connection = yield from session._use().connection_steps(bind)
    result = yield from connection.execute_steps(_with_criteria(statement), params, options or None)
    return (
        yield from objects_steps(
            session, bind, statement._raw_columns, statement._with_options, result, options, source
        )
    )


def _with_criteria(statement: Any) -> Any:
    """The inner statement, where it is a SELECT with the outer one's `with_loader_criteria()`."""
    element = statement.element
    criteria = [o for o in statement._with_options if isinstance(o, LoaderCriteriaOption)]
    return element.options(*criteria) if criteria and element.is_select else element


def objects_steps(
    session: Any,
    bind: Any,
    entities: Sequence[Any],
    loader_options: Sequence[Any],
    result: Any,
    options: Any,
    source: Any,
) -> Steps[Result[*tuple[Any, ...]]]:
    """A Core result's rows as the entities they hold."""
    if not getattr(result, "returns_rows", True):
        raise exc.ResourceClosedError(
            "This result object does not return rows. It has been closed automatically."
        )
    if options and TOKEN in options:
        session = session._under(options[TOKEN])
    translate = options.get("schema_translate_map") if options else None
    plan = reading_plan(
        tuple(entities), tuple(loader_options), result._metadata, bind.engine.dialect, translate
    )
    rows = plan.pick(result.all())
    again = Renewed() if options and options.get("populate_existing") else None
    values, waiting = plan.hydrator(again is not None)(rows, session, source, plan.options, again)
    if waiting:
        yield from follow_up_steps(session, bind, plan, waiting, plan.options, source, again, options)
    return Result(plan.orm_metadata, RowBuffer(values))
