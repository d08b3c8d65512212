"""The events of engines and connections. An engine's pool has events of its own: those are handed on to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from sublimate import exc
from sublimate.event import Dispatch, Family
from sublimate.event.family import Events
from sublimate.pool import Pool
from sublimate.pool.events import EVENTS as POOL_EVENTS
from sublimate.util.lazy import inspect
from sublimate.util.warnings import warn_deprecated

_CURSOR = ("conn", "cursor", "statement", "parameters", "context", "executemany")
_NESTED = ("conn", "name", "context")
_TWO_PHASE = ("conn", "xid", "is_prepared")

CONNECTION_EVENTS: Events = {
    "before_execute": ("conn", "clauseelement", "multiparams", "params", "execution_options"),
    "after_execute": ("conn", "clauseelement", "multiparams", "params", "execution_options", "result"),
    "before_cursor_execute": _CURSOR,
    "after_cursor_execute": _CURSOR,
    "engine_connect": ("conn",),
    "engine_disposed": ("engine",),
    "set_connection_execution_options": ("conn", "opts"),
    "set_engine_execution_options": ("engine", "opts"),
    "begin": ("conn",),
    "commit": ("conn",),
    "rollback": ("conn",),
    "savepoint": ("conn", "name"),
    "rollback_savepoint": _NESTED,
    "release_savepoint": _NESTED,
    "begin_twophase": ("conn", "xid"),
    "prepare_twophase": ("conn", "xid"),
    "commit_twophase": _TWO_PHASE,
    "rollback_twophase": _TWO_PHASE,
}
DIALECT_EVENTS: Events = {
    "do_connect": ("dialect", "conn_rec", "cargs", "cparams"),
    "do_execute": ("cursor", "statement", "parameters", "context"),
    "do_execute_no_params": ("cursor", "statement", "context"),
    "do_executemany": ("cursor", "statement", "parameters", "context"),
    "do_setinputsizes": ("inputsizes", "cursor", "statement", "parameters", "context"),
    "handle_error": ("exception_context",),
}
EVENTS: Events = {**CONNECTION_EVENTS, **DIALECT_EVENTS}
_REPLACING = ("before_execute", "before_cursor_execute")


Arguments: TypeAlias = tuple[Any, ...]
#: event -> since when it has other arguments, how many it had, and how these are made of the new ones
_OLDER: dict[str, tuple[str, int, Callable[[Arguments], Arguments]]] = {
    "before_execute": ("1.4", 4, lambda new: new[:4]),
    "after_execute": ("1.4", 5, lambda new: (*new[:4], new[5])),
    "engine_connect": ("2.0", 2, lambda new: (*new, False)),
}


def _taken(function: Callable[..., Any]) -> int | None:
    """How many arguments a function takes by position; None where nobody can say."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return None
    return sum(
        parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        for parameter in parameters
    )


class EngineFamily(Family):
    """Events of an engine, or of the class of all engines."""

    def of_older_arguments(self, event: str, function: Callable[..., Any]) -> Any:
        if event not in _OLDER:
            return None
        version, count, older = _OLDER[event]
        if _taken(function) != count:
            return None
        message = (
            f'The argument signature for the "ConnectionEvents.{event}" event listener has changed as of version {version}, and '
            "conversion for the old argument signature will be removed in a future release.  The new signature is "
            f'"def {event}({", ".join(self.events[event])})"'
        )

        def convert(new: Arguments) -> Arguments:
            warn_deprecated(message)
            return older(new)

        return convert

    def redirect(self, target: Any, event: str) -> Any:
        """Events of the pool belong to the pool: an engine's to its own, the class's to the class of pools."""
        if event in self.events or event not in POOL_EVENTS:
            return target
        return Pool if isinstance(target, type) else target.event_pool()

    def check(self, target: Any, event: str, retval: bool) -> None:
        if retval and event in CONNECTION_EVENTS and event not in _REPLACING:
            raise exc.ArgumentError(
                "Only the 'before_execute', 'before_cursor_execute' and 'handle_error' engine event listeners accept the "
                "'retval=True' argument."
            )


class ConnectionFamily(EngineFamily):
    """Events of a single connection; the engine's listeners come after its own."""

    def __init__(self, name: str, events: Events, every: type) -> None:
        super().__init__(name, events)
        self._every = every

    def redirect(self, target: Any, event: str) -> Any:
        """Listening to the class of connections is listening to all engines."""
        return self._every if isinstance(target, type) and event in CONNECTION_EVENTS else target

    def check(self, target: Any, event: str, retval: bool) -> None:
        if event in DIALECT_EVENTS:
            raise exc.InvalidRequestError(
                f"'{event}' happens to engines as a whole: listen to the engine of {target!r}"
            )
        super().check(target, event, retval)

    def dispatch_of(self, target: Any) -> Dispatch:
        if target._dispatch is None:
            target._dispatch = Dispatch(self.events, lambda: target.engine.dispatch, own_first=True)
        found: Dispatch = target._dispatch
        return found
