"""Values in SQL: bound parameters, NULL, true and false."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, overload

from sublimate import exc
from sublimate.types.base import NULLTYPE, TypeArgument, TypeEngine, to_instance
from sublimate.types.boolean import BOOLEANTYPE
from sublimate.types.literal import type_for_value

from .element import ColumnElement
from .node import Field, Node, token, typ
from .shape import intern

_T = TypeVar("_T")
_REQUIRED: Any = object()


class _Symbol:
    """The value of a parameter that an execution must give."""

    def __repr__(self) -> str:
        return "symbol('REQUIRED')"


REQUIRED = _Symbol()
#: unique, expanding, literal_execute, required, without a callable, expand_op
_USUAL = (True, False, False, False, True, None)


class BindParameter(ColumnElement[_T]):
    """A value sent beside the SQL text. `unique` ones get a number after their name when compiled."""

    __visit_name__ = "bindparam"
    _fields: ClassVar[tuple[Field, ...]] = (
        token("key"),
        typ(),
        token("unique"),
        token("expanding"),
        token("literal_execute"),
    )
    _is_bind_parameter = True
    inherit_cache: ClassVar[bool] = True

    key: str = "param"
    value: Any = None
    unique: bool = True
    required: bool = False
    callable: Callable[[], Any] | None = None
    expanding: bool = False
    expand_op: Any = None
    literal_execute: bool = False
    isoutparam: bool = False
    _is_crud: bool = False
    #: stands for a value that the execution gives, and so is never written into the SQL
    _comes_later: bool = False
    #: takes no name from the column that an INSERT or UPDATE gives it to
    _stays_unnamed: bool = False
    #: the parameter that this one has a statement's value for, where that stands in what cannot be rewritten
    _stands_for: Any = None

    def __init__(
        self,
        key: str | None,
        value: Any = _REQUIRED,
        type_: TypeArgument[_T] | None = None,
        unique: bool = False,
        required: Any = _REQUIRED,
        quote: bool | None = None,
        callable_: Callable[[], Any] | None = None,
        expanding: bool = False,
        isoutparam: bool = False,
        literal_execute: bool = False,
    ) -> None:
        if required is _REQUIRED:
            required = value is _REQUIRED and callable_ is None
        if value is _REQUIRED:
            value = None
        if isinstance(key, ColumnElement):
            if type_ is None:
                type_ = key.type
            key = key.key
        elif key is not None and not isinstance(key, str):
            raise exc.ArgumentError(f"bindparam() name must be a string or a Column, not {key!r}")
        self.key = key if key is not None else "param"
        self.unique = unique or key is None
        if key is None and not unique:
            self._stays_unnamed = True
        self.value = value
        self.required = required
        self.callable = callable_
        if expanding:
            self.expanding = True
        if literal_execute:
            self.literal_execute = True
        if isoutparam:
            self.isoutparam = True
        if type_ is None:
            if expanding and isinstance(value, (list, tuple, set, frozenset)) and value:
                self.type = type_for_value(next(iter(value)))
            else:
                self.type = type_for_value(value) if value is not None else NULLTYPE
        else:
            self.type = to_instance(type_)

    def _resolve(self) -> int:
        type_ = self.type
        key: tuple[Any, ...] = (1, self.key, type_._shape_key or type_.shape_key)
        if len(self.__dict__) > 3:
            flags = (
                self.unique,
                self.expanding,
                self.literal_execute,
                self.required,
                self.callable is None,
                self.expand_op,
            )
            if flags != _USUAL:
                key += flags
        self._binds = (self,)
        self._shape = shape = intern(key)
        return shape

    @property
    def _proxy_key(self) -> str | None:
        return None if self.unique else self.key

    @property
    def effective_value(self) -> Any:
        return self.callable() if self.callable is not None else self.value

    def render_literal_execute(self) -> BindParameter[_T]:
        """A copy whose value is written into the SQL text at execution."""
        return self._with(literal_execute=True)

    def _with_type(self, type_: TypeEngine[Any]) -> BindParameter[_T]:
        return self._with(type=type_)

    def __repr__(self) -> str:
        return f"BindParameter({self.key!r}, {self.value!r}, type_={self.type!r})"


class BoundValue(BindParameter[_T]):
    """A unique parameter for a value met in an expression: cheap to make. A changed copy is a common parameter."""

    _mark_in_comparison = -1

    def __init__(self, key: str, value: Any, type_: TypeEngine[Any]) -> None:
        self.key = key
        self.value = value
        self.type = type_

    _resolve = BindParameter._resolve

    def _clone(self) -> Any:
        new: BindParameter[_T] = object.__new__(BindParameter)
        new.key, new.value, new.type = self.key, self.value, self.type
        return new


bound = BoundValue


class BoundList(BindParameter[_T]):
    """A unique parameter for the values of an IN list."""

    _mark_in_comparison = -2
    expanding = True

    def __init__(self, key: str, values: list[Any], type_: TypeEngine[Any], op: Any) -> None:
        self.key = key
        self.value = values
        self.type = type_
        self.expand_op = op

    def _resolve(self) -> int:
        type_ = self.type
        self._binds = (self,)
        self._shape = shape = intern((-3, self.key, type_._shape_key or type_.shape_key, self.expand_op))
        return shape

    def _clone(self) -> Any:
        new: BindParameter[_T] = object.__new__(BindParameter)
        new.key, new.value, new.type, new.expand_op, new.expanding = (
            self.key,
            self.value,
            self.type,
            self.expand_op,
            True,
        )
        return new


@overload
def bindparam(
    key: str | None,
    value: Any = ...,
    *,
    type_: TypeArgument[_T],
    unique: bool = False,
    required: Any = ...,
    quote: bool | None = None,
    callable_: Callable[[], Any] | None = None,
    expanding: bool = False,
    isoutparam: bool = False,
    literal_execute: bool = False,
) -> BindParameter[_T]: ...
@overload
def bindparam(
    key: str | None,
    value: Any,
    type_: TypeArgument[_T],
    unique: bool = False,
    required: Any = ...,
    quote: bool | None = None,
    callable_: Callable[[], Any] | None = None,
    expanding: bool = False,
    isoutparam: bool = False,
    literal_execute: bool = False,
) -> BindParameter[_T]: ...
@overload
def bindparam(
    key: str | None,
    value: Any = ...,
    type_: None = None,
    unique: bool = False,
    required: Any = ...,
    quote: bool | None = None,
    callable_: Callable[[], Any] | None = None,
    expanding: bool = False,
    isoutparam: bool = False,
    literal_execute: bool = False,
) -> BindParameter[Any]: ...
def bindparam(
    key: str | None, value: Any = _REQUIRED, type_: Any = None, unique: bool = False, required: Any = _REQUIRED,
    quote: bool | None = None, callable_: Callable[[], Any] | None = None, expanding: bool = False,
    isoutparam: bool = False, literal_execute: bool = False,
) -> BindParameter[Any]:  # fmt: skip
    """A named parameter whose value comes with the execution (or is given here).

    >>> from sublimate import bindparam, column
    >>> str(column("a") == bindparam("wanted"))
    'a = :wanted'
    """
    return BindParameter(
        key, value, type_, unique, required, quote, callable_, expanding, isoutparam, literal_execute
    )


@overload
def literal(value: Any, type_: TypeArgument[_T], literal_execute: bool = False) -> BindParameter[_T]: ...
@overload
def literal(value: _T, type_: None = None, literal_execute: bool = False) -> BindParameter[_T]: ...
def literal(value: Any, type_: Any = None, literal_execute: bool = False) -> BindParameter[Any]:
    """A Python value as an SQL expression (a bound parameter)."""
    if isinstance(value, Node):
        raise exc.ArgumentError(f"Literal Python value expected, got {value!r}.")
    return BindParameter(None, value, type_=type_, unique=True, literal_execute=literal_execute)


def outparam(key: str, type_: Any = None) -> BindParameter[Any]:
    return BindParameter(key, None, type_=type_, unique=False, isoutparam=True)


class Null(ColumnElement[None]):
    """NULL."""

    __visit_name__ = "null"
    _singleton: ClassVar[Null]

    def __repr__(self) -> str:
        return "Null()"


class True_(ColumnElement[bool]):
    """The true of the dialect: `true` or `1`."""

    __visit_name__ = "true"
    type = BOOLEANTYPE


class False_(ColumnElement[bool]):
    """The false of the dialect: `false` or `0`."""

    __visit_name__ = "false"
    type = BOOLEANTYPE


NULL, TRUE, FALSE = Null(), True_(), False_()


def null() -> Null:
    return NULL


def true() -> True_:
    return TRUE


def false() -> False_:
    return FALSE
