"""with_parent(): the rows that belong to an object through one of its relationships."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.expression.coerce import element_of
from sublimate.expression.element import ColumnElement
from sublimate.inspection import inspect
from sublimate.orm.attributes.descriptor import QueryableAttribute


def with_parent(
    instance: object, prop: QueryableAttribute[Any], from_entity: Any = None
) -> ColumnElement[bool]:
    """The condition that rows of a relationship's target belong to `instance`.

    >>> select(Post).where(with_parent(user, User.posts))
    """
    if isinstance(prop, str):
        raise exc.ArgumentError("with_parent() accepts class-bound mapped attributes, not strings")
    node: Any = element_of(prop)
    if node is None or not hasattr(node, "prop"):
        raise exc.ArgumentError("with_parent() takes an object and a relationship attribute of its class")
    target: Any = node.target if from_entity is None else element_of(from_entity)
    condition: ColumnElement[bool] = node.prop.belongs_to(instance, target.inspected)
    return condition


def find_relationship(instance: Any, entity: Any) -> Any:
    """The one attribute of the object's class that leads to an entity."""
    mapper = inspect(type(instance)).mapper
    for prop in mapper.relationships:
        if prop.mapper is entity.mapper:
            return getattr(mapper.class_, prop.key)
    raise exc.InvalidRequestError(
        f"Could not locate a property which relates instances of class '{entity.mapper.class_.__name__}' to instances of class "
        f"'{mapper.class_.__name__}'"
    )
