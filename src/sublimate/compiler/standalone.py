"""StatementCompiler: SQL text of one expression after the other, for who writes DDL of their own."""

from __future__ import annotations

from typing import Any

from sublimate.types.base import to_instance

from .compiled import Compiled
from .rendering import Rendering


class StatementCompiler(Rendering):
    """What `dialect.statement_compiler(dialect, None)` gives: `process(expression)` is its text on the dialect."""

    def __init__(self, dialect: Any, statement: Any = None, *, preparer: Any = None, **options: Any) -> None:
        super().__init__(dialect)
        self.statement = statement
        if preparer is not None:
            self.preparer = preparer

    def process(
        self, node: Any, *, include_table: bool = True, literal_binds: bool | None = None, **kw: Any
    ) -> str:
        """The text of an expression; with `literal_binds` its values stand in it, otherwise parameters do."""
        ctx = Rendering(self.dialect, literal_binds=bool(literal_binds))
        ctx.preparer = self.preparer
        ctx.bare_columns = not include_table
        text = ctx.render(node, **kw)
        return text if not ctx.marked else Compiled(node, self.dialect, ctx, text).string

    def render_literal_value(self, value: Any, type_: Any) -> str:
        """A value as SQL text."""
        return self.literal(value, to_instance(type_))
