"""Values that a column gets when a statement names none: from Python, or from the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate import exc
from sublimate.schema.base import DialectKWArgs, SchemaItem, clause_of, is_clause
from sublimate.statements.text import text
from sublimate.util.warnings import warn_deprecated


class DefaultGenerator(SchemaItem):
    """A default that the client produces."""

    __visit_name__ = "default_generator"
    is_sequence = False
    is_identity = False
    is_server_default = False
    is_clause_element = False
    is_callable = False
    is_scalar = False
    has_arg = False
    is_sentinel = False
    column: Any = None
    for_update = False

    def __init__(self, for_update: bool = False) -> None:
        self.for_update = for_update

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        self.column = parent
        if self.for_update:
            parent.onupdate = self
        else:
            parent.default = self


class ColumnDefault(DefaultGenerator):
    """A plain value, a Python function or an SQL expression, produced for each row by the client.

    `ColumnDefault(5)`, `ColumnDefault(uuid4)` and `ColumnDefault(func.now())` give the three kinds.
    """

    __visit_name__ = "default_generator"
    has_arg = True
    arg: Any

    def __new__(cls, arg: Any = None, for_update: bool = False) -> Any:
        if cls is not ColumnDefault:
            return super().__new__(cls)
        arg = clause_of(arg)
        if isinstance(arg, FetchedValue):
            raise exc.ArgumentError("ColumnDefault may not be a server-side default type.")
        if is_clause(arg):
            return super().__new__(ColumnElementColumnDefault)
        if callable(arg):
            return super().__new__(CallableColumnDefault)
        return super().__new__(ScalarElementColumnDefault)

    def __init__(self, arg: Any, for_update: bool = False) -> None:
        self.for_update = for_update
        self.arg = clause_of(arg)

    def _copy(self) -> ColumnDefault:
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__)
        copied.__dict__.pop("column", None)
        return copied

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.arg!r})"


class ScalarElementColumnDefault(ColumnDefault):
    """A plain value."""

    is_scalar = True


class ColumnElementColumnDefault(ColumnDefault):
    """An SQL expression, rendered into the statement."""

    is_clause_element = True


class CallableColumnDefault(ColumnDefault):
    """A Python function of no argument, or of the execution context."""

    is_callable = True
    #: whether the function wants the execution context
    takes_context: bool
    #: the function as it was given
    function: Callable[..., Any]

    def __init__(self, arg: Callable[..., Any], for_update: bool = False) -> None:
        self.for_update = for_update
        self.function = arg
        self.takes_context = _takes_context(arg)
        self.arg = arg if self.takes_context else _ignoring_context(arg)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.function!r})"


def _ignoring_context(function: Callable[[], Any]) -> Callable[[Any], Any]:
    def call(context: Any = None) -> Any:
        return function()

    call.__name__ = getattr(function, "__name__", "default")
    call.__wrapped__ = function  # type: ignore[attr-defined]
    return call


def _takes_context(function: Callable[..., Any]) -> bool:
    import inspect

    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = [p for p in positional if p.default is p.empty]
    if len(required) > 1:
        raise exc.ArgumentError("ColumnDefault Python function takes zero or one positional arguments")
    if isinstance(function, type):
        return bool(required)
    return bool(positional) and len(required) == 1


class FetchedValue(SchemaItem):
    """A value that the server produces; it is read back after INSERT or UPDATE."""

    is_server_default = True
    reflected = False
    has_argument = False
    is_clause_element = False
    is_identity = False
    column: Any = None
    for_update = False

    def __init__(self, for_update: bool = False) -> None:
        self.for_update = for_update

    def _as_for_update(self, for_update: bool) -> FetchedValue:
        return self if for_update == self.for_update else self._clone(for_update)

    def _clone(self, for_update: bool) -> FetchedValue:
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__)
        copied.__dict__.pop("column", None)
        copied.for_update = for_update
        return copied

    def _copy(self) -> FetchedValue:
        return self._clone(self.for_update)

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        self.column = parent
        if self.for_update:
            parent.server_onupdate = self
        else:
            parent.server_default = self

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class DefaultClause(FetchedValue):
    """The DEFAULT of a column in its table's DDL."""

    has_argument = True

    def __init__(self, arg: Any, for_update: bool = False, _reflected: bool = False) -> None:
        arg = clause_of(arg)
        if not isinstance(arg, str) and not is_clause(arg):
            raise exc.ArgumentError(
                f"Argument 'arg' is expected to be one of type '<class 'str'>' or '<class 'sublimate.ClauseElement'>' or "
                f"'<class 'sublimate.TextClause'>', got '{type(arg)}'; pass a string for a constant, or text() for SQL"
            )
        super().__init__(for_update)
        self.arg = arg
        self.reflected = _reflected

    def __repr__(self) -> str:
        return f"DefaultClause({self.arg!r}, for_update={self.for_update!r})"


