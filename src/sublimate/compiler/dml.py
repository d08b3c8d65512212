"""What the renderers of INSERT, UPDATE and DELETE share: their state, the values given to columns, RETURNING."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sublimate import exc
from sublimate.expression.column import NamedColumn
from sublimate.expression.literal import REQUIRED, BindParameter
from sublimate.statements.labels import LABEL_STYLE_DEFAULT
from sublimate.statements.select import expand_columns
from sublimate.statements.select_base import column_name, returning_column_plan

from .cte import with_clause
from .froms import hinted
from .rendering import Rendering, SelectFrame
from .select import ResultColumn, labelled


class DMLState:
    """What the executor must know of a compiled INSERT, UPDATE or DELETE."""

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self.table = _table_of(statement)
        self.prefetch: list[tuple[Any, str]] = []
        self.postfetch: list[Any] = []
        self.implicit_returning: list[Any] = []
        self.values_row: str | None = None
        self.insert_prefix: str | None = None
        self.insert_suffix: str = ""
        self.provided: set[str] = set()
        self.given: dict[Any, Any] = {}
        self._texts: dict[Any, str] = {}
        self.suffix = ""
        self.later_row = False

    def start_row(self, given: dict[Any, Any], number: int | None = None) -> None:
        """The values of a row, by column: what `text_of()` speaks of from now on; a number if it is one of many."""
        self.given = given
        self.suffix = "" if number is None else f"_m{number}"
        self.later_row = bool(number)
        self._texts = {}

    def text_of(self, column: Any, ctx: Rendering) -> str:
        """The text of the value given to a column, made once for all that mention it."""
        found = column if column in self.given else column_for(column, self.table)
        if found not in self.given:
            if self.statement.is_update:
                return ctx.render(column)
            raise exc.CompileError(f"Can't resolve referenced column name in INSERT statement: {found.key!r}")
        text = self._texts.get(found)
        if text is None:
            text = self._texts[found] = render_value(self.given[found], found, ctx)
        return text

    def left_unknown(self) -> tuple[Any, ...]:
        """The columns whose values the server makes and does not tell."""
        told = {id(column) for column in self.implicit_returning}
        return tuple(column for column in self.postfetch if id(column) not in told)


def _table_of(statement: Any) -> Any:
    table = statement.table
    mapper = getattr(table, "mapper", None)
    return mapper.local_table if mapper is not None else table


def begin(statement: Any, ctx: Rendering) -> bool:
    """Start a DML statement; True if it is the outermost one."""
    toplevel = ctx.statement is None
    ctx.volatile = True
    ctx.dml = DMLState(statement)
    ctx.open_level(toplevel)
    if toplevel:
        ctx.statement = statement
        ctx.statement_kind = statement.__visit_name__
        ctx.toplevel_dml = ctx.dml
    return toplevel


def render_ctes(statement: Any, ctx: Rendering) -> None:
    """The CTEs of `add_cte()`; their parameters come behind those of the values."""
    for cte in statement._independent_ctes:
        ctx.render(cte)


def end(ctx: Rendering, text: str, toplevel: bool) -> str:
    """The text, with the WITH clause of an outermost statement."""
    level = ctx.levels[-1]
    if not toplevel:
        return ctx.close_level(level) + text
    ctx.levels.pop()
    prefix = with_clause(ctx)
    state = ctx.toplevel_dml
    if state.insert_prefix is not None and prefix:
        state.insert_prefix = None
    return prefix + text


def verb(word: str, statement: Any, ctx: Rendering) -> str:
    """`INSERT` and its prefixes."""
    prefixes = [ctx.render(p) for p, dialect in statement._prefixes if dialect in ("*", ctx.dialect.name)]
    return " ".join([word, *prefixes, ""])


def with_hints(statement: Any, table: Any, text: str, ctx: Rendering) -> str:
    for target, hint, dialect in statement._hints:
        if dialect in ("*", ctx.dialect.name) and target is statement.table:
            text = hinted(table, text, hint, ctx)
    return text


# -- values


def given_values(statement: Any, table: Any, ctx: Rendering, others: Sequence[Any] = ()) -> dict[Any, Any]:
    """column -> value node, from `values()` and from the keys of the parameters."""
    given: dict[Any, Any] = {}
    unknown: list[str] = []
    for key, value in statement._values:
        column = column_for(key, table, others)
        if column is None or (statement.is_insert and is_foreign(column, table)):
            unknown.append(str(getattr(key, "key", key)))
        else:
            given[column] = value
    for key in ctx.column_keys or ():
        column = column_for(key, table)
        if (
            column is not None and column not in given
        ):  # what the statement says itself stands, other names are its own
            given[column] = parameter(column, required=True)
    require_known(unknown)
    return given


def is_part(key: Any) -> bool:
    """Whether what is written to is no column but an expression: an element of an array, a part of a document."""
    return not isinstance(key, (str, NamedColumn))


def is_foreign(column: Any, table: Any) -> bool:
    return not is_part(column) and not table.c.contains_column(column)


def written_name(column: Any, ctx: Rendering) -> str:
    """What is written to, without its table's name."""
    if not is_part(column):
        return ctx.preparer.quote(column.name)
    bare, ctx.bare_columns = ctx.bare_columns, True
    text = ctx.render(column)
    ctx.bare_columns = bare
    return text


