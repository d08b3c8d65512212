"""Enumerations: of a Python Enum class or of strings; the database's own type, or VARCHAR with or without a CHECK."""

from __future__ import annotations

import enum
from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any

from sublimate import exc
from sublimate.operators import concat_op
from sublimate.types.base import Dialect, Processor, TypeEngine, _Identity, is_built_in
from sublimate.types.schema_type import SchemaType
from sublimate.types.string import String


def _not_among(type_: Enum, value: Any) -> LookupError:
    possible = list(map(str, type_.enums))
    shown = possible if len(possible) <= 3 else [*possible[:2], "...", possible[-1]]
    return LookupError(
        f"'{value}' is not among the defined enum values. Enum name: {type_.name}. Possible values: "
        + ", ".join(_abbreviated(one) for one in shown)
    )


def _abbreviated(text: str) -> str:
    return text if len(text) <= 15 else text[:12] + ".."


class _ToDatabase(dict[Any, Any]):
    """Python value -> stored string; None stays None."""

    def __init__(self, entries: Any, owner: Enum) -> None:
        super().__init__(entries)
        self.owner = owner

    def __missing__(self, value: Any) -> Any:
        if isinstance(value, str) and not isinstance(value, enum.Enum) and not self.owner.validate_strings:
            return value
        raise _not_among(self.owner, value)


class _FromDatabase(dict[Any, Any]):
    """Stored string -> Python value; None stays None."""

    def __init__(self, entries: Any, owner: Enum) -> None:
        super().__init__(entries)
        self.owner = owner

    def __missing__(self, value: Any) -> Any:
        raise _not_among(self.owner, value)


class _NotGiven(enum.Enum):
    NOT_GIVEN = enum.auto()


NOT_GIVEN: Any = _NotGiven.NOT_GIVEN


if TYPE_CHECKING:  # the values are members of the class, which only the annotation of an attribute tells

    class _Text(TypeEngine[Any]):
        length: int | None
        collation: str | None

else:
    _Text = String


