"""Join, and the condition found from foreign keys."""

from __future__ import annotations

from typing import Any, ClassVar

from sublimate import exc
from sublimate.expression.coerce import condition, from_argument
from sublimate.expression.constructors import and_
from sublimate.expression.node import Field, child, token
from sublimate.operators.functions import asbool
from sublimate.statements.adapt import ClauseAdapter

from .columns import ColumnCollection
from .from_clause import FromClause


def _without_entity(element: Any) -> Any:
    """A mapped class stands for what it selects from."""
    return element.selectable if element.__visit_name__ in ("entity", "aliased_entity") else element


class Join(FromClause):
    """`left JOIN right ON onclause`."""

    __visit_name__ = "join"
    _fields: ClassVar[tuple[Field, ...]] = (
        child("left"),
        child("right"),
        child("onclause"),
        token("isouter"),
        token("full"),
    )

    def __init__(
        self, left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False
    ) -> None:
        self.left = _without_entity(from_argument(left))
        right = _without_entity(from_argument(right))
        self.right = FromGrouping(right) if isinstance(right, Join) else right
        self.onclause = (
            condition(onclause).self_group(against=asbool)
            if onclause is not None
            else join_condition(self.left, right)
        )
        self.isouter = isouter
        self.full = full

    @property
    def description(self) -> str:
        return f"Join object on {self.left.description}({id(self.left)}) and {self.right.description}({id(self.right)})"

    def _make_columns(self) -> ColumnCollection:
        columns = [*_columns_of(self.left), *_columns_of(self.right)]
        return ColumnCollection([(_qualified(c), c) for c in columns])

    @property
    def _all_selected_columns(self) -> list[Any]:
        return [c for c in self.c if not getattr(c, "_omit_from_statements", False)]

    def _subquery_columns(self) -> list[tuple[Any, Any, Any]]:
        return [(key, key, c) for key, c in self.c.items() if not getattr(c, "_omit_from_statements", False)]

    @property
    def _hidden_froms(self) -> tuple[Any, ...]:
        return (self.left, self.right, *self.left._hidden_froms, *self.right._hidden_froms)

    def is_derived_from(self, fromclause: Any) -> bool:
        return (
            fromclause is self
            or self.left.is_derived_from(fromclause)
            or self.right.is_derived_from(fromclause)
        )

    def self_group(self, against: Any = None) -> Any:
        return FromGrouping(self)

    def alias(self, name: str | None = None, flat: bool = False) -> Any:
        """Flat: the join of its sides' aliases. Otherwise: a subquery over the join."""
        if flat:
            left, right = _flat_alias(self.left, name), _flat_alias(self.right, name)
            adapter = ClauseAdapter(left).chain(ClauseAdapter(right))
            return Join(left, right, adapter.traverse(self.onclause), self.isouter, self.full)
        return self.select().subquery(name)


def _flat_alias(side: Any, name: str | None) -> Any:
    """An alias of one side of a join, its tables named after the whole."""
    if name is not None and not isinstance(side, (Join, FromGrouping)):
        name = f"{name}_{side.name}"
    return side.alias(name=name, flat=True)


def _columns_of(side: Any) -> list[Any]:
    return list(side.c)


def _qualified(column: Any) -> str:
    table = getattr(column, "table", None)
    name = getattr(table, "name", None)
    return f"{name}_{column.key}" if isinstance(name, str) else str(column.key)


class FromGrouping(FromClause):
    """A FROM element in parentheses."""

    __visit_name__ = "from_grouping"
    _visited_as = "grouping"
    _fields: ClassVar[tuple[Field, ...]] = (child("element"),)

    def __init__(self, element: Any) -> None:
        self.element = element

    @property
    def c(self) -> ColumnCollection:
        found: ColumnCollection = self.element.c
        return found

    @property
    def description(self) -> Any:
        return self.element.description

    @property
    def _hidden_froms(self) -> tuple[Any, ...]:
        return (self.element, *self.element._hidden_froms)

    def is_derived_from(self, fromclause: Any) -> bool:
        return bool(self.element.is_derived_from(fromclause))

    def alias(self, name: str | None = None, flat: bool = False) -> Any:
        return (
            FromGrouping(self.element.alias(name=name, flat=flat)) if flat else self.element.alias(name=name)
        )


def tables_of(from_: Any) -> list[Any]:
    """The named elements inside a FROM element."""
    if isinstance(from_, Join):
        return tables_of(from_.left) + tables_of(from_.right)
    if isinstance(from_, FromGrouping):
        return tables_of(from_.element)
    return [from_]


def foreign_key_pairs(left: Any, right: Any) -> dict[Any, list[tuple[Any, Any]]]:
    """constraint -> [(left column, right column)] for the foreign keys between two FROM elements, either way."""
    found: dict[Any, list[tuple[Any, Any]]] = {}
    for source, target, flip in ((right, left, False), (left, right, True)):
        if source is target and flip:
            break
        for column in source.c:
            for fk in column.foreign_keys:
                try:
                    there = fk.get_referent(target)
                except exc.NoReferenceError as error:
                    if getattr(error, "table_name", None) == getattr(target, "name", None):
                        raise
                    continue
                if there is not None:
                    pair = (there, column)
                    found.setdefault(fk.constraint if fk.constraint is not None else fk, []).append(pair)
    return found


def join_condition(left: Any, right: Any, a_subset: Any = None, consider_as_foreign_keys: Any = None) -> Any:
    """The ON clause between two FROM elements, from the foreign keys between them.

    Raises NoForeignKeysError if there are none, AmbiguousForeignKeysError if there are several; of several, those count
    that have columns of `consider_as_foreign_keys`.
    """
    pairs = foreign_key_pairs(left, right)
    if consider_as_foreign_keys and len(pairs) > 1:
        wanted = {id(column) for column in consider_as_foreign_keys}
        pairs = {
            key: columns for key, columns in pairs.items() if wanted <= {id(one) for _, one in columns}
        } or pairs
    for side in reversed(tables_of(left)):
        if len(pairs) <= 1 or side is left:
            break
        nearest = foreign_key_pairs(side, right)
        if nearest:
            pairs = nearest
            break
    if not pairs:
        hint = (
            "  Perhaps you meant to convert the right side to a subquery using alias()?"
            if isinstance(right, FromGrouping)
            else ""
        )
        raise exc.NoForeignKeysError(
            f"Can't find any foreign key relationships between '{left.description}' and '{right.description}'.{hint}"
        )
    if len(pairs) > 1:
        distinct = {tuple((id(a), id(b)) for a, b in value) for value in pairs.values()}
        if len(distinct) > 1:
            raise exc.AmbiguousForeignKeysError(
                f"Can't determine join between '{left.description}' and '{right.description}'; tables have more than one "
                "foreign key constraint relationship between them. Please specify the 'onclause' of this join explicitly."
            )
    columns = next(iter(pairs.values()))
    conditions = [a == b for a, b in columns]
    return conditions[0] if len(conditions) == 1 else and_(*conditions)


def join(left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Join:
    return Join(left, right, onclause, isouter, full)


def outerjoin(left: Any, right: Any, onclause: Any = None, full: bool = False) -> Join:
    return Join(left, right, onclause, True, full)
