"""INSERT, UPDATE and DELETE on mapped classes: executed in bulk, and the session's objects kept in step with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sublimate import exc
from sublimate.engine.buffer import RowBuffer
from sublimate.engine.cursor import no_rows
from sublimate.engine.parameters import distill
from sublimate.engine.result import Result
from sublimate.engine.row import ResultMetaData
from sublimate.engine.steps import Steps
from sublimate.orm.loading.columns import Columns, is_entity
from sublimate.orm.loading.criteria import Criteria
from sublimate.orm.loading.evaluate import EXPIRED, UnevaluatableError, conjunction, evaluator
from sublimate.orm.loading.paths import StatementOptions
from sublimate.orm.state import STATE, expire_state, state_of
from sublimate.statements.select import Select
from sublimate.util.warnings import warn_deprecated

from . import bulk, composites
from .from_statement import objects_steps
from .getting import get_steps
from .membership import forget_rows
from .tokens import TOKEN

_WAYS = ("auto", "evaluate", "fetch", False, None)


def dml_steps(
    session: Any,
    statement: Any,
    params: Any,
    execution_options: Mapping[str, Any],
    bind_arguments: Any,
    source: Any,
) -> Steps[Any]:
    """Execute a DML statement; on a mapped class, with all that entails."""
    table = statement.table
    options = {**statement._execution_options, **execution_options}
    bind = session._bind_for(statement, bind_arguments)
    if session._autoflushes():
        yield from session._autoflush_steps(options)
    if not is_entity(table):
        connection = yield from session._use().connection_steps(bind)
        result = yield from connection.execute_steps(statement, params, options or None)
        return (yield from _returned_steps(session, bind, statement, result, options, source))
    mapper = table.mapper
    mapper._check_configure()
    if statement._with_options:
        _warn_of_joins(statement)
    session = session._under(options.get(TOKEN))
    statement, given = composites.spread(statement, mapper, distill(params))
    if statement.is_insert:
        return (yield from _insert_steps(session, bind, statement, mapper, given, options, source))
    if isinstance(given, Sequence) and statement.is_update:
        return (yield from _bulk_update_steps(session, statement, mapper, given, options))
    return (yield from _synchronized_steps(session, bind, statement, mapper, given, options, source))


def _warn_of_joins(statement: Any) -> None:
    """Options that load by a join or subquery of the statement have none here."""
    for option in statement._with_options:
        for path, strategy, *_ in getattr(option, "elements", ()):
            if len(path) == 1 and strategy in ("joined", "subquery"):
                warn_deprecated(
                    f"The {strategy}load loader option is not compatible with DML statements such as INSERT, UPDATE.  Only SELECT may be "
                    "used; selectinload() loads after any statement."
                )


def _returned_steps(
    session: Any, bind: Any, statement: Any, result: Any, options: Any, source: Any
) -> Steps[Any]:
    """RETURNING with entities gives objects."""
    if not _gives_objects(statement):
        return result
    asked, loader_options = statement._returning, statement._with_options
    return (yield from objects_steps(session, bind, asked, loader_options, result, options, source))


# ---- INSERT


def _insert_steps(
    session: Any, bind: Any, statement: Any, mapper: Any, params: Any, options: dict[str, Any], source: Any
) -> Steps[Any]:
    connection = yield from session._use().connection_steps(bind)
    if params is None:
        result = yield from connection.execute_steps(statement, None, options or None)
        return (yield from _returned_steps(session, bind, statement, result, options, source))
    rows = list(params) if isinstance(params, Sequence) else [params]
    if statement._returning and not connection.dialect.insert_executemany_returning:
        raise exc.InvalidRequestError(
            f"Can't use explicit RETURNING for bulk INSERT operation with {connection.dialect.dialect_description} backend; "
            "executemany with RETURNING is not enabled for this dialect."
        )
    if len(list(mapper.tables)) > 1 and not statement._values:
        if statement._returning:
            return (
                yield from _insert_tables_returning_steps(
                    session, bind, statement, mapper, rows, options, source
                )
            )
        copies = [dict(row) for row in rows]
        yield from bulk.insert_mappings_steps(session, mapper, copies, False, True)
        return _nothing()
    table = mapper.local_table
    keyed = bulk.rows_for_table(mapper, table, rows, bool(options.get("render_nulls")))
    own = {bind.key for bind in statement.binds if not bind.unique and not bind._is_crud}
    if own:  # parameters that the statement itself uses, in values() for example
        for row, values in zip(rows, keyed, strict=True):
            values.update({name: row[name] for name in own if name in row})
    if any(r.__visit_name__ == "textclause" for r in statement._returning) and isinstance(params, Sequence):
        raise exc.CompileError(
            "Can't use RETURNING * with bulk ORM INSERT.  Please use a different INSERT form, such as INSERT..VALUES or INSERT with a "
            "Core Connection"
        )
    groups = bulk.grouped(keyed)
    if len(groups) == 1 or not statement._returning:
        for group in groups:
            result = yield from connection.execute_steps(
                statement, group if isinstance(params, Sequence) else group[0], options or None
            )
        return (yield from _returned_steps(session, bind, statement, result, options, source))
    return (yield from _merged_steps(session, bind, statement, connection, groups, options, source))


def _merged_steps(
    session: Any,
    bind: Any,
    statement: Any,
    connection: Any,
    groups: list[Any],
    options: dict[str, Any],
    source: Any,
) -> Steps[Any]:
    """Rows with different columns: one statement per group, one result."""
    results = []
    for group in groups:
        result = yield from connection.execute_steps(statement, group, options or None)
        results.append((yield from _returned_steps(session, bind, statement, result, options, source)))
    return results[0].merge(*results[1:])


def _insert_tables_returning_steps(
    session: Any,
    bind: Any,
    statement: Any,
    mapper: Any,
    rows: list[Any],
    options: dict[str, Any],
    source: Any,
) -> Steps[Any]:
    """A class over several tables: inserted table by table, then read back in order."""
    copies = [dict(row) for row in rows]
    yield from bulk.insert_mappings_steps(session, mapper, copies, True, True)
    identities = [tuple(copy[key] for key in mapper.pk_keys) for copy in copies]
    node = mapper.__clause_element__()
    found = {}
    for identity in identities:
        obj = yield from _object_steps(session, mapper, identity, source)
        found[identity] = obj
    select: Any = Select(*statement._returning)
    if len(statement._returning) == 1 and is_entity(statement._returning[0]):
        metadata = ResultMetaData([mapper.class_.__name__], [(node, mapper.class_, mapper)], source="scalar")
        return Result(metadata, RowBuffer([found[i] for i in identities]))
    keys = [i[0] for i in identities]
    return (
        yield from session.execute_steps(
            select.where(mapper.primary_key[0].in_(keys)), None, options, None, source
        )
    )


def _object_steps(session: Any, mapper: Any, identity: tuple[Any, ...], source: Any) -> Steps[Any]:
    return (yield from get_steps(session, mapper.class_, identity, None, False, None, {}, None, source))


def _nothing() -> Any:
    return no_rows(-1, None)


# ---- UPDATE by primary key


def _bulk_update_steps(
    session: Any, statement: Any, mapper: Any, rows: Sequence[Mapping[str, Any]], options: dict[str, Any]
) -> Steps[Any]:
    """`update(User)` with a list of dictionaries that hold primary keys."""
    if statement._values or statement._returning:
        raise exc.InvalidRequestError(
            "bulk ORM UPDATE does not support RETURNING or SET values with a list of parameter dictionaries"
        )
    way = options.get("synchronize_session", "auto")
    if statement._where_criteria:
        if way is not None and way is not False:
            raise exc.InvalidRequestError(
                "bulk synchronize of persistent objects not supported when using bulk update with additional WHERE criteria right now.  "
                "add synchronize_session=None execution option to bypass synchronize of persistent objects."
            )
        connection = yield from session._connection_steps(mapper)
        return (yield from connection.execute_steps(statement, list(rows), options or None))
    copies = [dict(row) for row in rows]
    yield from bulk.update_mappings_steps(session, mapper, copies)
    if way not in (None, False):
        base = mapper.base_mapper
        for row in copies:
            values = [row[key] for key in mapper.pk_keys]
            obj = session.identity_map.find(base, values[0] if len(values) == 1 else tuple(values))
            if obj is not None:
                for key, value in row.items():
                    if key in obj.__dict__:
                        obj.__dict__[key] = value
    return _nothing()


# ---- UPDATE and DELETE by condition


def _synchronized_steps(
    session: Any, bind: Any, statement: Any, mapper: Any, params: Any, options: dict[str, Any], source: Any
) -> Steps[Any]:
    way = options.get("synchronize_session", "auto")
    if way not in _WAYS:
        raise exc.ArgumentError(
            "Valid strategies for session synchronization are 'auto', 'evaluate', 'fetch', False"
        )
    connection = yield from session._use().connection_steps(bind)
    sync = Synchronization(session, statement, mapper)
    matched: list[Any] | None
    result: Any
    if _returns_rows(statement, connection.dialect) and (
        way == "fetch" or (way == "auto" and not sync.can_evaluate())
    ):
        returning, before, places = _with_keys(statement, mapper)
        found = yield from connection.execute_steps(returning, _named(mapper, params), options or None)
        rows = found.all()
        matched = sync.known([[row[place] for place in places] for row in rows])
        if statement._returning:
            result = Result(found._metadata, RowBuffer(rows))
            if not _gives_objects(statement):
                result = result.columns(*range(before, len(found._metadata.keys)))
        else:
            result = no_rows(len(rows), found.context)
    else:
        matched = yield from _matched_steps(sync, connection, way, params, options)
        result = yield from connection.execute_steps(statement, _named(mapper, params), options or None)
    answer = yield from _returned_steps(session, bind, statement, result, options, source)
    if matched is not None:
        sync.apply(matched)
    return answer


def _returns_rows(statement: Any, dialect: Any) -> bool:
    """Whether the statement itself can say which rows it changed."""
    return bool(dialect.delete_returning if statement.is_delete else dialect.update_returning)


def _gives_objects(statement: Any) -> bool:
    return any(is_entity(r) or r.__visit_name__ in ("entity_column", "bundle") for r in statement._returning)


def _with_keys(statement: Any, mapper: Any) -> tuple[Any, int, list[int]]:
    """The statement with primary keys in RETURNING, how many columns stand before its own, and the keys' places."""
    columns = Columns(StatementOptions(statement._with_options))
    columns.add_all(statement._returning)
    keys = tuple(_own_key(mapper))
    places = [place for key in keys if (place := columns.place_of(key)) is not None]
    if len(places) == len(keys):
        return statement, 0, places
    return statement._with(_returning=keys + statement._returning), len(keys), list(range(len(keys)))


