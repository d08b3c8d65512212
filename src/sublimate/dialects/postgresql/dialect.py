"""The PostgreSQL dialect, one class per driver."""

from __future__ import annotations

import importlib
import re
from typing import Any, ClassVar

from sublimate import exc, types
from sublimate.dialects.default import DefaultDialect
from sublimate.dialects.identifiers import IdentifierPreparer
from sublimate.dialects.postgresql import introspection
from sublimate.dialects.postgresql import render as _render
from sublimate.dialects.postgresql import types as pg
from sublimate.dialects.postgresql.capabilities import CAPABILITIES
from sublimate.dialects.postgresql.ddl import (
    CreateDomainType,
    CreateEnumType,
    DropDomainType,
    DropEnumType,
    PGDDLCompiler,
    PGTypeCompiler,
)
from sublimate.dialects.postgresql.named import DOMAIN, ENUM
from sublimate.dialects.postgresql.ranges import AbstractRange
from sublimate.dialects.postgresql.unnest import Packing, unnest_cast, unnest_packing
from sublimate.dialects.reserved_words import POSTGRESQL
from sublimate.schema.base import Steps
from sublimate.types.base import TypeEngine


class PGIdentifierPreparer(IdentifierPreparer):
    reserved_words = POSTGRESQL


_STRINGS = types.String()
_TEXT = types.Text()

#: class of a type -> what `$1::TYPE` says; the first base found decides. None: the type's own text.
_CASTS: dict[type, str | None] = {
    types.JSON.JSONIntIndexType: "INT",
    types.JSON.JSONStrIndexType: "TEXT",
    types.SmallInteger: "SMALLINT",
    types.BigInteger: "BIGINT",
    types.Integer: "INTEGER",
    types.DateTime: None,
    types.Date: "DATE",
    types.Time: None,
    types.JSON: None,
    types.ARRAY: None,
    types.Uuid: None,
    pg.INTERVAL: None,
    pg.BIT: None,
    pg.REGCONFIG: None,
    AbstractRange: None,
}

_ASYNCPG_CASTS: dict[type, str | None] = {
    **_CASTS,
    types.Boolean: "BOOLEAN",
    types.Double: None,
    types.Float: None,
    types.Numeric: None,
    types._Binary: "BYTEA",
    pg.OID: "OID",
    pg.REGCLASS: "REGCLASS",
    ENUM: None,
}


class PGDialect(DefaultDialect):
    """PostgreSQL 12 and later."""

    preparer = PGIdentifierPreparer
    type_compiler_cls = PGTypeCompiler
    ddl_compiler = PGDDLCompiler
    colspecs = pg.COLSPECS
    ischema_names = pg.ISCHEMA_NAMES
    introspection = introspection
    bind_casts: ClassVar[dict[type, str | None]] = {}
    #: what COPY takes through this driver
    copied_types: ClassVar[tuple[type, ...]] = (TypeEngine,)
    not_copied_types: ClassVar[tuple[type, ...]] = (pg.BIT, DOMAIN)
    #: a JSON path travels as `{a,b}` in text, not as a list
    json_path_as_text = True
    #: what a driver must be told where a pooler may give each transaction another server connection
    pooler_arguments: ClassVar[dict[str, Any]] = {}

    def __init__(self, pooler: str | None = None, **options: Any) -> None:
        """`pooler="transaction"`: connections go through PgBouncer, or another pooler, in transaction mode."""
        super().__init__(**options)
        if pooler not in (None, "session", "transaction"):
            raise exc.ArgumentError(f"pooler may be 'transaction', 'session' or None, not {pooler!r}")
        self.pooler = pooler

    def connect_defaults(self) -> dict[str, Any]:
        return dict(self.pooler_arguments) if self.pooler == "transaction" else {}

    def bind_cast(self, type_: TypeEngine[Any], preparer: IdentifierPreparer | None = None) -> str | None:
        impl = type_.dialect_impl(self)
        while impl._is_type_decorator:
            impl = impl.__dict__["impl"]
        if self.type_compiler_instance.custom_for(impl) is not None:
            if isinstance(impl, types.String):
                impl = impl.adapt(type(impl), length=None)
            written: str = self.type_compiler_instance.process(impl, identifier_preparer=preparer)
            return written
        for cls in type(impl).__mro__:
            if cls in self.bind_casts:
                return self.bind_casts[cls] or self._cast_text(impl, preparer)
            if cls is types.Enum:
                return None
            if cls is types.String:
                return self._text_cast(impl) if not isinstance(impl, pg.CITEXT) else None
        return None

    def copies(self, type_: TypeEngine[Any]) -> bool:
        impl = type_.dialect_impl(self)
        if impl.has_bind_expression:
            return False
        while impl._is_type_decorator:
            impl = impl.__dict__["impl"]
        if isinstance(impl, types.ARRAY):
            return self.copies(impl.item_type)
        return isinstance(impl, self.copied_types) and not isinstance(impl, self.not_copied_types)

    def unnest_cast(self, type_: TypeEngine[Any], preparer: IdentifierPreparer | None = None) -> str | None:
        """What an array of such values is cast to, if they can be sent as one."""
        return unnest_cast(self, type_, preparer)

    def unnest_packing(self, cast: str) -> Packing | None:
        """How an array of such elements travels as one text, if it can."""
        return unnest_packing(cast)

    def _text_cast(self, impl: Any) -> str:
        if not impl.collation or impl.length is not None:
            return "VARCHAR"
        return f"VARCHAR COLLATE {self.identifier_preparer.format_collation(impl.collation)}"

    def _cast_text(self, impl: TypeEngine[Any], preparer: IdentifierPreparer | None) -> str | None:
        if isinstance(impl, types.Uuid) and not impl.native_uuid:
            return None
        if isinstance(impl, types.DateTime):
            return f"TIMESTAMP {'WITH' if impl.timezone else 'WITHOUT'} TIME ZONE"
        if isinstance(impl, types.Time):
            return f"TIME {'WITH' if impl.timezone else 'WITHOUT'} TIME ZONE"
        if isinstance(impl, types.Float):
            return f"FLOAT({impl.precision})" if impl.precision else "FLOAT"
        if isinstance(impl, types.Numeric):
            text: str = self.type_compiler_instance.visit_NUMERIC(impl)
            return text
        text = self.type_compiler_instance.process(impl, identifier_preparer=preparer)
        return text

    def named_type(self, type_: Any) -> tuple[Any, Any, Any] | None:
        impl = type_.dialect_impl(self)
        make: Any
        drop: Any
        if isinstance(impl, ENUM) and self.supports_native_enum:
            make, drop = CreateEnumType, DropEnumType
        elif isinstance(impl, DOMAIN):
            make, drop = CreateDomainType, DropDomainType
        else:
            return None
        if impl is not type_:
            impl.schema = type_.schema
        return impl, make(impl), drop(impl)

    def twophase_sql(self, verb: str, xid: str, prepared: bool) -> tuple[str, ...] | None:
        if verb == "recover":
            return ("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()",)
        if verb == "begin" or (verb != "prepare" and not prepared):
            return None
        name = "'" + xid.replace("'", "''") + "'"
        words = {
            "prepare": "PREPARE TRANSACTION",
            "commit": "COMMIT PREPARED",
            "rollback": "ROLLBACK PREPARED",
        }
        return (f"{words[verb]} {name}",)

    def initialize_steps(self, fetch: Any) -> Steps[None]:
        rows = yield from fetch("SELECT pg_catalog.version(), pg_catalog.current_schema()")
        version, self.default_schema_name = rows[0]
        self.server_version_info = parse_version(version)
        if self.server_version_info < (18,):
            self.supports_virtual_generated_columns = False
        self.initialized = True

    def range_factory(self) -> Any:
        """The function that makes the driver's range of lower, upper, bounds and emptiness."""
        raise NotImplementedError

    def multirange_factory(self) -> Any:
        return list

    def bit_factory(self) -> Any:
        return str


