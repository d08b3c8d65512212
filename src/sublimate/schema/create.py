"""Creating and dropping tables, sequences, types and indexes, as steps: written once for blocking and awaited drivers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sublimate import exc
from sublimate.schema import ddl
from sublimate.schema.base import Steps
from sublimate.schema.ddl import CheckFirst
from sublimate.schema.events import fire
from sublimate.schema.sort import sort_tables_and_constraints
from sublimate.schema.types_of_tables import types_of
from sublimate.util.warnings import warn


class Existing:
    """What the database has already, looked up once per schema and only as far as asked."""

    def __init__(self, connection: Any, checkfirst: Any, *, of_one: bool = False) -> None:
        self.connection = connection
        self.check = CheckFirst.of(checkfirst)
        self._known: dict[tuple[str, Any], set[str]] = {}
        #: one table alone may be a temporary one, which some servers list nowhere
        self.of_one = of_one

    def _names_steps(self, kind: str, schema: str | None) -> Steps[Any]:
        known = self._known.get((kind, schema))
        if known is None:
            introspection = self.connection.dialect.introspection
            names = yield from getattr(introspection, f"{kind}_names_steps")(self.connection, schema)
            known = self._known[kind, schema] = set(names)
        return known

    def has_steps(self, kind: str, item: Any) -> Steps[Any]:
        """Whether a relation, sequence or type of this name is there."""
        schema = self.connection.schema_for_object(item)
        names = yield from self._names_steps(kind, schema)
        if self.connection.dialect.normalize_stored_name(item.name) in names:
            return True
        is_temporary = getattr(self.connection.dialect.introspection, "temporary_table_steps", None)
        if kind != "relation" or is_temporary is None or not (item._prefixes or self.of_one):
            return False
        return (yield from is_temporary(self.connection, item.name, schema))

    def missing_steps(self, kind: str, item: Any, flag: CheckFirst) -> Steps[Any]:
        """Whether to create it."""
        if not self.check & flag:
            return True
        return not (yield from self.has_steps(kind, item))

    def present_steps(self, kind: str, item: Any, flag: CheckFirst) -> Steps[Any]:
        """Whether to drop it."""
        if not self.check & flag:
            return True
        return (yield from self.has_steps(kind, item))


def _looked_up(table: Any) -> CheckFirst:
    return CheckFirst.VIEWS if table.is_view else CheckFirst.TABLES


def _execute(connection: Any, element: Any) -> Steps[Any]:
    return (yield from connection.execute_steps(element))


def _allowed(connection: Any, item: Any) -> bool:
    condition = getattr(item, "_ddl_if", None)
    return condition is None or condition.should_execute(None, item, connection)


def _event_names(existing: Existing, kind: str, item: Any, connection: Any, **kw: Any) -> None:
    fire(item, kind, item, connection, checkfirst=existing.check, _ddl_runner=None, **kw)


# -- create


def create_all_steps(
    connection: Any, metadata: Any, checkfirst: Any = True, tables: Any = None
) -> Steps[Any]:
    """Create the tables of a MetaData, in order, with all that belongs to them."""
    existing = Existing(connection, checkfirst)
    chosen = list(metadata.tables.values()) if tables is None else list(tables)
    missing: list[Any] = []
    for table in chosen:
        if (yield from existing.missing_steps("relation", table, _looked_up(table))):
            missing += [table]
    ordered = sort_tables_and_constraints(missing)
    sequences = yield from _missing_sequences(connection, metadata, existing)
    _event_names(
        existing, "before_create", metadata, connection, tables=[t for t, _ in ordered if t is not None]
    )
    done: set[int] = set()
    yield from _create_types(connection, metadata._schema_types(), existing, done)
    for sequence in sequences:
        yield from _execute(connection, ddl.CreateSequence(sequence))
    for table, constraints in ordered:
        if table is not None:
            yield from _create_table(connection, table, constraints, existing, done, of_metadata=True)
        elif connection.dialect.supports_alter:
            for constraint in constraints:
                if _allowed(connection, constraint):
                    yield from _execute(connection, ddl.AddConstraint(constraint, isolate_from_table=False))
    _event_names(
        existing, "after_create", metadata, connection, tables=[t for t, _ in ordered if t is not None]
    )


def create_table_steps(connection: Any, table: Any, checkfirst: Any = True) -> Steps[Any]:
    """Create one table, with all that belongs to it."""
    existing = Existing(connection, checkfirst, of_one=True)
    if (yield from existing.missing_steps("relation", table, _looked_up(table))):
        yield from _create_table(connection, table, None, existing, set())


def _create_table(
    connection: Any,
    table: Any,
    constraints: Any,
    existing: Existing,
    done: set[int],
    of_metadata: bool = False,
) -> Steps[Any]:
    dialect = connection.dialect
    _event_names(existing, "before_create", table, connection, _is_metadata_operation=of_metadata)
    yield from _create_types(connection, types_of(table), existing, done)
    for column in table.columns:
        default = column.default
        if (
            default is not None
            and default.is_sequence
            and _wants_sequence(dialect, default)
            and id(default) not in done
        ):
            done.add(id(default))
            if (yield from existing.missing_steps("sequence", default, CheckFirst.SEQUENCES)):
                yield from _execute(connection, ddl.CreateSequence(default))
    if table._creator_ddl is not None:
        yield from _execute(connection, table._creator_ddl)
    else:
        included = constraints if dialect.supports_alter else None
        yield from _execute(connection, ddl.CreateTable(table, include_foreign_key_constraints=included))
    for index in sorted(table.indexes, key=lambda i: i.name or ""):
        if _allowed(connection, index):
            yield from _create_index(connection, index)
    if dialect.supports_comments and not dialect.inline_comments:
        for element in _comments(table, dialect):
            yield from _execute(connection, element)
    _event_names(existing, "after_create", table, connection, _is_metadata_operation=of_metadata)


def _create_index(connection: Any, index: Any) -> Steps[Any]:
    fire(index, "before_create", index, connection, _ddl_runner=None)
    yield from _execute(connection, ddl.CreateIndex(index))
    fire(index, "after_create", index, connection, _ddl_runner=None)


def _comments(table: Any, dialect: Any) -> Iterable[Any]:
    if table.comment is not None:
        yield ddl.SetTableComment(table)
    for column in table.columns:
        if column.comment is not None:
            yield ddl.SetColumnComment(column)
    if dialect.supports_constraint_comments:
        for constraint in table._sorted_constraints:
            if constraint.comment is not None:
                yield ddl.SetConstraintComment(constraint)


def _create_types(
    connection: Any, types: Iterable[Any], existing: Existing, done: set[int], asked: bool = False
) -> Steps[Any]:
    for type_, create, _ in _named_types(connection.dialect, types, done, asked):
        if (yield from existing.missing_steps("type", type_, CheckFirst.TYPES)):
            yield from _execute(connection, create)


def _named_types(
    dialect: Any, types: Iterable[Any], done: set[int], asked: bool = False
) -> Iterator[tuple[Any, Any, Any]]:
    """The types that the database keeps by name, each once, with what creates and what drops it.

    Those with `create_type=False` only where the type itself was asked for, not with the tables that use it.
    """
    for type_ in types:
        described = dialect.named_type(type_)
        if described is not None and not (asked or described[0].create_type):
            continue
        key = hash((described[0].schema, described[0].name)) if described is not None else 0
        if described is not None and key not in done:
            done.add(key)
            yield described


def _wants_sequence(dialect: Any, sequence: Any) -> bool:
    return dialect.supports_sequences and not (sequence.optional and dialect.sequences_optional)


def _missing_sequences(connection: Any, metadata: Any, existing: Existing) -> Steps[Any]:
    found: list[Any] = []
    for sequence in metadata._sequences.values():
        wanted = sequence.column is None and _wants_sequence(connection.dialect, sequence)
        if wanted and (yield from existing.missing_steps("sequence", sequence, CheckFirst.SEQUENCES)):
            found += [sequence]
    return found


# -- drop


def drop_all_steps(connection: Any, metadata: Any, checkfirst: Any = True, tables: Any = None) -> Steps[Any]:
    """Drop the tables of a MetaData, in order, with all that belongs to them."""
    existing = Existing(connection, checkfirst)
    present: list[Any] = []
    for table in list(metadata.tables.values()) if tables is None else list(tables):
        if (yield from existing.present_steps("relation", table, _looked_up(table))):
            present += [table]
    ordered = _drop_order(connection.dialect, present)
    names = [table for table, _ in ordered if table is not None]
    _event_names(existing, "before_drop", metadata, connection, tables=names)
    for table, constraints in ordered:
        if table is None:
            for constraint in constraints:
                if connection.dialect.supports_alter and constraint.table in present:
                    yield from _execute(connection, ddl.DropConstraint(constraint))
        else:
            yield from _drop_table(connection, table, existing, of_metadata=True)
    if tables is None:
        for sequence in metadata._sequences.values():
            if sequence.column is None and _wants_sequence(connection.dialect, sequence):
                yield from _drop_sequence(connection, sequence, existing)
    done: set[int] = set()
    staying = [] if tables is None else [t for t in metadata.tables.values() if t not in tables]
    needed = {(type_.schema, type_.name) for table in staying for type_ in types_of(table)}
    of_tables = (type_ for table in names for type_ in types_of(table))
    types = [t for t in (*metadata._schema_types(), *of_tables) if (t.schema, t.name) not in needed]
    yield from _drop_types(connection, types, existing, done)
    _event_names(existing, "after_drop", metadata, connection, tables=names)


def _drop_order(dialect: Any, tables: list[Any]) -> list[tuple[Any, Any]]:
    """The reverse of creation; foreign keys of a cycle are dropped first, if they have names."""

    def filter_fn(constraint: Any) -> bool | None:
        return None if dialect.supports_alter and constraint.name is not None else False

    try:
        return list(reversed(sort_tables_and_constraints(tables, filter_fn)))
    except exc.CircularDependencyError as error:
        names = ", ".join(sorted(table.fullname for table in error.cycles))
        if dialect.supports_alter:
            raise exc.CircularDependencyError(
                f"Can't sort tables for DROP; an unresolvable foreign key dependency exists between tables: {names}.  "
                "Please ensure that the ForeignKey and ForeignKeyConstraint objects involved in the cycle have names so "
                "that they can be dropped using DROP CONSTRAINT.",
                error.cycles,
                error.edges,
            ) from error
        warn(
            f"Can't sort tables for DROP; an unresolvable foreign key dependency exists between tables: {names}; and "
            "backend does not support ALTER.  To restore at least a partial sort, apply use_alter=True to ForeignKey and "
            "ForeignKeyConstraint objects involved in the cycle to mark these as known cycles that will be ignored."
        )
        return [(table, ()) for table in reversed(tables)]


def drop_table_steps(connection: Any, table: Any, checkfirst: Any = True) -> Steps[Any]:
    """Drop one table, with all that belongs to it."""
    existing = Existing(connection, checkfirst, of_one=True)
    if (yield from existing.present_steps("relation", table, _looked_up(table))):
        yield from _drop_table(connection, table, existing)


def _drop_table(connection: Any, table: Any, existing: Existing, of_metadata: bool = False) -> Steps[Any]:
    _event_names(existing, "before_drop", table, connection, _is_metadata_operation=of_metadata)
    if table.is_view:
        yield from _execute(connection, ddl.DropView(table, materialized=table._creator_ddl.materialized))
    else:
        yield from _execute(connection, ddl.DropTable(table))
    for column in table.columns:
        default = column.default
        if default is not None and default.is_sequence and _wants_sequence(connection.dialect, default):
            yield from _drop_sequence(connection, default, existing)
    _event_names(existing, "after_drop", table, connection, _is_metadata_operation=of_metadata)


def _drop_sequence(connection: Any, sequence: Any, existing: Existing) -> Steps[Any]:
    if (yield from existing.present_steps("sequence", sequence, CheckFirst.SEQUENCES)):
        yield from _execute(connection, ddl.DropSequence(sequence))


def _drop_types(
    connection: Any, types: Iterable[Any], existing: Existing, done: set[int], asked: bool = False
) -> Steps[Any]:
    for type_, _, drop in _named_types(connection.dialect, types, done, asked):
        if (yield from existing.present_steps("type", type_, CheckFirst.TYPES)):
            yield from _execute(connection, drop)


# -- single items


def create_sequence_steps(connection: Any, sequence: Any, checkfirst: Any = True) -> Steps[Any]:
    """Create a sequence."""
    if not _wants_sequence(connection.dialect, sequence):
        return
    if (
        yield from Existing(connection, checkfirst).missing_steps("sequence", sequence, CheckFirst.SEQUENCES)
    ):
        yield from _execute(connection, ddl.CreateSequence(sequence))


def drop_sequence_steps(connection: Any, sequence: Any, checkfirst: Any = True) -> Steps[Any]:
    """Drop a sequence."""
    if _wants_sequence(connection.dialect, sequence):
        yield from _drop_sequence(connection, sequence, Existing(connection, checkfirst))


def _has_index_steps(connection: Any, index: Any) -> Steps[Any]:
    schema = connection.schema_for_object(index.table)
    found = yield from connection.dialect.introspection.indexes_steps(connection, index.table.name, schema)
    return any(one["name"] == index.name for one in found)


def create_index_steps(connection: Any, index: Any, checkfirst: Any = False) -> Steps[Any]:
    """Create an index."""
    if checkfirst and (yield from _has_index_steps(connection, index)):
        return
    yield from _create_index(connection, index)


def drop_index_steps(connection: Any, index: Any, checkfirst: Any = False) -> Steps[Any]:
    """Drop an index."""
    if checkfirst and not (yield from _has_index_steps(connection, index)):
        return
    fire(index, "before_drop", index, connection, _ddl_runner=None)
    yield from _execute(connection, ddl.DropIndex(index))
    fire(index, "after_drop", index, connection, _ddl_runner=None)


def create_type_steps(connection: Any, type_: Any, checkfirst: Any = True) -> Steps[Any]:
    """Create a named type, where the database has such types."""
    yield from _create_types(
        connection, [type_], Existing(connection, CheckFirst.ALL if checkfirst else False), set(), asked=True
    )


def drop_type_steps(connection: Any, type_: Any, checkfirst: Any = True) -> Steps[Any]:
    """Drop a named type, where the database has such types."""
    yield from _drop_types(
        connection, [type_], Existing(connection, CheckFirst.ALL if checkfirst else False), set(), asked=True
    )
