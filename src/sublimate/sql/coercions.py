"""Facade: the names of `sqlalchemy.sql.coercions` that programs use. Imports only."""

from sublimate.statements.coercions import expect

__all__ = ["expect"]
