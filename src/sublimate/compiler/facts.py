"""What listeners and libraries ask of a compiled statement, beside its text and parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: paramstyle -> how a parameter of a name is written
TEMPLATES = {
    "pyformat": "%%(%(name)s)s",
    "qmark": "?",
    "format": "%%s",
    "numeric": ":[_POSITION]",
    "numeric_dollar": "$[_POSITION]",
    "named": ":%(name)s",
}


class Facts:
    """The part of Compiled that only answers."""

    statement: Any
    dialect: Any
    kind: str
    dml: Any
    binds: dict[str, Any]
    column_keys: list[str] | None = None
    for_executemany: bool = False
    linting: int = 0
    schema_translate_map: Any = None
    cache_key: Any = None
    has_out_parameters = False
    _slots: list[Any]

    @property
    def isinsert(self) -> bool:
        return self.kind == "insert"

    @property
    def isupdate(self) -> bool:
        return self.kind == "update"

    @property
    def isdelete(self) -> bool:
        return self.kind == "delete"

    @property
    def isplaintext(self) -> bool:
        return self.kind == "text"

    @property
    def is_dml(self) -> bool:
        return self.dml is not None

    @property
    def inline(self) -> bool:
        return bool(getattr(self.statement, "_inline", False))

    @property
    def can_execute(self) -> bool:
        return bool(getattr(self.statement, "supports_execution", False))

    @property
    def positional(self) -> bool:
        return bool(self.dialect.positional)

    @property
    def bindtemplate(self) -> str:
        return TEMPLATES[self.dialect.paramstyle]

    @property
    def compile_state(self) -> Any:
        return self.dml

    @property
    def insert_prefetch(self) -> list[Any]:
        return [column for column, _ in self.dml.prefetch] if self.isinsert else []

    @property
    def update_prefetch(self) -> list[Any]:
        return [column for column, _ in self.dml.prefetch] if self.isupdate else []

    @property
    def contains_expanding_parameters(self) -> bool:
        return bool(self.post_compile_params)

    @property
    def post_compile_params(self) -> frozenset[Any]:
        """The parameters that are lists."""
        return frozenset(slot.bind for slot in self._slots if slot.expanding and not slot.literal_execute)

    @property
    def literal_execute_params(self) -> frozenset[Any]:
        """The parameters whose values are written into the text for each execution."""
        return frozenset(slot.bind for slot in self._slots if slot.literal_execute)

    @property
    def escaped_bind_names(self) -> dict[str, str]:
        """name -> the name that the driver gets, where that is another one."""
        return {slot.name: slot.public_name for slot in self._slots if slot.name != slot.public_name}

    @property
    def _bind_processors(self) -> dict[str, Callable[[Any], Any]]:
        """name -> what makes the driver's value of a Python value, where something has to."""
        return {slot.name: slot.processor for slot in self._slots if slot.processor is not None}
