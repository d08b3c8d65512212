"""FROM elements under another name: Alias, Subquery, CTE, Lateral, TableSample, functions as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sublimate.expression.coerce import expression, from_argument
from sublimate.expression.column import ColumnClause, ProxyColumn
from sublimate.expression.element import ColumnElement
from sublimate.expression.node import AnonymousName, Field, child, naming, nested, token
from sublimate.types import Integer
from sublimate.types.base import NULLTYPE, to_instance
from sublimate.util.warnings import warn, warn_deprecated

from .columns import ColumnCollection
from .from_clause import Columns, FromClause

if TYPE_CHECKING:
    from .from_clause import Listed
    from .scalar import ScalarSelect


class AliasedReturnsRows(FromClause[Columns]):
    """An element with a name of its own and columns that stand for the element's."""

    _fields: ClassVar[tuple[Field, ...]] = (child("element"), naming("name"))
    named_with_column = True
    _anonymous_base = "anon"

    def __init__(self, element: Any, name: str | None = None) -> None:
        self.element = element
        self.name = name if name is not None else AnonymousName(self._base_of(element))

    def _base_of(self, element: Any) -> str:
        name = getattr(element, "name", None)
        return name if isinstance(name, str) and element.named_with_column else "anon"

    @property
    def original(self) -> Any:
        return self.element

    def _make_columns(self) -> ColumnCollection:
        inner = self.element
        columns = (
            inner._subquery_columns()
            if hasattr(inner, "_subquery_columns")
            else [(c.key, c.name, c) for c in inner.c]
        )
        return ColumnCollection(
            [
                (key, ProxyColumn(self, getattr(name, "first", name), key, c.type, c, i))
                for i, (key, name, c) in enumerate(columns)
            ]
        )

    def corresponding_column(self, column: Any, require_embedded: bool = False) -> ColumnElement[Any] | None:
        found = super().corresponding_column(column, require_embedded)
        place = getattr(self.element, "place_of", None)
        if found is not None or place is None:
            return found
        position = place(column)
        return None if position is None else list(self.c)[position]

    def is_derived_from(self, fromclause: Any) -> bool:
        return fromclause is self or self.element.is_derived_from(fromclause)

    @property
    def description(self) -> str:
        return self.name.base if isinstance(self.name, AnonymousName) else self.name

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        return (self,)

    def self_group(self, against: Any = None) -> Any:
        return self


class Alias(AliasedReturnsRows[Columns]):
    """`table AS name`."""

    __visit_name__ = "alias"

    if TYPE_CHECKING:

        def with_cols(self, type_: type[Listed]) -> Alias[Listed]: ...


class Subquery(AliasedReturnsRows[Columns]):
    """`(SELECT …) AS name`."""

    __visit_name__ = "subquery"

    if TYPE_CHECKING:

        def with_cols(self, type_: type[Listed]) -> Subquery[Listed]: ...

    def as_scalar(self) -> ScalarSelect[Any]:
        warn_deprecated(
            "The Subquery.as_scalar() method, which was previously ``Alias.as_scalar()`` prior to version 1.4, is deprecated and will "
            "be removed in a future release; Please use the Select.scalar_subquery() method of the select() construct before "
            "constructing a subquery object, or with the ORM use the Query.scalar_subquery() method. (deprecated since: 1.4)"
        )
        subquery: ScalarSelect[Any] = self.element.scalar_subquery()
        return subquery

    def as_operand(self) -> Any:
        warn(
            "implicitly coercing SELECT object to scalar subquery; please use the .scalar_subquery() method to produce a scalar subquery."
        )
        return self.element.scalar_subquery()


class Lateral(Alias[Columns]):
    """`LATERAL (SELECT …) AS name`."""

    __visit_name__ = "lateral"
    _is_lateral = True


class TableSample(Alias[Columns]):
    """`table AS name TABLESAMPLE method(percent)`."""

    __visit_name__ = "tablesample"
    _fields: ClassVar[tuple[Field, ...]] = (
        child("element"),
        naming("name"),
        child("sampling"),
        child("seed"),
    )

    def __init__(self, element: Any, sampling: Any, name: str | None = None, seed: Any = None) -> None:
        from sublimate.statements.func import func
        from sublimate.statements.function import Function

        super().__init__(element, name)
        self.sampling = sampling if isinstance(sampling, Function) else func.system(sampling)
        self.seed = None if seed is None else expression(seed)


