"""Walking and rewriting expressions. Rewriting builds new nodes; the original stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .column import ColumnClause
from .node import IdentityNode, Node

Visitors = Mapping[str, Callable[[Any], Any]]
_NO_OPTIONS: Mapping[str, Any] = {}


def iterate(obj: Any, opts: Mapping[str, Any] = _NO_OPTIONS) -> Iterator[Any]:
    """The node and all nodes below it, breadth first.

    >>> from sublimate import column
    >>> [node.__visit_name__ for node in iterate(column("a") > 5)]
    ['binary', 'column', 'bindparam']
    """
    if obj is None:
        return
    queue = [obj]
    for current in queue:
        yield current
        children = list(current.get_children(**opts))
        queue += children
        if current.__visit_name__ == "select":
            queue += _unnamed_froms(current, children)


def _unnamed_froms(select: Any, children: list[Any]) -> list[Any]:
    """What a SELECT reads from because its columns and conditions say so; a join's sides are found by themselves."""
    known = {id(child) for child in children}
    return [f for f in select.get_final_froms() if f.__visit_name__ != "join" and id(f) not in known]


def traverse_using(iterator: Iterable[Any], obj: Any, visitors: Visitors) -> Any:
    """Call `visitors[node.__visit_name__](node)` for every node that the iterator gives."""
    for current in iterator:
        visit = visitors.get(current._visited_as)
        if visit is not None:
            visit(current)
    return obj


def traverse(obj: Any, opts: Mapping[str, Any], visitors: Visitors) -> Any:
    """Call `visitors[node.__visit_name__](node)` for every node.

    >>> from sublimate import column
    >>> found = []
    >>> _ = traverse(column("a") > 5, {}, {"bindparam": lambda bind: found.append(bind.value)})
    >>> found
    [5]
    """
    return traverse_using(iterate(obj, opts), obj, visitors)


def replacement_traverse(obj: Any, opts: Mapping[str, Any], replace: Callable[..., Any]) -> Any:
    """A copy of the tree in which each node for which `replace(node)` is not None has become that result."""
    return None if obj is None else _rewritten(obj, replace, _as_it_is)


def cloned_traverse(obj: Any, opts: Mapping[str, Any], visitors: Visitors) -> Any:
    """A deep copy, each copied node handed to its visitor (which may change it); columns and tables stay."""

    def copied(node: Any, original: Any) -> Any:
        visit = visitors.get(node._visited_as)
        if node is original and visit is None and node.is_selectable and not node.is_select:
            return node  # an alias of a table: nothing in it is other than it was
        new = node._clone() if node is original else node
        if visit is not None:
            visit(new)
        return new

    return None if obj is None else _rewritten(obj, lambda node: None, copied)


def is_immutable(node: Any) -> bool:
    """Whether a node is part of a schema, or a column: never copied, only replaced."""
    return isinstance(node, (IdentityNode, ColumnClause))


def _as_it_is(node: Any, original: Any) -> Any:
    return node


def _rewritten(obj: Any, replace: Callable[..., Any], finish: Callable[..., Any]) -> Any:
    done: dict[int, Any] = {}
    kept: list[Any] = []
    open_: set[int] = set()
    replacing: set[int] = set()
    statements = readers = 0

    def visit(current: Any) -> Any:
        nonlocal statements, readers
        known = done.get(id(current))
        if known is None:
            known = replace(current)
            if known is None and isinstance(current, ColumnClause):
                if not (statements or readers):
                    return current  # what it belongs to may still be rewritten, in a statement
                known = _same_column(current, visit, readers > 0)
            elif known is None:
                is_statement, reads = current.is_select or current.is_dml, _reads(current)
                statements += is_statement
                readers += reads
                open_.add(id(current))
                known = current._map_children(visit)
                open_.discard(id(current))
                statements -= is_statement
                readers -= reads
                if id(current) in replacing:  # what is in it has become itself: it stays as it is
                    known = current
                if not is_immutable(current):
                    known = finish(known, current)
            elif id(known) in open_:
                replacing.add(id(known))
            done[id(current)] = known
            kept.append(current)
        return known

    return visit(obj)


def _reads(node: Any) -> bool:
    """Whether the columns of what stands in FROM are mentioned in the node."""
    return bool(node.is_select) or node.__visit_name__ == "join"


