"""Tables made of what a SELECT gives: `select(…).into("name")`, and the tables of CREATE VIEW and CREATE TABLE AS."""

from __future__ import annotations

from typing import Any

from sublimate.expression.traverse import iterate
from sublimate.schema.column import Column
from sublimate.schema.ddl import TABLE_OF_SELECT, CreateTableAs
from sublimate.schema.metadata import MetaData
from sublimate.schema.table import Table
from sublimate.statements.select_base import INTO


def table_of_select(name: str, schema: str | None, metadata: Any, selectable: Any) -> Table:
    """A table with the columns that a SELECT gives, in a MetaData of its own if none is given."""
    columns: list[Any] = [
        Column(str(key), column.type) for key, column in selectable.selected_columns.items()
    ]
    table: Table = Table(name, metadata if metadata is not None else MetaData(), *columns, schema=schema)
    for other in _tables_in(selectable):
        table.add_is_dependent_on(other)
    return table


def _tables_in(selectable: Any) -> set[Table]:
    """The tables that a SELECT reads, also inside its subqueries."""
    found: set[Table] = set()
    todo, seen = [selectable], set()
    while todo:
        for part in iterate(todo.pop()):
            owner = part if isinstance(part, Table) else getattr(part, "table", None)
            if isinstance(owner, Table):
                found.add(owner)
            elif owner is not None and id(owner) not in seen:
                seen.add(id(owner))
                todo.append(owner)
    return found


TABLE_OF_SELECT.append(table_of_select)
INTO.append(CreateTableAs)
