"""What an expression or statement speaks of: its tables, columns, values, and the pairs of columns it compares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sublimate import exc
from sublimate.expression.binary import BinaryExpression
from sublimate.expression.column import ColumnClause
from sublimate.expression.element import ColumnElement
from sublimate.expression.traverse import iterate, traverse
from sublimate.operators import functions as f
from sublimate.operators.table import is_comparison, is_ordering_modifier

from .join import Join, foreign_key_pairs


def find_tables(
    clause: Any, *, check_columns: bool = False, include_aliases: bool = False, include_joins: bool = False,
    include_selects: bool = False, include_crud: bool = False,
) -> list[Any]:  # fmt: skip
    """The tables in a statement or expression; those that are only named by columns with `check_columns`.

    >>> from sublimate import column, select, table
    >>> [t.name for t in find_tables(select(table("a", column("x")).alias().c.x))]
    ['a']
    """
    found: list[Any] = []
    visitors: dict[str, Callable[[Any], Any]] = {"table": found.append}
    if include_selects:
        visitors["select"] = visitors["compound_select"] = found.append
    if include_joins:
        visitors["join"] = found.append
    if include_aliases:
        for kind in ("alias", "subquery", "tablesample", "lateral"):
            visitors[kind] = found.append
    if include_crud:
        for kind in ("insert", "update", "delete"):
            visitors[kind] = lambda statement: found.append(statement.table)
    if check_columns:
        visitors["column"] = lambda column: found.append(column.table)
    traverse(clause, {}, visitors)
    return found


def unwrap_order_by(clause: Any) -> list[Any]:
    """The columns and expressions of an ORDER BY without their directions; what is only text is none."""
    found: list[Any] = []
    queue = [clause]
    while queue:
        node = queue.pop(0)
        if isinstance(node, ColumnElement) and not _is_direction(node):
            if node.__visit_name__ == "label":
                node = node.element
            if node.__visit_name__ != "textual_label_reference" and not any(node is one for one in found):
                found.append(node)
        else:
            queue += node.get_children()
    return found


def _is_direction(node: Any) -> bool:
    """Whether the node is DESC, NULLS LAST or the like of another."""
    modifier = getattr(node, "modifier", None)
    return modifier is not None and is_ordering_modifier(modifier)


def unwrap_label_reference(element: Any) -> Any:
    """The element itself; a label that is named by a string cannot be looked up outside of its statement."""
    if any(node.__visit_name__ == "textual_label_reference" for node in iterate(element)):
        raise exc.InvalidRequestError("A label named by a string is known only to its SELECT")
    return element


def expand_column_list_from_order_by(collist: Sequence[Any], order_by: Iterable[Any]) -> list[Any]:
    """What ORDER BY has that the columns have not."""
    known = {id(column.element if column.__visit_name__ == "label" else column) for column in collist}
    wanted = [column for clause in order_by for column in unwrap_order_by(clause)]
    return [column for column in wanted if id(column) not in known]


def clause_is_present(clause: Any, search: Any) -> bool:
    """Whether a FROM element is one of those that the other consists of; what is within subqueries does not count."""
    return any(element is clause for element in surface_selectables(search))


def tables_from_leftmost(clause: Any) -> Iterator[Any]:
    """The sides of a join, from left to right."""
    if isinstance(clause, Join):
        yield from tables_from_leftmost(clause.left)
        yield from tables_from_leftmost(clause.right)
    elif clause.__visit_name__ == "from_grouping":
        yield from tables_from_leftmost(clause.element)
    else:
        yield clause


def surface_selectables(clause: Any) -> Iterator[Any]:
    """A FROM element and the sides of its joins."""
    stack = [clause]
    while stack:
        element = stack.pop()
        yield element
        if isinstance(element, Join):
            stack += (element.left, element.right)
        elif element.__visit_name__ == "from_grouping":
            stack.append(element.element)


def surface_selectables_only(clause: Any) -> Iterator[Any]:
    """The tables, aliases and subqueries of a join, or that of a column."""
    for element in surface_selectables(clause):
        if isinstance(element, ColumnClause) and element.table is not None:
            yield element.table
        elif not isinstance(element, Join) and element.__visit_name__ != "from_grouping":
            yield element


def surface_expressions(clause: Any) -> Iterator[Any]:
    """An expression and its parts, but not what is within its subqueries."""
    stack = [clause]
    while stack:
        element = stack.pop()
        yield element
        if isinstance(element, ColumnElement):
            stack += element.get_children()


def selectables_overlap(left: Any, right: Any) -> bool:
    """Whether two joins have a side in common."""
    known = {id(element) for element in surface_selectables(left)}
    return any(id(element) in known for element in surface_selectables(right))


def bind_values(clause: Any) -> list[Any]:
    """The values of the parameters, in order."""
    return [node.effective_value for node in iterate(clause) if node._is_bind_parameter]


def visit_binary_product(fn: Callable[[Any, Any, Any], Any], expr: Any) -> None:
    """Call `fn(comparison, left column, right column)` for every pair of columns on its two sides."""
    _columns_of_product(expr, fn)


def _columns_of_product(element: Any, fn: Callable[[Any, Any, Any], Any]) -> list[Any]:
    """The columns below an element, once the comparisons there have been told of."""
    if isinstance(element, ColumnClause):
        return [element]
    if getattr(element, "is_select", False):
        return []
    if isinstance(element, BinaryExpression) and is_comparison(element.operator):
        left, right = (_columns_of_product(side, fn) for side in (element.left, element.right))
        for one in left:
            for other in right:
                fn(element, one, other)
        return [*left, *right]
    return [column for child in element.get_children() for column in _columns_of_product(child, fn)]


def criterion_as_pairs(
    expression: Any,
    consider_as_foreign_keys: Iterable[Any] | None = None,
    consider_as_referenced_keys: Iterable[Any] | None = None,
    any_operator: bool = False,
) -> list[tuple[Any, Any]]:
    """The pairs (referenced column, referring column) of the equalities in a condition.

    Which refers to which is told by foreign keys, or by one of the two collections.
    """
    if consider_as_foreign_keys and consider_as_referenced_keys:
        raise exc.ArgumentError(
            "Can only specify one of 'consider_as_foreign_keys' or 'consider_as_referenced_keys'"
        )
    referring = {id(column) for column in consider_as_foreign_keys or ()}
    referenced = {id(column) for column in consider_as_referenced_keys or ()}

    def refers(one: Any, other: Any) -> bool:
        if referring:
            return id(one) in referring and (one is other or id(other) not in referring)
        if referenced:
            return id(other) in referenced and (one is other or id(one) not in referenced)
        keyed = isinstance(one, ColumnClause) and isinstance(other, ColumnClause)
        return keyed and any(key.column is other for key in one.foreign_keys)

    pairs: list[tuple[Any, Any]] = []
    for node in iterate(expression):
        if not isinstance(node, BinaryExpression) or not (any_operator or node.operator is f.eq):
            continue
        if not isinstance(node.left, ColumnElement) or not isinstance(node.right, ColumnElement):
            continue
        if refers(node.left, node.right):
            pairs.append((node.right, node.left))
        elif refers(node.right, node.left):
            pairs.append((node.left, node.right))
    return pairs


def reduce_columns(
    columns: Iterable[Any], *clauses: Any, ignore_nonexistent_tables: bool = False
) -> list[Any]:
    """The columns without those that repeat another: by foreign key, or by an equality in the conditions."""
    kept = list({id(column): column for column in columns}.values())
    omitted: set[int] = set()
    for column in kept:
        for key in column.foreign_keys:
            try:
                target = key.column
            except (exc.NoReferencedColumnError, exc.NoReferencedTableError) as error:
                if ignore_nonexistent_tables and isinstance(error, exc.NoReferencedTableError):
                    continue
                raise
            if any(other is not column and other.shares_lineage(target) for other in kept):
                omitted.add(id(column))
                break
    for node in (node for clause in clauses if clause is not None for node in iterate(clause)):
        if isinstance(node, BinaryExpression) and node.operator is f.eq:
            rest = [column for column in kept if id(column) not in omitted]
            if node.left is not node.right and {id(node.left), id(node.right)} <= {
                id(column) for column in rest
            }:
                omitted.add(id(node.right))
    return [column for column in kept if id(column) not in omitted]


def find_join_source(clauses: Sequence[Any], join_to: Any) -> list[int]:
    """Where among FROM elements those stand that have what is to be joined from."""
    sides = [id(side) for side in surface_selectables(join_to)]
    return [
        position
        for position, from_ in enumerate(clauses)
        if any(id(element) in sides for element in surface_selectables(from_))
    ]


def find_left_clause_that_matches_given(clauses: Sequence[Any], join_from: Any) -> list[int]:
    """Where among FROM elements the given one stands, or what has it."""
    sides = {id(side) for side in surface_selectables(join_from)}
    exact = [position for position, from_ in enumerate(clauses) if from_ is join_from]
    holding = [
        position
        for position, from_ in enumerate(clauses)
        if sides & {id(element) for element in surface_selectables(from_)}
    ]
    return exact if len(exact) == 1 and len(holding) == 1 else holding


def find_left_clause_to_join_from(clauses: Sequence[Any], join_to: Any, onclause: Any) -> list[int]:
    """Where among FROM elements those stand that can be joined with another: by the condition, or by foreign keys."""
    mentioned = {id(from_) for from_ in onclause._from_objects} if onclause is not None else set()

    def fits(from_: Any) -> bool:
        if onclause is None:
            return bool(foreign_key_pairs(from_, join_to))
        return bool(mentioned & {id(element) for element in surface_selectables(from_)})

    found = [position for position, from_ in enumerate(clauses) if from_ is not join_to and fits(from_)]
    return found if found or onclause is None or len(clauses) > 1 else list(range(len(clauses)))


def extract_first_column_annotation(column: Any, annotation_name: str) -> Any:
    """The first value of that name noted on an expression or its parts, but not within its subqueries."""
    for node in surface_expressions(column):
        found = getattr(node, "_annotations", {}).get(annotation_name)
        if found is not None:
            return found
    return None
