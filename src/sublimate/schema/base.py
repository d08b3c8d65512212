"""What all schema items share: `info`, options of single dialects, and conditions for their DDL."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, MutableMapping
from enum import Enum
from typing import Any, ClassVar, Literal, Self, TypeAlias, TypeVar

from sublimate import exc
from sublimate.statements.columns import ColumnCollection
from sublimate.util.known_dialects import is_known, warn_if_unknown
from sublimate.util.subscriptable import subscriptable

_R = TypeVar("_R")
#: logic that needs a database: a generator of steps that returns a value
Steps: TypeAlias = Generator[Any, Any, _R]


class SchemaConst(Enum):
    """Values that stand for "not given" and for "no schema"."""

    RETAIN_SCHEMA = 1
    BLANK_SCHEMA = 2
    NULL_UNSPECIFIED = 3


RETAIN_SCHEMA = SchemaConst.RETAIN_SCHEMA
BLANK_SCHEMA = SchemaConst.BLANK_SCHEMA
NULL_UNSPECIFIED = SchemaConst.NULL_UNSPECIFIED


class NotGiven(Enum):
    """The default of arguments for which None means something."""

    NO_ARG = 0

    def __repr__(self) -> str:
        return "NO_ARG"


NO_ARG: Any = NotGiven.NO_ARG


def clause_of(item: Any) -> Any:
    """The expression that an object stands for, or the object itself."""
    convert = getattr(item, "__clause_element__", None)
    if convert is None:
        return item
    found = convert()
    return found.column if getattr(found, "__visit_name__", "") == "entity_column" else found


def is_clause(item: Any) -> bool:
    return bool(getattr(item, "is_clause_element", False))


@subscriptable
class SchemaItem:
    """Something that belongs to a schema: a table, a column, a constraint, an index, a sequence."""

    __visit_name__: ClassVar[str] = "schema_item"
    create_drop_stringify_dialect = "default"
    #: listeners, once there are any
    dispatch: Any = None
    _info: dict[Any, Any] | None = None

    @property
    def info(self) -> dict[Any, Any]:
        """A place for the application's own notes."""
        found = self.__dict__.get("_info")
        if found is None:
            found = self.__dict__["_info"] = {}
        return found

    @info.setter
    def info(self, value: dict[Any, Any]) -> None:
        self.__dict__["_info"] = value

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        """Become part of a table or column."""

    def _set_parent_with_dispatch(self, parent: Any, **kw: Any) -> None:
        if self.dispatch is not None:
            self.dispatch.before_parent_attach(self, parent)
        self._set_parent(parent, **kw)
        if self.dispatch is not None:
            self.dispatch.after_parent_attach(self, parent)

    def _init_items(self, *args: Any, **kw: Any) -> None:
        for item in args:
            if item is None:
                continue
            attach = getattr(item, "_set_parent_with_dispatch", None)
            if attach is None:
                raise exc.ArgumentError(
                    f"'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {item!r}"
                )
            attach(self, **kw)


class ConditionalDDL:
    """An item whose DDL may be limited to some dialects or conditions with `ddl_if()`."""

    _ddl_if: DDLIf | None = None

    def ddl_if(
        self,
        dialect: str | tuple[str, ...] | None = None,
        callable_: Callable[..., bool] | None = None,
        state: Any = None,
    ) -> Self:
        """Create the item only on the dialects named, or where the function says so."""
        self._ddl_if = DDLIf(dialect, callable_, state)
        return self


class DDLIf:
    """The condition under which a DDL element is executed."""

    __slots__ = ("callable_", "dialect", "state")

    def __init__(self, dialect: Any, callable_: Any, state: Any) -> None:
        self.dialect = dialect
        self.callable_ = callable_
        self.state = state

    def should_execute(self, ddl: Any, target: Any, bind: Any, compiler: Any = None, **kw: Any) -> bool:
        dialect = compiler.dialect if bind is None and compiler is not None else bind.dialect
        if isinstance(self.dialect, str):
            if dialect.name != self.dialect:
                return False
        elif self.dialect is not None and dialect.name not in self.dialect:
            return False
        if self.callable_ is None:
            return True
        return bool(
            self.callable_(ddl, target, bind, state=self.state, dialect=dialect, compiler=compiler, **kw)
        )


#: dialect name -> construct class -> {argument: default}; each dialect registers its own
DIALECT_ARGUMENTS: dict[str, dict[type, dict[str, Any]]] = {}


def register_dialect_arguments(dialect: str, construct: type, arguments: dict[str, Any]) -> None:
    """Say which `<dialect>_<argument>` keywords a construct takes, with their defaults."""
    DIALECT_ARGUMENTS.setdefault(dialect, {}).setdefault(construct, {}).update(arguments)


