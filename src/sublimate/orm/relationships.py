"""Facade: the names of `sqlalchemy.orm.relationships`. Imports only."""

from sublimate.orm.mapping.join_condition import foreign, remote
from sublimate.orm.mapping.relationship import RelationshipProperty

Relationship = RelationshipProperty

__all__ = ["Relationship", "RelationshipProperty", "foreign", "remote"]
