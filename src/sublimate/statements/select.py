"""SELECT. Each method returns a new statement; nothing here reads or writes a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, TypeVar, TypeVarTuple, overload

from sublimate import exc
from sublimate.expression.binary import BinaryExpression, BooleanClauseList, Comparison
from sublimate.expression.coerce import (
    PLAIN_ELEMENTS,
    column_argument,
    condition,
    element_of,
    from_argument,
    ordering_argument,
)
from sublimate.expression.element import ColumnElement, SQLCoreOperations, froms_of
from sublimate.expression.node import Field, Node, child, children, nested, token
from sublimate.operators.functions import and_, eq
from sublimate.util.warnings import warn_deprecated

from .columns import ColumnCollection
from .executable import TypedReturnsRows
from .filter_by import conditions, last_namespace, named
from .select_base import GenerativeSelect, select_column_plan
from .syntax_extension import HasSyntaxExtensions

if TYPE_CHECKING:
    from .compound import CompoundSelect

_Ts = TypeVarTuple("_Ts")
_T0 = TypeVar("_T0")
_T1 = TypeVar("_T1")
_T2 = TypeVar("_T2")
_T3 = TypeVar("_T3")
_T4 = TypeVar("_T4")
_T5 = TypeVar("_T5")
_T6 = TypeVar("_T6")
_T7 = TypeVar("_T7")
_T8 = TypeVar("_T8")
_T9 = TypeVar("_T9")
_T = TypeVar("_T")
#: what a columns clause takes, as far as a type checker can name its value
_Column: TypeAlias = SQLCoreOperations[_T] | type[_T]
AnySelect: TypeAlias = "Select[*tuple[Any, ...]]"


class Select(GenerativeSelect, HasSyntaxExtensions, TypedReturnsRows[*_Ts]):
    """A SELECT statement, made by `select()`."""

    __visit_name__ = "select"
    _extension_points = ("post_select", "pre_columns", "post_criteria", "post_body")
    _fields: ClassVar[tuple[Field, ...]] = (
        children("_raw_columns"), children("_from_obj"), nested("_setup_joins"), children("_where_criteria"),
        children("_group_by_clauses"), children("_having_criteria"), children("_order_by_clauses"), child("_limit_clause"),
        child("_offset_clause"), child("_fetch_clause"), token("_fetch_clause_options"), token("_distinct"),
        children("_distinct_on"), child("_for_update_arg"), nested("_prefixes"), nested("_suffixes"),
        children("_independent_ctes"), nested("_with_options"), nested("_hints"), token("_label_style"),
        nested("_correlate"), nested("_correlate_except"), token("_auto_correlate"), nested("_statement_hints"),
        token("_settled_options"), nested("_extensions"),
    )  # fmt: skip

    _raw_columns: tuple[Any, ...] = ()
    _from_obj: tuple[Any, ...] = ()
    _setup_joins: tuple[Any, ...] = ()
    _where_criteria: tuple[Any, ...] = ()
    _having_criteria: tuple[Any, ...] = ()
    _distinct: bool = False
    _distinct_on: tuple[Any, ...] = ()
    _hints: tuple[Any, ...] = ()
    _statement_hints: tuple[Any, ...] = ()
    _correlate: tuple[Any, ...] = ()
    _correlate_except: tuple[Any, ...] | None = None
    _auto_correlate: bool = True
    # How many of the options were given for columns that with_only_columns() has since replaced.
    _settled_options: int = 0

    def __init__(self, *entities: Any) -> None:
        self._raw_columns = tuple([column_argument(e) for e in entities])

    # -- columns

    def add_columns(self, *entities: Any) -> Select[*tuple[Any, ...]]:
        return self._with(_raw_columns=self._raw_columns + tuple([column_argument(e) for e in entities]))

    def column(self, column: Any) -> Select[*tuple[Any, ...]]:
        warn_deprecated(
            "The Select.column() method is deprecated and will be removed in a future release.  Please use Select.add_columns() "
            "(deprecated since: 1.4)"
        )
        return self.add_columns(column)

    @overload
    def with_only_columns(self, e0: _Column[_T0], /, *, maintain_column_froms: bool = ...) -> Select[_T0]: ...
    @overload
    def with_only_columns(
        self, e0: _Column[_T0], e1: _Column[_T1], /, *, maintain_column_froms: bool = ...
    ) -> Select[_T0, _T1]: ...
    @overload
    def with_only_columns(
        self, e0: _Column[_T0], e1: _Column[_T1], e2: _Column[_T2], /, *, maintain_column_froms: bool = ...
    ) -> Select[_T0, _T1, _T2]: ...
    @overload
    def with_only_columns(
        self,
        e0: _Column[_T0],
        e1: _Column[_T1],
        e2: _Column[_T2],
        e3: _Column[_T3],
        /,
        *,
        maintain_column_froms: bool = ...,
    ) -> Select[_T0, _T1, _T2, _T3]: ...
    @overload
    def with_only_columns(
        self,
        e0: _Column[_T0],
        e1: _Column[_T1],
        e2: _Column[_T2],
        e3: _Column[_T3],
        e4: _Column[_T4],
        /,
        *,
        maintain_column_froms: bool = ...,
    ) -> Select[_T0, _T1, _T2, _T3, _T4]: ...
    @overload
    def with_only_columns(
        self,
        e0: _Column[_T0],
        e1: _Column[_T1],
        e2: _Column[_T2],
        e3: _Column[_T3],
        e4: _Column[_T4],
        e5: _Column[_T5],
        /,
        *,
        maintain_column_froms: bool = ...,
    ) -> Select[_T0, _T1, _T2, _T3, _T4, _T5]: ...
    @overload
    def with_only_columns(
        self,
        e0: _Column[_T0],
        e1: _Column[_T1],
        e2: _Column[_T2],
        e3: _Column[_T3],
        e4: _Column[_T4],
        e5: _Column[_T5],
        e6: _Column[_T6],
        /,
        *,
        maintain_column_froms: bool = ...,
    ) -> Select[_T0, _T1, _T2, _T3, _T4, _T5, _T6]: ...
    @overload
    def with_only_columns(
        self,
        e0: _Column[_T0],
        e1: _Column[_T1],
        e2: _Column[_T2],
        e3: _Column[_T3],
        e4: _Column[_T4],
        e5: _Column[_T5],
        e6: _Column[_T6],
        e7: _Column[_T7],
        /,
        *,
        maintain_column_froms: bool = ...,
    ) -> Select[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7]: ...
    @overload
    def with_only_columns(
        self, *entities: Any, maintain_column_froms: bool = ...
    ) -> Select[*tuple[Any, ...]]: ...
    def with_only_columns(
        self, *entities: Any, maintain_column_froms: bool = False
    ) -> Select[*tuple[Any, ...]]:
        """The statement with other columns."""
        new = self
        if maintain_column_froms:
            new = self._with(_from_obj=(*self._from_obj, *self.columns_clause_froms))
        if len(entities) == 1 and isinstance(entities[0], (list, tuple)):
            raise exc.ArgumentError(
                'The "entities" argument to Select.with_only_columns(), when referring to a sequence of items, is now passed as a '
                "series of positional elements, rather than as a list. "
            )
        columns = tuple([column_argument(e) for e in entities])
        return new._with(_raw_columns=columns, _settled_options=len(self._with_options))

    def reduce_columns(self, only_synonyms: bool = True) -> Select[*tuple[Any, ...]]:
        """Without the columns that repeat another: by foreign key, or by an equality among the conditions.

        Only those of the same name, unless `only_synonyms` is False.
        """
        columns = self.inner_columns
        present = {id(c) for c in columns}
        pairs = [(fk.column, c) for c in columns for fk in c.foreign_keys]
        pairs += [(e.left, e.right) for e in _conjuncts(self._where_criteria) if e.operator is eq]
        omitted: set[int] = set()
        for kept, other in pairs:
            name = getattr(kept, "name", None)
            synonyms = not only_synonyms or (name is not None and name == getattr(other, "name", None))
            if synonyms and {id(kept), id(other)} <= present - omitted:
                omitted.add(id(other))
        return self._with(_raw_columns=tuple([c for c in columns if id(c) not in omitted]))

    @property
    def inner_columns(self) -> list[Any]:
        """The selected expressions, tables and entities spelled out."""
        return [c for element in self._raw_columns for c in expand_columns(element)]

    @property
    def _column_plan(self) -> list[tuple[Any, Any, Any]]:
        plan = self.__dict__.get("_plan")
        if plan is None:
            plan = self.__dict__["_plan"] = select_column_plan(self.inner_columns, self._label_style)
        return plan

    @property
    def selected_columns(self) -> ColumnCollection:
        return ColumnCollection([(key, column) for key, _, column in self._column_plan])

    @property
    def _all_selected_columns(self) -> list[Any]:
        return [column for element in self._raw_columns for column in expand_columns(element)]

    def _subquery_columns(self) -> list[tuple[Any, Any, Any]]:
        return self._column_plan

    @property
    def column_descriptions(self) -> list[dict[str, Any]]:
        plain = (
            {}
            if not any(hasattr(e, "describe") for e in self._raw_columns)
            else {"aliased": False, "entity": None}
        )
        described: list[dict[str, Any]] = []
        for element in self._raw_columns:
            if hasattr(element, "describe"):
                described.append(element.describe())
                continue
            columns = expand_columns(element) if hasattr(element, "c") else (element,)
            described += [
                {"name": getattr(c, "key", None), "type": getattr(c, "type", None), "expr": c, **plain}
                for c in columns
            ]
        return described

    @property
    def columns_clause_froms(self) -> list[Any]:
        return froms_of(self._raw_columns)

    # -- FROM

    def select_from(self, *froms: Any) -> Self:
        """FROM elements beyond those that the columns and conditions name."""
        return self._with(_from_obj=self._from_obj + tuple([from_argument(f) for f in froms]))

    def join(self, target: Any, onclause: Any = None, *, isouter: bool = False, full: bool = False) -> Self:
        """JOIN to a table, entity or relationship: `select(User).join(User.posts)`."""
        on = None if onclause is None else _join_on(onclause)
        return self._with(_setup_joins=self._setup_joins + ((_join_target(target), on, None, isouter, full),))

    def join_from(
        self, from_: Any, target: Any, onclause: Any = None, *, isouter: bool = False, full: bool = False
    ) -> Self:
        """JOIN with the left side named."""
        on = None if onclause is None else _join_on(onclause)
        entry = (_join_target(target), on, from_argument(from_), isouter, full)
        return self._with(_setup_joins=self._setup_joins + (entry,))

    def outerjoin(self, target: Any, onclause: Any = None, *, full: bool = False) -> Self:
        return self.join(target, onclause, isouter=True, full=full)

    def outerjoin_from(self, from_: Any, target: Any, onclause: Any = None, *, full: bool = False) -> Self:
        return self.join_from(from_, target, onclause, isouter=True, full=full)

    @property
    def froms(self) -> list[Any]:
        warn_deprecated(
            "The Select.froms attribute is moved to the Select.get_final_froms() method. (deprecated since: 1.4.23)"
        )
        return self.get_final_froms()

    def get_final_froms(self) -> list[Any]:
        """The FROM elements as they will be rendered."""
        from .froms import display_froms

        parts = [*self._raw_columns, *self._from_obj, *(entry[0] for entry in self._setup_joins)]
        entity = next((part for part in parts if hasattr(part, "lower_statement")), None)
        return display_froms(self if entity is None else entity.lower_statement(self, True))

    def correlate(self, *fromclauses: Any) -> Self:
        """Leave these FROM elements to the enclosing statement."""
        if fromclauses and (fromclauses[0] is None or fromclauses[0] is False):
            return self._with(_correlate=(), _auto_correlate=False)
        return self._with(
            _correlate=self._correlate + tuple([from_argument(f) for f in fromclauses]), _auto_correlate=False
        )

    def correlate_except(self, *fromclauses: Any) -> Self:
        if fromclauses and (fromclauses[0] is None or fromclauses[0] is False):
            return self._with(_correlate_except=(), _auto_correlate=False)
        added = tuple([from_argument(f) for f in fromclauses])
        return self._with(_correlate_except=(self._correlate_except or ()) + added, _auto_correlate=False)

    # -- WHERE, HAVING, DISTINCT

    def where(self, *whereclause: Any) -> Self:
        """Conditions, joined by AND with those already there."""
        for clause in whereclause:
            if clause.__class__ is not Comparison:
                whereclause = tuple([condition(c) for c in whereclause])
                break
        new = self._clone()
        new._where_criteria = self._where_criteria + whereclause
        return new

    def filter(self, *criteria: Any) -> Self:
        return self.where(*criteria)

    def filter_by(self, **kwargs: Any) -> Self:
        """Equality conditions on attributes of the entities and tables this reads from."""
        return self.where(*conditions(self._filter_by_elements(), kwargs))

    def _filter_by_elements(self) -> Iterator[Any]:
        for target, *_ in reversed(self._setup_joins):
            yield target
        yield from self._from_obj
        yield from self._raw_columns

    def _filter_by_last(self, **kwargs: Any) -> Self:
        element = next(self._filter_by_elements())
        namespace = last_namespace(element)
        described = None if self._setup_joins else element
        return self.where(*[eq(named(namespace, key, described), value) for key, value in kwargs.items()])

    @property
    def whereclause(self) -> ColumnElement[Any] | None:
        if not self._where_criteria:
            return None
        joined: ColumnElement[Any] = BooleanClauseList.joined(and_, self._where_criteria)
        return joined

    def having(self, *having: Any) -> Self:
        return self._with(_having_criteria=self._having_criteria + tuple([condition(c) for c in having]))

    def distinct(self, *expr: Any) -> Self:
        """SELECT DISTINCT, or DISTINCT ON (…) on PostgreSQL."""
        if expr:
            warn_deprecated(
                "Passing expression to ``distinct`` to generate a DISTINCT ON clause is deprecated. Use instead the "
                "``postgresql.distinct_on`` function as an extension."
            )
            return self._with(
                _distinct=True, _distinct_on=self._distinct_on + tuple([ordering_argument(e) for e in expr])
            )
        return self._with(_distinct=True)

    # -- hints

    def with_hint(self, selectable: Any, text: str, dialect_name: str = "*") -> Self:
        return self._with(_hints=self._hints + ((from_argument(selectable), text, dialect_name),))

    def with_statement_hint(self, text: str, dialect_name: str = "*") -> Self:
        return self._with(_statement_hints=self._statement_hints + ((text, dialect_name),))

    # -- set operations

    def union(self, *other: Any) -> CompoundSelect[*_Ts]:
        from .compound import union

        return union(self, *other)

    def union_all(self, *other: Any) -> CompoundSelect[*_Ts]:
        from .compound import union_all

        return union_all(self, *other)

    def intersect(self, *other: Any) -> CompoundSelect[*_Ts]:
        from .compound import intersect

        return intersect(self, *other)

    def intersect_all(self, *other: Any) -> CompoundSelect[*_Ts]:
        from .compound import intersect_all

        return intersect_all(self, *other)

    def except_(self, *other: Any) -> CompoundSelect[*_Ts]:
        from .compound import except_

        return except_(self, *other)

    def except_all(self, *other: Any) -> CompoundSelect[*_Ts]:
        from .compound import except_all

        return except_all(self, *other)

    def from_statement(self, statement: Any) -> Any:
        """Entities of this SELECT, read from the rows of another statement (textual, or INSERT … RETURNING)."""
        from .textual import FromStatement

        return FromStatement(self._raw_columns, statement)


def expand_columns(element: Any) -> list[Any]:
    """A selected element as columns: itself, or all columns of a table, alias, entity or text list."""
    spelled = getattr(element, "_all_selected_columns", None)
    if spelled is not None:
        return list(spelled)
    if type(element).as_operand is not Node.as_operand and not hasattr(element, "_label_base"):
        return [element.as_operand()]
    return [element]


def _conjuncts(criteria: Iterable[Any]) -> Iterator[BinaryExpression[Any]]:
    """The comparisons that must all hold."""
    for criterion in criteria:
        if isinstance(criterion, BooleanClauseList) and criterion.operator is and_:
            yield from _conjuncts(criterion.clauses)
        elif isinstance(criterion, BinaryExpression):
            yield criterion


def _join_on(onclause: Any) -> Any:
    if isinstance(onclause, (bool, str)):
        raise exc.ArgumentError(
            f"ON clause, typically a SQL expression or ORM relationship attribute expected, got {onclause!r}."
        )
    element = element_of(onclause)
    return element if element is not None else condition(onclause)


def _join_target(target: Any) -> Any:
    element = element_of(target)
    offered = getattr(element, "as_join_target", None)
    if offered is not None:
        return offered()
    if element is None:
        raise exc.ArgumentError(
            f"Join target, typically a FROM expression, or ORM relationship attribute expected, got {target!r}."
        )
    return from_argument(target)


@overload
def select(e0: _Column[_T0], /) -> Select[_T0]: ...
@overload
def select(e0: _Column[_T0], e1: _Column[_T1], /) -> Select[_T0, _T1]: ...
@overload
def select(e0: _Column[_T0], e1: _Column[_T1], e2: _Column[_T2], /) -> Select[_T0, _T1, _T2]: ...
@overload
def select(
    e0: _Column[_T0], e1: _Column[_T1], e2: _Column[_T2], e3: _Column[_T3], /
) -> Select[_T0, _T1, _T2, _T3]: ...
@overload
def select(
    e0: _Column[_T0], e1: _Column[_T1], e2: _Column[_T2], e3: _Column[_T3], e4: _Column[_T4], /
) -> Select[_T0, _T1, _T2, _T3, _T4]: ...
@overload
def select(
    e0: _Column[_T0],
    e1: _Column[_T1],
    e2: _Column[_T2],
    e3: _Column[_T3],
    e4: _Column[_T4],
    e5: _Column[_T5],
    /,
) -> Select[_T0, _T1, _T2, _T3, _T4, _T5]: ...
@overload
def select(
    e0: _Column[_T0],
    e1: _Column[_T1],
    e2: _Column[_T2],
    e3: _Column[_T3],
    e4: _Column[_T4],
    e5: _Column[_T5],
    e6: _Column[_T6],
    /,
) -> Select[_T0, _T1, _T2, _T3, _T4, _T5, _T6]: ...
@overload
def select(
    e0: _Column[_T0],
    e1: _Column[_T1],
    e2: _Column[_T2],
    e3: _Column[_T3],
    e4: _Column[_T4],
    e5: _Column[_T5],
    e6: _Column[_T6],
    e7: _Column[_T7],
    /,
) -> Select[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7]: ...
@overload
def select(
    e0: _Column[_T0],
    e1: _Column[_T1],
    e2: _Column[_T2],
    e3: _Column[_T3],
    e4: _Column[_T4],
    e5: _Column[_T5],
    e6: _Column[_T6],
    e7: _Column[_T7],
    e8: _Column[_T8],
    /,
) -> Select[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7, _T8]: ...
@overload
def select(
    e0: _Column[_T0],
    e1: _Column[_T1],
    e2: _Column[_T2],
    e3: _Column[_T3],
    e4: _Column[_T4],
    e5: _Column[_T5],
    e6: _Column[_T6],
    e7: _Column[_T7],
    e8: _Column[_T8],
    e9: _Column[_T9],
    /,
) -> Select[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7, _T8, _T9]: ...
@overload
def select(*entities: Any) -> AnySelect: ...
def select(*entities: Any, **__kw: Any) -> Any:
    """A SELECT of columns, tables or mapped classes.

    >>> from sublimate import column, select, table
    >>> users = table("users", column("id"), column("name"))
    >>> print(select(users.c.name).where(users.c.id == 5))  # doctest: +NORMALIZE_WHITESPACE
    SELECT users.name
    FROM users
    WHERE users.id = :id_1
    """
    if __kw or (entities and entities[0].__class__ in (list, tuple)):
        if __kw:
            raise TypeError(
                f"select() got unexpected keyword arguments {sorted(__kw)}: pass columns positionally"
            )
        raise exc.ArgumentError(
            f"Column expression, FROM clause, or other columns clause element expected, got {entities[0]!r}. "
            f"Did you mean to say select({', '.join(repr(e) for e in entities[0][:3])})?"
        )
    for entity in entities:
        if entity.__class__ not in PLAIN_ELEMENTS:
            return Select(*entities)
    new: AnySelect = object.__new__(Select)
    new._raw_columns = entities
    return new
