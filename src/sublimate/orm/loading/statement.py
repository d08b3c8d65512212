"""Lowering: a statement on entities becomes one on tables, with a note of what its rows mean. Pure, never does I/O."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sublimate import exc
from sublimate.compiler.registry import renders
from sublimate.expression.label import Label
from sublimate.expression.node import AnonymousName
from sublimate.expression.traverse import replacement_traverse
from sublimate.statements.select import Select
from sublimate.statements.select_base import ForUpdateArg

from .columns import Columns, is_entity
from .criteria import Criteria, entities_in
from .eager import EagerLoads
from .joins import Joiner, contains, plain
from .options import LoaderCriteriaOption
from .overlap import apart
from .own_tables import on_own_tables
from .paths import StatementOptions
from .plan_tree import Lowered, Occurrence


class _Current(threading.local):
    """The statement being compiled by this thread, and what it was lowered to."""

    pair: tuple[Any, Any] | None = None
    criteria: tuple[LoaderCriteriaOption, ...] = ()


current = _Current()


@contextmanager
def inherit_criteria(criteria: tuple[LoaderCriteriaOption, ...]) -> Iterator[None]:
    """While a statement is compiled, its `with_loader_criteria()` also applies to the statements inside it."""
    before = current.criteria
    current.criteria = before + criteria
    try:
        yield
    finally:
        current.criteria = before


@renders("own_condition")
def render_own_condition(node: Any, ctx: Any, **kw: Any) -> str:
    """A condition that criteria brought, without these criteria inside."""
    before = current.criteria
    current.criteria = tuple([option for option in before if option.mark is not node.mark])
    try:
        text: str = ctx.render(node.element, **kw)
        return text
    finally:
        current.criteria = before


LoaderCriteriaOption.while_rendered = lambda option: inherit_criteria((option,))


def lower_statement(statement: Any, nested: bool = False) -> Any:
    """The statement on tables; what the compiler asks for before it renders."""
    if statement.__dict__.get("_is_lowered"):
        return statement
    if current.pair is not None and current.pair[0] is statement:
        return current.pair[1]
    kind = statement.__visit_name__
    if kind == "select":
        lowered = SelectLowering(statement, nested).run().statement
        if nested and "_plan" in statement.__dict__:
            _keep_names(statement, lowered)
        return lowered
    if kind == "from_statement":
        return statement.element
    if kind in ("insert", "update", "delete"):
        from .dml import lower_dml

        return lower_dml(statement)
    return statement


def _keep_names(statement: Any, lowered: Any) -> None:
    """Columns of the subquery were handed out under names the compiler chooses: the same it must choose inside."""
    before, after = statement._column_plan, lowered._column_plan
    if len(before) == len(after):
        lowered.__dict__["_plan"] = [
            (key, old if isinstance(old, AnonymousName) and isinstance(name, AnonymousName) else name, column)
            for (_, old, _), (key, name, column) in zip(before, after, strict=True)
        ]


def lower_select(statement: Select[Any]) -> Lowered:
    """A SELECT on tables, and what its rows hold."""
    return SelectLowering(statement).run()


class SelectLowering:
    """One SELECT on its way from entities to tables."""

    def __init__(self, statement: Select[Any], nested: bool = False) -> None:
        """A nested one gives all columns, whatever its options say: they are for objects, and it makes none."""
        self.statement = statement = apart(statement) if statement._setup_joins else statement
        given = () if nested else statement._with_options
        self.options = StatementOptions(given, statement._settled_options)
        criteria = self.options.criteria + tuple(
            c for c in current.criteria if not any(c is own for own in self.options.criteria)
        )
        self.options.criteria = criteria
        self.criteria = Criteria(criteria)
        self.columns = Columns(self.options, nested)
        self.eager = EagerLoads(self.columns, self.criteria)
        self.is_orm = False
        self.brought: list[
            tuple[Any, Any]
        ] = []  # conditions in WHERE that entities brought, and whose they are

    def run(self) -> Lowered:
        columns = self.columns
        columns.add_all(self.statement._raw_columns)
        if columns.entities and not columns.expressions:
            raise exc.InvalidRequestError("Query contains no columns with which to SELECT from.")
        own_expressions = tuple(columns.expressions)
        self.eager.select_joining_columns()
        own_columns = len(columns.expressions)
        self.eager.build()
        self._check_options()
        froms = self._froms()
        where = self._where()
        changes = self._changes(froms, where)
        if self._needs_wrapping():
            lowered = self._wrapped(changes, own_columns)
        else:
            lowered = self._flat(changes, froms)
        lowered.__dict__["_is_lowered"] = True
        if self.brought:
            lowered.__dict__["_brought_by"] = tuple(self.brought)
        if self.options.criteria:
            lowered.__dict__["_rendered_within"] = partial(inherit_criteria, self.options.criteria)
        is_orm = self.is_orm or bool(columns.entities)
        return Lowered(lowered, columns.items, columns.expressions, is_orm, own_expressions)

    def _check_options(self) -> None:
        if self.options.loads:
            self.options.check([o.entity for o in self.columns.entities])

    # ---- FROM

    def _froms(self) -> list[Any]:
        statement = self.statement
        explicit = [plain(f) for f in statement._from_obj]
        if statement._setup_joins:
            explicit = Joiner(statement, explicit, self.criteria).run()
        for entity in [o.entity for o in self.columns.entities]:
            selectable = entity.selectable
            if selectable._hidden_froms and not any(contains(f, selectable) for f in explicit):
                explicit.append(selectable)
        return explicit

    def _add_eager_joins(self, froms: list[Any]) -> list[Any]:
        froms = list(froms)
        for occurrence, joins in self.eager.joins:
            at = _position(froms, occurrence)
            for join in joins:
                froms[at] = join.attach(froms[at])
        return froms

    # ---- WHERE

    def _where(self) -> tuple[Any, ...]:
        statement = self.statement
        where = statement._where_criteria
        lefts = _left_sides(statement)
        named = entities_in([*statement._raw_columns, *statement._from_obj, *lefts, *where])
        self.is_orm = bool(named) or bool(entities_in(statement._order_by_clauses))
        whole = any(not entity.is_aliased_class and len(entity.tables) > 1 for entity in named)
        if whole:
            where = on_own_tables(where)
        for entity in named:
            if entity.is_aliased_class or self.criteria._options or entity.mapper.single:
                added = tuple(self.criteria.of(entity))
                added = on_own_tables(added) if whole else added
                where += added
                self.brought += [(condition, entity.selectable) for condition in added]
        return where

    # ---- the statement

    def _changes(self, froms: list[Any], where: tuple[Any, ...]) -> dict[str, Any]:
        statement = self.statement
        kept = statement.__dict__
        changes: dict[str, Any] = {"_with_options": self.options.criteria, "_setup_joins": ()}
        if where:
            changes["_where_criteria"] = where
        if froms or "_from_obj" in kept:
            changes["_from_obj"] = tuple(froms)
        for name in ("_group_by_clauses", "_order_by_clauses", "_distinct_on"):
            if kept.get(name):
                changes[name] = _spelled(kept[name])
        for name in ("_correlate", "_correlate_except"):
            if kept.get(name):
                changes[name] = tuple(table for f in kept[name] for table in _with_tables(f))
        if kept.get("_hints"):
            changes["_hints"] = tuple((plain(f), text, name) for f, text, name in kept["_hints"])
        if kept.get("_for_update_arg") is not None:
            changes["_for_update_arg"] = _plain_for_update(kept["_for_update_arg"])
        return changes

    def _flat(self, changes: dict[str, Any], froms: list[Any]) -> Any:
        if self.eager.joins:
            changes["_from_obj"] = tuple(self._add_eager_joins(froms))
        if self.eager.order_by:
            ordered = changes.get("_order_by_clauses", self.statement._order_by_clauses)
            changes["_order_by_clauses"] = (*ordered, *self.eager.order_by)
        return self.statement._with(_raw_columns=tuple(self.columns.expressions), **changes)

    def _needs_wrapping(self) -> bool:
        """Whether eager joins would change which rows there are: what is grouped, told apart or counted."""
        statement = self.statement
        if not self.eager.joins:
            return False
        if statement._distinct or statement._group_by_clauses:
            return True
        return self.eager.multiplies and bool(statement._has_row_limiting_clause)

    # ---- the rows are limited, grouped and told apart inside; what is loaded with them is joined outside

    def _wrapped(self, changes: dict[str, Any], own_columns: int) -> Any:
        expressions = self.columns.expressions
        ordered = changes.pop("_order_by_clauses", self.statement._order_by_clauses)
        bases = [_ordering_base(clause) for clause in ordered]
        inner_columns = _told_apart(expressions[:own_columns])
        for base in [*bases, *self.eager.joining_columns]:
            if base is not None and not any(_same(base, c) for c in inner_columns):
                inner_columns.append(base)
        inner = self.statement._with(_raw_columns=tuple(inner_columns), _order_by_clauses=ordered, **changes)
        inner.__dict__["_is_lowered"] = True
        subquery = inner.subquery()
        proxies = list(subquery.c)
        replaced = _Replacement(inner_columns, proxies)
        outer: Any = Select()
        from_: Any = subquery
        for _, joins in self.eager.joins:
            for join in joins:
                join.first = replaced(join.first)
                from_ = join.attach(from_)
        extra = proxies[own_columns:]
        columns = [*proxies[:own_columns], *extra, *expressions[own_columns:]]
        if extra:
            self._shift(own_columns, len(extra))
        outer_changes: dict[str, Any] = {"_raw_columns": tuple(columns), "_from_obj": (from_,)}
        order_by = tuple(replaced(clause) for clause in ordered) + tuple(
            replaced(c) for c in self.eager.order_by
        )
        if order_by:
            outer_changes["_order_by_clauses"] = order_by
        for name in ("_for_update_arg", "_label_style"):
            if name in changes or name in self.statement.__dict__:
                outer_changes[name] = changes.get(name, getattr(self.statement, name))
        self.columns.expressions[:] = columns
        return outer._with(**outer_changes)

    def _shift(self, start: int, by: int) -> None:
        """Columns were put in: the positions behind them move."""
        for occurrence in self._all_occurrences():
            occurrence.columns = [(p, i + by if i >= start else i) for p, i in occurrence.columns]

    def _all_occurrences(self) -> Iterator[Occurrence]:
        stack = list(self.columns.entities)
        while stack:
            occurrence = stack.pop()
            yield occurrence
            stack += [child.occurrence for child in occurrence.children]


class _Replacement:
    """Rewrites expressions so that columns of the inner statement are read from the subquery."""

    def __init__(self, originals: list[Any], proxies: list[Any]) -> None:
        self._by_id: dict[int, Any] = {}
        self._keep = originals
        for original, proxy in zip(originals, proxies, strict=True):
            for each in (original, getattr(original, "column", None), getattr(original, "element", None)):
                if each is not None:
                    self._by_id.setdefault(id(each), proxy)
        self._names = {getattr(o, "name", None): p for o, p in zip(originals, proxies, strict=True)}

    def _replace(self, node: Any) -> Any:
        if node.__visit_name__ == "textual_label_reference":
            return self._names.get(node.element)
        return self._by_id.get(id(node))

    def __call__(self, expression: Any) -> Any:
        return replacement_traverse(expression, {}, self._replace)


def _told_apart(columns: list[Any]) -> list[Any]:
    """The columns of a subquery: an expression that is selected a second time gets a name of its own."""
    found: list[Any] = []
    names: set[int] = set()
    for column in columns:
        name = getattr(column, "name", None)
        if column.__visit_name__ == "label" and isinstance(name, AnonymousName):
            if id(name) in names:
                column = Label(None, column.element, column.type)
            names.add(id(name))
        found.append(column)
    return found


def _left_sides(statement: Any) -> list[Any]:
    """What joins start from, as far as they name it: entities, and relationships."""
    return [
        node
        for target, onclause, left, *_ in statement._setup_joins
        for node in (left, target, onclause)
        if node is not None and (node is left or node.__visit_name__ == "relationship")
    ]


def _with_tables(from_: Any) -> tuple[Any, ...]:
    """A FROM element; of a class of several tables, these as well."""
    found = plain(from_)
    return (found, *found._hidden_froms) if is_entity(from_) else (found,)


def _same(a: Any, b: Any) -> bool:
    return a is b or getattr(a, "column", a) is getattr(b, "column", b)


def _ordering_base(clause: Any) -> Any:
    """The expression behind `desc()` and its kin; None for a label's name."""
    while clause.__visit_name__ == "unary" and clause.modifier is not None:
        clause = clause.element
    if clause.__visit_name__ == "textual_label_reference":
        return None
    return clause


def _position(froms: list[Any], occurrence: Occurrence) -> int:
    selectable = occurrence.entity.selectable
    for i, from_ in enumerate(froms):
        if contains(from_, selectable):
            return i
    froms.append(selectable)
    return len(froms) - 1


def _spelled(clauses: tuple[Any, ...]) -> tuple[Any, ...]:
    """Entities in GROUP BY and ORDER BY as their columns; relationships as their conditions."""
    found: list[Any] = []
    for clause in clauses:
        if is_entity(clause):
            found += [
                c for prop in clause.mapper._selected_props() for c in clause.inspected._columns_of(prop)
            ]
        elif clause.__visit_name__ == "relationship":
            found.append(clause.condition())
        else:
            found.append(clause)
    return tuple(found)


def _plain_for_update(arg: Any) -> Any:
    if not arg.of or not any(is_entity(o) for o in arg.of):
        return arg
    new = ForUpdateArg(arg.nowait, arg.read, None, arg.skip_locked, arg.key_share)
    new.of = tuple(plain(o) for o in arg.of)
    return new
