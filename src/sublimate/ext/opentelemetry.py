"""A span for each statement of an engine: `pip install 'sublimate[opentelemetry]'`. Any number of engines.

>>> from sublimate.ext.opentelemetry import instrument
>>> instrument(engine)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, TracerProvider

from sublimate import event

_SYSTEMS = {"postgresql": "postgresql", "mysql": "mysql", "mariadb": "mariadb", "sqlite": "sqlite"}


class Instrumentation:
    """Listens to one engine until `stop()`."""

    def __init__(self, engine: Any, provider: TracerProvider | None, text: bool) -> None:
        self.engine = engine
        self._tracer = trace.get_tracer("sublimate", tracer_provider=provider)
        self._text = text
        self._attributes = _attributes_of(engine)
        self._listening: list[tuple[str, Any]] = [
            ("before_cursor_execute", self._begin),
            ("after_cursor_execute", self._end),
            ("handle_error", self._failed),
        ]
        for name, function in self._listening:
            event.listen(engine, name, function)

    def stop(self) -> None:
        """Listen no more."""
        for name, function in self._listening:
            event.remove(self.engine, name, function)
        self._listening = []

    def _begin(self, connection: Any, cursor: Any, sql: str, args: Any, context: Any, many: bool) -> None:
        operation = sql.split(None, 1)[0].upper() if sql.strip() else "QUERY"
        attributes = {**self._attributes, "db.operation.name": operation}
        if self._text:
            attributes["db.query.text"] = sql
        if many:
            attributes["db.operation.batch.size"] = len(args)
        name = f"{operation} {self._attributes.get('db.namespace', '')}".strip()
        context._span = self._tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)

    def _end(self, connection: Any, cursor: Any, sql: str, args: Any, context: Any, many: bool) -> None:
        span: Span | None = context.__dict__.pop("_span", None)
        if span is not None:
            rows = max(cursor.rowcount, cursor.returned_rows)
            if rows >= 0:
                span.set_attribute("db.response.returned_rows", rows)
            span.end()

    def _failed(self, told: Any) -> None:
        context = told.execution_context
        span: Span | None = None if context is None else context.__dict__.pop("_span", None)
        if span is None:
            return
        error = told.original_exception
        span.set_attribute("error.type", type(told.sqlalchemy_exception or error).__qualname__)
        sqlstate = getattr(error, "sqlstate", None)
        if sqlstate:
            span.set_attribute("db.response.status_code", sqlstate)
        span.record_exception(error)
        span.set_status(Status(StatusCode.ERROR, str(error).partition("\n")[0]))
        span.end()


def _attributes_of(engine: Any) -> Mapping[str, Any]:
    url = engine.url
    known = {
        "db.system.name": _SYSTEMS.get(engine.name, engine.name),
        "db.namespace": url.database,
        "server.address": url.host,
        "server.port": url.port,
    }
    return {name: value for name, value in known.items() if value}


def instrument(
    engine: Any, *, tracer_provider: TracerProvider | None = None, query_text: bool = True
) -> Instrumentation:
    """Make a span of kind CLIENT for every statement of an engine (or `AsyncEngine`), below the span that is current.

    Values are parameters and never part of a span; `query_text=False` leaves the SQL out too.
    """
    return Instrumentation(getattr(engine, "sync_engine", engine), tracer_provider, query_text)
