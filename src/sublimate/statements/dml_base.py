"""What INSERT, UPDATE and DELETE share: their table, values, conditions, RETURNING and hints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from sublimate import exc
from sublimate.expression.coerce import column_argument, condition, element_of
from sublimate.expression.column import NamedColumn
from sublimate.expression.constructors import and_
from sublimate.expression.element import ColumnElement
from sublimate.expression.literal import BindParameter
from sublimate.expression.node import Node
from sublimate.util.known_dialects import warn_if_unknown

from .columns import ColumnCollection
from .executable import Statement
from .filter_by import conditions
from .select import expand_columns
from .select_base import returning_column_plan
from .syntax_extension import HasSyntaxExtensions

#: the options that dialects know for statements; what others know cannot be checked
DIALECT_OPTIONS: dict[str, frozenset[str]] = {
    "mysql": frozenset({"limit"}),
    "mariadb": frozenset({"limit"}),
    "postgresql": frozenset(),
    "sqlite": frozenset(),
}


#: FROM elements that are rows of a query, not of a table
_NO_SUBJECTS = frozenset(
    {"subquery", "lateral", "select", "compound_select", "values", "tablesample", "textclause"}
)


NO_SUBJECTS_OF_INSERT = _NO_SUBJECTS | {"alias", "cte", "aliased_entity"}


def dml_table(table: Any, refused: frozenset[str] = _NO_SUBJECTS) -> Any:
    """The table that a DML statement writes to: a table, or the node of a mapped class."""
    element = element_of(table)
    mapped = (
        getattr(element, "selectable", element) if element is not None else None
    )  # what a class is mapped to
    if (
        element is None
        or not element.is_selectable
        or element.is_select
        or not {element.__visit_name__, getattr(mapped, "__visit_name__", "")}.isdisjoint(refused)
    ):
        raise exc.ArgumentError(f"subject table for an INSERT, UPDATE or DELETE expected, got {table!r}.")
    return element


class UpdateBase(Statement, HasSyntaxExtensions):
    """What INSERT, UPDATE and DELETE share: RETURNING and hints."""

    _extension_points = ("post_criteria",)
    is_dml = True
    is_insert = False
    is_update = False
    is_delete = False
    named_with_column = False
    name: Any = None
    table: Any
    _returning: tuple[Any, ...] = ()
    _return_defaults: bool = False
    _return_defaults_columns: tuple[Any, ...] | None = None
    _supplemental_returning: tuple[Any, ...] | None = None
    _sort_by_parameter_order: bool = False
    _hints: tuple[Any, ...] = ()
    _inline: bool = False

    def returning(self, *cols: Any, sort_by_parameter_order: bool = False) -> Any:
        """RETURNING these columns; `sort_by_parameter_order` gives the rows in the order of the parameter sets."""
        if self._return_defaults:
            raise exc.InvalidRequestError("return_defaults() is already configured on this statement")
        new = self._with(_returning=self._returning + tuple([column_argument(c) for c in cols]))
        if sort_by_parameter_order:
            if not self.is_insert:
                raise exc.ArgumentError(
                    "The 'sort_by_parameter_order' argument to return_defaults() only applies to INSERT statements"
                )
            new._sort_by_parameter_order = True
        return new

    def return_defaults(
        self, *cols: Any, supplemental_cols: Any = None, sort_by_parameter_order: bool = False
    ) -> Self:
        if self._returning:
            raise exc.CompileError(
                "Can't compile statement that includes returning() and return_defaults() simultaneously"
            )
        new = self._with(_return_defaults=True)
        if cols:
            new._return_defaults_columns = tuple([column_argument(c) for c in cols])
        if supplemental_cols is not None:
            new._supplemental_returning = tuple([column_argument(c) for c in supplemental_cols])
        if sort_by_parameter_order:
            new._sort_by_parameter_order = True
        return new

    def params(self, *arg: Any, **kw: Any) -> Any:
        raise NotImplementedError(
            "params() is not supported for INSERT/UPDATE/DELETE statements: values are set with values(**parameters)"
        )

    def with_hint(self, text: str, selectable: Any = None, dialect_name: str = "*") -> Self:
        return self._with(
            _hints=self._hints + ((selectable if selectable is not None else self.table, text, dialect_name),)
        )

    def with_dialect_options(self, **opt: Any) -> Self:
        """Options of one dialect, named after it: `with_dialect_options(mysql_limit=5)`."""
        for name in opt:
            dialect, found, option = name.partition("_")
            if not found:
                raise TypeError(
                    f"Additional arguments should be named <dialectname>_<argument>, got {name!r}"
                )
            if dialect not in DIALECT_OPTIONS:
                warn_if_unknown(dialect, name)
            if option not in DIALECT_OPTIONS.get(dialect, (option,)):
                raise exc.ArgumentError(
                    f"Argument {name!r} is not accepted by dialect {dialect!r} on behalf of {type(self)!r}"
                )
        return self._with(_dialect_options=tuple(sorted(opt.items())))

    @property
    def returns_rows(self) -> bool:
        return bool(self._returning)

    @property
    def is_selectable(self) -> bool:  # type: ignore[override]
        return False

    @property
    def exported_columns(self) -> ColumnCollection:
        return ColumnCollection([(key, column) for key, _, column in self._subquery_columns()])

    def _subquery_columns(self) -> list[tuple[Any, Any, Any]]:
        """What RETURNING gives, as the columns of a SELECT; the names are kept, for a CTE has the same ones."""
        plan: list[tuple[Any, Any, Any]] | None = self.__dict__.get("_plan")
        if plan is None:
            elements = [c for element in self._returning for c in expand_columns(element)]
            plan = self.__dict__["_plan"] = returning_column_plan(elements)
        return plan

    @property
    def returning_column_descriptions(self) -> list[dict[str, Any]]:
        return [
            {"name": getattr(c, "key", None), "type": getattr(c, "type", None), "expr": c}
            for c in self._returning
        ]

    @property
    def entity_description(self) -> dict[str, Any]:
        describe = getattr(self.table, "describe", None)
        if describe is not None:
            return {**describe(), "table": self.table.mapper.local_table}
        return {"name": self.table.name, "table": self.table}

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        return ()

    def _value_columns(self) -> Any:
        return self.table.c


class ValuesBase(UpdateBase):
    """What INSERT and UPDATE share: values()."""

    _values: tuple[Any, ...] = ()
    _multi_values: tuple[Any, ...] = ()

    def values(self, *args: Any, **kwargs: Any) -> Self:
        """Values by keyword, as a dictionary, as a tuple in column order, or (INSERT) as a list of those: many rows."""
        if self.__dict__.get("_select") is not None:
            raise exc.InvalidRequestError("This construct already inserts from a SELECT")
        if self.__dict__.get("_ordered"):
            raise exc.InvalidRequestError("This statement already has ordered values present")
        if args:
            if kwargs or (len(args) > 1 and not all(isinstance(a, tuple) for a in args)):
                raise exc.ArgumentError(
                    "Can't pass positional and kwargs to values() simultaneously"
                    if kwargs
                    else "Only a single dictionary/tuple or list of dictionaries/tuples is accepted positionally."
                )
            given = args[0] if len(args) == 1 else args
            if isinstance(given, Mapping):
                return self._with_values(dict(given))
            if isinstance(given, Sequence) and not isinstance(given, (str, bytes)):
                if given and isinstance(given[0], (Mapping, list, tuple)):
                    return self._with_rows(given)
                return self._with_values(self._positional(given))
            raise exc.ArgumentError(f"dictionary, tuple or list expected for values(), got {given!r}")
        if self._multi_values and kwargs:
            raise exc.InvalidRequestError(
                "Can't mix single and multiple VALUES formats in one INSERT statement; one style replaces the other"
            )
        return self._with_values(kwargs)

    def _positional(self, row: Sequence[Any]) -> dict[Any, Any]:
        columns = list(self.table.c)
        if len(row) > len(columns):
            raise exc.ArgumentError(f"values() got {len(row)} values for {len(columns)} columns")
        return {column.key: value for column, value in zip(columns, row, strict=False)}

    def _with_rows(self, rows: Sequence[Any]) -> Self:
        if not self.is_insert:
            raise exc.InvalidRequestError("UPDATE construct does not support multiple parameter sets.")
        if self._values:
            raise exc.InvalidRequestError(
                "Can't mix single and multiple VALUES formats in one INSERT statement; one style replaces the other"
            )
        columns = self._value_columns()
        converted = []
        for number, row in enumerate(rows, len(self._multi_values)):
            given = dict(row) if isinstance(row, Mapping) else self._positional(row)
            converted.append(
                tuple((key_of(k), value_of(k, v, columns, f"_m{number}")) for k, v in given.items())
            )
        return self._with(_multi_values=self._multi_values + tuple(converted))

    def _with_values(self, given: dict[Any, Any]) -> Self:
        columns = self._value_columns()
        values = dict(self._values)
        for given_key, given_value in given.items():
            for key, value in _pairs(self._attribute_named(given_key), given_value):
                values[key_of(key)] = value_of(key, value, columns)
        return self._with(_values=tuple(values.items()))

    def _attribute_named(self, key: Any) -> Any:
        """What a name stands for that is more than one column: a hybrid that says what it sets. Other keys as they are."""
        if not isinstance(key, str):
            return key
        found = getattr(getattr(self.table, "entity_namespace", None), key, None)
        return key if getattr(found, "_bulk_update_tuples", None) is None else found


def _pairs(key: Any, value: Any) -> Any:
    """The columns that a key sets: itself, or several where the key (a hybrid) says so."""
    offered = None if isinstance(key, (str, Node)) else getattr(key, "_bulk_update_tuples", None)
    return ((key, value),) if offered is None else offered(value)


def key_of(key: Any) -> Any:
    """A column key, or the column or attribute itself given as a key."""
    if isinstance(key, str):
        return key
    element = element_of(key)
    if element is None:
        raise exc.ArgumentError(f"SET/VALUES column expression or string key expected, got {key!r}.")
    if element.__visit_name__ == "entity_column":
        return element.column
    if not isinstance(element, ColumnElement):
        raise exc.ArgumentError(f"SET/VALUES column expression or string key expected, got {key!r}.")
    return element


def _is_part(column: Any) -> bool:
    """Whether what is written to is no column, but an element of an array or a part of a document."""
    return column is not None and not isinstance(column, NamedColumn)


def value_of(key: Any, value: Any, columns: Any, suffix: str = "") -> Any:
    element = (
        value
        if isinstance(value, Node)
        else element_of(value)
        if not isinstance(value, (str, int, float, bytes, type(None)))
        else None
    )
    if element is not None:
        return element.as_operand()
    column: Any = columns.get(key) if isinstance(key, str) else key_of(key)
    if _is_part(column):
        return BindParameter(None, value, type_=column.type, unique=True)
    name = key if isinstance(key, str) else column.key
    bind: BindParameter[Any] = BindParameter(
        f"{name}{suffix}", value, type_=getattr(column, "type", None), required=False
    )
    bind._is_crud = True
    return bind


class DMLWhereBase(UpdateBase):
    """What UPDATE and DELETE share: where()."""

    _where_criteria: tuple[Any, ...] = ()

    def where(self, *whereclause: Any) -> Self:
        """Conditions, joined by AND with those already there."""
        added = tuple([condition(c) for c in whereclause])
        return self._with(_where_criteria=self._where_criteria + added)

    def filter(self, *criteria: Any) -> Self:
        return self.where(*criteria)

    def filter_by(self, **kwargs: Any) -> Self:
        """Equality conditions on attributes of the table and of those the conditions name."""
        froms = [each for criterion in self._where_criteria for each in criterion._from_objects]
        return self.where(*conditions([self.table, *froms], kwargs))

    @property
    def whereclause(self) -> Any:
        if not self._where_criteria:
            return None
        return and_(*self._where_criteria)
