"""Makes the table of a declarative class, or gives its columns to the table of the class above."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.schema import Column, MetaData, Table
from sublimate.util.warnings import warn

from .class_body import ClassBody, waiting_parent
from .declared import DeclaredAttributes


def make_table(body: ClassBody, declared: DeclaredAttributes) -> Any:
    """The table of the class; None if it shares that of the class above."""
    _warn_of_duplicates(body, declared)
    columns = [c for _, _, c in sorted(declared.columns, key=lambda item: item[0])]
    if body.table is not None:
        _check_given_table(body.table, columns)
        return body.table
    if body.tablename is not None:
        return _new_table(body, columns, declared.registry)
    if body.inherits is not None:
        _add_to_parent_table(body, columns, body.inherits.local_table)
    elif (waiting := waiting_parent(body.cls)) is not None:
        _add_to_parent_table(body, columns, waiting.table)
    else:
        raise exc.InvalidRequestError(
            f"Class {body.cls} does not have a __table__ or __tablename__ specified and does not inherit from an existing "
            "table-mapped class."
        )
    return None


def _new_table(body: ClassBody, columns: list[Column[Any]], registry: Any) -> Any:
    args, kw = _table_arguments(body.table_args)
    auto = vars(body.cls).get("__autoload_with__")
    if auto is not None:
        kw.setdefault("autoload_with", auto)
    metadata = getattr(body.cls, "metadata", None)
    if not isinstance(metadata, MetaData):
        metadata = registry.metadata
    make = getattr(body.cls, "__table_cls__", None) or Table
    table = make(body.tablename, metadata, *columns, *args, **kw)
    body.cls.__table__ = table
    return table


def _check_given_table(table: Any, columns: list[Column[Any]]) -> None:
    if hasattr(table, "metadata") or hasattr(table, "c"):
        for column in columns:
            if column.table is None and column.key not in table.c:
                raise exc.ArgumentError(
                    f"Can't add additional column {column.key!r} when specifying __table__"
                )


def _warn_of_duplicates(body: ClassBody, declared: DeclaredAttributes) -> None:
    by_name: dict[str, list[str]] = {}
    for _, key, column in declared.columns:
        by_name.setdefault(column.name, []).append(str(key))
    for name, keys in by_name.items():
        if len(keys) > 1:
            warn(
                f"On class {body.cls.__name__!r}, Column object {name!r} named directly multiple times, only one will be used: "
                f"{', '.join(sorted(keys))}. Consider using orm.synonym instead"
            )


def _add_to_parent_table(body: ClassBody, columns: list[Column[Any]], table: Any) -> None:
    if body.table_args:
        raise exc.ArgumentError("Can't place __table_args__ on an inherited class with no table.")
    for column in columns:
        if column.table is table:
            continue
        known = table.c.get(column.key)
        if known is not None:
            if known is column:
                continue
            raise exc.ArgumentError(
                f"Column '{column.name}' on class {body.cls.__name__} conflicts with existing column '{known}'.  If using "
                "Declarative, consider using the use_existing_column parameter of mapped_column() to resolve conflicts."
            )
        if column.primary_key:
            raise exc.ArgumentError("Can't place primary key columns on an inherited class with no table.")
        table.append_column(column)


def _table_arguments(table_args: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if table_args is None:
        return (), {}
    if isinstance(table_args, dict):
        return (), dict(table_args)
    if table_args and isinstance(table_args[-1], dict):
        return tuple(table_args[:-1]), dict(table_args[-1])
    return tuple(table_args), {}