def require_known(unknown: list[str]) -> None:
    if unknown:
        raise exc.CompileError(f"Unconsumed column names: {', '.join(sorted(unknown))}")


def column_for(key: Any, table: Any, others: Sequence[Any] = ()) -> Any:
    """The column that a key of `values()` names: the table's, or that of another table which the statement reads."""
    if isinstance(key, str):
        return table.c.get(key)
    if is_part(key):
        return key
    column = getattr(key, "column", key)
    if table.c.contains_column(column):
        return column
    if column.table is table or column.table is None:
        return table.c.get(column.key)
    if any(column.table is other for other in others):
        return column
    own = table.c.corresponding_column(column)
    return column if own is None else own


def parameter(column: Any, required: bool = False) -> BindParameter[Any]:
    """The parameter for a column, named as the column."""
    value = REQUIRED if required else None
    bind: BindParameter[Any] = BindParameter(column.key, value, type_=column.type, required=required)
    bind._is_crud = True
    if required:
        bind._comes_later = True
    return bind


def every_parameter(table: Any) -> dict[Any, Any]:
    """A parameter for each column that can be written."""
    given = {c: parameter(c) for c in table.c if not getattr(c, "_omit_from_statements", False)}
    for bind in given.values():
        bind._comes_later = True
    return given


def render_value(value: Any, column: Any, ctx: Rendering) -> str:
    """A value in VALUES or SET."""
    if not value._is_bind_parameter:
        return ctx.render(value.self_group())
    if value.type._isnull and not column.type._isnull:
        value = ctx.stand_in(value, type=column.type)
    if ctx.statement is not ctx.dml.statement:
        if value._is_crud and not value._comes_later:
            value = ctx.stand_in(value, key="param", unique=True)
    elif value.unique and not value._stays_unnamed and not ctx.dml.later_row and not is_part(column):
        value = ctx.stand_in(value, key=f"{column.key}{ctx.dml.suffix}", unique=False)
    return ctx.render(value)


def is_sequence(default: Any) -> bool:
    return getattr(default, "__visit_name__", "") == "sequence"


def is_expression(default: Any) -> bool:
    """Whether a default is SQL, evaluated by the database."""
    return bool(getattr(default, "is_clause_element", False))


# -- RETURNING


def returning(statement: Any, ctx: Rendering) -> str:
    """The RETURNING clause with a space before it; empty if nothing comes back."""
    elements = [c for element in statement._returning for c in expand_columns(element)]
    collects = ctx.result_columns is not None and ctx.statement is statement
    plan = statement._subquery_columns()
    if not elements and collects:
        elements = ctx.dml.implicit_returning
        plan = returning_column_plan(elements)
    if not ctx.dialect_name:  # what is printed for people has the names as they are
        plan = [(key, _own_name(name, column), column) for key, name, column in plan]
    return " RETURNING " + ", ".join(returning_columns(elements, plan, ctx, collects)) if elements else ""


def _own_name(name: Any, column: Any) -> Any:
    own = column_name(column, LABEL_STYLE_DEFAULT)
    return getattr(name, "first", name) if own is None else own


def server_made(statement: Any, candidates: list[Any], can: bool, ctx: Rendering) -> None:
    """What `return_defaults()` asks for: columns by name, or those whose values the server makes."""
    if not (can and statement._return_defaults):
        return
    named = statement._return_defaults_columns
    wanted = candidates if named is None else [c for c in ctx.dml.table.c if any(c is n for n in named)]
    for column in (*wanted, *(statement._supplemental_returning or ())):
        if not any(column is c for c in ctx.dml.implicit_returning):
            ctx.dml.implicit_returning.append(column)


def returning_columns(
    elements: list[Any], plan: list[tuple[Any, Any, Any]], ctx: Rendering, collects: bool
) -> list[str]:
    named = iter(plan)
    frame = SelectFrame([], [], None)
    bare, ctx.bare_columns = ctx.bare_columns, getattr(ctx.dialect, "returning_bare_columns", False)
    out = []
    for element in elements:
        if getattr(element, "is_text", False):
            text = ctx.render(element)
            out.append(text)
            if collects and ctx.result_columns is not None:
                ctx.result_columns.append(ResultColumn(None, text, element.type, (element,)))
            continue
        key, name, column = next(named)
        out.append(
            labelled(column, name, ctx, frame, asfrom=False, style_none=False, key=key, collects=collects)
        )
    ctx.bare_columns = bare
    return out
