"""Results that are read in parts: rows stay on the server, objects are made batch by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sublimate import exc
from sublimate.engine.buffer import RowBuffer
from sublimate.engine.result import Result
from sublimate.engine.send import send_steps
from sublimate.engine.steps import Steps, Stream
from sublimate.engine.stream import PAGE, CursorStream
from sublimate.orm.loading.plan import LoadPlan
from sublimate.orm.loading.populate import Renewed
from sublimate.orm.loading.strategies.follow_up import follow_up_steps


class ObjectStream:
    """Batches of objects from a driver's cursor."""

    __slots__ = (
        "_again", "_bind", "_execution", "_options", "_plan", "_rows", "_session", "_source", "refuses_unique",
    )  # fmt: skip

    def __init__(
        self,
        session: Any,
        bind: Any,
        plan: LoadPlan,
        rows: CursorStream,
        options: Any,
        source: Any,
        again: bool,
        refuses_unique: bool,
        execution: Mapping[str, Any],
    ) -> None:
        self.refuses_unique = refuses_unique  # nobody knows what the parts that are gone held
        self._session = session
        self._bind = bind
        self._plan = plan
        self._rows = rows
        self._options = options
        self._source = source
        self._again = again
        self._execution = execution

    def fetch_steps(self, size: int | None) -> Steps[Sequence[Any]]:
        rows: Sequence[Any] = yield from self._rows.fetch_steps(size)
        if not rows:
            return rows
        if self._plan.plain:
            return rows
        again = Renewed() if self._again else None
        hydrate = self._plan.hydrator(self._again)
        values, waiting = hydrate(rows, self._session, self._source, self._options, again)
        if waiting:
            yield from follow_up_steps(
                self._session, self._bind, self._plan, waiting, self._options, self._source, again, self._execution
            )  # fmt: skip
        self._session.identity_map.sweep_if_grown()  # entries of objects that nobody kept
        return values

    def close_steps(self) -> Steps[None]:
        yield from self._rows.close_steps()


def streamed_steps(
    session: Any,
    bind: Any,
    plan: LoadPlan,
    statement: Any,
    params: Any,
    options: Mapping[str, Any],
    source: Any,
) -> Steps[Result[*tuple[Any, ...]]]:
    """A SELECT whose rows stay on the server until they are asked for."""
    page = options.get("yield_per")
    if page and plan.orm_metadata.needs_unique is not None:
        raise exc.InvalidRequestError(
            "Can't use yield_per with eager loaders that require uniquing or row buffering, e.g. joinedload() against collections or "
            "subqueryload().  Consider the selectinload() strategy for better flexibility in loading objects."
        )
    connection = yield from session._use().connection_steps(bind)
    sql, args = plan.arguments(statement.binds, params)
    size = page or options.get("max_row_buffer") or PAGE
    cursor = yield from send_steps(connection, partial(Stream, size=size), plan, sql, args, options=options)
    again = bool(options.get("populate_existing"))
    stream = ObjectStream(
        session,
        bind,
        plan,
        CursorStream(cursor, size, connection),
        plan.options_of(statement),
        source,
        again,
        bool(page) and not plan.plain,
        options,
    )
    result: Result[*tuple[Any, ...]] = Result(plan.orm_metadata, RowBuffer((), stream))
    return result.yield_per(page) if page else result
