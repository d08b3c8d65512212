"""Bulk operations: rows given as dictionaries, straight to INSERT and UPDATE of each table of a mapper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sublimate import exc
from sublimate.engine.steps import Steps
from sublimate.expression.literal import BindParameter
from sublimate.orm.exc import StaleDataError
from sublimate.orm.state import state_of
from sublimate.statements.dml import Insert, Update

NO_KEY = (
    "No primary key value supplied for column(s) {}; per-row ORM Bulk UPDATE by Primary Key requires that records contain primary key "
    "values"
)


def rows_for_table(
    mapper: Any, table: Any, rows: Iterable[Mapping[str, Any]], render_nulls: bool = True
) -> list[dict[str, Any]]:
    """Attribute names and values as column keys and values of new rows of one table."""
    made = plain_rows(mapper, table, rows, render_nulls)
    discriminator = _discriminator(mapper, table)
    if discriminator is not None:
        for values in made:
            values.setdefault(*discriminator)
    return made


def plain_rows(
    mapper: Any, table: Any, rows: Iterable[Mapping[str, Any]], render_nulls: bool = True
) -> list[dict[str, Any]]:
    """The given values alone, by column keys of one table."""
    keys = {
        prop_key: column.key
        for prop_key, prop in mapper.column_props.items()
        for column in prop.columns
        if getattr(column, "table", None) is table
    }
    return [
        {
            keys[name]: value
            for name, value in row.items()
            if name in keys and (render_nulls or value is not None)
        }
        for row in rows
    ]


def _discriminator(mapper: Any, table: Any) -> tuple[str, Any] | None:
    on = mapper.polymorphic_on
    if on is None or mapper.polymorphic_identity is None or getattr(on, "table", None) is not table:
        return None
    return on.key, mapper.polymorphic_identity


def grouped(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Neighbouring rows with the same keys together."""
    groups: list[list[dict[str, Any]]] = []
    last: frozenset[str] | None = None
    for row in rows:
        keys = frozenset(row)
        if keys != last:
            groups.append([])
            last = keys
        groups[-1].append(row)
    return groups


def in_flush_steps(session: Any, steps: Steps[None]) -> Steps[None]:
    """A bulk operation is a flush: if it fails, the transaction is rolled back and asks for `rollback()`."""
    try:
        yield from steps
    except BaseException as error:
        if session._transaction is not None:
            yield from session._transaction.fail_steps(error)
        raise


def insert_mappings_steps(
    session: Any,
    mapper: Any,
    mappings: list[dict[str, Any]],
    return_defaults: bool,
    render_nulls: bool = False,
) -> Steps[None]:
    """Insert dictionaries; with `return_defaults`, generated primary keys are put into them."""
    connection = yield from session._connection_steps(mapper)
    tables = list(mapper.tables)
    for i, table in enumerate(tables):
        rows = rows_for_table(mapper, table, mappings, render_nulls)
        needs_keys = return_defaults or i + 1 < len(tables)
        if needs_keys:
            yield from _insert_returning_steps(connection, mapper, table, rows, mappings)
            continue
        for group in grouped(rows):
            yield from connection.execute_steps(Insert(table), group)


def _insert_returning_steps(
    connection: Any, mapper: Any, table: Any, rows: list[dict[str, Any]], mappings: list[dict[str, Any]]
) -> Steps[None]:
    at = 0
    if not connection.dialect.insert_executemany_returning:
        for mapping, row in zip(mappings, rows, strict=True):
            result = yield from connection.execute_steps(Insert(table), row)
            for column, value in zip(table.primary_key, result.inserted_primary_key, strict=True):
                mapping[mapper.get_property_by_column(column).key] = value
        return _carry_keys(mapper, mappings)
    for group in grouped(rows):
        missing = [column for column in table.primary_key if column.key not in group[0]]
        if not missing:
            yield from connection.execute_steps(Insert(table), group)
            at += len(group)
            continue
        result = yield from connection.execute_steps(
            Insert(table).returning(*missing, sort_by_parameter_order=True), group
        )
        for found in result.all():
            for column, value in zip(missing, found, strict=True):
                mappings[at][mapper.get_property_by_column(column).key] = value
            at += 1
    _carry_keys(mapper, mappings)


