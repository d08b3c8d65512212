"""SchemaType: a type that takes part in the schema (a named type of the database, or a CHECK constraint)."""

from __future__ import annotations

from typing import Any, Self

from sublimate.types.base import Dialect, TypeEngine
from sublimate.util.subscriptable import subscriptable
from sublimate.util.warnings import warn_deprecated


@subscriptable
class SchemaType:
    """A mixin for types that a database creates by name, or that come with a constraint.

    The schema's room reads ``name``, ``schema`` and ``metadata``, and creates what is needed together with the tables.
    A type belongs to a MetaData: the one it was given, or that of the first table it stands in. Its schema is the one it
    was given, or that of its MetaData.
    """

    name: str | None = None
    schema: Any = None
    metadata: Any = None
    inherit_schema: bool = False
    quote: bool | None = None
    #: whether databases may know it by its name
    has_own_name = True
    _is_copy = False

    def _set_inherit_schema(self, inherit_schema: bool) -> None:
        if inherit_schema:
            warn_deprecated(
                "inherit_schema is deprecated: types have the schema of their MetaData; give schema=… for another one"
            )
            self.inherit_schema = True

    def _set_metadata(self, metadata: Any) -> None:
        """Belong to a MetaData, which creates and drops the type."""
        self.metadata = metadata
        if metadata is not None:
            if self.has_own_name:
                metadata._add_type(self)
            if self.schema is None and metadata.schema and not self._is_copy:
                self.schema = metadata.schema

    def set_table(self, column: Any, table: Any) -> None:
        """The type's column came to belong to a table."""
        if self.inherit_schema and self.metadata is None:
            self.schema = table.schema
        if self.metadata is None:
            self._set_metadata(table.metadata)

    def copy(self, **kw: Any) -> Self:
        copied: Self = super().copy(**kw)  # type: ignore[misc]
        copied.metadata = kw.get("metadata")
        copied._is_copy = True
        if kw.get("schema") is not None:
            copied.schema = kw["schema"]
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
