"""SQL functions as elements of statements: arguments, and the forms that OVER, FILTER, FROM and AS give them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar, overload

from sublimate import types as t
from sublimate.expression.binary import BinaryExpression, ClauseList, Grouping
from sublimate.expression.coerce import expression
from sublimate.expression.element import ColumnElement
from sublimate.expression.node import Field, child, naming, nested, token, typ
from sublimate.expression.window import AggregateOrderBy, FunctionFilter, Over, WithinGroup
from sublimate.operators.functions import function_as_comparison_op, getitem
from sublimate.types.base import to_instance
from sublimate.util.warnings import warn

from .alias import Lateral, TableSample, TableValuedAlias, TableValuedColumn
from .columns import ColumnCollection
from .executable import Executable
from .join import Join
from .select import Select, select

_T = TypeVar("_T")

KNOWN: dict[str, dict[str, Callable[..., Any]]] = {"_default": {}}


def register_function(identifier: str, fn: type[Any], package: str = "_default") -> None:
    """Make `func.<identifier>` build `fn`."""
    known = KNOWN.setdefault(package, {})
    key = identifier.lower()
    if key in known:
        warn(f"The GenericFunction '{key}' is already registered and is going to be overridden.")
    known[key] = fn


class FunctionElement(ColumnElement[_T], Executable):
    """Base of functions: arguments, and OVER, FILTER, FROM forms."""

    __visit_name__ = "function"
    _fields: ClassVar[tuple[Field, ...]] = (
        naming("name"),
        child("clause_expr"),
        typ(),
        nested("packagenames"),
    )
    name: Any = "function"
    packagenames: tuple[str, ...] = ()
    #: whether each call gives a greater value than the one before, so that rows can be put in order by it
    monotonic: bool = False
    _has_args = False
    is_selectable = True
    returns_rows = True
    named_with_column = False

    def __init__(self, *clauses: Any) -> None:
        base = self._bind_base
        self.clause_expr: Grouping[Any] = Grouping(
            ClauseList(*[expression(c, name=base) for c in clauses], group=False, group_contents=True)
        )
        self._has_args = bool(clauses)

    @property
    def clauses(self) -> ClauseList:
        found: ClauseList = self.clause_expr.element
        return found

    @property
    def _bind_base(self) -> Any:
        return str(self.name)

    @property
    def _label_base(self) -> str | None:
        return "anon" if self.name is FunctionElement.name else str(self.name)

    @property
    def key(self) -> Any:
        return self.name

    @property
    def _proxy_key(self) -> str | None:
        return str(self.name)

    def over(
        self, *, partition_by: Any = None, order_by: Any = None, rows: Any = None, range_: Any = None, groups: Any = None,
        exclude: str | None = None,
    ) -> Over[_T]:  # fmt: skip
        """The function over a window: `func.rank().over(order_by=User.age)`."""
        return Over(
            self,
            partition_by=partition_by,
            order_by=order_by,
            rows=rows,
            range_=range_,
            groups=groups,
            exclude=exclude,
        )

    def within_group(self, *order_by: Any) -> WithinGroup[_T]:
        return WithinGroup(self, *order_by)

    def within_group_type(self, within_group: Any) -> Any:
        return None

    @overload
    def filter(self) -> Self: ...
    @overload
    def filter(self, *criterion: Any) -> FunctionFilter[_T]: ...
    def filter(self, *criterion: Any) -> Self | FunctionFilter[_T]:
        return FunctionFilter(self, *criterion) if criterion else self

    def aggregate_order_by(self, *order_by: Any) -> AggregateOrderBy[Any]:
        """The aggregate of its values in this order: `func.array_agg(t.c.x).aggregate_order_by(t.c.y)`."""
        return AggregateOrderBy(self, *order_by)

    def as_comparison(self, left_index: int, right_index: int) -> FunctionAsBinary:
        return FunctionAsBinary(self, left_index, right_index)

    def alias(self, name: str | None = None, joins_implicitly: bool = False) -> TableValuedAlias:
        return TableValuedAlias(self, name=name, joins_implicitly=joins_implicitly)

    def table_valued(
        self,
        *expr: Any,
        with_ordinality: str | None = None,
        name: str | None = None,
        joins_implicitly: bool = False,
    ) -> TableValuedAlias:
        """The function as a table with these columns: `func.json_each(x).table_valued("key", "value")`."""
        return TableValuedAlias(self, expr, with_ordinality, name, joins_implicitly)

    def column_valued(self, name: str | None = None, joins_implicitly: bool = False) -> TableValuedColumn:
        column: TableValuedColumn = self.alias(name=name, joins_implicitly=joins_implicitly).column
        return column

    def scalar_table_valued(self, name: str, type_: Any = None) -> ScalarFunctionColumn:
        return ScalarFunctionColumn(self, name, type_)

    @property
    def columns(self) -> Any:
        return ColumnCollection([(self.key, self.label(None))])

    c = columns

    def select(self) -> Select[_T]:
        return select(self)

    @property
    def exported_columns(self) -> Any:
        return self.columns

    @property
    def entity_namespace(self) -> None:
        """None: its attributes are those of what its arguments come from."""

    @property
    def selectable(self) -> Self:
        """The function itself."""
        return self

    def join(self, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Join:
        """`function(…) JOIN right ON onclause`."""
        return Join(self, right, onclause, isouter, full)

    def outerjoin(self, right: Any, onclause: Any = None, full: bool = False) -> Join:
        return self.join(right, onclause, True, full)

    def lateral(self, name: str | None = None) -> Lateral[Any]:
        """`LATERAL function(…) AS name`."""
        return Lateral(self, name)

    def tablesample(self, sampling: Any, name: str | None = None, seed: Any = None) -> TableSample[Any]:
        return TableSample(self, sampling, name, seed)

    def is_derived_from(self, fromclause: Any) -> bool:
        return fromclause is self

    def corresponding_column(self, column: Any, require_embedded: bool = False) -> Any:
        return self.columns.corresponding_column(column)

    def as_from(self) -> Any:
        return self

    def as_in_operand(self) -> Any:
        return self.select().as_in_operand()

    @property
    def _hidden_froms(self) -> tuple[Any, ...]:
        return ()

    def self_group(self, against: Any = None) -> Any:
        if against is getitem and self.type._is_array:
            return Grouping(self)
        return super().self_group(against)

    def _execute_steps(self, connection: Any, parameters: Any, options: Any) -> Any:
        return connection.execute_steps(self.select(), parameters, options)


class Function(FunctionElement[_T]):
    """A function by name."""

    __visit_name__ = "function"

    def __init__(
        self,
        name: str,
        *clauses: Any,
        type_: Any = None,
        packagenames: tuple[str, ...] = (),
        monotonic: bool = False,
    ) -> None:
        self.name = name
        self.monotonic = monotonic
        self.packagenames = packagenames
        self.type = to_instance(type_)
        super().__init__(*clauses)


class FunctionAsBinary(BinaryExpression[Any]):
    """A function seen as a comparison of two of its arguments, for join conditions."""

    __visit_name__ = "function_as_comparison_op"
    _visited_as = "binary"
    _fields: ClassVar[tuple[Field, ...]] = (child("sql_function"), token("left_index"), token("right_index"))

    def __init__(self, fn: Any, left_index: int, right_index: int) -> None:
        self.sql_function = fn
        self.left_index, self.right_index = left_index, right_index
        self.operator = function_as_comparison_op
        self.type = t.Boolean()

    @property
    def left(self) -> Any:
        return self.sql_function.clauses.clauses[self.left_index - 1]

    @property
    def right(self) -> Any:
        return self.sql_function.clauses.clauses[self.right_index - 1]

    def _resolve(self) -> int:
        shape = self.sql_function.shape
        self._binds, self._anons, self._shape = self.sql_function.binds, self.sql_function.anons, shape
        found: int = shape
        return found

    def self_group(self, against: Any = None) -> Any:
        return self


class ScalarFunctionColumn(ColumnElement[Any]):
    """`(function(…)).name`."""

    __visit_name__ = "scalar_function_column"
    _fields: ClassVar[tuple[Field, ...]] = (child("fn"), naming("name"), typ())

    def __init__(self, fn: Any, name: str, type_: Any = None) -> None:
        self.fn, self.name, self.key = fn, name, name
        self.type = to_instance(type_)

    @property
    def _label_base(self) -> str | None:
        return self.name

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        return ()
