"""Events of mappers and of instances: `event.listen(User, "before_insert", fn)`, also for a base class or all mappers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from sublimate.event import Dispatch, Family, register, resolver
from sublimate.event.dispatch import Listener, Listeners
from sublimate.orm.attributes.descriptor import InstrumentedAttribute
from sublimate.orm.attributes.events import states_for_objects

from .configure import REGISTRIES, announce_with

EVENTS: dict[str, tuple[str, ...]] = {
    "instrument_class": ("mapper", "class_"),
    "after_mapper_constructed": ("mapper", "class_"),
    "before_mapper_configured": ("mapper", "class_"),
    "mapper_configured": ("mapper", "class_"),
    "before_configured": (),
    "after_configured": (),
    "before_insert": ("mapper", "connection", "target"),
    "after_insert": ("mapper", "connection", "target"),
    "before_update": ("mapper", "connection", "target"),
    "after_update": ("mapper", "connection", "target"),
    "before_delete": ("mapper", "connection", "target"),
    "after_delete": ("mapper", "connection", "target"),
    "init": ("target", "args", "kwargs"),
    "init_failure": ("target", "args", "kwargs"),
    "load": ("target", "context"),
    "refresh": ("target", "context", "attrs"),
    "refresh_flush": ("target", "flush_context", "attrs"),
    "merged_without_load": ("target",),  # for what watches values that were put there
    "expire": ("target", "attrs"),
    "pickle": ("target", "state_dict"),
    "unpickle": ("target", "state_dict"),
    "class_instrument": ("cls",),
    "class_uninstrument": ("cls",),
    "attribute_instrument": ("cls", "key", "inst"),
}


class ClassEvents:
    """Listeners on a class that is not mapped itself (a base, a mixin): they concern its mapped subclasses."""

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self._dispatch: Any = None

    def concerns(self, mapper: Any) -> bool:
        return issubclass(mapper.class_, self.cls)


class AllMappers(ClassEvents):
    """Listeners on Mapper: they concern every mapper."""

    def concerns(self, mapper: Any) -> bool:
        return True


ALL = AllMappers(object)
_held: WeakKeyDictionary[type, ClassEvents] = WeakKeyDictionary()
_state = {"active": False, "changes": 0}
"""Whether anybody ever listened, and how often listeners came or went."""


class MapperDispatch(Dispatch):
    """A mapper's listeners: its own, those of its bases that propagate, those of all mappers."""

    def __init__(self, mapper: Any) -> None:
        super().__init__(EVENTS, lambda: None)
        self._mapper = mapper

    def __getattr__(self, name: str) -> Listeners:
        if name.startswith("_") or name not in EVENTS:
            raise AttributeError(f"no event named {name!r}")
        mapper = self._mapper
        known, found = -1, _Found(iter(()))

        def inherited() -> Any:
            nonlocal known, found
            if known != _state["changes"]:
                known, found = _state["changes"], _Found(inherited_listeners(mapper, name))
            return found

        listeners = self.__dict__[name] = Listeners(inherited)
        return listeners

    def has_any(self) -> bool:
        """Whether anybody listens to any event of this mapper."""
        return any(getattr(self, name) for name in EVENTS)


class _Found(tuple[Listener, ...]):
    """Listeners found elsewhere, seen as a mapper's own."""

    def __new__(cls, found: Iterator[Listener]) -> _Found:
        return super().__new__(cls, found)


def inherited_listeners(mapper: Any, name: str) -> Iterator[Listener]:
    if ALL._dispatch is not None:
        yield from _own(ALL._dispatch, name)
    for cls in reversed(mapper.class_.__mro__):
        held = _held.get(cls)
        if held is not None and held._dispatch is not None:
            yield from (listener for listener in _own(held._dispatch, name) if listener.propagate)
    ancestor = mapper.inherits
    while ancestor is not None:
        if ancestor._dispatch is not None:
            yield from (listener for listener in _own(ancestor._dispatch, name) if listener.propagate)
        ancestor = ancestor.inherits


def _own(dispatch: Dispatch, name: str) -> tuple[Listener, ...]:
    found = dispatch.__dict__.get(name)
    return () if found is None else found.own


class MapperEvents(Family):
    """Keeps a mapper's listeners on it; without any, `mapper._dispatch` stays None and nothing is asked."""

    def __init__(self) -> None:
        super().__init__("mapper", EVENTS)

    def dispatch_of(self, target: Any) -> Dispatch:
        if target._dispatch is None:
            target._dispatch = (
                Dispatch(EVENTS, lambda: None) if isinstance(target, ClassEvents) else MapperDispatch(target)
            )
        found: Dispatch = target._dispatch
        return found

    def on_remove(self, target: Any, dispatch: Dispatch) -> None:
        """Mappers keep their `Dispatch`: it also tells of listeners to their bases."""
        _state["changes"] += 1

    def preparation(self, event: str, options: Mapping[str, Any]) -> Any:
        """With `raw=True`, listeners get the object's state in its place."""
        return states_for_objects(EVENTS[event]) if options.get("raw") else None

    def on_listen(self, target: Any, event: str) -> None:
        _state["active"] = True
        _state["changes"] += 1
        for mapper in _concerned(target):
            take_up(mapper)


def _concerned(target: Any) -> list[Any]:
    if isinstance(target, ClassEvents):
        return [m for registry in list(REGISTRIES) for m in registry.mappers if target.concerns(m)]
    return list(target.self_and_descendants)


def take_up(mapper: Any) -> None:
    """Let a mapper ask its listeners from now on."""
    type(mapper).listened = True
    if mapper._dispatch is None:
        mapper._dispatch = MapperDispatch(mapper)
    mapper._changed()


def constructed(mapper: Any) -> None:
    """A mapper was made: tell those who wait for it."""
    if not _state["active"]:
        return
    dispatch = mapper._dispatch = MapperDispatch(mapper)
    dispatch.class_instrument(mapper.class_)
    dispatch.instrument_class(mapper, mapper.class_)
    dispatch.after_mapper_constructed(mapper, mapper.class_)
    if not dispatch.has_any():
        mapper._dispatch = None


def attributes_placed(mapper: Any, keys: Iterable[str]) -> None:
    """A class has these mapped attributes now: tell those who wait for them."""
    if not mapper._dispatch.attribute_instrument:
        return
    for key in keys:
        attribute = vars(mapper.class_).get(key)
        if isinstance(attribute, InstrumentedAttribute):
            mapper._dispatch.attribute_instrument(mapper.class_, key, attribute)


def removed(mapper: Any) -> None:
    """A class is mapped no more."""
    if mapper._dispatch is not None:
        mapper._dispatch.class_uninstrument(mapper.class_)


def fire_global(name: str) -> None:
    """`before_configured` and `after_configured`."""
    if ALL._dispatch is not None:
        getattr(ALL._dispatch, name)()


def register_family(mapper_class: type) -> None:
    """Let the event room know mappers, mapped classes and their bases."""
    announce_with(fire_global)
    family = MapperEvents()
    register(mapper_class, family)
    register(ClassEvents, family)

    @resolver
    def target_of(target: Any, event: str) -> Any:
        if event not in EVENTS or not isinstance(target, type):
            return None
        if issubclass(target, mapper_class):
            return ALL
        if issubclass(target, ClassEvents):
            return None
        mapper = vars(target).get("__mapper__")
        if mapper is not None:
            return mapper
        held = _held.get(target)
        if held is None:
            held = _held[target] = ClassEvents(target)
        return held
