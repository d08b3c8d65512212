"""Facade: the names of `sqlalchemy.sql.expression`. Imports only."""

from sublimate.core import *
from sublimate.statements.columns import WriteableColumnCollection as WriteableColumnCollection
