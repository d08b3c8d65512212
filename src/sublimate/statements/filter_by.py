"""`filter_by()`: a name is looked up in every entity and table that the statement reads from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sublimate import exc
from sublimate.operators.functions import eq

from .columns import ColumnCollection


def conditions(elements: Iterable[Any], values: Mapping[str, Any]) -> list[Any]:
    """`attribute == value` for each name, in whichever of the elements has it."""
    namespaces = _namespaces(elements)
    return [eq(_found(namespaces, key), value) for key, value in values.items()]


def last_namespace(element: Any) -> Any:
    """Where the legacy Query looks: only in the entity joined last, or the first one selected."""
    for _, namespace in _sources(element):
        return namespace
    raise exc.InvalidRequestError(f'Entity namespace for "{element}" has no property')


def named(namespace: Any, key: str, element: Any = None) -> Any:
    """An attribute of a namespace; the error names the element it belongs to."""
    try:
        return getattr(namespace, key)
    except AttributeError:
        described = _described(namespace) if element is None else getattr(element, "selectable", element)
        raise exc.InvalidRequestError(f'Entity namespace for "{described}" has no property "{key}"') from None


def _namespaces(elements: Iterable[Any]) -> list[Any]:
    found: dict[int, Any] = {}
    for element in elements:
        for source, namespace in _sources(element):
            if isinstance(found.get(source), ColumnCollection | None):
                found[source] = namespace
    return list(found.values())


def _sources(element: Any) -> list[tuple[int, Any]]:
    """The FROM objects of an element, by shape, with what has their attributes."""
    if hasattr(element, "onclause"):
        return [*_sources(element.left), *_sources(element.right)]
    offered = getattr(element, "entity_namespace", None)
    froms = list(element._from_objects)
    if offered is not None:
        return [(froms[-1].shape if froms else element.shape, offered)]
    table = getattr(element, "table", None)
    if table is not None:
        return [(table.shape, table.entity_namespace)]
    return [pair for each in froms for pair in _sources(each)]


def _found(namespaces: list[Any], key: str) -> Any:
    having = [(n, getattr(n, key)) for n in namespaces if hasattr(n, key)]
    if len(having) == 1:
        return having[0][1]
    if not having:
        searched = ", ".join(map(_described, namespaces))
        raise exc.InvalidRequestError(
            f'None of the FROM clause entities have a property "{key}". Searched entities: {searched}'
        )
    among = ", ".join(_described(n) for n, _ in having)
    raise exc.AmbiguousColumnError(
        f'Attribute name "{key}" is ambiguous; it exists in multiple FROM clause entities ({among}). '
        "Use filter() with explicit column references instead of filter_by()."
    )


def _described(namespace: Any) -> str:
    if isinstance(namespace, ColumnCollection):
        return next((str(getattr(c.table, "name", "")) for c in namespace), "")
    return str(getattr(namespace, "__mapper__", namespace))
