"""Facade: the names of `sqlalchemy.engine.default`. Imports only."""

from sublimate.dialects.default import DefaultDialect, StrCompileDialect

__all__ = ["DefaultDialect", "StrCompileDialect"]
