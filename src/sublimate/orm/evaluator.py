"""Facade: the names of `sqlalchemy.orm.evaluator`. Imports only."""

from sublimate.orm.loading.evaluate import UnevaluatableError

__all__ = ["UnevaluatableError"]
