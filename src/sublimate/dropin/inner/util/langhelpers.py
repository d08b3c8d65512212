"""Descriptors that compute once, and other small helpers of the language."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Generic, TypeVar

from sublimate.types.base import generic_repr as _generic_repr
from sublimate.util.warnings import warn as warn
from sublimate.util.warnings import warn_deprecated as _warn_deprecated

T = TypeVar("T")

_WORDS = {
    **dict.fromkeys(("true", "yes", "on", "y", "t", "1"), True),
    **dict.fromkeys(("false", "no", "off", "n", "f", "0"), False),
}
_creation_order = itertools.count(1)
_symbols: dict[str, symbol] = {}


class memoized_property(Generic[T]):
    """A property that is computed at its first reading."""

    def __init__(self, fget: Callable[..., T], doc: str | None = None) -> None:
        self.fget = fget
        self.__doc__ = doc or fget.__doc__
        self.__name__ = fget.__name__

    def __get__(self, obj: Any, owner: Any = None) -> Any:
        if obj is None:
            return self
        obj.__dict__[self.__name__] = result = self.fget(obj)
        return result

    @classmethod
    def reset(cls, obj: Any, name: str) -> None:
        """Forget the value, so that the next reading computes it again."""
        obj.__dict__.pop(name, None)


ro_memoized_property = memoized_property


def memoized_instancemethod(fn: Callable[..., T]) -> Callable[..., T]:
    """A method that is carried out once per object; later calls return the first result."""

    @functools.wraps(fn)
    def once(self: Any, *args: Any, **kw: Any) -> T:
        result = fn(self, *args, **kw)
        self.__dict__[fn.__name__] = lambda *args, **kw: result
        return result

    return once


class classproperty(property):
    """A property of the class."""

    def __get__(self, obj: Any, owner: Any = None) -> Any:
        assert self.fget is not None
        return self.fget(owner)


class hybridmethod(Generic[T]):
    """A method of the class and of its objects."""

    def __init__(self, func: Callable[..., T]) -> None:
        self.func = self.clslevel = func

    def __get__(self, obj: Any, owner: Any = None) -> Any:
        return self.func.__get__(obj) if obj is not None else self.clslevel.__get__(owner)

    def classlevel(self, func: Callable[..., Any]) -> hybridmethod[T]:
        """Decorate what is called on the class."""
        self.clslevel = func
        return self


class symbol(int):
    """A constant with a name; one per name."""

    name: str

    def __new__(cls, name: str, doc: str | None = None, canonical: int | None = None) -> symbol:
        known = _symbols.get(name)
        if known is None:
            known = _symbols[name] = super().__new__(cls, hash(name) if canonical is None else canonical)
            known.name = name
        return known

    def __repr__(self) -> str:
        return f"symbol({self.name!r})"

    def __reduce__(self) -> Any:
        return symbol, (self.name, None, int(self))


def asbool(obj: Any) -> bool:
    """The truth of a value, or the one that a word such as `"yes"` or `"off"` stands for."""
    if not isinstance(obj, str):
        return bool(obj)
    word = obj.strip().lower()
    if word not in _WORDS:
        raise ValueError(f"String is not true/false: {word!r}")
    return _WORDS[word]


def asint(value: Any) -> int | None:
    """An integer; None stays None."""
    return None if value is None else int(value)


def set_creation_order(instance: Any) -> None:
    """Give an object the next number of creation."""
    instance._creation_order = next(_creation_order)


def duck_type_collection(specimen: Any, default: type | None = None) -> type | None:
    """`list`, `set` or `dict`, whichever an object or a class is like; `default` if it is like none."""
    cls = specimen if isinstance(specimen, type) else type(specimen)
    declared: type | None = getattr(specimen, "__emulates__", None)
    if declared is not None:
        return set if issubclass(declared, AbstractSet) else declared
    for kind, abstract, method in (
        (list, Sequence, "append"),
        (set, AbstractSet, "add"),
        (dict, Mapping, "set"),
    ):
        if issubclass(cls, abstract | kind) and not issubclass(cls, str | bytes):
            return kind
        if hasattr(cls, method):
            return kind
    return default


def deprecated(
    version: str, message: str | None = None, **kw: Any
) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Decorate a function so that each call warns."""

    def decorate(fn: Callable[..., T]) -> Callable[..., T]:
        @functools.wraps(fn)
        def warned(*args: Any, **kwargs: Any) -> T:
            _warn_deprecated(
                f"{message or f'Call to deprecated function {fn.__name__}'} (deprecated since: {version})"
            )
            return fn(*args, **kwargs)

        return warned

    return decorate


def warn_deprecated(msg: str, version: str, stacklevel: int = 3, code: str | None = None) -> None:
    """Warn of an API that will go away."""
    _warn_deprecated(msg)


def preload_module(*names: str) -> Callable[[T], T]:
    """Decorator: the function needs these modules. Here they are imported where they are used."""
    return lambda fn: fn


def generic_repr(
    obj: Any, additional_kw: Any = (), to_inspect: Any = None, omit_kwarg: Sequence[str] = ()
) -> str:
    """`Class(argument=value, …)` for each argument of the constructor that differs from its default."""
    return _generic_repr(
        obj if to_inspect is None or isinstance(to_inspect, list) else to_inspect, omit=tuple(omit_kwarg)
    )
