"""Types say that they are SQLAlchemy's: tools that write Python, as Alembic does, go by the module of a type's class."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

from sublimate.types.base import TypeEngine

_DIALECTS = ("postgresql", "mysql", "sqlite")


def rename_types(old: str, new: str) -> None:
    """Give the types below the package `old` the names they have below `new`: `sqlalchemy.types.numeric.Integer`."""
    for dialect in _DIALECTS:
        importlib.import_module(f"sublimate.dialects.{dialect}")
    for cls in _classes(TypeEngine):
        if cls.__module__ == old or cls.__module__.startswith(f"{old}."):
            cls.__module__ = new + cls.__module__.removeprefix(old)


def _classes(cls: type[Any]) -> Iterator[type[Any]]:
    yield cls
    for subclass in cls.__subclasses__():
        yield from _classes(subclass)