def _own_key(mapper: Any) -> list[Any]:
    """The primary key as the class's own table has it, which the statement is about."""
    found = []
    for column in mapper.primary_key:
        same = mapper.get_property_by_column(column).columns
        found.append(next((c for c in same if getattr(c, "table", None) is mapper.local_table), column))
    return found


def _named(mapper: Any, params: Any) -> Any:
    if params is None:
        return None
    return {_column_name(mapper, key): value for key, value in params.items()}


def _column_name(mapper: Any, key: str) -> str:
    prop = mapper.column_props.get(key)
    return key if prop is None else str(prop.columns[0].key)


def _matched_steps(
    sync: Synchronization, connection: Any, way: Any, params: Any, options: dict[str, Any]
) -> Steps[Any]:
    if way in (False, None):
        return None
    if way in ("auto", "evaluate"):
        try:
            return sync.evaluated()
        except UnevaluatableError as error:
            if way == "evaluate":
                raise exc.InvalidRequestError(
                    f"Could not evaluate current criteria in Python: \"{error}\". Specify 'fetch' or False for the "
                    "synchronize_session execution option."
                ) from error
    return (yield from sync.fetched_steps(connection, params, options))


class Synchronization:
    """Finds the session's objects that a statement changes, and does the same to them."""

    __slots__ = ("mapper", "session", "statement")

    def __init__(self, session: Any, statement: Any, mapper: Any) -> None:
        self.session = session
        self.statement = statement
        self.mapper = mapper

    def _candidates(self) -> list[Any]:
        known = self.session.identity_map.objects_of(self.mapper.base_mapper)
        return [obj for obj in known if obj.__dict__[STATE].mapper.isa(self.mapper)]

    def evaluated(self) -> list[Any]:
        """The objects that meet the conditions, as far as Python can tell; unknown ones count for an UPDATE.

        Whether a DELETE took an unknown one is seen when it is read again.
        """
        matches = conjunction(self._conditions(), self.mapper)
        found = [(obj, met) for obj in self._candidates() if (met := matches(obj))]
        if not self.statement.is_delete:
            return [obj for obj, _ in found]
        for obj in [obj for obj, met in found if met is EXPIRED]:
            changed = state_of(obj).committed or ()
            expire_state(obj, [key for key in self.mapper.class_state.impls if key not in changed])
        return [obj for obj, met in found if met is not EXPIRED]

    def can_evaluate(self) -> bool:
        try:
            conjunction(self._conditions(), self.mapper)
        except UnevaluatableError:
            return False
        return True

    def _conditions(self) -> tuple[Any, ...]:
        options = StatementOptions(self.statement._with_options)
        added = tuple(
            c
            for c in Criteria(options.criteria).again(self.mapper)
            if c is not self.mapper._single_table_criterion()
        )
        return tuple(self.statement._where_criteria) + added

    def fetched_steps(self, connection: Any, params: Any, options: dict[str, Any]) -> Steps[list[Any]]:
        """The objects whose rows meet the conditions: the database is asked first."""
        mapper = self.mapper
        select: Any = (
            Select(*mapper.primary_key)
            .select_from(mapper.__clause_element__())
            .where(*self.statement._where_criteria)
        )
        if self.statement._with_options:
            select = select.options(*self.statement._with_options)
        result = yield from connection.execute_steps(select, params, None)
        return self.known(result.all())

    def known(self, rows: Sequence[Any]) -> list[Any]:
        """The session's objects with these primary keys."""
        base = self.mapper.base_mapper
        keys = [row[0] if len(row) == 1 else tuple(row) for row in rows]
        found = [self.session.identity_map.find(base, key) for key in keys]
        return [obj for obj in found if obj is not None]

    def apply(self, objects: list[Any]) -> None:
        if self.statement.is_delete:
            forget_rows(self.session, objects)
        else:
            self._update(objects)

    def _update(self, objects: list[Any]) -> None:
        settable, unknown = self._values()
        for obj in objects:
            state = state_of(obj)
            known = obj.__dict__
            computed = {key: value(obj) for key, value in settable.items() if key in known}
            for key, value in computed.items():
                if value is EXPIRED:
                    expire_state(obj, [key])
                elif state.committed is None or key not in state.committed:
                    known[key] = value
            for key in state.mapper.class_state.memoized_keys:
                known.pop(key, None)
            stale = [
                key
                for key in unknown
                if key in known and (state.committed is None or key not in state.committed)
            ]
            if stale:
                expire_state(obj, stale)

    def _values(self) -> tuple[dict[str, Callable[[Any], Any]], set[str]]:
        """Attribute -> how to compute its new value; and those only the database knows."""
        mapper = self.mapper
        settable: dict[str, Callable[[Any], Any]] = {}
        unknown: set[str] = set()
        for key, value in self.statement._values:
            name = (
                key
                if isinstance(key, str) and key in mapper.column_props
                else mapper.key_of.get(getattr(key, "column", key))
            )
            if name is None:
                name = next((n for n, p in mapper.column_props.items() if p.columns[0].key == key), None)
            if name is None:
                continue
            try:
                settable[name] = evaluator(value, mapper)
            except UnevaluatableError:
                unknown.add(name)
        for name, prop in mapper.column_props.items():
            column = prop.columns[0]
            if name not in settable and (
                getattr(column, "onupdate", None) is not None
                or getattr(column, "server_onupdate", None) is not None
            ):
                unknown.add(name)
        return settable, unknown
