"""Conditions of a relationship that hold an object: rows that refer to it, rows that belong to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate import exc
from sublimate.expression.binary import BinaryExpression
from sublimate.expression.constructors import and_, or_
from sublimate.expression.literal import BindParameter
from sublimate.inspection import inspect
from sublimate.operators import functions as f
from sublimate.orm.exc import describe
from sublimate.types.boolean import BOOLEANTYPE
from sublimate.util.warnings import warn

from .join_condition import MarkedColumn, replace_marked

_UNREAD: Any = object()


def equals_object(prop: Any, source: Any, obj: Any) -> Any:
    """The condition that rows of the source refer to this object."""
    binds: dict[int, Any] = {}

    def value(column: Any) -> Any:
        if id(column) not in binds:
            binds[id(column)] = value_bind(prop, obj, prop.mapper, column)
        return binds[id(column)]

    join = prop._join
    if join.secondaryjoin is None:
        return replace_marked(
            join.primaryjoin, lambda m: value(m.column) if m.remote else source._adapt(m.column)
        )
    secondary = prop.secondary_alias()
    primary = replace_marked(
        join.primaryjoin,
        lambda m: secondary.corresponding_column(m.column) if m.remote else source._adapt(m.column),
    )
    second = replace_marked(
        join.secondaryjoin,
        lambda m: secondary.corresponding_column(m.column) if m.remote else value(m.column),
    )
    return and_(primary, second)


def differs_from_object(prop: Any, pairs: list[tuple[Any, Any]], obj: Any) -> Any:
    """The condition that rows of the source do not refer to this object (a NULL does not)."""
    conditions = []
    for column, remote in pairs:
        bind = value_bind(prop, obj, prop.mapper, remote, column._bind_base)
        conditions.append(or_(BinaryExpression(column, bind, f.ne, BOOLEANTYPE), column.is_(None)))
    return and_(*conditions)


def belongs_to(prop: Any, instance: Any, target: Any) -> Any:
    """The condition that rows of the target belong to this object; its keys are read when it is executed."""
    join = prop._join
    source = inspect(type(instance)).mapper

    def replace(mark: MarkedColumn) -> Any:
        if not mark.remote:
            return value_bind(prop, instance, source, mark.column)
        return mark.column if prop.secondary is not None else target._adapt(mark.column)

    primary = replace_marked(join.primaryjoin, replace)
    if join.secondaryjoin is None:
        return primary
    return and_(
        primary,
        replace_marked(join.secondaryjoin, lambda m: m.column if m.remote else target._adapt(m.column)),
    )


def foreign_key_binds(prop: Any, instance: Any) -> dict[str, Any]:
    """Attribute of the target -> a parameter with what makes its rows refer to this object."""
    return {
        prop.mapper.key_of[target]: value_bind(prop, instance, prop.parent, source)._with(_stays_unnamed=True)
        for source, target in prop.synchronize_pairs
    }


def value_bind(prop: Any, obj: Any, mapper: Any, column: Any, name: str = "param") -> BindParameter[Any]:
    """A parameter with the object's value for a column, read when the statement is executed."""
    cls = type(obj)
    own = getattr(cls, "__mapper__", None)
    if own is None or not own.isa(mapper.base_mapper):
        raise exc.ArgumentError(
            "Mapped instance expected for relationship comparison to object.   Classes, queries and other SQL elements are not "
            f"accepted in this context; for comparison with a subquery, use {prop}.has(**criteria)."
        )
    read = _value_of(obj, own.get_property_by_column(column).key, column)
    return BindParameter(name, callable_=read, type_=column.type, unique=True)


def _value_of(obj: Any, key: str, column: Any) -> Callable[[], Any]:
    """Reads the value now if it is there, so that an object expired later still tells it."""
    known = obj.__dict__.get(key, _UNREAD)

    def read() -> Any:
        found = obj.__dict__.get(key, known)
        if found is _UNREAD:
            found = _unread(obj, key, column)
        if found is None:
            warn(
                f"Got None for value of column {column}; this is unsupported for a relationship comparison and will not "
                "currently produce an IS comparison (but may in a future release)"
            )
        return found

    return read


def _unread(obj: Any, key: str, column: Any) -> Any:
    """A value that is not there: of its row's key, read again, or missing, which no query can be made of."""
    state = inspect(obj)
    if state.identity is not None:
        for own, value in zip(state.mapper.primary_key, state.identity, strict=True):
            if own is column:
                return value
    if state.session is not None and state.has_identity:
        return getattr(obj, key)
    why = (
        "the object is detached and the value was expired"
        if state.has_identity
        else "no value has been set for this column"
    )
    raise exc.InvalidRequestError(f"Can't resolve value for column {column} on object {describe(obj)}; {why}")
