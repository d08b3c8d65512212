"""Facade: the names of `sqlalchemy.sql.functions`. Imports only."""

from sublimate.statements.func import *
from sublimate.statements.func import func as func
from sublimate.statements.function import *
from sublimate.statements.function import register_function as register_function
from sublimate.statements.known_functions import *
from sublimate.statements.known_functions import GenericFunction as GenericFunction
