"""Many rows in one statement, where a dialect has a way: arrays that are unnested, or VALUES joined to the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

from sublimate.compiler.compiled import compile_statement
from sublimate.engine.plan import CorePlan
from sublimate.orm.unitofwork.facts import where_names

_PAGE = 5000


class ManyRows:
    """Text for any number of rows. `pages(rows)` gives SQL, arguments and the number of rows of each round trip.

    Rows are tuples in the order of the single statement's parameters. `text_around` makes the statement from the source of the rows
    and the names of its columns.
    """

    __slots__ = ("_packed_sql", "_packs", "_positions", "named", "sql")

    def __init__(
        self, parts: _Arrays, text_around: Callable[[str, list[str]], str], ordinality: bool = False
    ) -> None:
        self.sql = text_around(*parts.source(ordinality))
        self._packs = [None if packing is None else packing.pack for packing in parts.packings]
        self._packed_sql = text_around(*parts.source(ordinality, packed=True))
        self._positions = parts.positions
        self.named = parts.named

    def pages(self, rows: Sequence[Any]) -> Iterator[tuple[str, Any, int]]:
        for start in range(0, len(rows), _PAGE):
            page = rows if len(rows) <= _PAGE else rows[start : start + _PAGE]
            columns = list(zip(*page, strict=True))
            arrays: Any = [list(columns[position]) for position in self._positions]
            packed = self._pack(arrays)
            sql, args = (self.sql, arrays) if packed is None else (self._packed_sql, packed)
            if self.named:
                args = {f"c{i}": values for i, values in enumerate(args)}
            yield sql, args, len(page)

    def _pack(self, arrays: list[list[Any]]) -> list[Any] | None:
        """The arrays that can be packed as one text each; None if one's values do not fit."""
        args: list[Any] = []
        for pack, values in zip(self._packs, arrays, strict=True):
            packed = values if pack is None else pack(values)
            if packed is None:
                return None
            args.append(packed)
        return args

    @classmethod
    def for_insert(cls, connection: Any, core: CorePlan, given: Any, left_out: Any) -> Any:
        """INSERT … SELECT from arrays; the order of the rows is kept."""
        if not given:
            return ManyDefaults.of(connection, core)
        if any(fact.column.default is not None for fact in left_out):
            return None  # SQL expressions stand in the row
        parts = _parts(connection, core, [fact.column for fact in given], [fact.column.key for fact in given])
        if parts is None or core.compiled.dml.values_row is None or len(core.compiled._slots) != len(given):
            return None
        compiled = core.compiled
        head = (
            compiled.string[: compiled.string.index(compiled.dml.insert_prefix)]
            if compiled.dml.insert_prefix
            else None
        )
        if head is None:
            return None
        names = ", ".join(compiled.preparer.quote(fact.column.name) for fact in given)
        tail = compiled.dml.insert_suffix

        def text(source: str, aliases: list[str]) -> str:
            return f"{head} ({names}) SELECT {', '.join(aliases)} FROM {source} ORDER BY _n{tail}"

        return cls(parts, text, ordinality=True)

    @classmethod
    def for_update(cls, connection: Any, core: CorePlan, facts: Any, sets: Any, fetched: Any) -> Any:
        """UPDATE from arrays (or from VALUES); gives back the primary key beside the fetched columns."""
        where = where_names(facts)
        names = [*[fact.column.key for fact in sets], *[name for _, name in where]]
        columns = [*[fact.column for fact in sets], *[fact.column for fact, _ in where]]
        if len(core.compiled._slots) != len(names) or set(names) != set(core.compiled._by_name):
            return None
        parts = _parts(connection, core, columns, names)
        if parts is None and (not fetched or not getattr(connection.dialect, "update_from_values", False)):
            return None
        if parts is None:
            return ManyValuesUpdate(core, facts, sets, where, fetched, names)
        preparer = core.compiled.preparer
        table = preparer.format_table(facts.table)

        def text(source: str, aliases: list[str]) -> str:
            head = _update_text(core, facts, table, preparer, sets, aliases)
            condition = _row_condition(table, preparer, where, aliases[len(sets) :])
            return f"{head} FROM {source} WHERE {condition}{_returning_text(facts, table, preparer, fetched)}"

        return cls(parts, text)

    @classmethod
    def for_delete(cls, connection: Any, core: CorePlan, facts: Any) -> ManyRows | None:
        """DELETE USING arrays."""
        where = where_names(facts)
        parts = _parts(connection, core, [fact.column for fact, _ in where], [name for _, name in where])
        if parts is None:
            return None
        preparer = core.compiled.preparer
        table = preparer.format_table(facts.table)

        def text(source: str, aliases: list[str]) -> str:
            return (
                f"DELETE FROM {table} USING {source} WHERE {_row_condition(table, preparer, where, aliases)}"
            )

        return cls(parts, text)


