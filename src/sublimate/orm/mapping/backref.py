"""The other side of a relationship: found by `back_populates`, made by `backref`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate import exc
from sublimate.orm.attributes.instrument import install

from .join_condition import MANYTOONE, ONETOMANY, MarkedColumn, replace_marked
from .overlaps import warn_of_replaced


def connect_back(prop: Any, make: Callable[..., Any]) -> None:
    """Tie a relationship to the one that shows the same link from the other side; `make` is its constructor."""
    if prop.backref:
        _make_backref(prop, make)
    if prop.back_populates:
        _add_reverse(prop, _back_key(prop))


def _back_key(prop: Any) -> str:
    value = prop.back_populates
    if callable(value) and not isinstance(value, str):
        value = value()
    key = getattr(value, "key", value)
    if not isinstance(key, str):
        raise exc.ArgumentError(f"Invalid back_populates value: {value!r}, neither an attribute nor its name")
    prop.back_populates = key
    return key


def _make_backref(prop: Any, make: Callable[..., Any]) -> None:
    name, kwargs = (prop.backref, {}) if isinstance(prop.backref, str) else prop.backref
    kwargs = dict(kwargs)
    mapper = prop.mapper
    if mapper.concrete is False:
        known = set(mapper._props) | {k for m in mapper.self_and_descendants for k in m._props}
    else:
        known = set(mapper._props)
    if name in known:
        raise exc.ArgumentError(
            f"Error creating backref '{name}' on relationship '{prop}': property of that name exists on mapper '{mapper}'"
        )
    if prop.secondary is not None:
        primaryjoin = kwargs.pop("primaryjoin", prop._join.secondaryjoin)
        secondaryjoin = kwargs.pop("secondaryjoin", prop._join.primaryjoin)
    else:
        primaryjoin = kwargs.pop("primaryjoin", None)
        if primaryjoin is None:
            primaryjoin = replace_marked(prop._join.primaryjoin, _mirrored)
        secondaryjoin = kwargs.pop("secondaryjoin", None)
    for option in ("viewonly", "post_update", "passive_updates", "sync_backref"):
        kwargs.setdefault(option, getattr(prop, option))
    foreign_keys = kwargs.pop("foreign_keys", None)
    new = make(
        prop.parent.class_, prop.secondary, primaryjoin=primaryjoin, secondaryjoin=secondaryjoin, foreign_keys=foreign_keys,
        back_populates=prop.key, **kwargs,
    )  # fmt: skip
    new._is_backref = True
    prop.back_populates = name
    prop.backref = None
    warn_of_replaced(mapper, name)
    mapper._set_property(name, new)
    new.configure()
    for each in mapper.self_and_descendants:
        install(each)


def _add_reverse(prop: Any, key: str) -> None:
    other = prop.mapper.get_property(key, _configure_mappers=False)
    if not other.is_relationship:
        raise exc.InvalidRequestError(
            f"back_populates on relationship '{prop}' refers to attribute '{other}' that is not a relationship.  The "
            "back_populates parameter should refer to the name of a relationship on the target class."
        )
    if prop.viewonly and prop.sync_backref is None:
        prop.sync_backref = False
    elif prop.sync_backref is None:
        prop.sync_backref = not other.viewonly
    prop._reverse_property.add(other)
    other._reverse_property.add(prop)
    prop._connecting = True
    try:
        other.configure()
    finally:
        prop._connecting = False
    if not other.mapper.common_parent(prop.parent):
        raise exc.ArgumentError(
            f"reverse_property {key!r} on relationship {prop} references relationship {other}, which does not reference "
            f"mapper {prop.parent}"
        )
    if (
        prop.direction in (ONETOMANY, MANYTOONE)
        and prop.direction is other.direction
        and not other._connecting
    ):
        raise exc.ArgumentError(
            f"{prop} and back-reference {other} are both of the same direction {prop.direction!r}.  Did you mean to set "
            "remote_side on the many-to-one side ?"
        )


def _mirrored(mark: MarkedColumn) -> MarkedColumn:
    return MarkedColumn(mark.column, foreign=mark.foreign, remote=not mark.remote)
