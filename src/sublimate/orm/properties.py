"""Facade: the names of `sqlalchemy.orm.properties`. Imports only."""

from sublimate.orm.declarative.mapped_column import MappedColumn
from sublimate.orm.mapping.properties import ColumnProperty, MappedSQLExpression

__all__ = ["ColumnProperty", "MappedColumn", "MappedSQLExpression"]
