"""Compiled: a statement's SQL text on a dialect, and how its values become the driver's arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from sublimate import exc
from sublimate.expression.literal import BindParameter
from sublimate.types.base import NULLTYPE, bind_processor_for

from . import compound as _compound
from . import cte as _cte
from . import expressions as _expressions
from . import froms as _froms
from . import functions as _functions
from . import insert as _insert
from . import operations as _operations
from . import select as _select
from . import update as _update
from . import upsert as _upsert
from .expressions import empty_set, in_list_literal, tuple_types, wrapped
from .facts import Facts
from .linting import COLLECT_CARTESIAN_PRODUCTS, NO_LINTING, WARN_LINTING, warn_of
from .registry import has_renderer
from .rendering import MARK, Rendering

_ESCAPED = str.maketrans({"%": "P", "(": "A", ")": "Z", ":": "C", ".": "_", "[": "_", "]": "_", " ": "_"})


def public_name(name: str) -> str:
    """The name as drivers that take parameters by name can have it."""
    return name if name.isidentifier() else name.translate(_ESCAPED)


_NOTHING: Mapping[str, Any] = {}


class Slot:
    """One place in the SQL text where a parameter goes."""

    __slots__ = (
        "bind",
        "cast",
        "expanding",
        "index",
        "literal_execute",
        "name",
        "number",
        "processor",
        "public_name",
        "style",
    )

    def __init__(
        self,
        name: str,
        bind: Any,
        index: int | None,
        literal_execute: bool,
        dialect: Any,
        preparer: Any = None,
    ) -> None:
        self.name = name
        self.public_name = public_name(name)
        self.bind = bind
        self.index = index
        self.literal_execute = literal_execute
        self.expanding = bind.expanding
        self.style = dialect.paramstyle
        self.number = 0  # among the parameters, in the order in which they were rendered
        self.processor: Callable[[Any], Any] | None = bind_processor(bind.type, dialect)
        self.cast = dialect.bind_cast(bind.type, preparer) if not bind.type._is_tuple_type else None


def bind_processor(type_: Any, dialect: Any) -> Callable[[Any], Any] | None:
    """The function that makes the driver's value of a Python value; None if it passes as it is."""
    return bind_processor_for(type_, dialect)


#: whether BEGIN goes before a statement; "lock": even to a database that would wait for the first write with it
NeedsTransaction: TypeAlias = bool | Literal["lock"]


class ExpandedState(NamedTuple):
    """The SQL for one set of parameters, each list in it written out: `compiled.construct_expanded_state(…)`."""

    statement: str
    parameters: dict[str, Any]
    processors: dict[str, Any]
    positiontup: list[str] | None
    #: the name of each parameter that was a list -> the names of its values
    parameter_expansion: dict[str, list[str]]

    @property
    def additional_parameters(self) -> dict[str, Any]:
        return self.parameters

    @property
    def positional_parameters(self) -> tuple[Any, ...]:
        if self.positiontup is None:
            raise exc.InvalidRequestError(
                "statement does not use a positional paramstyle, so that its parameters have no order"
            )
        return tuple(self.parameters[name] for name in self.positiontup)


