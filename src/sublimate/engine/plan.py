"""A Core statement's plan: its compiled form and how its rows are made. Found by the statement's key in the engine's cache."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from time import perf_counter
from typing import Any

from sublimate import exc
from sublimate.compiler.compiled import NeedsTransaction, compile_statement
from sublimate.compiler.select import ResultColumn
from sublimate.engine.defaults import Producer, producers, questions
from sublimate.engine.row import ResultMetaData, named_metadata
from sublimate.types.base import NULLTYPE, result_processor_for
from sublimate.util.warnings import warn

Row = Mapping[str, Any]


class CorePlan:
    """What is known about all statements of one shape on one engine."""

    __slots__ = (
        "_getter",
        "_named",
        "_names",
        "_processors",
        "compiled",
        "defaults",
        "is_dml",
        "logged",
        "many_values",
        "metadata",
        "needs_transaction",
        "questions",
        "result_columns",
        "seconds",
        "untyped",
    )  # fmt: skip

    def __init__(self, compiled: Any, seconds: float) -> None:
        self.compiled = compiled
        self.seconds = seconds
        self.logged = 0.0
        self.is_dml = compiled.kind in ("insert", "update", "delete")
        self.needs_transaction: NeedsTransaction = compiled.needs_transaction
        self.result_columns = compiled.result_columns
        self.metadata = metadata_of(compiled)
        self.untyped = untyped_columns(compiled)
        self.defaults: tuple[tuple[str, Producer], ...] = ()
        self.questions: tuple[tuple[str, Any], ...] = ()
        if compiled.prefetch:
            several = bool(getattr(compiled.statement, "_multi_values", ()))
            self.defaults = producers(compiled.prefetch, compiled.kind == "update", several)
            if compiled.kind == "insert":
                self.questions = questions(compiled.prefetch)
        self._getter: Callable[[Row], Any] | None = None
        self.many_values: Any = None

    def arguments(self, binds: tuple[Any, ...], params: Row | None) -> tuple[str, Any]:
        """The SQL and the driver's arguments for one set of values."""
        try:
            found: tuple[str, Any] = self.compiled.arguments(binds, params)
            return found
        except exc.StatementError:
            raise
        except Exception as error:
            raise self.failed(error, params) from error

    def arguments_of_many(self, binds: tuple[Any, ...], rows: Sequence[Row]) -> list[Any]:
        """The driver's arguments for each of many sets of values."""
        if self._getter is None:
            self._plan_rows()
        if set(self._names) <= rows[0].keys():
            return self._picked(rows)
        return [self._one_of_many(binds, rows, i) for i in range(len(rows))]

    def _plan_rows(self) -> None:
        slots = self.compiled._order
        self._names = tuple(slot.name for slot in slots)
        self._named = tuple(slot.public_name for slot in slots) if self.compiled._named else None
        processors = tuple(slot.processor for slot in slots)
        self._processors = processors if any(processors) else None
        one = itemgetter(*self._names) if self._names else lambda row: ()
        self._getter = (lambda row: (one(row),)) if len(self._names) == 1 else one

    def _picked(self, rows: Sequence[Row]) -> list[Any]:
        values = list(map(self._checked_getter(rows), rows))
        if self._processors is not None:
            processors = self._processors
            try:
                values = [
                    tuple([v if p is None else p(v) for p, v in zip(processors, row, strict=True)])
                    for row in values
                ]
            except Exception as error:
                raise self.failed(error, rows) from error
        if self._named is not None:
            return [dict(zip(self._named, row, strict=True)) for row in values]
        return values

    def _checked_getter(self, rows: Sequence[Row]) -> Callable[[Row], Any]:
        getter, names = self._getter, self._names
        assert getter is not None
        for i, row in enumerate(rows):
            for name in names:
                if name not in row:
                    message = f"A value is required for bind parameter {name!r}"
                    raise self.failed(exc.InvalidRequestError(message, code="cd3x"), rows, i)
        return getter

    def _one_of_many(self, binds: tuple[Any, ...], rows: Sequence[Row], i: int) -> Any:
        try:
            return self.compiled.arguments(binds, rows[i])[1]
        except Exception as error:
            raise self.failed(error, rows, i) from error

    def failed(self, error: Exception, params: Any, group: int = 0) -> exc.StatementError:
        """A value could not be bound; an error that asks not to be wrapped goes on as it is."""
        if isinstance(error, exc.DontWrapMixin):
            raise error
        kind = type(error)
        where = f", in parameter group {group}" if group else ""
        many = isinstance(params, Sequence)
        message = f"({kind.__module__}.{kind.__qualname__}) {error}{where}"
        shown = params if many else [params] if params else []
        code = getattr(error, "code", None)
        return exc.StatementError(message, self.compiled.string, shown, error, code=code, ismulti=many)

    def named_values(self, binds: tuple[Any, ...], params: Row | None) -> dict[str, Any]:
        """The values of all parameters by name, before any conversion."""
        values = {}
        for name, slot in self.compiled._by_name.items():
            if params is not None and name in params:
                values[name] = params[name]
            else:
                bind = binds[slot.index] if slot.index is not None and slot.index < len(binds) else slot.bind
                if not bind.required:
                    values[name] = bind.effective_value
        return values


