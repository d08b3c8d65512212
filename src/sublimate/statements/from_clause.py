"""FromClause: what can stand in FROM. TableClause: a table by name alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, Self

from sublimate import exc
from sublimate.expression.binary import ClauseList
from sublimate.expression.coerce import not_an_operand
from sublimate.expression.element import ClauseElement, ColumnElement
from sublimate.expression.names import quoted_name
from sublimate.expression.node import IdentityNode
from sublimate.statements.selectable import Selectable
from sublimate.util.warnings import warn

from .columns import ColumnCollection
from .labels import LABEL_STYLE_NONE

if TYPE_CHECKING:  # which know defaults of type variables on every Python; Python itself from 3.13 on
    from typing_extensions import TypeVar

    from sublimate.expression.column import ColumnClause

    from .alias import Alias, Lateral, TableSample, TableValuedColumn
    from .dml import Delete, Insert, Update
    from .join import Join
    from .select import Select

    Columns = TypeVar("Columns", bound=ColumnCollection[Any, Any], default=ColumnCollection, covariant=True)
    Clauses = TypeVar(
        "Clauses",
        bound=ColumnCollection[Any, Any],
        default=ColumnCollection[str, ColumnClause[Any]],
        covariant=True,
    )
    Listed = TypeVar("Listed", bound=ColumnCollection[Any, Any])
else:
    from typing import TypeVar

    Columns, Clauses = TypeVar("Columns", covariant=True), TypeVar("Clauses", covariant=True)


class MadeOnce:
    """The columns of a FROM element: made when first asked for, an attribute of the instance from then on."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        made = instance.__dict__["c"] = instance._columns or instance._make_columns()
        return made


class FromClause(ClauseElement, Selectable, Generic[Columns]):
    """Anything with columns that can stand in FROM."""

    __visit_name__ = "fromclause"
    is_selectable = True
    returns_rows = True
    named_with_column = False
    schema: str | None = None
    name: Any = None
    _columns: ColumnCollection | None = None
    _is_lateral = False

    if TYPE_CHECKING:

        @property
        def c(self) -> Columns: ...

    else:
        c = MadeOnce()

    @property
    def selectable(self) -> Self:
        """The element itself."""
        return self

    @property
    def columns(self) -> Columns:
        return self.c

    @property
    def exported_columns(self) -> Columns:
        return self.c

    @property
    def entity_namespace(self) -> Any:
        return self.c

    def _make_columns(self) -> ColumnCollection:
        return ColumnCollection()

    def _clone(self) -> Self:
        new = super()._clone()
        new.__dict__.pop("c", None)
        return new

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        return (self,)

    @property
    def _hidden_froms(self) -> tuple[Any, ...]:
        """FROM elements that need not be listed beside this one because it contains them."""
        return ()

    @property
    def primary_key(self) -> Iterable[Any]:
        return [c for c in self.c if c.primary_key]

    @property
    def foreign_keys(self) -> Iterable[Any]:
        return {fk for c in self.c for fk in c.foreign_keys}

    @property
    def description(self) -> str:
        return self.name if self.name is not None else type(self).__name__

    @property
    def _all_selected_columns(self) -> list[Any]:
        return list(self.c)

    def is_derived_from(self, fromclause: Any) -> bool:
        return fromclause is self

    def with_cols(self, type_: type[Listed]) -> FromClause[Listed]:
        """For type checkers: this element with the columns that a TypedColumns class lists."""
        return self  # type: ignore[return-value]

    def corresponding_column(self, column: Any, require_embedded: bool = False) -> ColumnElement[Any] | None:
        return self.c.corresponding_column(column, require_embedded)

    def as_from(self) -> Any:
        return self

    def as_operand(self) -> Any:
        not_an_operand(self)

    def as_grouping(self) -> Any:
        return ClauseList(*self._all_selected_columns, group=False)

    def as_in_operand(self) -> Any:
        warn(
            f"Coercing {type(self).__name__} object into a select() for use in IN(); please pass a select() construct explicitly"
        )
        return self.select().set_label_style(LABEL_STYLE_NONE).as_in_operand()

    def select(self) -> Select[*tuple[Any, ...]]:
        from .select import select

        return select(self)

    def join(self, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Join:
        """`self JOIN right ON onclause`; without an onclause, the condition comes from foreign keys."""
        from .join import Join

        return Join(self, right, onclause, isouter, full)

    def outerjoin(self, right: Any, onclause: Any = None, full: bool = False) -> Join:
        from .join import Join

        return Join(self, right, onclause, True, full)

    def alias(self, name: str | None = None, flat: bool = False) -> Alias[Columns]:
        """The element under another name (a name the compiler chooses, if none is given)."""
        from .alias import Alias

        return Alias(self, name)

    def lateral(self, name: str | None = None) -> Lateral[Columns]:
        from .alias import Lateral

        return Lateral(self, name)

    def tablesample(self, sampling: Any, name: str | None = None, seed: Any = None) -> TableSample[Columns]:
        from .alias import TableSample

        return TableSample(self, sampling, name, seed)

    def table_valued(self) -> TableValuedColumn:
        from .alias import TableValuedColumn

        return TableValuedColumn(self)


class TableClause(FromClause[Clauses], IdentityNode):
    """`table("name", column("a"), …)`: a table without metadata."""

    __visit_name__ = "table"
    named_with_column = True
    implicit_returning = False

    def __init__(self, name: str, *columns: Any, schema: str | None = None, **kw: Any) -> None:
        if kw:
            raise exc.ArgumentError(f"Unsupported argument(s): {list(kw)}")
        self.name = name
        self.schema = quoted_name(schema) if isinstance(schema, str) else schema
        self.fullname = f"{schema}.{name}" if schema else name
        self._columns = ColumnCollection()
        for column in columns:
            self.append_column(column)

    def append_column(self, column: Any) -> None:
        existing = column.table
        if existing is not None and existing is not self:
            raise exc.ArgumentError(
                f"column object '{column.key}' already assigned to table '{existing.description}'"
            )
        column.table = self
        column.__dict__.pop("_shape", None)
        self.c.add(column)
        self._forget_shape()

    def insert_column(self, column: Any, index: int) -> None:
        """Add a column at a place among the columns."""
        self.append_column(column)
        self.c.move(column, index)
        self._forget_shape()

    def get_children(self, **_: Any) -> Any:
        return iter(())

    def _map_children(self, fn: Any) -> Any:
        return self

    def insert(self) -> Insert:
        from .dml import Insert

        return Insert(self)

    def update(self) -> Update:
        from .dml import Update

        return Update(self)

    def delete(self) -> Delete:
        from .dml import Delete

        return Delete(self)

    def __str__(self) -> str:
        return self.fullname

    def self_group(self, against: Any = None) -> Any:
        return self


def table(name: str, *columns: Any, **kw: Any) -> TableClause:
    """A table by name: `table("user", column("id"), column("name"))`."""
    return TableClause(name, *columns, **kw)
