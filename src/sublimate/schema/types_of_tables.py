"""The types that come with a table, also when somebody else sends its CREATE TABLE."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sublimate.event import listen
from sublimate.schema.table import Table
from sublimate.types.schema_type import SchemaType, schema_type_of


def types_of(table: Table) -> Iterator[SchemaType]:
    """The types of a table's columns that databases may keep by name."""
    for column in table.columns:
        for type_ in (column.type, *(column.type._variants or {}).values()):
            found = schema_type_of(type_)
            if found is not None:
                yield found


def _create_types_first(
    table: Table, connection: Any, *, checkfirst: Any = False, _ddl_runner: Any = None, **kw: Any
) -> None:
    """A tool that sends its own CREATE TABLE, as Alembic does, fires the event itself; the types come before it."""
    if _ddl_runner is not None:
        for type_ in types_of(table):
            type_.create(connection, checkfirst=bool(checkfirst))


listen(Table, "before_create", _create_types_first)