class Enum(SchemaType, _Text):
    """One of a fixed set of values.

    >>> import enum
    >>> from sublimate import Enum
    >>> class Color(enum.Enum):
    ...     red = 1
    ...     blue = 2
    >>> Enum(Color).enums
    ['red', 'blue']
    """

    __visit_name__ = "enum"

    def __init__(self, *enums: Any, **kw: Any) -> None:
        self.values_callable: Callable[[Any], Iterable[str]] | None = kw.pop("values_callable", None)
        self.omit_aliases: bool = kw.pop("omit_aliases", True)
        self._given = enums
        values, objects = self._parse(enums, kw)
        self.native_enum: bool = kw.pop("native_enum", True)
        self.create_constraint: bool = kw.pop("create_constraint", False)
        self.validate_strings: bool = kw.pop("validate_strings", False)
        self._sort_key_function: Any = kw.pop("sort_key_function", NOT_GIVEN)
        length = kw.pop("length", NOT_GIVEN)
        name = kw.pop("name", NOT_GIVEN)
        if name is NOT_GIVEN:
            name = self.enum_class.__name__.lower() if self.enum_class is not None else None
        self.name = name
        self.schema = kw.pop("schema", None)
        self._set_inherit_schema(kw.pop("inherit_schema", False))
        self._set_metadata(kw.pop("metadata", None))
        self.quote = kw.pop("quote", None)
        self.create_type: bool = kw.pop("create_type", True)
        if kw:
            raise TypeError(f"Enum() got unexpected arguments: {', '.join(sorted(kw))}")
        self._explicit_length: Any = length
        self._set_values(values, objects)
        super().__init__(length=self._choose_length(length))

    def _parse(self, enums: tuple[Any, ...], kw: dict[str, Any]) -> tuple[list[str], list[Any]]:
        if len(enums) == 1 and isinstance(enums[0], type) and hasattr(enums[0], "__members__"):
            self.enum_class: Any = enums[0]
            members = self.enum_class.__members__
            if self.omit_aliases:
                members = {
                    name: member for name, member in members.items() if getattr(member, "name", name) == name
                }
            if self.values_callable is not None:
                return list(self.values_callable(self.enum_class)), list(members.values())
            return list(members), list(members.values())
        self.enum_class = None
        if len(enums) == 1 and isinstance(enums[0], (list, tuple)) and not isinstance(enums[0], str):
            enums = tuple(enums[0])
        return list(enums), list(enums)

    def _set_values(self, values: list[str], objects: list[Any]) -> None:
        if len(values) != len(objects):
            raise exc.ArgumentError(
                "values_callable must return one string for each member of the enum class"
            )
        self.enums = values
        self._from_database = _FromDatabase(dict(zip(values, objects, strict=True)), self)
        self._from_database[None] = None
        to_database = dict(zip(values, values, strict=True))
        to_database.update(zip(objects, values, strict=True))
        if self.enum_class is not None:
            to_database.update(
                (m, to_database[m]) for m in self.enum_class.__members__.values() if m in to_database
            )
        self._to_database = _ToDatabase(to_database, self)
        self._to_database[None] = None

    def _choose_length(self, length: Any) -> int | None:
        """That of the longest value, unless one was given; None for a text of any length."""
        longest = max((len(value) for value in self.enums), default=0)
        if length is NOT_GIVEN:
            return longest
        if length is None:
            return None
        if length < longest:
            raise ValueError(
                "When provided, length must be larger or equal than the length of the longest enum value. "
                f"{length} < {longest}"
            )
        chosen: int = length
        return chosen

    def _build_shape_key(self) -> Hashable:
        if self._variants or (type(self) is not Enum and not is_built_in(type(self))):
            return _Identity(self)
        sort = self._sort_key_function
        return (
            type(self), self.enum_class, tuple(self.enums), self.name, self.schema, self.quote, self.length,
            self.native_enum, self.create_type, self.validate_strings, None if sort is NOT_GIVEN else id(sort),
        )  # fmt: skip

    @property
    def native(self) -> bool:
        return self.native_enum

    @property
    def python_type(self) -> type[Any]:
        found: type[Any] = self.enum_class if self.enum_class is not None else str
        return found

    @property
    def sort_key_function(self) -> Callable[[Any], Any] | None:  # type: ignore[override]
        if self._sort_key_function is NOT_GIVEN:
            return self._to_database.__getitem__
        found: Callable[[Any], Any] | None = self._sort_key_function
        return found

    def _build_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if not self.native_enum and not (self._variants and dialect.name in self._variants):
            return self
        return super()._build_dialect_impl(dialect)

    def needs_check(self, dialect: Dialect) -> bool:
        return self.create_constraint and not (self.native_enum and dialect.supports_native_enum)

    def check_values(self, dialect: Dialect | None = None) -> list[Any] | None:
        return list(self.enums) if self.create_constraint else None

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return self._to_database.__getitem__

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return self._from_database.__getitem__

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        quote = super().literal_processor(dialect)
        assert quote is not None
        to_database = self._to_database
        return lambda value: quote(to_database[value])

    def adapt_operator(self, op: Any, other: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        op, found = super().adapt_operator(op, other)
        return (op, String(self.length)) if op is concat_op else (op, found)

    def as_generic(self, allow_nulltype: bool = False) -> Enum:
        if not self._given:
            raise NotImplementedError(
                "TypeEngine.as_generic() heuristic is undefined for types that inherit Enum but do not have an `enums` attribute"
            )
        generic: Enum = self.adapt(Enum)
        return generic

    def adapt(self, cls: type[Any], **kw: Any) -> Any:
        if not issubclass(cls, Enum):
            return super().adapt(cls, length=self.length, **kw)
        adapted = cls(*self._given, **{**self._arguments(), **kw})
        adapted.metadata, adapted.inherit_schema = self.metadata, self.inherit_schema
        adapted.should_evaluate_none = self.should_evaluate_none
        return adapted

    def _arguments(self) -> dict[str, Any]:
        values: dict[str, Any] = {
            "name": self.name, "native_enum": self.native_enum, "create_constraint": self.create_constraint,
            "validate_strings": self.validate_strings, "schema": self.schema, "quote": self.quote, "length": self._explicit_length,
            "values_callable": self.values_callable, "omit_aliases": self.omit_aliases, "create_type": self.create_type,
        }  # fmt: skip
        if self._sort_key_function is not NOT_GIVEN:
            values["sort_key_function"] = self._sort_key_function
        return values

    def copy(self, **kw: Any) -> Enum:
        copied = super().copy(**kw)
        copied._from_database = _FromDatabase(self._from_database, copied)
        copied._to_database = _ToDatabase(self._to_database, copied)
        return copied

    def __repr__(self) -> str:
        parts = [repr(value) for value in self.enums]
        for key in ("name", "schema", "native_enum", "create_constraint", "create_type"):
            value = getattr(self, key)
            if value is not None and value is not (key in ("native_enum", "create_type")) and value != "":
                parts.append(f"{key}={value!r}")
        if self._explicit_length is not NOT_GIVEN:
            parts.append(f"length={self.length}")
        return f"{type(self).__name__}({', '.join(parts)})"
