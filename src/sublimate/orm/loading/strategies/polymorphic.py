"""`selectin_polymorphic` and `polymorphic_load="selectin"`: the columns of subclasses, one statement per subclass."""

from __future__ import annotations

from typing import Any

from sublimate.engine.steps import Steps
from sublimate.orm.loading.columns import loaded_props, needed_keys
from sublimate.orm.loading.paths import NO_OPTIONS, ColumnChoices
from sublimate.orm.loading.plan_tree import Occurrence
from sublimate.orm.state import STATE, lacks

from .refresh import column_loader


def complete_steps(
    session: Any, bind: Any, occurrence: Occurrence, objects: list[Any], translate: Any = None
) -> Steps[None]:
    """Load what the objects of the chosen subclasses lack: of each, the columns of the class that was chosen.

    Columns that the options leave out of the first statement are left out here as well.
    """
    choices, given = ColumnChoices(NO_OPTIONS), ColumnChoices(occurrence.options)
    first = {prop.key for prop in loaded_props(occurrence.entity, occurrence.options)}
    left_out = occurrence.mapper.column_props.keys() - first
    by_mapper: dict[Any, list[Any]] = {}
    for obj in objects:
        if obj is None:
            continue
        mapper = obj.__dict__[STATE].mapper
        chosen = [each for each in occurrence.polymorphic if mapper.isa(each)]
        if chosen:
            by_mapper.setdefault(max(chosen, key=_depth), []).append(obj)
    for mapper, found in by_mapper.items():
        needed = needed_keys(mapper)
        keys = [
            key
            for key, prop in mapper.column_props.items()
            if key not in left_out
            and (choices.loads(prop, key in needed) if (said := given.names(prop)) is None else said)
            and any(lacks(obj, key) for obj in found)
        ]
        lacking = [obj for obj in found if any(lacks(obj, key) for key in keys)]
        if keys and lacking:
            loader = column_loader(session._planning(bind, translate), mapper, tuple(keys))
            yield from loader.load_steps(session, bind, lacking)


def _depth(mapper: Any) -> int:
    """How far a mapper stands below the top of its hierarchy."""
    return 0 if mapper.inherits is None else 1 + _depth(mapper.inherits)
