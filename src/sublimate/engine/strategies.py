"""Facade: where SQLAlchemy keeps the class of mock connections. Imports only."""

from .mock import MockConnection

__all__ = ["MockEngineStrategy"]


class MockEngineStrategy:
    """`MockEngineStrategy.MockConnection` is what `create_mock_engine()` returns."""

    MockConnection = MockConnection
