"""Facade: the names of `sqlalchemy.sql.naming` that libraries use. Imports only."""

from sublimate.schema.naming import NONE_NAME as _NONE_NAME
from sublimate.schema.naming import conv
from sublimate.schema.naming import conventional_name as _constraint_name_for_table

__all__ = ["_NONE_NAME", "_constraint_name_for_table", "conv"]
