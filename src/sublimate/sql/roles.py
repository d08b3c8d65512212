"""Facade: the names of `sqlalchemy.sql.roles` that programs use. Imports only."""

from sublimate.expression.roles import *
