"""`func`: `func.anything(...)` builds a function by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from sublimate.expression.cast import Cast, Extract
from sublimate.expression.element import OPERATIONS, REVERSE_OPERATIONS, SQLCoreOperations
from sublimate.operators.functions import pow_
from sublimate.types.base import TypeArgument

from .function import KNOWN, Function
from .known_functions import (
    aggregate_strings,
    array_agg,
    char_length,
    coalesce,
    concat,
    count,
    cube,
    cume_dist,
    current_date,
    current_time,
    current_timestamp,
    current_user,
    dense_rank,
    grouping_sets,
    localtime,
    localtimestamp,
    max,
    min,
    mode,
    next_value,
    now,
    percent_rank,
    percentile_cont,
    percentile_disc,
    pow,
    random,
    rank,
    rollup,
    session_user,
    sum,
    sysdate,
    user,
)

_T = TypeVar("_T")
_KEPT = 500


class _FunctionGenerator:
    """`func`: an attribute is a function name (a trailing underscore is dropped), more attributes are packages."""

    def __init__(self, **options: Any) -> None:
        self._names: list[str] = []
        self._options = options

    def __getattr__(self, name: str) -> _FunctionGenerator:
        if name.startswith("__"):
            raise AttributeError(name)
        new = _FunctionGenerator(**self._options)
        new._names = [*self._names, name[:-1] if name.endswith("_") else name]
        if len(self.__dict__) < _KEPT:
            self.__dict__[name] = new  # found without asking from now on
        return new

    @overload
    def __call__(self, *clauses: Any, type_: TypeArgument[_T], **kwargs: Any) -> Function[_T]: ...
    @overload
    def __call__(self, *clauses: Any, **kwargs: Any) -> Function[Any]: ...
    def __call__(self, *clauses: Any, **kwargs: Any) -> Any:
        options = {**self._options, **kwargs}
        names = self._names
        package = names[0] if len(names) > 1 else "_default"
        known = KNOWN.get(package, {}).get(names[-1].lower())
        if known is not None and not (len(names) == 1 and package != "_default"):
            return known(*clauses, **options)
        return Function(names[-1], *clauses, packagenames=tuple(names[:-1]), **options)

    if TYPE_CHECKING:

        @property
        def count(self) -> type[count]: ...
        @property
        def char_length(self) -> type[char_length]: ...
        @property
        def concat(self) -> type[concat]: ...
        @property
        def rank(self) -> type[rank]: ...
        @property
        def dense_rank(self) -> type[dense_rank]: ...
        @property
        def percent_rank(self) -> type[percent_rank]: ...
        @property
        def cume_dist(self) -> type[cume_dist]: ...
        @property
        def random(self) -> type[random]: ...
        @property
        def aggregate_strings(self) -> type[aggregate_strings]: ...
        @property
        def now(self) -> type[now]: ...
        @property
        def current_date(self) -> type[current_date]: ...
        @property
        def current_time(self) -> type[current_time]: ...
        @property
        def current_timestamp(self) -> type[current_timestamp]: ...
        @property
        def current_user(self) -> type[current_user]: ...
        @property
        def localtime(self) -> type[localtime]: ...
        @property
        def localtimestamp(self) -> type[localtimestamp]: ...
        @property
        def session_user(self) -> type[session_user]: ...
        @property
        def sysdate(self) -> type[sysdate]: ...
        @property
        def user(self) -> type[user]: ...
        @property
        def cube(self) -> type[cube]: ...
        @property
        def rollup(self) -> type[rollup]: ...
        @property
        def grouping_sets(self) -> type[grouping_sets]: ...
        @property
        def mode(self) -> type[mode]: ...
        @property
        def percentile_cont(self) -> type[percentile_cont]: ...
        @property
        def percentile_disc(self) -> type[percentile_disc]: ...
        @property
        def next_value(self) -> type[next_value]: ...
        @overload
        def coalesce(self, col: SQLCoreOperations[_T], *args: Any, **kw: Any) -> coalesce[_T]: ...
        @overload
        def coalesce(self, *args: Any, **kw: Any) -> coalesce[Any]: ...
        def coalesce(self, *args: Any, **kw: Any) -> Any: ...
        @overload
        def max(self, col: SQLCoreOperations[_T], *args: Any, **kw: Any) -> max[_T]: ...
        @overload
        def max(self, *args: Any, **kw: Any) -> max[Any]: ...
        def max(self, *args: Any, **kw: Any) -> Any: ...
        @overload
        def min(self, col: SQLCoreOperations[_T], *args: Any, **kw: Any) -> min[_T]: ...
        @overload
        def min(self, *args: Any, **kw: Any) -> min[Any]: ...
        def min(self, *args: Any, **kw: Any) -> Any: ...
        @overload
        def sum(self, col: SQLCoreOperations[_T], *args: Any, **kw: Any) -> sum[_T]: ...
        @overload
        def sum(self, *args: Any, **kw: Any) -> sum[Any]: ...
        def sum(self, *args: Any, **kw: Any) -> Any: ...
        @overload
        def pow(self, col: SQLCoreOperations[_T], *args: Any, **kw: Any) -> pow[_T]: ...
        @overload
        def pow(self, *args: Any, **kw: Any) -> pow[Any]: ...
        def pow(self, *args: Any, **kw: Any) -> Any: ...
        @overload
        def array_agg(self, col: SQLCoreOperations[_T], *args: Any, **kw: Any) -> array_agg[_T]: ...
        @overload
        def array_agg(self, *args: Any, **kw: Any) -> array_agg[Any]: ...
        def array_agg(self, *args: Any, **kw: Any) -> Any: ...


def _cast(*clauses: Any, **_: Any) -> Any:
    return Cast(*clauses)


def _extract(field: str, expr: Any, **_: Any) -> Any:
    return Extract(field, expr)


def _power(left: Any, op: Any, right: Any) -> Any:
    return func.pow(left, right)


def _power_of(right: Any, op: Any, left: Any) -> Any:
    return func.pow(left, right)


KNOWN["_default"].update(cast=_cast, extract=_extract)
OPERATIONS[pow_], REVERSE_OPERATIONS[pow_] = _power, _power_of

func = _FunctionGenerator()
modifier = _FunctionGenerator(group=False)
