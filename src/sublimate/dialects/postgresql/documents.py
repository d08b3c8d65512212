"""PostgreSQL's JSON, JSONB and paths into them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sublimate import exc, types
from sublimate.dialects.postgresql.arrays import ARRAY
from sublimate.dialects.postgresql.operands import comparison, typed
from sublimate.expression.cast import cast
from sublimate.operators import custom_op, json_getitem_op, json_path_getitem_op
from sublimate.operators.classes import OperatorClass
from sublimate.types.base import Dialect, Processor, TypeEngine, to_instance
from sublimate.types.json import JSONComparator as _JSONComparator
from sublimate.types.json import JSONPathType as _JSONPathType


class JSONComparator(_JSONComparator):
    """Operators of documents on PostgreSQL."""

    __slots__ = ()

    @property
    def astext(self) -> Any:
        """The indexed value as text: `doc["a"].astext` renders `->>`."""
        arrows = {json_getitem_op: "->>", json_path_getitem_op: "#>>"}
        arrow = arrows.get(getattr(self.expr, "operator", None))
        if arrow is None:
            raise exc.InvalidRequestError(
                "The JSON operator astext only works with an index expression, such as col['q'].astext"
            )
        text_type = getattr(self.type, "astext_type", None) or types.Text()
        op = custom_op(
            arrow, precedence=15, natural_self_precedent=True, eager_grouping=True, return_type=text_type
        )
        return self.expr.left.operate(op, self.expr.right)


class JSON(types.JSON):
    """PostgreSQL's JSON."""

    Comparator = JSONComparator
    comparator_factory = JSONComparator
    render_bind_cast = True

    def __init__(self, none_as_null: bool = False, astext_type: Any = None) -> None:
        super().__init__(none_as_null)
        self.astext_type: TypeEngine[Any] = (
            to_instance(astext_type) if astext_type is not None else types.Text()
        )

    def __repr__(self) -> str:
        none = "none_as_null=True, " if self.none_as_null else ""
        return f"{type(self).__name__}({none}astext_type={self.astext_type!r})"


class JSONBComparator(JSONComparator):
    """Operators of binary documents."""

    __slots__ = ()

    def has_key(self, other: Any) -> Any:
        return self.expr.operate(comparison("?"), typed(self.expr, other, types.Text()))

    def has_all(self, other: Any) -> Any:
        return self.expr.operate(comparison("?&"), typed(self.expr, other, ARRAY(types.Text())))

    def has_any(self, other: Any) -> Any:
        return self.expr.operate(comparison("?|"), typed(self.expr, other, ARRAY(types.Text())))

    def contains(self, other: Any, **kw: Any) -> Any:
        return self.expr.operate(comparison("@>"), other)

    def contained_by(self, other: Any) -> Any:
        return self.expr.operate(comparison("<@"), other)

    def delete_path(self, array: Any) -> Any:
        op = custom_op("#-", precedence=15, eager_grouping=True, return_type=self.type)
        from sublimate.dialects.postgresql.expressions import array as literal

        if isinstance(array, list | tuple):
            array = literal(array)
        if isinstance(array, literal):
            array = cast(array, ARRAY(types.TEXT()))
        return self.expr.operate(op, array)

    def path_exists(self, other: Any) -> Any:
        return self.expr.operate(comparison("@?"), typed(self.expr, other, JSONPATH()))

    def path_match(self, other: Any) -> Any:
        return self.expr.operate(comparison("@@"), typed(self.expr, other, JSONPATH()))


class JSONB(JSON):
    """PostgreSQL's JSONB."""

    operator_classes = OperatorClass.JSON | OperatorClass.CONCATENABLE

    __visit_name__ = "JSONB"
    Comparator = JSONBComparator
    comparator_factory = JSONBComparator

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        if isinstance(value, dict | list):
            return self
        return super().coerce_compared_value(op, value)


class JSONPathType(_JSONPathType):
    """A path of keys as PostgreSQL takes it: `{a,0}`."""

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return _path_text if getattr(dialect, "json_path_as_text", True) else _path_list

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        def process(value: Any) -> str:
            return f"""'{str(_path_text(value)).replace("'", "''")}'"""

        return process


def _path_text(value: Any) -> Any:
    if isinstance(value, str) or value is None:
        return value
    return "{" + ", ".join(_path_part(part) for part in value) + "}"


def _path_part(part: Any) -> str:
    text = str(part)
    if re.fullmatch(r"\w+", text) and text.lower() != "null":
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _path_list(value: Any) -> Any:
    return value if isinstance(value, str) or value is None else [str(part) for part in value]


class JSONPATH(JSONPathType):
    """PostgreSQL's JSONPATH."""

    __visit_name__ = "JSONPATH"

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return None
