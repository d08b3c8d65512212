"""Facade: the names of `sqlalchemy.sql`. Imports only."""

from typing import TYPE_CHECKING

from sublimate.core import *
from sublimate.expression.traverse import ClauseVisitor as ClauseVisitor
from sublimate.schema import DDL as DDL
from sublimate.schema import BaseDDLElement as BaseDDLElement
from sublimate.schema import CheckFirst as CheckFirst
from sublimate.schema import DDLElement as DDLElement
from sublimate.schema import ExecutableDDLElement as ExecutableDDLElement
from sublimate.statements.columns import WriteableColumnCollection as WriteableColumnCollection
from sublimate.util.lazy import submodules as _submodules

from . import coercions as coercions
from . import expression as expression
from . import functions as functions
from . import operators as operators
from . import roles as roles
from . import visitors as visitors

if not TYPE_CHECKING:
    __getattr__ = _submodules(
        __name__, "base", "compiler", "ddl", "dml", "elements", "lambdas", "naming", "schema", "selectable", "sqltypes",
        "type_api", "util",
    )  # fmt: skip
