"""lambda_stmt(): a statement made by lambdas. Building is cheap here, so the lambdas simply run."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Self

from sublimate import exc
from sublimate.expression.tracked import call_tracked
from sublimate.util.subscriptable import subscriptable


@subscriptable
class LambdaElement:
    """What a lambda made."""

    parent_lambda: Any = None


class StatementLambdaElement(LambdaElement):
    """Mixed into a statement that a lambda made: `+` and `add_criteria()` hand it to more lambdas."""

    def add_criteria(
        self,
        other: Callable[..., Any],
        enable_tracking: bool = True,
        track_on: Any = None,
        track_closure_variables: bool = True,
        track_bound_values: bool = True,
    ) -> StatementLambdaElement:
        """What another lambda makes of this statement."""
        args = (self,) if other.__code__.co_argcount else ()
        made: StatementLambdaElement = _marked(call_tracked(other, *args, track=enable_tracking))
        return made

    def __add__(self, other: Callable[..., Any]) -> StatementLambdaElement:
        return self.add_criteria(other)

    def spoil(self) -> Self:
        """The statement itself: its lambdas run each time anyway."""
        return self


def lambda_stmt(
    lmb: Callable[[], Any],
    enable_tracking: bool = True,
    track_closure_variables: bool = True,
    track_on: object | None = None,
    global_track_bound_values: bool = True,
    track_bound_values: bool = True,
    lambda_cache: Any = None,
) -> Any:
    """A statement from a lambda, to which others can be added.

    >>> from sublimate import column, select, table
    >>> t = table("t", column("x"))
    >>> wanted = 5
    >>> stmt = lambda_stmt(lambda: select(t.c.x))
    >>> stmt += lambda s: s.where(t.c.x == wanted)
    >>> print(stmt)  # doctest: +NORMALIZE_WHITESPACE
    SELECT t.x
    FROM t
    WHERE t.x = :wanted_1
    """
    return _marked(call_tracked(lmb, track=enable_tracking))


def _marked(statement: Any) -> Any:
    if isinstance(statement, StatementLambdaElement):
        return statement
    if not getattr(statement, "supports_execution", False):
        raise exc.ArgumentError(f"Executable SQL or text() construct expected, got {statement!r}.")
    new = statement._clone()
    new.__class__ = _lambda_class(statement.__class__)
    return new


@cache
def _lambda_class(cls: Any) -> Any:
    """The statement's class, with what lambdas add; the same SQL, so the same plans."""
    marked: Any = type("StatementLambdaElement", (StatementLambdaElement, cls), {"inherit_cache": True})
    marked._class_id, marked._resolve = cls._class_id, cls._resolve
    return marked
