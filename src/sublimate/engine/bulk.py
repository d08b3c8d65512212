"""Many rows into one table, by the fastest way the database has: COPY, or else INSERTs in batches."""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias

from sublimate import exc
from sublimate.dialects.contract.driver import CopyTarget
from sublimate.engine.context import ExecutionContext
from sublimate.engine.defaults import fill, producer
from sublimate.engine.execute import execute_steps
from sublimate.engine.steps import Call, CopyRows, Steps
from sublimate.inspection import inspect
from sublimate.schema import Table
from sublimate.statements.dml import insert
from sublimate.types.base import bind_processor_for

Rows: TypeAlias = Iterable[Any] | AsyncIterable[Any]
COPY_SIZE = 5000
BATCH_SIZE = 1000


def bulk_load(
    target: Any,
    into: Any,
    rows: Rows,
    *,
    columns: Sequence[str] | None = None,
    batch_size: int | None = None,
    progress: Callable[[int], Any] | None = None,
) -> Any:
    """Load many rows into a table or a mapped class; the number of rows loaded.

    `target` is a Connection or Session, or an AsyncConnection or AsyncSession: then the call is awaited. `rows` is any
    iterable (with asynchronous targets also an async one) of dictionaries or of sequences in the order of `columns`; it
    is read as it is sent. `progress` is called with the number of rows so far. PostgreSQL receives COPY, other
    databases batches of INSERT. The rows belong to the transaction of the target. An error names the row.

    >>> with engine.begin() as connection:
    ...     bulk_load(connection, users, ({"id": n, "name": f"user {n}"} for n in range(100_000)))
    100000
    """
    start = getattr(target, "_load_in_bulk", None)
    if start is None:
        raise exc.ArgumentError(f"bulk_load() takes a connection or a session, not {target!r}")
    place = Place(into, columns)
    return start(lambda connection: load_steps(connection, place, rows, batch_size, progress), into)


class Place:
    """The table that rows go to, its columns by the names that rows use, and values that all rows share."""

    def __init__(self, into: Any, order: Sequence[str] | None) -> None:
        self.constants: dict[str, Any] = {}
        if isinstance(into, Table):
            self.table = into
            self.columns = {column.key: column for column in into.columns}
        else:
            self._of_class(inspect(into))
        self.order = (
            list(order) if order is not None else [n for n, c in self.columns.items() if c.computed is None]
        )
        for name in self.order:
            self.column(name, 1)

    def _of_class(self, mapper: Any) -> None:
        if mapper.local_table is not mapper.persist_selectable:
            raise exc.ArgumentError(
                f"the rows of {mapper.class_.__name__} lie in several tables: load each table by itself"
            )
        self.table = mapper.local_table
        self.columns = {attribute.key: attribute.columns[0] for attribute in mapper.column_attrs}
        discriminator = mapper.polymorphic_on
        if discriminator is not None and mapper.polymorphic_identity is not None:
            self.constants = {
                name: mapper.polymorphic_identity for name, c in self.columns.items() if c is discriminator
            }

    def column(self, name: str, number: int) -> Any:
        try:
            return self.columns[name]
        except KeyError:
            raise exc.ArgumentError(
                f"row {number}: there is no column {name!r} in {self.table.fullname}"
            ) from None

    def mapping(self, row: Any, number: int) -> dict[str, Any]:
        """A row as a dictionary."""
        if isinstance(row, Mapping):
            return {**self.constants, **row}
        if isinstance(row, str) or not isinstance(row, Sequence) or len(row) != len(self.order):
            raise exc.ArgumentError(
                f"row {number}: expected a dictionary, or {len(self.order)} values for {', '.join(self.order)}; got {row!r}"
            )
        return {**self.constants, **dict(zip(self.order, row, strict=True))}


def load_steps(
    connection: Any, place: Place, rows: Rows, batch_size: int | None, progress: Callable[[int], Any] | None
) -> Steps[int]:
    """Chunk after chunk: read, send, report."""
    if batch_size is not None and batch_size < 1:
        raise exc.ArgumentError(f"batch_size is a number of rows, not {batch_size!r}")
    source = _source(connection, rows)
    loader: Loader | None = None
    done = 0
    while True:
        chunk = yield from _chunk_steps(source, batch_size or (loader.size if loader else COPY_SIZE))
        if not chunk:
            return done
        numbered = [place.mapping(row, done + n) for n, row in enumerate(chunk, 1)]
        if loader is None:
            loader = Loader(connection, place, list(numbered[0]))
        for start in range(0, len(numbered), batch_size or loader.size):
            part = numbered[start : start + (batch_size or loader.size)]
            yield from loader.load_steps(part, done + 1)
            done += len(part)
            if progress is not None:
                progress(done)


def _source(connection: Any, rows: Rows) -> Iterator[Any] | AsyncIterator[Any]:
    if not isinstance(rows, AsyncIterable):
        return iter(rows)
    if not connection.dialect.is_async:
        raise exc.ArgumentError("rows that are read asynchronously need an AsyncConnection or AsyncSession")
    return aiter(rows)


def _chunk_steps(source: Any, size: int) -> Steps[list[Any]]:
    if isinstance(source, AsyncIterator):
        chunk: list[Any] = yield Call(_next_chunk, source, size, is_async=True)
        return chunk
    return list(islice(source, size))


async def _next_chunk(source: AsyncIterator[Any], size: int) -> list[Any]:
    chunk: list[Any] = []
    async for row in source:
        chunk.append(row)
        if len(chunk) >= size:
            break
    return chunk


