"""TypedColumns: a class that lists a table's columns, for type checkers and for `Table(name, metadata, the_class)`."""

from __future__ import annotations

import datetime
import decimal
import sys
import types as python_types
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ForwardRef, Generic, TypeVar, Union, get_args, get_origin

from sublimate import exc, types
from sublimate.schema.column import Column
from sublimate.statements.columns import ReadOnlyColumnCollection

_T = TypeVar("_T")

#: Python type -> the SQL type of a column annotated with it
SQL_TYPES: dict[Any, Any] = {
    int: types.Integer,
    str: types.String,
    float: types.Double,
    bool: types.Boolean,
    bytes: types.LargeBinary,
    decimal.Decimal: types.Numeric,
    datetime.datetime: types.DateTime,
    datetime.date: types.Date,
    datetime.time: types.Time,
    datetime.timedelta: types.Interval,
    uuid.UUID: types.Uuid,
}


class Named(Generic[_T]):
    """In annotations: an attribute that stands for a column of this Python type."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> Column[_T]: ...


class TypedColumns(ReadOnlyColumnCollection[str, Column[Any]]):
    """Subclass it to name and type a table's columns.

    >>> from sublimate import Column, Integer, MetaData, Table
    >>> class user_cols(TypedColumns):
    ...     id = Column(Integer, primary_key=True)
    ...     name: Named[str]
    ...     age: Named[int | None]
    >>> users = Table("users", MetaData(), user_cols)
    >>> [(column.name, column.nullable) for column in users.c]
    [('id', False), ('name', False), ('age', True)]
    """

    if not TYPE_CHECKING:  # to whom a class that cannot be made would be no class

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            raise exc.InvalidRequestError(
                "Cannot instantiate a TypedColumns object: it describes a table's columns"
            )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        methods = [name for name, value in vars(cls).items() if isinstance(value, python_types.FunctionType)]
        if methods:
            raise exc.InvalidRequestError(f"TypedColumns subclasses may not define methods. Found {methods}")


def columns_of(cls: type[TypedColumns]) -> list[Column[Any]]:
    """New columns as the class lists them, those of its bases first."""
    found: dict[str, Column[Any]] = {}
    for base in reversed(cls.__mro__):
        if issubclass(base, TypedColumns) and base is not TypedColumns:
            found.update(_own_columns(base))
    return list(found.values())


def _own_columns(cls: type) -> Iterator[tuple[str, Column[Any]]]:
    import inspect  # which few programs need, and is slow to load

    annotations = inspect.get_annotations(cls)
    for name, value in vars(cls).items():
        if not name.startswith("__") and not isinstance(value, Column):
            raise exc.ArgumentError(
                f"Unexpected value for attribute '{cls.__name__}.{name}'. Expected a Column, not: {type(value)}"
            )
    names = [name for name in annotations if not name.startswith("__")]
    declared = {name: value for name, value in vars(cls).items() if isinstance(value, Column)}
    plain = [name for name, column in declared.items() if name not in names and column.name is None]
    for name in dict.fromkeys([*plain, *names, *declared]):
        given = declared.get(name)
        column: Column[Any] = Column() if given is None else given._copy()
        if name in annotations:
            _annotate(column, annotations[name], given, f"{cls.__name__}.{name}", cls)
        column.key = name
        if column.name is None:
            column.name = name
        yield name, column


def _annotate(column: Column[Any], annotation: Any, given: Any, where: str, cls: type) -> None:
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        annotation = eval(annotation, vars(sys.modules[cls.__module__]))
    if get_origin(annotation) not in (Named, Column):
        raise exc.ArgumentError(
            f"The annotation of {where} is {annotation!r}: a column is annotated with Named[…] or Column[…]"
        )
    (python_type,) = get_args(annotation)
    python_type, nullable = _optional(python_type)
    if (column.type._isnull and not column.foreign_keys) or (
        column.type._isnull and python_type in SQL_TYPES
    ):
        column.type = _sql_type(python_type, annotation, where)
    if given is None or given._user_defined_nullable is None:
        column.nullable = nullable and not column.primary_key
        column._user_defined_nullable = column.nullable


def _optional(python_type: Any) -> tuple[Any, bool]:
    if get_origin(python_type) not in (Union, python_types.UnionType):
        return python_type, False
    others = [part for part in get_args(python_type) if part is not type(None)]
    return (others[0] if len(others) == 1 else python_type), len(others) < len(get_args(python_type))


def _sql_type(python_type: Any, annotation: Any, where: str) -> Any:
    found = SQL_TYPES.get(python_type)
    if found is None:
        raise exc.ArgumentError(
            f"Could not find a SQL type for type {python_type} obtained from annotation {annotation} in attribute '{where}'"
        )
    return found()
