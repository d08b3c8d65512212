"""ClauseAdapter: the columns of one FROM element replaced by those that stand for them in another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sublimate.expression.column import ColumnClause
from sublimate.expression.traverse import replacement_traverse

from .from_clause import FromClause


class ClauseAdapter:
    """Rewrites expressions on a table into expressions on an alias or subquery of it.

    >>> from sublimate import column, table
    >>> t = table("t", column("x"))
    >>> str(ClauseAdapter(t.alias("a")).traverse(t.c.x > 5))
    'a.x > :x_1'
    """

    def __init__(
        self,
        selectable: Any,
        equivalents: Mapping[Any, Iterable[Any]] | None = None,
        include_fn: Callable[[Any], bool] | None = None,
        exclude_fn: Callable[[Any], bool] | None = None,
        adapt_on_names: bool = False,
    ) -> None:
        self.selectable = selectable
        self.equivalents = equivalents or {}
        self.include_fn = include_fn
        self.exclude_fn = exclude_fn
        self.adapt_on_names = adapt_on_names
        self._next: ClauseAdapter | None = None

    def chain(self, other: ClauseAdapter) -> ClauseAdapter:
        last = self
        while last._next is not None:
            last = last._next
        last._next = other
        return self

    def replace(self, node: Any) -> Any | None:
        adapter: ClauseAdapter | None = self
        while adapter is not None:
            found = adapter._replace_one(node)
            if found is not None:
                return found
            adapter = adapter._next
        return None

    def _replace_one(self, node: Any) -> Any | None:
        selectable = self.selectable
        if node.is_selectable and not isinstance(node, ColumnClause):
            return selectable if self._stands_for(node) else node if self._is_another_reading(node) else None
        if not isinstance(node, ColumnClause) or not self._chosen(node):
            return None
        if node.table is selectable or self._is_another_reading(node.table):
            return node
        return self._column_for(node)

    def _stands_for(self, from_: Any) -> bool:
        """Whether the selectable takes the place of a FROM element: of itself, as nothing in it is rewritten, and of its source."""
        selectable = self.selectable
        if from_ is selectable or getattr(selectable, "element", None) is from_:
            return True
        return isinstance(from_, FromClause) and bool(selectable.is_derived_from(from_))

    def _is_another_reading(self, from_: Any) -> bool:
        """Whether it is an alias of a table, and the selectable reads the table without it."""
        is_alias = from_ is not None and from_.__visit_name__ == "alias"
        return is_alias and not self.selectable.is_derived_from(from_)

    def _chosen(self, column: Any) -> bool:
        included = self.include_fn is None or self.include_fn(column)
        return included and (self.exclude_fn is None or not self.exclude_fn(column))

    def _column_for(self, column: Any) -> Any | None:
        for one in (column, *self.equivalents.get(column, ())):
            found = self.selectable.corresponding_column(one, require_embedded=True)
            if found is not None:
                return found
        return self.selectable.exported_columns.get(column.name) if self.adapt_on_names else None

    def copy_and_process(self, elements: Iterable[Any]) -> list[Any]:
        """The elements rewritten, one by one."""
        return [self.traverse(element) for element in elements]

    def traverse(self, element: Any) -> Any:
        return None if element is None else replacement_traverse(element, {}, self.replace)

    __call__ = traverse


class _AdaptedColumns(dict[Any, Any]):
    """column -> what stands for it, found when it is asked for."""

    def __init__(self, adapter: ColumnAdapter) -> None:
        super().__init__()
        self.adapter = adapter

    def __missing__(self, column: Any) -> Any:
        found = self[column] = self.adapter._adapted(column)
        return found


class ColumnAdapter(ClauseAdapter):
    """A ClauseAdapter that can be asked for columns: `adapter.columns[users.c.id]`.

    >>> from sublimate import column, table
    >>> t = table("t", column("x"))
    >>> str(ColumnAdapter(t.alias("a")).columns[t.c.x])
    'a.x'
    """

    def __init__(
        self,
        selectable: Any,
        equivalents: Mapping[Any, Iterable[Any]] | None = None,
        adapt_required: bool = False,
        include_fn: Callable[[Any], bool] | None = None,
        exclude_fn: Callable[[Any], bool] | None = None,
        adapt_on_names: bool = False,
        allow_label_resolve: bool = True,
    ) -> None:
        super().__init__(selectable, equivalents, include_fn, exclude_fn, adapt_on_names)
        self.adapt_required = adapt_required
        self.allow_label_resolve = allow_label_resolve
        self.columns = _AdaptedColumns(self)

    def _adapted(self, column: Any) -> Any:
        found = self.traverse(column)
        return None if self.adapt_required and found is column else found

    @property
    def visitor_iterator(self) -> Iterator[ClauseAdapter]:
        """This adapter and those chained behind it."""
        adapter: ClauseAdapter | None = self
        while adapter is not None:
            yield adapter
            adapter = adapter._next

    def adapt_clause(self, obj: Any) -> Any:
        return self.columns[obj]

    def adapt_list(self, elements: Iterable[Any]) -> list[Any]:
        return [self.columns[element] for element in elements]