class Computed(FetchedValue):
    """`GENERATED ALWAYS AS (expression)`: a column computed by the database."""

    __visit_name__ = "computed_column"

    def __init__(self, sqltext: Any, persisted: bool | None = None) -> None:
        super().__init__()
        sqltext = clause_of(sqltext)
        self.sqltext = text(sqltext) if isinstance(sqltext, str) else sqltext
        self.persisted = persisted

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        if not isinstance(parent.server_default, (type(None), Computed)) or not isinstance(
            parent.server_onupdate, (type(None), Computed)
        ):
            raise exc.ArgumentError(
                "A generated column cannot specify a server_default or a server_onupdate argument"
            )
        self.column = parent
        parent.computed = parent.server_default = parent.server_onupdate = self

    def _as_for_update(self, for_update: bool) -> FetchedValue:
        return self

    def __repr__(self) -> str:
        persisted = f", persisted={self.persisted!r}" if self.persisted is not None else ""
        return f"Computed({self.sqltext!r}{persisted})"

    def _copy(self) -> Computed:
        return Computed(self.sqltext, self.persisted)


class IdentityOptions(DialectKWArgs):
    """The options of a sequence or of an identity column."""

    start: int | None
    increment: int | None

    def _set_options(
        self,
        start: int | None = None,
        increment: int | None = None,
        minvalue: int | None = None,
        maxvalue: int | None = None,
        nominvalue: bool | None = None,
        nomaxvalue: bool | None = None,
        cycle: bool | None = None,
        cache: int | None = None,
    ) -> None:
        self.start = start
        self.increment = increment
        self.minvalue = minvalue
        self.maxvalue = maxvalue
        self.nominvalue = nominvalue
        self.nomaxvalue = nomaxvalue
        self.cycle = cycle
        self.cache = cache

    def _set_dialect_options(self, given: dict[str, Any], **older: bool | None) -> None:
        """The keywords named after dialects, and those of Oracle's that had no such name once."""
        for name, value in older.items():
            if value is not None:
                warn_deprecated(
                    f"This parameter is supported only by Oracle Database, use ``oracle_{name}`` instead."
                )
                given[f"oracle_{name}"] = value
        self._validate_dialect_kwargs(given)

    @property
    def order(self) -> bool | None:
        found: bool | None = self.dialect_options["oracle"].get("order")
        return found

    def _options(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _OPTION_NAMES}

    def _as_dict(self) -> dict[str, Any]:
        """The options that were given, which Alembic reads."""
        return {name: value for name, value in self._options().items() if value is not None}


_OPTION_NAMES = (
    "start",
    "increment",
    "minvalue",
    "maxvalue",
    "nominvalue",
    "nomaxvalue",
    "cycle",
    "cache",
)


class Identity(IdentityOptions, FetchedValue):
    """`GENERATED ... AS IDENTITY`: a column numbered by the database."""

    __visit_name__ = "identity_column"
    is_identity = True

    def __init__(
        self,
        always: bool | None = False,
        on_null: bool | None = None,
        start: int | None = None,
        increment: int | None = None,
        minvalue: int | None = None,
        maxvalue: int | None = None,
        nominvalue: bool | None = None,
        nomaxvalue: bool | None = None,
        cycle: bool | None = None,
        cache: int | None = None,
        order: bool | None = None,
        **dialect_kw: Any,
    ) -> None:
        self._set_options(start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, cache)
        self._set_dialect_options(dialect_kw, on_null=on_null, order=order)
        self.always = always
        self.for_update = False

    def _as_dict(self) -> dict[str, Any]:
        return {"always": self.always, **super()._as_dict()}

    @property
    def on_null(self) -> bool | None:
        found: bool | None = self.dialect_options["oracle"].get("on_null")
        return found

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        if not isinstance(parent.server_default, (type(None), Identity)) or not isinstance(
            parent.server_onupdate, type(None)
        ):
            raise exc.ArgumentError(
                "A column with an Identity object cannot specify a server_default or a server_onupdate argument"
            )
        if parent.autoincrement is False:
            raise exc.ArgumentError("A column with an Identity object cannot specify autoincrement=False")
        self.column = parent
        parent.identity = self
        if parent._user_defined_nullable is None:
            parent.nullable = False
        parent.server_default = self

    def _as_for_update(self, for_update: bool) -> FetchedValue:
        return self

    def __repr__(self) -> str:
        given = {
            "always": self.always or None,
            "on_null": self.on_null,
            **self._options(),
            "order": self.order,
        }
        return f"Identity({', '.join(f'{name}={value!r}' for name, value in given.items() if value is not None)})"

    def _copy(self) -> Identity:
        return Identity(always=self.always, **self._options(), **self.dialect_kwargs)
