"""Calling a lambda that builds SQL, with the plain values it closes over as parameters named after its variables."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable
from types import CellType, FunctionType
from typing import Any

from .literal import BindParameter
from .node import Node

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
    call = _Call()
    try:
        return _with_parameters(function, call)(*args)
    except Exception:
        return function(*args)  # it asks more of its variables than SQL can give, or is wrong either way
    finally:
        call.runs = False


class _Call:
    """One call of a lambda."""

    runs = True


class _Variable(BindParameter[Any]):
    """The value of a variable. While the lambda runs, the text of it would be taken for that of the value."""

    _call: _Call

    def __str__(self) -> str:
        self._refuse()
        return super().__str__()

    def __repr__(self) -> str:
        self._refuse()
        return super().__repr__()

    def __hash__(self) -> int:
        self._refuse()
        return super().__hash__()

    def __eq__(self, other: Any) -> Any:
        self._refuse_beside(other)
        return super().__eq__(other)

    def __ne__(self, other: Any) -> Any:
        self._refuse_beside(other)
        return super().__ne__(other)

    def _refuse_beside(self, other: Any) -> None:
        if not isinstance(other, Node) and not hasattr(other, "__clause_element__"):
            self._refuse()

    def _refuse(self) -> None:
        if self._call.runs:
            raise TypeError(f"Only SQL can use the variable {self.key!r}")


_same: Any = _Variable  # the same SQL, so the same plans
_same._class_id, _same._resolve = BindParameter._class_id, BindParameter._resolve


def _with_parameters(function: FunctionType, call: _Call) -> FunctionType:
    code, names = function.__code__, function.__globals__
    cells = tuple(
        _cell(name, cell, call)
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True)
    )
    tracked = {
        name: _parameter(name, names[name], call) for name in code.co_names if _is_plain(names.get(name))
    }
    scope = {**names, **tracked} if tracked else names
    new = FunctionType(code, scope, function.__name__, function.__defaults__, cells)
    new.__kwdefaults__ = function.__kwdefaults__
    return new


def _cell(name: str, cell: CellType, call: _Call) -> CellType:
    try:
        value = cell.cell_contents
    except ValueError:  # not assigned yet
        return cell
    return CellType(_parameter(name, value, call)) if _is_plain(value) else cell


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple, set, frozenset)):
        return bool(value) and all(isinstance(item, _PLAIN) for item in value)
    return isinstance(value, _PLAIN) and not isinstance(value, bool)


def _parameter(name: str, value: Any, call: _Call) -> BindParameter[Any]:
    parameter = _Variable(name, value, unique=True)
    parameter._call = call
    return parameter
