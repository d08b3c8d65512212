"""`selectin_polymorphic` and `polymorphic_load="selectin"`: the columns of subclasses, one statement per subclass."""

from __future__ import annotations

from typing import Any

from sublimate.engine.steps import Steps
from sublimate.orm.loading.columns import needed_keys
from sublimate.orm.loading.paths import NO_OPTIONS, ColumnChoices
from sublimate.orm.loading.plan_tree import Occurrence
from sublimate.orm.state import STATE, lacks

from .refresh import column_loader


def complete_steps(
    session: Any, bind: Any, occurrence: Occurrence, objects: list[Any], translate: Any = None
) -> Steps[None]:
    """Load what the objects of the chosen subclasses lack."""
    choices = ColumnChoices(NO_OPTIONS)
    by_mapper: dict[Any, list[Any]] = {}
    for obj in objects:
        if obj is None:
            continue
        mapper = obj.__dict__[STATE].mapper
        if any(mapper.isa(chosen) for chosen in occurrence.polymorphic):
            by_mapper.setdefault(mapper, []).append(obj)
    for mapper, found in by_mapper.items():
        needed = needed_keys(mapper)
        keys = [
            key
            for key, prop in mapper.column_props.items()
            if choices.loads(prop, key in needed) and any(lacks(obj, key) for obj in found)
        ]
        lacking = [obj for obj in found if any(lacks(obj, key) for key in keys)]
        if keys and lacking:
            loader = column_loader(session._planning(bind, translate), mapper, tuple(keys))
            yield from loader.load_steps(session, bind, lacking)