def parse_version(text: str) -> tuple[int, ...]:
    """`PostgreSQL 16.2 on ...` as (16, 2)."""
    found = re.match(
        r".*(?:PostgreSQL|EnterpriseDB) (\d+)\.?(\d+)?(?:\.(\d+))?(?:\.\d+)?(?:devel|beta)?", text
    )
    if found is None:
        raise AssertionError(f"Could not determine version from string '{text}'")
    return tuple(int(part) for part in found.group(1, 2, 3) if part is not None)


for _name, _value in CAPABILITIES.items():
    setattr(PGDialect, _name, _value)


class PGDialect_psycopg(PGDialect):
    """PostgreSQL through psycopg 3."""

    driver = "psycopg"
    pooler_arguments: ClassVar[dict[str, Any]] = {"prepare_threshold": None}
    default_paramstyle = "pyformat"
    bind_casts = _CASTS
    driver_adapter = ("sublimate.dialects.postgresql.psycopg", "PsycopgDriver")

    def bind_cast(self, type_: TypeEngine[Any], preparer: IdentifierPreparer | None = None) -> str | None:
        if type_.__class__ is types.Interval:
            return None
        return super().bind_cast(type_, preparer)

    def range_factory(self) -> Any:
        return importlib.import_module("psycopg.types.range").Range

    def multirange_factory(self) -> Any:
        return importlib.import_module("psycopg.types.multirange").Multirange

    @classmethod
    def get_async_dialect_cls(cls, url: Any) -> Any:
        return PGDialectAsync_psycopg


class PGDialectAsync_psycopg(PGDialect_psycopg):
    """PostgreSQL through psycopg 3, awaited."""

    is_async = True
    has_terminate = True
    driver_adapter = ("sublimate.dialects.postgresql.psycopg", "PsycopgAsyncDriver")


class PGDialect_asyncpg(PGDialect):
    """PostgreSQL through asyncpg."""

    driver = "asyncpg"
    pooler_arguments: ClassVar[dict[str, Any]] = {"statement_cache_size": 0, "pooler": "transaction"}
    default_paramstyle = "numeric_dollar"
    is_async = True
    has_terminate = True
    supports_sane_multi_rowcount = False
    bind_casts = _ASYNCPG_CASTS
    json_path_as_text = False
    refuses_text_as_bytes = True
    copied_types = (
        types.Boolean, types.Integer, types.Numeric, types.Float, types.Date, types.DateTime, types.Time, types.String,
        types._Binary, types.Uuid, types.JSON, pg.INTERVAL, pg.INET, AbstractRange,
    )  # fmt: skip
    not_copied_types = (pg.CITEXT, pg.MACADDR, pg.MACADDR8, pg.CIDR)
    driver_adapter = ("sublimate.dialects.postgresql.asyncpg", "AsyncpgDriver")

    def range_factory(self) -> Any:
        driver_range = importlib.import_module("asyncpg").Range

        def make(lower: Any, upper: Any, bounds: str, empty: bool) -> Any:
            return driver_range(
                lower, upper, lower_inc=bounds[0] == "[", upper_inc=bounds[1] == "]", empty=empty
            )

        return make

    def bit_factory(self) -> Any:
        return importlib.import_module("asyncpg").BitString


_ = _render  # registers what this dialect writes differently
