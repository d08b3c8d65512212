"""Facade: the names of `sqlalchemy.sql.selectable`. Imports only."""

from sublimate.statements.select_base import ForUpdateArg as ForUpdateArg
from sublimate.statements.selectable import ExecutableReturnsRows as ExecutableReturnsRows

from .expression import *