def _same_column(column: Any, visit: Callable[[Any], Any], reads: bool) -> Any:
    """The column of the rewritten subquery or alias, or of what now stands in a table's place, for one of the original."""
    table = column.table
    if table is None or (is_immutable(table) and not reads):
        return column
    new = visit(table)
    if new is table or not hasattr(new, "c"):
        return column
    if is_immutable(table):
        found = new.corresponding_column(column)
        return column if found is None else found
    columns, position = list(new.c), getattr(column, "_position", None)
    if position is not None and len(columns) == len(table.c):
        return columns[position]
    return new.c.get(column.key, column)


class ExternalTraversal:
    """A visitor as a class: `visit_<name>(node)` methods, each for nodes of that `__visit_name__`.

    >>> from sublimate import column
    >>> class Values(ExternalTraversal):
    ...     def visit_bindparam(self, bind):
    ...         print(bind.value)
    >>> _ = Values().traverse(column("a") > 5)
    5
    """

    __traverse_options__: dict[str, Any] = {}
    _next: ExternalTraversal | None = None

    @property
    def _visitors(self) -> dict[str, Callable[[Any], Any]]:
        return {name[6:]: getattr(self, name) for name in dir(self) if name.startswith("visit_")}

    def traverse_single(self, obj: Any, **kw: Any) -> Any:
        """Visit one node with the first visitor of the chain that has a method for it."""
        for visitor in self.visitor_iterator:
            visit = getattr(visitor, f"visit_{obj._visited_as}", None)
            if visit is not None:
                return visit(obj, **kw)
        return None

    def iterate(self, obj: Any) -> Iterator[Any]:
        return iterate(obj, self.__traverse_options__)

    def traverse(self, obj: Any) -> Any:
        return traverse(obj, self.__traverse_options__, self._visitors)

    @property
    def visitor_iterator(self) -> Iterator[ExternalTraversal]:
        """This visitor and those chained behind it."""
        visitor: ExternalTraversal | None = self
        while visitor is not None:
            yield visitor
            visitor = visitor._next

    def chain(self, visitor: ExternalTraversal) -> ExternalTraversal:
        """Put a visitor at the end of the chain."""
        last = list(self.visitor_iterator)[-1]
        last._next = visitor
        return self


class CloningExternalTraversal(ExternalTraversal):
    """A visitor that copies what it walks, and visits the copies."""

    def copy_and_process(self, list_: Iterable[Any]) -> list[Any]:
        return [self.traverse(item) for item in list_]

    def traverse(self, obj: Any) -> Any:
        return cloned_traverse(obj, self.__traverse_options__, self._visitors)


class ReplacingExternalTraversal(CloningExternalTraversal):
    """A visitor that copies what it walks, with another node in the place of each for which `replace()` offers one."""

    def replace(self, elem: Any) -> Any:
        return None

    def _replaced(self, elem: Any) -> Any:
        for visitor in self.visitor_iterator:
            found = visitor.replace(elem)  # type: ignore[attr-defined]
            if found is not None:
                return found
        return None

    def traverse(self, obj: Any) -> Any:
        return replacement_traverse(obj, self.__traverse_options__, self._replaced)


Visitable = Node
"""Base of everything that visitors can walk."""
Traversible = HasTraverseInternals = ExternallyTraversible = HasTraversalDispatch = Node
ClauseVisitor = ExternalTraversal
CloningVisitor = CloningExternalTraversal
ReplacingCloningVisitor = ReplacingExternalTraversal


class anon_map(dict[Any, Any]):
    """Numbers for things as they are met, the same number for the same thing."""

    def __missing__(self, key: Any) -> str:
        value = self[key] = str(len(self))
        return value

    def get_anon(self, obj: Any) -> tuple[str, bool]:
        """The number of an object, and whether it had one before."""
        known = id(obj) in self
        return self[id(obj)], known


class prefix_anon_map(dict[str, str]):
    """Names of the form `base_1`, `base_2` for keys of the form `identity base`."""

    def __missing__(self, key: str) -> str:
        _, base = key.split(" ", 1)
        number = int(self.get(base, "1"))
        self[base] = str(number + 1)
        value = self[key] = f"{base}_{number}"
        return value
