"""The dialect with no database behind it, and the base of all others: what is true of most databases, as data."""

from __future__ import annotations

import importlib
import weakref
from typing import Any, ClassVar

from sublimate import exc
from sublimate.compiler.ddl import DDLCompiler
from sublimate.compiler.standalone import StatementCompiler
from sublimate.compiler.types import StringTypeCompiler, TypeCompiler
from sublimate.dialects.asked import AskedDialect
from sublimate.dialects.identifiers import IdentifierPreparer
from sublimate.dialects.lookups import Lookups
from sublimate.schema.base import Steps
from sublimate.types.base import TypeEngine, adapt_type, set_string_dialect


class DefaultDialect(AskedDialect, Lookups):
    """What differs between databases, as class attributes that a dialect overrides.

    `name` and `driver` identify it; the `supports_*` and `*_returning` attributes are SQLAlchemy's.
    """

    name: str = "default"
    driver: str = "default"
    is_async = False
    default_paramstyle = "named"
    #: what an engine looks for when it compiles (`compiler.linting`)
    linting: int = 0
    #: module and class of the driver adapter
    driver_adapter: ClassVar[tuple[str, str] | None] = None

    preparer: Any = IdentifierPreparer
    type_compiler_cls: Any = TypeCompiler
    ddl_compiler: Any = DDLCompiler
    statement_compiler: Any = StatementCompiler
    #: what looks up tables, columns, keys … in the database, as steps
    introspection: Any = None

    colspecs: dict[Any, Any] = {}
    ischema_names: ClassVar[dict[str, Any]] = {}
    construct_arguments: ClassVar[Any] = None

    has_terminate = False
    supports_any_array = False
    supports_alter = True
    supports_cast = True
    supports_comments = False
    inline_comments = False
    supports_constraint_comments = False
    supports_default_metavalue = False
    default_metavalue_token = "DEFAULT"
    supports_default_values = False
    supports_empty_insert = True
    supports_for_update_of = False
    supports_identity_columns = False
    supports_is_distinct_from = True
    supports_multivalues_insert = False
    supports_native_boolean = False
    supports_native_decimal = False
    supports_native_enum = False
    supports_native_json_deserialization = False
    supports_native_json_serialization = False
    supports_native_uuid = False
    #: drivers give JSON columns as text, for our types to decode
    json_comes_as_text = False
    #: drivers give the database's own UUIDs as text
    uuids_come_as_text = False
    #: the reads of a transaction show one moment unless another isolation level is asked for, so BEGIN comes before them
    reads_one_moment = False
    supports_sane_multi_rowcount = True
    supports_sane_rowcount = True
    supports_sane_rowcount_returning = True
    supports_schemas = True
    supports_sequences = False
    sequences_optional = False
    preexecute_autoincrement_sequences = False
    supports_server_side_cursors = False
    supports_simple_order_by_label = True
    supports_statement_cache = True
    supports_views = True
    supports_virtual_generated_columns = False
    non_native_boolean_check_constraint = True
    #: true and false are written as keywords although booleans are stored as integers
    boolean_keywords = False
    #: a backslash inside a string literal escapes the next character
    backslash_escapes = False

    insert_returning = False
    update_returning = False
    delete_returning = False
    update_returning_multifrom = False
    delete_returning_multifrom = False
    insert_executemany_returning = False
    insert_executemany_returning_sort_by_parameter_order = False
    update_executemany_returning = False
    delete_executemany_returning = False
    favor_returning_over_lastrowid = False
    postfetch_lastrowid = True
    insert_null_pk_still_autoincrements = False
    use_insertmanyvalues = False
    insertmanyvalues_max_parameters = 32_700
    insertmanyvalues_page_size = 1000

    cte_follows_insert = False
    div_is_floordiv = True
    tuple_in_values = False
    returns_native_bytes = False
    #: the driver itself takes no str for a binary column
    refuses_text_as_bytes = False
    requires_name_normalize = False
    max_identifier_length = 9999
    max_index_name_length: int | None = None
    max_constraint_name_length: int | None = None
    label_length: int | None = None
    default_sequence_base = 1
    server_side_cursors = False
    reflection_options: tuple[str, ...] = ()
    #: reflected tables take over what `get_table_options()` finds
    reflects_table_options = False
    default_isolation_level: str | None = None
    isolation_levels: tuple[str, ...] = ()

    def __init__(
        self,
        paramstyle: str | None = None,
        isolation_level: str | None = None,
        json_serializer: Any = None,
        json_deserializer: Any = None,
        implicit_returning: bool | None = None,
        supports_native_boolean: bool | None = None,
        max_identifier_length: int | None = None,
        label_length: int | None = None,
        insertmanyvalues_page_size: int | None = None,
        use_insertmanyvalues: bool | None = None,
        **options: Any,
    ) -> None:
        self._engine: Any = None
        self.paramstyle = paramstyle or self.default_paramstyle
        self.positional = self.paramstyle in ("qmark", "format", "numeric", "numeric_dollar")
        self.server_version_info: tuple[int, ...] | None = None
        self.default_schema_name: str | None = None
        self._on_connect_isolation_level = isolation_level
        self._json_serializer = json_serializer
        self._json_deserializer = json_deserializer
        self._user_max_identifier_length = max_identifier_length
        if max_identifier_length is not None:
            self.max_identifier_length = max_identifier_length
        if label_length is not None:
            if label_length > self.max_identifier_length:
                raise exc.ArgumentError(
                    f"Label length of {label_length} is greater than this dialect's maximum identifier length of {self.max_identifier_length}"
                )
            self.label_length = label_length
        if supports_native_boolean is not None:
            self.supports_native_boolean = supports_native_boolean
        if insertmanyvalues_page_size is not None:
            self.insertmanyvalues_page_size = insertmanyvalues_page_size
        if use_insertmanyvalues is not None:
            self.use_insertmanyvalues = use_insertmanyvalues
        self.options = options
        self.type_memos: weakref.WeakKeyDictionary[TypeEngine[Any], Any] = weakref.WeakKeyDictionary()
        self.identifier_preparer = self.preparer(self)
        self.type_compiler_instance = self.type_compiler_cls(self)
        self.initialized = False

    def serves(self, engine: Any) -> None:
        """Remember the engine: who listens to its dialect listens to it."""
        self._engine = weakref.ref(engine)

    def ping_failed(self, error: Exception) -> bool:
        """Tell those who listen to the engine; whether its other free connections are not to be trusted either."""
        engine = None if self._engine is None else self._engine()
        return engine is None or engine.ping_failed(error)

    def __event_target__(self) -> Any:
        engine = None if self._engine is None else self._engine()
        return type(self) if engine is None else engine

    @property
    def type_compiler(self) -> Any:
        return self.type_compiler_instance

    @property
    def dialect_description(self) -> str:
        return f"{self.name}+{self.driver}"

    @property
    def full_returning(self) -> bool:
        return self.insert_returning and self.update_returning and self.delete_returning

    # -- types

    def type_descriptor(self, type_: TypeEngine[Any]) -> TypeEngine[Any]:
        """The dialect's own type for a general one."""
        return adapt_type(type_, self.colspecs)

    def copies(self, type_: TypeEngine[Any]) -> bool:
        """Whether the driver's way of loading many rows (COPY) takes values of this type."""
        return False

    def bind_cast(self, type_: TypeEngine[Any], preparer: IdentifierPreparer | None = None) -> str | None:
        """The type that `$1::TYPE` names after a bound parameter, as `preparer` writes names; None where no cast is written."""
        return None

    def named_type(self, type_: Any) -> tuple[Any, Any, Any] | None:
        """A type that the database keeps by name, with what creates and what drops it; None for other types."""
        return None

    def normalize_stored_name(self, name: str) -> str:
        """A name as the database's catalogue has it."""
        return name

    # -- two-phase transactions

    def twophase_sql(self, verb: str, xid: str, prepared: bool) -> tuple[str, ...] | None:
        """The statements that begin, prepare, commit or roll back a two-phase transaction; None for the plain ones."""
        raise NotImplementedError(f"two-phase transactions are not supported on {self.name}")

    def recovered_names(self, rows: Any) -> list[str]:
        """The names of prepared transactions, from the rows of `twophase_sql("recover", …)`."""
        return [row[0] for row in rows]

    # -- drivers and connections

    def load_driver(self) -> Any:
        """The class of the driver adapter, imported when first asked for."""
        if self.driver_adapter is None:
            raise exc.InvalidRequestError(f"The dialect {self.name!r} has no driver: it only makes SQL text")
        module, class_name = self.driver_adapter
        return getattr(importlib.import_module(module), class_name)

    def connect_defaults(self) -> dict[str, Any]:
        """What the dialect's own options add to the arguments of `connect`; the URL and `connect_args` come after."""
        return {}

    def keeps_one_connection(self, url: Any) -> bool:
        """Whether each connection would be a database of its own, so that all users must share one."""
        return False

    def initialize_steps(self, fetch: Any) -> Steps[None]:
        """Learn what the server is, on the first connection. `fetch(sql)` is a generator that returns rows."""
        yield from ()
        self.initialized = True

    def get_isolation_level_values(self, dbapi_conn: Any = None) -> tuple[str, ...]:
        """The isolation levels that the database knows, and AUTOCOMMIT."""
        return self.isolation_levels

    def reset_isolation_level(self, dbapi_conn: Any) -> None:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} {self.dialect_description}>"


class StrCompileDialect(DefaultDialect):
    """Prints statements and types for people: shows what no database in particular would accept."""

    type_compiler_cls = StringTypeCompiler
    prints_for_people = True
    supports_identity_columns = True
    supports_sequences = True
    sequences_optional = True
    preexecute_autoincrement_sequences = False
    supports_native_boolean = True
    insert_returning = True
    update_returning = True
    delete_returning = True
    supports_multivalues_insert = True
    supports_simple_order_by_label = True


set_string_dialect(StrCompileDialect)
