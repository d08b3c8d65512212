"""Facade: the names of `sqlalchemy.sql.elements`. Imports only."""

from sublimate.expression.column import NamedColumn as NamedColumn
from sublimate.expression.names import quoted_name as quoted_name
from sublimate.schema.naming import conv as conv

from .expression import *
