"""Which columns of its tables and of the mapper above a mapper maps, under which keys and in which order."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.expression.coerce import element_of
from sublimate.expression.column import ColumnClause
from sublimate.orm.attributes.descriptor import QueryableAttribute
from sublimate.util.warnings import warn

from .properties import ColumnProperty, MapperProperty


def inherit_properties(mapper: Any) -> None:
    """The attributes of the mapper above become this one's too, joined with those given explicitly."""
    if mapper.inherits is None:
        return
    explicit = mapper._props
    inherited = {k: p for k, p in mapper.inherits._props.items() if k not in explicit or _merges(mapper, k)}
    mapper._props = {}
    for key, prop in inherited.items():
        if mapper.concrete and not (prop.is_column and _local_column(mapper, prop) is not None):
            continue
        if key in explicit:
            mapper._props[key] = _merged(mapper, explicit[key], prop)
        else:
            mapper._props[key] = prop
        mapper._note_columns(mapper._props[key])
    for key, prop in explicit.items():
        if key not in mapper._props:
            mapper._props[key] = prop


def _merges(mapper: Any, key: str) -> bool:
    """Whether an explicit column attribute is the inherited one seen in the subclass's table."""
    mine, theirs = mapper._props[key], mapper.inherits._props[key]
    return bool(mine.is_column and theirs.is_column and not mapper.concrete)


def _merged(mapper: Any, mine: Any, theirs: Any) -> Any:
    for column in theirs.columns:
        if not any(column is c for c in mine.columns) and isinstance(column, ColumnClause):
            mine.columns.append(column)
            _warn_if_unrelated(mapper, mine.key, mine.columns[0], column)
    return mine


def _warn_if_unrelated(mapper: Any, key: str, column: Any, other: Any) -> None:
    if column is other or any(
        (column is a and other is b) or (column is b and other is a) for a, b in mapper._equated
    ):
        return
    if column.table is other.table or _shared_ancestor(mapper, column, other):
        return
    if not (column.primary_key and other.primary_key):
        warn(
            f"Implicitly combining column {other} with column {column} under attribute '{key}'.  Please configure one or more "
            "attributes for these same-named columns explicitly."
        )


def _local_column(mapper: Any, prop: Any) -> Any:
    return next((c for c in mapper.local_table.c if c.key == prop.key), None)


def map_columns(mapper: Any) -> None:
    """Every column of the table that no attribute was given for gets one of its own name."""
    for column in _columns_in_order(mapper):
        if column in mapper._props_by_column:
            continue
        key = mapper.column_prefix + column.key
        if is_left_out(mapper, key, column):
            continue
        known = mapper._props.get(key)
        if known is None:
            mapper._set_property(key, ColumnProperty(column), instrument=False)
        elif known.is_column and known.parent is not mapper:
            _extend_inherited(mapper, key, known, column)
        elif known.is_column and known.parent is mapper:
            known.columns.append(column)
            mapper._note_columns(known)


def written_tables(froms: list[Any]) -> list[Any]:
    """The tables that a flush writes: of a subquery or an alias, those whose columns it shows."""
    found: dict[Any, None] = {}
    for from_ in froms:
        below = [from_]
        if from_.__visit_name__ != "table":
            tables = [getattr(base, "table", None) for column in from_.c for base in column.base_columns]
            below = [table for table in tables if getattr(table, "__visit_name__", "") == "table"] or below
        found.update(dict.fromkeys(below))
    return list(found)


def put_in_order(mapper: Any) -> None:
    """Own attributes that are no table columns first, then what is inherited, then own columns as the table has them."""
    position = {id(c): i for i, c in enumerate(_columns_in_order(mapper))}

    def rank(item: tuple[str, Any]) -> tuple[int, int]:
        prop = item[1]
        if not prop.is_column or id(prop.columns[0]) not in position:
            return int(prop.parent is not mapper), 0
        if mapper.inherits is not None and mapper.inherits._props.get(item[0]) is not None:
            return 1, 0
        return 2, position[id(prop.columns[0])]

    mapper._props = dict(sorted(mapper._props.items(), key=rank))


def _extend_inherited(mapper: Any, key: str, inherited: Any, column: Any) -> None:
    new = inherited.copy()
    if mapper.concrete:
        new.columns = [column]
    else:
        new.columns = [column, *[c for c in inherited.columns if c is not column]]
        for other in inherited.columns:
            _warn_if_unrelated(mapper, key, column, other)
    new.attach(mapper, key)
    mapper._props[key] = new
    mapper._note_columns(new)


def is_left_out(mapper: Any, key: str, column: Any) -> bool:
    """Whether the mapping's arguments or the class itself keep a column from becoming an attribute."""
    if (
        mapper.include_properties is not None
        and column.key not in mapper.include_properties
        and not _names(mapper.include_properties, column)
    ):
        return True
    if mapper.exclude_properties is not None and (
        column.key in mapper.exclude_properties or _names(mapper.exclude_properties, column)
    ):
        return True
    own = mapper.class_.__dict__.get(key)
    return own is not None and _is_users_descriptor(own)


def hide_inherited(mapper: Any, base: Any) -> None:
    """Attributes of the parent that a concrete subclass does not map are not there."""
    for key in base._props:
        found = next((vars(c)[key] for c in mapper.class_.__mro__ if key in vars(c)), None)
        if key not in mapper._props and isinstance(found, QueryableAttribute):
            type.__setattr__(mapper.class_, key, NotMapped(mapper.class_, key))


def as_property(mapper: Any, key: str, value: Any) -> Any:
    """What was given for an attribute (column, expression, list of columns, property), as a mapper property."""
    if isinstance(value, (list, tuple)) and value:
        return ColumnProperty(*value)
    if isinstance(value, MapperProperty):
        return value
    offered = getattr(value, "mapper_property_to_assign", None)
    if offered is not None:
        return offered
    element = element_of(value)
    if element is None:
        raise exc.ArgumentError(
            f"Can't add {value!r} as attribute '{key}' of mapper {mapper}: it is no column or mapped property"
        )
    if isinstance(element, ColumnClause):
        return ColumnProperty(element)
    return ColumnProperty(element if getattr(element, "name", None) else element.label(None))


def _shared_ancestor(mapper: Any, column: Any, other: Any) -> bool:
    """Whether the two are told to be equal by the inherit condition of a mapper further up."""
    return any(
        (column is a and other is b) or (column is b and other is a)
        for ancestor in mapper.iterate_to_root()
        for a, b in ancestor._equated
    )


def _columns_in_order(mapper: Any) -> list[Any]:
    if mapper.inherits is not None and not mapper.concrete:
        return list(mapper.local_table.c)
    return [c for c in mapper.persist_selectable.c if not getattr(c, "_omit_from_statements", False)]


def _names(columns: Any, column: Any) -> bool:
    return any(element is column for element in columns if not isinstance(element, str))


def _is_users_descriptor(value: Any) -> bool:
    """A property, hybrid or method that the class's author put in the column's place."""
    if isinstance(value, (QueryableAttribute, MapperProperty, ColumnClause)) or hasattr(
        value, "__clause_element__"
    ):
        return False
    return hasattr(value, "__get__")


class NotMapped:
    """In a concrete subclass, in the place of an attribute that only its parent maps."""

    def __init__(self, owner: type, key: str) -> None:
        self._message = f"Concrete class {owner.__name__} does not map '{key}', which a class above it maps: declare it here too"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        raise AttributeError(self._message)

    def __set__(self, instance: Any, value: Any) -> None:
        raise AttributeError(self._message)
