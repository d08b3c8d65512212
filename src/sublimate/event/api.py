"""Listen to events, stop listening, and ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..exc import InvalidRequestError
from .dispatch import Listener, Listeners
from .family import find

F = TypeVar("F", bound=Callable[..., Any])


def listen(
    target: Any,
    identifier: str,
    fn: Callable[..., Any],
    *,
    once: bool = False,
    insert: bool = False,
    propagate: bool = False,
    named: bool = False,
    retval: bool = False,
    **options: Any,
) -> None:
    """Call ``fn`` whenever the event happens to the target.

    ``once``: only the first time; ``insert``: before the listeners there are; ``named``: with keyword arguments;
    ``retval``: what it returns replaces the event's value; ``propagate``: for subclasses too.

    >>> event.listen(engine, "connect", lambda connection, record: print("connected"))
    """
    real, family = find(target, identifier)
    family.check(real, identifier, retval)
    arguments = family.events[identifier]
    listener = Listener(fn, arguments, named=named, once=once, propagate=propagate, retval=retval)
    listener.prepare = family.preparation(identifier, options)
    if listener.prepare is None and not named:
        listener.prepare = family.of_older_arguments(identifier, fn)
    listeners: Listeners = getattr(family.dispatch_of(real), identifier)
    listeners.add(listener, insert)
    family.on_listen(real, identifier)


def listens_for(target: Any, identifier: str, **options: Any) -> Callable[[F], F]:
    """``listen`` as a decorator.

    >>> @event.listens_for(engine, "connect")
    ... def foreign_keys(connection, record):
    ...     connection.execute("PRAGMA foreign_keys = ON")
    """

    def decorate(fn: F) -> F:
        listen(target, identifier, fn, **options)
        return fn

    return decorate


def remove(target: Any, identifier: str, fn: Callable[..., Any]) -> None:
    """Undo ``listen`` for this function; ``InvalidRequestError`` if it does not listen."""
    real, family = find(target, identifier)
    dispatch = family.dispatch_of(real)
    if not getattr(dispatch, identifier).discard(fn):
        raise InvalidRequestError(f"No listeners found for event {target} / {identifier!r} / {fn}")
    family.on_remove(real, dispatch)


def contains(target: Any, identifier: str, fn: Callable[..., Any]) -> bool:
    """Whether this function listens to the target's event."""
    real, family = find(target, identifier)
    return bool(getattr(family.dispatch_of(real), identifier).has(fn))
