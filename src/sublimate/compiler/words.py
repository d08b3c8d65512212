"""Options that reach the SQL as they are: only words and numbers get through, whoever chose them."""

from __future__ import annotations

import re
from typing import Any

from sublimate import exc

_PHRASE = re.compile(r"[^\W\d]\w*(?:[ .-]\w+)*")
_OPERATOR_CLASS = re.compile(
    r"[^\W\d][\w$]*(?:\.[^\W\d][\w$]*)?(?: ?\([\w =,]*\))?(?: (?i:asc|desc)| (?i:nulls (?:first|last)))*"
)
_OPERATOR = re.compile(r"[-+*/<>=~!@#%^&|`?]+|(?i:OPERATOR)\((?:\w+\.)?[-+*/<>=~!@#%^&|`?]+\)")
_SETTING = re.compile(r"-?[\w.]+(?:[+-][\w.]+)*|'[^'\\]*'")
_SIZES = ("length", "precision", "scale", "display_width", "fsp")


def phrase(value: Any, what: str) -> str:
    """One or more plain words, such as ``SET NULL`` or ``utf8mb4``."""
    return _checked(_PHRASE, value, what)


def operator_class(value: Any) -> str:
    """An operator class of PostgreSQL, with its options."""
    return _checked(_OPERATOR_CLASS, value, "operator class")


def operator_symbol(value: Any) -> str:
    """An operator's characters, as in ``WITH &&``, or ``OPERATOR(schema.&&)``."""
    text = _checked(_OPERATOR, value, "operator")
    if "--" in text or "/*" in text:
        raise exc.CompileError(f"Unexpected operator {text!r}: it would begin a comment")
    return text


def setting(key: Any, value: Any) -> str:
    """``fillfactor = 70``, ``autovacuum_enabled = false``."""
    value = str(value).lower() if isinstance(value, bool) else value
    return f"{_checked(_PHRASE, key, 'storage parameter')} = {_checked(_SETTING, value, 'storage parameter')}"


def _checked(pattern: re.Pattern[str], value: Any, what: str) -> str:
    text = str(value)
    if not pattern.fullmatch(text):
        raise exc.CompileError(
            f"Unexpected SQL phrase {text!r} as {what}: only words and numbers are taken here"
        )
    return text


def check_sizes(type_: Any) -> None:
    """Lengths and precisions are numbers."""
    for name in _SIZES:
        value = getattr(type_, name, None)
        if value is None or isinstance(value, int) or str(value).isdigit() or str(value).lower() == "max":
            continue
        raise exc.CompileError(f"{type(type_).__name__}: the {name} is a number, not {value!r}")
