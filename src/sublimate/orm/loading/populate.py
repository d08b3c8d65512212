"""Filling objects from rows where the hydrator's fast path does not: known objects, and rows of several classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate import exc
from sublimate.orm.state import STATE, InstanceState, LoadContext, forget_change, forget_expired, lacks

from .columns import mappers_of
from .plan_tree import Occurrence

Values = tuple[Any, ...]


class Renewed:
    """The objects to which an execution with `populate_existing` has given all values anew: it does so once for each."""

    __slots__ = ("objects",)

    def __init__(self) -> None:
        self.objects: dict[int, Any] = {}


def _keys(occurrence: Occurrence) -> list[tuple[str, int]]:
    return [(prop.key, i) for i, (prop, _) in enumerate(occurrence.columns)]


def filler(occurrence: Occurrence) -> Callable[[Any, Values], None]:
    """Gives a known object the values it lacks: expired or deferred attributes."""
    pairs = _keys(occurrence)
    by_mapper = _pairs_by_mapper(occurrence) if len(mappers_of(occurrence.entity)) > 1 else None
    nothing = occurrence.nothing
    joined = [child.key for child in occurrence.children]

    def fill(obj: Any, values: Values) -> None:
        known = obj.__dict__
        state = known[STATE]
        committed = expired = None
        if state.__class__ is InstanceState:
            committed, expired = state.committed, state.expired_keys
        filled = []
        for key, i in pairs if by_mapper is None else by_mapper(state.mapper):
            if (key not in known or (expired is not None and key in expired)) and (
                committed is None or key not in committed
            ):
                known[key] = values[i]
                filled.append(key)
        if nothing:
            leave_empty(obj, [prop for prop in nothing if lacks(obj, prop.key)])
        if expired is not None:
            forget_expired(state, [*[key for key, _ in pairs], *[key for key in joined if key not in known]])
            for key in state.mapper.class_state.memoized_keys:
                known.pop(key, None)
        if filled and state.mapper._dispatch is not None:
            state.mapper._dispatch.refresh(obj, None, filled)

    return fill


def overwriter(occurrence: Occurrence) -> Callable[[Any, Values, Any], None]:
    """Gives a known object all values anew: changes are forgotten, and relationships are loaded again when read.

    A relationship that its own object was loaded through, and that so is not loaded again, keeps what it has.
    """
    pairs = _keys(occurrence)
    by_mapper = _pairs_by_mapper(occurrence) if len(mappers_of(occurrence.entity)) > 1 else None
    column_keys = frozenset(key for key, _ in pairs)
    kept = occurrence.kept

    def overwrite(obj: Any, values: Values, session: Any) -> None:
        known = obj.__dict__
        state = known[STATE]
        for key, i in pairs if by_mapper is None else by_mapper(state.mapper):
            known[key] = values[i]
        for key in state.mapper.class_state.memoized_keys:
            known.pop(key, None)
        for impl in state.mapper.class_state.relations:
            if impl.key not in kept:
                known.pop(impl.key, None)
            if state.__class__ is InstanceState:
                forget_change(state, impl.key)
        leave_empty(obj, occurrence.nothing)
        if state.__class__ is InstanceState:
            forget_expired(state, column_keys)
            committed = state.committed
            if committed is not None:
                for key in column_keys & committed.keys():
                    del committed[key]
                if not committed:
                    state.committed = None
            if state.committed is None:
                session._dirty.pop(state, None)
        if state.mapper._dispatch is not None:
            state.mapper._dispatch.refresh(obj, None, None)

    return overwrite


def leave_empty(obj: Any, props: list[Any]) -> None:
    """`noload()`: the relationships that the object's class has count as loaded, with nothing in them."""
    mapper = obj.__dict__[STATE].mapper
    for prop in props:
        if mapper.isa(prop.parent):
            mapper.class_state.impls[prop.key].set_committed(obj, () if prop.uselist else None)


def _pairs_by_mapper(occurrence: Occurrence) -> Callable[[Any], list[tuple[str, int]]]:
    """For each class a row may be of: which of the values are its attributes."""
    known: dict[Any, list[tuple[str, int]]] = {}

    def pairs(mapper: Any) -> list[tuple[str, int]]:
        found = known.get(mapper)
        if found is None:
            found = known[mapper] = list(_positions(occurrence, mapper).items())
        return found

    return pairs


