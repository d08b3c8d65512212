"""Calling a lambda that builds SQL, with the plain values it closes over as parameters named after its variables."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable
from types import CellType, FunctionType
from typing import Any

from .literal import BindParameter

_PLAIN = (
    int,
    float,
    str,
    bytes,
    decimal.Decimal,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    uuid.UUID,
)


def call_tracked(function: Callable[..., Any], *args: Any, track: bool = True) -> Any:
    """What the function makes, `x == y` of a variable `y` as `x = :y_1`.

    >>> from sublimate import column
    >>> wanted = 5
    >>> print(call_tracked(lambda: column("a") == wanted))
    a = :wanted_1
    """
    if not track or not isinstance(function, FunctionType):
        return function(*args)
    try:
        return _with_parameters(function)(*args)
    except (TypeError, NotImplementedError, AttributeError, ValueError):
        return function(*args)  # it asks more of its variables than SQL can give


def _with_parameters(function: FunctionType) -> FunctionType:
    code, names = function.__code__, function.__globals__
    cells = tuple(
        _cell(name, cell) for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True)
    )
    tracked = {name: _parameter(name, names[name]) for name in code.co_names if _is_plain(names.get(name))}
    scope = {**names, **tracked} if tracked else names
    new = FunctionType(code, scope, function.__name__, function.__defaults__, cells)
    new.__kwdefaults__ = function.__kwdefaults__
    return new


def _cell(name: str, cell: CellType) -> CellType:
    try:
        value = cell.cell_contents
    except ValueError:  # not assigned yet
        return cell
    return CellType(_parameter(name, value)) if _is_plain(value) else cell


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple, set, frozenset)):
        return bool(value) and all(isinstance(item, _PLAIN) for item in value)
    return isinstance(value, _PLAIN) and not isinstance(value, bool)


def _parameter(name: str, value: Any) -> BindParameter[Any]:
    return BindParameter(name, value, unique=True)
