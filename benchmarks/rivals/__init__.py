"""Other ORMs at the same work, each in the way its documentation shows; for `--rivals` and PostgreSQL only.

A rival leaves out what it has no way to do; its line shows nothing there.
"""

import importlib
from typing import Any

RIVALS = ("sqlmodel", "tortoise", "piccolo", "django")


def contender(name: str, dsn: str) -> Any:
    """The rival, not yet opened; ImportError if it is not installed."""
    return importlib.import_module(f"{__name__}.{name}_orm").Contender(dsn)
