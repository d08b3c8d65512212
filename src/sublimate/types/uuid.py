"""UUIDs: the database's own type, or 32 hexadecimal characters."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Literal, TypeVar, overload

from sublimate.operators.classes import OperatorClass
from sublimate.types.base import Dialect, Processor, TypeEngine
from sublimate.types.processors import none_safe, to_str

_U = TypeVar("_U", bound=Any)

_to_hex = none_safe(lambda value: value.hex)
_strip_dashes = none_safe(lambda value: value.replace("-", ""))
_to_uuid = none_safe(uuid.UUID)
_to_dashed = none_safe(lambda value: str(uuid.UUID(value)))


class Uuid(TypeEngine[_U]):
    """A UUID: ``uuid.UUID`` in Python, or text with ``as_uuid=False``."""

    operator_classes = OperatorClass.BASE | OperatorClass.COMPARISON

    __visit_name__ = "uuid"
    type_family = True

    @overload
    def __init__(self: Uuid[uuid.UUID], as_uuid: Literal[True] = True, native_uuid: bool = True) -> None: ...
    @overload
    def __init__(self: Uuid[str], as_uuid: Literal[False], native_uuid: bool = True) -> None: ...
    def __init__(self, as_uuid: bool = True, native_uuid: bool = True) -> None:
        self.as_uuid = as_uuid
        self.native_uuid = native_uuid

    @property
    def python_type(self) -> type[Any]:
        return uuid.UUID if self.as_uuid else str

    @property
    def native(self) -> bool:
        return self.native_uuid

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        if isinstance(value, str):
            return self
        return super().coerce_compared_value(op, value)

    def _is_native(self, dialect: Dialect) -> bool:
        return bool(dialect.supports_native_uuid and self.native_uuid)

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        if self._is_native(dialect):
            return None
        return _to_hex if self.as_uuid else _strip_dashes

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        if self._is_native(dialect):
            if dialect.uuids_come_as_text:
                return _to_uuid if self.as_uuid else None
            return None if self.as_uuid else to_str
        return _to_uuid if self.as_uuid else _to_dashed

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        if self._is_native(dialect):
            return lambda value: (
                f"'{value}'" if self.as_uuid else f"""'{value.replace("-", "").replace("'", "''")}'"""
            )
        if self.as_uuid:
            return lambda value: f"'{value.hex}'"
        return lambda value: "'" + value.replace("-", "").replace("'", "''") + "'"


class UUID(Uuid[_U]):
    """The SQL UUID type."""

    __visit_name__ = "UUID"

    @overload
    def __init__(self: UUID[uuid.UUID], as_uuid: Literal[True] = True) -> None: ...
    @overload
    def __init__(self: UUID[str], as_uuid: Literal[False]) -> None: ...
    def __init__(self, as_uuid: bool = True) -> None:
        self.as_uuid = as_uuid
        self.native_uuid = True
