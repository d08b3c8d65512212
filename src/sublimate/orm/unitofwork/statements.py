"""Plans of the statements a flush sends: text, and generated functions that read rows off objects and store what comes back.

A plan is made once per table, set of columns and engine, and kept in the engine's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from operator import itemgetter
from time import perf_counter
from typing import Any

from sublimate.compiler.compiled import compile_statement
from sublimate.engine.context import ExecutionContext
from sublimate.engine.defaults import producer
from sublimate.engine.plan import CorePlan
from sublimate.expression.constructors import and_
from sublimate.expression.literal import BindParameter
from sublimate.orm.unitofwork.facts import ColumnFact, TableFacts, where_names
from sublimate.orm.unitofwork.keys import identity_value
from sublimate.orm.unitofwork.many_rows import ManyRows
from sublimate.orm.unitofwork.pairing import Pairing
from sublimate.statements.dml import delete, insert, update
from sublimate.types.base import result_processor_for
from sublimate.util.generated import define

Dicts = Sequence[dict[str, Any]]


def make_core(connection: Any, statement: Any, keys: Sequence[str] | None, many: bool = False) -> CorePlan:
    """Compile a statement of a flush."""
    start = perf_counter()
    translate = connection.get_execution_options().get("schema_translate_map")
    compiled = compile_statement(
        statement, connection.dialect, column_keys=keys, for_executemany=many, schema_translate_map=translate
    )
    return CorePlan(compiled, perf_counter() - start)


def storer(
    fetched: Sequence[ColumnFact], dialect: Any, first: int = 0
) -> Callable[[Dicts, Sequence[Any]], None]:
    """A function that stores fetched values in the objects' dictionaries."""
    scope: dict[str, Any] = {}
    lines = ["def store(dicts, rows):", "    for d, row in zip(dicts, rows):"]
    for i, fact in enumerate(fetched):
        processor = result_processor_for(fact.column.type, dialect)
        value = f"row[{first + i}]"
        if processor is not None:
            scope[f"p{i}"] = processor
            value = f"p{i}({value})"
        lines.append(f"        d[{fact.key!r}] = {value}")
    if not fetched:
        lines.append("        pass")
    return define("\n".join(lines) + "\n", "store", scope, "store")


class RowReader:
    """Reads the values of some columns off many objects: `read(dicts, context)` gives a tuple per object.

    With `fill`, a column that has no value and gets NULL is known to be None from then on.
    """

    __slots__ = ("_pick", "_read", "_replaces_none", "convert", "named", "takes_context")

    def __init__(self, core: CorePlan, sources: dict[str, tuple[Any, Any]], fill: bool = False) -> None:
        slots = core.compiled._order
        self.named = tuple(slot.public_name for slot in slots) if core.compiled._named else None
        scope: dict[str, Any] = {}
        self.takes_context = any(
            default is not None and default.is_callable for _, default in sources.values()
        )
        self._read: Callable[[Dicts, Any], list[Any]] = define(
            _reader_source(slots, sources, scope, fill), "read", scope, "row"
        )
        keys = [sources[slot.name][0].key for slot in slots if slot.name in sources]
        self._pick = itemgetter(*keys) if len(keys) == len(slots) > 1 else None
        self._replaces_none = any(default is not None for _, default in sources.values())
        self.convert = _converter([slot.processor for slot in slots])

    def read(self, dicts: Dicts, context: Any) -> list[Any]:
        """The values, a tuple per object. Objects that have them all are read without a line of Python for each."""
        if self._pick is None:
            return self._read(dicts, context)
        try:
            rows = list(map(self._pick, dicts))
        except KeyError:
            return self._read(dicts, context)
        if self._replaces_none and type(None) in set(map(type, chain.from_iterable(rows))):
            return self._read(dicts, context)
        return rows

    def arguments(self, rows: Sequence[Any]) -> list[Any]:
        """The driver's arguments for rows of plain values."""
        if self.convert is not None:
            rows = self.convert(rows)
        if self.named is not None:
            names = self.named
            return [dict(zip(names, row, strict=True)) for row in rows]
        return rows  # type: ignore[return-value]


