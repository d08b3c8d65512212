"""The families of events by SQLAlchemy's names: a method for each event, whose parameters are what listeners are given.

>>> inspect.signature(PoolEvents.checkin)
<Signature (self, dbapi_connection, connection_record)>
"""

import inspect
from collections.abc import Mapping
from typing import Any

from .engine.events import CONNECTION_EVENTS, DIALECT_EVENTS
from .pool.events import EVENTS as _POOL_EVENTS
from .pool.events import PoolResetState as PoolResetState
from .schema.base import SchemaItem as SchemaEventTarget
from .schema.events import EVENTS as _SCHEMA_EVENTS


def _described(name: str, doc: str, events: Mapping[str, tuple[str, ...]]) -> type:
    methods = {event: _method(event, name, arguments) for event, arguments in events.items()}
    return type(name, (), {"__doc__": doc, "__module__": __name__, **methods})


def _method(event: str, family: str, arguments: tuple[str, ...]) -> Any:
    def tell(self: Any, *args: Any, **kw: Any) -> None:
        """What a listener to this event is given."""

    tell.__name__, tell.__qualname__ = event, f"{family}.{event}"
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(each, kind) for each in ("self", *arguments)]
    tell.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return tell


ConnectionEvents = _described(
    "ConnectionEvents",
    "What happens to connections. Listen to an engine, to a `Connection`, or to one of the classes.",
    CONNECTION_EVENTS,
)
DialectEvents = _described(
    "DialectEvents",
    "Where a listener may act in place of the driver: `do_connect` may return a connection, `do_execute` and its kin True. "
    "Listen to an engine, its dialect, or the class of engines.",
    DIALECT_EVENTS,
)
PoolEvents = _described(
    "PoolEvents", "What happens to a pool. Listen to a pool, an engine, or one of the classes.", _POOL_EVENTS
)
DDLEvents = _described(
    "DDLEvents",
    "What happens to tables, columns and constraints. Listen to one of them, or to its class.",
    _SCHEMA_EVENTS,
)

__all__ = [
    "ConnectionEvents",
    "DDLEvents",
    "DialectEvents",
    "PoolEvents",
    "PoolResetState",
    "SchemaEventTarget",
]
