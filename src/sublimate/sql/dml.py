"""Facade: the names of `sqlalchemy.sql.dml`. Imports only."""

from sublimate.compiler.dml import DMLState
from sublimate.statements.dml import (
    Delete,
    Insert,
    ReturningDelete,
    ReturningInsert,
    ReturningUpdate,
    Update,
)
from sublimate.statements.dml_base import DMLWhereBase, UpdateBase, ValuesBase

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
