"""Where listeners are kept: a ``Dispatch`` per target, a list of listeners per event, a class's before an object's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any

Function = Callable[..., Any]


class Listener:
    """A function that listens, and how it wants to be called."""

    __slots__ = ("arguments", "done", "function", "named", "once", "prepare", "propagate", "retval")

    def __init__(
        self,
        function: Function,
        arguments: tuple[str, ...],
        *,
        named: bool = False,
        once: bool = False,
        propagate: bool = False,
        retval: bool = False,
    ) -> None:
        self.function = function
        self.arguments = arguments
        self.named = named
        self.once = once
        self.propagate = propagate
        self.retval = retval
        self.prepare: Callable[[tuple[Any, ...]], tuple[Any, ...]] | None = None
        """Makes the arguments a listener asked for of those the event gives."""
        self.done = False

    def __call__(self, *args: Any, **kw: Any) -> Any:
        if self.once:
            if self.done:
                return None
            self.done = True
        if self.prepare is not None:
            args = self.prepare(args)
        if self.named:
            return self.function(**dict(zip(self.arguments, args, strict=False)), **kw)
        return self.function(*args, **kw)


class Listeners:
    """The listeners to one event of one target. Call it to call them all; iterate it to see what each returns."""

    __slots__ = ("_inherited", "_own_first", "own")

    def __init__(self, inherited: Callable[[], Listeners | None], own_first: bool = False) -> None:
        self._inherited = inherited
        self._own_first = own_first
        self.own: tuple[Listener, ...] = ()

    def __call__(self, *args: Any, **kw: Any) -> None:
        for listener in self:
            listener(*args, **kw)

    def __iter__(self) -> Iterator[Listener]:
        inherited = self._inherited()
        if inherited is None:
            return iter(self.own)
        return chain(self.own, inherited) if self._own_first else chain(inherited, self.own)

    def __bool__(self) -> bool:
        return bool(self.own) or bool(self._inherited())

    def __len__(self) -> int:
        return len(self.own) + len(self._inherited() or ())

    def chain(self, value: Any, *args: Any) -> Any:
        """Pass a value through all listeners: those with ``retval=True`` replace it.

        The value stands before ``args`` in their arguments.
        """
        for listener in self:
            result = listener(value, *args)
            if listener.retval:
                value = result
        return value

    def add(self, listener: Listener, insert: bool = False) -> None:
        if not any(known.function == listener.function for known in self.own):
            self.own = (listener, *self.own) if insert else (*self.own, listener)

    def discard(self, function: Function) -> bool:
        kept = tuple(listener for listener in self.own if listener.function != function)
        found = len(kept) < len(self.own)
        self.own = kept
        return found

    def has(self, function: Function) -> bool:
        return any(listener.function == function for listener in self.own)


class Dispatch:
    """The listeners of one target, an attribute per event: ``dispatch.checkout(connection, record, proxy)``.

    Those of the parent come first, or last (``own_first``) where the parent is another object and not the class.
    """

    def __init__(
        self,
        events: Mapping[str, tuple[str, ...]],
        parent: Callable[[], Dispatch | None],
        own_first: bool = False,
    ) -> None:
        self._events = events
        self._parent = parent
        self._own_first = own_first

    def __getattr__(self, name: str) -> Listeners:
        if name.startswith("_") or name not in self._events:
            raise AttributeError(f"no event named {name!r}")

        def inherited() -> Listeners | None:
            parent = self._parent()
            return None if parent is None else getattr(parent, name)

        listeners = Listeners(inherited, self._own_first)
        self.__dict__[name] = listeners
        return listeners

    def all_own(self) -> Iterator[tuple[str, Listener]]:
        """Every listener of this target itself, with the name of its event."""
        for name, listeners in list(self.__dict__.items()):
            if isinstance(listeners, Listeners):
                for listener in listeners.own:
                    yield name, listener
