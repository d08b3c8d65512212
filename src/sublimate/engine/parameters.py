"""Parameters as callers give them, brought into one of three forms: none, one dictionary, or a list of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sublimate import exc
from sublimate.util.warnings import warn_deprecated

_EMPTY = (
    "Empty parameter sequence passed to execute(). This use is deprecated and will raise an exception in a future SQLAlchemy "
    "release"
)
Distilled = dict[str, Any] | Sequence[Mapping[str, Any]] | None


def distill(parameters: Any) -> Distilled:
    """Parameters of `execute()`."""
    if parameters is None:
        return None
    if isinstance(parameters, Mapping):
        return dict(parameters)
    if isinstance(parameters, Sequence) and not isinstance(parameters, (str, bytes)):
        if not parameters:
            warn_deprecated(_EMPTY)
            return None
        if not isinstance(parameters[0], Mapping):
            raise exc.ArgumentError("List argument must consist only of dictionaries")
        return parameters
    raise exc.ArgumentError("mapping or list expected for parameters")


def distill_driver(parameters: Any, none: Any = ()) -> tuple[Any, bool]:
    """Parameters of `exec_driver_sql()`, and whether they are many sets."""
    if parameters is None:
        return none, False
    if isinstance(parameters, (tuple, Mapping)):
        return parameters, False
    if isinstance(parameters, list):
        if parameters and not isinstance(parameters[0], (tuple, Mapping)):
            raise exc.ArgumentError("List argument must consist only of tuples or dictionaries")
        if len(parameters) == 1:
            return parameters[0], False
        return (parameters, True) if parameters else (none, False)
    raise exc.ArgumentError("mapping or sequence expected for parameters")
