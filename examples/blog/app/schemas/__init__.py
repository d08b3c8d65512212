"""Schemas: what HTTP may carry in and out."""
