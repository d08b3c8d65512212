"""Facade: the names of `sqlalchemy.orm.identity`. Imports only."""

from sublimate.orm.state.identity_map import IdentityMap

__all__ = ["IdentityMap"]
