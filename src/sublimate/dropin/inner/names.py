"""Single names of SQLAlchemy's inner workings that libraries import."""

from typing import Any

from sublimate import func
from sublimate.dialects.sqlite.dialect import SQLiteDialect_pysqlite as SQLiteDialect_pysqlite
from sublimate.engine import Connection, Engine
from sublimate.expression.column import NamedColumn as KeyedColumnElement
from sublimate.expression.label import TextualLabelReference as TextualLabelReference
from sublimate.expression.node import AnonymousName as AnonymousLabel
from sublimate.orm import MappedAsDataclass
from sublimate.schema import ColumnDefault
from sublimate.schema.ddl import _CreateDropBase as CreateDropBase
from sublimate.sql.functions import GenericFunction

Connectable = Connection | Engine
DCTransformDeclarative = type(MappedAsDataclass)
FunctionGenerator = type(func)
GenericMeta = type(GenericFunction)


class LabelReference:
    """ORDER BY has no such elements here; `isinstance()` is asked."""


class ColumnEntity:
    """Queries have no such objects here; `isinstance()` is asked."""


class ConcreteInheritedProperty:
    """Mappers have no such properties here; `isinstance()` is asked."""


class InsertSentinelDefault(ColumnDefault):
    """The default of a column that `insert_sentinel=True` keeps out of statements."""

    def __init__(self) -> None:
        super().__init__(lambda: None)


class MapperEntity:
    """Queries have no such objects here; `isinstance()` is asked."""


class ScalarAttributeImpl:
    """What libraries make attributes of their own kind from; there are none here."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        raise NotImplementedError(
            f"{type(self).__name__} builds on SQLAlchemy's own instrumentation, which Sublimate does not have"
        )


def register_attribute(*args: Any, **kw: Any) -> None:
    """What libraries put attributes of their own kind on a class with; there are none here."""
    raise NotImplementedError("Sublimate does not have SQLAlchemy's own instrumentation of attributes")


def state_session(state: Any) -> Any:
    """The session that an instance's state belongs to."""
    return state.session


__all__ = [
    "AnonymousLabel", "ColumnEntity", "ConcreteInheritedProperty", "Connectable", "CreateDropBase", "DCTransformDeclarative", "FunctionGenerator", "GenericMeta", "InsertSentinelDefault", "KeyedColumnElement", "LabelReference", "MapperEntity", "SQLiteDialect_pysqlite",
    "ScalarAttributeImpl", "TextualLabelReference", "register_attribute", "state_session",
]  # fmt: skip
