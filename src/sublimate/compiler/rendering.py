"""Rendering: the state of one compilation. Makes text with markers where parameters go; never does I/O."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from sublimate import exc
from sublimate.expression.node import AnonymousName
from sublimate.statements.select_base import DerivedName

from .linting import message, product_of
from .registry import _RENDERS, has_renderer, renderer_for

MARK = "\x00"
_UNFIT = re.compile(r"[%() $]+")
_UNFIT_FOR_BINDS = re.compile(r"[%():.\[\] $]+")


@cache
def dialect_for_people(name: str) -> Any:
    """The dialect that shows constructs which only one database has."""
    return import_module(f"sublimate.dialects.{name}").dialect()


class Preparer(Protocol):
    """What renderers ask of a dialect's `IdentifierPreparer`."""

    def quote(self, ident: str) -> str: ...
    def quote_identifier(self, value: str) -> str: ...
    def quote_schema(self, schema: str) -> str: ...
    def schema_for_object(self, item: Any) -> str | None: ...
    def format_table(self, table: Any) -> str: ...
    def format_sequence(self, sequence: Any) -> str: ...
    def format_collation(self, collation_name: str) -> str: ...
    def truncate_and_render_constraint_name(self, name: str) -> str: ...
    def with_schema_translate(self, translate: Any) -> Preparer: ...


class SelectFrame:
    """What an enclosing SELECT offers to those inside it."""

    __slots__ = ("asfrom_froms", "columns", "correlate_froms", "labels", "stack_select")

    def __init__(self, correlate_froms: list[Any], asfrom_froms: list[Any], select: Any) -> None:
        self.correlate_froms = correlate_froms
        self.asfrom_froms = asfrom_froms
        self.stack_select = select
        self.columns: dict[Any, Any] = {}
        self.labels: dict[str, Any] = {}


class CTELevel:
    """The common table expressions that one WITH clause will hold."""

    __slots__ = ("by_name", "known", "recursive", "texts")

    def __init__(self) -> None:
        self.known: dict[int, Any] = {}
        self.by_name: dict[str, Any] = {}
        self.texts: dict[int, str] = {}
        self.recursive = False

    def with_clause(self) -> str:
        """The clause; afterwards the level is empty."""
        if not self.texts:
            return ""
        text = ("WITH RECURSIVE " if self.recursive else "WITH ") + ", \n".join(self.texts.values()) + "\n "
        self.texts = {}
        return text


