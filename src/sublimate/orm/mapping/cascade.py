"""CascadeOptions: which operations on an object go on to the objects it refers to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sublimate import exc
from sublimate.util.warnings import warn

from .join_condition import MANYTOMANY, ONETOMANY

_EVERYTHING = frozenset({"save-update", "merge", "expunge", "delete", "refresh-expire"})
_KNOWN = _EVERYTHING | {"all", "none", "delete-orphan"}


class CascadeOptions(frozenset[str]):
    """The cascade of a relationship: `"save-update, merge"`, `"all, delete-orphan"`."""

    save_update: bool
    delete: bool
    refresh_expire: bool
    merge: bool
    expunge: bool
    delete_orphan: bool

    def __new__(cls, value_list: str | Iterable[str] | None) -> CascadeOptions:
        if isinstance(value_list, str) or value_list is None:
            given = {part.strip() for part in (value_list or "").split(",") if part.strip()}
        else:
            given = set(value_list)
        unknown = given - _KNOWN
        if unknown:
            raise exc.ArgumentError(
                f"Invalid cascade option(s): {', '.join(repr(x) for x in sorted(unknown))}"
            )
        values = set(given)
        if "all" in values:
            values |= _EVERYTHING
        if "none" in values:
            values.clear()
        values.discard("all")
        self = super().__new__(cls, values)
        for name in (*_EVERYTHING, "delete-orphan"):
            setattr(self, name.replace("-", "_"), name in values)
        if self.delete_orphan and not self.delete:
            warn("The 'delete-orphan' cascade option requires 'delete'.")
        return self

    def __repr__(self) -> str:
        return f"CascadeOptions({','.join(sorted(self))!r})"


def check_delete_orphan(prop: Any) -> None:
    """Refuse delete-orphan on a relationship whose objects may have several parents; else note it with their mapper."""
    if not prop.cascade.delete_orphan:
        return
    if not prop.single_parent and prop.direction is not ONETOMANY:
        kind = "many-to-many" if prop.direction is MANYTOMANY else "many-to-one"
        raise exc.ArgumentError(
            f'For {kind} relationship {prop}, delete-orphan cascade is normally configured only on the "one" side of a '
            'one-to-many relationship, and not on the "many" side of a many-to-one or many-to-many relationship.  '
            f'To force this relationship to allow a particular "{prop.mapper.class_.__name__}" object to be referenced by '
            f'only a single "{prop.parent.class_.__name__}" object at a time via the {prop} relationship, which would allow '
            "delete-orphan cascade to take place in this direction, set the single_parent=True flag.",
            code="bbf0",
        )
    prop.mapper._delete_orphans.append((prop.key, prop.parent.class_))
