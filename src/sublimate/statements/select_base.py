"""What SELECT, UNION and textual selects share: subquery(), scalar_subquery(), ordering and limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sublimate import exc
from sublimate.expression.coerce import column_argument, element_of, grouping_argument, ordering_argument
from sublimate.expression.element import ColumnElement
from sublimate.expression.label import Label
from sublimate.expression.literal import bound
from sublimate.expression.node import AnonymousName, Field, Node, children, token
from sublimate.statements.selectable import ExecutableReturnsRows, Selectable
from sublimate.types.numeric import Integer
from sublimate.util.warnings import warn, warn_deprecated

from .alias import Lateral, Subquery
from .columns import ColumnCollection
from .executable import Statement
from .labels import (
    LABEL_STYLE_DEFAULT,
    LABEL_STYLE_LEGACY_ORM,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    SelectLabelStyle,
)

if TYPE_CHECKING:
    from .scalar import Exists, ScalarSelect


class SelectBase(Statement, Selectable, ExecutableReturnsRows):
    """A statement that returns rows and can stand inside another one."""

    is_selectable = True
    returns_rows = True
    is_select = True
    named_with_column = False
    name: Any = None

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        return ()

    @property
    def selected_columns(self) -> ColumnCollection:
        raise exc.InvalidRequestError("this statement has no columns")

    @property
    def _all_selected_columns(self) -> list[Any]:
        return list(self.selected_columns)

    @property
    def exported_columns(self) -> ColumnCollection:
        return self.selected_columns

    @property
    def selectable(self) -> Self:
        """The statement itself."""
        return self

    def corresponding_column(self, column: Any, require_embedded: bool = False) -> ColumnElement[Any] | None:
        """The column selected here that stands for a column, or None."""
        found: ColumnElement[Any] | None = self.selected_columns.corresponding_column(
            column, require_embedded
        )
        return found

    def _subquery_columns(self) -> list[tuple[Any, Any, Any]]:
        return [(key, key, column) for key, column in self.selected_columns.items()]

    def subquery(self, name: str | None = None) -> Subquery:
        """The statement as a named FROM element: `stmt.subquery().c.id`."""
        return Subquery(self, name)

    def alias(self, name: str | None = None, flat: bool = False) -> Subquery:
        return self.subquery(name)

    def lateral(self, name: str | None = None) -> Lateral:
        return Lateral(Subquery(self), name)

    def as_scalar(self) -> ScalarSelect[Any]:
        warn_deprecated(
            "The SelectBase.as_scalar() method is deprecated and will be removed in a future release.  Please refer to "
            "SelectBase.scalar_subquery(). (deprecated since: 1.4)"
        )
        return self.scalar_subquery()

    def scalar_subquery(self) -> ScalarSelect[Any]:
        """The statement as a value: one column, one row."""
        from .scalar import ScalarSelect

        return ScalarSelect(self)

    def label(self, name: str | None) -> Label[Any]:
        return self.scalar_subquery().label(name)

    def exists(self) -> Exists:
        from .scalar import Exists

        return Exists(self)

    def as_operand(self) -> Any:
        warn(
            "implicitly coercing SELECT object to scalar subquery; please use the .scalar_subquery() method to produce a scalar subquery."
        )
        return self.scalar_subquery()

    def as_in_operand(self) -> Any:
        from .scalar import ScalarSelect

        return ScalarSelect(self)

    def as_from(self) -> Any:
        raise exc.ArgumentError(
            f"FROM expression, such as a Table or alias() object expected, got {self!r}. To create a FROM clause from a "
            f"{type(self)} object, use the .subquery() method.",
            code="89ve",
        )

    def is_derived_from(self, fromclause: Any) -> bool:
        return any(f.is_derived_from(fromclause) for f in self.get_final_froms())

    def get_final_froms(self) -> list[Any]:
        return []

    def self_group(self, against: Any = None) -> Any:
        from .scalar import SelectInParentheses

        return SelectInParentheses(self)


#: what makes CREATE TABLE … AS of a SELECT; given by the schema room, which stands above this one
INTO: list[Callable[..., Any]] = []


class GenerativeSelect(SelectBase):
    """ORDER BY, GROUP BY, LIMIT and FOR UPDATE."""

    _fields_generative = ()
    _order_by_clauses: tuple[Any, ...] = ()
    _group_by_clauses: tuple[Any, ...] = ()
    _limit_clause: Any = None
    _offset_clause: Any = None
    _fetch_clause: Any = None
    _fetch_clause_options: Any = None
    _for_update_arg: Any = None
    _label_style: SelectLabelStyle = LABEL_STYLE_DEFAULT

    def into(
        self, target: str, *, metadata: Any = None, schema: str | None = None, temporary: bool = False, if_not_exists: bool = False
    ) -> Any:  # fmt: skip
        """CREATE TABLE … AS this SELECT: `select(…).into("name")`; its `table` describes what it makes."""
        return INTO[0](
            self, target, metadata=metadata, schema=schema, temporary=temporary, if_not_exists=if_not_exists
        )

    def order_by(self, *clauses: Any) -> Self:
        """ORDER BY; several calls add up, `order_by(None)` clears."""
        return self._added("_order_by_clauses", clauses, ordering_argument)

    def group_by(self, *clauses: Any) -> Self:
        """GROUP BY; several calls add up, `group_by(None)` clears."""
        return self._added("_group_by_clauses", clauses, grouping_argument)

    def _added(self, field: str, clauses: tuple[Any, ...], argument: Callable[[Any], Any]) -> Self:
        if clauses and clauses[0] is None and len(clauses) == 1:
            return self._with(**{field: ()})
        added = tuple([argument(c) for c in clauses])
        return self._with(**{field: getattr(self, field) + added})

    def limit(self, limit: Any) -> Self:
        """At most so many rows; None removes the limit."""
        new = self._clone()
        new._limit_clause = row_count(limit)
        if self._fetch_clause is not None:
            new._fetch_clause = new._fetch_clause_options = None
        return new

    def offset(self, offset: Any) -> Self:
        return self._with(_offset_clause=row_count(offset))

    def fetch(self, count: Any, with_ties: bool = False, percent: bool = False, **dialect_kw: Any) -> Self:
        """FETCH FIRST, with ties or as a percentage where the database can."""
        return self._with(
            _fetch_clause=row_count(count), _fetch_clause_options=(with_ties, percent), _limit_clause=None
        )

    def slice(self, start: int | None, stop: int | None) -> Self:
        """Rows `start` to `stop`, as a Python slice; what was left out before stays left out."""
        changes: dict[str, Any] = {}
        if stop is not None:
            changes["_limit_clause"] = row_count(stop - (start or 0))
        if start:
            changes["_offset_clause"] = _moved(self._offset_clause, start)
        return self._with(**changes) if changes else self

    def with_for_update(
        self,
        *,
        nowait: bool = False,
        read: bool = False,
        of: Any = None,
        skip_locked: bool = False,
        key_share: bool = False,
    ) -> Self:
        """FOR UPDATE in its forms."""
        return self._with(_for_update_arg=ForUpdateArg(nowait, read, of, skip_locked, key_share))

    def set_label_style(self, style: SelectLabelStyle) -> Self:
        return self._with(_label_style=style) if style is not self._label_style else self

    def get_label_style(self) -> SelectLabelStyle:
        return self._label_style

    @property
    def _has_row_limiting_clause(self) -> bool:
        return any(c is not None for c in (self._limit_clause, self._offset_clause, self._fetch_clause))


def _moved(offset: Any, by: int) -> Any:
    """An OFFSET that skips more rows."""
    if offset is None:
        return row_count(by)
    value = getattr(offset, "effective_value", None)
    return row_count(value + by if isinstance(value, int) else offset + by)


#: what has rows of its own or is text: no single number
_NO_COUNTS = frozenset({"select", "compound_select", "subquery", "textclause"})


def row_count(value: Any) -> Any:
    if value is None:
        return None
    if value.__class__ is int:
        return bound("param", value, _INTEGER)
    element = value if isinstance(value, Node) else element_of(value)
    if element is not None:
        if element.__visit_name__ in _NO_COUNTS:
            raise exc.ArgumentError(
                f"LIMIT / OFFSET expression expected, got {value!r}. A SELECT of one number becomes an expression by scalar_subquery()."
            )
        return element.as_operand()
    try:
        number = int(value)
    except TypeError:
        raise TypeError(f"LIMIT and OFFSET take integers or SQL expressions, got {value!r}") from None
    except ValueError:
        raise ValueError(
            f"invalid literal for int() with base 10: {value!r}: LIMIT and OFFSET take integers"
        ) from None
    return bound("param", number, _INTEGER)


_INTEGER = Integer()


class ForUpdateArg(Node):
    """FOR UPDATE and what follows it."""

    _fields: ClassVar[tuple[Field, ...]] = (
        token("nowait"),
        token("read"),
        token("skip_locked"),
        token("key_share"),
        children("of"),
    )

    def __init__(self, nowait: bool, read: bool, of: Any, skip_locked: bool, key_share: bool) -> None:
        self.nowait, self.read, self.skip_locked, self.key_share = nowait, read, skip_locked, key_share
        targets = () if of is None else of if isinstance(of, (list, tuple)) else (of,)
        self.of = tuple([column_argument(o) for o in targets]) or None


_WITH_TABLE = (LABEL_STYLE_TABLENAME_PLUS_COL, LABEL_STYLE_LEGACY_ORM)


def select_column_plan(columns: list[Any], style: SelectLabelStyle) -> list[tuple[Any, Any, Any]]:
    """For each selected expression: (key in the subquery's `c`, name in SQL, expression). Names are unique.

    A name that is None means that the expression has none of its own at the top level.
    """
    plan: list[tuple[Any, Any, Any]] = []
    used: dict[Any, Any] = {}
    seen_columns: dict[int, Any] = {}
    owners: dict[Any, int] = {}
    for column in columns:
        if getattr(column, "is_text", False):
            continue
        name = column_name(column, style)
        key = column._proxy_key if name is not None or column._proxy_key else None
        if name is None:
            base, first = column._label_base or "anon", seen_columns.get(_identity(column))
            name = AnonymousName(base) if first is None else RepeatedName(base, first)
            if key is None:
                key = "_no_label"
        elif _comparable(name) in used and column.__visit_name__ != "label":
            if column.__visit_name__ in _WRAPPERS and style not in _WITH_TABLE:
                owners[_comparable(name)] = _identity(column)  # so that the column itself needs another name
                name = AnonymousName(f"{_cast_base(column, name)}_")
            else:
                first = seen_columns.get(_identity(column))
                if first == name and owners.get(_comparable(name)) != _identity(column):
                    first = None
                    del seen_columns[_identity(column)]
                name = AnonymousName(name) if first is None else RepeatedName(name, first)
        if style is LABEL_STYLE_TABLENAME_PLUS_COL:
            own = getattr(name, "first", name)
            key = own if isinstance(own, str) else key
        key = _free_key(key, plan) if key is not None else name
        used[_comparable(name)] = column
        owners.setdefault(_comparable(name), _identity(column))
        seen_columns.setdefault(_identity(column), name)
        plan.append((key, name, column))
    return plan


def returning_column_plan(columns: list[Any]) -> list[tuple[Any, Any, Any]]:
    """The same for RETURNING."""
    return select_column_plan(columns, LABEL_STYLE_DEFAULT)


def _comparable(name: Any) -> Any:
    """What two names that will be written alike have in common."""
    return (id(name.prefix), name.column) if name.__class__ is CompoundName else name


def _identity(column: Any) -> int:
    """What makes two mentions of a column one: an attribute of an entity is its column, a true condition `true()`."""
    if column.__visit_name__ == "asboolean" and column.element.__visit_name__ in ("true", "false"):
        column = column.element
    return id(column.column) if column.__visit_name__ == "entity_column" else id(column)


def _free_key(key: str, plan: list[tuple[Any, Any, Any]]) -> str:
    taken = {k for k, _, _ in plan}
    if key not in taken:
        return key
    number = 1
    while f"{key}_{number}" in taken:
        number += 1
    return f"{key}_{number}"


def _cast_base(column: Any, name: str) -> str:
    """What a second cast of one column is called after: a cast of a cast names the table too."""
    clause = getattr(column, "clause", column)
    if clause.__visit_name__ not in _CASTS:
        return name
    while clause.__visit_name__ in _CASTS:
        clause = clause.clause
    table = getattr(clause, "table", None)
    return f"{table.name}_{name}" if table is not None and isinstance(table.name, str) else name


_CASTS = frozenset({"cast", "try_cast", "type_coerce"})
#: what has the name of the column that it wraps
_WRAPPERS = _CASTS | {"asboolean"}


def column_name(column: Any, style: SelectLabelStyle) -> Any:
    """The name a column has by itself (a column's, a label's, a cast's of a column), or None."""
    kind = column.__visit_name__
    if kind == "label":
        return column.name
    if kind == "column" or kind == "entity_column":
        if column.is_literal:
            return column.name
        table = column.table
        if style in _WITH_TABLE and table is not None and table.named_with_column:
            schema = getattr(table, "schema", None)
            prefix = table.name if not schema else f"{schema.replace('.', '_')}_{table.name}"
            if isinstance(prefix, AnonymousName) or isinstance(column.name, AnonymousName):
                return CompoundName(prefix, column.name)
            return DerivedName(f"{prefix}_{column.name}")
        return column.name
    if kind in _CASTS:
        inner = column.clause.__visit_name__
        if inner in _CASTS:
            return column_name(column.clause, style)
        if style in _WITH_TABLE and inner in ("column", "entity_column"):
            return column_name(column.clause, style)
        name = column.clause.name if inner in ("column", "entity_column", "label") else None
        return name if isinstance(name, str) else None
    if kind == "asboolean":
        return column_name(column.element, style)
    if kind == "scalar_function_column" or kind == "table_valued_column":
        return column.name
    return None


class DerivedName(str):
    """A name made of a table's and a column's, which may be cut to what the database can have."""

    __slots__ = ()


class RepeatedName(AnonymousName):
    """The name of a column that is selected a second time: `x__1`. What reads from a subquery reads the first."""

    __slots__ = ("first",)

    def __init__(self, base: str, first: Any) -> None:
        super().__init__(base)
        self.first = first


class CompoundName(AnonymousName):
    """A name made of an alias's name and a column's, one of them anonymous: `users_1_id`."""

    __slots__ = ("column", "prefix")

    def __init__(self, prefix: str | AnonymousName, column: str | AnonymousName) -> None:
        super().__init__(f"{getattr(prefix, 'base', prefix)}_{getattr(column, 'base', column)}")
        self.prefix = prefix
        self.column = column
