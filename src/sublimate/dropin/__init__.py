"""`import sqlalchemy` gives Sublimate: for programs and libraries that import SQLAlchemy themselves. Opt-in."""

from .finder import SQLALCHEMY_VERSION as SQLALCHEMY_VERSION
from .finder import install as install
from .finder import uninstall as uninstall

__all__ = ["SQLALCHEMY_VERSION", "install", "uninstall"]
