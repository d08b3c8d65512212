"""Facade: the names of `sqlalchemy.sql.sqltypes`. Imports only."""

from sublimate.types import *
