"""join() and outerjoin() of mapped classes as FROM elements, and unions of the tables of a concrete hierarchy."""

from __future__ import annotations

from typing import Any

from sublimate.expression.cast import cast
from sublimate.expression.coerce import element_of, from_argument
from sublimate.expression.column import literal_column
from sublimate.expression.literal import NULL
from sublimate.statements.compound import union_all
from sublimate.statements.join import Join
from sublimate.statements.select import Select

from .entity import RelationshipNode


def join(left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Join:
    """A join of mapped classes, for `select_from()`: `join(User, Post, User.posts)`."""
    source, target = _selectable(left), _selectable(right)
    node = None if onclause is None else element_of(onclause)
    if not isinstance(node, RelationshipNode):
        return Join(source, target, node if node is not None else onclause, isouter, full)
    secondary = None if node.prop.secondary is None else node.prop.secondary_alias()
    ends = _entity(left, node.parent.inspected), _entity(right, node.target.inspected)
    primary, second = node.prop.join_conditions(*ends, secondary)
    if second is None:
        return Join(source, target, primary, isouter, full)
    if isouter or full:
        return Join(source, Join(secondary, target, second), primary, isouter, full)
    return Join(Join(source, secondary, primary), target, second)


def outerjoin(left: Any, right: Any, onclause: Any = None, full: bool = False) -> Join:
    """A left outer join of mapped classes, for `select_from()`."""
    return join(left, right, onclause, True, full)


def _selectable(side: Any) -> Any:
    element = from_argument(side)
    return element.selectable if hasattr(element, "inspected") else element


def _entity(side: Any, fallback: Any) -> Any:
    return getattr(element_of(side), "inspected", fallback)


def polymorphic_union(
    table_map: dict[Any, Any], typecolname: str | None, aliasname: str = "p_union", cast_nulls: bool = True
) -> Any:
    """UNION ALL of tables of a concrete hierarchy: columns a table lacks are NULL, `typecolname` tells where a row is from."""
    tables = {key: _selectable(table) for key, table in table_map.items()}
    types: dict[str, Any] = {}
    for table in tables.values():
        for column in table.c:
            types.setdefault(column.key, column.type)
    selects: list[Any] = []
    for key, table in tables.items():
        columns = [_column(table, name, type_, cast_nulls) for name, type_ in types.items()]
        if typecolname is not None:
            columns.append(literal_column("'" + str(key).replace("'", "''") + "'").label(typecolname))
        selects.append(Select(*columns).select_from(table))
    return union_all(*selects).alias(aliasname)


def _column(table: Any, name: str, type_: Any, cast_nulls: bool) -> Any:
    found = table.c.get(name)
    if found is not None:
        return found
    return (cast(NULL, type_) if cast_nulls else NULL).label(name)