def _reader_source(
    slots: Sequence[Any], sources: dict[str, tuple[Any, Any]], scope: dict[str, Any], fill: bool
) -> str:
    lines = ["def read(dicts, context):", "    rows = []", "    for d in dicts:", "        get = d.get"]
    late = []
    names = {}
    for i, (name, (fact, default)) in enumerate(sources.items()):
        names[name] = f"v{i}"
        lines.append(f"        v{i} = get({fact.key!r})")
        if default is not None:
            late.append((i, fact, default))
        elif fill and not fact.key.startswith("_sa_"):
            lines.append(f"        if v{i} is None: d[{fact.key!r}] = None")
    shown = any(default.is_callable and default.takes_context for _, _, default in late)
    if shown:
        current = ", ".join(
            f"{fact.column.key!r}: v{i}"
            for i, (fact, default) in enumerate(sources.values())
            if default is None and fact.column is not None
        )
        lines.append(f"        parameters = context.current_parameters = {{{current}}}")
        for i, fact, _ in late:
            lines.append(f"        if v{i} is not None: parameters[{fact.column.key!r}] = v{i}")
    for i, fact, default in late:
        scope[f"default{i}"] = default.arg
        value = f"default{i}(context)" if default.is_callable else f"default{i}"
        kept = "" if fact.key.startswith("_sa_") else f"d[{fact.key!r}] = "
        lines.append(f"        if v{i} is None: v{i} = {kept}{value}")
        if shown:
            lines.append(f"        parameters[{fact.column.key!r}] = v{i}")
    for i, slot in enumerate(slots):
        if slot.name not in names:  # a value inside an SQL default
            names[slot.name] = f"fixed{i}"
            scope[f"fixed{i}"] = slot.bind.effective_value
    row = ", ".join(names[slot.name] for slot in slots)
    lines.append(f"        rows.append(({row},))" if row else "        rows.append(())")
    lines.append("    return rows")
    return "\n".join(lines) + "\n"


def _converter(
    processors: Sequence[Callable[[Any], Any] | None],
) -> Callable[[Sequence[Any]], list[Any]] | None:
    """A function that makes driver's values of a row's values; None if there is nothing to do."""
    if not any(processors):
        return None
    scope = {f"p{i}": processor for i, processor in enumerate(processors) if processor is not None}
    cells = ", ".join(
        f"r[{i}]" if processor is None else f"p{i}(r[{i}])" for i, processor in enumerate(processors)
    )
    source = f"def convert(rows):\n    return [({cells},) for r in rows]\n"
    return define(source, "convert", scope, "convert")


class InsertPlan:
    """INSERT of rows that give values to the same columns."""

    def __init__(self, connection: Any, facts: TableFacts, mask: int) -> None:
        dialect = connection.dialect
        given, left_out = facts.given(mask), facts.left_out(mask)
        mapped = [fact for fact in left_out if not fact.key.startswith("_sa_")]
        wanted = (
            mapped if facts.mapper.eager_defaults else [fact for fact in mapped if fact.column.primary_key]
        )
        returning = dialect.insert_returning and getattr(facts.table, "implicit_returning", True)
        self.fetched = wanted if returning else []
        self.unfetched = [fact for fact in mapped if fact not in self.fetched]
        pairing = Pairing(facts, given, self.fetched, dialect)
        self.arrange = pairing.arrange
        statement = insert(facts.table)
        statement = (
            statement.returning(*[fact.column for fact in (*self.fetched, *pairing.extra)])
            if self.fetched
            else statement.inline()
        )
        self.given = given
        self.nulls = [key for key in facts.left_null(mask) if not key.startswith("_sa_")]
        self.core = make_core(connection, statement, [fact.column.key for fact in given], True)
        self.reader = RowReader(
            self.core, {fact.column.key: (fact, fact.insert_default) for fact in given}, fill=True
        )
        self.store = storer(self.fetched, dialect)
        self.last_id = next(
            (fact.key for fact in self.unfetched if fact.column is facts.table.autoincrement_column), None
        )
        self.many = ManyRows.for_insert(connection, self.core, given, left_out)
        self._told = {self.last_id, *(fact.key for fact in self.fetched)}
        self._converts = any(result_processor_for(fact.column.type, dialect) for fact in self.fetched)

    def cannot_fail_late(self, facts: TableFacts, values: dict[str, Any]) -> bool:
        """Whether nothing can go wrong once the database has taken the row: what comes back is used as it is, and the
        object has a primary key.
        """
        if self._converts or (facts.mapper.eager_defaults is True and self.unfetched):
            return False
        return all(values.get(fact.key) is not None or fact.key in self._told for fact in facts.primary_key)

    def context_for(self, connection: Any) -> Any:
        return (
            ExecutionContext(connection, self.core.compiled.string, None, self.core)
            if self.reader.takes_context
            else None
        )