class Rendering:
    """The context every renderer gets: `ctx.render(node)` renders a child."""

    def __init__(self, dialect: Any, *, literal_binds: bool = False, column_keys: Any = None, schema_translate_map: Any = None,
                 render_postcompile: bool = False) -> None:  # fmt: skip
        self.dialect = dialect
        self.preparer: Preparer = dialect.identifier_preparer
        if schema_translate_map:
            self.preparer = self.preparer.with_schema_translate(schema_translate_map)
        self.dialect_name: str = dialect.name if dialect.name != "default" else ""
        self.stringifies: bool = getattr(dialect, "prints_for_people", False)
        self.literal_binds = literal_binds
        self.render_postcompile = render_postcompile
        self.column_keys = column_keys
        self.statement: Any = None
        self.double_percents = dialect.paramstyle in ("format", "pyformat")
        self.binds: dict[str, Any] = {}
        self.bind_names: dict[int, str] = {}
        self.marked: list[Any] = []
        self.names: dict[int, str] = {}
        self._kept: list[Any] = []
        self.counters: dict[str, int] = {}
        self.cut_names: dict[str, int] = {}
        self.stack: list[SelectFrame] = []
        #: names in place of their own for tables that cannot be told apart from others, by their identity
        self.renamed: dict[int, str] = {}
        self.outermost = CTELevel()
        self.levels: list[CTELevel] = []
        #: the CTEs whose text is being written, which may name themselves
        self.recursions: list[set[int]] = []
        self.origins: dict[int, Any] = {}
        self.rendered_values: set[int] = set()
        self.within_columns = False
        #: what is rendered stands in a subquery that is an operand
        self.within_operator = False
        self.result_columns: list[Any] | None = None
        #: the SELECTs whose rows the caller gets
        self.result_selects: frozenset[int] = frozenset()
        #: what is said of products of FROM elements; None where nobody asks
        self.products: list[str] | None = None
        self.volatile = False
        self.functions = 0  # how many functions are around what is rendered now
        #: the statement locks what it reads, on a database that has no word for it but BEGIN
        self.locks = False
        self.statement_kind = "select"
        self.bare_columns = False
        self.insert_bare_columns = False
        self.from_hints: dict[int, str] = {}
        self.dml: Any = None
        #: the state of the outermost statement, if it is INSERT, UPDATE or DELETE
        self.toplevel_dml: Any = None
        self.for_executemany = False
        self.include_table = True
        #: what the caller of `compile()` has for functions of `@compiles`
        self.passed: Any = {}

    # -- children

    def render(self, node: Any, **kw: Any) -> str:
        """The SQL text of a node."""
        if self.stringifies and node.stringify_dialect != "default" and not getattr(node, "is_dml", False):
            return self._render_in(dialect_for_people(node.stringify_dialect), node, kw)
        return renderer_for(node, self.dialect_name)(node, self, **kw)

    def process(self, node: Any, *, literal_binds: bool | None = None, **kw: Any) -> str:
        """What users' `@compiles` functions call: the text of a node, with values written out if they say so."""
        if literal_binds is None:
            return self.render(node, **kw)
        kept, self.literal_binds = self.literal_binds, literal_binds
        try:
            return self.render(node, **kw)
        finally:
            self.literal_binds = kept

    def render_as(self, dialect: str, node: Any) -> str:
        """The text of what only a dialect of this name knows, also in a statement printed for people."""
        if self.stringifies and dialect != "default":
            return self._render_in(dialect_for_people(dialect), node, {})
        return self.render(node)

    def _render_in(self, dialect: Any, node: Any, kw: dict[str, Any]) -> str:
        """The text of a node that only another dialect knows, within a statement printed for people."""
        kept = self.dialect, self.dialect_name, self.preparer, self.double_percents
        self.dialect, self.dialect_name, self.preparer = dialect, dialect.name, dialect.identifier_preparer
        self.double_percents = dialect.paramstyle in ("format", "pyformat")
        self.stringifies = False
        text = self.render(node, **kw)
        self.dialect, self.dialect_name, self.preparer, self.double_percents = kept
        self.stringifies = True
        return text

    def dialect_render(self, what: str, node: Any, **kw: Any) -> str:
        """A part of a statement that dialects write differently (`limit_clause`, `for_update_clause` …)."""
        return _default_render(what, self, node, kw)

    def render_list(self, nodes: Any, separator: str = ", ", **kw: Any) -> str:
        return separator.join([text for node in nodes if (text := self.render(node, **kw))])

    def percent(self, text: str) -> str:
        """Text with `%` doubled where the driver's parameter style needs it."""
        return text.replace("%", "%%") if self.double_percents else text

    def lint(self, word: str, froms: Any, criteria: Any) -> None:
        """Note it if nothing joins some of the FROM elements."""
        from sublimate.expression.binary import BooleanClauseList
        from sublimate.operators.functions import and_

        found = product_of(froms, [BooleanClauseList.joined(and_, criteria)] if criteria else [])
        if found is not None and self.products is not None:
            rest, start = found
            self.products.append(message(word, [self._shown_name(f) for f in rest], self._shown_name(start)))

    def _shown_name(self, from_: Any) -> str:
        name = getattr(from_, "name", None)
        return self.name_of(name) if name is not None else str(from_)

    # -- levels of common table expressions

    def open_level(self, toplevel: bool) -> CTELevel:
        """A SELECT begins, which may have a WITH clause of its own for nesting CTEs; the whole statement has one for all."""
        self.levels.append(level := self.outermost if toplevel else CTELevel())
        return level

    def close_level(self, level: CTELevel | None) -> str:
        """The SELECT ends: its own WITH clause, if any."""
        return "" if level is None else self.levels.pop().with_clause()

    # -- names

    def name_of(self, name: Any) -> str:
        """A name as text; an anonymous one gets its number here."""
        if not isinstance(name, AnonymousName):
            text: str = self._cut(name) if isinstance(name, DerivedName) else name
            return text
        known = self.names.get(id(name))
        if known is None:
            prefix = getattr(name, "prefix", None)
            known = (
                f"{self.name_of(prefix)}_{self.name_of(name.column)}"  # type: ignore[attr-defined]
                if prefix is not None
                else self.numbered(name.base)
            )
            self.names[id(name)] = known
            self._kept.append(name)
        return known

    def numbered(self, base: Any) -> str:
        base = self.name_of(base)
        base = _UNFIT.sub("_", base)
        number = self.counters.get(base, 0) + 1
        self.counters[base] = number
        name = f"{base}_{number}"
        longest = self._longest_name
        return name if len(name) <= longest else f"{name[:longest]}_{hex(number)[2:]}"

    @property
    def _longest_name(self) -> int:
        limit: int = self.dialect.label_length or self.dialect.max_identifier_length
        return max(limit - 6, 0)

    def _cut(self, name: str) -> str:
        longest = self._longest_name
        if len(name) <= longest:
            return name
        number = self.cut_names.setdefault(name, len(self.cut_names) + 1)
        return f"{name[:longest]}_{hex(number)[2:]}"

    def quote(self, name: Any) -> str:
        return self.preparer.quote(self.name_of(name))

    def type_text(self, type_: Any) -> str:
        """A type as SQL names it, in the schema that it has now."""
        text: str = self.dialect.type_compiler_instance.process(type_, identifier_preparer=self.preparer)
        return text

    # -- parameters

    def bind(self, bind: Any, *, literal_execute: bool = False, name: str | None = None, **kw: Any) -> str:
        """The marker of a bound parameter (its final text depends on all others)."""
        if name is None:
            name = self.bind_name(bind)
        marker = f"{MARK}{len(self.marked)}{MARK}"
        self.marked.append((name, bind, literal_execute or bind.literal_execute, self.dialect))
        return marker

    def stand_in(self, bind: Any, **changes: Any) -> Any:
        """A parameter with another name or type, whose value is still that of the statement's parameter."""
        new = bind._with(**changes)
        self.origins[id(new)] = self.origins.get(id(bind), bind)
        self._kept.append(new)
        return new

    def bind_name(self, bind: Any) -> str:
        known = self.bind_names.get(id(bind))
        if known is not None:
            return known
        key = bind.key
        if bind.unique:
            base = _UNFIT_FOR_BINDS.sub(
                "_", self.name_of(key) if isinstance(key, AnonymousName) else str(key)
            ).strip("_")
            name = self.numbered(base)
            while name in self.binds:
                name = self.numbered(base)
        else:
            name = key
            other = self.binds.get(name)
            if other is not None and other is not bind:
                if other.unique:
                    raise exc.CompileError(
                        f"Bind parameter '{name}' conflicts with unique bind parameter of the same name"
                    )
                if bind._is_crud != other._is_crud:
                    raise exc.CompileError(
                        f"bindparam() name '{name}' is reserved for automatic usage in the VALUES or SET clause of this insert/update "
                        f"statement.   Please use a name other than column name when using bindparam() with insert() or update() (for "
                        f"example, 'b_{name}')."
                    )
                if bind.expanding != other.expanding:
                    raise exc.CompileError(
                        f"Can't reuse bound parameter name '{name}' in both 'expanding' and non-expanding contexts"
                    )
        self.binds[name] = bind
        self.bind_names[id(bind)] = name
        self._kept.append(bind)
        return name

    def literal(self, value: Any, type_: Any) -> str:
        """A value written into the SQL text by its type."""
        if value is None and not type_.should_evaluate_none:
            return "NULL"
        processor = type_.dialect_impl(self.dialect).literal_processor(self.dialect)
        if processor is None:
            raise exc.CompileError(
                f'No literal value renderer is available for literal value "{value!r}" with datatype {type_}'
            )
        try:
            text = self.percent(processor(value))
        except exc.SQLAlchemyError:
            raise
        except Exception as error:
            raise exc.CompileError(
                f'Could not render literal value "{value!r}" with datatype {type_}; see parent stack trace for more detail.'
            ) from error
        if MARK in text:
            raise exc.CompileError(
                f"The literal value {value!r} has a NUL character, which no SQL text can hold: pass it as a parameter"
            )
        return text

    # -- what users' @compiles functions call

    def visit_insert(self, node: Any, **kw: Any) -> str:
        return _default_render("insert", self, node, kw)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("visit_"):
            visit_name = name[6:]
            if not has_renderer(visit_name):
                raise AttributeError(f"{self.dialect_name or 'the default dialect'} writes no {visit_name!r}")
            return lambda node, **kw: _default_render(_rendered_as(node, visit_name), self, node, kw)
        raise AttributeError(name)

    def render_literal_bindparam(self, bindparam: Any, **kw: Any) -> str:
        """A parameter's value, written into the SQL text."""
        return self.literal(bindparam.effective_value, bindparam.type)

    @property
    def compile_state(self) -> Any:
        return self.dml

    @property
    def sql_compiler(self) -> Rendering:
        return self

    @property
    def type_compiler(self) -> Any:
        return self.dialect.type_compiler_instance


def _rendered_as(node: Any, visited_as: str) -> str:
    """The name of a node's renderer, where visitors know the node by the name given."""
    name: str = getattr(node, "__visit_name__", "") if getattr(node, "_visited_as", "") == visited_as else ""
    return name or visited_as


def _default_render(visit_name: str, ctx: Rendering, node: Any, kw: dict[str, Any]) -> str:
    overlay = _RENDERS.get(ctx.dialect_name, {})
    render = overlay.get(visit_name) or _RENDERS[""][visit_name]
    return render(node, ctx, **kw)
