"""What was looked up of many tables at once, for tables to be reflected from without asking again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Facts = dict[tuple[str | None, str], Any]


class ReflectionInfo:
    """Facts of tables by `(schema, table)`, a dictionary for each kind, as `Inspector.get_multi_*()` return them."""

    def __init__(
        self,
        columns: Facts,
        pk_constraint: Facts,
        foreign_keys: Facts,
        indexes: Facts,
        unique_constraints: Facts,
        table_comment: Facts,
        check_constraints: Facts,
        table_options: Facts,
        unreflectable: Facts,
    ) -> None:
        self.columns = columns
        self.pk_constraint = pk_constraint
        self.foreign_keys = foreign_keys
        self.indexes = indexes
        self.unique_constraints = unique_constraints
        self.table_comment = table_comment
        self.check_constraints = check_constraints
        self.table_options = table_options
        self.unreflectable = unreflectable

    def update(self, other: ReflectionInfo) -> None:
        """Add what another one knows."""
        for kind, facts in vars(self).items():
            facts.update(getattr(other, kind) or {})


class KnownFacts:
    """Answers for an inspector from what is known already, and asks it for the rest."""

    def __init__(self, inspector: Any, info: ReflectionInfo) -> None:
        self._inspector = inspector
        self._info = info

    def __getattr__(self, name: str) -> Any:
        facts = getattr(self._info, name.removeprefix("get_"), None) if name.startswith("get_") else None
        found = getattr(self._inspector, name)
        return found if not facts else _answering(facts, found)


def _answering(facts: Facts, ask: Callable[..., Any]) -> Callable[..., Any]:
    def answer(table: str, schema: str | None = None, **kw: Any) -> Any:
        known = facts.get((schema, table))
        return ask(table, schema, **kw) if known is None else known

    return answer