def _carry_keys(mapper: Any, mappings: list[dict[str, Any]]) -> None:
    """Keys of a parent table are keys of the child table too."""
    for key in mapper.pk_keys:
        for mapping in mappings:
            mapping.setdefault(key, None)


def update_mappings_steps(session: Any, mapper: Any, mappings: list[dict[str, Any]]) -> Steps[None]:
    """Update rows given as dictionaries with their primary keys."""
    connection = yield from session._connection_steps(mapper)
    lacking = [key for key in mapper.pk_keys if any(key not in m for m in mappings)]
    if lacking:
        columns = ", ".join(
            f"{c.table.name}.{c.name}"
            for c in mapper.primary_key
            if mapper.get_property_by_column(c).key in lacking
        )
        raise exc.InvalidRequestError(NO_KEY.format(columns), code="bupq")
    for table in mapper.tables:
        version = mapper.version_id_col
        if version is not None and not table.c.contains_column(version):
            version = None
        for group in grouped(plain_rows(mapper, table, mappings)):
            found_by = [*table.primary_key]
            checked = version is not None and version.key in group[0]
            if checked:
                found_by.append(version)
            keys = [c.key for c in found_by]
            names = [name for name in group[0] if name not in keys]
            if not names:
                continue
            statement: Any = Update(table)
            counts_on = checked and mapper.version_id_generator is not False
            if counts_on:
                names.append(version.key)
            for column in found_by:
                statement = statement.where(
                    column == BindParameter(f"pk_{column.key}", None, type_=column.type, required=True)
                )
            statement = statement.values(
                {
                    name: BindParameter(f"v_{name}", None, type_=table.c[name].type, required=True)
                    for name in names
                }
            )
            params = [
                {**{f"pk_{k}": row[k] for k in keys}, **{f"v_{n}": row[n] for n in names}} for row in group
            ]
            if counts_on:
                for row in params:
                    row[f"v_{version.key}"] = mapper.version_id_generator(row[f"pk_{version.key}"])
            result = yield from connection.execute_steps(statement, params)
            counts = len(params) == 1 or connection.dialect.supports_sane_multi_rowcount
            if counts and result.rowcount not in (-1, len(params)):
                raise StaleDataError(
                    f"UPDATE statement on table '{table.name}' expected to update {len(params)} row(s); "
                    f"{result.rowcount} were matched."
                )
        if (
            version is not None and mapper.version_id_generator is not False
        ):  # what the session's objects are told
            attribute = mapper.key_of[version]
            for mapping in mappings:
                if attribute in mapping:
                    mapping[attribute] = mapper.version_id_generator(mapping[attribute])


def save_objects_steps(session: Any, objects: list[Any], return_defaults: bool) -> Steps[None]:
    """Insert new objects and update changed ones, class by class."""
    inserts: dict[Any, list[Any]] = {}
    updates: dict[Any, list[Any]] = {}
    for obj in objects:
        state = state_of(obj)
        (inserts if state.pk is None else updates).setdefault(state.mapper, []).append(obj)
    for mapper, news in inserts.items():
        rows = [{k: o.__dict__[k] for k in mapper.column_props if k in o.__dict__} for o in news]
        yield from insert_mappings_steps(session, mapper, rows, return_defaults)
        if return_defaults:
            for obj, row in zip(news, rows, strict=True):
                obj.__dict__.update({k: row[k] for k in mapper.pk_keys})
                state_of(obj).pk = mapper.class_state.pk_of(row)
    for mapper, changed in updates.items():
        rows = []
        for obj in changed:
            state = state_of(obj)
            keys = [k for k in (state.committed or ()) if k in mapper.column_props]
            if keys:
                identity = state.pk if isinstance(state.pk, tuple) else (state.pk,)
                rows.append(
                    {**{k: obj.__dict__[k] for k in keys}, **dict(zip(mapper.pk_keys, identity, strict=True))}
                )
            state.committed = None
            session._dirty.pop(state, None)
        for row in rows:
            yield from update_mappings_steps(session, mapper, [row])
