"""The condition that joins the two sides of a relationship: found from foreign keys, or given; and what follows from it
(direction, pairs of columns, which columns the flush copies)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Any, TypeVar

from sublimate import exc
from sublimate.expression.binary import BinaryExpression
from sublimate.expression.coerce import element_of
from sublimate.expression.column import ColumnClause, NamedColumn
from sublimate.expression.constructors import and_
from sublimate.expression.node import child, token
from sublimate.operators import functions as f
from sublimate.operators.table import is_comparison
from sublimate.schema import Column
from sublimate.statements.join import foreign_key_pairs
from sublimate.statements.scalar import ScalarSelect
from sublimate.statements.select_base import SelectBase

from .entity import EntityColumn

_C = TypeVar("_C")


class RelationshipDirection(Enum):
    """Which side holds the foreign key."""

    ONETOMANY = 1
    MANYTOONE = 2
    MANYTOMANY = 3


ONETOMANY = RelationshipDirection.ONETOMANY
MANYTOONE = RelationshipDirection.MANYTOONE
MANYTOMANY = RelationshipDirection.MANYTOMANY


class MarkedColumn(NamedColumn[Any]):
    """One mention of a column in a join condition, with its part: foreign, remote, local."""

    __visit_name__ = "entity_column"
    _fields = (child("column"), token("foreign"), token("remote"))

    def __init__(self, column: Any, foreign: bool = False, remote: bool = False) -> None:
        self.column = column
        self.foreign = foreign
        self.remote = remote
        self.name = column.name
        self.key = column.key
        self.type = column.type
        self.table = column.table

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        found: tuple[Any, ...] = self.column._from_objects
        return found

    @property
    def _bind_base(self) -> Any:
        return self.column._bind_base

    def __str__(self) -> str:
        return str(self.column)


def _marked(expr: Any, **flags: bool) -> Any:
    """Every column in an expression, marked."""

    def visit(node: Any) -> Any:
        if isinstance(node, MarkedColumn):
            known = {"foreign": node.foreign, "remote": node.remote}
            return MarkedColumn(node.column, **{**known, **flags})
        if isinstance(node, EntityColumn):
            return (
                MarkedColumn(node.column, **flags)
                if isinstance(node.column, ColumnClause)
                else visit(node.column)
            )
        if isinstance(node, ColumnClause):
            return MarkedColumn(node, **flags) if node.table is not None or isinstance(node, Column) else node
        if isinstance(node, (ScalarSelect, SelectBase)):
            return node
        return node._map_children(visit)

    return visit(expr)


def foreign(expr: _C) -> _C:
    """Marks a column of a relationship's `primaryjoin` as the referring one."""
    marked: _C = _marked(_as_element(expr), foreign=True)
    return marked


def remote(expr: _C) -> _C:
    """Marks a column of a relationship's `primaryjoin` as belonging to the other side."""
    marked: _C = _marked(_as_element(expr), remote=True)
    return marked


def _as_element(expr: Any) -> Any:
    element = element_of(expr)
    if element is None:
        raise exc.ArgumentError(f"Column-based expression object expected, got: {expr!r}")
    return element


def plain_columns(expr: Any) -> Any:
    """A join condition without marks."""

    def visit(node: Any) -> Any:
        if isinstance(node, (MarkedColumn, EntityColumn)):
            return visit(node.column)
        return node if isinstance(node, (ScalarSelect, SelectBase)) else node._map_children(visit)

    return None if expr is None else visit(expr)


def replace_marked(expr: Any, replace: Callable[[MarkedColumn], Any]) -> Any:
    """A marked condition with each mention of a column replaced."""

    def visit(node: Any) -> Any:
        if isinstance(node, MarkedColumn):
            return replace(node)
        return node if isinstance(node, SelectBase) else node._map_children(visit)

    return visit(expr)


def marks_in(expr: Any) -> Iterator[MarkedColumn]:
    if isinstance(expr, MarkedColumn):
        yield expr
    elif expr is not None:
        for below in expr.get_children():
            yield from marks_in(below)


def _binaries(expr: Any) -> Iterator[BinaryExpression[Any]]:
    if isinstance(expr, BinaryExpression) and is_comparison(expr.operator):
        yield expr
    for below in expr.get_children():
        yield from _binaries(below)


def _pairs(expr: Any) -> Iterator[tuple[BinaryExpression[Any], MarkedColumn, MarkedColumn]]:
    """Each comparison, with each column on its left and each on its right."""
    for binary in _binaries(expr):
        for left in marks_in(binary.left):
            for right in marks_in(binary.right):
                yield binary, left, right


def _in(column: Any, columns: Iterable[Any]) -> bool:
    return any(column is c for c in columns)