class Compiled(Facts):
    """The outcome of a compilation: `string`, `params`, `result_columns`, and `arguments()` for the driver."""

    #: what the engine's log says of it: the time it took to make, and when it was first used
    seconds: float = 0.0
    logged: float = 0.0
    #: columns that may hold JSON text no type decodes; whoever plans the statement decides
    untyped: tuple[int, ...] = ()

    def __init__(self, statement: Any, dialect: Any, ctx: Rendering, text: str) -> None:
        self.statement = statement
        self.dialect = dialect
        self.preparer = ctx.preparer
        self.binds = ctx.binds
        self.bind_names = {bind: name for name, bind in ctx.binds.items()}
        self.kind = ctx.statement_kind if ctx.statement is not None else "expression"
        self.result_columns = tuple(ctx.result_columns or ())
        state = ctx.toplevel_dml
        self.dml = state
        self.prefetch = tuple(state.prefetch) if state else ()
        self._expanded_names: list[str] | None = None
        self.postfetch = state.left_unknown() if state else ()
        self.implicit_returning = tuple(state.implicit_returning) if state else ()
        self.returning = bool(getattr(ctx.statement, "_returning", ()))
        self.returns_rows = self._returns_rows(ctx)
        self.needs_transaction: NeedsTransaction = (
            "lock" if ctx.locks else ctx.volatile or self.kind not in ("select",)
        )
        self.execution_options = getattr(statement, "_execution_options", {})
        self._take_apart(statement, ctx, text)

    def _returns_rows(self, ctx: Rendering) -> bool:
        if self.kind in ("insert", "update", "delete"):
            return bool(self.result_columns)
        return self.kind != "ddl"

    # -- text and slots

    def _take_apart(self, statement: Any, ctx: Rendering, text: str) -> None:
        binds = getattr(statement, "binds", ())
        positions = {
            id(b if b._stands_for is None else b._stands_for): i for i, b in reversed(list(enumerate(binds)))
        }
        named = ctx.binds
        self._width = len(binds)
        #: parameters of the compiler's own, counted on behind those of the statement
        self._constants: tuple[Any, ...] = ()
        pieces = text.split(MARK)
        self._texts = pieces[0::2]
        by_name: dict[str, Slot] = {}
        self._slots: list[Slot] = []
        numbers: dict[str, int] = {}
        for name, bind, literal_execute, _ in ctx.marked:
            if not (bind.expanding or literal_execute):
                numbers.setdefault(name, len(numbers) + 1)
        for marker in pieces[1::2]:
            if not marker.isdigit():
                raise exc.CompileError(
                    f"No SQL text can have a NUL character in it: {marker[:60]!r} follows one in this statement"
                )
            name, bind, literal_execute, dialect = ctx.marked[int(marker)]
            slot = by_name.get(name)
            if slot is None:
                bind = (
                    bind if bind.required else named.get(name, bind)
                )  # the last of one name gives its value
                index = positions.get(id(ctx.origins.get(id(bind), bind)))
                if index is None and not bind.required and bind.callable is None:
                    index = self._width + len(self._constants)
                    self._constants += (bind,)
                slot = by_name[name] = Slot(name, bind, index, literal_execute, dialect, ctx.preparer)
                slot.number = numbers.get(name, 0)
            self._slots.append(slot)
        self._by_name = by_name
        self.has_expanding = any(s.expanding or s.literal_execute for s in self._slots)
        self._expansions: dict[Any, tuple[str, list[tuple[Slot, Any]]]] = {}
        self.string = self._text_without_values()
        self._plan_arguments()

    def _placeholder(self, slot_name: str, cast: str | None, number: int, style: str) -> str:
        if style == "numeric_dollar":
            text = f"${number}"
        elif style == "qmark":
            text = "?"
        elif style == "named":
            text = f":{slot_name}"
        elif style == "pyformat":
            text = f"%({slot_name})s"
        elif style == "format":
            text = "%s"
        else:
            text = f":{number}"
        return f"{text}::{cast}" if cast else text

    def _text_without_values(self) -> str:
        """The SQL with IN lists shown as `__[POSTCOMPILE_name]`."""
        out = [self._texts[0]]
        for slot, text in zip(self._slots, self._texts[1:], strict=True):
            if slot.expanding or slot.literal_execute:
                out.append(f"__[POSTCOMPILE_{slot.name}]")
            else:
                out.append(self._placeholder(slot.public_name, slot.cast, slot.number, slot.style))
            out.append(text)
        return "".join(out)

    def _plan_arguments(self) -> None:
        """Decide how arguments are laid out: by position or by name, each name once where the style allows."""
        style = self.dialect.paramstyle
        self._named = style in ("named", "pyformat")
        fixed = [s for s in self._slots if not (s.expanding or s.literal_execute)]
        if style not in ("qmark", "format"):
            fixed = sorted({s.name: s for s in fixed}.values(), key=lambda s: s.number)
        self._order = fixed
        self._simple = not self.has_expanding and all(
            s.index is not None and not s.bind.required and s.bind.callable is None for s in self._order
        )
        self._picks = [(s.index or 0, s.processor) for s in self._order] if self._simple else []
        self._names = tuple(s.public_name for s in self._order)
        self._straight = self._simple and all(p is None for _, p in self._picks)
        self._in_bind_order = self._straight and [i for i, _ in self._picks] == list(range(len(self._picks)))
        self._known_names = {s.name for s in self._slots}

    # -- values

    def arguments(self, binds: tuple[Any, ...], params: Mapping[str, Any] | None = None) -> tuple[str, Any]:
        """The SQL and the driver's arguments for a statement's binds and an execution's parameters."""
        if self._simple and not params and len(binds) == self._width:
            if self._constants:
                binds += self._constants
            if self._in_bind_order and len(binds) == len(self._picks):
                values = [b.value for b in binds]
            elif self._straight:
                values = [binds[i].value for i, _ in self._picks]
            else:
                values = [p(binds[i].value) if p is not None else binds[i].value for i, p in self._picks]
        elif self.has_expanding:
            return self._expanded_arguments(binds, params)
        else:
            values = [self._processed(s, self._value(s, binds, params)) for s in self._order]
        return self.string, dict(zip(self._names, values, strict=True)) if self._named else values

    def _value(self, slot: Slot, binds: tuple[Any, ...], params: Mapping[str, Any] | None) -> Any:
        if params is not None and slot.name in params:
            return params[slot.name]
        bind = binds[slot.index] if slot.index is not None and slot.index < len(binds) else slot.bind
        if bind.callable is not None:
            return bind.callable()
        if bind.required:
            raise exc.InvalidRequestError(
                f"A value is required for bind parameter {slot.name!r}", code="cd3x"
            )
        return bind.value

    @staticmethod
    def _processed(slot: Slot, value: Any) -> Any:
        return slot.processor(value) if slot.processor is not None else value

    def _expanded_arguments(
        self, binds: tuple[Any, ...], params: Mapping[str, Any] | None
    ) -> tuple[str, Any]:
        values = {name: self._value(slot, binds, params) for name, slot in self._by_name.items()}
        key: list[tuple[Any, Any]] = []
        for name, slot in self._by_name.items():
            if slot.expanding:
                values[name] = items = list(values[name]) if values[name] is not None else []
                key.append(
                    (len(items), len(items[0]) if items and isinstance(items[0], (tuple, list)) else 0)
                )
            elif slot.literal_execute:
                key.append((slot.name, values[name]))
        layout = self._expansions.get(tuple(key)) if not _unhashable(key) else None
        if layout is None:
            layout = self._expand(values)
            if len(self._expansions) < 100 and not _unhashable(key):
                self._expansions[tuple(key)] = layout
        text, order = layout
        if self._named:
            return text, {name: self._item(slot, values, path) for name, slot, path in order}  # type: ignore[misc]
        return text, [self._item(slot, values, path) for _, slot, path in order]  # type: ignore[misc]

    def _item(self, slot: Slot, values: dict[str, Any], path: Any) -> Any:
        value = values[slot.name]
        if path is None:
            return self._processed(slot, value)
        if isinstance(path, tuple):
            row, column = path
            item = value[row][column]
            processor = bind_processor(tuple_types(slot.bind, value[row])[column], self.dialect)
            return processor(item) if processor is not None else item
        return self._processed(slot, value[path])

    def _expand(self, values: dict[str, Any]) -> tuple[str, list[Any]]:
        """The SQL for lists of these lengths, and where each argument comes from."""
        style = self.dialect.paramstyle
        repeat = style in ("qmark", "format")
        numbers: dict[Any, int] = {}
        order: list[Any] = []
        if style == "numeric_dollar":
            for slot in self._order:
                numbers[(slot.name, None)] = len(numbers) + 1
                order.append((slot.public_name, slot, None))

        def place(slot: Slot, path: Any, suffix: str, cast: str | None) -> str:
            key = (slot.name, path)
            name = slot.public_name + suffix
            if key not in numbers:
                numbers[key] = len(numbers) + 1
                order.append((name, slot, path))
            elif repeat:
                order.append((name, slot, path))
            return self._placeholder(name, cast, numbers[key], slot.style)

        out = [self._texts[0]]
        for slot, text in zip(self._slots, self._texts[1:], strict=True):
            if slot.literal_execute and not slot.expanding:
                ctx = Rendering(self.dialect)
                out.append(ctx.literal(values[slot.name], slot.bind.type))
            elif slot.expanding:
                out.append(self._list_text(slot, values[slot.name], place))
            else:
                out.append(place(slot, None, "", slot.cast))
            out.append(text)
        return "".join(out), order

    def _list_text(self, slot: Slot, items: list[Any], place: Callable[..., str]) -> str:
        ctx = Rendering(self.dialect)
        if not items:
            return empty_set(slot.bind, ctx)
        if slot.literal_execute:
            return in_list_literal(slot.bind, items, ctx)
        if isinstance(items[0], (tuple, list)) and (slot.bind.type._is_tuple_type or slot.bind.type._isnull):
            rows = []
            for r, row in enumerate(items):
                cells = ", ".join(place(slot, (r, c), f"_{r + 1}_{c + 1}", None) for c in range(len(row)))
                rows.append(f"({cells})")
            return ("VALUES " if self.dialect.tuple_in_values else "") + ", ".join(rows)
        impl = slot.bind.type.dialect_impl(self.dialect)
        parts = [place(slot, i, f"_{i + 1}", slot.cast) for i in range(len(items))]
        if impl.has_bind_expression:
            around = Rendering(
                self.dialect, literal_binds=True
            )  # its own values have no place among the arguments
            parts = [wrapped(part, impl, slot.bind, around) for part in parts]
        return ", ".join(parts)

    # -- public face

    @property
    def params(self) -> dict[str, Any]:
        """The parameters by name, with the values known now."""
        return self.construct_params(_check=False)

    def construct_params(
        self, params: Mapping[str, Any] | None = None, _check: bool = True, **_: Any
    ) -> dict[str, Any]:
        if params and self.has_expanding and self._expanded_names is not None:
            raise exc.InvalidRequestError(
                "can't construct new parameters when render_postcompile is used; the statement is hard-linked to the "
                "original parameters.  Use construct_expanded_state to generate a new statement and parameters."
            )
        out: dict[str, Any] = {}
        for name, bind in self.binds.items():
            if params is not None and name in params:
                out[public_name(name)] = params[name]
            elif _check and bind.required:
                raise exc.InvalidRequestError(f"A value is required for bind parameter {name!r}", code="cd3x")
            else:
                out[public_name(name)] = bind.effective_value
        return out

    @property
    def positiontup(self) -> list[str] | None:
        if not self.dialect.positional:
            return None
        if self._expanded_names is not None:
            return self._expanded_names
        if self.dialect.paramstyle in ("qmark", "format"):
            return [slot.name for slot in self._slots]
        return list(dict.fromkeys(slot.name for slot in self._slots))

    @property
    def sql_compiler(self) -> Compiled:
        return self

    @property
    def positional(self) -> bool:
        found: bool = self.dialect.positional
        return found

    def construct_expanded_state(
        self, params: Mapping[str, Any] | None = None, *, escape_names: bool = True
    ) -> ExpandedState:
        """The SQL and the parameters for these values, with a parameter for each value of a list."""
        values = self._values_for_reading(params or {})
        text, order = self._expand(values)
        parameters = self.construct_params(params)
        expansion: dict[str, list[str]] = {}
        for name, slot, path in order:
            if path is not None or slot.expanding:
                parameters.pop(slot.public_name, None)
                expansion.setdefault(slot.public_name, []).append(name)
                parameters[name] = self._raw(slot, values, path)
        for slot in self._slots:
            if slot.literal_execute:  # its value stands in the text
                parameters.pop(slot.public_name, None)
        processors = {name: slot.processor for name, slot, _ in order if slot.processor is not None}
        names = [name for name, _, _ in order] if self.positional else None
        return ExpandedState(text, parameters, processors, names, expansion)

    def _values_for_reading(self, params: Mapping[str, Any]) -> dict[str, Any]:
        values = {
            name: params[slot.public_name]
            if slot.public_name in params
            else self._value(slot, (), None)
            if slot.expanding
            else slot.bind.effective_value
            for name, slot in self._by_name.items()
        }
        for name, slot in self._by_name.items():
            if slot.expanding:
                values[name] = list(values[name]) if values[name] is not None else []
        return values

    def render_postcompile(self) -> None:
        """Put the lists' own values in place of `__[POSTCOMPILE_name]`, for reading."""
        values = self._values_for_reading({})
        self.string, order = self._expand(values)
        self._expanded_names = [name for name, _, _ in order]
        expanded = {n: self._raw(slot, values, path) for n, slot, path in order}
        kept = {
            n: b
            for n, b in self.binds.items()
            if n not in self._by_name or not (self._by_name[n].expanding or self._by_name[n].literal_execute)
        }
        self.binds = {**kept}
        for name, value in expanded.items():
            if name not in self.binds:
                self.binds[name] = BindParameter(name, value, type_=NULLTYPE)

    @staticmethod
    def _raw(slot: Slot, values: dict[str, Any], path: Any) -> Any:
        value = values[slot.name]
        if path is None:
            return value
        return value[path[0]][path[1]] if isinstance(path, tuple) else value[path]

    def __str__(self) -> str:
        return self.string


