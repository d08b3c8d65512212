"""What statements are planned for: an engine, or an engine under a translation of schema names."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any


class TranslatedEngine:
    """Dialect and plans of an engine for statements whose schema names are translated."""

    __slots__ = ("dialect", "plans", "translate")

    def __init__(self, engine: Any, translate: Mapping[str | None, str | None]) -> None:
        self.dialect = engine.dialect
        self.translate = translate
        self.plans = _PlansApart(engine.plans, tuple(translate.items()))


class _PlansApart:
    """A part of an engine's plans under keys of its own."""

    __slots__ = ("_mark", "_plans")

    def __init__(self, plans: Any, mark: Hashable) -> None:
        self._plans = plans
        self._mark = mark

    def get(self, key: Hashable) -> Any:
        return self._plans.get((self._mark, key))

    def __setitem__(self, key: Hashable, plan: Any) -> None:
        self._plans[self._mark, key] = plan