class Loader:
    """How rows with these names are sent, decided once."""

    def __init__(self, connection: Any, place: Place, names: list[str]) -> None:
        self.connection = connection
        self.place = place
        self.names = names
        self.known = frozenset(names)
        columns = {name: place.column(name, 1) for name in names}
        dialect = connection.dialect
        defaults = {
            name: c.default
            for name, c in place.columns.items()
            if name not in columns and c.default is not None
        }
        plain = all(not (d.is_sequence or d.is_clause_element) for d in defaults.values())
        self.making = tuple((name, producer(d)) for name, d in defaults.items()) if plain else ()
        sent = {**columns, **{name: place.columns[name] for name, _ in self.making}}
        self.copies = plain and all(dialect.copies(column.type) for column in sent.values())
        self.size = COPY_SIZE if self.copies else BATCH_SIZE
        self.processors = [(name, bind_processor_for(column.type, dialect)) for name, column in sent.items()]
        self.target = self._copy_target(list(sent.values()))
        self.statement = insert(place.table)
        self.keys = {name: column.key for name, column in columns.items()}

    def _copy_target(self, columns: list[Any]) -> CopyTarget:
        table, preparer = self.place.table, self.connection.dialect.identifier_preparer
        schema = self.connection.schema_for_object(table)
        path = ([preparer.quote(schema)] if schema else []) + [preparer.quote(table.name)]
        names = ", ".join(preparer.quote(column.name) for column in columns)
        sql = f"COPY {'.'.join(path)} ({names}) FROM STDIN"
        return CopyTarget(sql, schema and str(schema), str(table.name), [str(c.name) for c in columns])

    def load_steps(self, rows: list[dict[str, Any]], first: int) -> Steps[None]:
        """Send some rows; after an error of the database, find out which row it was about."""
        for number, row in enumerate(rows, first):
            if row.keys() != self.known:
                raise exc.ArgumentError(
                    f"row {number}: its names {sorted(map(str, row))} are not those of the first row, {sorted(self.known)}"
                )
        values = self._copied(rows, first) if self.copies else [self._keyed(row) for row in rows]
        if self.connection._autocommit:
            yield from self._named_steps(values, first)
            return
        savepoint = yield from self.connection.begin_nested_steps()
        try:
            yield from self._send_steps(values)
        except exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            yield from savepoint.rollback_steps()
            place = _line_of(error)
            if place is None:
                yield from self._search_steps(values, first)
            self._tell(error, rows, first, place)
            raise
        except exc.StatementError as error:
            yield from savepoint.rollback_steps()
            self._tell(error, rows, first, self._refused(rows))
            raise
        yield from savepoint.commit_steps()

    def _refused(self, rows: list[dict[str, Any]]) -> int | None:
        """The first row with a value that its type does not take."""
        for number, row in enumerate(rows, 1):
            try:
                for name, process in self.processors:
                    if process is not None and name in row:
                        process(row[name])
            except Exception:
                return number
        return None

    def _keyed(self, row: dict[str, Any]) -> dict[str, Any]:
        return {self.keys[name]: value for name, value in row.items()}

    def _copied(self, rows: list[dict[str, Any]], first: int) -> list[tuple[Any, ...]]:
        """Rows as the driver takes them: defaults filled in, values converted by their types."""
        if self.making:
            fill(ExecutionContext(self.connection, self.target.sql, None, None, True), self.making, rows)
        found = []
        for number, row in enumerate(rows, first):
            try:
                found.append(tuple([row[name] if p is None else p(row[name]) for name, p in self.processors]))
            except Exception as error:
                message = f"({type(error).__module__}.{type(error).__qualname__}) {error}, in row {number}"
                raise exc.StatementError(message, self.target.sql, row, error) from error
        return found

    def _send_steps(self, values: list[Any]) -> Steps[None]:
        if not self.copies:
            yield from execute_steps(self.connection, self.statement, values)
            return
        entry = yield from self.connection.statement_steps(True)
        self.connection.engine.log.plain(self.target.sql, self.connection.token)
        yield from self.connection.guarded_steps(CopyRows(entry, self.target, values))

    def _named_steps(self, values: list[Any], first: int) -> Steps[None]:
        """Without a transaction nothing can be tried again: the error names the first and last row it may be about."""
        try:
            yield from self._send_steps(values)
        except exc.DBAPIError as error:
            self._tell(error, values, first, _line_of(error))
            raise

    def _search_steps(self, values: list[Any], first: int) -> Steps[None]:
        """Try halves until one row is left, and raise the error of that row."""
        while len(values) > 1:
            half = len(values) // 2
            savepoint = yield from self.connection.begin_nested_steps()
            try:
                yield from self._send_steps(values[:half])
            except exc.DBAPIError:
                yield from savepoint.rollback_steps()
                values = values[:half]
            else:
                yield from savepoint.commit_steps()
                values, first = values[half:], first + half
        savepoint = yield from self.connection.begin_nested_steps()
        try:
            yield from self._send_steps(values)
        except exc.DBAPIError as error:
            yield from savepoint.rollback_steps()
            self._tell(error, values, first, 1)
            raise
        yield from savepoint.commit_steps()

    def _tell(self, error: exc.StatementError, rows: Sequence[Any], first: int, number: int | None) -> None:
        if number is None:
            error.add_detail(f"in one of rows {first} to {first + len(rows) - 1}")
            return
        shown = "" if self.connection.engine.hide_parameters else f": {rows[number - 1]!r}"
        error.add_detail(f"in row {first + number - 1}{shown}")


_LINE = re.compile(r"^COPY .*?, line (\d+)", re.MULTILINE)


def _line_of(error: exc.DBAPIError) -> int | None:
    """The row that PostgreSQL says COPY was at, counted from 1."""
    driver_error: Any = error.driver_exception
    context = getattr(getattr(driver_error, "diag", None), "context", None) or getattr(
        driver_error, "context", None
    )
    found = _LINE.search(str(context)) if context else None
    return int(found.group(1)) if found else None
