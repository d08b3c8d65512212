"""Facade: the names of `sqlalchemy.sql.type_api`. Imports only."""

from sublimate.types import *
