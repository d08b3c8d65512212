"""Bound parameters as text for logs and errors: short whatever their size. Never changes the values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_CHARS = 300
_PARAMETERS = 100
_SETS = 10


def abbreviate(value: object, chars: int = _CHARS) -> str:
    """The repr of a value, its middle cut out when longer than ``chars``.

    >>> abbreviate("x" * 1000)[-30:-25]
    'xxxxx'
    """
    text = repr(value)
    if len(text) <= chars:
        return text
    half = chars // 2
    return f"{text[:half]} ... ({len(text) - 2 * half} characters truncated) ... {text[-half:]}"


def abbreviate_parameters(params: Any, ismulti: bool | None = None, sets: int = _SETS) -> str:
    """The parameters of one execution (or of many, ``ismulti``) as one short line.

    >>> abbreviate_parameters({"a": 1}, False)
    "{'a': 1}"
    """
    if ismulti is None:
        return abbreviate(params)
    if ismulti and isinstance(params, Sequence) and all(_is_set(one) for one in params[:sets]):
        return _many(params, sets)
    return _one(params)


def _is_set(params: object) -> bool:
    return isinstance(params, (Mapping, tuple, list))


def _many(params: Sequence[Any], sets: int) -> str:
    if len(params) <= sets:
        return f"[{', '.join(map(_one, params))}]"
    head = ", ".join(map(_one, params[: sets - 2]))
    tail = ", ".join(map(_one, params[-2:]))
    return f"[{head}  ... displaying {sets} of {len(params)} total bound parameter sets ...  {tail}]"


def _one(params: Any) -> str:
    if isinstance(params, Mapping):
        return "{" + _joined([f"{key!r}: {abbreviate(value)}" for key, value in params.items()]) + "}"
    if isinstance(params, tuple):
        comma = "," if len(params) == 1 else ""
        return f"({_joined(map(abbreviate, params))}{comma})"
    if isinstance(params, list):
        return f"[{_joined(map(abbreviate, params))}]"
    return abbreviate(params)


def _joined(parts: Iterable[str]) -> str:
    texts = list(parts)
    if len(texts) <= _PARAMETERS:
        return ", ".join(texts)
    half = _PARAMETERS // 2
    cut = len(texts) - _PARAMETERS
    return f"{', '.join(texts[:half])} ... {cut} parameters truncated ... {', '.join(texts[-half:])}"
