"""What every statement that can be executed shares: options, prefixes, CTEs attached to it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Generic, Self, TypeVarTuple

from sublimate import exc
from sublimate.expression.element import ClauseElement
from sublimate.expression.node import Node, SparseNode
from sublimate.statements.text import text
from sublimate.util.immutabledict import immutabledict

from .alias import CTE

_Ts = TypeVarTuple("_Ts")


class ExecutableOption(Node):
    """What `statement.options()` takes."""

    __visit_name__ = "executable_option"
    while_rendered: ClassVar[Callable[[Any], AbstractContextManager[None]] | None] = None
    """What has to hold while a statement with this option is rendered that is no SELECT itself."""


class Executable(ClauseElement):
    """A statement that a connection or session can execute."""

    supports_execution = True
    _execution_options: dict[str, Any] = {}
    _with_options: tuple[Any, ...] = ()
    inherit_cache: ClassVar[bool] = True

    def execution_options(self, **kw: Any) -> Self:
        """A copy with options for its execution (`yield_per=100`, `populate_existing=True`)."""
        if "isolation_level" in kw:
            raise exc.ArgumentError(
                "'isolation_level' execution option may only be specified on Connection.execution_options(), or "
                "per-engine using the isolation_level argument to create_engine()."
            )
        return self._with(_execution_options={**self._execution_options, **kw})

    def get_execution_options(self) -> immutabledict[str, Any]:
        return immutabledict(self._execution_options)

    def options(self, *options: Any) -> Self:
        """A copy with loader options for the entities it selects."""
        for option in options:
            if not isinstance(option, ExecutableOption):
                raise exc.ArgumentError(f"ExecutionOption Core or ORM object expected, got {option!r}.")
        return self._with(_with_options=self._with_options + options)

    def with_executable_options(self, *options: Any) -> Self:
        return self.options(*options)


class TypedReturnsRows(Generic[*_Ts]):
    """A statement of which a type checker knows the row: `Select[int, str]` gives rows of an int and a str."""

    __slots__ = ()


class OptionsOfDialects(dict[str, immutabledict[str, Any]]):
    """The options of a statement for each dialect."""

    __slots__ = ()

    def __missing__(self, dialect: str) -> immutabledict[str, Any]:
        return immutabledict()


class HasCTE(ClauseElement):
    """What can be a common table expression, and bring others along."""

    _independent_ctes: tuple[Any, ...] = ()

    def add_cte(self, *ctes: Any, nest_here: bool = False) -> Self:
        """A copy whose WITH clause has these too, whether it names them or not."""
        added = tuple(cte._with(nesting=True) if nest_here else cte for cte in ctes)
        return self._with(_independent_ctes=self._independent_ctes + added)

    def cte(self, name: str | None = None, recursive: bool = False, nesting: bool = False) -> CTE:
        """The rows as a common table expression."""
        return CTE(self, name, recursive, nesting)


class Statement(SparseNode, Executable, HasCTE):
    """A sparse, executable statement."""

    _prefixes: tuple[Any, ...] = ()
    _suffixes: tuple[Any, ...] = ()
    _dialect_options: tuple[tuple[str, Any], ...] = ()

    @property
    def dialect_kwargs(self) -> immutabledict[str, Any]:
        """What `with_dialect_options()` was given: `{"mysql_limit": 5}`."""
        return immutabledict(self._dialect_options)

    kwargs = dialect_kwargs

    @property
    def dialect_options(self) -> OptionsOfDialects:
        """The same by dialect: `{"mysql": {"limit": 5}}`; a dialect that was told nothing has none."""
        found = OptionsOfDialects()
        for name, value in self._dialect_options:
            dialect, _, option = name.partition("_")
            found[dialect] = immutabledict({**found[dialect], option: value})
        return found

    def _clone(self) -> Self:
        new = object.__new__(self.__class__)
        state = new.__dict__
        state.update(self.__dict__)
        if "_shape" in state:
            del state["_shape"], state["_binds"], state["_anons"]
        if "_plan" in state:
            del state["_plan"]
        return new

    def prefix_with(self, *prefixes: Any, dialect: str = "*") -> Self:
        added = tuple((_as_text(p), dialect) for p in prefixes)
        return self._with(_prefixes=self._prefixes + added)

    def suffix_with(self, *suffixes: Any, dialect: str = "*") -> Self:
        added = tuple((_as_text(p), dialect) for p in suffixes)
        return self._with(_suffixes=self._suffixes + added)


def _as_text(value: Any) -> Any:
    return text(value) if isinstance(value, str) else value
