"""LoadPlan: everything one shape of statement needs to become objects: SQL, hydrator, follow-up loads. Made once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from sublimate.compiler.compiled import compile_statement
from sublimate.engine.plan import CorePlan
from sublimate.orm.mapping.entity import set_lowering
from sublimate.statements.select_base import select_column_plan

from .paths import EntityOptions, StatementOptions
from .plan_tree import ColumnItem, Lowered, Occurrence
from .rows import Hydrator, make_hydrator, result_metadata
from .statement import current, lower_select, lower_statement

set_lowering(lower_statement)


class LoadPlan(CorePlan):
    """The plan of a SELECT that a session executes."""

    __slots__ = (
        "_again", "_hydrate", "dynamic", "has_entities", "is_orm", "lowered", "options", "orm_metadata", "plain", "translate",
        "waiting",
    )  # fmt: skip

    def __init__(self, compiled: Any, seconds: float, lowered: Lowered, translate: Any = None) -> None:
        super().__init__(compiled, seconds)
        self.lowered = lowered
        self.translate = translate
        """The translation of schema names, for the loads that follow."""
        occurrences = lowered.occurrences
        self.options: tuple[EntityOptions, ...] = tuple(o.options for o in occurrences)
        self.dynamic = any(o.options.binds or o.options.custom for o in occurrences)
        self.has_entities = bool(occurrences)
        self.waiting: tuple[tuple[int, Occurrence], ...] = tuple(
            (i, o) for i, o in enumerate(occurrences) if o.follow_ups or o.polymorphic
        )
        self.is_orm = lowered.is_orm
        self._hydrate: Hydrator | None = None
        self._again: Hydrator | None = None
        needs_unique = any(child.prop.uselist for o in occurrences for child in o.children)
        _name_columns(lowered, compiled)
        self.plain = _is_plain(lowered)
        self.orm_metadata = result_metadata(lowered, needs_unique, compiled.dialect if self.plain else None)
        if self.plain and not self.is_orm and self.metadata is not None:
            self.orm_metadata = self.metadata

    def hydrator(self, populate_existing: bool) -> Hydrator:
        """The generated function for the rows."""
        if populate_existing:
            if self._again is None:
                self._again = make_hydrator(self.lowered, self.compiled.dialect, True)
            return self._again
        if self._hydrate is None:
            self._hydrate = make_hydrator(self.lowered, self.compiled.dialect, False)
        return self._hydrate

    def options_of(self, statement: Any) -> tuple[EntityOptions, ...]:
        """The options at each entity; with this statement's own values where they hold values."""
        if not self.dynamic:
            return self.options
        return tuple(current_options(self.lowered, statement))


def _is_plain(lowered: Lowered) -> bool:
    """Whether the driver's rows are the result's rows: columns alone, each once, in order."""
    positions = [item.position for item in lowered.items if isinstance(item, ColumnItem)]
    return positions == list(range(len(lowered.expressions))) and len(positions) == len(lowered.items)


def current_options(lowered: Lowered, statement: Any) -> Iterator[EntityOptions]:
    """The options at each entity as this statement has them."""
    options = StatementOptions(statement._with_options)
    nodes = [e for e in statement._raw_columns if hasattr(e, "inspected")]
    only = len(nodes) == 1

    def below(occurrence: Occurrence, here: EntityOptions) -> Iterator[EntityOptions]:
        yield here
        for child in occurrence.children:
            yield from below(child.occurrence, here.child(child.prop))

    roots = [item.occurrence for item in lowered.items if hasattr(item, "occurrence")]
    for node, root in zip(nodes, roots, strict=False):
        yield from below(root, options.at(node.inspected, only))


def _name_columns(lowered: Lowered, compiled: Any) -> None:
    """Give plain columns the names they have in the result."""
    items = [item for item in lowered.items if isinstance(item, ColumnItem)]
    if not items:
        return
    expressions = [lowered.named[item.position] for item in items]
    plan = iter(select_column_plan(expressions, lowered.statement._label_style))
    for item, expression in zip(items, expressions, strict=True):
        if getattr(expression, "is_text", False):
            item.name = expression.text
        else:
            key, name, _ = next(plan)
            if expression.__visit_name__ == "bindparam":
                key = "_no_label"
            item.name = key if isinstance(key, str) else str(getattr(name, "base", key))


@contextmanager
def _lowered_as(statement: Any, lowered: Lowered) -> Iterator[None]:
    before = current.pair
    current.pair = (statement, lowered.statement)
    try:
        yield
    finally:
        current.pair = before


def make_load_plan(statement: Any, dialect: Any, translate: Any = None) -> LoadPlan:
    """Lower and compile a SELECT."""
    start = perf_counter()
    lowered = lower_select(statement)
    with _lowered_as(statement, lowered):
        compiled = compile_statement(
            statement, dialect, schema_translate_map=translate, linting=dialect.linting
        )
    return LoadPlan(compiled, perf_counter() - start, lowered, translate)


def load_plan_for(engine: Any, statement: Any, options: Mapping[str, Any]) -> LoadPlan:
    """The plan of a SELECT: from the engine's cache, or made now."""
    known = statement.cache_key()
    key: Any = ("orm", known)
    plans = options.get("compiled_cache", engine.plans)
    if plans is None or known is None:
        return make_load_plan(statement, engine.dialect, engine.translate)
    plan: LoadPlan | None = plans.get(key)
    if plan is None:
        plan = plans[key] = make_load_plan(statement, engine.dialect, engine.translate)
    return plan
