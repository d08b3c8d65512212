"""Warnings of what is declared twice: two relationships that write the same column, an attribute in the place of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sublimate.orm.attributes.descriptor import QueryableAttribute
from sublimate.util.warnings import warn, warn_deprecated


def warn_of_overlaps(mappers: Iterable[Any]) -> None:
    """Warn of each relationship that copies a value to a column which another one, not linked with it, writes too."""
    writers: dict[int, list[tuple[Any, Any]]] = {}
    for prop in sorted(_relationships(mappers), key=lambda prop: prop._rank):  # who came later is warned
        for source, target in (*prop.synchronize_pairs, *prop.secondary_synchronize_pairs):
            known = writers.setdefault(id(target), [])
            rivals = [(other, theirs) for other, theirs in known if _conflict(prop, other)]
            known.append((prop, source))
            if rivals:
                _warn(prop, source, target, rivals)


def _relationships(mappers: Iterable[Any]) -> Iterator[Any]:
    for mapper in mappers:
        for prop in mapper._props.values():
            if prop.is_relationship and prop.parent is mapper and not prop.viewonly:
                yield prop


def _conflict(prop: Any, other: Any) -> bool:
    return not (
        other in prop._reverse_property
        or prop in other._reverse_property
        or other.key in prop._overlaps
        or prop.key in other._overlaps
        or prop.parent.is_sibling(other.parent)
        or prop.mapper.is_sibling(other.mapper)
        or prop.parent.is_sibling(other.mapper)
        or prop.mapper.is_sibling(other.parent)
        or (prop.key == other.key and prop.parent.common_parent(other.parent))
    )


def _warn(prop: Any, source: Any, target: Any, rivals: list[tuple[Any, Any]]) -> None:
    shown = ", ".join(sorted(f"'{other}' (copies {theirs} to {target})" for other, theirs in rivals))
    silencing = ",".join(sorted(other.key for other, _ in rivals))
    warn(
        f"relationship '{prop}' will copy column {source} to column {target}, which conflicts with relationship(s): {shown}. If this "
        "is not the intention, consider if these relationships should be linked with back_populates, or if viewonly=True should be "
        "applied to one or more if they are read-only. For the less common case that foreign key constraints are partially "
        "overlapping, the orm.foreign() annotation can be used to isolate the columns that should be written towards.   To silence "
        f"this warning, add the parameter 'overlaps=\"{silencing}\"' to the '{prop}' relationship."
    )


def warn_of_replaced(mapper: Any, key: str) -> None:
    """Say it where a new attribute takes the place of another one of the class."""
    known = mapper._props.get(key)
    placed = vars(mapper.class_).get(key)
    if known is not None and known.parent is mapper:
        what = "ORM-mapped attribute"
    elif placed is not None and not isinstance(placed, QueryableAttribute):
        what = "class-bound attribute of the same name"
    else:
        return
    warn_deprecated(
        f"User-placed attribute {mapper.class_.__name__}.{key} on {mapper} is replacing an existing {what}.  Behavior is not fully defined "
        "in this case.  This use is deprecated and will raise an error in a future release"
    )