def _positions(occurrence: Occurrence, mapper: Any) -> dict[str, int]:
    """Attribute -> position, for one class: of properties with one key, the class's own or the nearest ancestor's."""
    chosen: dict[str, tuple[Any, int]] = {}
    for i, (prop, _) in enumerate(occurrence.columns):
        if not mapper.isa(prop.parent) or (mapper.concrete and prop.key not in mapper.column_props):
            continue
        other = chosen.get(prop.key)
        if other is None or prop.parent.isa(other[0].parent):
            chosen[prop.key] = (prop, i)
    return {key: i for key, (_, i) in chosen.items()}


def polymorphic_maker(occurrence: Occurrence) -> Callable[..., Callable[[Values], Any]]:
    """For rows that may be of several classes: a function, per execution, from values to a new object of the right one."""
    mapper = occurrence.mapper
    discriminator = discriminator_place(occurrence)
    pairs_of = _pairs_by_mapper(occurrence)
    recipes: dict[Any, tuple[Any, Any, list[tuple[str, int]]]] = {}

    def new_recipe(identity: Any, values: Values) -> tuple[Any, Any, list[tuple[str, int]]]:
        found = mapper if discriminator is None else _named_by(mapper, identity)
        if not found.isa(mapper):
            raise _of_another_class(occurrence, values, found)
        recipe = recipes[identity] = (found, found.class_, pairs_of(found))
        return recipe

    def start(link: Any, source: Any, options: Any, keys: list[Any]) -> Callable[[Values], Any]:
        contexts: dict[Any, LoadContext] = {}

        def make(values: Values) -> Any:
            identity = None if discriminator is None else values[discriminator]
            if identity is None and discriminator is not None and None not in mapper.polymorphic_map:
                raise _of_no_class(occurrence, values)
            found, cls, pairs = recipes.get(identity) or new_recipe(identity, values)
            context = contexts.get(found)
            if context is None:
                context = contexts[found] = LoadContext(link, found, options, source, keys)
            obj = cls.__new__(cls)
            known = obj.__dict__
            for key, i in pairs:
                known[key] = values[i]
            known[STATE] = context
            return obj

        return make

    return start


def _of_no_class(occurrence: Occurrence, values: Values) -> Exception:
    return exc.InvalidRequestError(f"{_unfit(occurrence, values)} is NULL")


def _of_another_class(occurrence: Occurrence, values: Values, found: Any) -> Exception:
    return exc.InvalidRequestError(
        f"{_unfit(occurrence, values)} refers to {found}, which is not a sub-mapper of the requested {occurrence.mapper}"
    )


def _unfit(occurrence: Occurrence, values: Values) -> str:
    mapper = occurrence.mapper
    local = {id(c): i for i, (prop, _) in enumerate(occurrence.columns) for c in prop.columns}
    key = tuple([values[local[id(c)]] for c in mapper.primary_key if id(c) in local])
    return (
        f"Row with identity key {(mapper.base_mapper.class_, key, None)!r} can't be loaded into an object; the polymorphic discriminator "
        f"column '{mapper.polymorphic_on}'"
    )


def discriminator_place(occurrence: Occurrence) -> int | None:
    """Which of the occurrence's columns tells the class of a row."""
    on = occurrence.mapper.polymorphic_on
    for i, (prop, _) in enumerate(occurrence.columns):
        if any(c is on for c in prop.columns):
            return i
    return None


class _ConcreteMaps(dict[Any, dict[Any, Any]]):
    """Discriminator -> the identity map of that class's rows."""

    def __init__(self, mapper: Any, by_mapper: Any) -> None:
        super().__init__()
        self.mapper = mapper
        self.by_mapper = by_mapper

    def __missing__(self, identity: Any) -> Any:
        mapper = self.mapper if identity is None else _named_by(self.mapper, identity)
        found = self[identity] = self.by_mapper[mapper.base_mapper]
        return found


def concrete_maps(mapper: Any) -> Callable[[Any], _ConcreteMaps]:
    """For a concrete hierarchy: a function, per execution, to the identity maps of its classes."""
    return lambda by_mapper: _ConcreteMaps(mapper, by_mapper)


def _named_by(mapper: Any, identity: Any) -> Any:
    """The mapper that a discriminator's value names."""
    found = mapper.polymorphic_map.get(identity)
    if found is None:
        raise AssertionError(f"No such polymorphic_identity {identity!r} is defined")
    return found
