"""Facade: the names of `sqlalchemy.sql.schema`. Imports only."""

from sublimate.schema import *
from sublimate.schema.base import SchemaItem

SchemaEventTarget = SchemaItem
