"""Warnings that point at the caller's own line, outside this package."""

from __future__ import annotations

import sys
import warnings

from sublimate import exc

_PACKAGE = __name__.split(".", 1)[0]


def _user_level() -> int:
    """The stack level of the first frame outside the package, as `warnings.warn` counts it from its caller."""
    frame = sys._getframe(2)
    level = 2
    while (
        frame is not None
        and frame.f_globals.get("__name__", "").split(".", 1)[0] == _PACKAGE
        and frame.f_back is not None
    ):
        frame = frame.f_back
        level += 1
    return level


def warn(message: str, category: type[Warning] = exc.SAWarning) -> None:
    """Warn at the line of the user's code that led here."""
    warnings.warn(message, category, stacklevel=_user_level())


def warn_deprecated(message: str) -> None:
    warnings.warn(message, exc.SADeprecationWarning, stacklevel=_user_level())


def warn_legacy(name: str, instead: str, kind: str = "method") -> None:
    """Warn of an API of the 1.x series that still works."""
    warnings.warn(
        f"The {name} {kind} is considered legacy as of the 1.x series of SQLAlchemy and becomes a legacy construct in 2.0. {instead} "
        "(deprecated since: 2.0)",
        exc.LegacyAPIWarning,
        stacklevel=_user_level(),
    )
