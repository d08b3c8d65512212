"""Facade: the names of `sqlalchemy.sql.ddl`. Imports only."""

from sublimate.schema import *
from sublimate.statements.from_clause import TableClause as TableClause