def _has(selectable: Any, column: Any) -> bool:
    return any(column is c for c in selectable.c)


def _narrowed(
    pairs: dict[Any, list[tuple[Any, Any]]], foreign_keys: Iterable[Any]
) -> dict[Any, list[tuple[Any, Any]]]:
    """Of the pairs (referred to, referring) of each constraint those that refer by one of these columns."""
    chosen = {key: [pair for pair in found if _in(pair[1], foreign_keys)] for key, found in pairs.items()}
    return {key: found for key, found in chosen.items() if found}


class JoinCondition:
    """Works out a relationship's join from what was declared and from the tables' foreign keys."""

    def __init__(self, prop: Any, parent: Any, target: Any, arguments: dict[str, Any]) -> None:
        self.prop = prop
        self.parent = parent
        self.target = target
        self.secondary = arguments["secondary"]
        self.foreign_keys: list[Any] = arguments["foreign_keys"]
        self.given_remote: list[Any] = arguments["remote_side"]
        self.is_self_referential = parent.persist_selectable.is_derived_from(target.local_table) or (
            target.persist_selectable.is_derived_from(parent.local_table)
        )
        self._find_joins(arguments["primaryjoin"], arguments["secondaryjoin"])
        self._mark_foreign()
        self._mark_remote()
        self._set_pairs()
        self._check_foreign()
        self.direction = self._find_direction()
        self._check_remote()

    # -- the conditions

    def _find_joins(self, primaryjoin: Any, secondaryjoin: Any) -> None:
        if secondaryjoin is not None and self.secondary is None:
            raise exc.ArgumentError(
                f"Property {self.prop} specified with secondary join condition but no secondary argument"
            )
        foreign_keys = self.foreign_keys or None
        try:
            if self.secondary is not None:
                if secondaryjoin is None:
                    secondaryjoin = self._from_keys(
                        self.target.persist_selectable, self.secondary, self.target.local_table, foreign_keys
                    )
                if primaryjoin is None:
                    primaryjoin = self._from_keys(
                        self.parent.persist_selectable, self.secondary, self.parent.local_table, foreign_keys
                    )
            elif primaryjoin is None:
                primaryjoin = self._from_keys(
                    self.parent.persist_selectable,
                    self.target.persist_selectable,
                    self.parent.local_table,
                    foreign_keys,
                )
        except exc.NoForeignKeysError as error:
            raise exc.NoForeignKeysError(self._no_keys()) from error
        except exc.AmbiguousForeignKeysError as error:
            raise exc.AmbiguousForeignKeysError(self._ambiguous_keys()) from error
        self.primaryjoin = _marked(_as_element(primaryjoin))
        self.secondaryjoin = None if secondaryjoin is None else _marked(_as_element(secondaryjoin))

    def _from_keys(self, left: Any, right: Any, nearest: Any, foreign_keys: Any) -> Any:
        pairs = foreign_key_pairs(nearest, right) or foreign_key_pairs(left, right)
        if foreign_keys is not None:
            pairs = _narrowed(pairs, foreign_keys)
        distinct = {tuple((id(a), id(b)) for a, b in found): found for found in pairs.values()}
        if len(pairs) > 1 and foreign_keys is not None:
            meant = {id(column) for column in foreign_keys}
            distinct = {k: found for k, found in distinct.items() if {id(b) for _, b in found} == meant}
        if len(distinct) != 1:
            error = exc.AmbiguousForeignKeysError if pairs else exc.NoForeignKeysError
            raise error(
                f"{len(distinct)} foreign keys between '{left.description}' and '{right.description}'"
            )
        conditions = [a == b for a, b in next(iter(distinct.values()))]
        return conditions[0] if len(conditions) == 1 else and_(*conditions)

    def _no_keys(self) -> str:
        if self.secondary is not None:
            return (
                f"Could not determine join condition between parent/child tables on relationship {self.prop} - there are "
                f"no foreign keys linking these tables via secondary table '{self.secondary.description}'.  Ensure that referencing "
                "columns are associated with a ForeignKey or ForeignKeyConstraint, or specify 'primaryjoin' and 'secondaryjoin' "
                "expressions."
            )
        return (
            f"Could not determine join condition between parent/child tables on relationship {self.prop} - there are no foreign "
            "keys linking these tables.  Ensure that referencing columns are associated with a ForeignKey or "
            "ForeignKeyConstraint, or specify a 'primaryjoin' expression."
        )

    def _ambiguous_keys(self) -> str:
        if self.secondary is not None:
            return (
                f"Could not determine join condition between parent/child tables on relationship {self.prop} - there are multiple "
                f"foreign key paths linking the tables via secondary table '{self.secondary.description}'.  Specify the "
                "'foreign_keys' argument, providing a list of those columns which should be counted as containing a foreign key "
                "reference from the secondary table to each of the parent and child tables."
            )
        return (
            f"Could not determine join condition between parent/child tables on relationship {self.prop} - there are multiple "
            "foreign key paths linking the tables.  Specify the 'foreign_keys' argument, providing a list of those columns which "
            "should be counted as containing a foreign key reference to the parent table."
        )

    def _joins(self) -> Iterator[Any]:
        yield self.primaryjoin
        if self.secondaryjoin is not None:
            yield self.secondaryjoin

    def _marks(self) -> Iterator[MarkedColumn]:
        for join in self._joins():
            yield from marks_in(join)

    # -- foreign

    def _mark_foreign(self) -> None:
        if any(mark.foreign for mark in self._marks()):
            return
        if self.foreign_keys:
            for mark in self._marks():
                mark.foreign = _in(mark.column, self.foreign_keys)
            return
        for join in self._joins():
            for _, left, right in _pairs(join):
                self._mark_referring(left, right)

    def _mark_referring(self, left: MarkedColumn, right: MarkedColumn) -> None:
        a, b = left.column, right.column
        if _references(a, b):
            left.foreign = True
        elif _references(b, a):
            right.foreign = True
        elif self.secondary is not None:
            if _has(self.secondary, a) and not _has(self.secondary, b):
                left.foreign = True
            elif _has(self.secondary, b) and not _has(self.secondary, a):
                right.foreign = True

    # -- remote

    def _mark_remote(self) -> None:
        marks = list(self._marks())
        if any(mark.remote for mark in marks):
            return
        if self.secondary is not None:
            for mark in marks_in(self.primaryjoin):
                mark.remote = _has(self.secondary, mark.column)
            own = self.target.persist_selectable  # may also be a part of the secondary join
            for mark in marks_in(self.secondaryjoin):
                mark.remote = _has(self.secondary, mark.column) and not _has(own, mark.column)
        elif self.given_remote:
            self._mark_given_remote(marks)
        elif self._refers_to_parent_table():
            self._mark_selfreferential(lambda mark: mark.foreign)
        elif self.is_self_referential:
            for mark in marks:
                mark.remote = _has(self.target.persist_selectable, mark.column) and (
                    not _has(self.parent.local_table, mark.column)
                    or _has(self.target.local_table, mark.column)
                )
        else:
            parent, target = self.parent.persist_selectable, self.target.persist_selectable
            for mark in marks:
                mark.remote = _has(target, mark.column) and (
                    not _has(parent, mark.column) or _has(self.target.local_table, mark.column)
                )

    def _mark_given_remote(self, marks: list[MarkedColumn]) -> None:
        if self._refers_to_parent_table():
            self._mark_selfreferential(lambda mark: _in(mark.column, self.given_remote))
            return
        for mark in marks:
            mark.remote = _in(mark.column, self.given_remote)

    def _mark_selfreferential(self, is_remote: Callable[[MarkedColumn], bool]) -> None:
        for binary, left, right in _pairs(self.primaryjoin):
            same = binary.left is left and binary.right is right and left.column is right.column
            if is_remote(left):
                left.remote = True
            if is_remote(right) and not same:
                right.remote = True

    def _refers_to_parent_table(self) -> bool:
        """Whether both columns of some comparison belong to the same table, on both sides of the relationship."""
        parent, target = self.parent.persist_selectable, self.target.persist_selectable
        return any(
            left.column.table is right.column.table
            and parent.is_derived_from(left.column.table)
            and target.is_derived_from(left.column.table)
            for _, left, right in _pairs(self.primaryjoin)
        )

    # -- what follows

    def _set_pairs(self) -> None:
        self.local_remote_pairs: list[tuple[Any, Any]] = []
        self.synchronize_pairs: list[tuple[Any, Any]] = []
        self.secondary_synchronize_pairs: list[tuple[Any, Any]] = []
        for join, synced in (
            (self.primaryjoin, self.synchronize_pairs), (self.secondaryjoin, self.secondary_synchronize_pairs),
        ):  # fmt: skip
            if join is None:
                continue
            for binary, left, right in _pairs(join):
                if right.remote and not left.remote:
                    _add(self.local_remote_pairs, (left.column, right.column))
                elif left.remote and not right.remote:
                    _add(self.local_remote_pairs, (right.column, left.column))
                if binary.operator is f.eq and binary.left is left and binary.right is right:
                    if right.foreign:
                        _add(synced, (left.column, right.column))
                    elif left.foreign:
                        _add(synced, (right.column, left.column))

    def _check_foreign(self) -> None:
        for join, primary in ((self.primaryjoin, True), (self.secondaryjoin, False)):
            if join is None:
                continue
            synced = self.synchronize_pairs if primary else self.secondary_synchronize_pairs
            has_foreign = any(mark.foreign for mark in marks_in(join))
            can_sync = bool(synced)
            if (self.prop.viewonly and has_foreign) or (not self.prop.viewonly and can_sync and has_foreign):
                continue
            kind = "primary" if primary else "secondary"
            text = str(plain_columns(join))
            advice = (
                "  Ensure that referencing columns are associated with a ForeignKey or ForeignKeyConstraint, or are annotated in "
                "the join condition with the foreign() annotation."
            )
            if has_foreign:
                raise exc.ArgumentError(
                    f"Could not locate any simple equality expressions involving locally mapped foreign key columns for {kind} join "
                    f"condition '{text}' on relationship {self.prop}.{advice} To allow comparison operators other than '==', the "
                    "relationship can be marked as viewonly=True."
                )
            raise exc.ArgumentError(
                f"Could not locate any relevant foreign key columns for {kind} join condition '{text}' on relationship "
                f"{self.prop}.{advice}"
            )

    def _find_direction(self) -> RelationshipDirection:
        if self.secondaryjoin is not None:
            return MANYTOMANY
        marks = list(marks_in(self.primaryjoin))
        foreign_columns = [mark.column for mark in marks if mark.foreign]
        on_target = any(_has(self.target.persist_selectable, c) for c in foreign_columns)
        on_parent = any(_has(self.parent.persist_selectable, c) for c in foreign_columns)
        if on_target and on_parent:
            return self._direction_of_both(marks)
        if on_target:
            return ONETOMANY
        if on_parent:
            return MANYTOONE
        raise exc.ArgumentError(
            f"Can't determine relationship direction for relationship '{self.prop}' - foreign key columns are present in neither "
            "the parent nor the child's mapped tables"
        )

    def _direction_of_both(self, marks: list[MarkedColumn]) -> RelationshipDirection:
        """Self-referential: the side that is remote decides."""
        one_to_many = any(mark.foreign and mark.remote for mark in marks)
        many_to_one = any(mark.foreign and not mark.remote for mark in marks)
        if one_to_many and many_to_one:  # a column that is compared with itself tells nothing
            both = {id(m.column) for m in marks if m.remote} & {id(m.column) for m in marks if not m.remote}
            telling = [mark for mark in marks if mark.foreign and id(mark.column) not in both]
            one_to_many = any(mark.remote for mark in telling)
            many_to_one = any(not mark.remote for mark in telling)
        if one_to_many and many_to_one:
            parent_only = {id(m.column) for m in marks if m.foreign and m.remote} - {
                id(m.column) for m in marks if m.foreign and not m.remote
            }
            if parent_only and not self._refers_to_parent_table():
                return ONETOMANY
            raise exc.ArgumentError(
                f"Can't determine relationship direction for relationship '{self.prop}' - foreign key columns within the join "
                "condition are present in both the parent and the child's mapped tables.  Ensure that only those columns referring "
                "to a parent column are marked as foreign, either via the foreign() annotation or via the foreign_keys argument."
            )
        return ONETOMANY if one_to_many else MANYTOONE

    def _check_remote(self) -> None:
        if not self.local_remote_pairs:
            raise exc.ArgumentError(
                f"Relationship {self.prop} could not determine any unambiguous local/remote column pairs based on join condition "
                "and remote_side arguments.  Consider using the remote() annotation to accurately mark those elements of the join "
                "condition that are on the remote side of the relationship."
            )

    @property
    def remote_columns(self) -> list[Any]:
        return _distinct(mark.column for mark in self._marks() if mark.remote)

    @property
    def local_columns(self) -> list[Any]:
        return _distinct(mark.column for mark in marks_in(self.primaryjoin) if not mark.remote)

    @property
    def foreign_key_columns(self) -> list[Any]:
        return _distinct(mark.column for mark in self._marks() if mark.foreign)


def _add(pairs: list[tuple[Any, Any]], pair: tuple[Any, Any]) -> None:
    if not any(pair[0] is a and pair[1] is b for a, b in pairs):
        pairs.append(pair)


def _distinct(columns: Iterable[Any]) -> list[Any]:
    return list({id(c): c for c in columns}.values())


def _references(a: Any, b: Any) -> bool:
    references = getattr(a, "references", None)
    if references is None:
        return any(fk.column is link for fk in a.foreign_keys for link in b._proxy_chain())
    return bool(references(b))
