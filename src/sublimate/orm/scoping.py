"""Facade: the names of `sqlalchemy.orm.scoping`. Imports only."""

from sublimate.orm.session.scoped import QueryPropertyDescriptor, scoped_session

ScopedSession = scoped_session

__all__ = ["QueryPropertyDescriptor", "ScopedSession", "scoped_session"]
