"""Arrays of one element type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate.operators import eq, getitem, mirror
from sublimate.operators.classes import OperatorClass
from sublimate.types.base import Dialect, Processor, TypeEngine, to_instance
from sublimate.types.comparator import Concatenable, Indexable, IndexableComparator
from sublimate.util.warnings import warn_deprecated


class ARRAYComparator(IndexableComparator):
    """Operators of arrays."""

    __slots__ = ()

    def contains(self, other: Any, **kw: Any) -> Any:
        raise NotImplementedError(
            "ARRAY.contains() not implemented for the base ARRAY type, please use the dialect-specific ARRAY type"
        )

    def any(self, other: Any, operator: Any = None) -> Any:
        """``other <operator> ANY (array)``."""
        return self._quantified("any_", other, operator)

    def all(self, other: Any, operator: Any = None) -> Any:
        """``other <operator> ALL (array)``."""
        return self._quantified("all_", other, operator)

    def _quantified(self, name: str, other: Any, operator: Any) -> Any:
        warn_deprecated(
            "The ARRAY.Comparator.any() and ARRAY.Comparator.all() methods for arrays are deprecated for removal, along with the "
            "PG-specific Any() and All() functions. See any_() and all_() functions for modern use. (deprecated since: 2.1)"
        )
        return getattr(self.expr, name)().compared(mirror(operator or eq), other, self.expr)


def _shifted(value: Any) -> Any:
    return value if value is None else value + 1


class ARRAY(Concatenable, Indexable, TypeEngine[list[Any]]):
    """An array; of PostgreSQL only, among the databases supported."""

    operator_classes = OperatorClass.ARRAY

    __visit_name__ = "ARRAY"
    type_family = True
    _is_array = True
    zero_indexes = False
    _literal_keyword = ""

    Comparator = ARRAYComparator
    comparator_factory = ARRAYComparator

    def __init__(
        self,
        item_type: Any,
        as_tuple: bool = False,
        dimensions: int | None = None,
        zero_indexes: bool = False,
    ) -> None:
        if isinstance(item_type, ARRAY):
            raise ValueError(
                "Do not nest ARRAY types; ARRAY(basetype) handles multi-dimensional arrays of basetype"
            )
        self.item_type = to_instance(item_type)
        self.as_tuple = as_tuple
        self.dimensions = dimensions
        self.zero_indexes = zero_indexes

    @property
    def hashable(self) -> bool:  # type: ignore[override]
        return self.as_tuple

    @property
    def python_type(self) -> type[Any]:
        return list

    def compare_values(self, x: Any, y: Any) -> bool:
        return bool(x == y)

    def _element_type(self) -> TypeEngine[Any]:
        """The type of ``array[i]``."""
        if self.dimensions is None or self.dimensions == 1:
            return self.item_type
        return self.adapt(type(self), dimensions=self.dimensions - 1)

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        if isinstance(value, list | tuple):
            return self
        return super().coerce_compared_value(op, value)

    def adapt_index(self, index: Any) -> Any:
        if isinstance(index, slice):
            if self.zero_indexes:
                index = slice(_shifted(index.start), _shifted(index.stop), index.step)
            return getitem, index, None, self
        return getitem, index + 1 if self.zero_indexes else index, None, self._element_type()

    def adapt_operator(self, op: Any, other: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        from sublimate.types.adaptation import adapt_concatenable

        return adapt_concatenable(self, op, other)

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        item = self.item_type.dialect_impl(dialect).bind_processor(dialect)
        dimensions = self.dimensions

        def process(value: Any) -> Any:
            return value if value is None else convert_nested(value, item, dimensions, list)

        return process if item is not None else _as_list

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        item = self.item_type.dialect_impl(dialect).result_processor(dialect, coltype)
        dimensions, collection = self.dimensions, tuple if self.as_tuple else list
        if item is None and not self.as_tuple:
            return None

        def process(value: Any) -> Any:
            return value if value is None else convert_nested(value, item, dimensions, collection)

        return process

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        item = self.item_type.dialect_impl(dialect).literal_processor(dialect)
        if item is None:
            return None
        write, keyword = item, self._literal_keyword

        def process(value: Any) -> str:
            if isinstance(value, list | tuple):
                return f"{keyword}[{', '.join(map(process, value))}]"
            return "NULL" if value is None else write(value)

        return process

    def __repr__(self) -> str:
        extra = "".join(
            f", {name}={getattr(self, name)!r}"
            for name, default in (("as_tuple", False), ("dimensions", None), ("zero_indexes", False))
            if getattr(self, name) != default
        )
        return f"{type(self).__name__}({self.item_type!r}{extra})"


def _as_list(value: Any) -> Any:
    """Lists of lists, which every driver takes; a tuple would be a record."""
    if value is None or isinstance(value, str):
        return value
    return [_as_list(item) if isinstance(item, list | tuple) else item for item in value]


def convert_nested(values: Any, item: Processor | None, dimensions: int | None, collection: Any) -> Any:
    """Convert the elements of nested lists, to a known or to any depth."""
    if dimensions is None and not isinstance(values, list | tuple):
        return values if item is None else item(values)
    if dimensions == 1 or (dimensions is None and not (values and isinstance(values[0], list | tuple))):
        return collection(values) if item is None else collection([item(value) for value in values])
    below = None if dimensions is None else dimensions - 1
    return collection([convert_nested(v, item, below, collection) if v is not None else None for v in values])
