"""Inspector: what a database contains. Each method is one set of steps of the dialect, run or awaited."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from enum import Flag, auto
from typing import Any, Self, TypeAlias

from sublimate import exc
from sublimate import schema as sa_schema
from sublimate.engine.connection import Connection
from sublimate.engine.engine import Engine
from sublimate.engine.reflected import (
    ReflectedCheckConstraint,
    ReflectedColumn,
    ReflectedForeignKeyConstraint,
    ReflectedIndex,
    ReflectedPrimaryKeyConstraint,
    ReflectedTableComment,
    ReflectedUniqueConstraint,
)
from sublimate.engine.reflection_info import KnownFacts, ReflectionInfo
from sublimate.engine.run import run
from sublimate.engine.table_reflection import TableReflection
from sublimate.inspection import inspects
from sublimate.util.warnings import warn, warn_deprecated


class ObjectKind(Flag):
    """Kinds of objects with columns."""

    TABLE = auto()
    VIEW = auto()
    MATERIALIZED_VIEW = auto()
    ANY_VIEW = VIEW | MATERIALIZED_VIEW
    ANY = TABLE | VIEW | MATERIALIZED_VIEW


class ObjectScope(Flag):
    """Lasting objects, temporary ones, or both."""

    DEFAULT = auto()
    TEMPORARY = auto()
    ANY = DEFAULT | TEMPORARY


TableKey: TypeAlias = tuple[str | None, str]
_ReflectionInfo = ReflectionInfo

#: what only one kind of database has, and the method that tells of it
_OF_ONE_DIALECT = {
    "enums": "get_enums", "domains": "get_domains", "foreign_table_names": "get_foreign_table_names", "table_oid": "get_table_oid",
    "type_names": "has_type",
}  # fmt: skip


class Inspector:
    """Looks up tables, columns, keys and so on in a database.

    >>> from sublimate import create_engine, inspect
    >>> inspect(create_engine("sqlite://")).get_table_names()
    []
    """

    bind: Any
    engine: Any
    dialect: Any
    info_cache: dict[Any, Any]

    def __init__(self, bind: Any) -> None:
        warn_deprecated(
            "The __init__() method on Inspector is deprecated and will be removed in a future release.  Please use the "
            "sqlalchemy.inspect() function on an Engine or Connection in order to acquire an Inspector. (deprecated since: 1.4)"
        )
        self._look_at(bind)

    def _look_at(self, bind: Any) -> None:
        self.bind = bind
        self.engine = bind.engine
        self.dialect = bind.dialect
        self.info_cache = {}

    @classmethod
    def of(cls, bind: Any) -> Self:
        """What `inspect(bind)` gives."""
        new = cls.__new__(cls)
        new._look_at(bind)
        return new

    @classmethod
    def from_engine(cls, bind: Any) -> Self:
        warn_deprecated(
            "The from_engine() method on Inspector is deprecated and will be removed in a future release.  Please use the "
            "sqlalchemy.inspect() function on an Engine or Connection in order to acquire an Inspector. (deprecated since: 1.4)"
        )
        return cls.of(bind)

    def clear_cache(self) -> None:
        """Look everything up again from now on."""
        self.info_cache.clear()

    @property
    def default_schema_name(self) -> str | None:
        """The schema of names without one."""
        if self.dialect.default_schema_name is None or not self.dialect.initialized:
            self._run(lambda connection: iter(()))
        found: str | None = self.dialect.default_schema_name
        return found

    @contextmanager
    def _operation_context(self) -> Iterator[Any]:
        """The connection, or one of the engine's taken for the purpose."""
        if isinstance(self.bind, Engine):
            with self.bind.connect() as connection:
                yield connection
        else:
            yield self.bind

    def _run(self, make_steps: Callable[..., Any]) -> Any:
        with self._operation_context() as connection:
            return run(_as_steps(make_steps(connection)))

    def _knows(self, name: str) -> bool:
        """Whether this kind of database has such objects at all."""
        return hasattr(self.dialect.introspection, f"{name}_steps")

    def _look(self, name: str, *args: Any, **kw: Any) -> Any:
        key = (name, args, tuple(sorted(kw.items())))
        if key not in self.info_cache:
            function = getattr(self.dialect.introspection, f"{name}_steps", None)
            if function is None and name in _OF_ONE_DIALECT:
                raise AttributeError(
                    f"'Inspector' object has no attribute '{_OF_ONE_DIALECT[name]}' on {self.dialect.name}"
                )
            if function is None:
                raise NotImplementedError(f"{self.dialect.name} cannot look up {name.replace('_', ' ')}")
            self.info_cache[key] = self._run(lambda connection: function(connection, *args, **kw))
        return self.info_cache[key]

    # -- names

    def get_schema_names(self, **kw: Any) -> list[str]:
        """All schemas."""
        return list(self._look("schema_names"))

    def get_table_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """The tables of a schema."""
        return list(self._look("table_names", schema, **kw))

    def get_view_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """The views of a schema."""
        return list(self._look("view_names", schema, **kw))

    def get_materialized_view_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        return list(self._look("materialized_view_names", schema, **kw))

    def get_temp_table_names(self, **kw: Any) -> list[str]:
        return list(self._look("temp_table_names"))

    def get_temp_view_names(self, **kw: Any) -> list[str]:
        return list(self._look("temp_view_names"))

    def get_sequence_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """The sequences of a schema."""
        return list(self._look("sequence_names", schema))

    def get_view_definition(self, view_name: str, schema: str | None = None, **kw: Any) -> str:
        """The query behind a view."""
        found: str = self._look("view_definition", view_name, schema)
        return found

    def has_table(self, table_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Whether there is a table or view of this name."""
        if table_name in self._look("relation_names", schema):
            return True
        return self._knows("temporary_table") and bool(self._look("temporary_table", table_name, schema))

    def has_sequence(self, sequence_name: str, schema: str | None = None, **kw: Any) -> bool:
        return sequence_name in self._look("sequence_names", schema)

    def has_schema(self, schema_name: str, **kw: Any) -> bool:
        return schema_name in self.get_schema_names()

    def has_index(self, table_name: str, index_name: str, schema: str | None = None, **kw: Any) -> bool:
        if not self.has_table(table_name, schema):
            return False
        return any(index["name"] == index_name for index in self.get_indexes(table_name, schema))

    # -- one table

    def get_columns(self, table_name: str, schema: str | None = None, **kw: Any) -> list[ReflectedColumn]:
        """The columns of a table, as dictionaries."""
        return [column.copy() for column in self._look("columns", table_name, schema, **kw)]

    def get_pk_constraint(
        self, table_name: str, schema: str | None = None, **kw: Any
    ) -> ReflectedPrimaryKeyConstraint:
        """The primary key of a table."""
        found: ReflectedPrimaryKeyConstraint = self._look("pk_constraint", table_name, schema, **kw).copy()
        return found

    def get_foreign_keys(
        self, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedForeignKeyConstraint]:
        """The foreign keys of a table."""
        return list(self._look("foreign_keys", table_name, schema, **kw))

    def get_indexes(self, table_name: str, schema: str | None = None, **kw: Any) -> list[ReflectedIndex]:
        """The indexes of a table."""
        return list(self._look("indexes", table_name, schema, **kw))

    def get_unique_constraints(
        self, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedUniqueConstraint]:
        return list(self._look("unique_constraints", table_name, schema, **kw))

    def get_check_constraints(
        self, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedCheckConstraint]:
        return list(self._look("check_constraints", table_name, schema, **kw))

    def get_table_comment(
        self, table_name: str, schema: str | None = None, **kw: Any
    ) -> ReflectedTableComment:
        found: ReflectedTableComment = self._look("table_comment", table_name, schema, **kw).copy()
        return found

    def get_table_options(self, table_name: str, schema: str | None = None, **kw: Any) -> dict[str, Any]:
        return dict(self._look("table_options", table_name, schema, **kw))

    def get_enums(self, schema: str | None = None) -> list[Any]:
        """The ENUM types of a schema."""
        return list(self._look("enums", schema))

    def get_domains(self, schema: str | None = None) -> list[Any]:
        return list(self._look("domains", schema))

    def get_foreign_table_names(self, schema: str | None = None) -> list[str]:
        """The tables of a schema whose rows are on another server."""
        return list(self._look("foreign_table_names", schema))

    def get_table_oid(self, table_name: str, schema: str | None = None) -> int:
        """PostgreSQL's own number of a table."""
        found: int = self._look("table_oid", table_name, schema)
        return found

    def has_type(self, type_name: str, schema: str | None = None, **kw: Any) -> bool:
        return type_name in self._look("type_names", schema)

    # -- many tables

    def _names(self, schema: str | None, kind: ObjectKind, scope: ObjectScope) -> list[str]:
        """The objects of these kinds; temporary ones belong to no schema that can be named."""
        names: list[str] = []
        lasting, temporary = ObjectScope.DEFAULT in scope, ObjectScope.TEMPORARY in scope and schema is None
        if ObjectKind.TABLE in kind:
            names += self.get_table_names(schema) if lasting else []
            names += self.get_temp_table_names() if temporary and self._knows("temp_table_names") else []
        if ObjectKind.VIEW in kind:
            names += self.get_view_names(schema) if lasting else []
            names += self.get_temp_view_names() if temporary and self._knows("temp_view_names") else []
        if ObjectKind.MATERIALIZED_VIEW in kind and lasting and self._knows("materialized_view_names"):
            names += self.get_materialized_view_names(schema)
        return list(dict.fromkeys(names))

    def _multi(
        self,
        method: Callable[..., Any],
        schema: str | None,
        filter_names: Sequence[str] | None,
        kind: ObjectKind,
        scope: ObjectScope,
        **kw: Any,
    ) -> dict[TableKey, Any]:
        found = {}
        for name in self._names(schema, kind, scope):
            if not filter_names or name in filter_names:
                found[schema, name] = method(name, schema, **kw)
        return found

    def get_multi_columns(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, Any]:
        """The columns of many tables, as `{(schema, table): [...]}`."""
        return self._multi(self.get_columns, schema, filter_names, kind, scope, **kw)

    def get_multi_pk_constraint(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, Any]:
        """The primary keys of many tables."""
        return self._multi(self.get_pk_constraint, schema, filter_names, kind, scope, **kw)

    def get_multi_foreign_keys(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, Any]:
        """The foreign keys of many tables."""
        return self._multi(self.get_foreign_keys, schema, filter_names, kind, scope, **kw)

    def get_multi_indexes(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, Any]:
        """The indexes of many tables."""
        return self._multi(self.get_indexes, schema, filter_names, kind, scope, **kw)

    def get_multi_unique_constraints(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, Any]:
        """The unique constraints of many tables."""
        return self._multi(self.get_unique_constraints, schema, filter_names, kind, scope, **kw)

    def get_multi_check_constraints(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, Any]:
        """The check constraints of many tables."""
        return self._multi(self.get_check_constraints, schema, filter_names, kind, scope, **kw)

    def get_multi_table_comment(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, Any]:
        """The comments of many tables."""
        return self._multi(self.get_table_comment, schema, filter_names, kind, scope, **kw)

    def get_multi_table_options(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, Any]:
        """The options of many tables."""
        return self._multi(self.get_table_options, schema, filter_names, kind, scope, **kw)

    def has_multi_table(
        self, table_names: Sequence[str], schema: str | None = None, **kw: Any
    ) -> dict[TableKey, bool]:
        """Which of these tables, views or temporary tables there are."""
        return {(schema, name): self.has_table(name, schema, **kw) for name in table_names}

    # -- in order of their foreign keys

    def get_sorted_table_and_fkc_names(
        self, schema: str | None = None, **kw: Any
    ) -> list[tuple[str | None, list[tuple[str, str | None]]]]:
        """Tables in order of their foreign keys; last, `(None, [...])`, the keys to add once all tables are there."""
        found = self.sort_tables_on_foreign_key_dependency((schema,), **kw)
        return [(key and key[1], [(table[1], name) for table, name in keys]) for key, keys in found]

    def sort_tables_on_foreign_key_dependency(
        self, consider_schemas: Collection[str | None] = (None,), **kw: Any
    ) -> list[tuple[TableKey | None, list[tuple[TableKey, str | None]]]]:
        """The same over several schemas: `((schema, table), [((schema, table), key), ...])`."""
        keys: dict[TableKey, list[tuple[TableKey, str | None]]] = {}
        for schema in consider_schemas:
            for name in self.get_table_names(schema, **kw):
                keys[schema, name] = [
                    ((key["referred_schema"], key["referred_table"]), key["name"])
                    for key in self.get_foreign_keys(name, schema, **kw)
                ]
        return _in_dependency_order(keys)

    # -- into Table objects

    def reflect_table(
        self,
        table: Any,
        include_columns: Any = None,
        exclude_columns: Any = (),
        resolve_fks: bool = True,
        _extend_on: Any = None,
        _reflect_info: ReflectionInfo | None = None,
    ) -> None:
        """Fill a Table with what the database has under its name."""
        facts: Any = self if _reflect_info is None else KnownFacts(self, _reflect_info)
        TableReflection(self, table, include_columns, exclude_columns, resolve_fks, _extend_on).run(facts)

    def _reflect_table_into(self, table: Any, **kw: Any) -> None:
        self.reflect_table(table, **kw)


def _in_dependency_order(
    keys: dict[TableKey, list[tuple[TableKey, str | None]]],
) -> list[tuple[TableKey | None, list[tuple[TableKey, str | None]]]]:
    """`keys` has, for each table, the tables it refers to and the names of the keys. A cycle sets all keys aside."""
    waiting = {
        table: {other for other, _ in own if other in keys and other != table} for table, own in keys.items()
    }
    ordered: list[TableKey] = []
    while waiting:
        ready = [table for table, others in waiting.items() if not others & waiting.keys()]
        if not ready:
            break
        ordered += ready
        for table in ready:
            del waiting[table]
    named = {table: list(dict.fromkeys((table, name) for _, name in own)) for table, own in keys.items()}
    if not waiting:
        return [*((table, named[table]) for table in ordered), (None, [])]
    aside = [(table, name) for table, own in keys.items() for other, name in own if other != table]
    return [*((table, []) for table in keys), (None, list(dict.fromkeys(aside)))]


def _as_steps(made: Any) -> Any:
    if hasattr(made, "send"):
        return made

    def nothing() -> Iterator[Any]:
        yield from made

    return nothing()


def reflect_metadata(
    bind: Any, metadata: Any, schema: str | None = None, views: bool = False, only: Any = None, extend_existing: bool = False,
    autoload_replace: bool = True, resolve_fks: bool = True, **dialect_kwargs: Any,
) -> None:  # fmt: skip
    """Add the tables of a database to a MetaData."""
    inspector = Inspector.of(bind)
    schema = schema if schema is not None else metadata.schema
    available = list(inspector.get_table_names(schema))
    if views:
        available += inspector.get_view_names(schema)
        if inspector._knows("materialized_view_names"):
            available += inspector.get_materialized_view_names(schema)
    if only is None:
        chosen = available
    elif callable(only):
        chosen = [name for name in available if only(name, metadata)]
    else:
        missing = [name for name in only if name not in available]
        if missing:
            described = f" schema '{schema}'" if schema else ""
            raise exc.InvalidRequestError(
                f"Could not reflect: requested table(s) not available in {bind.engine!r}{described}: ({', '.join(missing)})"
            )
        chosen = list(only)
    seen: set[Any] = set()
    for name in chosen:
        key = f"{schema}.{name}" if schema else name
        if key in metadata.tables and not extend_existing:
            continue
        try:
            sa_schema.Table(
                name, metadata, schema=schema, autoload_with=inspector, extend_existing=extend_existing,
                autoload_replace=autoload_replace, resolve_fks=resolve_fks, _extend_on=seen, **dialect_kwargs,
            )  # fmt: skip
        except exc.UnreflectableTableError as error:
            warn(f"Skipping table {name}: {error}")


@inspects(Engine, Connection)
def _inspect_bind(bind: Any) -> Inspector:
    return Inspector.of(bind)