class UpdatePlan:
    """UPDATE of the same columns of many rows, each found by its primary key (and version)."""

    def __init__(self, connection: Any, facts: TableFacts, keys: tuple[str, ...]) -> None:
        dialect = connection.dialect
        defaults = [fact for fact in facts.updated if fact.key not in keys]
        self.sets = [fact for fact in facts.columns if fact.key in keys or fact in defaults]
        fetched = [fact for fact in facts.fetched_on_update if fact.key not in keys]
        can = dialect.update_returning and facts.mapper.eager_defaults
        self.fetched = fetched if can else []
        self.unfetched = [] if can else fetched
        self.keys = frozenset(keys)
        self.where_facts = names = where_names(facts)
        statement = update(facts.table).where(_is_row(facts, names))
        if self.fetched:
            statement = statement.returning(*[fact.column for fact in self.fetched])
        self.core = make_core(connection, statement, [fact.column.key for fact in self.sets])
        sources: dict[str, tuple[Any, Any]] = {
            fact.column.key: (fact, fact.update_default if fact in defaults else None) for fact in self.sets
        }
        self.where = [name for _, name in names]
        sources.update({name: (_Where(name), None) for name in self.where})
        self.reader = RowReader(self.core, sources)
        self.read_plain = None if defaults else _plain_reader(self.core, facts, self.sets, names)
        self.store = storer(self.fetched, dialect)
        self.many = ManyRows.for_update(connection, self.core, facts, self.sets, self.fetched)
        self._primary_key = facts.primary_key

    def stored_key(self, state: Any, obj: Any) -> list[Any]:
        """The primary key as it is after the UPDATE."""
        values = obj.__dict__
        return [
            values[f.key] if f.key in values else identity_value(state, obj, f.key) for f in self._primary_key
        ]

    def context_for(self, connection: Any) -> Any:
        return (
            ExecutionContext(connection, self.core.compiled.string, None, self.core)
            if self.reader.takes_context
            else None
        )


def _plain_reader(
    core: CorePlan, facts: TableFacts, sets: list[ColumnFact], where: list[tuple[ColumnFact, str]]
) -> Any:
    """Reads new values and keys straight off rows of (state, object); None if something has to be computed."""
    pk_keys = facts.mapper.class_state.pk_keys
    if facts.version is not None or any(fact.key not in pk_keys for fact, _ in where):
        return None
    sources = {fact.column.key: f"values.get({fact.key!r})" for fact in sets}
    for fact, name in where:
        sources[name] = "state.pk" if len(pk_keys) == 1 else f"state.pk[{pk_keys.index(fact.key)}]"
    order = [slot.name for slot in core.compiled._order]
    if any(name not in sources for name in order):
        return None
    row = ", ".join(sources[name] for name in order)
    source = f"def read(rows):\n    return [({row},) for state, obj in rows for values in (obj.__dict__,)]\n"
    return define(source, "read", {}, "row")


class DeletePlan:
    """DELETE of rows found by their primary key (and version)."""

    def __init__(self, connection: Any, facts: TableFacts) -> None:
        self.where_facts = names = where_names(facts)
        self.core = make_core(connection, delete(facts.table).where(_is_row(facts, names)), None)
        self.where = [name for _, name in names]
        self.reader = RowReader(self.core, {name: (_Where(name), None) for name in self.where})
        self.many = ManyRows.for_delete(connection, self.core, facts)


class _Where:
    """A value of the WHERE clause: read under its own name."""

    __slots__ = ("column", "key")

    def __init__(self, name: str) -> None:
        self.key = name
        self.column = None


def _is_row(facts: TableFacts, names: list[tuple[ColumnFact, str]]) -> Any:
    return and_(
        *[fact.column == BindParameter(name, type_=fact.column.type, required=True) for fact, name in names]
    )


def default_of(fact: ColumnFact, for_update: bool = False) -> Any:
    """What makes the Python-side default of a column."""
    return producer(fact.update_default if for_update else fact.insert_default)