class CTE(AliasedReturnsRows[Columns]):
    """A common table expression: `WITH name AS (…)`."""

    __visit_name__ = "cte"

    if TYPE_CHECKING:

        def with_cols(self, type_: type[Listed]) -> CTE[Listed]: ...

    _fields: ClassVar[tuple[Field, ...]] = (
        child("element"), naming("name"), token("recursive"), token("nesting"), child("_restates"), nested("_ctes"), nested("_prefixes"), nested("_suffixes"),
    )  # fmt: skip
    _restates: Any = None
    _ctes: tuple[Any, ...] = ()
    _prefixes: tuple[Any, ...] = ()
    _suffixes: tuple[Any, ...] = ()
    _cte_alias: Any = None

    def __init__(
        self, element: Any, name: str | None = None, recursive: bool = False, nesting: bool = False
    ) -> None:
        super().__init__(element, name)
        self.recursive = recursive
        self.nesting = nesting

    def alias(self, name: str | None = None, flat: bool = False) -> Any:
        return CTEAlias(self, name)

    def union(self, *other: Any) -> CTE:
        return self._extended("union", other)

    def union_all(self, *other: Any) -> CTE:
        return self._extended("union_all", other)

    def _extended(self, method: str, other: Any) -> CTE:
        new = CTE(getattr(self.element, method)(*other), None, self.recursive, self.nesting)
        new.name = self.name
        new._restates = self
        new._prefixes, new._suffixes = self._prefixes, self._suffixes
        return new

    def add_cte(self, *ctes: Any, nest_here: bool = False) -> CTE:
        added = tuple((cte._with(nesting=True) if nest_here else cte) for cte in ctes)
        return self._with(_ctes=self._ctes + added)

    def prefix_with(self, *prefixes: Any, dialect: str = "*") -> CTE:
        from sublimate.statements.text import text

        return self._with(
            _prefixes=self._prefixes
            + tuple((text(p) if isinstance(p, str) else p, dialect) for p in prefixes)
        )

    def suffix_with(self, *suffixes: Any, dialect: str = "*") -> CTE:
        from sublimate.statements.text import text

        return self._with(
            _suffixes=self._suffixes
            + tuple((text(p) if isinstance(p, str) else p, dialect) for p in suffixes)
        )

    def _get_reference(self) -> CTE:
        return self._restates._get_reference() if self._restates is not None else self


class CTEAlias(Alias[Columns]):
    """Another name for a CTE."""

    __visit_name__ = "cte_alias"
    _visited_as = "cte"
    _written_as = CTE

    def _base_of(self, element: Any) -> str:
        return "anon"


class TableValuedColumn(ColumnElement[Any]):
    """A whole row of a FROM element as a value."""

    __visit_name__ = "table_valued_column"
    _fields: ClassVar[tuple[Field, ...]] = (child("scalar_alias"),)

    def __init__(self, scalar_alias: Any, type_: Any = None) -> None:
        self.scalar_alias = scalar_alias
        self.key = self.name = scalar_alias.name
        if isinstance(self.name, str):
            self._bind_base = self.name
        self.type = to_instance(type_) if type_ is not None else NULLTYPE

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        return (self.scalar_alias,)

    @property
    def _label_base(self) -> str | None:
        return None


class TableValuedAlias(Alias):
    """A function as a table: `jsonb_each(x) AS anon_1`."""

    __visit_name__ = "table_valued_alias"
    _fields: ClassVar[tuple[Field, ...]] = (
        child("element"), naming("name"), nested("_described"), token("joins_implicitly"), token("_supports_derived"),
        token("_with_types"), token("with_ordinality"), token("_is_lateral"),
    )  # fmt: skip
    _supports_derived = False
    _with_types = False

    def __init__(
        self, element: Any, columns: Any = None, with_ordinality: str | None = None, name: str | None = None, joins_implicitly: bool = False
    ) -> None:  # fmt: skip
        super().__init__(element, name)
        if name is None:
            self.name = AnonymousName("anon")
        self.joins_implicitly = joins_implicitly
        self.with_ordinality = with_ordinality
        given = [c if not isinstance(c, str) else ColumnClause(c) for c in columns or ()]
        if columns is None:
            given.append(ColumnClause(AnonymousName(str(element.name)), element.type))  # type: ignore[arg-type]
        if with_ordinality is not None:
            given.append(ColumnClause(with_ordinality, to_instance(_integer())))
        self._given = tuple(given)
        self._described = tuple((c.name, c.type.shape_key) for c in given)

    def _make_columns(self) -> ColumnCollection:
        return ColumnCollection(
            [(c.key, ProxyColumn(self, c.name, c.key, c.type, c, i)) for i, c in enumerate(self._given)]
        )

    @property
    def column(self) -> TableValuedColumn:
        return TableValuedColumn(self, self.element.type)

    def alias(self, name: str | None = None, flat: bool = False) -> Any:
        new = self._with(name=name if name is not None else AnonymousName("anon"))
        return new

    def lateral(self, name: str | None = None) -> Any:
        new = self.alias(name)
        new._is_lateral = True
        return new

    def render_derived(self, name: str | None = None, with_types: bool = False) -> TableValuedAlias:
        """The alias with its column list: `AS name(a, b)`."""
        return self._with(
            _supports_derived=True,
            _with_types=with_types,
            name=name if name is not None else AnonymousName("anon"),
        )


def _integer() -> Any:
    return Integer


def alias(selectable: Any, name: str | None = None, flat: bool = False) -> Any:
    return from_argument(selectable).alias(name=name)


def lateral(selectable: Any, name: str | None = None) -> Any:
    return (selectable if hasattr(selectable, "lateral") else from_argument(selectable)).lateral(name=name)


def tablesample(selectable: Any, sampling: Any, name: str | None = None, seed: Any = None) -> Any:
    return from_argument(selectable).tablesample(sampling, name=name, seed=seed)


def cte(selectable: Any, name: str | None = None, recursive: bool = False) -> CTE:
    return CTE(selectable, name, recursive)
