"""Families of targets: which events a class of objects has, and where an object's ``Dispatch`` is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .. import exc
from .dispatch import Dispatch

Events = Mapping[str, tuple[str, ...]]


class Family:
    """The events of a class and its subclasses, as ``{"event": ("argument", "names")}``.

    Override ``redirect`` where an event belongs to another object (an engine's ``connect`` is its pool's), and
    ``on_listen`` to be told of a new listener.
    """

    def __init__(self, name: str, events: Events) -> None:
        self.name = name
        self.events = events

    def redirect(self, target: Any, event: str) -> Any:
        """The target that really has this event; by default the same."""
        return target

    def check(self, target: Any, event: str, retval: bool) -> None:
        """Raise where such a listener makes no sense."""

    def preparation(self, event: str, options: Mapping[str, Any]) -> Any:
        """What makes a listener's arguments of the event's, for options of this family (`raw=True`); None: they are as they are."""
        return None

    def of_older_arguments(self, event: str, function: Callable[..., Any]) -> Any:
        """What makes the arguments that the event had before of those that it has now, for a function that takes those; or None."""
        return None

    def on_listen(self, target: Any, event: str) -> None:
        """A listener was added."""

    def on_remove(self, target: Any, dispatch: Dispatch) -> None:
        """A listener was removed. With the last one goes the `Dispatch`, so that nobody is asked any more."""
        if (
            next(dispatch.all_own(), None) is None
            and getattr(target, "__dict__", {}).get("dispatch") is dispatch
        ):
            del target.dispatch
            if not hasattr(target, "dispatch"):
                target.dispatch = None

    def dispatch_of(self, target: Any) -> Dispatch:
        """The target's own ``Dispatch``, made if it has none. Targets keep it in the attribute ``dispatch``.

        A class keeps it as a class attribute, so that ``object.dispatch`` is None only where nobody listens.
        """
        own = vars(target).get("dispatch") if isinstance(target, type) else _own(target)
        if own is None:
            own = Dispatch(self.events, _parent_of(target))
            target.dispatch = own
        return own


def _own(target: Any) -> Any:
    found = getattr(target, "dispatch", None)
    return None if found is not None and found is getattr(type(target), "dispatch", None) else found


def _parent_of(target: Any) -> Callable[[], Dispatch | None]:
    if isinstance(target, type):
        return lambda: getattr(super(target, target), "dispatch", None)
    cls = type(target)

    def parent() -> Dispatch | None:
        found = getattr(cls, "dispatch", None)
        return found if isinstance(found, Dispatch) else None

    return parent


_families: dict[type, Family] = {}
_resolvers: list[Callable[[Any, str], Any]] = []


def register(cls: type, family: Family) -> None:
    """Say which family a class belongs to."""
    _families[cls] = family


def resolver(function: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """Register a function that may name another target for ``(target, event)``, or return None."""
    _resolvers.append(function)
    return function


def find(target: Any, event: str) -> tuple[Any, Family]:
    """The object that has the event and its family; ``InvalidRequestError`` where there is none."""
    return _find(target, event, target)


def _find(target: Any, event: str, asked: Any) -> tuple[Any, Family]:
    resolved = _resolve(target, event)
    for cls in resolved.__mro__ if isinstance(resolved, type) else type(resolved).__mro__:
        family = _families.get(cls)
        if family is not None:
            real = family.redirect(resolved, event)
            if real is not resolved:
                return _find(real, event, asked)
            if event in family.events:
                return resolved, family
            raise exc.InvalidRequestError(
                f"No such event '{event}' for target '{asked}'; {family.name} events are: "
                f"{', '.join(sorted(family.events))}"
            )
    raise exc.InvalidRequestError(f"No such event '{event}' for target '{asked}'")


def _resolve(target: Any, event: str) -> Any:
    if not isinstance(target, type):
        hook = getattr(target, "__event_target__", None)
        if hook is not None:
            return _resolve(hook(), event)
    for function in _resolvers:
        found = function(target, event)
        if found is not None:
            return found
    return target
