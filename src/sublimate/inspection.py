"""`inspect()`: the object that knows about another one (a class's mapper, an instance's state, a database's inspector)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeVar, overload

from sublimate import exc

_F = TypeVar("_F", bound=Callable[[Any], Any])
_C = TypeVar("_C", bound=type[Any])
_In_co = TypeVar("_In_co", bound=Any, covariant=True)


class InspectableInstance(Protocol[_In_co]):
    """An object that says, to a type checker, what `inspect()` gives for it."""

    def _sa_inspect_instance(self) -> _In_co: ...


class InspectableType(Protocol[_In_co]):
    """An object whose class says, to a type checker, what `inspect()` gives for the class."""

    def _sa_inspect_type(self) -> _In_co: ...


_INSPECTORS: dict[type, Callable[[Any], Any]] = {}


def inspects(*types: type) -> Callable[[_F], _F]:
    """Register a function that inspects objects of these types; it returns None for objects it knows nothing of."""

    def register(function: _F) -> _F:
        for type_ in types:
            _INSPECTORS[type_] = function
        return function

    return register


@overload
def inspect(subject: type[InspectableType[_In_co]], raiseerr: bool = True) -> _In_co: ...
@overload
def inspect(subject: InspectableInstance[_In_co], raiseerr: bool = True) -> _In_co: ...
@overload
def inspect(subject: Any, raiseerr: Literal[False]) -> Any | None: ...
@overload
def inspect(subject: Any, raiseerr: bool = True) -> Any: ...
def inspect(subject: Any, raiseerr: bool = True) -> Any:
    """What is known about an object: `inspect(User).primary_key`, `inspect(user).persistent`, `inspect(engine)`."""
    for cls in type(subject).__mro__:
        inspector = _INSPECTORS.get(cls)
        if inspector is not None:
            found = inspector(subject)
            if found is not None:
                return found
    if raiseerr:
        raise exc.NoInspectionAvailable(
            f"No inspection system is available for object of type {type(subject)}"
        )
    return None


def inspects_itself(cls: _C) -> _C:
    """Class decorator: inspecting an object of this class gives the object."""
    _INSPECTORS[cls] = lambda subject: subject
    return cls
