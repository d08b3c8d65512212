"""What references and collections have in common: the other side, cascades, and errors of unloaded ones."""

from __future__ import annotations

from typing import Any, NoReturn

from sublimate.orm.attributes.base import Attribute
from sublimate.orm.exc import DetachedInstanceError, describe
from sublimate.orm.state.instance import InstanceState
from sublimate.orm.state.symbols import STATE


class RelationAttribute(Attribute):
    """A relationship's attribute. Facts about the other side are read off the property when it is configured."""

    reverse_key: str | None = None
    cascades = False
    deletes_orphans = False
    fk_keys: tuple[str, ...] | None = None
    single_parent = False
    tracks = True
    """Changes count: they are written, or at least it is known that there are some."""

    def configure(self) -> None:
        """The property is configured: learn the other side."""
        prop = self.prop
        self.reverse_key = (
            None if prop.viewonly and not getattr(prop, "sync_backref", False) else _reverse_key(prop)
        )
        self.tracks = not prop.viewonly
        self.cascades = prop.cascade.save_update and not prop.viewonly
        self.deletes_orphans = prop.cascade.delete_orphan
        self.fk_keys = _foreign_keys(self.mapper, prop)
        self.single_parent = bool(prop.single_parent)

    def missing(self, obj: Any) -> Any:
        """As for any attribute; a new object that `enable_relationship_loading()` was asked for loads it, too."""
        state = obj.__dict__.get(STATE)
        if state.__class__ is InstanceState and state.pk is None:
            session = state.link.session
            if session is not None and state not in session._new:
                return session._load_missing(obj, state, self.key)
        return super().missing(obj)

    def detached(self, obj: Any, state: Any) -> NoReturn:
        raise DetachedInstanceError(
            f"Parent instance {describe(obj)} is not bound to a Session; "
            f"lazy load operation of attribute '{self.key}' cannot proceed"
        )


def _reverse_key(prop: Any) -> str | None:
    key: str | None = prop.back_populates
    if key is None:
        return None
    target = prop.mapper.class_state
    if target is None or key not in target.impls or target.impls[key].prop.viewonly:
        return None
    return key


def _foreign_keys(mapper: Any, prop: Any) -> tuple[str, ...] | None:
    """Keys of this side's columns in the order of the target's primary key, where a reference is a plain lookup."""
    if prop.uselist or prop.secondary is not None or prop.direction.name != "MANYTOONE":
        return None
    key_of = prop.mapper.key_of  # a joined class's own key column stands for that of its base
    local_of = {key_of.get(remote): local for local, remote in prop.local_remote_pairs}
    keys = []
    for key in prop.mapper.pk_keys:
        local = local_of.get(key)
        if local is None or local not in mapper.key_of:
            return None
        keys.append(mapper.key_of[local])
    return tuple(keys) if len(local_of) == len(keys) else None
