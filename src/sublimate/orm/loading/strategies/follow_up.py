"""After the rows: the relationships that are loaded by statements of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sublimate.engine.steps import Steps
from sublimate.orm.loading.columns import stays
from sublimate.orm.loading.from_rows import ReadingPlan
from sublimate.orm.loading.paths import EntityOptions
from sublimate.orm.loading.plan import LoadPlan
from sublimate.orm.loading.populate import Renewed
from sublimate.orm.state import STATE, is_outdated, lacks

from .relationship import relationship_loader

#: the value of `populate_existing` where one object is refreshed: what it refers to keeps its own values
ONE_ALONE = "refresh"


def follow_up_steps(
    session: Any,
    bind: Any,
    plan: LoadPlan | ReadingPlan,
    waiting: tuple[list[Any], ...],
    options: tuple[EntityOptions, ...],
    source: Any,
    again: Renewed | None = None,
    execution: Mapping[str, Any] | None = None,
) -> Steps[None]:
    """Load what the plan's entities still need, for all their objects at once; under the statement's execution options."""
    asked = execution.get("populate_existing") if execution else None
    anew = again if asked and asked != ONE_ALONE else None
    for (index, occurrence), objects in zip(plan.waiting, waiting, strict=True):
        for each in occurrence.follow_ups:
            prop = each.prop
            strategy = each.choice.strategy
            anew_here = again is not None and not stays(prop, strategy)
            wanted = _wanted(objects, prop, anew_here, options[index].child(prop).deepens())
            if wanted:
                here = options[index].later().touched() if strategy == "immediate" else options[index]
                reader = session if strategy == "subquery" else session._whole
                yield from relationship_steps(
                    reader,
                    bind,
                    prop,
                    wanted,
                    here,
                    source,
                    None,
                    plan.translate,
                    execution,
                    None if strategy == "immediate" else anew,
                )
        if occurrence.polymorphic:
            from .polymorphic import complete_steps

            yield from complete_steps(session, bind, occurrence, objects, plan.translate)


def _wanted(objects: Sequence[Any], prop: Any, again: bool, deepens: bool) -> list[Any]:
    """The objects that have the relationship and not its value; or all, where more is wanted of what it leads to."""
    key = prop.key
    if again:
        for obj in objects:
            if obj is not None:
                obj.__dict__.pop(key, None)
    mapper = prop.parent
    if mapper.inherits is None:
        return list(
            {
                id(o): o
                for o in objects
                if o is not None and (deepens or key not in o.__dict__ or is_outdated(o, key))
            }.values()
        )
    return list(
        {
            id(o): o
            for o in objects
            if o is not None and (deepens or lacks(o, key)) and o.__dict__[STATE].mapper.isa(mapper)
        }.values()
    )


def relationship_steps(
    session: Any, bind: Any, prop: Any, objects: Sequence[Any], options: EntityOptions, source: Any, touched: Any = None,
    translate: Any = None, execution: Mapping[str, Any] | None = None, again: Renewed | None = None,
) -> Steps[None]:  # fmt: skip
    """Load one relationship for these objects, under the options of their entity."""
    if not session._simple_bind:
        bind = session._bind_for_mapper(prop.mapper)
    child = options.child(prop)
    part = options.part_of(prop.key) if options.elements else None
    loader = relationship_loader(session._planning(bind, translate), prop, child, part)
    yield from loader.load_steps(session, bind, objects, child, part, source, touched, execution, again)
