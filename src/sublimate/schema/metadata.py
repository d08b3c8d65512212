"""MetaData: the tables of an application, and creating them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from sublimate import exc
from sublimate.expression.names import quoted_name
from sublimate.inspection import inspects_itself
from sublimate.schema.base import NO_ARG, SchemaItem
from sublimate.schema.naming import DEFAULT_NAMING_CONVENTION
from sublimate.schema.sort import sort_tables
from sublimate.schema.table import Table, table_key

_T = TypeVar("_T")


class Tables(dict[str, Table]):
    """The tables of a MetaData by key; only the MetaData changes it."""

    def _refuse(self, *args: Any, **kw: Any) -> Any:
        raise TypeError("MetaData.tables is immutable; use Table(..., metadata) and metadata.remove(table)")

    __setitem__ = __delitem__ = pop = popitem = clear = setdefault = update = _refuse

    def __repr__(self) -> str:
        return f"FacadeDict({dict(self)!r})"

    def __reduce__(self) -> Any:
        return _restore_tables, (dict(self),)


def _restore_tables(entries: dict[str, Table]) -> Tables:
    tables = Tables()
    for key, table in entries.items():
        dict.__setitem__(tables, key, table)
    return tables


@inspects_itself
class MetaData(SchemaItem):
    """A collection of tables.

    >>> from sublimate import Column, Integer, MetaData, Table
    >>> metadata = MetaData()
    >>> _ = Table("users", metadata, Column("id", Integer, primary_key=True))
    >>> list(metadata.tables)
    ['users']
    """

    __visit_name__ = "metadata"

    @property
    def schemas(self) -> tuple[str, ...]:
        """The schemas of its tables and other objects, each once, in their order."""
        items = [*self.tables.values(), *self._sequences.values(), *self._schema_types()]
        return tuple(dict.fromkeys(item.schema for item in items if item.schema is not None))

    def get_schema_objects(self, kind: type[_T], *, schema: Any = NO_ARG) -> tuple[_T, ...]:
        """Its objects of a kind that belong to no table, such as named enums; those of one schema if one is given."""
        found = [item for item in self._schema_types() if isinstance(item, kind)]
        return tuple(item for item in found if schema is NO_ARG or getattr(item, "schema", None) == schema)

    def get_schema_object_by_name(self, kind: type[_T], name: str, *, schema: Any = NO_ARG) -> _T | None:
        """The object of a kind with a name, such as a named enum; None if there is none."""
        found: list[Any] = list(self.get_schema_objects(kind, schema=schema))
        return next((item for item in found if item.name == name), None)

    def __init__(
        self,
        schema: str | None = None,
        quote_schema: bool | None = None,
        naming_convention: Mapping[Any, Any] | None = None,
        info: dict[Any, Any] | None = None,
    ) -> None:
        if schema is not None and not isinstance(schema, str):
            raise exc.ArgumentError(f"expected schema argument to be a string, got {type(schema)}.")
        self.tables = Tables()
        self.schema: Any = quoted_name(schema, quote_schema)
        self.naming_convention: dict[Any, Any] = (
            dict(naming_convention) if naming_convention else dict(DEFAULT_NAMING_CONVENTION)
        )
        self._sequences: dict[str, Any] = {}
        self._types: list[Any] = []
        self._awaited: dict[str, list[Any]] = {}
        """Foreign keys that point at columns of tables to come, by the table's key."""
        if info is not None:
            self.info = info

    def __contains__(self, table_or_key: Any) -> bool:
        key = table_or_key if isinstance(table_or_key, str) else table_or_key.key
        return key in self.tables

    def __repr__(self) -> str:
        return "MetaData()"

    def _add_table(self, name: str, schema: str | None, table: Table) -> None:
        dict.__setitem__(self.tables, table_key(name, schema), table)

    def _remove_table(self, name: str, schema: str | None) -> None:
        dict.pop(self.tables, table_key(name, schema), None)

    def remove(self, table: Table) -> None:
        """Forget a table."""
        self._remove_table(table.name, table.schema)

    def clear(self) -> None:
        """Forget all tables."""
        dict.clear(self.tables)
        self._sequences.clear()
        self._types.clear()

    @property
    def sorted_tables(self) -> list[Table]:
        """The tables, each after those it depends on through foreign keys."""
        return sort_tables(sorted(self.tables.values(), key=lambda table: table.key))

    @property
    def _schemas(self) -> set[str]:
        return {table.schema for table in self.tables.values() if table.schema is not None}

    def _schema_types(self) -> Iterator[Any]:
        """The named types that belong to the metadata as a whole."""
        return iter(self._types)

    def _add_type(self, type_: Any) -> None:
        """Note a type that the database may keep by name."""
        if not any(type_ is known for known in self._types):
            self._types.append(type_)

    def create_all(self, bind: Any, tables: Any = None, checkfirst: Any = True) -> None:
        """Create all tables (or those given), in the order their foreign keys need; existing ones are left alone."""
        from sublimate.schema.create import create_all_steps

        bind._run_schema_steps(create_all_steps, self, checkfirst, tables)

    def drop_all(self, bind: Any, tables: Any = None, checkfirst: Any = True) -> None:
        """Drop all tables (or those given), in the order their foreign keys need."""
        from sublimate.schema.create import drop_all_steps

        bind._run_schema_steps(drop_all_steps, self, checkfirst, tables)

    def reflect(
        self,
        bind: Any,
        schema: str | None = None,
        views: bool = False,
        only: Any = None,
        extend_existing: bool = False,
        autoload_replace: bool = True,
        resolve_fks: bool = True,
        **dialect_kwargs: Any,
    ) -> None:
        """Add the tables that exist in the database."""
        bind._reflect_metadata_into(
            self, schema=schema, views=views, only=only, extend_existing=extend_existing,
            autoload_replace=autoload_replace, resolve_fks=resolve_fks, **dialect_kwargs,
        )  # fmt: skip
