"""Facade: the names of `sqlalchemy.sql.util` that programs use. Imports only."""

from sublimate.statements.adapt import ClauseAdapter
from sublimate.statements.join import join_condition

__all__ = ["ClauseAdapter", "join_condition"]
