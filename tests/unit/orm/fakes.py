"""A mapper small enough to test instances without the real one."""

from __future__ import annotations

from enum import Enum
from types import SimpleNamespace
from typing import Any

from sublimate.orm.attributes.descriptor import InstrumentedAttribute
from sublimate.orm.attributes.instrument import declarative_constructor, install
from sublimate.orm.state import IdentityMap, SessionLink, state_of


class Direction(Enum):
    ONETOMANY = 1
    MANYTOONE = 2
    MANYTOMANY = 3


class Cascade(SimpleNamespace):
    save_update = True
    delete_orphan = False


class FakeMapper:
    def __init__(self, class_: Any, columns: list[str], relations: dict[str, Any]) -> None:
        self.class_ = class_
        self.base_mapper = self
        self.primary_key = ("id",)
        self.pk_keys = ("id",)
        self.key_of = {name: name for name in columns}
        self.column_props = {
            name: SimpleNamespace(
                key=name, active_history=False, deferred=False, is_expression=False, is_composite=False
            )
            for name in columns
        }
        self.relationship_props = relations
        self._props = {**self.column_props, **relations}
        self.configured = True
        self.polymorphic_on = self.polymorphic_identity = None
        self.polymorphic_abstract = False
        self._dispatch = None
        self.registry = SimpleNamespace(constructor=declarative_constructor)
        self.class_state = None
        self.self_and_descendants = [self]
        class_.__mapper__ = self
        for key, prop in [*self.column_props.items(), *relations.items()]:
            setattr(class_, key, InstrumentedAttribute(class_, key, self, prop))

    def _check_configure(self) -> None:
        self.configured = True


def relation(
    back: str | None = None,
    *,
    uselist: bool = True,
    direction: str = "ONETOMANY",
    collection_class: Any = None,
    orphans: bool = False,
    pairs: Any = (),
) -> Any:
    return SimpleNamespace(
        back_populates=back, uselist=uselist, direction=Direction[direction], collection_class=collection_class,
        viewonly=False, cascade=Cascade(save_update=True, delete_orphan=orphans), active_history=False, secondary=None,
        single_parent=False, is_composite=False,
        local_remote_pairs=list(pairs), mapper=None, lazy="select",
    )  # fmt: skip


def configure(*mappers: FakeMapper, **targets: FakeMapper) -> None:
    """Install the mappers; `targets` names the mapper that each relationship leads to."""
    for mapper in mappers:
        for key, prop in mapper.relationship_props.items():
            prop.mapper = targets[key]
    install_all(*mappers)


def install_all(*mappers: FakeMapper) -> None:
    for _ in range(2):  # the second time, the other side's attributes exist
        for mapper in mappers:
            install(mapper)


class FakeSession:
    def __init__(self) -> None:
        self._link = SessionLink(self)
        self._new: dict[Any, Any] = {}
        self._dirty: dict[Any, Any] = {}
        self.identity_map = IdentityMap()
        self.loaded: list[Any] = []

    def persist(self, *objects: Any) -> None:
        """As if the objects had just been loaded."""
        for obj in objects:
            state = state_of(obj)
            state.pk, state.link = obj.id, self._link
            self.identity_map.add(obj, state.mapper.base_mapper, state.pk)

    def _cascade_add(self, obj: Any) -> None:
        state = state_of(obj)
        state.link = self._link
        self._new[state] = obj

    def _load_missing(self, obj: Any, state: Any, key: str) -> Any:
        self.loaded.append(key)
        impl = type(obj).__mapper__.class_state.impls[key]
        if impl.is_collection:
            return impl.load(obj, [])
        obj.__dict__[key] = None
        return None
