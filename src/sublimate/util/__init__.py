"""Tiny helpers that know nothing of databases."""

from .immutabledict import immutabledict as immutabledict
