"""SchemaType: a type that takes part in the schema (a named type of the database, or a CHECK constraint)."""

from __future__ import annotations

from typing import Any, Self

from sublimate.types.base import Dialect, TypeEngine
from sublimate.util.subscriptable import subscriptable


@subscriptable
class SchemaType:
    """A mixin for types that a database creates by name, or that come with a constraint.

    The schema's room reads ``name``, ``schema``, ``metadata`` and ``inherit_schema``, and creates what is needed
    together with the tables.
    """

    name: str | None = None
    schema: Any = None
    metadata: Any = None
    inherit_schema: bool = False
    quote: bool | None = None

    def set_table(self, column: Any, table: Any) -> None:
        """The type's column came to belong to a table."""
        if self.inherit_schema and self.metadata is None:
            self.schema = table.schema
        elif self.metadata is not None and self.schema is None and self.metadata.schema:
            self.schema = self.metadata.schema

    def copy(self, **kw: Any) -> Self:
        copied: Self = super().copy(**kw)  # type: ignore[misc]
        metadata = kw.get("metadata")
        if metadata is not None and self.metadata is not None:
            copied.metadata = metadata
        return copied

    def create(self, bind: Any, checkfirst: bool = False) -> None:
        """Create the type in the database, where it has such types."""
        bind._run_schema_steps(_type_steps("create"), self, checkfirst)

    def drop(self, bind: Any, checkfirst: bool = False) -> None:
        """Drop the type in the database, where it has such types."""
        bind._run_schema_steps(_type_steps("drop"), self, checkfirst)

    def check_values(self, dialect: Dialect | None = None) -> list[Any] | None:
        """The values that a CHECK constraint of this type allows; None if it needs none."""
        return None

    def needs_check(self, dialect: Dialect) -> bool:
        """Whether a dialect enforces the allowed values with a CHECK constraint."""
        return False


def _type_steps(verb: str) -> Any:
    """The generator function of the schema room, which stands above this one, found when it is needed."""
    import importlib

    return getattr(importlib.import_module("sublimate.schema.create"), f"{verb}_type_steps")


def schema_type_of(type_: TypeEngine[Any]) -> SchemaType | None:
    """The schema type that a type is, decorates or holds as its array element."""
    while True:
        if isinstance(type_, SchemaType):
            return type_
        inner = type_.__dict__.get("impl" if type_._is_type_decorator else "item_type")
        if inner is None:
            return None
        type_ = inner
