"""Facade: the names of `sqlalchemy.orm.scoping`. Imports only."""

from sublimate.orm.session.scoped import QueryPropertyDescriptor, scoped_session

__all__ = ["QueryPropertyDescriptor", "scoped_session"]
