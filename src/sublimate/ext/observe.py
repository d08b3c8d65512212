"""What an engine's statements cost and where they come from: slow-statement log, counters, comments. Nothing is paid until asked for.

>>> from sublimate.ext.observe import observe
>>> watching = observe(engine, slow=0.2, tags={"application": "shop"})
>>> for statement in watching.statements()[:10]:
...     print(statement.seconds, statement.count, statement.sql)
>>> watching.stop()
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from sublimate import event
from sublimate.util.abbreviate import abbreviate_parameters
from sublimate.util.lazy import urllib_parse

Tags = Mapping[str, object] | Callable[[], Mapping[str, object]]

MOST_STATEMENTS = 1000
OTHERS = "(all others)"
_slow_log = logging.getLogger("sublimate.slow")


@dataclass
class StatementCounter:
    """One SQL text: how often it was sent, and what came of it."""

    sql: str
    count: int = 0
    errors: int = 0
    rows: int = 0
    """Rows returned or changed, where the driver says."""
    seconds: float = 0.0
    longest: float = 0.0

    def add(self, seconds: float, rows: int, failed: bool) -> None:
        self.count += 1
        self.errors += failed
        self.rows += max(rows, 0)
        self.seconds += seconds
        self.longest = max(self.longest, seconds)


class Observation:
    """Listens to one engine until `stop()`."""

    def __init__(self, engine: Any, slow: float | None, counters: bool, tags: Tags | None) -> None:
        self.engine = engine
        self._slow = slow
        self._counters: dict[str, StatementCounter] | None = {} if counters else None
        self._tags = tags
        self._listening: list[tuple[str, Any]] = []
        if tags is not None:
            self._listen("before_cursor_execute", self._comment, retval=True)
        self._listen("before_cursor_execute", self._begin, insert=True)
        self._listen("after_cursor_execute", self._end)
        self._listen("handle_error", self._failed)

    def _listen(self, name: str, function: Any, **options: Any) -> None:
        event.listen(self.engine, name, function, **options)
        self._listening.append((name, function))

    def statements(self) -> list[StatementCounter]:
        """The counters, the dearest statement first."""
        return sorted((self._counters or {}).values(), key=lambda one: -one.seconds)

    def reset(self) -> None:
        """Count from nothing again."""
        if self._counters is not None:
            self._counters = {}

    def stop(self) -> None:
        """Listen no more; the counters stay."""
        for name, function in self._listening:
            event.remove(self.engine, name, function)
        self._listening = []

    # ---- listeners

    def _begin(self, connection: Any, cursor: Any, sql: str, args: Any, context: Any, many: bool) -> None:
        context._observed = perf_counter(), sql

    def _comment(
        self, connection: Any, cursor: Any, sql: str, args: Any, context: Any, many: bool
    ) -> tuple[str, Any]:
        tags = self._tags() if callable(self._tags) else self._tags
        comment = sql_comment(tags or {})
        if comment and connection.dialect.paramstyle in ("format", "pyformat") and args is not None:
            comment = comment.replace("%", "%%")
        return sql + comment, args

    def _end(self, connection: Any, cursor: Any, sql: str, args: Any, context: Any, many: bool) -> None:
        started = getattr(context, "_observed", None)
        if started is not None:
            self._note(started, args, max(cursor.rowcount, cursor.returned_rows), many, False)

    def _failed(self, told: Any) -> None:
        started = getattr(told.execution_context, "_observed", None)
        if started is not None:
            self._note(started, told.parameters, -1, told.execution_context.executemany, True)

    def _note(self, started: tuple[float, str], args: Any, rows: int, many: bool, failed: bool) -> None:
        seconds, sql = perf_counter() - started[0], started[1]
        if self._counters is not None:
            self._counter(sql).add(seconds, rows, failed)
        if self._slow is not None and seconds >= self._slow:
            hidden = self.engine.hide_parameters
            shown = "parameters hidden" if hidden else abbreviate_parameters(args, many)
            _slow_log.warning("%.3f s: %s [%s]", seconds, sql, shown)

    def _counter(self, sql: str) -> StatementCounter:
        counters = self._counters
        assert counters is not None
        if sql not in counters and len(counters) >= MOST_STATEMENTS:
            sql = OTHERS
        return counters.setdefault(sql, StatementCounter(sql))


def sql_comment(tags: Mapping[str, object]) -> str:
    """Tags as the comment that sqlcommenter describes; whatever a value holds, it cannot end the comment.

    >>> sql_comment({"route": "/a/*b", "app": "shop"})
    " /*app='shop',route='%2Fa%2F%2Ab'*/"
    """
    parts = [f"{_quoted(key)}='{_quoted(value)}'" for key, value in sorted(tags.items()) if value is not None]
    return f" /*{','.join(parts)}*/" if parts else ""


def _quoted(value: object) -> str:
    return urllib_parse.quote(str(value), safe="")


def observe(
    engine: Any, *, slow: float | None = None, counters: bool = True, tags: Tags | None = None
) -> Observation:
    """Watch the statements of an engine (or `AsyncEngine`).

    `slow`: statements that take so many seconds or more are logged as warnings by the logger `sublimate.slow`.
    `counters`: `statements()` tells count, errors, rows and seconds of each SQL text.
    `tags`: key-value pairs for a comment after each statement, or a function that returns them: for what reads the
    database's own logs. A tag that changes with each call makes the database prepare each statement anew.
    """
    return Observation(getattr(engine, "sync_engine", engine), slow, counters, tags)
