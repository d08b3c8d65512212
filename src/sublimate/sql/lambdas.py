"""Facade: the names of `sqlalchemy.sql.lambdas`. Imports only."""

from sublimate.statements.lambdas import LambdaElement, StatementLambdaElement, lambda_stmt

__all__ = ["LambdaElement", "StatementLambdaElement", "lambda_stmt"]