class DialectOptions(MutableMapping[str, Any]):
    """The options of one construct for one dialect: those given, and defaults for the others."""

    __slots__ = ("_defaults", "given")

    def __init__(self, defaults: dict[str, Any]) -> None:
        self._defaults = defaults
        self.given: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        if key in self.given:
            return self.given[key]
        return self._defaults[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.given[key] = value

    def __delitem__(self, key: str) -> None:
        del self.given[key]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._defaults, **self.given})

    def __len__(self) -> int:
        return len({**self._defaults, **self.given})

    def get(self, key: str, default: Any = None) -> Any:
        if key in self.given:
            return self.given[key]
        return self._defaults.get(key, default)


class _OptionsByDialect(dict[str, DialectOptions]):
    def __init__(self, cls: type) -> None:
        super().__init__()
        self.cls = cls

    def __missing__(self, dialect: str) -> DialectOptions:
        if not is_known(dialect) and dialect not in DIALECT_ARGUMENTS:
            raise exc.NoSuchModuleError(f"Can't load plugin: sqlalchemy.dialects:{dialect}")
        return self.of(dialect)

    def of(self, dialect: str) -> DialectOptions:
        """The options for a dialect that need not be installed."""
        if dialect in self:
            return self[dialect]
        defaults: dict[str, Any] = {}
        for base in reversed(self.cls.__mro__):
            defaults.update(DIALECT_ARGUMENTS.get(dialect, {}).get(base, {}))
        found = self[dialect] = DialectOptions(defaults)
        return found


class DialectArguments(MutableMapping[str, Any]):
    """The keywords of single dialects that a construct was given, under their whole names."""

    __slots__ = ("obj",)

    def __init__(self, obj: DialectKWArgs) -> None:
        self.obj = obj

    def _place(self, key: str) -> tuple[DialectOptions, str]:
        dialect, separator, name = key.partition("_")
        if not separator:
            raise KeyError(key)
        return self.obj.dialect_options.of(dialect), name

    def __getitem__(self, key: str) -> Any:
        options, name = self._place(key)
        try:
            return options[name]
        except KeyError:
            raise KeyError(key) from None

    def __setitem__(self, key: str, value: Any) -> None:
        if "_" not in key:
            raise exc.ArgumentError("Keys must be of the form <dialectname>_<argname>")
        options, name = self._place(key)
        options[name] = value

    def __delitem__(self, key: str) -> None:
        options, name = self._place(key)
        del options[name]

    def __iter__(self) -> Iterator[str]:
        for dialect, options in (self.obj._dialect_options or {}).items():
            yield from [f"{dialect}_{name}" for name in options.given]

    def __len__(self) -> int:
        return sum(len(options.given) for options in (self.obj._dialect_options or {}).values())

    def __repr__(self) -> str:
        return repr(dict(self))


class DialectKWArgs:
    """A construct that takes keywords of single dialects, such as `postgresql_using="gin"`."""

    _dialect_options: _OptionsByDialect | None = None

    @classmethod
    def argument_for(cls, dialect_name: str, argument_name: str, default: Any) -> None:
        """Add a keyword that this construct takes for a dialect."""
        register_dialect_arguments(dialect_name, cls, {argument_name: default})

    @property
    def dialect_options(self) -> Any:
        """`{dialect name: {argument: value}}`."""
        found = self._dialect_options
        if found is None:
            found = self._dialect_options = _OptionsByDialect(type(self))
        return found

    @property
    def dialect_kwargs(self) -> DialectArguments:
        """The dialect keywords that were given, as `{"postgresql_using": "gin"}`; what is set here is given too."""
        return DialectArguments(self)

    @property
    def kwargs(self) -> DialectArguments:
        return DialectArguments(self)

    def get_dialect_option(
        self, dialect: Any, argument_name: str, *, else_: Any = None, deprecated_fallback: str | None = None
    ) -> Any:
        """What the construct was told for a dialect, or for the dialect that it is a variant of."""
        for name in (dialect.name, deprecated_fallback):
            if name is not None and argument_name in self.dialect_options.of(name).given:
                return self.dialect_options.of(name).given[argument_name]
        return self.dialect_options.of(dialect.name).get(argument_name, else_)

    def _validate_dialect_kwargs(self, kwargs: dict[str, Any]) -> None:
        for key, value in kwargs.items():
            dialect, _, name = key.partition("_")
            if not name or not dialect:
                raise TypeError(f"Additional arguments should be named <dialectname>_<argument>, got '{key}'")
            options = self.dialect_options.of(dialect)
            known = DIALECT_ARGUMENTS.get(dialect)
            if known is None:
                warn_if_unknown(dialect, key)
            if known is not None and "*" not in options._defaults and name not in options._defaults:
                raise exc.ArgumentError(
                    f"Argument {key!r} is not accepted by dialect {dialect!r} on behalf of {type(self)!r}"
                )
            options[name] = value


def to_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]


SchemaName = str | Literal[SchemaConst.RETAIN_SCHEMA, SchemaConst.BLANK_SCHEMA] | None


def read_only_columns(columns: Iterable[Any]) -> ColumnCollection:
    """A collection of these columns, by key."""
    return ColumnCollection([(column.key, column) for column in columns])
