"""INSERT, UPDATE and DELETE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, TypeVar, TypeVarTuple, overload

from sublimate import exc
from sublimate.expression.coerce import element_of, from_argument
from sublimate.expression.element import SQLCoreOperations
from sublimate.expression.node import Field, child, children, nested, token

from .dml_base import (
    NO_SUBJECTS_OF_INSERT,
    DMLWhereBase,
    ValuesBase,
    dml_table,
    key_of,
    value_of,
)
from .executable import TypedReturnsRows

_Ts = TypeVarTuple("_Ts")
_T = TypeVar("_T")
_T0 = TypeVar("_T0")
_T1 = TypeVar("_T1")
_T2 = TypeVar("_T2")
_T3 = TypeVar("_T3")
_T4 = TypeVar("_T4")
_T5 = TypeVar("_T5")
Selectable: TypeAlias = SQLCoreOperations[_T] | type[_T]


class Insert(ValuesBase):
    """An INSERT statement, made by `insert()`."""

    __visit_name__ = "insert"
    _extension_points = ("post_values",)
    is_insert = True
    _fields: ClassVar[tuple[Field, ...]] = (
        child("table"), nested("_values"), nested("_multi_values"), child("_select"), nested("_select_names"), token("_include_defaults"),
        nested("_returning"), token("_return_defaults"), nested("_return_defaults_columns"), nested("_supplemental_returning"),
        token("_sort_by_parameter_order"), child("_post_values_clause"), nested("_prefixes"), nested("_independent_ctes"), nested("_hints"),
        token("_inline"), nested("_with_options"), token("_dialect_options"), nested("_extensions"),
    )  # fmt: skip
    _select: Any = None
    _select_names: tuple[Any, ...] = ()
    _include_defaults: bool = True
    _post_values_clause: Any = None

    if TYPE_CHECKING:

        @overload
        def returning(
            self, e0: Selectable[_T0], /, *, sort_by_parameter_order: bool = False
        ) -> ReturningInsert[_T0]: ...
        @overload
        def returning(
            self, e0: Selectable[_T0], e1: Selectable[_T1], /, *, sort_by_parameter_order: bool = False
        ) -> ReturningInsert[_T0, _T1]: ...
        @overload
        def returning(
            self,
            e0: Selectable[_T0],
            e1: Selectable[_T1],
            e2: Selectable[_T2],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningInsert[_T0, _T1, _T2]: ...
        @overload
        def returning(
            self,
            e0: Selectable[_T0],
            e1: Selectable[_T1],
            e2: Selectable[_T2],
            e3: Selectable[_T3],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningInsert[_T0, _T1, _T2, _T3]: ...
        @overload
        def returning(
            self,
            e0: Selectable[_T0],
            e1: Selectable[_T1],
            e2: Selectable[_T2],
            e3: Selectable[_T3],
            e4: Selectable[_T4],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningInsert[_T0, _T1, _T2, _T3, _T4]: ...
        @overload
        def returning(
            self,
            e0: Selectable[_T0],
            e1: Selectable[_T1],
            e2: Selectable[_T2],
            e3: Selectable[_T3],
            e4: Selectable[_T4],
            e5: Selectable[_T5],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningInsert[_T0, _T1, _T2, _T3, _T4, _T5]: ...
        @overload
        def returning(
            self, *cols: Any, sort_by_parameter_order: bool = False
        ) -> ReturningInsert[*tuple[Any, ...]]: ...
        def returning(self, *cols: Any, sort_by_parameter_order: bool = False) -> Any: ...

    def __init__(self, table: Any) -> None:
        self.table = dml_table(table, NO_SUBJECTS_OF_INSERT)

    @property
    def select(self) -> Any:
        return self._select

    def inline(self) -> Self:
        return self._with(_inline=True)

    def from_select(self, names: Sequence[Any], select: Any, include_defaults: bool = True) -> Self:
        """INSERT … SELECT."""
        if self._values or self._multi_values:
            raise exc.InvalidRequestError("This construct already inserts value expressions")
        element = element_of(select)
        if element is not None and element.is_selectable and not element.is_select and not element.is_text:
            element = element.select()
        if element is None or not element.is_select:
            raise exc.ArgumentError(f"SELECT construct for INSERT..FROM SELECT expected, got {select!r}.")
        return self._with(
            _select=element,
            _select_names=tuple(key_of(n) for n in names),
            _include_defaults=include_defaults,
            _inline=True,
        )


class Update(DMLWhereBase, ValuesBase):
    """An UPDATE statement, made by `update()`."""

    __visit_name__ = "update"
    is_update = True
    _fields: ClassVar[tuple[Field, ...]] = (
        child("table"), nested("_values"), token("_ordered"), nested("_where_criteria"), nested("_returning"), token("_return_defaults"),
        nested("_return_defaults_columns"), nested("_supplemental_returning"), nested("_prefixes"), nested("_independent_ctes"), nested("_hints"),
        token("_inline"), nested("_with_options"), token("_dialect_options"), nested("_extensions"),
    )  # fmt: skip
    _ordered: bool = False

    if TYPE_CHECKING:

        @overload
        def returning(
            self, e0: Selectable[_T0], /, *, sort_by_parameter_order: bool = False
        ) -> ReturningUpdate[_T0]: ...
        @overload
        def returning(
            self, e0: Selectable[_T0], e1: Selectable[_T1], /, *, sort_by_parameter_order: bool = False
        ) -> ReturningUpdate[_T0, _T1]: ...
        @overload
        def returning(
            self,
            e0: Selectable[_T0],
            e1: Selectable[_T1],
            e2: Selectable[_T2],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningUpdate[_T0, _T1, _T2]: ...
        @overload
        def returning(
            self,
            e0: Selectable[_T0],
            e1: Selectable[_T1],
            e2: Selectable[_T2],
            e3: Selectable[_T3],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningUpdate[_T0, _T1, _T2, _T3]: ...
        @overload
        def returning(
            self,
            e0: Selectable[_T0],
            e1: Selectable[_T1],
            e2: Selectable[_T2],
            e3: Selectable[_T3],
            e4: Selectable[_T4],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningUpdate[_T0, _T1, _T2, _T3, _T4]: ...
        @overload
        def returning(
            self,
            e0: Selectable[_T0],
            e1: Selectable[_T1],
            e2: Selectable[_T2],
            e3: Selectable[_T3],
            e4: Selectable[_T4],
            e5: Selectable[_T5],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningUpdate[_T0, _T1, _T2, _T3, _T4, _T5]: ...
        @overload
        def returning(
            self, *cols: Any, sort_by_parameter_order: bool = False
        ) -> ReturningUpdate[*tuple[Any, ...]]: ...
        def returning(self, *cols: Any, sort_by_parameter_order: bool = False) -> Any: ...

    def __init__(self, table: Any) -> None:
        self.table = dml_table(table)

    def ordered_values(self, *args: tuple[Any, Any]) -> Self:
        """SET in this order: `ordered_values((t.c.a, 1), (t.c.b, 2))`."""
        if self._values:
            raise exc.ArgumentError("This statement already has values present")
        columns = self._value_columns()
        return self._with(_values=tuple((key_of(k), value_of(k, v, columns)) for k, v in args), _ordered=True)

    def inline(self) -> Self:
        return self._with(_inline=True)


class Delete(DMLWhereBase):
    """A DELETE statement, made by `delete()`."""

    __visit_name__ = "delete"
    is_delete = True
    _fields: ClassVar[tuple[Field, ...]] = (
        child("table"), nested("_where_criteria"), nested("_returning"), nested("_prefixes"), nested("_independent_ctes"), nested("_hints"),
        nested("_with_options"), token("_return_defaults"), token("_dialect_options"), nested("_extensions"), children("_using"),
    )  # fmt: skip
    _using: tuple[Any, ...] = ()

    if TYPE_CHECKING:

        @overload
        def returning(
            self, e0: Selectable[_T0], /, *, sort_by_parameter_order: bool = False
        ) -> ReturningDelete[_T0]: ...
        @overload
        def returning(
            self, e0: Selectable[_T0], e1: Selectable[_T1], /, *, sort_by_parameter_order: bool = False
        ) -> ReturningDelete[_T0, _T1]: ...
        @overload
        def returning(
            self,
            e0: Selectable[_T0],
            e1: Selectable[_T1],
            e2: Selectable[_T2],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningDelete[_T0, _T1, _T2]: ...
        @overload
        def returning(
            self,
            e0: Selectable[_T0],
            e1: Selectable[_T1],
            e2: Selectable[_T2],
            e3: Selectable[_T3],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningDelete[_T0, _T1, _T2, _T3]: ...
        @overload
        def returning(
            self,
            e0: Selectable[_T0],
            e1: Selectable[_T1],
            e2: Selectable[_T2],
            e3: Selectable[_T3],
            e4: Selectable[_T4],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningDelete[_T0, _T1, _T2, _T3, _T4]: ...
        @overload
        def returning(
            self,
            e0: Selectable[_T0],
            e1: Selectable[_T1],
            e2: Selectable[_T2],
            e3: Selectable[_T3],
            e4: Selectable[_T4],
            e5: Selectable[_T5],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningDelete[_T0, _T1, _T2, _T3, _T4, _T5]: ...
        @overload
        def returning(
            self, *cols: Any, sort_by_parameter_order: bool = False
        ) -> ReturningDelete[*tuple[Any, ...]]: ...
        def returning(self, *cols: Any, sort_by_parameter_order: bool = False) -> Any: ...

    def __init__(self, table: Any) -> None:
        self.table = dml_table(table)

    def using(self, *froms: Any) -> Self:
        """Further tables whose columns the conditions may name: `delete(t).using(o).where(o.c.t_id == t.c.id)`."""
        added = dict.fromkeys((*self._using, *[from_argument(f) for f in froms]))
        return self._with(_using=tuple(added))


class ReturningInsert(Insert, TypedReturnsRows[*_Ts]):
    """What a type checker calls an INSERT … RETURNING."""


class ReturningUpdate(Update, TypedReturnsRows[*_Ts]):
    """What a type checker calls an UPDATE … RETURNING."""


class ReturningDelete(Delete, TypedReturnsRows[*_Ts]):
    """What a type checker calls a DELETE … RETURNING."""


def insert(table: Any) -> Insert:
    """An INSERT into a table or mapped class: `insert(User).values(name="a")`."""
    return Insert(table)


def update(table: Any) -> Update:
    """An UPDATE of a table or mapped class: `update(User).where(User.id == 1).values(name="b")`."""
    return Update(table)


def delete(table: Any) -> Delete:
    """A DELETE from a table or mapped class: `delete(User).where(User.id == 1)`."""
    return Delete(table)