class ManyDefaults:
    """INSERT … VALUES (DEFAULT), (DEFAULT), … for rows of which nothing is given."""

    __slots__ = ("_head", "_tail", "_token", "named")

    def __init__(self, head: str, token: str, tail: str, named: bool) -> None:
        self._head, self._token, self._tail, self.named = head, token, tail, named

    @classmethod
    def of(cls, connection: Any, core: CorePlan) -> ManyDefaults | None:
        dialect, compiled = connection.dialect, core.compiled
        column = compiled.dml.table.autoincrement_column
        head, found, tail = compiled.string.rpartition(" DEFAULT VALUES")
        if not found or column is None or not dialect.supports_default_metavalue:
            return None
        head += f" ({compiled.preparer.quote(column.name)}) VALUES "
        return cls(head, f"({dialect.default_metavalue_token})", tail, compiled._named)

    def pages(self, rows: Sequence[Any]) -> Iterator[tuple[str, Any, int]]:
        for start in range(0, len(rows), _PAGE):
            count = min(_PAGE, len(rows) - start)
            args: Any = {} if self.named else ()
            yield self._head + ", ".join([self._token] * count) + self._tail, args, count


class _Arrays:
    """The array parameters of a statement: their casts and where in a row their values stand."""

    def __init__(self, positions: list[int], casts: list[str], packings: list[Any], named: bool) -> None:
        self.positions = positions
        self.casts = casts
        self.packings = packings
        self.named = named

    def source(self, ordinality: bool = False, packed: bool = False) -> tuple[str, list[str]]:
        """The table expression and the names of its columns; `packed` if arrays that can be come as texts."""
        names = [f"c{i}" for i in range(len(self.casts))]
        marks = [f"%({name})s" if self.named else f"${i + 1}" for i, name in enumerate(names)]
        arrays = ", ".join(
            packing.source.format(mark) if packed and packing is not None else f"{mark}::{cast}[]"
            for mark, cast, packing in zip(marks, self.casts, self.packings, strict=True)
        )
        if ordinality:
            return f"unnest({arrays}) WITH ORDINALITY AS _v({', '.join(names)}, _n)", [
                f"_v.{name}" for name in names
            ]
        return f"unnest({arrays}) AS _v({', '.join(names)})", [f"_v.{name}" for name in names]


def _parts(connection: Any, core: CorePlan, columns: list[Any], names: list[str]) -> _Arrays | None:
    """The arrays for these columns, or None if the dialect has none or a type cannot travel in one."""
    cast_of = getattr(connection.dialect, "unnest_cast", None)
    if cast_of is None or not columns:
        return None
    casts = [cast_of(column.type, core.compiled.preparer) for column in columns]
    if any(cast is None for cast in casts):
        return None
    order = [slot.name for slot in core.compiled._order]
    if any(name not in order for name in names):
        return None
    packings = [connection.dialect.unnest_packing(cast) for cast in casts]
    return _Arrays([order.index(name) for name in names], casts, packings, core.compiled._named)


def _update_text(core: CorePlan, facts: Any, table: str, preparer: Any, sets: Any, aliases: list[str]) -> str:
    """UPDATE … SET with values from the arrays, and with the SQL defaults that the single statement has."""
    assignments = [
        f"{preparer.quote(fact.column.name)}={alias}" for fact, alias in zip(sets, aliases, strict=False)
    ]
    given = {fact.key for fact in sets}
    for fact in facts.columns:
        onupdate = fact.column.onupdate
        if fact.key not in given and onupdate is not None and onupdate.is_clause_element:
            assignments.append(f"{preparer.quote(fact.column.name)}=({_expression_text(core, onupdate.arg)})")
    return f"UPDATE {table} SET {', '.join(assignments)}"


def _expression_text(core: CorePlan, expression: Any) -> str:
    return str(
        compile_statement(
            expression,
            core.compiled.dialect,
            literal_binds=True,
            schema_translate_map=core.compiled.schema_translate_map,
        ).string
    )


def _row_condition(table: str, preparer: Any, where: Any, aliases: list[str]) -> str:
    pairs = zip(where, aliases, strict=True)
    return " AND ".join(f"{table}.{preparer.quote(fact.column.name)} = {alias}" for (fact, _), alias in pairs)


def _returning_text(facts: Any, table: str, preparer: Any, fetched: Any) -> str:
    if not fetched:
        return ""
    columns = [fact.column.name for fact in (*facts.primary_key, *fetched)]
    return " RETURNING " + ", ".join(f"{table}.{preparer.quote(name)}" for name in columns)


class ManyValuesUpdate:
    """UPDATE … FROM (VALUES …), for a dialect without arrays whose updated values must come back."""

    __slots__ = ("_fixed", "_page", "_positions", "_width")
    named = False

    def __init__(
        self, core: CorePlan, facts: Any, sets: Any, where: Any, fetched: Any, names: list[str]
    ) -> None:
        preparer = core.compiled.preparer
        table = preparer.format_table(facts.table)
        aliases = [f"_v.column{i + 1}" for i in range(len(names))]
        order = [slot.name for slot in core.compiled._order]
        self._positions = [order.index(name) for name in names]
        self._width = len(names)
        self._page = max(1, 30_000 // self._width)
        self._fixed = (
            _update_text(core, facts, table, preparer, sets, aliases) + " FROM (VALUES ",
            f") AS _v WHERE {_row_condition(table, preparer, where, aliases[len(sets) :])}"
            + _returning_text(facts, table, preparer, fetched),
        )

    def pages(self, rows: Sequence[Any]) -> Iterator[tuple[str, Any, int]]:
        row = f"({', '.join('?' * self._width)})"
        head, tail = self._fixed
        for start in range(0, len(rows), self._page):
            page = rows[start : start + self._page]
            args = list(chain.from_iterable([[values[p] for p in self._positions] for values in page]))
            yield head + ", ".join([row] * len(page)) + tail, args, len(page)
