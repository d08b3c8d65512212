"""Facade: the names of `sqlalchemy.orm.writeonly`. Imports only."""

from sublimate.orm.attributes.write_only import WriteOnlyCollection

__all__ = ["WriteOnlyCollection"]
