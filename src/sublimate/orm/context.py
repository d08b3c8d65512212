"""Statements of entities under SQLAlchemy's module name. Imports only."""

from sublimate.statements.textual import FromStatement as FromStatement