def metadata_of(compiled: Any) -> ResultMetaData | None:
    """The rows of a compiled statement; None if it returns none, or only the database knows its columns."""
    columns = compiled.result_columns
    if not columns or not compiled.returns_rows or any(column.name is None for column in columns):
        return None
    return _metadata([column.name for column in columns], columns, compiled.dialect)


def named_by_database(plan: CorePlan | None, names: tuple[str, ...]) -> ResultMetaData:
    """The rows of a statement with text or a star among its columns; what is known of columns is kept by place or name."""
    if plan is None or not plan.result_columns:
        return named_metadata(names)
    columns = list(plan.result_columns)
    if plan.compiled.kind == "textual_select":
        columns = _columns_of_text(columns, names)
    elif len(columns) != len(names):
        known = {column.name: column for column in columns}
        columns = [known.get(name) or ResultColumn(name, name, NULLTYPE, ()) for name in names]
    keys = [
        column.name or (column.key if _is_literal(column) else name)
        for column, name in zip(columns, names, strict=True)
    ]
    return _metadata(keys, columns, plan.compiled.dialect)


def _is_literal(column: Any) -> bool:
    """Whether it is a `literal_column()`, which is called by its text, unless that may be several columns."""
    return (
        len(column.objects) == 1 and getattr(column.objects[0], "is_literal", False) and column.key[-1] != "*"
    )


def _columns_of_text(columns: Sequence[Any], names: tuple[str, ...]) -> list[Any]:
    """What `text(…).columns(…)` says of the rows: by place if all are columns, else by name."""
    if columns[0].key is None:
        if len(columns) > len(names):
            warn(
                f"Number of columns in textual SQL ({len(names)}) is smaller than number of columns requested ({len(columns)})"
            )
        found = [*columns[: len(names)], *[None] * (len(names) - len(columns))]
    else:
        known = {column.key: column for column in columns}
        found = [known.get(name) for name in names]
    return [c or ResultColumn(None, name, NULLTYPE, ()) for c, name in zip(found, names, strict=True)]


def _metadata(keys: Sequence[str], columns: Sequence[Any], dialect: Any) -> ResultMetaData:
    return ResultMetaData(
        keys,
        [column.objects for column in columns],
        [result_processor_for(column.type, dialect) for column in columns],
        strict=True,
    )


def untyped_columns(compiled: Any) -> tuple[int, ...]:
    """Columns whose values may be JSON text that no type of ours decodes; none where drivers give no JSON."""
    if not compiled.dialect.json_comes_as_text or not compiled.returns_rows:
        return ()
    return tuple(i for i, column in enumerate(compiled.result_columns) if column.type._isnull)


def plan_for(engine: Any, statement: Any, params: Any, options: Mapping[str, Any]) -> CorePlan:
    """The plan of a statement: from the cache, or made now."""
    many = isinstance(params, Sequence)
    keys: tuple[str, ...] = ()
    if params and statement.is_dml:
        keys = tuple(params[0] if many else params)
    translate = options.get("schema_translate_map") or None
    key: Any = statement.cache_key()
    cached = key is not None
    if keys or many or translate:
        key = (key, keys, many, translate and tuple(translate.items()))
    plans = options.get("compiled_cache", engine.plans)
    if plans is None or not cached:
        return _make(engine, statement, keys, many, translate)
    plan: CorePlan | None = plans.get(key)
    if plan is None:
        plan = plans[key] = _make(engine, statement, keys, many, translate)
    return plan


def _make(engine: Any, statement: Any, keys: tuple[str, ...], many: bool, translate: Any) -> CorePlan:
    start = perf_counter()
    compiled = compile_statement(
        statement,
        engine.dialect,
        column_keys=keys,
        for_executemany=many,
        schema_translate_map=translate,
        linting=engine.dialect.linting,
    )
    return CorePlan(compiled, perf_counter() - start)
