"""Expressions and clauses of MySQL's own: full-text MATCH … AGAINST, and LIMIT of UPDATE and DELETE."""

from __future__ import annotations

from typing import Any, Self

from sublimate import exc
from sublimate.compiler.registry import renders
from sublimate.compiler.rendering import Rendering
from sublimate.expression.binary import Grouping
from sublimate.expression.coerce import expression
from sublimate.expression.element import ClauseElement, ColumnElement
from sublimate.expression.literal import bound
from sublimate.expression.node import child, children, token
from sublimate.operators.functions import inv
from sublimate.statements.select_base import row_count
from sublimate.statements.syntax_extension import SyntaxExtension
from sublimate.types.base import NULLTYPE

_MODES = {"in_boolean_mode": "BOOLEAN", "in_natural_language_mode": "NATURAL LANGUAGE"}


class match(ColumnElement[Any]):
    """Full-text search over columns of one index.

    >>> select(posts).where(match(posts.c.title, posts.c.body, against="+async -sync").in_boolean_mode())
    """

    __visit_name__ = "mysql_match"
    stringify_dialect = "mysql"
    _fields = (children("columns"), child("against"), token("mode"), token("expansion"))
    type: Any = NULLTYPE

    def __init__(self, *cols: Any, **kw: Any) -> None:
        against = kw.pop("against", None)
        modes = [word for name, word in _MODES.items() if kw.pop(name, False)]
        expansion = bool(kw.pop("with_query_expansion", False))
        if kw:
            raise exc.ArgumentError(f"unknown arguments: {', '.join(sorted(kw))}")
        if len(modes) > 1:
            raise exc.ArgumentError("MATCH … AGAINST has one mode: choose boolean or natural language")
        if against is None:
            raise exc.ArgumentError("against is required")
        if not cols:
            raise exc.ArgumentError("columns are required")
        self.columns = tuple(expression(column) for column in cols)
        self.against = against if isinstance(against, ClauseElement) else bound("param", against, NULLTYPE)
        self.mode: str | None = modes[0] if modes else None
        self.expansion = expansion

    def self_group(self, against: Any = None) -> Any:
        return Grouping(self) if against is inv else self

    def _with(self, **changes: Any) -> Self:
        new = self._clone()
        for name, value in changes.items():
            setattr(new, name, value)
        return new

    def in_boolean_mode(self) -> Self:
        """`+word -word "a phrase"` have their meaning."""
        return self._with(mode="BOOLEAN")

    def in_natural_language_mode(self) -> Self:
        """The words as they are."""
        return self._with(mode="NATURAL LANGUAGE")

    def with_query_expansion(self) -> Self:
        """Search once more, with the words of the best rows."""
        return self._with(expansion=True)


@renders("mysql_match", dialect="mysql")
def render_match_against(node: match, ctx: Rendering, **kw: Any) -> str:
    if node.expansion and node.mode == "BOOLEAN":
        raise exc.CompileError(
            "MATCH … AGAINST has no query expansion in boolean mode: choose one of the two"
        )
    mode = f" IN {node.mode} MODE" if node.mode else ""
    expansion = " WITH QUERY EXPANSION" if node.expansion else ""
    return f"MATCH ({ctx.render_list(node.columns, **kw)}) AGAINST ({ctx.render(node.against, **kw)}{mode}{expansion})"


class DMLLimitClause(SyntaxExtension, ClauseElement):
    """LIMIT of an UPDATE or DELETE."""

    __visit_name__ = "mysql_dml_limit"
    stringify_dialect = "mysql"
    _fields = (child("count"),)

    def __init__(self, count: Any) -> None:
        if count is None:
            raise exc.ArgumentError(
                "limit() takes a number of rows, not None; leave the extension out for no limit"
            )
        self.count = row_count(count)

    def apply_to_update(self, update_stmt: Any) -> None:
        update_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "post_criteria")

    def apply_to_delete(self, delete_stmt: Any) -> None:
        delete_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "post_criteria")


@renders("mysql_dml_limit", dialect="mysql")
def render_dml_limit(node: DMLLimitClause, ctx: Rendering, **kw: Any) -> str:
    return f"LIMIT {ctx.render(node.count, literal_execute=True)}"


def limit(limit: Any) -> DMLLimitClause:
    """LIMIT for an UPDATE or DELETE: `delete(t).where(…).ext(limit(100))`."""
    return DMLLimitClause(limit)
