"""The type of a tuple of expressions."""

from __future__ import annotations

from typing import Any

from sublimate.operators.classes import OperatorClass
from sublimate.types.base import NULLTYPE, TypeEngine, to_instance
from sublimate.types.literal import type_for_value


class TupleType(TypeEngine[tuple[Any, ...]]):
    """A tuple of values, each of its own type; used with ``tuple_(...).in_(...)``."""

    operator_classes = OperatorClass.TUPLE

    __visit_name__ = "tuple"
    _is_tuple_type = True

    def __init__(self, *types: Any) -> None:
        self.types = [to_instance(type_) for type_ in types]
        self._fully_typed = all(not type_._isnull for type_ in self.types)

    def _build_shape_key(self) -> Any:
        return (TupleType, *(type_.shape_key for type_ in self.types))

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        if isinstance(value, tuple | list):
            return TupleType(
                *(
                    type_for_value(item) if type_._isnull else type_
                    for type_, item in zip(self.types, value, strict=False)
                )
            )
        return NULLTYPE

    def result_processor(self, dialect: Any, coltype: object) -> Any:
        raise NotImplementedError(
            "The tuple type does not support being fetched as a column in a result row."
        )

    def __repr__(self) -> str:
        return f"TupleType({', '.join(map(repr, self.types))})"
