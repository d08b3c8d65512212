"""Facade: the names of `sqlalchemy.orm.events`. Imports only."""

from sublimate.orm.attributes.events import AttributeEvents
from sublimate.orm.mapping.events import MapperEvents

__all__ = ["AttributeEvents", "MapperEvents"]
