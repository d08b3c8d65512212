"""The methods of `Query` that do to its SELECT what `Select` does under the same name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Self

from sublimate.expression.element import ClauseElement, SQLCoreOperations
from sublimate.statements.labels import SelectLabelStyle
from sublimate.statements.text import TextClause

from . import guards

Condition = SQLCoreOperations[bool] | TextClause | Callable[[], SQLCoreOperations[bool]]

Ordering = str | ClauseElement | SQLCoreOperations[Any] | Literal[False] | None


class Clauses:
    """A SELECT in the making."""

    _select: Any

    def _changed(self, select: Any, **facts: Any) -> Self:
        """A copy with another SELECT."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__, _select=select, **facts)
        return new

    def _adapted(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments as they are meant after a set operation."""
        raise NotImplementedError

    def where(self, *criterion: Condition) -> Self:
        """WHERE"""
        guards.no_limit(self, "filter")
        return self._changed(self._select.where(*self._adapted(criterion)))

    filter = where

    def having(self, *having: Condition) -> Self:
        """HAVING"""
        guards.no_limit(self, "having")
        return self._changed(self._select.having(*self._adapted(having)))

    def order_by(self, *clauses: Ordering) -> Self:
        """ORDER BY; None or False takes back what was said."""
        return self._sorted("order_by", clauses)

    def group_by(self, *clauses: Ordering) -> Self:
        """GROUP BY; None or False takes back what was said."""
        return self._sorted("group_by", clauses)

    def _sorted(self, name: str, clauses: tuple[Any, ...]) -> Self:
        guards.no_limit(self, name)
        if len(clauses) == 1 and (clauses[0] is None or clauses[0] is False):
            return self._changed(getattr(self._select, name)(None))
        return self._changed(getattr(self._select, name)(*self._adapted(clauses)))

    def limit(self, limit: int | SQLCoreOperations[int] | None) -> Self:
        """LIMIT"""
        guards.no_statement(self, "limit")
        return self._changed(self._select.limit(*self._adapted((limit,))))

    def offset(self, offset: int | SQLCoreOperations[int] | None) -> Self:
        """OFFSET"""
        guards.no_statement(self, "offset")
        return self._changed(self._select.offset(*self._adapted((offset,))))

    def slice(self, start: int, stop: int) -> Self:
        """LIMIT and OFFSET as a Python slice."""
        guards.no_statement(self, "slice")
        return self._changed(self._select.slice(start, stop))

    def distinct(self, *expr: SQLCoreOperations[Any]) -> Self:
        """DISTINCT"""
        guards.no_statement(self, "distinct")
        return self._changed(self._select.distinct(*self._adapted(expr)))

    def with_for_update(
        self,
        *,
        nowait: bool = False,
        read: bool = False,
        of: Any = None,
        skip_locked: bool = False,
        key_share: bool = False,
    ) -> Self:
        """FOR UPDATE"""
        return self._changed(
            self._select.with_for_update(
                nowait=nowait, read=read, of=of, skip_locked=skip_locked, key_share=key_share
            )
        )

    def prefix_with(self, *prefixes: Any, dialect: str = "*") -> Self:
        """Text after SELECT."""
        return self._changed(self._select.prefix_with(*prefixes, dialect=dialect))

    def suffix_with(self, *suffixes: Any, dialect: str = "*") -> Self:
        """Text at the end."""
        return self._changed(self._select.suffix_with(*suffixes, dialect=dialect))

    def with_hint(self, selectable: Any, text: str, dialect_name: str = "*") -> Self:
        """A hint for a table."""
        (adapted,) = self._adapted((selectable,))
        return self._changed(self._select.with_hint(adapted, text, dialect_name))

    def with_statement_hint(self, text: str, dialect_name: str = "*") -> Self:
        """A hint for the statement."""
        return self._changed(self._select.with_statement_hint(text, dialect_name))

    def correlate(self, *fromclauses: Literal[None, False] | Any) -> Self:
        """FROM elements that an enclosing statement provides."""
        return self._changed(self._select.correlate(*self._adapted(fromclauses)))

    def set_label_style(self, style: SelectLabelStyle) -> Self:
        """How columns are labelled."""
        return self._changed(self._select.set_label_style(style))
