"""Facade: the names of `sqlalchemy.sql.dml`. Imports only."""

from sublimate.compiler.dml import DMLState
from sublimate.statements.dml import (
    Delete,
    DMLWhereBase,
    Insert,
    ReturningDelete,
    ReturningInsert,
    ReturningUpdate,
    Update,
    UpdateBase,
    ValuesBase,
)

__all__ = [
    "DMLState",
    "DMLWhereBase",
    "Delete",
    "Insert",
    "ReturningDelete",
    "ReturningInsert",
    "ReturningUpdate",
    "Update",
    "UpdateBase",
    "ValuesBase",
]
