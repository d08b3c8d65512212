"""JSON documents, their indexes and paths."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ClassVar

from sublimate import exc
from sublimate.operators import json_getitem_op, json_path_getitem_op
from sublimate.operators.classes import OperatorClass
from sublimate.types.base import Dialect, Processor, TypeEngine
from sublimate.types.boolean import Boolean
from sublimate.types.comparator import Concatenable, Indexable, IndexableComparator
from sublimate.types.numeric import Float, Integer, Numeric
from sublimate.types.processors import none_safe
from sublimate.types.string import STRINGTYPE, String, Unicode


class _JSONNull:
    """The JSON value null, as told apart from SQL's NULL."""

    _instance: ClassVar[_JSONNull | None] = None

    def __new__(cls) -> _JSONNull:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "symbol('JSON_NULL')"

    def __reduce__(self) -> Any:
        return _JSONNull, ()


class JSONElementType(TypeEngine[Any]):
    """An index into a document, of no stated kind."""

    __visit_name__ = "json_element"
    _integer = Integer()
    _string = String()

    def string_bind_processor(self, dialect: Dialect) -> Processor | None:
        return self._string.dialect_impl(dialect).bind_processor(dialect)

    def string_literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        return self._string.dialect_impl(dialect).literal_processor(dialect)

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        integer = self._integer.dialect_impl(dialect).bind_processor(dialect)
        string = self.string_bind_processor(dialect)
        if integer is None and string is None:
            return None

        def process(value: Any) -> Any:
            convert = integer if isinstance(value, int) else string
            return value if convert is None else convert(value)

        return process

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        integer = self._integer.dialect_impl(dialect).literal_processor(dialect)
        string = self.string_literal_processor(dialect)

        def process(value: Any) -> str:
            write = integer if isinstance(value, int) else string
            assert write is not None
            return write(value)

        return process


class JSONIndexType(JSONElementType):
    """An index into a document: an integer or a key."""

    __visit_name__ = "json_index"


class JSONIntIndexType(JSONIndexType):
    """A position in a JSON array."""

    __visit_name__ = "json_int_index"


class JSONStrIndexType(JSONIndexType):
    """A key of a JSON object."""

    __visit_name__ = "json_str_index"


class JSONPathType(JSONElementType):
    """A path of keys and positions."""

    __visit_name__ = "json_path"


class JSONComparator(IndexableComparator):
    """Operators of documents: ``doc["key"]``, ``doc[("a", 0)]`` and reading them as another type."""

    __slots__ = ()

    def as_boolean(self) -> Any:
        """The indexed value as a boolean."""
        return self._cast(Boolean(), "as_boolean")

    def as_string(self) -> Any:
        """The indexed value as text."""
        return self._cast(Unicode(), "as_string")

    def as_integer(self) -> Any:
        """The indexed value as an integer."""
        return self._cast(Integer(), "as_integer")

    def as_float(self) -> Any:
        """The indexed value as a floating-point number."""
        return self._cast(Float(), "as_float")

    def as_numeric(self, precision: int, scale: int, asdecimal: bool = True) -> Any:
        """The indexed value as an exact number."""
        type_ = Numeric(precision, scale, asdecimal=asdecimal)  # type: ignore[call-overload]
        return self._cast(type_, "as_numeric")

    def as_json(self) -> Any:
        """The indexed value as a document, which it is by default."""
        return self.expr

    def _cast(self, type_: TypeEngine[Any], name: str) -> Any:
        if getattr(self.expr, "operator", None) not in (json_getitem_op, json_path_getitem_op):
            raise exc.InvalidRequestError(
                f"The JSON cast operator JSON.{name}() only works with a JSON index expression e.g. col['q'].{name}()"
            )
        return self.expr._with(type=type_)


class JSON(Concatenable, Indexable, TypeEngine[Any]):
    """A JSON document.

    None is stored as JSON ``null``; with ``none_as_null=True`` as SQL NULL.
    """

    operator_classes = OperatorClass.JSON

    __visit_name__ = "JSON"
    type_family = True
    hashable = False

    NULL: ClassVar[Any] = _JSONNull()
    JSONElementType = JSONElementType
    JSONIndexType = JSONIndexType
    JSONIntIndexType = JSONIntIndexType
    JSONStrIndexType = JSONStrIndexType
    JSONPathType = JSONPathType

    Comparator = JSONComparator
    comparator_factory = JSONComparator

    def __init__(self, none_as_null: bool = False) -> None:
        self.none_as_null = none_as_null

    @property
    def python_type(self) -> type[Any]:
        return object

    @property
    def should_evaluate_none(self) -> bool:
        """Whether None is a value to store, as opposed to no value."""
        return not self.none_as_null

    @should_evaluate_none.setter
    def should_evaluate_none(self, value: bool) -> None:
        self.none_as_null = not value

    def _dumps(self, dialect: Dialect) -> Callable[[Any], Any]:
        dumps: Callable[[Any], Any] = dialect._json_serializer or json.dumps
        return dumps

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        dumps, none_as_null, null = self._dumps(dialect), self.none_as_null, JSON.NULL
        store = STRINGTYPE.dialect_impl(dialect).bind_processor(dialect)

        def process(value: Any) -> Any:
            if value is null:
                value = None
            elif getattr(value, "__visit_name__", None) == "null" or (value is None and none_as_null):
                return None
            return dumps(value)

        if store is None:
            return process
        write = store
        return lambda value: write(process(value))

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return none_safe(dialect._json_deserializer or json.loads)

    def adapt_index(self, index: Any) -> Any:
        if isinstance(index, str):
            return json_getitem_op, index, JSON.JSONStrIndexType(), self
        if isinstance(index, int):
            return json_getitem_op, index, JSON.JSONIntIndexType(), self
        if isinstance(index, list | tuple):
            return json_path_getitem_op, index, JSON.JSONPathType(), self
        return json_getitem_op, index, None, self

    def adapt_operator(self, op: Any, other: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        from sublimate.types.adaptation import adapt_concatenable

        return adapt_concatenable(self, op, other)


def json_path(value: Any) -> str:
    """A path as SQLite and MySQL write it: ``$."key"[0]``."""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f'."{part}"' for part in value)


class TextPathIndex(JSONElementType):
    """Index types of databases that take paths as text."""

    def _format(self, value: Any) -> str:
        return json_path([value])

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        store, write = self.string_bind_processor(dialect), self._format
        return write if store is None else lambda value: store(write(value))

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        store, write = self.string_literal_processor(dialect), self._format
        return write if store is None else lambda value: store(write(value))


class TextJSONIndexType(TextPathIndex, JSONIndexType):
    """A key or position as a path in text."""


class TextJSONPathType(TextPathIndex, JSONPathType):
    """A path in text."""

    def _format(self, value: Any) -> str:
        return json_path(value)
