"""The verbs of a session that read: execute, scalars, scalar, get. Typed after the statement they are given."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, overload

from sublimate.engine.execute import default_value
from sublimate.engine.result import Result, ScalarResult
from sublimate.engine.row import Row
from sublimate.engine.run import run
from sublimate.engine.steps import Steps
from sublimate.expression.element import ClauseElement, SQLCoreOperations
from sublimate.orm.mapping.aliased import AliasedClass
from sublimate.orm.mapping.mapper import Mapper
from sublimate.orm.query import Query
from sublimate.schema.defaults import DefaultGenerator
from sublimate.statements.executable import TypedReturnsRows

from .execution import NO_OPTIONS, execute_steps
from .from_statement import objects_steps
from .getting import get_one_steps, get_steps

if TYPE_CHECKING:
    from sublimate.orm.query import Query  # at run time only for programs that use it

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
_T0 = TypeVar("_T0")
_T1 = TypeVar("_T1")
_T2 = TypeVar("_T2")
_T3 = TypeVar("_T3")
_T4 = TypeVar("_T4")
_T5 = TypeVar("_T5")
_T6 = TypeVar("_T6")
_T7 = TypeVar("_T7")

#: what a type checker lets pass as a statement and as its parameters
Statement = ClauseElement | DefaultGenerator
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
#: what stands in a columns clause, as far as a type checker can name its value
Selected = SQLCoreOperations[T] | type[T]


def caller(depth: int = 2) -> tuple[Any, int]:
    """The line that called a public method, as (code, instruction)."""
    frame = sys._getframe(depth)
    return frame.f_code, frame.f_lasti


class Reading:
    """What `Session` offers for reading."""

    execution_options: Mapping[str, Any] = NO_OPTIONS
    _query_cls: type[Query[Any]] | None = None

    def _bind_for(self, statement: Any, bind_arguments: Mapping[str, Any] | None = None) -> Any:
        """The engine or connection for a statement."""
        raise NotImplementedError

    def _run(self, steps: Steps[T]) -> T:
        """Carry steps out."""
        return run(steps)

    @overload
    def execute(
        self,
        statement: TypedReturnsRows[*Ts],
        params: Parameters = None,
        *,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Result[*Ts]: ...
    @overload
    def execute(
        self,
        statement: Statement,
        params: Parameters = None,
        *,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Result[*tuple[Any, ...]]: ...
    def execute(
        self,
        statement: Any,
        params: Parameters = None,
        *,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
        _parent_execute_state: Any = None,  # SQLModel hands both on
        _add_event: Any = None,
    ) -> Any:
        """Execute a statement; entities in it come back as objects."""
        result = self._run(self.execute_steps(statement, params, execution_options, bind_arguments, caller()))
        return result if not isinstance(statement, DefaultGenerator) else default_value(result)

    def execute_steps(
        self,
        statement: Any,
        params: Any = None,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
        source: Any = None,
    ) -> Steps[Any]:
        if self.execution_options:
            execution_options = {**self.execution_options, **execution_options}
        return execute_steps(self, statement, params, execution_options, bind_arguments, source)

    @overload
    def scalar(
        self,
        statement: TypedReturnsRows[T, *tuple[Any, ...]],
        params: Mapping[str, Any] | None = None,
        *,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> T | None: ...
    @overload
    def scalar(
        self,
        statement: Statement,
        params: Mapping[str, Any] | None = None,
        *,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any: ...
    def scalar(
        self,
        statement: Any,
        params: Mapping[str, Any] | None = None,
        *,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """The first column of the first row, or None."""
        return self._run(
            self.execute_steps(statement, params, execution_options, bind_arguments, caller())
        ).scalar()

    @overload
    def scalars(
        self,
        statement: TypedReturnsRows[T, *tuple[Any, ...]],
        params: Parameters = None,
        *,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> ScalarResult[T]: ...
    @overload
    def scalars(
        self,
        statement: Statement,
        params: Parameters = None,
        *,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> ScalarResult[Any]: ...
    def scalars(
        self,
        statement: Any,
        params: Parameters = None,
        *,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> ScalarResult[Any]:
        """The first column of every row: `session.scalars(select(User)).all()`."""
        result = self._run(self.execute_steps(statement, params, execution_options, bind_arguments, caller()))
        return result.scalars()  # type: ignore[no-any-return]

    def get(
        self,
        entity: type[T] | Mapper[T],
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool = False,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> T | None:
        """The object with this primary key, or None; without SQL if the session has it already."""
        steps = get_steps(
            self,
            entity,
            ident,
            options,
            populate_existing,
            with_for_update,
            execution_options,
            bind_arguments,
            caller(),
            identity_token,
        )
        return self._run(steps)  # type: ignore[no-any-return]

    def get_one(
        self,
        entity: type[T] | Mapper[T],
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool = False,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> T:
        """As `get()`, with `NoResultFound` if there is no such row."""
        steps = get_one_steps(
            self,
            entity,
            ident,
            options,
            populate_existing,
            with_for_update,
            execution_options,
            bind_arguments,
            caller(),
            identity_token,
        )
        return self._run(steps)  # type: ignore[no-any-return]

    def _read_objects(self, query: Any, result: Any) -> Any:
        """What a query asks for, read from the rows of a Core result."""
        select = query._select
        steps = objects_steps(
            self, self._bind_for(select), select._raw_columns, select._with_options, result, {}, caller(3)
        )
        found = self._run(steps).unique()
        single = len(select._raw_columns) == 1 and hasattr(select._raw_columns[0], "inspected")
        return found.scalars() if single else found

    @overload
    def query(self, entity: type[T] | Mapper[T] | AliasedClass[T], /) -> Query[T]: ...
    @overload
    def query(self, column: SQLCoreOperations[_T0], /) -> Query[Row[_T0]]: ...
    @overload
    def query(self, e0: Selected[_T0], e1: Selected[_T1], /) -> Query[Row[_T0, _T1]]: ...
    @overload
    def query(
        self, e0: Selected[_T0], e1: Selected[_T1], e2: Selected[_T2], /
    ) -> Query[Row[_T0, _T1, _T2]]: ...
    @overload
    def query(
        self, e0: Selected[_T0], e1: Selected[_T1], e2: Selected[_T2], e3: Selected[_T3], /
    ) -> Query[Row[_T0, _T1, _T2, _T3]]: ...
    @overload
    def query(
        self, e0: Selected[_T0], e1: Selected[_T1], e2: Selected[_T2], e3: Selected[_T3], e4: Selected[_T4], /
    ) -> Query[Row[_T0, _T1, _T2, _T3, _T4]]: ...
    @overload
    def query(
        self,
        e0: Selected[_T0],
        e1: Selected[_T1],
        e2: Selected[_T2],
        e3: Selected[_T3],
        e4: Selected[_T4],
        e5: Selected[_T5],
        /,
    ) -> Query[Row[_T0, _T1, _T2, _T3, _T4, _T5]]: ...
    @overload
    def query(
        self,
        e0: Selected[_T0],
        e1: Selected[_T1],
        e2: Selected[_T2],
        e3: Selected[_T3],
        e4: Selected[_T4],
        e5: Selected[_T5],
        e6: Selected[_T6],
        /,
    ) -> Query[Row[_T0, _T1, _T2, _T3, _T4, _T5, _T6]]: ...
    @overload
    def query(
        self,
        e0: Selected[_T0],
        e1: Selected[_T1],
        e2: Selected[_T2],
        e3: Selected[_T3],
        e4: Selected[_T4],
        e5: Selected[_T5],
        e6: Selected[_T6],
        e7: Selected[_T7],
        /,
        *entities: Any,
    ) -> Query[Row[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7, *tuple[Any, ...]]]: ...
    @overload
    def query(
        self, *entities: ClauseElement | Selected[Any] | Mapper[Any] | AliasedClass[Any], **kwargs: Any
    ) -> Query[Any]: ...
    def query(self, *entities: Any, **kwargs: Any) -> Query[Any]:
        """A legacy `Query`."""
        return (self._query_cls or Query)(entities, self, **kwargs)