def _unhashable(key: Any) -> bool:
    try:
        hash(tuple(key))
    except TypeError:
        return True
    return False


def compile_statement(
    statement: Any,
    dialect: Any,
    *,
    column_keys: Any = None,
    for_executemany: bool = False,
    schema_translate_map: Any = None,
    literal_binds: bool = False,
    render_postcompile: bool = False,
    linting: int = NO_LINTING,
    include_table: bool = True,
    passed: Mapping[str, Any] = _NOTHING,
) -> Compiled:
    """Compile a statement or expression on a dialect. Raises CompileError if it cannot be said there.

    `linting=FROM_LINTING` warns of FROM elements that nothing joins; without `include_table` columns in conditions and
    expressions stand without their tables; what is `passed` reaches the functions of `@compiles`.
    """
    ctx = Rendering(
        dialect,
        literal_binds=literal_binds,
        column_keys=column_keys,
        schema_translate_map=schema_translate_map,
    )
    ctx.for_executemany = for_executemany
    ctx.include_table, ctx.passed = include_table, passed
    ctx.result_columns = []
    if linting & COLLECT_CARTESIAN_PRODUCTS:
        ctx.products = []
    if statement.is_text:
        ctx.statement_kind = "text"
        ctx.statement = statement
    text = ctx.render(statement) if include_table else ctx.render(statement, include_table=False)
    if getattr(statement, "supports_execution", False) and not has_renderer(statement.__visit_name__):
        # a user's own statement: what rows it gives is not what a SELECT inside it would give
        ctx.statement, ctx.statement_kind, ctx.result_columns = statement, "text", []
    compiled = Compiled(statement, dialect, ctx, text)
    compiled.column_keys = None if column_keys is None else list(column_keys)
    compiled.for_executemany = for_executemany
    compiled.schema_translate_map = schema_translate_map
    compiled.linting = linting
    if ctx.products and linting & WARN_LINTING:
        warn_of(ctx.products)
    if render_postcompile:
        compiled.render_postcompile()
    return compiled


_ = (_compound, _cte, _expressions, _froms, _functions, _insert, _operations, _select, _update, _upsert)
