"""Dialects: one folder for each database, and the registry where others are entered."""

from sublimate.dialects.loader import plugins, registry

__all__ = ["plugins", "registry"]
