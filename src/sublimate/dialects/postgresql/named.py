"""Types that are in the database under a name: enumerations and domains."""

from __future__ import annotations

from typing import Any

from sublimate import types
from sublimate.types.base import Dialect, Processor, TypeEngine, to_instance
from sublimate.types.schema_type import SchemaType
from sublimate.util.warnings import warn


class UnknownToDrivers:
    """A type whose number differs from database to database: drivers give its arrays as text."""


class NamedType(UnknownToDrivers, SchemaType):
    """A type that is created in the database under its name."""

    create_type: bool = True

    def create(self, bind: Any, checkfirst: Any = True) -> None:
        """Create the type in the database, unless it is there."""
        super().create(bind, checkfirst)

    def drop(self, bind: Any, checkfirst: Any = True) -> None:
        """Drop the type in the database, if it is there."""
        super().drop(bind, checkfirst)


class ENUM(NamedType, types.Enum):
    """PostgreSQL's ENUM: a type of its own, created with the tables that use it."""

    def __init__(self, *enums: Any, name: Any = None, create_type: bool = True, **kw: Any) -> None:
        if name is not None:
            kw["name"] = name
        if kw.pop("native_enum", None) is False:
            warn(
                "the native_enum flag does not apply to the sqlalchemy.dialects.postgresql.ENUM datatype; this type "
                "always refers to ENUM.   Use sqlalchemy.types.Enum for non-native enum."
            )
        super().__init__(*enums, create_type=create_type, **kw)

    def __repr__(self) -> str:
        return super().__repr__()


class DOMAIN(NamedType, TypeEngine[Any]):
    """A type with a constraint of its own, based on another type."""

    __visit_name__ = "DOMAIN"

    def __init__(
        self,
        name: str,
        data_type: Any,
        *,
        collation: str | None = None,
        default: Any = None,
        constraint_name: str | None = None,
        not_null: bool | None = None,
        check: Any = None,
        create_type: bool = True,
        schema: str | None = None,
        metadata: Any = None,
        inherit_schema: bool = False,
        quote: bool | None = None,
        collation_schema: str | None = None,
    ) -> None:
        self.name = name
        self.data_type = to_instance(data_type)
        self.collation = collation
        self.collation_schema = collation_schema
        self.default = default
        self.constraint_name = constraint_name
        self.not_null = bool(not_null)
        self.check = check
        self.create_type = create_type
        self.schema = schema
        self.quote = quote
        self._set_inherit_schema(inherit_schema)
        self._set_metadata(metadata)

    def _build_shape_key(self) -> Any:
        return (DOMAIN, self.name, self.schema, self.data_type.shape_key)

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return self.data_type.dialect_impl(dialect).bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return self.data_type.dialect_impl(dialect).result_processor(dialect, coltype)

    def __repr__(self) -> str:
        return f"DOMAIN({self.name!r}, {self.data_type!r})"
