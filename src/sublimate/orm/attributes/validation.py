"""`@validates`: a method that sees values on their way into attributes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sublimate import exc

F = TypeVar("F", bound=Callable[..., Any])


def validates(*names: str, include_removes: bool = False, include_backrefs: bool = True) -> Callable[[F], F]:
    """Call the method with every new value of these attributes; what it returns is stored.

    >>> class User(Base):
    ...     email: Mapped[str]
    ...     @validates("email")
    ...     def check_email(self, key, value):
    ...         if "@" not in value: raise ValueError("not an address")
    ...         return value
    """

    def mark(fn: F) -> F:
        fn.__sa_validators__ = names  # type: ignore[attr-defined]
        fn.__sa_validation_opts__ = (include_removes, include_backrefs)  # type: ignore[attr-defined]
        return fn

    return mark


class Validator:
    """A validating method and what it wants to see."""

    __slots__ = ("fn", "include_backrefs", "include_removes")

    def __init__(self, fn: Callable[..., Any], include_removes: bool, include_backrefs: bool) -> None:
        self.fn = fn
        self.include_removes = include_removes
        self.include_backrefs = include_backrefs

    def __call__(self, obj: Any, key: str, value: Any, is_remove: bool) -> Any:
        return self.fn(obj, key, value, is_remove) if self.include_removes else self.fn(obj, key, value)


def validators_of(cls: type) -> dict[str, Validator]:
    """Attribute name -> validator, from the methods of a class and its bases."""
    found: dict[str, Validator] = {}
    seen: set[str] = set()
    for base in cls.__mro__:
        for method_name, fn in vars(base).items():
            names = getattr(fn, "__sa_validators__", None)
            if not isinstance(names, tuple) or method_name in seen:
                continue
            seen.add(method_name)
            for name in names:
                if name in found and base is cls and name in _own_names(cls, method_name):
                    raise exc.InvalidRequestError(
                        f"A validation function for mapped attribute {name!r} on mapper {cls} already exists."
                    )
                found.setdefault(name, Validator(fn, *fn.__sa_validation_opts__))
    return found


def _own_names(cls: type, but: str) -> set[str]:
    """The attributes validated by methods of the class itself other than `but`."""
    methods = (fn for name, fn in vars(cls).items() if name != but)
    return {name for fn in methods for name in getattr(fn, "__sa_validators__", None) or ()}
