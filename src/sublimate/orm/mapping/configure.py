"""Configuration: when all classes are there, relationships find their targets and joins. Every failure is told by name."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any
from weakref import WeakSet

from sublimate import exc
from sublimate.orm.attributes.instrument import install

from .overlaps import warn_of_overlaps

REGISTRIES: WeakSet[Any] = WeakSet()
_lock = threading.RLock()
_announce: Callable[[str], None] = lambda name: None  # noqa: E731
_state = threading.local()


def configure_mappers() -> None:
    """Configure the mappers of all registries now, instead of at first use."""
    configure_all([r for r in REGISTRIES if r._new_mappers])


def configure_registry(registry: Any) -> None:
    configure_all([registry])


def configure_all(registries: Iterable[Any]) -> None:
    if getattr(_state, "busy", False):
        return
    with _lock:
        _state.busy = True
        try:
            configured = [registry for registry in registries if registry._new_mappers]
            if configured:
                _announce("before_configured")
            _tell(configured, "before_configured")
            for registry in configured:
                _configure(registry)
        finally:
            _state.busy = False
    if configured:
        _announce("after_configured")
        _tell(configured, "after_configured")


def _tell(registries: Iterable[Any], event: str) -> None:
    """Tell those who listen to a registry."""
    for registry in registries:
        if registry.dispatch is not None:
            getattr(registry.dispatch, event)(registry)


def announce_with(function: Callable[[str], None]) -> None:
    """Name the function that tells listeners of `before_configured` and `after_configured`."""
    global _announce
    _announce = function


def _configure(registry: Any) -> None:
    failed: list[Exception] = []
    mappers = registry._mappers_in_order()
    for mapper in mappers:
        if mapper.configured:
            continue
        if mapper._configure_failed is not None:
            raise _earlier_failure(mapper)
        try:
            mapper._configure()
        except Exception as error:
            mapper._configure_failed = error
            failed.append(error)
    if failed:
        for other in failed[1:]:
            failed[0].add_note(f"Another mapper failed as well: {other}")
        raise failed[0]
    registry._new_mappers = not all(
        mapper.configured for mapper in mappers
    )  # a listener may have put one off
    warn_of_overlaps([mapper for mapper in mappers if mapper.configured])
    mappers = [mapper for mapper in mappers if mapper.configured]
    for mapper in mappers:
        install(mapper)
    _configure_neighbours(mappers)


def _configure_neighbours(mappers: list[Any]) -> None:
    """Classes of other registries that these refer to."""
    others = {
        prop.mapper.registry for mapper in mappers for prop in mapper._props.values() if prop.is_relationship
    }
    for other in others:
        if other._new_mappers:
            _configure(other)


def _earlier_failure(mapper: Any) -> Exception:
    error = exc.InvalidRequestError(
        "One or more mappers failed to initialize - can't proceed with initialization of other mappers. "
        f"Triggering mapper: '{mapper}'. Original exception was: {mapper._configure_failed}"
    )
    error._configure_failed = mapper._configure_failed  # type: ignore[attr-defined]
    return error
