"""Whether there is a dialect of a name, asked where keywords are named after dialects (`postgresql_using="gin"`)."""

from __future__ import annotations

from collections.abc import Callable

from .warnings import warn

#: who knows the dialects' names: the room of the dialects, which stands above those that ask, enters itself
FINDERS: list[Callable[[str], bool]] = []


#: dialects that SQLAlchemy has beside ours: what is said to them is kept, and read by nobody
_OTHERS = frozenset({"mssql", "oracle"})


def is_known(dialect: str) -> bool:
    """Whether a dialect of this name is here, installed, or one of SQLAlchemy's own."""
    return dialect in _OTHERS or any(finds(dialect) for finds in FINDERS)


def warn_if_unknown(dialect: str, argument: str) -> None:
    """Tell of a keyword that no dialect will read: its first word is misspelled, or its package is not installed."""
    if not any(finds(dialect) for finds in FINDERS):
        warn(f"Can't validate argument {argument!r}; can't locate any SQLAlchemy dialect named {dialect!r}")
