"""A join to a joined-inheritance class some of whose tables are in FROM already: the class is joined under an alias."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.expression.coerce import column_argument
from sublimate.expression.column import ColumnClause
from sublimate.expression.traverse import replacement_traverse
from sublimate.inspection import inspect
from sublimate.orm.mapping.aliased import aliased
from sublimate.orm.mapping.entity import EntityColumn, EntityLabel, RelationshipNode
from sublimate.statements.join import tables_of
from sublimate.util.warnings import warn

from .columns import is_entity
from .criteria import entities_in
from .joins import plain

_CLAUSES = (
    "_raw_columns", "_where_criteria", "_having_criteria", "_group_by_clauses", "_order_by_clauses", "_distinct_on",
)  # fmt: skip


def apart(statement: Any) -> Any:
    """The statement with each such class replaced by an alias, from its join on."""
    joins = statement._setup_joins
    if not any(_is_whole_join(_target(entry)) for entry in joins):
        return statement
    known = [table for from_ in statement._from_obj for table in tables_of(plain(from_))]
    selected = [e.inspected for e in statement._raw_columns if is_entity(e)]
    before = [e.inspected for e in statement._from_obj if is_entity(e)]
    said: set[Any] = set()
    for position, entry in enumerate(joins):
        target = _target(entry)
        if (same := _join_said(entry)) in said:
            continue
        said.add(same)
        left = _left(statement, entry, position)
        before += left
        known += [table for entity in left for table in tables_of(entity.selectable)]
        if _is_whole_join(target) and any(table in known for table in target.inspected.mapper.tables):
            warn(
                f"An alias is being generated automatically against joined entity {target.inspected} due to overlapping tables. "
                "Use the aliased(<entity>, flat=True) construct instead, so that conditions say which of the two they mean."
            )
            replacement = _Replacement(target.inspected, before, selected)
            return apart(_replaced(statement, position, replacement, left))
        known += tables_of(plain(target))
        before += [target.inspected] if is_entity(target) else []
    return statement


def _target(entry: Any) -> Any:
    return entry[0].target if entry[0].__visit_name__ == "relationship" else entry[0]


def _join_said(entry: Any) -> Any:
    """Equal for a join that says what another said, and so is not made again."""
    target, onclause, left, *how = entry
    relationship = target if target.__visit_name__ == "relationship" else onclause
    if relationship is not None and relationship.__visit_name__ == "relationship":
        if relationship.criteria:
            return id(entry)
        start = plain(left) if left is not None else relationship.parent.selectable
        return id(relationship.prop), id(start), id(plain(_target(entry))), *how
    return id(entry) if onclause is None else (id(plain(target)), id(onclause), *how)


def _is_whole_join(target: Any) -> bool:
    """A class of several tables, not under an alias."""
    return is_entity(target) and not target.inspected.is_aliased_class and len(target.inspected.tables) > 1


def _left(statement: Any, entry: Any, position: int) -> list[Any]:
    """The entities a join starts from."""
    target, onclause, left, *_ = entry
    for node in (left, target, onclause):
        if node is not None and node.__visit_name__ == "relationship":
            return [node.parent.inspected]
    if left is not None:
        return [left.inspected] if is_entity(left) else []
    if position or statement._from_obj:
        return []
    return [e for e in entities_in(statement._raw_columns) if e is not getattr(target, "inspected", None)][:1]


def _replaced(statement: Any, position: int, replacement: _Replacement, left: list[Any]) -> Any:
    if any(replacement.is_named_by(option) for option in statement._with_options):
        raise replacement.unclear()
    target, onclause, start, *how = statement._setup_joins[position]
    if target.__visit_name__ == "relationship":
        onclause = onclause if onclause is not None else target
    elif start is None and left and onclause is not None and onclause.__visit_name__ != "relationship":
        start = left[0].__clause_element__()
    if onclause is not None:
        onclause = replacement.of_join(onclause)
    joins = list(statement._setup_joins)
    joins[position] = (replacement.alias.__clause_element__(), onclause, start, *how)
    joins[position + 1 :] = [
        tuple([replacement.of_join(part) if i < 3 else part for i, part in enumerate(entry)])
        for entry in joins[position + 1 :]
    ]
    changes: dict[str, Any] = {"_setup_joins": tuple(joins)}
    for name in _CLAUSES:
        clauses = statement.__dict__.get(name)
        if clauses:
            changes[name] = tuple([replacement(clause) for clause in clauses])
    return statement._with(**changes)


class _Replacement:
    """What names the class names its alias; so do columns of its parents, which are not in FROM by themselves."""

    def __init__(self, mapper: Any, before: list[Any], selected: list[Any]) -> None:
        self.mapper = mapper
        self._apart = [e for e in (*before, *selected) if e is not mapper]
        self._joins_start_before = any(e is mapper for e in before)
        self.alias = inspect(aliased(mapper.class_, flat=True))

    def __call__(self, clause: Any) -> Any:
        return replacement_traverse(clause, {}, self._replace)

    def of_join(self, part: Any) -> Any:
        """A left side, target or ON clause."""
        if part is None or part.__visit_name__ != "relationship":
            return self(part)
        if part.parent.inspected is not self.mapper or self._joins_start_before:
            return (
                part
                if part.of_type is None or part.of_type.inspected is not self.mapper
                else part._with(of_type=None)
            )
        return RelationshipNode(part.prop, self.alias.__clause_element__(), part.of_type, part.criteria)

    def _replace(self, node: Any) -> Any:
        if node.__class__ in (EntityColumn, EntityLabel):
            return self._column(node) if self._is_ours(node.entity) else node
        if isinstance(node, ColumnClause) and any(node.table is table for table in self.mapper.tables):
            raise self.unclear()
        if is_entity(node):
            return self.alias.__clause_element__() if node.inspected is self.mapper else node
        if getattr(node, "is_select", False) and self._reads_itself(node):
            return node
        return None

    def _is_ours(self, entity: Any) -> bool:
        if entity.is_aliased_class or any(entity is known for known in self._apart):
            return False
        return bool(self.mapper.isa(entity))

    def _column(self, node: Any) -> Any:
        alias = self.alias
        if node.entity is self.mapper or node.__class__ is EntityLabel:
            return column_argument(alias.attribute(node.key))
        return EntityColumn(alias._adapt(node.column), node.key, alias, node.prop, (alias.selectable,))

    def is_named_by(self, option: Any) -> bool:
        """Whether a loader option reads the class from the rows, or loads more of it."""
        named = [node for _, _, _, nodes in getattr(option, "elements", ()) for node in nodes]
        for path, *_ in getattr(option, "elements", ()):
            parts = [part for part in path if part.__class__ is not str]
            named += [
                n for part in parts for n in (getattr(part, "of_type", None), getattr(part, "parent", None))
            ]
        return any(getattr(node, "inspected", None) is self.mapper for node in named)

    def unclear(self) -> Exception:
        """Two of the same tables, and no word which is meant."""
        name = self.mapper.class_.__name__
        return exc.InvalidRequestError(
            f"The statement joins to {self.mapper} while some of its tables are in FROM already, and it is not clear which of the two "
            f"a condition or option means. Join to an alias, aliased({name}, flat=True), and name that."
        )

    def _reads_itself(self, select: Any) -> bool:
        """Whether a subquery has the class in its own FROM."""
        parts = [*select.__dict__.get("_raw_columns", ()), *select.__dict__.get("_from_obj", ())]
        parts += [_target(entry) for entry in select.__dict__.get("_setup_joins", ())]
        return any(entity is self.mapper for entity in entities_in(parts))
