"""Facade: the names of `sqlalchemy.orm.mapper`. Imports only."""

from sublimate.orm.attributes.validation import validates
from sublimate.orm.mapping.configure import configure_mappers
from sublimate.orm.mapping.mapper import Mapper
from sublimate.orm.mapping.reconstructor import reconstructor

__all__ = ["Mapper", "configure_mappers", "reconstructor", "validates"]
