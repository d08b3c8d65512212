"""Bytes, and Python objects pickled into bytes."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

from sublimate.operators.classes import OperatorClass
from sublimate.types.base import Dialect, Processor, TypeEngine, to_instance
from sublimate.types.decorator import TypeDecorator
from sublimate.types.processors import none_safe, quote_literal
from sublimate.util.lazy import pickle

#: `pickle.HIGHEST_PROTOCOL` of every Python that is supported; pickle itself is loaded when it is needed
_HIGHEST_PROTOCOL = 5

to_bytes = none_safe(bytes)


def _no_text(value: Any) -> Any:
    """A driver would store the text's UTF-8 form, or text, and give back another value than it got."""
    if value.__class__ is str:
        raise TypeError("a bytes-like object is required, not 'str'")
    return value


class _Binary(TypeEngine[bytes]):
    """The family of byte strings."""

    operator_classes = OperatorClass.BINARY

    type_family = True
    length: int | None

    def __init__(self, length: int | None = None) -> None:
        self.length = length

    @property
    def python_type(self) -> type[Any]:
        return bytes

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        def process(value: Any) -> str:
            return quote_literal(bytes(value).decode(), dialect)

        return process

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return None if dialect.refuses_text_as_bytes else _no_text

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return None if dialect.returns_native_bytes else to_bytes

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        if isinstance(value, str):
            return self
        return super().coerce_compared_value(op, value)

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        return self.adapt(LargeBinary)


class LargeBinary(_Binary):
    """Bytes of any length; BLOB or BYTEA in most databases."""

    __visit_name__ = "large_binary"


class BINARY(_Binary):
    """The SQL BINARY type."""

    __visit_name__ = "BINARY"


class VARBINARY(_Binary):
    """The SQL VARBINARY type."""

    __visit_name__ = "VARBINARY"


class BLOB(LargeBinary):
    """The SQL BLOB type."""

    __visit_name__ = "BLOB"


class PickleType(TypeDecorator[object]):
    """Any Python object, pickled. Read only from databases you trust: unpickling can run code."""

    impl = LargeBinary
    cache_ok = True

    def __init__(
        self,
        protocol: int = _HIGHEST_PROTOCOL,
        pickler: Any = None,
        comparator: Callable[[Any, Any], bool] | None = None,
        impl: Any = None,
    ) -> None:
        self.protocol = protocol
        self.pickler = pickler or pickle
        self.comparator = comparator
        super().__init__()
        if impl is not None:
            self.__dict__["impl"] = to_instance(impl)

    def __getstate__(self) -> dict[str, Any]:
        """A module that pickles is kept by its name."""
        pickler = self.pickler
        return {
            **self.__dict__,
            "pickler": (pickler.__name__,) if isinstance(pickler, ModuleType) else pickler,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if isinstance(self.pickler, tuple):
            self.pickler = import_module(*self.pickler)

    def _build_shape_key(self) -> Any:
        return (
            PickleType,
            self.protocol,
            id(self.pickler),
            id(self.comparator),
            self.impl_instance.shape_key,
        )

    @property
    def python_type(self) -> type[Any]:
        return object

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        dumps, protocol = self.pickler.dumps, self.protocol
        store = self.impl_instance.bind_processor(dialect)
        if store is None:
            return none_safe(lambda value: dumps(value, protocol))
        write = store
        return lambda value: write(None if value is None else dumps(value, protocol))

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        loads = self.pickler.loads
        read = self.impl_instance.result_processor(dialect, coltype)
        if read is None:
            return none_safe(loads)

        def process(value: Any) -> Any:
            value = read(value)
            return None if value is None else loads(value)

        return process

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        return None

    def compare_values(self, x: Any, y: Any) -> bool:
        return bool(self.comparator(x, y)) if self.comparator else bool(x == y)

    def __repr__(self) -> str:
        return "PickleType()"
