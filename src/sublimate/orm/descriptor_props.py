"""Facade: the names of `sqlalchemy.orm.descriptor_props`. Imports only."""

from sublimate.orm.mapping.composite import CompositeProperty
from sublimate.orm.mapping.properties import SynonymProperty

__all__ = ["CompositeProperty", "SynonymProperty"]
